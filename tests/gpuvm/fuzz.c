// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The differential fuzzer: one stream of requests through our GPUVM, through those
// of mainline 6.12 and 7.3, and through an oracle; what they write down has to
// be equal after every request.  libFuzzer's target, or with FUZZ_STANDALONE a
// program: fuzz-run DIR RUNS [SEED] for random streams.
//
// Where the directory of the implementations is: FUZZ_DIR in the environment.

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "impl.h"
#include "oracle.h"

#define PAGE 4096ULL

enum { OURS, MAINLINE, NEWER, IMPLS };

static const char *const names[IMPLS] = { "ours", "mainline-6.12", "mainline-7.3" };
static const struct fuzz_impl *impls[IMPLS];
static struct fuzz_log logs[IMPLS + 1];

static const char *const op_names[FUZZ_OPS] = {
	"insert", "remove", "find", "sm_map", "sm_unmap", "map_ops", "unmap_ops", "prefetch",
	"walk", "walk-removing", "bulk", "thin", "extobj_add", "evict", "validate", "exec_lock",
	"exec_lock_range", "exec_lock_array", "bo_unmap", "hold", "drop", "neighbours",
	"madvise", "memory", "sm_exec_lock", "cleanup",
};

static void load(const char *dir)
{
	for (int i = 0; i < IMPLS; i++) {
		char path[4096];
		void *so;

		snprintf(path, sizeof(path), "%s/%s.so", dir, names[i]);
		so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
		if (so)
			impls[i] = dlsym(so, "fuzz_impl");
		if (!impls[i]) {
			fprintf(stderr, "fuzz: %s\n", dlerror());
			exit(2);
		}
	}
}

static void differ(const char *what, const struct fuzz_request *rq, const char *name,
		   const struct fuzz_log *a, const struct fuzz_log *b)
{
	unsigned int i = 0;

	while (i < a->n && i < b->n && a->v[i] == b->v[i])
		i++;
	fprintf(stderr, "fuzz: ours and %s differ in %s", name, what);
	if (rq)
		fprintf(stderr, ": vm %u addr %#llx range %#llx obj %u offset %#llx arg %u",
			rq->vm, (unsigned long long)rq->addr, (unsigned long long)rq->range,
			rq->obj, (unsigned long long)rq->offset, rq->arg);
	fprintf(stderr, "\nfuzz: at value %u of %u and %u: %#llx, %#llx\n", i, a->n, b->n,
		i < a->n ? (unsigned long long)a->v[i] : 0,
		i < b->n ? (unsigned long long)b->v[i] : 0);
	abort();
}

static void compare(const char *what, const struct fuzz_request *rq, const char *name,
		    const struct fuzz_log *a, const struct fuzz_log *b)
{
	if (a->n != b->n || memcmp(a->v, b->v, a->n * sizeof(*a->v)))
		differ(what, rq, name, a, b);
}

/* Whether the request's range is given to GPUVM by its end, which may not be 2^64. */
static bool by_end(enum fuzz_op op)
{
	return op == FUZZ_WALK || op == FUZZ_WALK_REMOVING || op == FUZZ_PREFETCH ||
	       op == FUZZ_EXEC_RANGE;
}

/* Eight bytes are a request; most addresses lie close together. */
static struct fuzz_request decode(const uint8_t *d)
{
	unsigned int page = d[2] | (d[3] & 7) << 8;
	struct fuzz_request rq = {
		.op = d[0] % FUZZ_OPS,
		.vm = d[1] & 1,
		.obj = (d[1] >> 1) % (FUZZ_OBJS + 1),
		.addr = 0xf000 + page * PAGE,
		.range = (1 + d[4] % 48) * PAGE,
		/* Often such that it continues what is there. */
		.offset = d[5] & 1 ? page * PAGE : d[5] * PAGE,
		.arg = d[6] | d[7] << 8,
	};

	if (d[3] & 8)
		rq.range *= 40;
	if (d[3] & 16)
		rq.addr += (uint64_t)d[5] << 26;
	/*
	 * Some up to the last address, which no range of a VM may include: what changes
	 * the VM is refused there, and half of the ranges end right before it, as all of
	 * those that are given by their end.
	 */
	if ((d[3] & 96) == 96) {
		rq.addr = 0 - (1 + page) * PAGE;
		if (rq.addr + rq.range < rq.addr)
			rq.range = 0 - rq.addr - (d[5] & 1 || by_end(rq.op));
	}
	if (rq.op == FUZZ_BULK) {
		rq.arg %= 3000;
		rq.offset = (uint64_t)d[5] << 10;
	}
	return rq;
}

static void run(const uint8_t *data, size_t size)
{
	void *state[IMPLS], *oracle;

	if (size < 9)
		return;
	for (int i = 0; i < IMPLS; i++)
		state[i] = impls[i]->open(data[0] % 8);
	oracle = oracle_open(data[0] % 8);

	for (data++, size--; size >= 8; data += 8, size -= 8) {
		const struct fuzz_request rq = decode(data);

		for (int i = 0; i <= IMPLS; i++)
			logs[i].n = 0;
		if (!impls[OURS]->run(state[OURS], &rq, &logs[OURS]))
			continue;
		if (rq.op == FUZZ_MADVISE && !impls[NEWER]->run(state[NEWER], &rq, &logs[NEWER]))
			abort();
		if (rq.op == FUZZ_MADVISE) {
			compare(op_names[rq.op], &rq, names[NEWER], &logs[OURS], &logs[NEWER]);
			/* 6.12 does not have it: from here on it is another VM. */
			break;
		}
		for (int i = MAINLINE; i < IMPLS; i++)
			if (state[i] && impls[i]->run(state[i], &rq, &logs[i]))
				compare(op_names[rq.op], &rq, names[i], &logs[OURS], &logs[i]);
		if (oracle_run(oracle, &rq, &logs[IMPLS]))
			compare(op_names[rq.op], &rq, "the oracle", &logs[OURS], &logs[IMPLS]);
	}

	for (int i = 0; i < IMPLS; i++) {
		logs[i].n = 0;
		if (!state[i])
			continue;
		impls[i]->close(state[i], &logs[i]);
		if (i != MAINLINE || size < 8)
			compare("what is left at the end", NULL, names[i], &logs[OURS], &logs[i]);
	}
	oracle_close(oracle);
}

#ifdef FUZZ_STANDALONE
int main(int argc, char **argv)
{
	uint64_t x = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
	static uint8_t data[1 + 8 * 250];

	if (argc < 3) {
		fprintf(stderr, "fuzz-run: usage: fuzz-run DIR RUNS [SEED]\n");
		return 2;
	}
	load(argv[1]);
	for (long n = atol(argv[2]); n > 0; n--) {
		for (size_t i = 0; i < sizeof(data); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			data[i] = x >> 24;
		}
		/* Requests that make 3000 mappings are for a few streams only. */
		for (size_t i = 1; n % 8 && i < sizeof(data); i += 8)
			if (data[i] % FUZZ_OPS == FUZZ_BULK)
				data[i + 7] = 0;
		run(data, sizeof(data));
	}
	return 0;
}
#else
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	load(getenv("FUZZ_DIR") ?: ".");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size);
	return 0;
}
#endif
