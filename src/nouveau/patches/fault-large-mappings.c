// SPDX-License-Identifier: GPL-2.0 OR MIT
// What fault-large-mappings.cocci adds to nouveau_uvmm.c: see src/nouveau/patch-file.

// Text: pages
/*
 * A mapping has pages of up to its page_shift: each address is in the largest page
 * that fits into the mapping. So the sizes of the pages follow from the range, and
 * what is left of a mapping that was cut keeps all pages that are left whole.
 */
static u8
uvmm_smaller_page(struct nouveau_uvmm *uvmm, u8 shift)
{
	struct nvif_vmm *vmm = &uvmm->vmm.vmm;
	u8 smaller = PAGE_SHIFT;
	int i;

	for (i = 0; i < vmm->page_nr; i++) {
		if (vmm->page[i].vram && vmm->page[i].shift < shift)
			smaller = max(smaller, vmm->page[i].shift);
	}

	return smaller;
}

/* The size of the page at @addr, and the end of the pages of this size there. */
static u8
uvma_page_shift(struct nouveau_uvma *uvma, u64 addr, u64 *end)
{
	u64 start = uvma->va.va.addr;
	u8 shift = uvma->page_shift;

	*end = start + uvma->va.va.range;
	for (;;) {
		u64 size = 1ULL << shift;
		u64 first = ALIGN(start, size);
		u64 last = ALIGN_DOWN(start + uvma->va.va.range, size);

		if (addr >= first && addr < last) {
			*end = min(*end, last);
			return shift;
		}
		if (addr < first && first < last)
			*end = first;

		shift = uvmm_smaller_page(to_uvmm(uvma), shift);
	}
}

/* One call of these is for all pages of one size in [@addr, @end). */
static void
uvma_pages_put(struct nouveau_uvma *uvma, u64 addr, u64 end)
{
	u64 next;

	for (; addr < end; addr = next) {
		u8 shift = uvma_page_shift(uvma, addr, &next);

		next = min(next, end);
		nouveau_uvmm_vmm_put(to_uvmm(uvma), addr, next - addr, shift);
	}
}

static int
uvma_pages_get(struct nouveau_uvma *uvma, u64 start, u64 end)
{
	u64 addr, next;
	int ret;

	for (addr = start; addr < end; addr = next) {
		u8 shift = uvma_page_shift(uvma, addr, &next);

		next = min(next, end);
		ret = nouveau_uvmm_vmm_get(to_uvmm(uvma), addr, next - addr, shift);
		if (ret) {
			uvma_pages_put(uvma, start, addr);
			return ret;
		}
	}

	return 0;
}

static int
uvma_pages_map(struct nouveau_uvma *uvma, u64 addr, u64 end,
	       struct nouveau_mem *mem)
{
	u64 next;
	int ret = 0;

	for (; !ret && addr < end; addr = next) {
		u64 offset = uvma->va.gem.offset + (addr - uvma->va.va.addr);
		u8 shift = uvma_page_shift(uvma, addr, &next);

		next = min(next, end);
		ret = nouveau_uvmm_vmm_map(to_uvmm(uvma), addr, next - addr,
					   shift, offset, uvma->kind, mem);
	}

	return ret;
}

static int
uvma_pages_unmap(struct nouveau_uvma *uvma, u64 addr, u64 end)
{
	u64 next;
	int ret = 0;

	for (; !ret && addr < end; addr = next) {
		u8 shift = uvma_page_shift(uvma, addr, &next);

		next = min(next, end);
		ret = nouveau_uvmm_vmm_unmap(to_uvmm(uvma), addr, next - addr,
					     shift, !!uvma->region);
	}

	return ret;
}

/*
 * What a cut does: [@addr, @end) are whole pages of the old mapping, which go.
 * [@addr, @below) and [@above, @end) are pieces of them that stay mapped.
 */
struct uvma_cut {
	u64 addr;
	u64 below;
	u64 above;
	u64 end;
};

static struct uvma_cut
uvma_cut(struct drm_gpuva_op_remap *r)
{
	struct nouveau_uvma *old = uvma_from_va(r->unmap->va);
	struct uvma_cut cut = {
		.below = old->va.va.addr,
		.above = old->va.va.addr + old->va.va.range,
	};
	u64 page, next;

	if (r->prev)
		cut.below += r->prev->va.range;
	if (r->next)
		cut.above -= r->next->va.range;

	page = 1ULL << uvma_page_shift(old, cut.below, &next);
	cut.addr = ALIGN_DOWN(cut.below, page);
	page = 1ULL << uvma_page_shift(old, cut.above - 1, &next);
	cut.end = ALIGN(cut.above, page);
	return cut;
}

// Text: new
/* The pages of a mapping that a program asks for. */
static u8
uvmm_new_page_shift(struct nouveau_uvmm *uvmm, struct drm_gpuva_op_map *op)
{
	u8 shift = nouveau_gem_object(op->gem.obj)->page;

	/* Before Pascal the GPU faults where a large and a small page are valid, so
	 * a large page could not be cut while work uses what is left of it.
	 */
	if (uvmm->vmm.vmm.object.oclass != NVIF_CLASS_VMM_GP100)
		shift = PAGE_SHIFT;

	while (shift > PAGE_SHIFT && !op_map_aligned_to_page_shift(op, shift))
		shift = uvmm_smaller_page(uvmm, shift);

	return shift;
}

// Text: prepare
/* Takes back a new mapping, and the references of its pages in [@addr, @end). */
static void
uvma_discard(struct nouveau_uvma *uvma, u64 addr, u64 end)
{
	uvma_pages_put(uvma, addr, end);
	op_map_prepare_unwind(uvma);
}

static int
uvma_create(struct nouveau_uvmm *uvmm, struct nouveau_uvma **puvma,
	    struct drm_gpuva_op_map *op, struct uvmm_map_args *args,
	    u64 addr, u64 end)
{
	int ret = op_map_prepare(uvmm, puvma, op, args);

	if (ret)
		return ret;

	ret = uvma_pages_get(*puvma, addr, end);
	if (ret)
		op_map_prepare_unwind(*puvma);
	return ret;
}

/* Without the GSP nothing is compressed. */
static bool
uvma_is_compressed(struct nouveau_uvma *uvma)
{
	struct nouveau_cli *cli = to_uvmm(uvma)->vmm.cli;
	u8 kind = uvma->kind;

	return nvkm_gsp_rm(nvxx_device(cli->drm)->gsp) &&
	       kind < cli->mmu.kind_nr && cli->mmu.kind[kind] != kind;
}

/*
 * A page of compressed memory that is cut has to become pages that can be compressed,
 * too.
 */
static bool
uvma_cut_allowed(struct nouveau_uvma *old, const struct uvma_cut *cut)
{
	struct nvif_vmm *vmm = &to_uvmm(old)->vmm.vmm;
	u8 shift = old->page_shift;
	u64 rest;
	int i;

	if (!uvma_is_compressed(old))
		return true;

	for (i = 0; i < vmm->page_nr; i++) {
		if (vmm->page[i].vram && vmm->page[i].comp)
			shift = min(shift, vmm->page[i].shift);
	}

	rest = (1ULL << shift) - 1;
	return (cut->below == cut->addr || !(cut->below & rest)) &&
	       (cut->above == cut->end || !(cut->above & rest));
}

/* Page tables for the pieces. All other pages stay, with their references. */
static int
uvma_cut_prepare(struct nouveau_uvmm *uvmm, struct nouveau_uvma_prealloc *new,
		 struct drm_gpuva_op_remap *r)
{
	struct nouveau_uvma *old = uvma_from_va(r->unmap->va);
	struct uvma_cut cut = uvma_cut(r);
	struct uvmm_map_args args = {
		.region = old->region,
		.kind = old->kind,
		.page_shift = old->page_shift,
	};
	int ret = 0;

	if (!uvma_cut_allowed(old, &cut))
		return -EINVAL;

	drm_gpuva_unmap(r->unmap);
	if (r->prev)
		ret = uvma_create(uvmm, &new->prev, r->prev, &args, cut.addr, cut.below);
	if (!ret && r->next) {
		ret = uvma_create(uvmm, &new->next, r->next, &args, cut.above, cut.end);
		if (ret && r->prev)
			uvma_discard(new->prev, cut.addr, cut.below);
	}
	if (ret)
		op_unmap_prepare_unwind(r->unmap->va);
	return ret;
}

static int
uvmm_step_prepare(struct nouveau_uvmm *uvmm, struct nouveau_uvma_prealloc *new,
		  struct drm_gpuva_op *step, struct uvmm_map_args *args)
{
	if (step->op == DRM_GPUVA_OP_UNMAP) {
		drm_gpuva_unmap(&step->unmap);
		return 0;
	}
	if (step->op == DRM_GPUVA_OP_REMAP)
		return uvma_cut_prepare(uvmm, new, &step->remap);
	if (step->op == DRM_GPUVA_OP_MAP && args)
		return uvma_create(uvmm, &new->map, &step->map, args, step->map.va.addr,
				   step->map.va.addr + step->map.va.range);
	return -EINVAL;
}

static void
uvmm_step_undo(struct nouveau_uvma_prealloc *new, struct drm_gpuva_op *step)
{
	struct drm_gpuva_op_remap *r = &step->remap;
	struct uvma_cut cut;

	if (step->op == DRM_GPUVA_OP_UNMAP) {
		op_unmap_prepare_unwind(step->unmap.va);
	} else if (step->op == DRM_GPUVA_OP_REMAP) {
		cut = uvma_cut(r);
		if (r->next)
			uvma_discard(new->next, cut.above, cut.end);
		if (r->prev)
			uvma_discard(new->prev, cut.addr, cut.below);
		op_unmap_prepare_unwind(r->unmap->va);
	} else if (step->op == DRM_GPUVA_OP_MAP) {
		uvma_discard(new->map, step->map.va.addr,
			     step->map.va.addr + step->map.va.range);
	}
}

/* Undoes @last and the steps before it. */
static void
uvmm_steps_undo(struct nouveau_uvma_prealloc *new, struct drm_gpuva_ops *steps,
		struct drm_gpuva_op *last)
{
	drm_gpuva_for_each_op_from_reverse(last, steps)
		uvmm_step_undo(new, last);
}

static int
uvmm_steps_prepare(struct nouveau_uvmm *uvmm, struct nouveau_uvma_prealloc *new,
		   struct drm_gpuva_ops *steps, struct uvmm_map_args *args)
{
	struct drm_gpuva_op *step;
	int ret;

	drm_gpuva_for_each_op(step, steps) {
		ret = uvmm_step_prepare(uvmm, new, step, args);
		if (ret) {
			if (step != drm_gpuva_first_op(steps))
				uvmm_steps_undo(new, steps, drm_gpuva_prev_op(step));
			return ret;
		}
	}
	return 0;
}

// Text: run
static void
uvma_piece_map(struct nouveau_uvma *uvma, u64 addr, u64 end)
{
	struct nouveau_bo *bo = nouveau_gem_object(uvma->va.gem.obj);

	if (addr < end && !drm_gpuva_invalidated(&uvma->va))
		uvma_pages_map(uvma, addr, end, nouveau_mem(bo->bo.resource));
}

/* Small pages become valid while the large page that they replace still is, so that
 * work can use what is left without a pause.
 */
static void
uvma_cut_run(struct drm_gpuva_op_remap *r, struct nouveau_uvma_prealloc *new)
{
	struct nouveau_uvma *old = uvma_from_va(r->unmap->va);
	struct uvma_cut cut = uvma_cut(r);

	if (r->prev)
		uvma_piece_map(new->prev, cut.addr, cut.below);
	if (r->next)
		uvma_piece_map(new->next, cut.above, cut.end);
	if (!drm_gpuva_invalidated(&old->va))
		uvma_pages_unmap(old, cut.addr, cut.end);
}

/* A kept mapping continues in the new one, with the same memory, so work may go on in
 * both. When the new one is there, pages of other sizes go.
 */
static void
uvmm_kept_run(struct drm_gpuva_ops *steps, struct nouveau_uvma *map)
{
	struct drm_gpuva_op *step;

	drm_gpuva_for_each_op(step, steps) {
		struct nouveau_uvma *old;
		u64 addr, end, next;

		if (step->op != DRM_GPUVA_OP_UNMAP || !step->unmap.keep ||
		    drm_gpuva_invalidated(step->unmap.va))
			continue;

		old = uvma_from_va(step->unmap.va);
		end = old->va.va.addr + old->va.va.range;
		for (addr = old->va.va.addr; addr < end; addr = next) {
			if (uvma_page_shift(old, addr, &next) != map->page_shift)
				uvma_pages_unmap(old, addr, next);
		}
	}
}

static void
uvma_cut_put(struct drm_gpuva_op_remap *r)
{
	struct uvma_cut cut = uvma_cut(r);

	uvma_pages_put(uvma_from_va(r->unmap->va), cut.addr, cut.end);
}
