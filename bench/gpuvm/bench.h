/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the driver of the benchmark knows of an implementation, which is a
 * shared object, or a module, made of workloads.c and one GPUVM.
 */
#ifndef BENCH_GPUVM_BENCH_H
#define BENCH_GPUVM_BENCH_H

/* Operations in one round at most */
#define BENCH_WINDOW	4096U

struct bench_state;

/* What happened in a counting build since the last bench_impl.counts(). */
struct bench_counts {
	unsigned long atomics, locks, resv_attempts, allocs;
};

struct bench_impl {
	/* A workload at a size; NULL if it is not known. */
	struct bench_state *(*open)(const char *workload, unsigned int n,
				    unsigned long long seed);
	void (*close)(struct bench_state *st);
	/*
	 * Rounds of untimed preparation and timed work.  Returns the ns of the
	 * latter, on this thread's CPU clock; adds to *@ops what was done.
	 */
	unsigned long long (*slice)(struct bench_state *st, unsigned int rounds,
				    unsigned long long *ops);
	/* Of everything seen so far: equal for all implementations. */
	unsigned long long (*checksum)(struct bench_state *st);
	void (*counts)(struct bench_counts *c);
	/* Into @bytes what the mappings of a VM of size @n take; returns their number. */
	unsigned int (*bytes)(unsigned int n, int churn, unsigned long *bytes);
};

extern const struct bench_impl bench_impl;

#endif
