// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the kernel count the pages that GPUs use, NR_GPU_ACTIVE?
// Since: v7.2 or before
// Absent: NR_GPU_ACTIVE NR_GPU_RECLAIM
#include <linux/vmstat.h>

void probe(struct page *page);
void probe(struct page *page)
{
	mod_lruvec_page_state(page, NR_GPU_ACTIVE, 1);
	mod_lruvec_page_state(page, NR_GPU_RECLAIM, 1);
}
