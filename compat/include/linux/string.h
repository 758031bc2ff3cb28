/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.9, where strscpy() takes the size from an array. */
#ifndef NGV_COMPAT_LINUX_STRING_H
#define NGV_COMPAT_LINUX_STRING_H

#include_next <linux/string.h>

#ifndef HAVE_STRSCPY_TWO_ARGS
#define ngv_strscpy_array(dst, src)	\
	strscpy(dst, src, sizeof(dst) + __must_be_array(dst))
#define ngv_strscpy_sized(dst, src, size)	\
	strscpy(dst, src, size)
#define ngv_strscpy_pick(dst, src, size, name, ...)	name

/* strscpy(dst, src) for arrays; with a size, what it always was. */
#define strscpy(...)	\
	ngv_strscpy_pick(__VA_ARGS__, ngv_strscpy_sized, ngv_strscpy_array, )(__VA_ARGS__)
#endif

#endif
