// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: from Hopper on the driver chose pages of 512 MiB for buffers in VRAM that are as large, and has no function that writes such a page: mapping the buffer called NULL. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/mmu/uvmm.c
// Bases: 7.3
// Drop: when gh100_vmm_desc_pd1 has a function that maps memory
@@
identifier args, type;
@@
 nvkm_uvmm_mthd_page(...)
 {
	<...
-	args->v0.vram = !!(type & NVKM_VMM_PAGE_VRAM);
+	args->v0.vram = type & NVKM_VMM_PAGE_VRAM && page[index].desc->func->mem;
	...>
 }
