// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Virtual memory: what all page table formats have in common.
 *
 * Each channel, and each of the apertures BAR1 and BAR2, has an instance block:
 * a page of memory with its state, in it at 0x200 the address of its page
 * directory and at 0x208 the last address of its space. The formats themselves
 * are in mmu-gf100.c and mmu-gp100.c.
 *
 * An entry names where a page is: VRAM, system memory (snooped or not) or a
 * peer; whether it is read-only or for privileged clients alone; and its kind.
 * The kind says how the page's bytes are arranged: what is written through a
 * mapping of one kind cannot be read through a mapping of another. Which bytes
 * change places for which kind is not documented and no software needs to know;
 * here, pages of kinds other than pitch (0) have the halves of each 32 bytes
 * swapped, so that a mapping with a wrong kind shows.
 *
 * Known from: nouveau's nvkm/subdev/mmu/vmmgf100.c, vmmgm200.c and vmmgp100.c,
 * open-gpu-doc's dev_ram and dev_mmu (gv100).
 */
#include <string.h>

#include "gpu.h"

#define PAGE 0x1000u

const char *fault_reason_name(enum fault_reason reason)
{
	switch (reason) {
	case FAULT_PDE: return "no page table (PDE)";
	case FAULT_PDE_SIZE: return "page table too short (PDE_SIZE)";
	case FAULT_PTE: return "no page (PTE)";
	case FAULT_VA_LIMIT: return "beyond the address space (VA_LIMIT)";
	case FAULT_UNBOUND_INST: return "no instance block (UNBOUND_INST)";
	case FAULT_PRIV: return "privileged page (PRIV)";
	case FAULT_READ_ONLY: return "read-only page (RO)";
	case FAULT_WRITE_ONLY: return "write-only page (WO)";
	case FAULT_APERTURE: return "unsupported aperture";
	case FAULT_KIND: return "unsupported kind";
	case FAULT_BOTH_PTES: return "big and small page both valid (BOTH_PTES)";
	case FAULT_NONE: break;
	}
	return "none";
}

void walk_step(struct walk *walk, const char *level, enum aperture aper, uint64_t addr,
	       unsigned int words, uint64_t raw0, uint64_t raw1)
{
	struct walk_step *step;

	if (walk->steps == WALK_STEPS)
		return;
	step = &walk->step[walk->steps++];
	step->level = level;
	step->aper = aper;
	step->addr = addr;
	step->words = words;
	step->raw[0] = raw0;
	step->raw[1] = raw1;
}

void walk_fault(struct walk *walk, enum fault_reason reason)
{
	walk->state = PAGE_INVALID;
	walk->reason = reason;
}

/* The truth: what the tables in memory say now, whatever a TLB remembers. */
void mmu_walk(struct gpu *gpu, const struct vm *vm, uint64_t va, struct walk *walk)
{
	const struct mmu_format *mmu = gpu->chip->mmu;
	struct walk_dir dir;

	memset(walk, 0, sizeof(*walk));
	memset(&dir, 0, sizeof(dir));
	walk_fault(walk, FAULT_PDE);
	mmu->walk_dir(gpu, vm, va, walk, &dir);
	if (dir.valid)
		mmu->walk_page(gpu, vm, va, &dir, walk);
}

static bool kind_exists(const struct mmu_format *mmu, uint8_t kind)
{
	unsigned int i;

	for (i = 0; i < mmu->kind_ranges; i++)
		if (kind >= mmu->kinds[i * 2] && kind <= mmu->kinds[i * 2 + 1])
			return true;
	return false;
}

void walk_sparse(struct walk *walk, uint64_t raw, uint64_t only, unsigned int shift)
{
	walk->state = PAGE_SPARSE;
	walk->reason = FAULT_NONE;
	walk->raw = raw;
	walk->shift = shift;
	if (raw != only)
		walk->bad = "a sparse entry with more in it";
}

void walk_page_check(struct gpu *gpu, struct walk *walk, uint64_t unknown)
{
	if (walk->raw & unknown)
		walk->bad = "unknown bits in a page entry";
	else if (walk->addr & ((1ull << walk->shift) - 1))
		walk->bad = "the page's address is not aligned to its size";
	else if (!kind_exists(gpu->chip->mmu, walk->kind))
		walk->bad = "the chip has no such kind";
	else if (!memory_exists(gpu, walk->aper, walk->addr, 1ull << walk->shift))
		walk->bad = "the page is no memory";
}

bool vm_from_instance(struct gpu *gpu, uint64_t inst, struct vm *vm)
{
	const struct mmu_format *mmu = gpu->chip->mmu;
	const char *wrong;
	uint64_t pdb, limit;

	memset(vm, 0, sizeof(*vm));
	if (!memory_exists(gpu, APER_VRAM, inst, PAGE)) {
		report(gpu, "bad instance block", "0x%llx is no VRAM", (unsigned long long)inst);
		return false;
	}
	pdb = memory_rd64(gpu, APER_VRAM, inst + 0x200);
	limit = memory_rd64(gpu, APER_VRAM, inst + 0x208);
	vm->aper = pdb & 3;
	vm->pdb = pdb & 0xfffffffff000ull;
	vm->limit = limit | 0xfff;
	wrong = mmu->instance(gpu, pdb, vm);
	if (wrong) {
		report(gpu, "bad instance block", "0x%llx: directory 0x%llx: %s",
		       (unsigned long long)inst, (unsigned long long)pdb, wrong);
		return false;
	}
	if (!vm->pdb || vm->aper == APER_PEER || !memory_exists(gpu, vm->aper, vm->pdb, PAGE)) {
		report(gpu, "bad instance block", "0x%llx: page directory %s 0x%llx",
		       (unsigned long long)inst, aperture_name(vm->aper), (unsigned long long)vm->pdb);
		return false;
	}
	if (limit >> mmu->va_bits) {
		report(gpu, "bad instance block", "0x%llx: limit 0x%llx, the MMU has %u bits",
		       (unsigned long long)inst, (unsigned long long)limit, mmu->va_bits);
		return false;
	}
	return true;
}

/* Bytes change places inside each 32 of a page that is not pitch. */
static uint64_t arranged(const struct walk *walk, uint64_t addr)
{
	return walk->kind ? addr ^ 16 : addr;
}

static bool page_access(struct gpu *gpu, const struct walk *walk, uint64_t va, uint8_t *buf,
			size_t len, bool write)
{
	uint64_t addr = walk->addr + (va & ((1ull << walk->shift) - 1));

	if (walk->state == PAGE_SPARSE) {
		if (!write)
			memset(buf, 0, len);
		return true;
	}
	if (!walk->kind)
		return write ? memory_write(gpu, walk->aper, addr, buf, len) :
			       memory_read(gpu, walk->aper, addr, buf, len);
	while (len) {
		size_t part = 16 - (addr & 15);

		if (part > len)
			part = len;
		if (!(write ? memory_write(gpu, walk->aper, arranged(walk, addr), buf, part) :
			      memory_read(gpu, walk->aper, arranged(walk, addr), buf, part)))
			return false;
		addr += part;
		buf += part;
		len -= part;
	}
	return true;
}

static bool vm_access(struct gpu *gpu, const struct vm *vm, uint64_t va, uint8_t *buf, size_t len,
		      bool write, const struct client *client, struct vm_fault *fault)
{
	while (len) {
		size_t part = PAGE - (va & (PAGE - 1));
		enum fault_reason reason = FAULT_NONE;
		const struct walk *walk;

		if (part > len)
			part = len;
		walk = tlb_translate(gpu, vm, va, client, &reason);
		if (walk) {
			if (walk->priv && !client->priv)
				reason = FAULT_PRIV;
			else if (write && walk->ro && walk->state == PAGE_VALID)
				reason = FAULT_READ_ONLY;
		}
		if (reason != FAULT_NONE) {
			fault->va = va;
			fault->reason = reason;
			fault->write = write;
			return false;
		}
		page_access(gpu, walk, va, buf, part, write);
		va += part;
		buf += part;
		len -= part;
	}
	return true;
}

bool vm_read(struct gpu *gpu, const struct vm *vm, uint64_t va, void *buf, size_t len,
	     const struct client *client, struct vm_fault *fault)
{
	return vm_access(gpu, vm, va, buf, len, false, client, fault);
}

bool vm_write(struct gpu *gpu, const struct vm *vm, uint64_t va, const void *buf, size_t len,
	      const struct client *client, struct vm_fault *fault)
{
	return vm_access(gpu, vm, va, (uint8_t *)(uintptr_t)buf, len, true, client, fault);
}
