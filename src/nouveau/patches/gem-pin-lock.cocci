// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: from 6.10 on the core holds the reservation when it pins and unpins GEM objects. Before, the callback must lock it, and the callback of 6.12 would race.
// Files: drivers/gpu/drm/nouveau/nouveau_prime.c
// Bases: 6.12 7.3
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
