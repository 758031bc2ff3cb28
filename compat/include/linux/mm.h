/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.3, which has wrappers for the flags of a VMA. */
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

#endif
