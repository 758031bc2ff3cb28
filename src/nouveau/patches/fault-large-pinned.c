// SPDX-License-Identifier: GPL-2.0 OR MIT
// What fault-large-pinned.cocci adds to nouveau_uvmm.c: see src/nouveau/patch-file.

// Text: shrink
/* Is the buffer pinned where there are no large pages?  The caller has locked it. */
static bool
nouveau_bo_is_pinned_in_host(struct nouveau_bo *nvbo)
{
	dma_resv_assert_held(nvbo->bo.base.resv);
	return nvbo->bo.pin_count && nvbo->bo.resource->mem_type != TTM_PL_VRAM;
}

/* Other buffers with large pages are in VRAM whenever they are mapped. */
static u8
nouveau_bo_page_shift(struct nouveau_bo *nvbo, u8 shift)
{
	if (shift == PAGE_SHIFT)
		return shift;
	dma_resv_lock(nvbo->bo.base.resv, NULL);
	if (nouveau_bo_is_pinned_in_host(nvbo))
		shift = PAGE_SHIFT;
	dma_resv_unlock(nvbo->bo.base.resv);
	return shift;
}

/*
 * Gives a mapping whose entries are not there small pages.  Binds of the VM are locked out,
 * and those that made the mapping have run: the move of the buffer waited for them.
 */
static int
uvma_shrink(struct nouveau_uvma *uvma)
{
	u64 addr = uvma->va.va.addr;
	u64 range = uvma->va.va.range;
	int ret;

	if (uvma->page_shift == PAGE_SHIFT)
		return 0;
	ret = nouveau_uvmm_vmm_get(to_uvmm(uvma), addr, range, PAGE_SHIFT);
	if (ret)
		return ret;
	uvma_pages_put(uvma, addr, addr + range);
	uvma->page_shift = PAGE_SHIFT;
	return 0;
}

/* Before a cut: what is left has the pages of the old mapping. */
static int
uvma_shrink_pinned(struct nouveau_uvma *uvma)
{
	struct nouveau_bo *nvbo = nouveau_gem_object(uvma->va.gem.obj);
	int ret = 0;

	dma_resv_lock(nvbo->bo.base.resv, NULL);
	if (uvma->va.vm_bo && nouveau_bo_is_pinned_in_host(nvbo))
		ret = uvma_shrink(uvma);
	dma_resv_unlock(nvbo->bo.base.resv);
	return ret;
}

/* Can the new mappings of this step be where the buffer is pinned? */
static bool
uvmm_step_fits(struct nouveau_uvma_prealloc *new, struct drm_gpuva_op *step)
{
	struct nouveau_uvma *uvma = step->op == DRM_GPUVA_OP_MAP ?
		new->map : uvma_from_va(step->remap.unmap->va);

	return uvma->page_shift == PAGE_SHIFT ||
	       !nouveau_bo_is_pinned_in_host(nouveau_gem_object(uvma->va.gem.obj));
}

// Text: compressed
/* Small pages would show compressed memory as it is. */
static bool
uvmm_has_compressed(struct drm_gpuvm_bo *here)
{
	struct drm_gpuva *mapping;

	drm_gpuvm_bo_for_each_va(mapping, here) {
		if (uvma_is_compressed(uvma_from_va(mapping)) &&
		    uvma_from_va(mapping)->page_shift != PAGE_SHIFT)
			return true;
	}
	return false;
}

bool
nouveau_uvmm_bo_compressed(struct nouveau_bo *nvbo)
{
	struct drm_gpuvm_bo *here;
	bool found = false;

	dma_resv_assert_held(nvbo->bo.base.resv);
	drm_gem_for_each_gpuvm_bo(here, &nvbo->bo.base)
		found = found || uvmm_has_compressed(here);
	return found;
}
