// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Runs suites of cases and reports in KTAP; see ktap.h.

#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched/task.h>

#include "ktap.h"

#define KTAP_LIMIT_S	60
/* A failing loop in several threads would overwrite the log. */
#define KTAP_MAX_NOTES	20
/* Longest single wait in milliseconds */
#define KTAP_SLICE_MS	10000

struct ktap_cleanup {
	struct list_head entry;
	void (*fn)(void *arg);
	void *arg;
};

struct ktap_totals {
	unsigned int pass;
	unsigned int fail;
	unsigned int skip;
	bool hung;
};

static void ktap_line(struct ktap *t, const char *prefix, int line,
		      const char *fmt, va_list *args)
{
	struct va_format text = { .fmt = fmt, .va = args };

	if (prefix)
		pr_err("    # %s.%s: %s:%d: %pV\n", t->suite->name, t->test->name,
		       prefix, line, &text);
	else
		pr_info("    # %s.%s: %pV\n", t->suite->name, t->test->name,
			&text);
}

/**
 * ktap_note - writes a diagnostic line
 * @t: the case
 * @fmt: text without newline
 *
 * Context: any.
 */
void ktap_note(struct ktap *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	ktap_line(t, NULL, 0, fmt, &args);
	va_end(args);
}

/**
 * ktap_fail_at - fails the case, which goes on
 * @t: the case
 * @file: __FILE__ of the caller
 * @line: __LINE__ of the caller
 * @fmt: description of the failure, without newline
 *
 * Context: any.  Reports only the first failures of a case.
 */
void ktap_fail_at(struct ktap *t, const char *file, int line, const char *fmt, ...)
{
	int nth = atomic_inc_return(&t->failures);
	va_list args;

	if (nth > KTAP_MAX_NOTES)
		return;
	va_start(args, fmt);
	ktap_line(t, kbasename(file), line, fmt, &args);
	va_end(args);
	if (nth == KTAP_MAX_NOTES)
		ktap_note(t, "no more failures of this case are shown");
}

/**
 * ktap_defer - registers a cleanup that runs after the case
 * @t: the case
 * @fn: the cleanup; runs in the thread that loads the module, last registered first
 * @arg: argument of @fn
 *
 * Context: process context.  Without memory the function calls @fn at once and ends the
 * thread.
 */
void ktap_defer(struct ktap *t, void (*fn)(void *arg), void *arg)
{
	struct ktap_cleanup *cleanup = kmalloc(sizeof(*cleanup), GFP_KERNEL);

	if (!cleanup) {
		ktap_fail(t, "no memory for a cleanup");
		fn(arg);
		ktap_abort();
	}
	cleanup->fn = fn;
	cleanup->arg = arg;
	spin_lock(&t->lock);
	list_add(&cleanup->entry, &t->cleanups);
	spin_unlock(&t->lock);
}

static void ktap_undo(struct ktap *t)
{
	struct ktap_cleanup *cleanup;

	/* One at a time: a cleanup may register another. */
	while ((cleanup = list_first_entry_or_null(&t->cleanups,
						   struct ktap_cleanup, entry))) {
		list_del(&cleanup->entry);
		cleanup->fn(cleanup->arg);
		kfree(cleanup);
	}
}

static void ktap_kfree(void *arg)
{
	kvfree(arg);
}

/**
 * ktap_kzalloc - allocates memory that is freed after the case
 * @t: the case
 * @size: bytes, may be large
 *
 * Context: process context, may sleep.
 * Return: zeroed memory.  Without memory the function fails the case and does not
 * return.
 */
void *ktap_kzalloc(struct ktap *t, size_t size)
{
	void *mem = kvzalloc(size, GFP_KERNEL);

	/* Not an expectation: a case that only allocates has tested nothing. */
	if (!mem) {
		ktap_fail(t, "no memory");
		ktap_abort();
	}
	ktap_defer(t, ktap_kfree, mem);
	return mem;
}

static int ktap_thread_main(void *data)
{
	struct ktap_thread *thread = data;

	thread->fn(thread->arg);
	complete_all(&thread->done);
	return 0;
}

/**
 * ktap_thread_start - starts a kernel thread
 * @thread: set by the function; must live until ktap_thread_join()
 * @fn: function of the thread
 * @arg: argument of @fn
 * @name: name in the process list
 *
 * Context: process context, may sleep.
 * Return: 0, or the error of kthread_create(), and there is no thread to join.
 */
int ktap_thread_start(struct ktap_thread *thread, void (*fn)(void *arg),
		      void *arg, const char *name)
{
	struct task_struct *task;

	init_completion(&thread->done);
	thread->fn = fn;
	thread->arg = arg;
	thread->task = NULL;
	task = kthread_create(ktap_thread_main, thread, "%s", name);
	if (IS_ERR(task))
		return PTR_ERR(task);
	/* The thread may end before the join. */
	thread->task = get_task_struct(task);
	wake_up_process(task);
	return 0;
}

/**
 * ktap_thread_ended - waits for a thread to end
 * @thread: a started thread
 * @ms: maximum wait in milliseconds
 *
 * Context: process context, may sleep.
 * Return: true if the thread has ended.
 */
bool ktap_thread_ended(struct ktap_thread *thread, unsigned int ms)
{
	/* Wait in slices: the kernel would report one long wait as a hung task. */
	while (ms > KTAP_SLICE_MS) {
		if (wait_for_completion_timeout(&thread->done,
						msecs_to_jiffies(KTAP_SLICE_MS)))
			return true;
		ms -= KTAP_SLICE_MS;
	}
	return wait_for_completion_timeout(&thread->done, msecs_to_jiffies(ms));
}

/**
 * ktap_thread_join - waits until a thread has ended
 * @thread: a thread; nothing happens if it was never started
 *
 * Context: process context, may sleep.
 */
void ktap_thread_join(struct ktap_thread *thread)
{
	if (!thread->task)
		return;
	wait_for_completion(&thread->done);
	/* The thread may still run code of this module: wait until it has exited. */
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	thread->task = NULL;
}

static void ktap_case_init(void *arg)
{
	struct ktap *t = arg;

	if (t->suite->init)
		t->suite->init(t);
	t->ready = true;
	atomic_set(&t->checks, 0);
	t->test->run(t);
}

/* Returns false if the case hung. */
static bool ktap_run_case(struct ktap *t)
{
	unsigned int limit = t->test->limit_s ?: KTAP_LIMIT_S;
	struct ktap_thread thread;
	bool in_time;

	if (ktap_thread_start(&thread, ktap_case_init, t, t->test->name)) {
		ktap_fail(t, "no thread to run in");
		return true;
	}
	in_time = ktap_thread_ended(&thread, limit * MSEC_PER_SEC);
	if (!in_time) {
		ktap_fail(t, "still runs after %u s", limit);
		/*
		 * The case still uses its memory and this module, so nothing can be
		 * freed.
		 */
		pr_err("Bail out! %s.%s hangs\n", t->suite->name,
		       t->test->name);
	}
	ktap_thread_join(&thread);
	if (!t->skipped && !atomic_read(&t->failures) && !atomic_read(&t->checks))
		ktap_fail(t, "no expectation was checked");
	if (t->ready && t->suite->exit)
		t->suite->exit(t);
	return in_time;
}

/* Returns the length of the suite's name in "suite" or "suite.case". */
static size_t ktap_suite_len(const char *only)
{
	return strchrnul(only, '.') - only;
}

static bool ktap_wants_suite(const char *only, const struct ktap_suite *suite)
{
	size_t len = ktap_suite_len(only);

	return !len || (strlen(suite->name) == len &&
			!strncmp(only, suite->name, len));
}

static bool ktap_wants_case(const char *only, const struct ktap_case *test)
{
	const char *name = only + ktap_suite_len(only);

	return !*name || !strcmp(name + 1, test->name);
}

static unsigned int ktap_count_cases(const struct ktap_suite *suite,
				     const char *only)
{
	const struct ktap_case *test;
	unsigned int count = 0;

	if (!ktap_wants_suite(only, suite))
		return 0;
	for (test = suite->cases; test->run; test++)
		count += ktap_wants_case(only, test);
	return count;
}

static void ktap_run_suite(const struct ktap_suite *suite, unsigned int nth,
			   const char *only, struct ktap_totals *totals)
{
	unsigned int failed_before = totals->fail, passed_before = totals->pass;
	const struct ktap_case *test;
	unsigned int number = 0;

	pr_info("    KTAP version 1\n");
	pr_info("    # Subtest: %s\n", suite->name);
	pr_info("    1..%u\n", ktap_count_cases(suite, only));

	for (test = suite->cases; test->run && !totals->hung; test++) {
		struct ktap t = { .suite = suite, .test = test };

		if (!ktap_wants_case(only, test))
			continue;
		spin_lock_init(&t.lock);
		INIT_LIST_HEAD(&t.cleanups);
		totals->hung = !ktap_run_case(&t);
		ktap_undo(&t);

		number++;
		if (atomic_read(&t.failures)) {
			totals->fail++;
			pr_err("    not ok %u %s\n", number, test->name);
		} else if (t.skipped) {
			totals->skip++;
			pr_info("    ok %u %s # SKIP %s\n", number, test->name,
				t.skipped);
		} else {
			totals->pass++;
			pr_info("    ok %u %s\n", number, test->name);
		}
		cond_resched();
	}

	if (totals->fail != failed_before)
		pr_err("not ok %u %s\n", nth, suite->name);
	else if (totals->pass != passed_before)
		pr_info("ok %u %s\n", nth, suite->name);
	else
		pr_info("ok %u %s # SKIP all cases\n", nth, suite->name);
}

/**
 * ktap_run - runs suites and reports
 * @suites: ends with NULL
 * @only: name of a suite, or "suite.case"; empty or NULL runs everything
 * @title: start of the last line of the report
 *
 * Context: process context, may sleep.  If a case hangs, the function does not return
 * until the case ends, because nothing that the case uses can be freed.
 * Return: 0 if a case passed and none failed, -EIO if one failed, -ENODATA if all were
 * skipped, -EINVAL if @only matches no case.
 */
int ktap_run(const struct ktap_suite *const *suites, const char *only,
	     const char *title)
{
	struct ktap_totals totals = {};
	unsigned int nth = 0, count = 0;
	size_t i;

	if (!only)
		only = "";
	for (i = 0; suites[i]; i++)
		count += !!ktap_count_cases(suites[i], only);
	if (!count) {
		pr_err("%s: no suite or case is called '%s'; name one as in only=suite or only=suite.case\n",
		       title, only);
		return -EINVAL;
	}

	pr_info("KTAP version 1\n");
	pr_info("1..%u\n", count);
	for (i = 0; suites[i] && !totals.hung; i++)
		if (ktap_count_cases(suites[i], only))
			ktap_run_suite(suites[i], ++nth, only, &totals);
	pr_info("# %s: %spass:%u fail:%u skip:%u\n", title,
		totals.pass + totals.fail ? "" : "nothing was tested: ",
		totals.pass, totals.fail, totals.skip);
	if (totals.fail)
		return -EIO;
	return totals.pass ? 0 : -ENODATA;
}
