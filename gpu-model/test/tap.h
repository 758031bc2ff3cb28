/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A unit test in C: cases by name, told as TAP.
 *
 *	static void case_empty(void) { check_eq(length(""), 0); }
 *	static const struct test_case cases[] = { { "empty", case_empty }, ... };
 *	int main(int argc, char **argv) { return tap_main(argc, argv, cases, COUNT(cases)); }
 *
 * The first check of a case that fails ends it. `program NAME...` runs some,
 * `program --list` names them.
 */
#ifndef TAP_H
#define TAP_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct test_case {
	const char *name;
	void (*run)(void);
	void (*cleanup)(void);		/* runs in any case; NULL: none */
};

static jmp_buf tap_failed;
static unsigned int tap_checks;		/* of the case; one without a check fails */

#define check(condition) do {							\
	tap_checks++;								\
	if (!(condition)) {							\
		printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition);	\
		longjmp(tap_failed, 1);						\
	}									\
} while (0)

#define check_eq(got, expected) do {						\
	unsigned long long got_ = (unsigned long long)(got);			\
	unsigned long long expected_ = (unsigned long long)(expected);		\
										\
	tap_checks++;								\
	if (got_ != expected_) {						\
		printf("# %s:%d: %s is 0x%llx, expected 0x%llx\n", __FILE__,	\
		       __LINE__, #got, got_, expected_);			\
		longjmp(tap_failed, 1);						\
	}									\
} while (0)

static inline int tap_main(int argc, char **argv, const struct test_case *cases, size_t count)
{
	volatile unsigned int number = 0, failed = 0;
	volatile size_t i;
	volatile int arg;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (i = 0; i < count; i++)
			puts(cases[i].name);
		return 0;
	}
	for (i = 0; i < count; i++) {
		for (arg = 1; arg < argc && strcmp(argv[arg], cases[i].name); arg++)
			;
		if (argc > 1 && arg == argc)
			continue;
		number++;
		if (setjmp(tap_failed)) {
			printf("not ok %u - %s\n", number, cases[i].name);
			failed++;
		} else {
			tap_checks = 0;
			cases[i].run();
			if (!tap_checks) {
				printf("# no expectation was checked\n");
				longjmp(tap_failed, 1);
			}
			printf("ok %u - %s\n", number, cases[i].name);
		}
		if (cases[i].cleanup)
			cases[i].cleanup();
	}
	printf("1..%u\n", number);
	return failed || !number;
}

#endif
