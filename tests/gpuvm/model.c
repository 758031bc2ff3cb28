// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What GPUVM does to mappings, said as plainly as possible: an array in order of
// addresses, gone through from its beginning each time.

#include <stdlib.h>
#include <string.h>

#include "model.h"

#define START		0x10000ULL
#define RANGE		(UINT64_MAX - START)
#define KERNEL		(START + 64 * 4096)
#define KERNEL_RANGE	(32 * 4096ULL)
#define NO_OBJ		99
#define MAX		40000

struct entry {
	uint64_t addr, range, obj, offset;
	bool kernel;
};

struct model {
	struct entry map[FUZZ_VMS][MAX];
	unsigned int n[FUZZ_VMS];
	bool reserve;
	unsigned int fail_at;
	struct fuzz_log *log;
};

static void put(struct model *m, uint64_t v)
{
	if (m->log->n < FUZZ_LOG)
		m->log->v[m->log->n++] = v;
}

static void put_entry(struct model *m, const struct entry *e)
{
	if (!e) {
		put(m, 0x404);
		return;
	}
	put(m, e->addr);
	put(m, e->range);
	put(m, e->obj);
	put(m, e->obj == NO_OBJ ? 0 : e->offset);
	put(m, 0);
}

static bool valid(const struct model *m, uint64_t addr, uint64_t range)
{
	uint64_t end = addr + range;

	if (!range || end < addr || addr < START || end > START + RANGE)
		return false;
	return !m->reserve || end <= KERNEL || addr >= KERNEL + KERNEL_RANGE;
}

static bool hits(const struct entry *e, uint64_t addr, uint64_t range)
{
	/* By last addresses: a range may end with the last of all. */
	return range && e->addr <= addr + range - 1 && addr < e->addr + e->range;
}

/* The index of the first that overlaps, or the number of all. */
static unsigned int first(const struct model *m, unsigned int vm, uint64_t addr, uint64_t range)
{
	unsigned int i = 0;

	while (i < m->n[vm] && !hits(&m->map[vm][i], addr, range))
		i++;
	return i;
}

static const struct entry *find(const struct model *m, unsigned int vm, uint64_t addr,
				uint64_t range)
{
	unsigned int i = first(m, vm, addr, range);

	return i < m->n[vm] ? &m->map[vm][i] : NULL;
}

static void cut(struct model *m, unsigned int vm, unsigned int i)
{
	m->n[vm]--;
	memmove(&m->map[vm][i], &m->map[vm][i + 1], (m->n[vm] - i) * sizeof(struct entry));
}

static void add(struct model *m, unsigned int vm, struct entry e)
{
	unsigned int i = m->n[vm];

	if (i == MAX)
		abort();
	while (i && m->map[vm][i - 1].addr > e.addr)
		i--;
	memmove(&m->map[vm][i + 1], &m->map[vm][i], (m->n[vm] - i) * sizeof(struct entry));
	m->map[vm][i] = e;
	m->n[vm]++;
}

static int insert(struct model *m, unsigned int vm, struct entry e)
{
	if (!valid(m, e.addr, e.range))
		return -22;
	if (find(m, vm, e.addr, e.range))
		return -17;
	add(m, vm, e);
	return 0;
}

static bool fails(struct model *m)
{
	return m->fail_at && !--m->fail_at;
}

/* The steps of a request, carried out one by one; @map says whether it maps. */
static int split(struct model *m, const struct fuzz_request *rq, bool map)
{
	uint64_t end = rq->addr + rq->range, from = rq->addr;
	uint64_t obj = rq->obj < FUZZ_OBJS ? rq->obj : NO_OBJ;

	if (!valid(m, rq->addr, rq->range))
		return -22;
	while (from < end) {
		unsigned int i = first(m, rq->vm, from, end - from);
		struct entry old, prev, next;
		bool keep;

		if (i == m->n[rq->vm])
			break;
		old = m->map[rq->vm][i];
		prev = old;
		next = old;
		keep = map && obj != NO_OBJ && old.obj == obj &&
		       old.offset - old.addr == rq->offset - rq->addr;
		prev.range = old.addr < rq->addr ? rq->addr - old.addr : 0;
		next.addr = end;
		next.range = old.addr + old.range > end ? old.addr + old.range - end : 0;
		next.offset = old.offset + (end - old.addr);
		from = old.addr + old.range;

		put(m, prev.range || next.range ? 0x1001 : 0x1002);
		put_entry(m, &old);
		put(m, keep);
		if (prev.range || next.range) {
			put(m, !!prev.range + 2 * !!next.range);
			for (int k = 0; k < 2; k++) {
				const struct entry *e = k ? &next : &prev;

				if (!e->range)
					continue;
				put(m, e->addr);
				put(m, e->range);
				put(m, e->obj);
				put(m, e->obj == NO_OBJ ? 0 : e->offset);
			}
		}
		if (fails(m))
			return -5;
		cut(m, rq->vm, i);
		if (prev.range)
			add(m, rq->vm, prev);
		if (next.range)
			add(m, rq->vm, next);
	}
	if (!map)
		return 0;
	put(m, 0x1000);
	put(m, rq->addr);
	put(m, rq->range);
	put(m, obj);
	put(m, rq->offset);
	if (fails(m))
		return -5;
	add(m, rq->vm, (struct entry){ rq->addr, rq->range, obj, rq->offset, false });
	return 0;
}

static void put_vm(struct model *m, unsigned int vm)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < m->n[vm]; i++) {
		const struct entry *e = &m->map[vm][i];

		sum = (sum ^ e->addr ^ e->range << 20) * 0x9e3779b97f4a7c15ULL;
		sum += e->obj;
	}
	put(m, m->n[vm]);
	put(m, sum);
}

void *model_open(bool reserve)
{
	struct model *m = calloc(1, sizeof(*m));
	const struct entry kernel = { KERNEL, KERNEL_RANGE, NO_OBJ, 0, true };

	m->reserve = reserve;
	for (unsigned int i = 0; i < FUZZ_VMS && reserve; i++)
		add(m, i, kernel);
	return m;
}

void model_close(void *state)
{
	free(state);
}

static void put_at(struct model *m, unsigned int vm, uint64_t addr)
{
	put_entry(m, valid(m, addr, 1) ? find(m, vm, addr, 1) : NULL);
}

bool model_run(void *state, const struct fuzz_request *rq, struct fuzz_log *log)
{
	struct model *m = state;
	uint64_t obj = rq->obj < FUZZ_OBJS ? rq->obj : NO_OBJ;
	const struct entry *e;
	struct entry fresh;
	unsigned int i, n = 0;
	int err;

	m->log = log;
	m->fail_at = 0;
	switch (rq->op) {
	case FUZZ_INSERT:
		fresh = (struct entry){ rq->addr, rq->range, obj, rq->offset, false };
		put(m, (uint64_t)(int64_t)insert(m, rq->vm, fresh));
		break;
	case FUZZ_REMOVE:
		i = first(m, rq->vm, rq->addr, rq->range);
		put_entry(m, i < m->n[rq->vm] ? &m->map[rq->vm][i] : NULL);
		if (i < m->n[rq->vm] && !m->map[rq->vm][i].kernel)
			cut(m, rq->vm, i);
		break;
	case FUZZ_FIND:
		e = find(m, rq->vm, rq->addr, rq->range);
		put_entry(m, e && e->addr == rq->addr && e->range == rq->range ? e : NULL);
		put_entry(m, e);
		put(m, !e);
		put(m, valid(m, rq->addr, rq->range));
		break;
	case FUZZ_SM_MAP:
	case FUZZ_SM_UNMAP:
		m->fail_at = rq->arg & 16 ? 1 + rq->arg % 4 : 0;
		err = split(m, rq, rq->op == FUZZ_SM_MAP);
		put(m, (uint64_t)(int64_t)err);
		break;
	case FUZZ_OPS_MAP:
	case FUZZ_OPS_UNMAP:
		err = split(m, rq, rq->op == FUZZ_OPS_MAP);
		if (err)
			put(m, (uint64_t)(int64_t)err);
		break;
	case FUZZ_PREFETCH:
		for (i = 0; i < m->n[rq->vm]; i++) {
			e = &m->map[rq->vm][i];
			if (e->kernel || !hits(e, rq->addr, rq->range))
				continue;
			put(m, 0x1003);
			put_entry(m, e);
		}
		break;
	case FUZZ_WALK:
		for (i = 0; i < m->n[rq->vm]; i++)
			if (hits(&m->map[rq->vm][i], rq->addr, rq->range) && ++n < 200)
				put_entry(m, &m->map[rq->vm][i]);
		put(m, n);
		break;
	case FUZZ_WALK_REMOVING:
		for (i = 0; i < m->n[rq->vm];) {
			e = &m->map[rq->vm][i++];
			if (!hits(e, rq->addr, rq->range))
				continue;
			if (n < 100)
				put_entry(m, e);
			if (++n % (1 + rq->arg % 4) == 0 && !e->kernel)
				cut(m, rq->vm, --i);
		}
		put(m, n);
		break;
	case FUZZ_BULK:
		for (i = 0; i < rq->arg; i++) {
			uint64_t at = rq->offset & 4096 ? (uint64_t)i * 601 % (rq->arg | 1) : i;

			if (rq->offset & 8192)
				at = rq->arg - i;
			fresh = (struct entry){ rq->addr + at * 8192, 4096, NO_OBJ, at << 12, false };
			if (rq->offset & 16384)
				fresh.obj = obj;
			insert(m, rq->vm, fresh);
		}
		put_vm(m, rq->vm);
		break;
	case FUZZ_THIN: {
		unsigned int kept = 0;

		for (i = 0; i < m->n[rq->vm]; i++)
			if (!(n++ % (1 + rq->arg % 9)) || m->map[rq->vm][i].kernel)
				m->map[rq->vm][kept++] = m->map[rq->vm][i];
		m->n[rq->vm] = kept;
		put_vm(m, rq->vm);
		break;
	}
	case FUZZ_NEIGHBOURS:
		put_at(m, rq->vm, rq->addr - 1);
		put_at(m, rq->vm, rq->addr);
		break;
	case FUZZ_MEMORY:
		break;
	case FUZZ_BO_UNMAP:
		/* In which order is beyond the model. */
		for (i = 0; i < m->n[rq->vm];)
			if (m->map[rq->vm][i].obj == rq->obj % FUZZ_OBJS)
				cut(m, rq->vm, i);
			else
				i++;
		return false;
	default:
		return false;
	}
	if (m->reserve)
		put_entry(m, &(struct entry){ KERNEL, KERNEL_RANGE, NO_OBJ, 0, true });
	return true;
}
