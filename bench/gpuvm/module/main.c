// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Compares our GPUVM with the kernel's own, as ../main.c does in a program: loading
// the module runs the workloads and fails if one does.  Reports in KTAP, and a row
// of the table as a line of "# row" and values, separated by tabs: workload, size,
// pairs, ratios in thousandths (median, fastest quarters, lower and upper quartile,
// control), ps of an operation (mainline, ours), verdict.
//
// A workload fails if implementations differ in what they did, or if its ratio is
// below a floor, and so are three of four pairs.  Where the measures of a row
// contradict each other, the machine was busy: that is measured again, and what stays
// so is no verdict on the row; but where many are, the run as a whole fails.

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "bench.h"
#include "impls.h"

#define SLICE_NS	2000000
#define MAX_PAIRS	400U
#define TRIES		3
#define FEWEST		8U	/* pairs that make a row */

/*
 * Ratios in thousandths.  Walking takes six times the instructions of following
 * pointers from mapping to mapping, and less time as it does not wait for each; an
 * emulator takes its time for instructions and waits for nothing.
 */
#define FLOOR		950
#define FLOOR_WALK	400
#define FLOOR_TEARDOWN	700

static char *only;
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run one workload (default: all)");

static unsigned int pairs = 40;
module_param(pairs, uint, 0444);
MODULE_PARM_DESC(pairs, "undisturbed slices of each (default: 40)");

static unsigned int row_ms = 3000;
module_param(row_ms, uint, 0444);
MODULE_PARM_DESC(row_ms, "ms for a row, if it has enough pairs by then (default: 3000)");

enum { MAINLINE, OURS, CONTROL, SIDES };

struct side {
	const struct bench_impl *impl;
	struct bench_state *st;
	u64 ps[MAX_PAIRS];	/* per operation; 0 where the slice was disturbed */
};

struct row {
	const char *workload;
	unsigned int n, floor;	/* FLOOR if 0 */
};

/* What the order of caches decides, -cold, is nothing that an emulator can tell. */
static const struct row rows[] = {
	{ "insert-random", 1024 }, { "insert-random", 16384 },
	{ "remove-random", 1024 }, { "remove-random", 16384 },
	{ "find-random", 1024 }, { "find-random", 16384 },
	{ "find-local", 1024 }, { "find-local", 16384 },
	{ "iterate", 1024, FLOOR_WALK }, { "iterate", 16384, FLOOR_WALK },
	{ "sm_map-random", 1024 }, { "sm_map-random", 16384 },
	{ "sm_unmap-random", 1024 }, { "sm_unmap-random", 16384 },
	{ "sm_map_ops", 1024 }, { "sm_map_ops", 16384 },
	{ "seq-map", 1024 }, { "seq-map", 16384 },
	{ "seq-rebind", 1024 }, { "seq-rebind", 16384 },
	{ "seq-unmap", 1024 }, { "seq-unmap", 16384 },
	{ "teardown", 1024, FLOOR_TEARDOWN }, { "teardown", 16384, FLOOR_TEARDOWN },
	{ "bo-find", 1 }, { "bo-find", 100 }, { "bo-find", 1000 },
	{ "exec-lock", 1000 }, { "exec-lock-resv", 1000 },
	{ "validate", 1000 }, { "validate-resv", 1000 },
	{ "range-lock", 10000 },
};

/* Of one row at a time. */
static struct side sides[SIDES];
static u64 sorted[MAX_PAIRS];

struct result {
	unsigned int used;
	u64 median, fastest, lower, upper, control;
	u64 mainline, ours;
	bool same, noisy;
};

/* What a row's thread works on; bench_die() takes its data for the completion. */
struct job {
	struct completion done;
	const struct row *row;
	struct result result;
};

/* -------------------------------------------------------- measuring -------- */

static u64 slice(struct side *s, unsigned int rounds)
{
	unsigned long was;
	u64 ops = 0, ns;

	/* The others have been here meanwhile. */
	s->impl->slice(s->st, rounds, &ops);
	cond_resched();
	ops = 0;
	was = current->nivcsw;
	ns = s->impl->slice(s->st, rounds, &ops);
	if (current->nivcsw != was)
		ns = 0;
	cond_resched();
	return div64_u64(ns * 1000, ops);
}

/* As many rounds as take the quickest the length of a slice, within a limit. */
static unsigned int find_rounds(void)
{
	unsigned int rounds = 1;

	for (;;) {
		u64 quick = U64_MAX, slow = 0;

		for (unsigned int k = 0; k < SIDES; k++) {
			u64 ops = 0, ns = sides[k].impl->slice(sides[k].st, rounds, &ops);

			quick = min(quick, ns);
			slow = max(slow, ns);
			cond_resched();
		}
		if (quick >= SLICE_NS || slow >= 3 * SLICE_NS || rounds > 10000)
			return rounds;
		if (quick * 10 < SLICE_NS)
			rounds *= 2;
		else
			rounds = div64_u64(rounds * (u64)SLICE_NS, quick + 1) + 1;
	}
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* Of @sorted, which it sorts; @q in quarters. */
static u64 quantile(unsigned int n, unsigned int q)
{
	sort(sorted, n, sizeof(*sorted), by_value, NULL);
	return sorted[(q * (n - 1) + 2) / 4];
}

static bool used(const struct side *a, const struct side *b, unsigned int i)
{
	return a->ps[i] && b->ps[i];
}

/* Of pairs that nobody disturbed: their number, and ratios a / b into @sorted. */
static unsigned int ratios(const struct side *a, const struct side *b, unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		if (used(a, b, i))
			sorted[count++] = div64_u64(a->ps[i] * 1000, b->ps[i]);
	return count;
}

static unsigned int times(const struct side *s, const struct side *other, unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		if (used(s, other, i))
			sorted[count++] = s->ps[i];
	return count;
}

static bool further_apart(u64 a, u64 b, unsigned int percent)
{
	return a * 100 > b * (100 + percent) || b * 100 > a * (100 + percent);
}

static void evaluate(struct result *r, unsigned int n, unsigned int floor)
{
	const struct side *ref = &sides[MAINLINE], *our = &sides[OURS];
	unsigned int control;
	u64 fast;

	r->used = ratios(ref, our, n);
	if (r->used < FEWEST) {
		r->noisy = true;
		return;
	}
	r->median = quantile(r->used, 2);
	r->lower = quantile(r->used, 1);
	r->upper = quantile(r->used, 3);
	times(ref, our, n);
	fast = quantile(r->used, 1);
	r->mainline = quantile(r->used, 2);
	times(our, ref, n);
	r->fastest = div64_u64(fast * 1000, quantile(r->used, 1));
	r->ours = quantile(r->used, 2);
	control = ratios(ref, &sides[CONTROL], n);
	if (control)
		r->control = quantile(control, 2);
	r->noisy = further_apart(r->median, r->fastest, 10) ||
		   further_apart(r->control, 1000, 5) ||
		   (r->median < floor && r->upper >= floor);
}

static void measure(struct result *r, unsigned int floor)
{
	u64 end = ktime_get_ns() + row_ms * (u64)NSEC_PER_MSEC;
	unsigned int rounds = find_rounds(), good = 0, i;

	/* Until there are enough that nobody disturbed, or it takes too long. */
	for (i = 0; i < MAX_PAIRS && good < pairs; i++) {
		bool all = true;

		if (good >= FEWEST && ktime_get_ns() > end)
			break;
		for (unsigned int k = 0; k < SIDES; k++) {
			struct side *s = &sides[i % 2 ? SIDES - 1 - k : k];

			s->ps[i] = slice(s, rounds);
			all = all && s->ps[i];
		}
		good += all;
	}
	evaluate(r, i, floor);
}

static unsigned int floor_of(const struct row *row)
{
	return row->floor ?: FLOOR;
}

static int run_row(void *data)
{
	struct job *job = container_of((struct completion *)data, struct job, done);
	struct result *r = &job->result;
	unsigned int k;

	for (k = 0; k < SIDES; k++) {
		struct side *s = &sides[k];

		s->impl = k == OURS ? bench_ours() : bench_mainline();
		s->st = s->impl->open(job->row->workload, job->row->n, 42);
	}
	for (unsigned int try = 0; try < TRIES; try++) {
		*r = (struct result){};
		measure(r, floor_of(job->row));
		if (!r->noisy && r->median >= floor_of(job->row))
			break;
	}
	r->same = true;
	for (k = 0; k < SIDES; k++) {
		struct side *s = &sides[k];

		if (s->impl->checksum(s->st) != sides[MAINLINE].impl->checksum(sides[MAINLINE].st))
			r->same = false;
	}
	for (k = 0; k < SIDES; k++)
		sides[k].impl->close(sides[k].st);
	complete(&job->done);
	return 0;
}

/* -------------------------------------------------------- reporting -------- */

static bool report(const struct job *job, int err, unsigned int number)
{
	const struct result *r = &job->result;
	const char *noisy = r->noisy ? " (noisy)" : "";
	const char *verdict = "slower", *why = NULL;

	if (err) {
		why = "ended early";
	} else if (!r->same) {
		why = "implementations differ in what they did";
		verdict = "DIFFERS";
	} else if (r->median < floor_of(job->row)) {
		verdict = "SLOWER";
		if (!r->noisy)
			why = "slower than the kernel's own";
	} else if (r->median >= 950) {
		verdict = r->median < 1050 ? "equal" : "faster";
	}
	if (!err)
		pr_info("# row\t%s\t%u\t%u\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\t%s%s\n",
			job->row->workload, job->row->n, r->used, r->median, r->fastest,
			r->lower, r->upper, r->control, r->mainline, r->ours, verdict, noisy);
	if (why)
		pr_err("# %s.%u: %s\n", job->row->workload, job->row->n, why);
	pr_info("%sok %u %s.%u\n", why ? "not " : "", number, job->row->workload,
		job->row->n);
	return !why;
}

/* In a thread of its own, which bench_die() can end. */
static int run(struct job *job)
{
	struct task_struct *task;
	int err;

	init_completion(&job->done);
	task = kthread_create(run_row, &job->done, "gpuvm_bench");
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	wake_up_process(task);
	/* For as long as it takes, which is no hung task. */
	wait_for_completion_state(&job->done, TASK_IDLE);
	err = kthread_stop_put(task);
	return err;
}

static bool wanted(const struct row *row)
{
	return !only || !strcmp(only, row->workload);
}

static int __init gpuvm_bench_init(void)
{
	unsigned int number = 0, failed = 0, noisy = 0, i;
	bool quiet;

	pairs = clamp(pairs, FEWEST, MAX_PAIRS);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		number += wanted(&rows[i]);
	if (!number) {
		pr_err("gpuvm_bench: there is no workload %s\n", only);
		return -EINVAL;
	}
	pr_info("KTAP version 1\n");
	pr_info("1..%u\n", number + 1);
	number = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct job job = { .row = &rows[i] };
		int err;

		if (!wanted(job.row))
			continue;
		err = run(&job);
		failed += !report(&job, err, ++number);
		noisy += job.result.noisy;
	}
	quiet = noisy * 4 <= number;
	if (!quiet)
		pr_err("# the machine is too busy: %u of %u rows contradict themselves\n", noisy,
		       number);
	pr_info("%sok %u quiet\n", quiet ? "" : "not ", number + 1);
	failed += !quiet;
	return failed ? -EIO : 0;
}
module_init(gpuvm_bench_init);

static void __exit gpuvm_bench_exit(void)
{
}
module_exit(gpuvm_bench_exit);

MODULE_DESCRIPTION("Our GPUVM and the kernel's own, compared");
MODULE_LICENSE("Dual MIT/GPL");
