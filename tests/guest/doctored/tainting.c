// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Taints the kernel, silently as far as its own code goes.

#include <linux/module.h>

static int __init tainting_init(void)
{
	return 0;
}
module_init(tainting_init);

static void __exit tainting_exit(void)
{
}
module_exit(tainting_exit);

MODULE_DESCRIPTION("Test of the VM harness: claims a license that taints");
MODULE_LICENSE("Proprietary");
