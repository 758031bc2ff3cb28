/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Checks of programs that say what is wrong and where, and go on. */
#ifndef TESTS_GPUVM_CHECK_H
#define TESTS_GPUVM_CHECK_H

static unsigned int bad;

#define check(c) do {							\
	if (!(c)) {							\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #c); \
		bad++;							\
	}								\
} while (0)

/* @what warns @n times, and nobody reads the warnings. */
#define warns(n, what) do {						\
	unsigned long was__ = kernel_counts.warnings;			\
									\
	kernel_quiet = true;						\
	what;								\
	kernel_quiet = false;						\
	check(kernel_counts.warnings == was__ + (n));			\
} while (0)

#endif
