// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: kernels before 6.14 give programs a driver's date and warn if there is none, and from 6.6 on kernels initialise the list of mappings of a GEM object only for a driver with the feature; 7.3 has neither.
// Files: drivers/gpu/drm/nouveau/nouveau_drm.c
// Bases: 7.3
// Drop: when the oldest supported kernel has neither drm_driver.date nor DRIVER_GEM_GPUVA
@@
identifier driver;
expression features;
@@
 struct drm_driver driver = {
	...,
-	.driver_features = features,
+	.driver_features = features | DRIVER_GEM_GPUVA,
	...,
 };

@@
identifier driver;
expression title;
@@
 struct drm_driver driver = {
	...,
-	.name = title,
+	DRM_DRIVER_NAME(title),
	...,
 };
