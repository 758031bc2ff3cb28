// SPDX-License-Identifier: GPL-2.0 OR MIT
// What fault-imported.cocci adds to nouveau_bo.c and nouveau_uvmm.c: see src/nouveau/patch-file.

// Text: abroad
/* Is the buffer where only another device wanted it?  Our programs did not ask for that. */
static bool
nouveau_bo_is_abroad(struct nouveau_bo *nvbo)
{
	return nvbo->bo.resource->mem_type == TTM_PL_TT &&
	       !(nvbo->valid_domains & NOUVEAU_GEM_DOMAIN_GART);
}

// Text: rebind
/* Maps a buffer that is pinned where the mappings were not made for. */
static int
nouveau_uvmm_bo_rebind(struct drm_gpuvm_bo *vm_bo)
{
	struct nouveau_bo *nvbo = nouveau_gem_object(vm_bo->obj);
	struct drm_gpuva *va;
	int ret;

	dma_resv_assert_held(vm_bo->obj->resv);

	drm_gpuvm_bo_for_each_va(va, vm_bo) {
		if (!drm_gpuva_invalidated(va))
			continue;
		ret = nouveau_uvma_map(uvma_from_va(va), nouveau_mem(nvbo->bo.resource));
		if (ret)
			return ret;
		drm_gpuva_invalidate(va, false);
	}

	drm_gpuvm_bo_evict(vm_bo, false);
	return 0;
}

/* What a bind leaves of a mapping has to be mapped, as the job does not map it. */
static int
bind_rebind(struct nouveau_uvmm_bind_job *bind_job)
{
	struct bind_job_op *op;
	int ret;

	list_for_each_op(op, &bind_job->ops) {
		struct drm_gpuva_op *step;

		if (!op->ops)
			continue;

		drm_gpuva_for_each_op(step, op->ops) {
			struct drm_gpuva *va;

			if (step->op != DRM_GPUVA_OP_REMAP)
				continue;
			/* Mappings of this bind itself are in no VM object yet. */
			va = step->remap.unmap->va;
			if (!va->vm_bo || !drm_gpuva_invalidated(va))
				continue;
			ret = nouveau_uvmm_bo_rebind(va->vm_bo);
			if (ret)
				return ret;
		}
	}

	return 0;
}
