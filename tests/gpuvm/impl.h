/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the fuzzer does to every implementation alike: each call carries out one
 * request and writes down, as numbers, everything that can be seen of it.
 */
#ifndef TESTS_GPUVM_IMPL_H
#define TESTS_GPUVM_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#define FUZZ_VMS	2
#define FUZZ_OBJS	10	/* two private to each VM, the others external */
#define FUZZ_LOG	(1 << 16)

enum fuzz_op {
	FUZZ_INSERT, FUZZ_REMOVE, FUZZ_FIND, FUZZ_SM_MAP, FUZZ_SM_UNMAP, FUZZ_OPS_MAP,
	FUZZ_OPS_UNMAP, FUZZ_PREFETCH, FUZZ_WALK, FUZZ_WALK_REMOVING, FUZZ_BULK, FUZZ_THIN,
	FUZZ_EXTOBJ, FUZZ_EVICT, FUZZ_VALIDATE, FUZZ_EXEC, FUZZ_EXEC_RANGE, FUZZ_EXEC_ARRAY,
	FUZZ_BO_UNMAP, FUZZ_HOLD, FUZZ_DROP, FUZZ_NEIGHBOURS, FUZZ_MADVISE, FUZZ_MEMORY,
	FUZZ_EXEC_SM, FUZZ_CLEANUP,
	FUZZ_OPS
};

struct fuzz_request {
	enum fuzz_op op;
	unsigned int vm, obj, arg;
	uint64_t addr, range, offset;
};

struct fuzz_log {
	unsigned int n;
	uint64_t v[FUZZ_LOG];
};

enum fuzz_mode {
	FUZZ_RESV_PROTECTED = 1, FUZZ_RESERVE = 2, FUZZ_IMMEDIATE = 4,
};

struct fuzz_impl {
	/* NULL if it does not have that mode. */
	void *(*open)(unsigned int mode);
	/* False if it does not have that operation. */
	bool (*run)(void *state, const struct fuzz_request *rq, struct fuzz_log *log);
	/* Everything goes, and what is left of it is written down. */
	void (*close)(void *state, struct fuzz_log *log);
};

#endif
