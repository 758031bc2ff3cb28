/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.12.  Before, this header was <asm/unaligned.h>. */
#ifndef NGV_COMPAT_LINUX_UNALIGNED_H
#define NGV_COMPAT_LINUX_UNALIGNED_H

#ifdef HAVE_LINUX_UNALIGNED_H
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif
