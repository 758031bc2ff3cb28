// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What GPUVM does to mappings, said as plainly as possible: an array in order of
// addresses, gone through from its beginning each time.  The same for the lists of
// external and of evicted objects, and for drm_exec, as impl.c uses them.

#include <stdlib.h>
#include <string.h>

#include "oracle.h"

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

/* One object in one VM: there as long as it is mapped or held. */
struct bo {
	unsigned int maps;
	bool held, evicted;
};

/* Objects in order */
struct list {
	unsigned int n, obj[FUZZ_OBJS];
};

/* A dma-resv is that of a VM, 0 or 1, or has the number of its object. */
#define NO_RESV		99
#define RESVS		FUZZ_OBJS

struct exec {
	unsigned int vm;
	bool dups;
	bool locked[RESVS];
	/* An object, or the VM's own, for each lock */
	unsigned int n, obj[RESVS];
	unsigned int first;		/* contended: the next round waits for it */
	bool first_held;
};

struct oracle {
	struct entry map[FUZZ_VMS][MAX];
	unsigned int n[FUZZ_VMS];
	struct bo bo[FUZZ_VMS][FUZZ_OBJS];
	struct list external[FUZZ_VMS], evicted[FUZZ_VMS];
	unsigned int writes[RESVS];
	unsigned int contended;
	unsigned int disturbed, disturb_at, disturb_arg;
	unsigned int mode;
	bool reserve;
	unsigned int fail_at;
	struct fuzz_log *log;
};

static void put(struct oracle *m, uint64_t v)
{
	if (m->log->n < FUZZ_LOG)
		m->log->v[m->log->n++] = v;
}

static void put_entry(struct oracle *m, const struct entry *e)
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

static bool valid(const struct oracle *m, uint64_t addr, uint64_t range)
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
static unsigned int first(const struct oracle *m, unsigned int vm, uint64_t addr, uint64_t range)
{
	unsigned int i = 0;

	while (i < m->n[vm] && !hits(&m->map[vm][i], addr, range))
		i++;
	return i;
}

static const struct entry *find(const struct oracle *m, unsigned int vm, uint64_t addr,
				uint64_t range)
{
	unsigned int i = first(m, vm, addr, range);

	return i < m->n[vm] ? &m->map[vm][i] : NULL;
}

/* ------------------------------------------------------- objects in lists -- */

static unsigned int resv_of(unsigned int obj)
{
	return obj < 4 ? obj / 2 : obj;
}

static bool is_external(unsigned int vm, unsigned int obj)
{
	return resv_of(obj) != vm;
}

static bool lives(const struct oracle *m, unsigned int vm, unsigned int obj)
{
	return m->bo[vm][obj].maps || m->bo[vm][obj].held;
}

static bool has(const struct list *l, unsigned int obj)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (l->obj[i] == obj)
			return true;
	return false;
}

static void join(struct list *l, unsigned int obj)
{
	if (!has(l, obj))
		l->obj[l->n++] = obj;
}

static void leave(struct list *l, unsigned int obj)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < l->n; i++)
		if (l->obj[i] != obj)
			l->obj[kept++] = l->obj[i];
	l->n = kept;
}

/* A mapping, or a reference of the driver's. */
static void gain(struct oracle *m, unsigned int vm, uint64_t obj, bool held)
{
	if (obj == NO_OBJ)
		return;
	if (held)
		m->bo[vm][obj].held = true;
	else
		m->bo[vm][obj].maps++;
	if (is_external(vm, obj))
		join(&m->external[vm], obj);
}

static void lose(struct oracle *m, unsigned int vm, uint64_t obj, bool held)
{
	struct bo *bo;

	if (obj == NO_OBJ)
		return;
	bo = &m->bo[vm][obj];
	if (held)
		bo->held = false;
	else
		bo->maps--;
	if (lives(m, vm, obj))
		return;
	bo->evicted = false;
	leave(&m->external[vm], obj);
	leave(&m->evicted[vm], obj);
}

static void evict(struct oracle *m, unsigned int vm, unsigned int obj, bool evicted)
{
	if (!lives(m, vm, obj))
		return;
	m->bo[vm][obj].evicted = evicted;
	/* It joins as it is locked, and leaves as it is validated. */
	if (m->mode & FUZZ_RESV_PROTECTED && is_external(vm, obj))
		return;
	if (evicted)
		join(&m->evicted[vm], obj);
	else
		leave(&m->evicted[vm], obj);
}

static void disturb(struct oracle *m, unsigned int at)
{
	unsigned int obj = m->disturb_arg & 1 && at != NO_OBJ ? at :
			   (m->disturb_arg >> 1) % FUZZ_OBJS;

	if (!m->disturb_at || --m->disturb_at || !m->bo[m->disturbed][obj].held)
		return;
	put(m, 0x4000);
	lose(m, m->disturbed, obj, true);
}

static void will_disturb(struct oracle *m, unsigned int vm, unsigned int arg)
{
	m->disturbed = vm;
	m->disturb_at = 0;
	m->disturb_arg = arg >> 3;
	if (m->mode & FUZZ_IMMEDIATE || !(m->mode & FUZZ_RESV_PROTECTED))
		m->disturb_at = arg & 7;
}

static bool fails(struct oracle *m)
{
	return m->fail_at && !--m->fail_at;
}

static int validate(struct oracle *m, unsigned int vm)
{
	const struct list all = m->evicted[vm];

	for (unsigned int i = 0; i < all.n; i++) {
		unsigned int obj = all.obj[i];

		if (!has(&m->evicted[vm], obj))
			continue;
		put(m, 0x2000 + obj);
		disturb(m, obj);
		if (fails(m))
			return -5;
		m->bo[vm][obj].evicted = false;
		leave(&m->evicted[vm], obj);
	}
	return 0;
}

/* --------------------------------------------------------------- drm_exec -- */

static void log_lock(struct oracle *m, unsigned int resv)
{
	put(m, resv < FUZZ_VMS ? 0x3000 + resv : 0x3100 + resv);
	if (m->mode & FUZZ_IMMEDIATE)
		disturb(m, NO_OBJ);
}

/* @obj may be NO_OBJ: the VM's own. */
static int lock(struct oracle *m, struct exec *e, unsigned int obj)
{
	unsigned int resv = obj == NO_OBJ ? e->vm : resv_of(obj);

	if (e->first != NO_RESV && !e->first_held) {
		e->first_held = true;
		log_lock(m, e->first);
	}
	if (m->contended == resv) {
		m->contended = NO_RESV;
		e->first = resv;
		e->first_held = false;
		return -35;
	}
	if (e->locked[resv])
		return e->dups ? 0 : -114;
	if (e->first == resv)
		e->first = NO_RESV;
	else
		log_lock(m, resv);
	e->locked[resv] = true;
	e->obj[e->n++] = obj;
	return 0;
}

static int lock_externals(struct oracle *m, struct exec *e)
{
	const struct list all = m->external[e->vm];
	int err = 0;

	for (unsigned int i = 0; i < all.n && !err; i++) {
		unsigned int obj = all.obj[i];

		if (!has(&m->external[e->vm], obj))
			continue;
		err = lock(m, e, obj);
		if (!err && m->mode & FUZZ_RESV_PROTECTED && m->bo[e->vm][obj].evicted)
			join(&m->evicted[e->vm], obj);
	}
	return err;
}

static int exec_round(struct oracle *m, struct exec *e, const struct fuzz_request *rq)
{
	const unsigned int more[3] = {
		rq->obj % FUZZ_OBJS, rq->offset % FUZZ_OBJS, 4 + rq->arg % 5,
	};
	int err = 0;

	for (unsigned int i = 0; rq->op == FUZZ_EXEC_RANGE && i < m->n[rq->vm] && !err; i++) {
		const struct entry *at = &m->map[rq->vm][i];

		if (at->obj != NO_OBJ && hits(at, rq->addr, rq->range))
			err = lock(m, e, at->obj);
	}
	if (rq->op == FUZZ_EXEC_RANGE)
		return err;
	err = lock(m, e, NO_OBJ);
	if (!err)
		err = lock_externals(m, e);
	for (unsigned int i = 0; rq->op == FUZZ_EXEC_ARRAY && i < rq->arg % 4 && !err; i++)
		err = lock(m, e, more[i]);
	return err;
}

static void exec(struct oracle *m, const struct fuzz_request *rq)
{
	struct exec e = { .first = NO_RESV };
	int err;

	m->contended = NO_RESV;
	if (rq->arg & 8)
		m->contended = rq->arg & 16 ? resv_of(rq->obj % FUZZ_OBJS) : rq->vm;
	if (rq->op == FUZZ_EXEC)
		will_disturb(m, rq->vm, rq->arg >> 8);
	do {
		e = (struct exec) { .vm = rq->vm, .dups = rq->arg & 4, .first = e.first };
		err = exec_round(m, &e, rq);
	} while (err == -35);
	put(m, (uint64_t)(int64_t)err);
	if (!err && rq->op == FUZZ_EXEC && rq->arg & 32) {
		m->fail_at = rq->arg >> 6 & 3;
		put(m, (uint64_t)(int64_t)validate(m, rq->vm));
	}
	m->disturb_at = 0;
	if (err)
		return;
	for (unsigned int i = 0; i < e.n && rq->arg & 3; i++)
		if (e.obj[i] != NO_OBJ && is_external(e.vm, e.obj[i]))
			m->writes[resv_of(e.obj[i])]++;
	for (unsigned int i = 0; i < FUZZ_OBJS; i++)
		put(m, m->writes[resv_of(i)]);
}

/* --------------------------------------------------------------- mappings -- */

static void cut(struct oracle *m, unsigned int vm, unsigned int i)
{
	m->n[vm]--;
	memmove(&m->map[vm][i], &m->map[vm][i + 1], (m->n[vm] - i) * sizeof(struct entry));
}

static void add(struct oracle *m, unsigned int vm, struct entry e)
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

static int insert(struct oracle *m, unsigned int vm, struct entry e)
{
	if (!valid(m, e.addr, e.range))
		return -22;
	if (find(m, vm, e.addr, e.range))
		return -17;
	add(m, vm, e);
	gain(m, vm, e.obj, false);
	return 0;
}

/* Takes a mapping away, and what it held. */
static void drop(struct oracle *m, unsigned int vm, unsigned int i)
{
	const uint64_t obj = m->map[vm][i].obj;

	cut(m, vm, i);
	lose(m, vm, obj, false);
}

/* The steps of a request, carried out one by one; @map says whether it maps. */
static int split(struct oracle *m, const struct fuzz_request *rq, bool map)
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
		/* The parts are there before the whole goes. */
		if (prev.range) {
			add(m, rq->vm, prev);
			gain(m, rq->vm, prev.obj, false);
		}
		if (next.range) {
			add(m, rq->vm, next);
			gain(m, rq->vm, next.obj, false);
		}
		lose(m, rq->vm, old.obj, false);
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
	gain(m, rq->vm, obj, false);
	return 0;
}

static void put_vm(struct oracle *m, unsigned int vm)
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

void *oracle_open(unsigned int mode)
{
	struct oracle *m = calloc(1, sizeof(*m));
	const struct entry kernel = { KERNEL, KERNEL_RANGE, NO_OBJ, 0, true };

	m->mode = mode;
	m->reserve = mode & FUZZ_RESERVE;
	for (unsigned int i = 0; i < FUZZ_VMS && m->reserve; i++)
		add(m, i, kernel);
	return m;
}

void oracle_close(void *state)
{
	free(state);
}

static void put_at(struct oracle *m, unsigned int vm, uint64_t addr)
{
	put_entry(m, valid(m, addr, 1) ? find(m, vm, addr, 1) : NULL);
}

bool oracle_run(void *state, const struct fuzz_request *rq, struct fuzz_log *log)
{
	struct oracle *m = state;
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
			drop(m, rq->vm, i);
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
				drop(m, rq->vm, --i);
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
			else
				lose(m, rq->vm, m->map[rq->vm][i].obj, false);
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
	case FUZZ_EXTOBJ:
		put(m, lives(m, rq->vm, rq->obj % FUZZ_OBJS));
		break;
	case FUZZ_EVICT:
		for (i = 0; i < FUZZ_VMS; i++)
			evict(m, i, rq->obj % FUZZ_OBJS, rq->arg & 1);
		break;
	case FUZZ_VALIDATE:
		m->fail_at = rq->arg & 3;
		will_disturb(m, rq->vm, rq->arg >> 2);
		put(m, (uint64_t)(int64_t)validate(m, rq->vm));
		m->disturb_at = 0;
		break;
	case FUZZ_EXEC_ARRAY:
	case FUZZ_EXEC:
	case FUZZ_EXEC_RANGE:
		if (rq->op == FUZZ_EXEC_ARRAY && !(rq->arg & 3))
			put(m, 0);
		else
			exec(m, rq);
		break;
	case FUZZ_HOLD:
		if (!m->bo[rq->vm][rq->obj % FUZZ_OBJS].held)
			gain(m, rq->vm, rq->obj % FUZZ_OBJS, true);
		break;
	case FUZZ_DROP:
		if (!m->bo[rq->vm][rq->obj % FUZZ_OBJS].held)
			break;
		put(m, !m->bo[rq->vm][rq->obj % FUZZ_OBJS].maps);
		lose(m, rq->vm, rq->obj % FUZZ_OBJS, true);
		break;
	case FUZZ_CLEANUP:
		for (i = 0; i < FUZZ_OBJS; i++)
			put(m, 1 + lives(m, 0, i) + lives(m, 1, i));
		break;
	case FUZZ_BO_UNMAP:
		if (m->mode & FUZZ_IMMEDIATE)
			return false;
		/* In which order is beyond the oracle. */
		for (i = 0; i < m->n[rq->vm];)
			if (m->map[rq->vm][i].obj == rq->obj % FUZZ_OBJS)
				drop(m, rq->vm, i);
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
