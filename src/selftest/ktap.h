/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NGV_KTAP_H
#define NGV_KTAP_H

#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * DOC: In-kernel tests
 *
 * A suite is one file: an array of cases and a &struct ktap_suite, which suites.c
 * lists.  Every case runs in its own kernel thread, between the suite's init and exit,
 * and reports in KTAP (Documentation/dev-tools/ktap.rst) to the kernel log.
 * Distribution kernels do not have KUnit.  Example::
 *
 *	static void adds_up(struct ktap *t)
 *	{
 *		void *page = ktap_kzalloc(t, PAGE_SIZE);
 *
 *		ktap_expect_eq(t, 2 + 2, 4);
 *		ktap_expect(t, IS_ALIGNED((uintptr_t)page, PAGE_SIZE));
 *	}
 *
 *	static const struct ktap_case cases[] = {
 *		KTAP_CASE(adds_up),
 *		{}
 *	};
 *
 *	const struct ktap_suite sums_suite = { .name = "sums", .cases = cases };
 *
 * A failed expectation is reported with file, line and values, and the case goes on.  A
 * failed assertion ends its thread.  A case registers cleanups with ktap_defer().  The
 * cleanups run in reverse order after the suite's exit, however the case ended.  Do not
 * assert with a lock held or while another thread uses the stack of this thread:
 * expect, and return.
 *
 * A case without an expectation has tested nothing and fails.  Expectations in the
 * suite's init and exit do not count.  If every case is skipped, loading the module
 * fails with %-ENODATA.
 */

struct ktap;

/**
 * struct ktap_case - one test
 * @name: name in the report, and after the dot in the module parameter only=
 * @run: the test
 * @limit_s: seconds until the case counts as hung; 0 means 60
 */
struct ktap_case {
	const char *name;
	void (*run)(struct ktap *t);
	unsigned int limit_s;
};

/**
 * KTAP_CASE - array element for a test with the name of its function
 * @fn: the function
 */
#define KTAP_CASE(fn) { .name = #fn, .run = (fn) }

/**
 * struct ktap_suite - tests that share a fixture
 * @name: name in the report and in the module parameter only=
 * @init: optional; runs in the case's thread before each case; may assert or skip, and
 *	sets &ktap.priv for the case
 * @exit: optional; runs after each case whose @init passed
 * @cases: ends with an empty element
 */
struct ktap_suite {
	const char *name;
	void (*init)(struct ktap *t);
	void (*exit)(struct ktap *t);
	const struct ktap_case *cases;
};

/**
 * struct ktap - a running case
 * @suite: the suite of the case
 * @test: the case
 * @priv: for the suite
 *
 * The other members are private.  Any thread may check expectations.
 */
struct ktap {
	const struct ktap_suite *suite;
	const struct ktap_case *test;
	void *priv;
	/* private: */
	atomic_t failures;
	atomic_t checks;
	const char *skipped;
	bool ready;
	/* protects @cleanups while threads of the case run */
	spinlock_t lock;
	struct list_head cleanups;
};

/**
 * struct ktap_thread - a thread that a case starts and joins
 * @task: for wake-ups and signals; valid until ktap_thread_join()
 *
 * The other members are private.
 */
struct ktap_thread {
	struct task_struct *task;
	/* private: */
	struct completion done;
	void (*fn)(void *arg);
	void *arg;
};

int ktap_thread_start(struct ktap_thread *thread, void (*fn)(void *arg),
		      void *arg, const char *name);
bool ktap_thread_ended(struct ktap_thread *thread, unsigned int ms);
void ktap_thread_join(struct ktap_thread *thread);

void ktap_defer(struct ktap *t, void (*fn)(void *arg), void *arg);
void *ktap_kzalloc(struct ktap *t, size_t size);

__printf(2, 3) void ktap_note(struct ktap *t, const char *fmt, ...);
__printf(4, 5) void ktap_fail_at(struct ktap *t, const char *file, int line,
				 const char *fmt, ...);

int ktap_run(const struct ktap_suite *const *suites, const char *only,
	     const char *title);

/**
 * ktap_abort - ends the calling thread
 *
 * Inline: objtool only knows the kernel's own functions that do not return.
 *
 * Context: the case's own thread, or a thread of ktap_thread_start(), without locks.
 */
static inline void __noreturn ktap_abort(void)
{
	struct ktap_thread *thread = kthread_data(current);

	/* complete_all(), because ktap_thread_join() waits again. */
	complete_all(&thread->done);
	kthread_complete_and_exit(NULL, 0);
}

/**
 * ktap_skip - ends the case as skipped, unless it has failed already
 * @t: the case
 * @why: reason for the report
 *
 * Context: the case's own thread, without locks.
 */
static inline void __noreturn ktap_skip(struct ktap *t, const char *why)
{
	t->skipped = why;
	ktap_abort();
}

/**
 * ktap_fail - fails the case, which goes on
 * @t: the case
 * @fmt: description of the failure
 */
#define ktap_fail(t, fmt, ...) \
	ktap_fail_at(t, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

/**
 * ktap_expect - fails the case if a condition is false
 * @t: the case
 * @cond: the condition
 *
 * Return: the value of the condition.
 */
#define ktap_expect(t, cond) ({						\
	struct ktap *__ktap_t = (t);					\
	bool __ktap_ok = !!(cond);					\
									\
	atomic_inc(&__ktap_t->checks);					\
	if (!__ktap_ok)							\
		ktap_fail(__ktap_t, "expected %s", #cond);			\
	__ktap_ok;							\
})

/* Reads each side of a comparison once and reports it in decimal. */
#define __ktap_compare(t, a, op, b, text) ({				\
	struct ktap *__ktap_t = (t);					\
	typeof(a) __ktap_a = (a);					\
	typeof(b) __ktap_b = (b);					\
	bool __ktap_ok = __ktap_a op __ktap_b;				\
									\
	atomic_inc(&__ktap_t->checks);					\
	if (!__ktap_ok)							\
		ktap_fail(__ktap_t, "expected %s, have %lld and %lld", text,	\
			  (long long)__ktap_a, (long long)__ktap_b);	\
	__ktap_ok;							\
})

/* For integers of any type */
#define ktap_expect_eq(t, a, b) __ktap_compare(t, a, ==, b, #a " == " #b)
#define ktap_expect_ne(t, a, b) __ktap_compare(t, a, !=, b, #a " != " #b)
#define ktap_expect_lt(t, a, b) __ktap_compare(t, a, <, b, #a " < " #b)
#define ktap_expect_le(t, a, b) __ktap_compare(t, a, <=, b, #a " <= " #b)
#define ktap_expect_gt(t, a, b) __ktap_compare(t, a, >, b, #a " > " #b)
#define ktap_expect_ge(t, a, b) __ktap_compare(t, a, >=, b, #a " >= " #b)

/**
 * ktap_expect_ptr_eq - fails the case if two pointers differ
 * @t: the case
 * @a: one pointer
 * @b: the other pointer
 *
 * Return: true if the pointers are equal.
 */
#define ktap_expect_ptr_eq(t, a, b) ({					\
	struct ktap *__ktap_t = (t);					\
	const void *__ktap_a = (a);					\
	const void *__ktap_b = (b);					\
	bool __ktap_ok = __ktap_a == __ktap_b;				\
									\
	atomic_inc(&__ktap_t->checks);					\
	if (!__ktap_ok)							\
		ktap_fail(__ktap_t, "expected %s == %s, have %p and %p", #a, #b,	\
			  __ktap_a, __ktap_b);				\
	__ktap_ok;							\
})

/* An assertion is an expectation whose failure ends the thread. */
#define __ktap_must(ok) do {						\
	if (!(ok))							\
		ktap_abort();						\
} while (0)

#define ktap_assert(t, cond) __ktap_must(ktap_expect(t, cond))
#define ktap_assert_eq(t, a, b) __ktap_must(ktap_expect_eq(t, a, b))
#define ktap_assert_ptr(t, ptr) __ktap_must(ktap_expect(t, !IS_ERR_OR_NULL(ptr)))

#endif
