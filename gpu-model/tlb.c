// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The translation lookaside buffer, and the registers that invalidate it.
 *
 * The MMU remembers the translations it found, and the last-level directory
 * entries on the way. It never looks whether the tables changed: the driver
 * tells it to forget, one page directory or all, and waits until that is done.
 *
 *	0x100cb8   directory >> 8 | its memory (2 system, 3 unsnooped)
 *	0x100cec   its upper half (Pascal)
 *	0x100cbc   31: go; 0: all addresses; 1: all directories; 2: not the GPCs
 *	0x100c80   23:16: room in the queue; 15: the queue is empty
 *
 *	0xb830a0, 0xb830a4, 0xb830b0: the first three, from Turing on; 31 of the
 *	           last stays until it is done
 *
 * A real TLB forgets by itself too, when it is full. This one does not: the
 * driver has to be right for any replacement, and the longest memory shows most.
 * Addresses without a page are not remembered. "Not the GPCs" (bit 2) makes no
 * difference here, as everything that accesses memory in this model (host, copy
 * engines, BARs, the context switch) is on the other side, the hub.
 *
 * What a stale entry proves. When an entry is used, the tables are walked as
 * well. If they differ, the use alone is no mistake of the driver: it may be
 * between its write to the table and its invalidate, and a user may run work
 * beside his own unmap. The invalidate is overdue if seconds later the entry is
 * still there although it was in use: no driver takes that long on purpose
 * between the two. Then it is a finding. Until then the engine sees what a real
 * one would: the old page.
 *
 * An entry of two words is written one word after the other, and an engine may look
 * between. So an entry whose words do not fit each other is a finding if it is still so
 * when its directory is invalidated, seconds later, or at the end.
 *
 * Known from: nouveau vmmgf100.c (gf100_vmm_invalidate) and vmmgp100.c;
 * open-gpu-doc's dev_mmu (gv100), NV_PFB_PRI_MMU_INVALIDATE and _CTRL.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

#define OVERDUE 5000000000ull		/* ns */
#define OVERDUE_AT_END 500000000ull

#define INVALIDATE_ALL_VA BIT(0)
#define INVALIDATE_ALL_PDB BIT(1)
#define INVALIDATE_HUB_ONLY BIT(2)
#define INVALIDATE_GO BIT(31)
#define CTRL_EMPTY BIT(15)
#define CTRL_SPACE 0x00080000u

struct tlb_page {
	struct tlb_page *next;
	struct vm vm;
	uint64_t vpn;
	struct walk walk;
	uint64_t stale_since;		/* first seen in use after the PTE changed */
	const char *stale_client;
};

struct tlb_dir {
	struct tlb_dir *next;
	uint64_t pdb;
	uint64_t index;
	struct walk_dir dir;
};

#define TLB_BUCKETS 4096

struct tlb {
	struct tlb_page *page[TLB_BUCKETS];
	struct tlb_dir *dir[TLB_BUCKETS];
	unsigned long pages;
	struct work invalidate;
	bool pending;
	bool pending_all;
	uint64_t pending_pdb;
	struct work check;
	unsigned long stale;		/* entries seen in use after a change */
	/* The first that was seen between its words, until it is looked at again. */
	struct work torn;
	struct vm torn_vm;
	uint64_t torn_va;
	const char *torn_client;	/* NULL: none was */
};

static unsigned int hash(uint64_t pdb, uint64_t n)
{
	uint64_t h = (pdb >> 12) * 0x9e3779b97f4a7c15ull ^ n * 0xc2b2ae3d27d4eb4full;

	return (unsigned int)(h >> 40) % TLB_BUCKETS;
}

static unsigned int dir_shift(struct gpu *gpu, const struct vm *vm)
{
	return gpu->chip->mmu->dir_shift_of(vm);
}

/* --- lookup ------------------------------------------------------------- */

static bool same(const struct walk *a, const struct walk *b)
{
	return a->state == b->state && a->raw == b->raw && a->shift == b->shift && a->addr == b->addr;
}

static void mark_stale(struct gpu *gpu, struct tlb_page *page, const struct client *client)
{
	if (page->stale_since)
		return;
	page->stale_since = sched_now(gpu);
	page->stale_client = client->name;
	gpu->tlb->stale++;
	trace_event(gpu, "stale", "pdb=0x%llx va=0x%llx by=%s", (unsigned long long)page->vm.pdb,
		    (unsigned long long)page->vpn << 12, client->name);
	if (!gpu->tlb->check.due)
		sched_after(gpu, &gpu->tlb->check, OVERDUE);
}

static void remember_dir(struct gpu *gpu, const struct vm *vm, uint64_t index,
			 const struct walk_dir *dir)
{
	unsigned int h = hash(vm->pdb, index);
	struct tlb_dir *entry = malloc(sizeof(*entry));

	if (!entry)
		abort();
	entry->pdb = vm->pdb;
	entry->index = index;
	entry->dir = *dir;
	entry->next = gpu->tlb->dir[h];
	gpu->tlb->dir[h] = entry;
}

static struct tlb_page *remember_page(struct gpu *gpu, const struct vm *vm, uint64_t vpn,
				      const struct walk *walk)
{
	unsigned int h = hash(vm->pdb, vpn);
	struct tlb_page *page = malloc(sizeof(*page));

	if (!page)
		abort();
	page->vm = *vm;
	page->vpn = vpn;
	page->walk = *walk;
	page->stale_since = 0;
	page->stale_client = NULL;
	page->next = gpu->tlb->page[h];
	gpu->tlb->page[h] = page;
	gpu->tlb->pages++;
	return page;
}

static void mark_torn(struct gpu *gpu, const struct vm *vm, uint64_t va, const struct client *client)
{
	if (gpu->tlb->torn_client)
		return;
	gpu->tlb->torn_vm = *vm;
	gpu->tlb->torn_va = va;
	gpu->tlb->torn_client = client->name;
	sched_after(gpu, &gpu->tlb->torn, OVERDUE);
}

const struct walk *tlb_translate(struct gpu *gpu, const struct vm *vm, uint64_t va,
				 const struct client *client, enum fault_reason *reason)
{
	uint64_t vpn = va >> 12, index = va >> dir_shift(gpu, vm);
	struct walk truth;
	struct walk_dir dir = { 0 };
	struct tlb_page *page;
	struct tlb_dir *d;

	if (va > vm->limit) {
		*reason = FAULT_VA_LIMIT;
		return NULL;
	}
	memset(&truth, 0, sizeof(truth));
	walk_fault(&truth, FAULT_PDE);
	gpu->chip->mmu->walk_dir(gpu, vm, va, &truth, &dir);
	if (dir.valid)
		gpu->chip->mmu->walk_page(gpu, vm, va, &dir, &truth);

	for (page = gpu->tlb->page[hash(vm->pdb, vpn)]; page; page = page->next) {
		if (page->vm.pdb != vm->pdb || page->vpn != vpn)
			continue;
		if (!same(&page->walk, &truth))
			mark_stale(gpu, page, client);
		return &page->walk;
	}

	for (d = gpu->tlb->dir[hash(vm->pdb, index)]; d; d = d->next)
		if (d->pdb == vm->pdb && d->index == index)
			break;
	if (d && memcmp(&d->dir, &dir, sizeof(dir)) != 0) {
		struct walk walk;

		memset(&walk, 0, sizeof(walk));
		gpu->chip->mmu->walk_page(gpu, vm, va, &d->dir, &walk);
		if (walk.state == PAGE_INVALID || walk.bad) {
			*reason = walk.state == PAGE_INVALID ? walk.reason : FAULT_PTE;
			return NULL;
		}
		page = remember_page(gpu, vm, vpn, &walk);
		if (!same(&walk, &truth))
			mark_stale(gpu, page, client);
		return &page->walk;
	}

	if (truth.torn) {
		mark_torn(gpu, vm, va, client);
	} else if (truth.bad) {
		report_walk(gpu, vm, va, "bad page table entry", "%s, found by %s at 0x%llx", truth.bad,
			    client->name, (unsigned long long)va);
		if (truth.state == PAGE_VALID)
			walk_fault(&truth, FAULT_PTE);
	}
	if (!d && dir.valid)
		remember_dir(gpu, vm, index, &dir);
	if (truth.state == PAGE_INVALID) {
		*reason = truth.reason;
		return NULL;
	}
	return &remember_page(gpu, vm, vpn, &truth)->walk;
}

/* --- findings ----------------------------------------------------------- */

static void overdue(struct gpu *gpu, uint64_t age, const char *when)
{
	uint64_t now = sched_now(gpu);
	unsigned int h;

	for (h = 0; h < TLB_BUCKETS; h++) {
		struct tlb_page *page;

		for (page = gpu->tlb->page[h]; page; page = page->next) {
			if (!page->stale_since || now - page->stale_since < age)
				continue;
			report_walk(gpu, &page->vm, page->vpn << 12, "stale translation",
				    "%s used 0x%llx as %s 0x%llx at %.6f s, after its entry changed; no invalidate %s",
				    page->stale_client, (unsigned long long)page->vpn << 12,
				    page->walk.state == PAGE_SPARSE ? "sparse" : aperture_name(page->walk.aper),
				    (unsigned long long)page->walk.addr, (double)page->stale_since / 1e9,
				    when);
			page->stale_since = 0;
			gpu->tlb->stale--;
			return;
		}
	}
}

static void torn(struct gpu *gpu, struct work *work)
{
	struct tlb *tlb = gpu->tlb;
	struct walk walk;

	(void)work;
	if (!tlb->torn_client)
		return;
	mmu_walk(gpu, &tlb->torn_vm, tlb->torn_va, &walk);
	if (walk.torn)
		report_walk(gpu, &tlb->torn_vm, tlb->torn_va, "bad page table entry",
			    "%s, found by %s at 0x%llx, and still so", walk.bad, tlb->torn_client,
			    (unsigned long long)tlb->torn_va);
	tlb->torn_client = NULL;
}

static void check(struct gpu *gpu, struct work *work)
{
	overdue(gpu, OVERDUE, "came in 5 s");
	if (gpu->tlb->stale)
		sched_after(gpu, work, OVERDUE / 5);
}

/* --- invalidate --------------------------------------------------------- */

void tlb_invalidate(struct gpu *gpu, bool all, uint64_t pdb)
{
	unsigned int h;

	if (gpu->tlb->torn_client && !all && pdb == gpu->tlb->torn_vm.pdb) {
		sched_cancel(gpu, &gpu->tlb->torn);
		torn(gpu, NULL);
	}
	for (h = 0; h < TLB_BUCKETS; h++) {
		struct tlb_page **p = &gpu->tlb->page[h];
		struct tlb_dir **d = &gpu->tlb->dir[h];

		while (*p) {
			struct tlb_page *page = *p;

			if (all || page->vm.pdb == pdb) {
				if (page->stale_since && gpu->tlb->stale)
					gpu->tlb->stale--;
				*p = page->next;
				free(page);
				gpu->tlb->pages--;
			} else {
				p = &page->next;
			}
		}
		while (*d) {
			struct tlb_dir *dir = *d;

			if (all || dir->pdb == pdb) {
				*d = dir->next;
				free(dir);
			} else {
				d = &dir->next;
			}
		}
	}
	count_invalidate(gpu);
	trace_invalidate(gpu, all, pdb);
}

static void finish(struct gpu *gpu, struct work *work)
{
	(void)work;
	if (!gpu->tlb->pending)
		return;
	gpu->tlb->pending = false;
	tlb_invalidate(gpu, gpu->tlb->pending_all, gpu->tlb->pending_pdb);
}

static uint32_t read_ctrl(struct gpu *gpu, uint32_t addr)
{
	/* The guest polls faster than the event loop comes round. */
	if (gpu->tlb->pending && gpu->tlb->invalidate.due <= sched_now(gpu)) {
		sched_cancel(gpu, &gpu->tlb->invalidate);
		finish(gpu, NULL);
	}
	return (*reg_at(gpu, addr) & ~0x00ff8000u) | CTRL_SPACE |
	       (gpu->tlb->pending ? 0 : CTRL_EMPTY);
}

/* @pdb is what the registers of the directory have: its address >> 8. */
static void invalidate(struct gpu *gpu, uint32_t addr, uint32_t value, uint64_t pdb)
{
	*reg_at(gpu, addr) = value;
	if (!(value & INVALIDATE_GO))
		return;
	if (!(value & INVALIDATE_ALL_VA) ||
	    value & ~(INVALIDATE_GO | INVALIDATE_ALL_VA | INVALIDATE_ALL_PDB | INVALIDATE_HUB_ONLY)) {
		report(gpu, "TLB invalidate that is not modelled", "0x%08x", value);
		return;
	}
	/* One after the other, as they were queued. */
	if (gpu->tlb->pending) {
		sched_cancel(gpu, &gpu->tlb->invalidate);
		finish(gpu, NULL);
	}
	gpu->tlb->pending = true;
	gpu->tlb->pending_all = value & INVALIDATE_ALL_PDB;
	gpu->tlb->pending_pdb = (pdb >> 4) << 12;
	sched_after(gpu, &gpu->tlb->invalidate, sched_delay(gpu, STREAM_TLB, 4000));
}

static void write_invalidate(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	invalidate(gpu, addr, value, (uint64_t)*reg_at(gpu, 0x100cec) << 32 | *reg_at(gpu, 0x100cb8));
}

static void write_ctrl(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	/* Page size of the big pages changes here: what was remembered is moot. */
	if ((*reg_at(gpu, addr) ^ value) & 0x1801)
		tlb_invalidate(gpu, true, 0);
	*reg_at(gpu, addr) = value & ~0x00ff8000u;
}

unsigned long tlb_stale(struct gpu *gpu)
{
	return gpu->tlb->stale;
}

static void init(struct gpu *gpu)
{
	gpu->tlb->invalidate.run = finish;
	gpu->tlb->check.run = check;
	gpu->tlb->torn.run = torn;
}

static void fini(struct gpu *gpu)
{
	tlb_invalidate(gpu, true, 0);
}

static void overdue_at_end(struct gpu *gpu)
{
	if (gpu->tlb->stale)
		overdue(gpu, OVERDUE_AT_END, "came before the end");
	torn(gpu, NULL);
}

static const struct reg regs[] = {
	{ 0x100c80, .name = "MMU_CTRL", .read = read_ctrl, .write = write_ctrl },
	{ 0x100cb8, .name = "MMU_INVALIDATE_PDB" },
	{ 0x100cbc, .name = "MMU_INVALIDATE", .write = write_invalidate },
};

const struct block block_tlb = {
	.name = "PFB.MMU",
	.known_from = "nouveau vmmgf100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(tlb),
	.init = init,
	.fini = fini,
	.finish = overdue_at_end,
};

static const struct reg regs_gp100[] = {
	{ 0x100cec, .name = "MMU_INVALIDATE_PDB_HI" },
};

/* Beside the block above: a directory's address has more bits. */
const struct block block_tlb_gp100 = {
	.name = "PFB.MMU",
	.known_from = "nouveau vmmgp100.c (gp100_vmm_invalidate_pdb)",
	.regs = regs_gp100,
	.count = ARRAY_SIZE(regs_gp100),
};

/* --- Turing: registers of the virtual function ----------------------------- */

static void write_invalidate_tu102(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	invalidate(gpu, addr, value, (uint64_t)*reg_at(gpu, 0xb830a4) << 32 | *reg_at(gpu, 0xb830a0));
}

/* The request itself says whether it is done. */
static uint32_t read_invalidate_tu102(struct gpu *gpu, uint32_t addr)
{
	bool pending = !(read_ctrl(gpu, addr) & CTRL_EMPTY);

	return (*reg_at(gpu, addr) & ~INVALIDATE_GO) | (pending ? INVALIDATE_GO : 0);
}

static const struct reg regs_tu102[] = {
	{ 0xb830a0, 2, .name = "MMU_INVALIDATE_PDB" },
	{ 0xb830b0, .name = "MMU_INVALIDATE", .read = read_invalidate_tu102,
	  .write = write_invalidate_tu102 },
};

const struct block block_tlb_tu102 = {
	.name = "VFN.MMU",
	.known_from = "nouveau vmmtu102.c (tu102_vmm_flush)",
	.regs = regs_tu102,
	.count = ARRAY_SIZE(regs_tu102),
	BLOCK_STATE(tlb),
	.init = init,
	.fini = fini,
	.finish = overdue_at_end,
};
