// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: 7.3 gives each mapping one page size and does not change the page tables when a bind cuts or replaces a part of the mapping: any user of VM_BIND could crash the kernel. Until that is mended, all mappings have small pages, as in 6.12, and the driver reports the version without large pages. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c drivers/gpu/drm/nouveau/nouveau_drv.h
// Bases: 7.3
// Drop: when the imported source splits page tables, or a patch of ours does
// Every mapping is a multiple of PAGE_SIZE.
@@
identifier op, nvbo;
@@
-	if (op_map_aligned_to_page_shift(op, nvbo->page))
-		return nvbo->page;
+	if (op_map_aligned_to_page_shift(op, PAGE_SHIFT))
+		return PAGE_SHIFT;

@@
@@
-#define DRIVER_PATCHLEVEL 3
+#define DRIVER_PATCHLEVEL 0
