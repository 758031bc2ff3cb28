// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are there functions that read a VMA, vma_get_page_prot(), vma_is_cow_mapping() and vma_end_pgoff()?
// Since: v7.3; v7.2 has a vma_get_page_prot() that takes flags
// Absent: vma_is_cow_mapping vma_end_pgoff
#include <linux/mm.h>

bool probe(const struct vm_area_struct *vma, pgprot_t *prot);
bool probe(const struct vm_area_struct *vma, pgprot_t *prot)
{
	*prot = vma_get_page_prot(vma);
	return vma_is_cow_mapping(vma) && vma_end_pgoff(vma);
}
