/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v7.3, which has functions that read a VMA; those that write its flags
 * are in v6.3.
 */
#ifndef NGV_COMPAT_LINUX_MM_H
#define NGV_COMPAT_LINUX_MM_H

#include_next <linux/mm.h>

#ifndef HAVE_VM_FLAGS_SET
/**
 * vm_flags_set() - sets flags of a VMA
 * @vma: the VMA
 * @flags: VM_* to set; other flags stay
 *
 * The caller holds the mmap lock of @vma->vm_mm for writing, as in an mmap callback.
 *
 * Semantics: mainline 6.12, without the per-VMA lock, which older kernels do not have.
 */
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	mmap_assert_write_locked(vma->vm_mm);
	vma->vm_flags |= flags;
}
#endif

#ifndef HAVE_VMA_HELPERS
/* v7.2 has another function of this name. */
#define vma_get_page_prot	ngv_vma_get_page_prot

/* The protection of the pages that @vma maps, by its flags */
static inline pgprot_t vma_get_page_prot(const struct vm_area_struct *vma)
{
	return vm_get_page_prot(vma->vm_flags);
}

/* Checks whether a write to a private mapping copies the page. */
static inline bool vma_is_cow_mapping(const struct vm_area_struct *vma)
{
	/* A write to a private mapping makes a copy of the page. */
	return (vma->vm_flags & VM_MAYWRITE) && !(vma->vm_flags & VM_SHARED);
}

/* The page offset behind the last page of @vma */
static inline pgoff_t vma_end_pgoff(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff + ((vma->vm_end - vma->vm_start) >> PAGE_SHIFT);
}
#endif

/* In older kernels the flags of a VMA are an integer. */
#ifndef EMPTY_VMA_FLAGS
#define EMPTY_VMA_FLAGS	0
#endif

#endif
