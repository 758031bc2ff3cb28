/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the fuzzer's files share.
 *
 * A program is a list of calls, one a line of text: a thread's number, a name,
 * numbers. What a call makes goes into a slot that a number names (a client, a
 * buffer, a channel, a syncobj, a dma-buf), so that a call may use what another
 * made, or what is not there yet or no more. The lists of VM_BIND and EXEC are
 * collected by calls of their own: op, wait, sig, push.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_ARGS 6
#define MAX_CALLS 96
#define MAX_THREADS 3

/* What a number means: the generator picks by it. */
enum arg {
	ARG_NONE,
	ARG_CLIENT, ARG_BO, ARG_CHANNEL, ARG_SYNC, ARG_DMABUF,
	ARG_ADDR, ARG_SIZE, ARG_OFFSET,
	ARG_DOMAIN, ARG_TILE, ARG_OP, ARG_OP_FLAGS, ARG_BIND_FLAGS, ARG_PUSH_FLAGS,
	ARG_SYNC_FLAGS, ARG_WAIT_FLAGS, ARG_POINT, ARG_ENGINE, ARG_PARAM, ARG_COMMAND,
	ARG_COUNT, ARG_MS, ARG_NR, ARG_RAW,
	ARG_KINDS
};

struct runner;

struct call_kind {
	const char *name;
	enum arg args[MAX_ARGS];
	unsigned int weight;	/* how often it is generated */
	/* 0 or -errno; others mean that there was nothing to call. */
	int (*run)(struct runner *r, const uint64_t *args);
};

#define NOTHING 1

extern const struct call_kind call_kinds[];
extern const unsigned int call_kind_count;

struct call {
	uint8_t thread;
	uint8_t kind;
	uint64_t args[MAX_ARGS];
};

struct program {
	struct call calls[MAX_CALLS];
	unsigned int count;
};

/* --- program.c ----------------------------------------------------------- */

struct rng { uint64_t state; };

uint64_t rng_next(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t below);

/* The driver at hand has the faults of upstream that harm the kernel. */
extern bool careful;

unsigned int call_args(const struct call_kind *kind);
/* False, after one line on stderr, if the file is not a program. */
bool program_read(struct program *p, const char *path);
void program_print(const struct program *p, FILE *to);
void program_random(struct program *p, struct rng *rng);
/* Changes @p, with parts of @other in it. */
void program_mutate(struct program *p, const struct program *other, struct rng *rng);

/* --- calls.c ------------------------------------------------------------- */

struct outcome {
	/* What the calls answered, for each call and thread. */
	int result[MAX_CALLS];
};

/* Runs all of it; the process should end afterwards. */
void program_run(const struct program *p, const char *node, struct outcome *outcome);
/* A client that does the usual: whether the driver still does. */
const char *canary(const char *node);

#endif
