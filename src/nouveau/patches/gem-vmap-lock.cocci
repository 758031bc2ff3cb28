// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: from 6.2 on the core holds the reservation when it calls vmap and vunmap. Before, the callback must lock it, and the callback of 6.12 would race.
// Files: drivers/gpu/drm/drm_gem_ttm_helper.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.2
@@
identifier gem, map, bo;
expression E;
@@
 int drm_gem_ttm_vmap(struct drm_gem_object *gem, struct iosys_map *map)
 {
	struct ttm_buffer_object *bo = E;
+	int ret;

-	return ttm_bo_vmap(bo, map);
+	ngv_gem_vmap_begin(gem);
+	ret = ttm_bo_vmap(bo, map);
+	ngv_gem_vmap_end(gem);
+	return ret;
 }

@@
identifier gem, map, bo;
expression E;
@@
 void drm_gem_ttm_vunmap(struct drm_gem_object *gem, struct iosys_map *map)
 {
	struct ttm_buffer_object *bo = E;

+	ngv_gem_vmap_begin(gem);
	ttm_bo_vunmap(bo, map);
+	ngv_gem_vmap_end(gem);
 }
