// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a buffer that may be in VRAM alone, has 64 KiB or more and is mapped by VM_BIND lost its mappings when another device imported it: the buffer moved to main memory, and nobody mapped it there. A move also unmapped buffers before the work that used them had ended. The channel died. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_bo.c drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Bases: 6.12 7.3
// Drop: when the imported source maps a pinned buffer before the next work of a VM

// Each VM knows what is not mapped, and nothing is unmapped that work still uses.
@@
identifier bo, evict, ctx, new_reg, hop, obj, ret, l;
@@
 nouveau_bo_move(struct ttm_buffer_object *bo, bool evict, struct ttm_operation_ctx *ctx,
		 struct ttm_resource *new_reg, struct ttm_place *hop)
 {
	<...
-	drm_gpuvm_bo_gem_evict(obj, evict);
+	/* Work and binds use the buffer where it is. */
+	ret = ttm_bo_wait_ctx(bo, ctx);
+	if (ret)
+		return ret;
	nouveau_bo_move_ntfy(bo, new_reg);
-	ret = ttm_bo_wait_ctx(bo, ctx);
-	if (ret)
-		goto l;
	...>
 }

@@
identifier bo, obj, evict, ret;
@@
 nouveau_bo_move(struct ttm_buffer_object *bo, bool evict, ...)
 {
	...
-	if (ret) {
-		nouveau_bo_move_ntfy(bo, bo->resource);
-		drm_gpuvm_bo_gem_evict(obj, !evict);
-	}
+	if (ret)
+		nouveau_bo_move_ntfy(bo, bo->resource);
	return ret;
 }

@@
identifier bo, obj;
@@
 nouveau_bo_move(struct ttm_buffer_object *bo, ...)
 {
	...
-	struct drm_gem_object *obj = &bo->base;
	...
 }

// The next work of each VM that maps the buffer brings the buffer back.
@@
identifier nvbo, bo;
@@
+static int ngv_text_abroad;
+
 void nouveau_bo_unpin_locked(struct nouveau_bo *nvbo)
 {
	...
	struct ttm_buffer_object *bo = ...;
	...
	ttm_bo_unpin(&nvbo->bo);
+	if (!bo->pin_count && nouveau_bo_is_abroad(nvbo))
+		drm_gpuvm_bo_gem_evict(&bo->base, true);
	...
 }

@@
iterator name drm_gem_for_each_gpuvm_bo;
iterator name drm_gpuvm_bo_for_each_va;
identifier vm_bo, va, obj;
@@
 nouveau_uvmm_bo_map_all(...)
 {
	...
	drm_gem_for_each_gpuvm_bo(vm_bo, obj) {
		drm_gpuvm_bo_for_each_va(va, vm_bo) { ... }
+		drm_gpuvm_bo_evict(vm_bo, false);
	}
 }

@@
iterator name drm_gem_for_each_gpuvm_bo;
iterator name drm_gpuvm_bo_for_each_va;
identifier vm_bo, va, obj;
@@
 nouveau_uvmm_bo_unmap_all(...)
 {
	...
	drm_gem_for_each_gpuvm_bo(vm_bo, obj) {
		drm_gpuvm_bo_for_each_va(va, vm_bo) { ... }
+		drm_gpuvm_bo_evict(vm_bo, true);
	}
 }

// A pinned buffer stays where it is, and is mapped there.
@@
@@
+static int ngv_text_rebind;
+
 bind_lock_validate(...)
 {
	...
 }

@@
iterator name list_for_each_op;
iterator name drm_gpuva_for_each_op;
identifier nvbo, obj, ret;
@@
 bind_lock_validate(...)
 {
	<...
(
+	if (nvbo->bo.pin_count)
+		continue;
	nouveau_bo_placement_set(nvbo, nvbo->valid_domains, 0);
|
// Before 6.12.113 nothing is placed here.
+	if (nouveau_gem_object(obj)->bo.pin_count)
+		continue;
	ret = nouveau_bo_validate(nouveau_gem_object(obj), true, false);
)
	...>
 }

@@
iterator name drm_exec_until_all_locked;
identifier job, vme, begun, uvmm, bind_job, exec, op, ret;
@@
 nouveau_uvmm_bind_job_submit(struct nouveau_job *job, ...)
 {
	...
	struct nouveau_uvmm_bind_job *bind_job = ...;
	...
	struct bind_job_op *op;
	int ret;
	<...
	drm_exec_until_all_locked(exec) {
		...
	}
+	ret = bind_rebind(bind_job);
+	if (ret) {
+		op = list_last_op(&bind_job->ops);
+		goto unwind;
+	}
	...>
 }

@@
identifier vm_bo, nvbo;
@@
 nouveau_uvmm_bo_validate(struct drm_gpuvm_bo *vm_bo, ...)
 {
	struct nouveau_bo *nvbo = ...;
	...
+	if (nvbo->bo.pin_count)
+		return nouveau_uvmm_bo_rebind(vm_bo);
	nouveau_bo_placement_set(...);
	...
 }
