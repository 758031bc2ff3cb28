// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The trace: what happened to address spaces and channels, a line for each event.
 *
 *	TIME EVENT key=value...
 *
 * When a page directory is invalidated, its tables are walked and what differs
 * from the last time is told, runs of pages as one line: first what is gone
 * (unmap), then what is new (map, sparse), then the invalidate itself.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

/* A run of pages alike. */
struct extent {
	uint64_t va, size;
	uint64_t addr;
	unsigned int shift;
	enum page_state state;
	enum aperture aper;
	uint8_t kind;
	bool ro, priv;
};

struct extents {
	struct extent *list;
	size_t count, room;
};

struct trace_vm {
	struct trace_vm *next;
	struct vm vm;
	struct extents now;
};

static void begin(struct gpu *gpu, const char *event)
{
	uint64_t us = sched_now(gpu) / 1000;

	fprintf(gpu->trace.file, "%llu.%06llu %s", (unsigned long long)(us / 1000000),
		(unsigned long long)(us % 1000000), event);
}

void trace_event(struct gpu *gpu, const char *event, const char *fmt, ...)
{
	va_list args;

	if (!gpu->trace.file)
		return;
	begin(gpu, event);
	fputc(' ', gpu->trace.file);
	va_start(args, fmt);
	vfprintf(gpu->trace.file, fmt, args);
	va_end(args);
	fputc('\n', gpu->trace.file);
}

/* --- extents -------------------------------------------------------------- */

static bool alike(const struct extent *a, const struct extent *b)
{
	return a->shift == b->shift && a->state == b->state && a->aper == b->aper &&
	       a->kind == b->kind && a->ro == b->ro && a->priv == b->priv;
}

/* @b goes on where @a ends. */
static bool follows(const struct extent *a, const struct extent *b)
{
	return a->va + a->size == b->va && alike(a, b) &&
	       (a->state == PAGE_SPARSE || a->addr + a->size == b->addr);
}

static void append(struct extents *extents, const struct extent *e)
{
	if (extents->count && follows(&extents->list[extents->count - 1], e)) {
		extents->list[extents->count - 1].size += e->size;
		return;
	}
	if (extents->count == extents->room) {
		extents->room = extents->room ? extents->room * 2 : 64;
		extents->list = realloc(extents->list, extents->room * sizeof(*extents->list));
		if (!extents->list)
			abort();
	}
	extents->list[extents->count++] = *e;
}

static void add_page(struct gpu *gpu, uint64_t va, const struct walk *walk, void *arg)
{
	struct extent e = {
		.va = va,
		.size = 1ull << walk->shift,
		.shift = walk->shift,
		.state = walk->state,
	};

	(void)gpu;
	if (walk->state == PAGE_VALID) {
		e.addr = walk->addr;
		e.aper = walk->aper;
		e.kind = walk->kind;
		e.ro = walk->ro;
		e.priv = walk->priv;
	}
	append(arg, &e);
}

/* The part of @e from @va on, of @size. */
static struct extent part(const struct extent *e, uint64_t va, uint64_t size)
{
	struct extent p = *e;

	p.va = va;
	p.size = size;
	if (e->state == PAGE_VALID)
		p.addr += va - e->va;
	return p;
}

/* Splits both lists where either begins or ends, and sorts out what changed. */
static void compare(const struct extents *old, const struct extents *new, struct extents *gone,
		    struct extents *come)
{
	size_t o = 0, n = 0;
	uint64_t at = 0;

	while (o < old->count || n < new->count) {
		const struct extent *a = o < old->count ? &old->list[o] : NULL;
		const struct extent *b = n < new->count ? &new->list[n] : NULL;
		uint64_t a_start = a ? a->va : ~0ull, b_start = b ? b->va : ~0ull, end;
		bool in_a, in_b;

		if (at < a_start && at < b_start)
			at = a_start < b_start ? a_start : b_start;
		in_a = a && at >= a->va;
		in_b = b && at >= b->va;
		end = in_a ? a->va + a->size : a_start;
		if (in_b && b->va + b->size < end)
			end = b->va + b->size;
		else if (!in_b && b_start < end)
			end = b_start;
		if (in_a && in_b) {
			struct extent pa = part(a, at, end - at), pb = part(b, at, end - at);

			if (!alike(&pa, &pb) || pa.addr != pb.addr) {
				append(gone, &pa);
				append(come, &pb);
			}
		} else if (in_a) {
			struct extent pa = part(a, at, end - at);

			append(gone, &pa);
		} else if (in_b) {
			struct extent pb = part(b, at, end - at);

			append(come, &pb);
		}
		at = end;
		if (a && at >= a->va + a->size)
			o++;
		if (b && at >= b->va + b->size)
			n++;
	}
}

static void changes(struct gpu *gpu, struct trace_vm *tv)
{
	struct extents new = { 0 }, gone = { 0 }, come = { 0 };
	size_t i;

	gpu->chip->mmu->each(gpu, &tv->vm, add_page, &new);
	compare(&tv->now, &new, &gone, &come);
	for (i = 0; i < gone.count; i++)
		trace_event(gpu, "unmap", "pdb=0x%llx va=0x%llx size=0x%llx",
			    (unsigned long long)tv->vm.pdb, (unsigned long long)gone.list[i].va,
			    (unsigned long long)gone.list[i].size);
	for (i = 0; i < come.count; i++) {
		const struct extent *e = &come.list[i];

		if (e->state == PAGE_SPARSE)
			trace_event(gpu, "sparse", "pdb=0x%llx va=0x%llx size=0x%llx page=0x%llx",
				    (unsigned long long)tv->vm.pdb, (unsigned long long)e->va,
				    (unsigned long long)e->size, 1ull << e->shift);
		else
			trace_event(gpu, "map",
				    "pdb=0x%llx va=0x%llx size=0x%llx page=0x%llx aper=%s addr=0x%llx kind=0x%02x ro=%d priv=%d",
				    (unsigned long long)tv->vm.pdb, (unsigned long long)e->va,
				    (unsigned long long)e->size, 1ull << e->shift,
				    aperture_name(e->aper), (unsigned long long)e->addr, e->kind, e->ro,
				    e->priv);
	}
	free(tv->now.list);
	free(gone.list);
	free(come.list);
	tv->now = new;
}

/* --- address spaces -------------------------------------------------------- */

void trace_vm_seen(struct gpu *gpu, const struct vm *vm)
{
	struct trace_vm *tv;

	if (!gpu->trace.file)
		return;
	for (tv = gpu->trace.vms; tv; tv = tv->next)
		if (tv->vm.pdb == vm->pdb) {
			tv->vm = *vm;
			return;
		}
	tv = calloc(1, sizeof(*tv));
	if (!tv)
		abort();
	tv->vm = *vm;
	tv->next = gpu->trace.vms;
	gpu->trace.vms = tv;
	trace_event(gpu, "vm", "pdb=0x%llx chip=%s", (unsigned long long)vm->pdb, gpu->chip->name);
	changes(gpu, tv);
}

void trace_invalidate(struct gpu *gpu, bool all, uint64_t pdb)
{
	struct trace_vm *tv;

	if (!gpu->trace.file)
		return;
	for (tv = gpu->trace.vms; tv; tv = tv->next)
		if (all || tv->vm.pdb == pdb)
			changes(gpu, tv);
	if (all)
		trace_event(gpu, "inval", "pdb=all");
	else
		trace_event(gpu, "inval", "pdb=0x%llx", (unsigned long long)pdb);
}

void trace_fini(struct gpu *gpu)
{
	while (gpu->trace.vms) {
		struct trace_vm *tv = gpu->trace.vms;

		gpu->trace.vms = tv->next;
		free(tv->now.list);
		free(tv);
	}
	gpu->trace.file = NULL;
}
