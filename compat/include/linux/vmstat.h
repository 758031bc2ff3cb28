/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v7.2, which counts the pages that GPUs use. */
#ifndef NGV_COMPAT_LINUX_VMSTAT_H
#define NGV_COMPAT_LINUX_VMSTAT_H

#include_next <linux/vmstat.h>

/*
 * Adds @pages, which may be negative, to a counter of GPU pages: ACTIVE for those that
 * buffers use, RECLAIM for those in TTM's pool.
 */
#ifdef HAVE_NR_GPU_ACTIVE
#define mod_gpu_page_state(page, state, pages)	\
	mod_lruvec_page_state(page, NR_GPU_##state, pages)
#else
#define NGV_GPU_PAGES_ACTIVE	0
#define NGV_GPU_PAGES_RECLAIM	0
#define mod_gpu_page_state(page, state, pages)	\
	((void)(page), (void)NGV_GPU_PAGES_##state, (void)(pages))

#endif

#endif
