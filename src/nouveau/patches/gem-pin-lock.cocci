// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the core pins and unpins GEM objects with the reservation held from 6.10 on; before, the callback takes it, and 6.12's would race.
// Files: drivers/gpu/drm/nouveau/nouveau_prime.c
// Bases: 6.12
// Drop: when the oldest supported kernel is 6.10
@@
@@
 #include <linux/dma-buf.h>
+#include <drm/drm_gem_ttm_helper.h>

@@
identifier obj, ret;
expression E;
@@
 int nouveau_gem_prime_pin(struct drm_gem_object *obj)
 {
	...
+	ngv_gem_pin_begin(obj);
	ret = nouveau_bo_pin_locked(E, ...);
+	ngv_gem_pin_end(obj);
	...
 }

@@
identifier obj;
expression E;
@@
 void nouveau_gem_prime_unpin(struct drm_gem_object *obj)
 {
	...
+	ngv_gem_pin_begin(obj);
	nouveau_bo_unpin_locked(E);
+	ngv_gem_pin_end(obj);
 }
