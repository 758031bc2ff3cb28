/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v5.17. */
#ifndef NGV_COMPAT_LINUX_KTHREAD_H
#define NGV_COMPAT_LINUX_KTHREAD_H

#include_next <linux/kthread.h>

#ifndef HAVE_KTHREAD_COMPLETE_AND_EXIT
#include <linux/kernel.h>

#define kthread_complete_and_exit complete_and_exit
#endif

#endif
