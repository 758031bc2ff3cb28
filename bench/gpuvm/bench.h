/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the driver of the benchmark knows of an implementation, which is a
 * shared object made of workloads.c and one GPUVM.
 */
#ifndef BENCH_GPUVM_BENCH_H
#define BENCH_GPUVM_BENCH_H

#include <stdint.h>

struct bench_state;

/* What happened in a counting build since the last bench_impl.counts(). */
struct bench_counts {
	unsigned long atomics, locks, resv_attempts, allocs;
};

struct bench_impl {
	/* A workload at a size; NULL if it is not known. */
	struct bench_state *(*open)(const char *workload, unsigned int n, uint64_t seed);
	/*
	 * Rounds of untimed preparation and timed work.  Returns the ns of the
	 * latter, on this thread's CPU clock; adds to *@ops what was done.
	 */
	uint64_t (*slice)(struct bench_state *st, unsigned int rounds, uint64_t *ops);
	/* Of everything seen so far: equal for all implementations. */
	uint64_t (*checksum)(struct bench_state *st);
	void (*counts)(struct bench_counts *c);
	/* Bytes of the structures for a thousand mappings of a VM with @n of them. */
	uint64_t (*bytes)(unsigned int n, int churn);
};

extern const struct bench_impl bench_impl;

#endif
