// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page tables of Pascal and later ("version 2"): five levels, 49 bits.
 *
 *	PD3    48..47   4 entries, 8 bytes
 *	PD2    46..38   512 entries, 8 bytes
 *	PD1    37..29   512 entries, 8 bytes
 *	PD0    28..21   256 entries, 16 bytes
 *	big    20..16   32 entries, 8 bytes, pages of 64 KiB
 *	small  20..12   512 entries, 8 bytes, pages of 4 KiB
 *
 * A directory entry:
 *
 *	0      it is a page entry (in PD0: a page of 2 MiB)
 *	2:1    table's memory: 0 none, 1 VRAM, 2 system, 3 system unsnooped
 *	3      volatile; without a table: sparse
 *	53:8   table's address >> 12
 *
 * PD0 entries are two of those, the first for the table of big pages (whose
 * address starts at bit 4, >> 8), the second for that of small ones.
 *
 * A page entry:
 *
 *	0      valid
 *	2:1    0 VRAM, 1 peer, 2 system, 3 system unsnooped
 *	3      volatile; in an invalid one: sparse
 *	5      privileged; in an invalid big one: do not look for a small one
 *	6      read-only
 *	7      no atomics
 *	53:8   address >> 12 (VRAM: 32:8, above it the compression tag, 53:36)
 *	63:56  kind
 *
 * A valid entry of a larger page hides all behind it. So a driver can prepare smaller
 * pages, or tables, behind a page in use and let that page go afterwards. A driver
 * that writes an entry in halves then leaves the old upper half (kind, tag) in an entry
 * whose lower half is new already.
 *
 * Known from: nouveau vmmgp100.c; open-gpu-doc manuals/volta/gv100/dev_mmu; that larger
 * pages hide the others: open-gpu-kernel-modules nvidia-uvm/uvm_va_block.c
 * (block_gpu_split_2m, block_gpu_split_big). The MMU before Pascal has a fault for two
 * valid entries at an address: mmu-gf100.c.
 */
#include "gpu.h"

#define PTE_VALID BIT64(0)
#define PTE_VOL BIT64(3)
#define PTE_PRIV BIT64(5)
#define PTE_RO BIT64(6)
#define PTE_UNKNOWN 0x00c0000000000010ull
#define PTE_KIND 0xff00000000000000ull
#define PDE_ADDR 0x003fffffffffff00ull
#define PDE_ADDR_BIG 0x003ffffffffffff0ull
#define PDE_KNOWN 0x003fffffffffff0eull
#define PDE_KNOWN_BIG 0x003ffffffffffffeull

static unsigned int dir_shift_of(const struct vm *vm)
{
	(void)vm;
	return 21;
}

static const struct {
	const char *name;
	unsigned int shift, bits, words;
} level[] = {
	{ "PD3", 47, 2, 1 },
	{ "PD2", 38, 9, 1 },
	{ "PD1", 29, 9, 1 },
	{ "PD0", 21, 8, 2 },
};

static enum aperture pde_aperture(uint64_t raw)
{
	unsigned int target = (raw >> 1) & 3;

	return target == 1 ? APER_VRAM : (enum aperture)target;
}

static bool pde_points(uint64_t raw)
{
	return (raw >> 1) & 3;
}

static bool pde_sparse(uint64_t raw)
{
	return !(raw & 7) && raw & PTE_VOL;
}

static void walk_dir(struct gpu *gpu, const struct vm *vm, uint64_t va, struct walk *walk,
		     struct walk_dir *dir)
{
	enum aperture aper = vm->aper;
	uint64_t table = vm->pdb;
	unsigned int i;

	if (va >> gpu->chip->mmu->va_bits) {
		walk_fault(walk, FAULT_VA_LIMIT);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(level); i++) {
		uint64_t index = (va >> level[i].shift) & ((1u << level[i].bits) - 1);
		uint64_t addr = table + index * 8 * level[i].words;
		uint64_t raw, raw1 = 0;

		if (!memory_exists(gpu, aper, addr, 8 * level[i].words)) {
			walk->bad = "a directory entry points to no memory";
			return;
		}
		raw = memory_rd64(gpu, aper, addr);
		if (level[i].words == 2)
			raw1 = memory_rd64(gpu, aper, addr + 8);
		walk_step(walk, level[i].name, aper, addr, level[i].words, raw, raw1);
		if (pde_sparse(raw)) {
			walk_sparse(walk, raw, PTE_VOL, level[i].shift);
			if (raw1) {
				walk->torn = !walk->bad;
				walk->bad = "a sparse directory entry with a table of small pages";
			}
			return;
		}
		if (i == ARRAY_SIZE(level) - 1) {
			dir->raw[0] = raw;
			dir->raw[1] = raw1;
			dir->valid = raw & PTE_VALID || pde_points(raw) || pde_points(raw1);
			if (!dir->valid && (raw || raw1))
				walk->bad = "an invalid directory entry with something in it";
			return;
		}
		if (!pde_points(raw)) {
			if (raw)
				walk->bad = "an invalid directory entry with something in it";
			return;
		}
		if (raw & ~PDE_KNOWN) {
			walk->bad = "unknown bits in a directory entry";
			return;
		}
		aper = pde_aperture(raw);
		table = (raw & PDE_ADDR) << 4;
	}
}

static void page_found(struct gpu *gpu, struct walk *walk, uint64_t raw, unsigned int shift)
{
	walk->state = PAGE_VALID;
	walk->reason = FAULT_NONE;
	walk->raw = raw;
	walk->shift = shift;
	walk->aper = (raw >> 1) & 3;
	walk->addr = walk->aper == APER_VRAM ? (raw & 0x1ffffff00ull) << 4 : (raw & PDE_ADDR) << 4;
	walk->kind = (uint8_t)(raw >> 56);
	walk->ro = raw & PTE_RO;
	walk->priv = raw & PTE_PRIV;
	walk->vol = raw & PTE_VOL;
	walk_page_check(gpu, walk, PTE_UNKNOWN);
}

static bool table_entry(struct gpu *gpu, struct walk *walk, const char *name, uint64_t pde,
			uint64_t table, uint64_t index, uint64_t *raw)
{
	enum aperture aper = pde_aperture(pde);
	uint64_t addr = table + index * 8;

	if (!memory_exists(gpu, aper, addr, 8)) {
		walk->bad = "a directory entry points to no memory";
		return false;
	}
	*raw = memory_rd64(gpu, aper, addr);
	walk_step(walk, name, aper, addr, 1, *raw, 0);
	return true;
}

static void walk_page(struct gpu *gpu, const struct vm *vm, uint64_t va, const struct walk_dir *dir,
		      struct walk *walk)
{
	uint64_t big = dir->raw[0], small = dir->raw[1], lpte = 0, spte = 0;

	(void)vm;
	walk_fault(walk, FAULT_PTE);
	if (big & PTE_VALID) {
		page_found(gpu, walk, big, 21);
		return;
	}
	if (big & ~(PDE_KNOWN_BIG | PTE_KIND) || small & ~PDE_KNOWN) {
		walk->bad = "unknown bits in a directory entry";
		return;
	}
	if (pde_points(big) && !table_entry(gpu, walk, "big", big, (big & PDE_ADDR_BIG) << 4,
					    (va >> 16) & 31, &lpte))
		return;
	if (lpte & PTE_VALID) {
		page_found(gpu, walk, lpte, 16);
		return;
	}
	if (lpte & PTE_VOL) {
		walk_sparse(walk, lpte, PTE_VOL, 16);
		return;
	}
	if (lpte & PTE_PRIV) {
		if (lpte != PTE_PRIV)
			walk->bad = "an invalid page entry with more in it";
		return;
	}
	if ((uint32_t)lpte) {
		walk->bad = "an invalid page entry with something in it";
		return;
	}
	if (pde_points(small) && !table_entry(gpu, walk, "small", small, (small & PDE_ADDR) << 4,
					      (va >> 12) & 511, &spte))
		return;
	if (spte & PTE_VALID)
		page_found(gpu, walk, spte, 12);
	else if (spte & PTE_VOL)
		walk_sparse(walk, spte, PTE_VOL, 12);
	else if (spte)
		walk->bad = "an invalid page entry with something in it";
}

/* Pages of 2 MiB, a sparse one; big and small ones behind them. */
static void example(const struct mmu_example *e)
{
	uint64_t pd0 = e->pdb + 0x3000, small = e->tables + 0x1000, i;

	for (i = 0; i < 3; i++)
		e->put(e->pdb + i * 0x1000, (e->pdb + (i + 1) * 0x1000) >> 4 | 1 << 1);
	for (i = 0; i < e->mapped >> 21; i++)
		e->put(pd0 + i * 16, i << (21 - 4) | PTE_VALID);
	e->put(pd0 + i * 16, PTE_VOL);
	e->put(pd0 + ++i * 16, e->tables >> 4 | 1 << 1);
	e->put(pd0 + i * 16 + 8, small >> 4 | 1 << 1);
	e->put(e->tables, e->page >> 4 | PTE_VALID);
	e->put(small + 16 * 8, e->dma >> 4 | 2 << 1 | PTE_VALID);
	e->put(small + 17 * 8, PTE_VOL);
}

static void each_below(struct gpu *gpu, const struct vm *vm, unsigned int depth,
		       enum aperture aper, uint64_t table, uint64_t base,
		       void (*page)(struct gpu *gpu, uint64_t va, const struct walk *walk, void *arg),
		       void *arg)
{
	uint64_t i;

	for (i = 0; i < 1ull << level[depth].bits; i++) {
		uint64_t va = base + (i << level[depth].shift);
		uint64_t addr = table + i * 8 * level[depth].words;
		uint64_t raw, raw1 = 0;
		struct walk walk;

		if (va > vm->limit || !memory_exists(gpu, aper, addr, 8 * level[depth].words))
			return;
		raw = memory_rd64(gpu, aper, addr);
		if (level[depth].words == 2)
			raw1 = memory_rd64(gpu, aper, addr + 8);
		if (!raw && !raw1)
			continue;
		if (pde_sparse(raw) || depth == ARRAY_SIZE(level) - 1) {
			uint64_t at;

			for (at = va; at < va + (1ull << level[depth].shift);
			     at += 1ull << walk.shift) {
				mmu_walk(gpu, vm, at, &walk);
				if (walk.state == PAGE_INVALID)
					walk.shift = 12;
				else
					page(gpu, at, &walk, arg);
			}
		} else if (pde_points(raw)) {
			each_below(gpu, vm, depth + 1, pde_aperture(raw), (raw & PDE_ADDR) << 4, va,
				   page, arg);
		}
	}
}

static void each(struct gpu *gpu, const struct vm *vm,
		 void (*page)(struct gpu *gpu, uint64_t va, const struct walk *walk, void *arg),
		 void *arg)
{
	each_below(gpu, vm, 0, vm->aper, vm->pdb, 0, page, arg);
}

static uint64_t tables_below(struct gpu *gpu, const struct vm *vm, unsigned int depth,
			     enum aperture aper, uint64_t table)
{
	const uint64_t count = 1ull << level[depth].bits;
	const unsigned int size = 8 * level[depth].words;
	uint64_t bytes = count * size, i;

	for (i = 0; i < count; i++) {
		uint64_t addr = table + i * size, raw, raw1;

		if (!memory_exists(gpu, aper, addr, size))
			break;
		raw = memory_rd64(gpu, aper, addr);
		if (level[depth].words == 1) {
			if (pde_points(raw))
				bytes += tables_below(gpu, vm, depth + 1, pde_aperture(raw),
						      (raw & PDE_ADDR) << 4);
			continue;
		}
		/* Behind a page of 2 MiB no table counts; the driver may keep one there. */
		raw1 = memory_rd64(gpu, aper, addr + 8);
		if (!(raw & PTE_VALID) && pde_points(raw))
			bytes += 32 * 8;
		if (!(raw & PTE_VALID) && pde_points(raw1))
			bytes += 512 * 8;
	}
	return bytes;
}

static uint64_t tables(struct gpu *gpu, const struct vm *vm)
{
	return tables_below(gpu, vm, 0, vm->aper, vm->pdb);
}

static const char *instance(struct gpu *gpu, uint64_t pdb, struct vm *vm)
{
	(void)gpu;
	vm->big64 = true;
	if (!(pdb & BIT(10)))
		return "not of this format";
	return pdb & BIT(11) ? NULL : "big pages that are not of 64 KiB";
}

const struct mmu_format mmu_gp100 = {
	.name = "five levels, 49 bits, sparse",
	.known_from = "nouveau vmmgp100.c, mmu/gm200.c (gm200_mmu_kind)",
	.pdb_flags = BIT(10) | BIT(11),
	.instance = instance,
	.va_bits = 49,
	.dir_shift_of = dir_shift_of,
	.has_sparse = true,
	.kinds = kinds_gm200,
	.kind_ranges = ARRAY_SIZE(kinds_gm200) / 2,
	.walk_dir = walk_dir,
	.walk_page = walk_page,
	.example = example,
	.tables = tables,
	.each = each,
};

/* Turing has other kinds: nouveau mmu/tu102.c (tu102_mmu_kind). */
static const uint8_t kinds_tu102[] = { 0x00, 0x06, 0x08, 0x0e };

const struct mmu_format mmu_tu102 = {
	.name = "five levels, 49 bits, sparse, Turing's kinds",
	.known_from = "nouveau vmmtu102.c, mmu/tu102.c (tu102_mmu_kind)",
	.pdb_flags = BIT(10) | BIT(11),
	.instance = instance,
	.va_bits = 49,
	.dir_shift_of = dir_shift_of,
	.has_sparse = true,
	.kinds = kinds_tu102,
	.kind_ranges = ARRAY_SIZE(kinds_tu102) / 2,
	.walk_dir = walk_dir,
	.walk_page = walk_page,
	.example = example,
	.tables = tables,
	.each = each,
};
