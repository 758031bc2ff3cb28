// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// main ratio DIR WORKLOAD SIZE [PAIRS]
// main counts DIR WORKLOAD SIZE
// main bytes DIR SIZE
// main once DIR IMPLEMENTATION WORKLOAD SIZE ROUNDS
//
// Runs a workload in all implementations, which are shared objects in DIR, and
// prints one line of tab-separated values for each.
//
// "ratio" compares times: slices of some milliseconds in the order 1 2 3 4 4 3
// 2 1, so that a drift of the machine hits all alike, all with the same stream,
// after untimed rounds that bring back what others drove out of the caches;
// a slice in which the CPU was taken away is thrown away with its pair.  A pair
// gives a ratio; their median, and that of the fastest quarters of both
// sides, have to agree.  The control is mainline against a copy of itself.

#include <dlfcn.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"

#define SLICE_NS	1000000
/* Of workloads that flush the caches before each round, which takes longer */
#define COLD_SLICE_NS	100000
#define MAX_PAIRS	2000
#define MAX_WARM	8

enum { MAINLINE, NEWER, OURS, CONTROL, IMPLS };

static const char *const names[IMPLS] = { "mainline-6.12", "mainline-7.3", "ours", "control" };

struct side {
	const struct bench_impl *impl;
	struct bench_state *st;
	double ns[MAX_PAIRS];	/* per operation; 0 where the slice was disturbed */
};

static struct side sides[IMPLS];

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static const struct bench_impl *load(const char *dir, const char *name)
{
	const struct bench_impl *impl;
	char path[4096];
	void *so;

	snprintf(path, sizeof(path), "%s/%s.so", dir, name);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!so)
		die(path, dlerror());
	impl = dlsym(so, "bench_impl");
	if (!impl)
		die(path, "no implementation");
	return impl;
}

static void open_side(struct side *s, const char *workload, unsigned int n)
{
	s->st = s->impl->open(workload, n, 42);
	if (!s->st)
		die(workload, "no such workload");
}

static void pin(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static long disturbed(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return u.ru_nivcsw;
}

/* @warm: untimed rounds before the timed ones */
static double run(struct side *s, unsigned int rounds, unsigned int warm)
{
	unsigned long long ops = 0, ns;
	long was;

	/* The others have been here meanwhile: what they left in the caches goes. */
	if (warm)
		s->impl->slice(s->st, warm, &ops);
	ops = 0;
	was = disturbed();
	ns = s->impl->slice(s->st, rounds, &ops);

	return disturbed() == was ? (double)ns / ops : 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *from, unsigned int n, double q)
{
	double *v = malloc(n * sizeof(*v));
	double result;

	memcpy(v, from, n * sizeof(*v));
	qsort(v, n, sizeof(*v), by_value);
	result = v[(unsigned int)(q * (n - 1) + 0.5)];
	free(v);
	return result;
}

static void compare(const struct side *ref, const struct side *s, const char *what,
		    const char *workload, unsigned int n, unsigned int pairs)
{
	static double a[MAX_PAIRS], b[MAX_PAIRS], ratio[MAX_PAIRS];
	unsigned int used = 0;

	for (unsigned int i = 0; i < pairs; i++) {
		if (ref->ns[i] <= 0 || s->ns[i] <= 0)
			continue;
		a[used] = ref->ns[i];
		b[used] = s->ns[i];
		ratio[used] = a[used] / b[used];
		used++;
	}
	if (used < 8) {
		printf("%s\t%u\t%s\t%u\t-\t-\t-\t-\t-\t-\n", workload, n, what, used);
		return;
	}
	printf("%s\t%u\t%s\t%u\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\t%.1f\n", workload, n, what, used,
	       quantile(ratio, used, 0.5), quantile(a, used, 0.25) / quantile(b, used, 0.25),
	       quantile(ratio, used, 0.25), quantile(ratio, used, 0.75),
	       quantile(a, used, 0.5), quantile(b, used, 0.5));
}

static int ratio(const char *dir, const char *workload, unsigned int n, unsigned int pairs)
{
	const bool cold = strstr(workload, "-cold");
	const unsigned int slice = cold ? COLD_SLICE_NS : SLICE_NS;
	unsigned int rounds = 1, warm = 0, good = 0;
	unsigned int i, k;

	pin();
	for (k = 0; k < IMPLS; k++) {
		sides[k].impl = load(dir, names[k]);
		open_side(&sides[k], workload, n);
	}
	/* As many rounds as take the quickest the length of a slice, within a limit. */
	for (;;) {
		unsigned long long quick = ~0ULL, slow = 0;

		for (k = 0; k < IMPLS; k++) {
			unsigned long long o = 0, t;

			t = sides[k].impl->slice(sides[k].st, rounds, &o);

			quick = t < quick ? t : quick;
			slow = t > slow ? t : slow;
		}
		if (quick >= slice || slow >= 3 * slice || rounds > 100000)
			break;
		rounds = quick * 10 < slice ? rounds * 2 : rounds * slice / (quick + 1) + 1;
	}
	/*
	 * All mappings once: a round is at other mappings than the round before.  Beyond that
	 * number no cache holds them.
	 */
	if (!cold) {
		warm = n / BENCH_WINDOW < MAX_WARM ? n / BENCH_WINDOW : MAX_WARM;
		warm = warm < rounds ? rounds : warm;
	}
	/* Until there are enough that nobody disturbed, or it takes too long. */
	for (i = 0; i < MAX_PAIRS && good < pairs && (i < 10 * pairs); i++) {
		bool all = true;

		for (k = 0; k < IMPLS; k++) {
			struct side *s = &sides[i % 2 ? IMPLS - 1 - k : k];

			s->ns[i] = run(s, rounds, warm);
			all = all && s->ns[i] > 0;
		}
		good += all;
	}
	pairs = i;
	for (k = 1; k < IMPLS; k++)
		if (sides[k].impl->checksum(sides[k].st) !=
		    sides[MAINLINE].impl->checksum(sides[MAINLINE].st))
			die(workload, "implementations differ in what they did");
	compare(&sides[MAINLINE], &sides[OURS], "6.12/ours", workload, n, pairs);
	compare(&sides[NEWER], &sides[OURS], "7.3/ours", workload, n, pairs);
	compare(&sides[MAINLINE], &sides[CONTROL], "6.12/6.12", workload, n, pairs);
	for (k = 0; k < IMPLS; k++)
		sides[k].impl->close(sides[k].st);
	return 0;
}

static int counts(const char *dir, const char *workload, unsigned int n)
{
	for (unsigned int k = 0; k < CONTROL; k++) {
		struct side *s = &sides[k];
		struct bench_counts c;
		unsigned long long ops = 0;
		double per;

		s->impl = load(dir, names[k]);
		open_side(s, workload, n);
		s->impl->slice(s->st, 1, &ops);
		s->impl->counts(&c);
		ops = 0;
		s->impl->slice(s->st, 4, &ops);
		s->impl->counts(&c);
		per = 1.0 / ops;
		printf("%s\t%u\t%s\t%.3f\t%.3f\t%.3f\t%.3f\n", workload, n, names[k],
		       c.atomics * per, c.locks * per, c.resv_attempts * per, c.allocs * per);
		s->impl->close(s->st);
	}
	return 0;
}

static int bytes(const char *dir, unsigned int n)
{
	for (unsigned int k = 0; k < CONTROL; k++) {
		const struct bench_impl *impl = load(dir, names[k]);

		unsigned long after, sum;
		unsigned int used = impl->bytes(n, 0, &sum), used_after = impl->bytes(n, 1, &after);

		printf("%u\t%s\t%.1f\t%.1f\n", n, names[k], (double)sum / used,
		       (double)after / used_after);
	}
	return 0;
}

static int once(const char *dir, const char *name, const char *workload, unsigned int n,
		unsigned int rounds)
{
	struct side *s = &sides[0];
	unsigned long long ops = 0, ns;

	pin();
	s->impl = load(dir, name);
	open_side(s, workload, n);
	ns = s->impl->slice(s->st, rounds, &ops);
	printf("%s\t%u\t%s\t%llu\t%.1f\n", workload, n, name, ops,
	       (double)ns / ops);
	s->impl->close(s->st);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "ratio")) {
		unsigned int pairs = argc > 5 ? atoi(argv[5]) : 60;

		return ratio(argv[2], argv[3], atoi(argv[4]), pairs > MAX_PAIRS ? MAX_PAIRS : pairs);
	}
	if (argc == 5 && !strcmp(argv[1], "counts"))
		return counts(argv[2], argv[3], atoi(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "bytes"))
		return bytes(argv[2], atoi(argv[3]));
	if (argc == 7 && !strcmp(argv[1], "once"))
		return once(argv[2], argv[3], argv[4], atoi(argv[5]), atoi(argv[6]));
	fprintf(stderr, "bench: usage: main ratio|counts|bytes|once DIR ...; see main.c\n");
	return 2;
}
