/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v7.0, whose allocators are told the type of what they return. */
#ifndef NGV_COMPAT_LINUX_SLAB_H
#define NGV_COMPAT_LINUX_SLAB_H

#include_next <linux/slab.h>

#ifndef HAVE_KZALLOC_OBJ
#include <linux/overflow.h>

#define ngv_second(first, second, ...)	second
/* The GFP flags of the call, if it gives any. */
#define ngv_gfp(...)	ngv_second(0, ##__VA_ARGS__, GFP_KERNEL, 0)

/* p is a type or a variable of it, whose value is not used. */
#define kmalloc_obj(p, ...)	\
	((typeof(p) *)kmalloc(sizeof(p), ngv_gfp(__VA_ARGS__)))
#define kmalloc_objs(p, count, ...)	\
	((typeof(p) *)kmalloc_array(count, sizeof(p), ngv_gfp(__VA_ARGS__)))
#define kmalloc_flex(p, fam, count, ...)	\
	((typeof(p) *)kmalloc(struct_size((typeof(p) *)NULL, fam, count), ngv_gfp(__VA_ARGS__)))

#define kzalloc_obj(p, ...)	\
	kmalloc_obj(p, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#define kzalloc_objs(p, count, ...)	\
	kmalloc_objs(p, count, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#define kzalloc_flex(p, fam, count, ...)	\
	kmalloc_flex(p, fam, count, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#endif

#endif
