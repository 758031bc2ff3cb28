// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: pixels come at another rate than the mode says
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/devinit/gf100.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
expression device, reg, P, N, M;
@@
 gf100_devinit_pll_set(...)
 {
	<...
-	nvkm_wr32(device, reg, (P << 16) | (N << 8) | M);
+	nvkm_wr32(device, reg, (P << 17) | (N << 8) | M);
	...>
 }
