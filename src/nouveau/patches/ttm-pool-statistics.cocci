// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: kernels before 7.2 do not count the pages that GPUs use; a macro of compat counts where the kernel does.
// Files: drivers/gpu/drm/ttm/ttm_pool.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 7.2
@@
expression page, reclaim, pages;
@@
-mod_lruvec_page_state(page, reclaim ? NR_GPU_RECLAIM : NR_GPU_ACTIVE, pages);
+if (reclaim)
+	mod_gpu_page_state(page, RECLAIM, pages);
+else
+	mod_gpu_page_state(page, ACTIVE, pages);

@@
expression page, pages;
@@
-mod_lruvec_page_state(page, NR_GPU_ACTIVE, pages)
+mod_gpu_page_state(page, ACTIVE, pages)

@@
expression page, pages;
@@
-mod_lruvec_page_state(page, NR_GPU_RECLAIM, pages)
+mod_gpu_page_state(page, RECLAIM, pages)
