// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: RM does not hear of the page tables of BAR2
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/bar/r535.c
// Channel: stable
// Chip: tu102
// Tests: vm-init/good map/cpu-vram
@@
expression gsp, addr;
@@
 r535_bar_bar2_init(...)
 {
	...
-	WARN_ON(r535_bar_bar2_update_pde(gsp, addr));
	...
 }
