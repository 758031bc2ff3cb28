/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.16, and from the stable 6.12 with the backport. */
#ifndef NGV_COMPAT_LINUX_STDDEF_H
#define NGV_COMPAT_LINUX_STDDEF_H

#include_next <linux/stddef.h>

/*
 * A structure @name of @type, and @members in the place of its last member @tail, which
 * is an array without a length
 */
#ifndef TRAILING_OVERLAP
#define TRAILING_OVERLAP(type, name, tail, members)			\
	union {								\
		type name;						\
		struct {						\
			unsigned char ngv_before_##tail[offsetof(type, tail)];	\
			members						\
		};							\
	}
#endif

#endif
