/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v7.0, which has allocators that take the type. */
#ifndef NGV_COMPAT_LINUX_SLAB_H
#define NGV_COMPAT_LINUX_SLAB_H

#include_next <linux/slab.h>

#if !defined(HAVE_KZALLOC_OBJ) || !defined(HAVE_KVMALLOC_OBJ)
#include <linux/kernel.h>
#include <linux/overflow.h>

/* The GFP flags argument, which a call may leave out */
#define ngv_gfp_0()	GFP_KERNEL
#define ngv_gfp_1(gfp)	(gfp)
#define ngv_gfp(...)	CONCATENATE(ngv_gfp_, COUNT_ARGS(__VA_ARGS__))(__VA_ARGS__)
#endif

#ifndef HAVE_KZALLOC_OBJ
/* @p is a type, or a variable of the type.  The value is not used. */
#define kmalloc_obj(p, ...)	({					\
	typeof(p) *ngv_obj = kmalloc(sizeof(p), ngv_gfp(__VA_ARGS__));	\
	ngv_obj;							\
})

#define kmalloc_objs(p, count, ...)	({					\
	typeof(p) *ngv_objs = kmalloc_array(count, sizeof(p), ngv_gfp(__VA_ARGS__)); \
	ngv_objs;								\
})

#define kmalloc_flex(p, fam, count, ...)	({				\
	typeof(p) *ngv_flex = NULL;						\
	ngv_flex = kmalloc(struct_size(ngv_flex, fam, count), ngv_gfp(__VA_ARGS__)); \
	ngv_flex;								\
})

#define kzalloc_obj(p, ...)	\
	kmalloc_obj(p, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#define kzalloc_objs(p, count, ...)	\
	kmalloc_objs(p, count, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#define kzalloc_flex(p, fam, count, ...)	\
	kmalloc_flex(p, fam, count, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#endif

#ifndef HAVE_KVMALLOC_OBJ
#define kvmalloc_obj(p, ...)	({					\
	typeof(p) *ngv_kvobj = kvmalloc(sizeof(p), ngv_gfp(__VA_ARGS__)); \
	ngv_kvobj;							\
})

#define kvmalloc_objs(p, count, ...)	({					\
	typeof(p) *ngv_kvobjs = kvmalloc_array(count, sizeof(p), ngv_gfp(__VA_ARGS__)); \
	ngv_kvobjs;								\
})

#define kvzalloc_obj(p, ...)	\
	kvmalloc_obj(p, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#define kvzalloc_objs(p, count, ...)	\
	kvmalloc_objs(p, count, ngv_gfp(__VA_ARGS__) | __GFP_ZERO)
#endif

#endif
