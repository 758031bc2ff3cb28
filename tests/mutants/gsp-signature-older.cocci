// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: FWSEC gets the signature of an older version
// File: upstream/drivers/gpu/drm/nouveau/nvkm/subdev/gsp/ga102.c
// Chip: ga102
// Tests: vm-init/good
@@
identifier idx;
@@
 ga102_gsp_fwsec_signature(...)
 {
	<...
-	return idx;
+	return 0;
	...>
 }
