// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the nouveau of 7.3 gives GPUVM a request of a mapping instead of its parts; our GPUVM core has both interfaces.
// Files: drivers/gpu/drm/nouveau/nouveau_sched.h drivers/gpu/drm/nouveau/nouveau_uvmm.h
// Bases: 7.3
// Drop: when no base has the older interface
@@
@@
+#define DRM_GPUVM_MAP_BY_REQUEST
 #include <drm/drm_gpuvm.h>
