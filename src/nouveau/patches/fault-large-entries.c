// SPDX-License-Identifier: GPL-2.0 OR MIT
// What fault-large-entries.cocci adds to vmm.c: see src/nouveau/patch-file.

// Text: maps
/* A directory whose entries may be pages. */
static inline bool
nvkm_vmm_desc_maps(const struct nvkm_vmm_desc *desc)
{
	return desc->type == PGD && desc->func->mem;
}

/* Such an entry that is a page: it hides the tables behind it. */
static inline bool
nvkm_vmm_pde_mapped(const struct nvkm_vmm_desc *desc, struct nvkm_vmm_pt *pgd,
		    u32 pdei)
{
	return nvkm_vmm_desc_maps(desc) && pgd->pte[pdei].mapped;
}

// Text: entries
/* mutex.map protects what the tables say about mapped pages. A bind job must not
 * wait for mutex.ref, under which page tables are allocated, so changes of
 * references take both. Without bind jobs mutex.vmm is enough.
 */
static void
nvkm_vmm_track(struct nvkm_vmm *vmm)
{
	if (vmm->managed.raw)
		mutex_lock(&vmm->mutex.map);
}

static void
nvkm_vmm_track_end(struct nvkm_vmm *vmm)
{
	if (vmm->managed.raw)
		mutex_unlock(&vmm->mutex.map);
}

static void
nvkm_vmm_set_mapped(const struct nvkm_vmm_desc *desc, struct nvkm_vmm_pt *pgt,
		    u32 first, u32 count, bool mapped)
{
	if (desc->type != LPT && !nvkm_vmm_desc_maps(desc))
		return;

	while (count--)
		pgt->pte[first++].mapped = mapped;
}

/* What an entry says that maps no page: NULL if it maps one, or points to tables. */
static nvkm_vmm_pxe_func
nvkm_vmm_idle(const struct nvkm_vmm_desc *desc, struct nvkm_vmm_pt *pgt, u32 entry)
{
	const struct nvkm_vmm_desc_func *func = desc->func;
	bool sparse;

	if (pgt->pte[entry].mapped)
		return NULL;

	if (desc->type == LPT) {
		if (pgt->pte[entry].sptes)
			return func->unmap;
		sparse = pgt->pte[entry].sparse;
	} else {
		struct nvkm_vmm_pt *child = pgt->pde[entry];

		sparse = NVKM_VMM_PDE_SPARSED(child);
		if (!NVKM_VMM_PDE_INVALID(child)) {
			if (child->pt[0] || child->pt[1])
				return NULL;
			sparse = child->sparse;
		}
	}

	if (sparse)
		return func->sparse;
	return func->invalid ? func->invalid : func->unmap;
}

/* Entries that may map a large page have one owner: a mapped page of their size, or
 * else the smaller pages below, or else nobody. This writes the entries that do not
 * map a page.
 */
static void
nvkm_vmm_write_idle(struct nvkm_vmm *vmm, const struct nvkm_vmm_desc *desc,
		    struct nvkm_vmm_pt *pgt, u32 first, u32 count)
{
	const u32 end = first + count;

	while (first < end) {
		nvkm_vmm_pxe_func write = nvkm_vmm_idle(desc, pgt, first);
		u32 next = first + 1;

		if (write) {
			while (next < end && nvkm_vmm_idle(desc, pgt, next) == write)
				next++;
			write(vmm, pgt->pt[0], first, next - first);
		} else if (!pgt->pte[first].mapped) {
			desc->func->pde(vmm, pgt, first);
		}
		first = next;
	}
}

/* Removes pages. @clear is for entries that cannot hide anything. */
static void
nvkm_vmm_remove(struct nvkm_vmm *vmm, const struct nvkm_vmm_desc *desc,
		struct nvkm_vmm_pt *pgt, u32 first, u32 count,
		nvkm_vmm_pxe_func clear)
{
	if (desc->type == LPT || nvkm_vmm_desc_maps(desc))
		nvkm_vmm_write_idle(vmm, desc, pgt, first, count);
	else
		clear(vmm, pgt->pt[desc->type == SPT], first, count);
}

// Text: small
/* Counts references to small pages in or out, for each large page that covers some.
 * Where they are the first or were the last, the entries of large pages that map
 * nothing change: with small pages the GPU has to look behind them. What is sparse has
 * to be so there, too.
 */
static void
nvkm_vmm_count_small(struct nvkm_vmm_iter *it, u32 first, u32 count, bool in)
{
	const struct nvkm_vmm_desc *large = it->page[-1].desc;
	const u32 shift = it->desc->bits - large->bits;
	struct nvkm_vmm_pt *pgt = it->pt[0];
	const u32 stop = first + count;
	u32 begin = 0, run = 0;

	nvkm_vmm_track(it->vmm);
	while (first < stop) {
		const u32 entry = first >> shift;
		const u32 next = min(stop, (entry + 1) << shift);
		struct nvkm_pte_tracker *pte = &pgt->pte[entry];
		bool turns;

		if (in) {
			turns = !pte->sptes;
			pte->sptes += next - first;
		} else {
			pte->sptes -= next - first;
			turns = !pte->sptes;
		}
		if (turns && in && pte->sparse && pgt->pt[0])
			it->desc->func->sparse(it->vmm, pgt->pt[1], entry << shift,
					       1 << shift);
		if (turns && !run++)
			begin = entry;
		first = next;
		if (run && (!turns || first == stop)) {
			if (pgt->pt[0])
				nvkm_vmm_write_idle(it->vmm, large, pgt, begin, run);
			run = 0;
		}
	}
	nvkm_vmm_track_end(it->vmm);
}

// Text: sparse
static void
nvkm_vmm_no_longer_sparse(struct nvkm_vmm_iter *it, u32 first, u32 count)
{
	struct nvkm_vmm_pt *pgt = it->pt[0];

	nvkm_vmm_track(it->vmm);
	for (; count--; first++) {
		if (it->desc->type == PGD)
			pgt->pde[first] = NULL;
		else if (it->desc->type == LPT)
			pgt->pte[first].sparse = false;
	}
	nvkm_vmm_track_end(it->vmm);
}

// Text: table
/* A bind job may write a directory's entry at any time, so the table has to be
 * complete when the directory gets it. Other tables may exist behind a new one.
 */
static void
nvkm_vmm_add_table(struct nvkm_vmm *vmm, const struct nvkm_vmm_desc *desc,
		   struct nvkm_vmm_pt *pgt, struct nvkm_mmu_pt *table, bool zeroed)
{
	const u32 entries = 1 << desc->bits;

	pgt->pt[desc->type == SPT] = table;
	/* Nobody unmaps the pages of a table that goes with them. */
	nvkm_vmm_set_mapped(desc, pgt, 0, entries, false);
	if (zeroed)
		return;

	if (pgt->sparse)
		nvkm_vmm_sparse_ptes(desc, pgt, 0, entries);
	if (desc->type == LPT)
		nvkm_vmm_write_idle(vmm, desc, pgt, 0, entries);
	else
		desc->func->sparse(vmm, table, 0, entries);
}

/* A table for a directory entry that has none of this kind. */
static bool
nvkm_vmm_get_table(struct nvkm_vmm_iter *it, struct nvkm_vmm_pt *dir, u32 entry)
{
	const struct nvkm_vmm_desc *desc = &it->desc[it->lvl - 1];
	const bool zeroed = !dir->pde[entry]->sparse && !desc->func->invalid;
	struct nvkm_mmu_pt *table;

	table = nvkm_mmu_ptc_get(it->vmm->mmu, desc->size << desc->bits, desc->align,
				 zeroed);
	dir->refs[0]++;
	if (!table) {
		/* This gives the reference back, and what the walk made for it. */
		it->lvl--;
		nvkm_vmm_unref_pdes(it);
		return false;
	}

	nvkm_vmm_track(it->vmm);
	nvkm_vmm_add_table(it->vmm, desc, dir->pde[entry], table, zeroed);
	if (!nvkm_vmm_pde_mapped(desc + 1, dir, entry))
		desc[1].func->pde(it->vmm, dir, entry);
	nvkm_vmm_track_end(it->vmm);
	nvkm_vmm_flush_mark(it);
	return true;
}
