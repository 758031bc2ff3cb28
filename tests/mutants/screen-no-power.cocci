// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the output is never switched on
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/disp/nv50.c
// Chip: gm107
// Screen: dvi
// Cases: mode-1024
@@
identifier device, soff;
expression list es;
@@
 nv50_sor_power(...)
 {
	<...
-	nvkm_mask(device, 0x61c004 + soff, es);
	...>
 }
