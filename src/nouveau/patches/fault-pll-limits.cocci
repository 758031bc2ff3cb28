// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a VBIOS without limits of PLLs, or with limits of 0, made the kernel divide by zero when it set a mode. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/clk/pllgt215.c
// Bases: 6.12 7.3
// Drop: when the imported source does not divide by a limit of 0 there
@@
identifier subdev, info, freq, P, lM;
typedef u32;
@@
 gt215_pll_calc(struct nvkm_subdev *subdev, struct nvbios_pll *info,
		u32 freq, int *pN, int *pfN, int *pM, int *P)
 {
	...
+	if (!*P || !info->refclk || !info->vco1.min_inputfreq || !info->vco1.max_inputfreq) {
+		nvkm_error(subdev, "the VBIOS has no limits of PLL %x\n", info->type);
+		return -EINVAL;
+	}
+
	lM = (info->refclk + info->vco1.max_inputfreq) / info->vco1.max_inputfreq;
	...
 }
