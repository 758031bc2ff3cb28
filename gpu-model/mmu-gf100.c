// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page tables of Fermi, Kepler and Maxwell: two levels, 40 bits.
 *
 *	          128 KiB big pages      64 KiB big pages
 *	PDE       39..27, 13 bits        39..26, 14 bits
 *	big PTE   26..17, 10 bits        25..16, 10 bits
 *	small PTE 26..12, 15 bits        25..12, 14 bits
 *
 * A directory entry (8 bytes) points to two tables for the same range, one of
 * big pages and one of small ones:
 *
 *	1:0    big table's memory: 0 none, 1 VRAM, 2 system, 3 system unsnooped
 *	3:2    big table's size: 0 is all of it
 *	31:4   big table's address >> 12
 *	33:32  small table's memory
 *	34     small table is volatile
 *	35     big table is volatile; without any table, on GM20x: sparse
 *	63:36  small table's address >> 12
 *
 * A page entry, in both tables:
 *
 *	0      valid
 *	1      privileged; in an invalid big one: do not look for a small one
 *	2      read-only
 *	31:4   address >> 12
 *	32     volatile; in an invalid one, on GM20x: sparse
 *	34:33  0 VRAM, 1 peer, 2 system, 3 system unsnooped
 *	43:36  kind
 *	60:44  compression tag
 *
 * The big entry is asked first. If it is invalid, plain, the small one is.
 *
 * Known from: nouveau vmmgf100.c, vmmgk104.c, vmmgm200.c; envytools
 * rnndb/memory/gf100_vm.xml.
 */
#include "gpu.h"

#define PTE_VALID BIT64(0)
#define PTE_PRIV BIT64(1)
#define PTE_RO BIT64(2)
#define PTE_VOL BIT64(32)
#define PTE_KNOWN 0x1ffffff7fffffff7ull		/* without 3, 35 and 61 up */
#define PDE_SPARSE BIT64(35)
#define PDE_SIZES 0xcull

static unsigned int dir_shift_of(const struct vm *vm)
{
	return vm->big64 ? 26 : 27;
}

static void walk_dir(struct gpu *gpu, const struct vm *vm, uint64_t va, struct walk *walk,
		     struct walk_dir *dir)
{
	unsigned int shift = dir_shift_of(vm);
	uint64_t addr = vm->pdb + (va >> shift) * 8;
	uint64_t raw;

	if (va >> gpu->chip->mmu->va_bits) {
		walk_fault(walk, FAULT_VA_LIMIT);
		return;
	}
	if (!memory_exists(gpu, vm->aper, addr, 8)) {
		walk->bad = "the page directory is no memory";
		return;
	}
	raw = memory_rd64(gpu, vm->aper, addr);
	walk_step(walk, "PDE", vm->aper, addr, 1, raw, 0);
	dir->raw[0] = raw;
	if (raw & 3 || (raw >> 32) & 3) {
		dir->valid = true;
		if (raw & PDE_SIZES)
			walk->bad = "a shortened big table";
	} else if (gpu->chip->mmu->has_sparse && raw & PDE_SPARSE) {
		walk_sparse(walk, raw, PDE_SPARSE, shift);
	} else if (raw) {
		walk->bad = "an invalid directory entry with something in it";
	}
}

static bool table_entry(struct gpu *gpu, struct walk *walk, const char *level, unsigned int target,
			uint64_t table, uint64_t index, uint64_t *raw)
{
	enum aperture aper = target == 1 ? APER_VRAM : (enum aperture)target;
	uint64_t addr = table + index * 8;

	if (!memory_exists(gpu, aper, addr, 8)) {
		walk->bad = "a directory entry points to no memory";
		return false;
	}
	*raw = memory_rd64(gpu, aper, addr);
	walk_step(walk, level, aper, addr, 1, *raw, 0);
	return true;
}

static void page_found(struct gpu *gpu, struct walk *walk, uint64_t raw, unsigned int shift)
{
	walk->state = PAGE_VALID;
	walk->reason = FAULT_NONE;
	walk->raw = raw;
	walk->shift = shift;
	walk->aper = (raw >> 33) & 3;
	walk->addr = (raw & 0xfffffff0) << 8;
	walk->kind = (uint8_t)(raw >> 36);
	walk->ro = raw & PTE_RO;
	walk->priv = raw & PTE_PRIV;
	walk->vol = raw & PTE_VOL;
	walk_page_check(gpu, walk, ~PTE_KNOWN);
}

static void walk_page(struct gpu *gpu, const struct vm *vm, uint64_t va, const struct walk_dir *dir,
		      struct walk *walk)
{
	unsigned int big = vm->big64 ? 16 : 17;
	uint64_t in_dir = va & ((1ull << dir_shift_of(vm)) - 1);
	uint64_t raw = dir->raw[0], lpte = 0, spte = 0;
	unsigned int lpt = raw & 3, spt = (raw >> 32) & 3;
	bool sparse = gpu->chip->mmu->has_sparse;

	walk_fault(walk, FAULT_PTE);
	if (lpt && !table_entry(gpu, walk, "big", lpt, (raw & 0xfffffff0) << 8, in_dir >> big, &lpte))
		return;
	/* A big entry that says so ends the search. */
	if (!(lpte & PTE_VALID)) {
		if (sparse && lpte & PTE_VOL) {
			walk_sparse(walk, lpte, PTE_VOL, big);
			return;
		}
		if (lpte & PTE_PRIV) {
			if (lpte != PTE_PRIV)
				walk->bad = "an invalid page entry with more in it";
			return;
		}
		if (lpte) {
			walk->bad = "an invalid page entry with something in it";
			return;
		}
	}
	if (spt && !table_entry(gpu, walk, "small", spt, (raw >> 36) << 12, in_dir >> 12, &spte))
		return;
	if (lpte & PTE_VALID) {
		if (spte & PTE_VALID) {
			walk_fault(walk, FAULT_BOTH_PTES);
			walk->bad = "a big and a small page at the same address";
			return;
		}
		page_found(gpu, walk, lpte, big);
		return;
	}
	if (spte & PTE_VALID)
		page_found(gpu, walk, spte, 12);
	else if (sparse && spte & PTE_VOL)
		walk_sparse(walk, spte, PTE_VOL, 12);
	else if (spte)
		walk->bad = "an invalid page entry with something in it";
}

/* One directory entry; big pages of 128 KiB, small ones behind them. */
static void example(const struct mmu_example *e)
{
	uint64_t small = e->tables + 0x4000, i;

	e->put(e->pdb, e->tables >> 8 | 1 | (small >> 8 | 1) << 32);
	for (i = 0; i < e->mapped >> 17; i++)
		e->put(e->tables + i * 8, i << (17 - 8) | PTE_VALID);
	e->put(small + (e->mapped >> 12) * 8, e->page >> 8 | PTE_VALID);
	e->put(small + (e->mapped >> 12) * 8 + 8, e->dma >> 8 | PTE_VALID | 2ull << 33);
}

static void example_gm200(const struct mmu_example *e)
{
	example(e);
	e->put(e->tables + 0x4000 + (e->mapped >> 12) * 8 + 16, PTE_VOL);
}

static void each(struct gpu *gpu, const struct vm *vm,
		 void (*page)(struct gpu *gpu, uint64_t va, const struct walk *walk, void *arg),
		 void *arg)
{
	unsigned int shift = dir_shift_of(vm);
	uint64_t end = vm->limit + 1, base, va;
	struct walk walk;

	for (base = 0; base < end; base += 1ull << shift) {
		uint64_t pde = vm->pdb + (base >> shift) * 8;

		if (!memory_exists(gpu, vm->aper, pde, 8) || !memory_rd64(gpu, vm->aper, pde))
			continue;
		for (va = base; va < base + (1ull << shift); va += 1ull << walk.shift) {
			mmu_walk(gpu, vm, va, &walk);
			if (walk.state == PAGE_INVALID)
				walk.shift = 12;
			else
				page(gpu, va, &walk, arg);
		}
	}
}

/* The size of big pages is the chip's up to the first Maxwell, */
static const char *instance_gf100(struct gpu *gpu, uint64_t pdb, struct vm *vm)
{
	vm->big64 = *reg_at(gpu, 0x100c80) & 1;
	return pdb & 0xff8 ? "unknown bits in it" : NULL;
}

/* then each address space's. */
static const char *instance_gm200(struct gpu *gpu, uint64_t pdb, struct vm *vm)
{
	(void)gpu;
	vm->big64 = pdb & BIT(11);
	return pdb & 0x7f8 ? "unknown bits in it" : NULL;
}

static const uint8_t kinds_gf100[] = {
	0x00, 0x05, 0x07, 0x0a, 0x11, 0x11, 0x17, 0x1a, 0x26, 0x29, 0x3a, 0x41, 0x46, 0x46,
	0x51, 0x54, 0x7b, 0x7b, 0x86, 0x89, 0x8b, 0x8e, 0xa3, 0xaa, 0xbf, 0xc3, 0xcc, 0xd1,
	0xd8, 0xd8, 0xdb, 0xdb, 0xdd, 0xdd, 0xdf, 0xe0, 0xe2, 0xe6, 0xe9, 0xe9, 0xeb, 0xeb,
	0xed, 0xee, 0xf0, 0xfb, 0xfd, 0xfe,
};

const uint8_t kinds_gm200[KINDS_GM200_RANGES * 2] = {
	0x00, 0x05, 0x07, 0x0a, 0x11, 0x11, 0x17, 0x1a, 0x26, 0x2b, 0x3a, 0x41, 0x46, 0x46,
	0x51, 0x54, 0x7b, 0x7b, 0x86, 0x89, 0x8b, 0x8e, 0xa3, 0xaa, 0xbf, 0xc3, 0xcc, 0xd1,
	0xd8, 0xd8, 0xdb, 0xdb, 0xdd, 0xdd, 0xdf, 0xe0, 0xe2, 0xe6, 0xe9, 0xe9, 0xeb, 0xeb,
	0xed, 0xee, 0xf0, 0xfb, 0xfd, 0xfe,
};

const struct mmu_format mmu_gf100 = {
	.name = "two levels, 40 bits",
	.known_from = "nouveau vmmgf100.c, vmmgk104.c, mmu/gf100.c (gf100_mmu_kind)",
	.instance = instance_gf100,
	.va_bits = 40,
	.dir_shift_of = dir_shift_of,
	.kinds = kinds_gf100,
	.kind_ranges = ARRAY_SIZE(kinds_gf100) / 2,
	.walk_dir = walk_dir,
	.walk_page = walk_page,
	.example = example,
	.each = each,
};

const struct mmu_format mmu_gm200 = {
	.name = "two levels, 40 bits, sparse",
	.known_from = "nouveau vmmgm200.c, mmu/gm200.c (gm200_mmu_kind)",
	.instance = instance_gm200,
	.va_bits = 40,
	.dir_shift_of = dir_shift_of,
	.has_sparse = true,
	.kinds = kinds_gm200,
	.kind_ranges = ARRAY_SIZE(kinds_gm200) / 2,
	.walk_dir = walk_dir,
	.walk_page = walk_page,
	.example = example_gm200,
	.each = each,
};
