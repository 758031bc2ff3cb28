// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are a VMA's flags changed through vm_flags_set() and its siblings?
// Since: v6.3 bc292ab00f6c ("mm: introduce vma->vm_flags wrapper functions")
#include <linux/mm.h>

void probe(struct vm_area_struct *vma);
void probe(struct vm_area_struct *vma)
{
#ifndef NGV_OTHERWISE
	vm_flags_set(vma, VM_PFNMAP);
	vm_flags_clear(vma, VM_MAYWRITE);
#else
	vma->vm_flags |= VM_PFNMAP;
#endif
}
