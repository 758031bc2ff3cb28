// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is what ends a kernel thread called kthread_complete_and_exit()?
// Since: v5.17; before that, complete_and_exit()
// Export: kthread_complete_and_exit
#include <linux/kthread.h>

void probe(struct completion *done);
void probe(struct completion *done)
{
#ifndef NGV_OTHERWISE
	kthread_complete_and_exit(done, 0);
#else
	complete_and_exit(done, 0);
#endif
}
