// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: main memory has small pages alone, so a mapping with large pages must be given small ones when its buffer is pinned there.
// Files: drivers/gpu/drm/nouveau/nouveau_bo.c drivers/gpu/drm/nouveau/nouveau_uvmm.c drivers/gpu/drm/nouveau/nouveau_uvmm.h drivers/gpu/drm/nouveau/nouveau_exec.c
// Bases: 7.3
// Drop: with fault-imported
@@
identifier nvbo, domain, ret;
@@
 int nouveau_bo_pin_locked(struct nouveau_bo *nvbo, uint32_t domain, ...)
 {
	<...
+	if (!(domain & NOUVEAU_GEM_DOMAIN_VRAM) && nouveau_uvmm_bo_compressed(nvbo)) {
+		ret = -EINVAL;
+		goto out;
+	}
+
	nouveau_bo_placement_set(nvbo, domain, 0);
	ret = nouveau_bo_validate(nvbo, false, false);
	...>
 }

@@
@@
+bool nouveau_uvmm_bo_compressed(struct nouveau_bo *nvbo);
+
 nouveau_uvmm_lock(...)
 {
	...
 }

// A mapping changes its pages when no bind looks at them.
@@
identifier uvmm, vme, ret;
@@
 nouveau_exec_job_submit(...)
 {
	...
	ret = drm_gpuvm_exec_lock(vme);
	if (ret) { ... }
-	nouveau_uvmm_unlock(uvmm);

	ret = drm_gpuvm_exec_validate(vme);
+	nouveau_uvmm_unlock(uvmm);
	if (ret) { ... }
	...
 }

@@
@@
+static int ngv_text_shrink;
+
 uvmm_new_page_shift(...)
 {
	...
 }

@@
identifier uvmm, op, shift;
@@
 uvmm_new_page_shift(struct nouveau_uvmm *uvmm, struct drm_gpuva_op_map *op)
 {
	u8 shift = ...;
	...
+	shift = nouveau_bo_page_shift(nouveau_gem_object(op->gem.obj), shift);
	while (shift > PAGE_SHIFT && ...) { ... }
	...
 }

@@
identifier old, r, new, uvmm, cut, ret, args;
@@
 uvma_cut_prepare(struct nouveau_uvmm *uvmm, struct nouveau_uvma_prealloc *new,
		  struct drm_gpuva_op_remap *r)
 {
	struct nouveau_uvma *old = uvma_from_va(r->unmap->va);
-	struct uvma_cut cut = uvma_cut(r);
	struct uvmm_map_args args = {
		.region = old->region,
		.kind = old->kind,
-		.page_shift = old->page_shift,
	};
-	int ret = 0;
+	struct uvma_cut cut;
+	int ret;
+
+	ret = uvma_shrink_pinned(old);
+	if (ret)
+		return ret;
+	cut = uvma_cut(r);
+	args.page_shift = old->page_shift;
	if (!uvma_cut_allowed(old, &cut))
		return -EINVAL;
	...
 }

// Another device may have imported the buffer since the pages were chosen.
@@
iterator name list_for_each_op;
iterator name drm_gpuva_for_each_op;
identifier nvbo;
@@
 bind_lock_validate(...)
 {
	<...
-	if (nvbo->bo.pin_count)
-		continue;
+	if (nvbo->bo.pin_count) {
+		if (!uvmm_step_fits(&op->new, va_op))
+			return -EAGAIN;
+		continue;
+	}
	...>
 }

@@
iterator name drm_gpuvm_bo_for_each_va;
identifier va, vm_bo, nvbo, ret;
@@
 nouveau_uvmm_bo_rebind(struct drm_gpuvm_bo *vm_bo)
 {
	...
	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		...
-		ret = nouveau_uvma_map(uvma_from_va(va), nouveau_mem(nvbo->bo.resource));
+		ret = uvma_shrink(uvma_from_va(va));
+		if (!ret)
+			ret = nouveau_uvma_map(uvma_from_va(va), nouveau_mem(nvbo->bo.resource));
		if (ret)
			return ret;
		...
	}
	...
 }

@@
@@
+static int ngv_text_compressed;
+
 nouveau_uvmm_bo_unmap_all(...)
 {
	...
 }
