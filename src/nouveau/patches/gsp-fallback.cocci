// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a Turing or an Ampere whose GSP has no firmware runs without the GSP, at the clocks of the boot, and the driver said nothing of that.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/gsp/gv100.c
// Bases: 6.12 7.3
// Drop: when the imported source tells the user that the GSP's firmware is missing
// Volta's GSP has no firmware at all. With NvGspRm=0 the user has chosen so.
@@
identifier gsp;
@@
 gv100_gsp_nofw(struct nvkm_gsp *gsp, ...)
 {
+	struct nvkm_device *device = gsp->subdev.device;
+
+	if (device->card_type >= TU100 && nvkm_boolopt(device->cfgopt, "NvGspRm", true))
+		nvkm_warn(&gsp->subdev, "no firmware gsp/*.bin for this chip: it runs without its GSP, at the clocks of the boot\n");
	return 0;
 }
