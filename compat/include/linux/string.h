/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.9, where strscpy() takes the size of an array by itself. */
#ifndef NGV_COMPAT_LINUX_STRING_H
#define NGV_COMPAT_LINUX_STRING_H

#include_next <linux/string.h>

#ifndef HAVE_STRSCPY_TWO_ARGS
#include <linux/kernel.h>

#define ngv_strscpy_2(dst, src)	strscpy(dst, src, sizeof(dst) + __must_be_array(dst))
#define ngv_strscpy_3(dst, src, size)	strscpy(dst, src, size)

/* strscpy(dst, src) for arrays, or strscpy(dst, src, size) */
#define strscpy(...)	\
	CONCATENATE(ngv_strscpy_, COUNT_ARGS(__VA_ARGS__))(__VA_ARGS__)
#endif

#endif
