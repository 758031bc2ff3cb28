// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Suites for the runner of the selftests: a case that expects nothing, one that
// only allocates, one that is skipped.

#include <linux/module.h>

#include "ktap.h"

static void expects(struct ktap *t)
{
	ktap_expect_eq(t, 1 + 1, 2);
}

static void nothing(struct ktap *t)
{
}

static void allocates(struct ktap *t)
{
	ktap_kzalloc(t, 16);
}

static void skipped(struct ktap *t)
{
	ktap_skip(t, "not here");
}

static void init(struct ktap *t)
{
	ktap_expect(t, t->suite);
}

#define SUITE(_name)								\
	static const struct ktap_case _name##_cases[] = { KTAP_CASE(_name), {} };	\
	static const struct ktap_suite _name##_suite = {			\
		.name = #_name, .init = init, .exit = init, .cases = _name##_cases,	\
	}

SUITE(expects);
SUITE(nothing);
SUITE(allocates);
SUITE(skipped);

static const struct ktap_suite *const suites[] = {
	&expects_suite, &nothing_suite, &allocates_suite, &skipped_suite, NULL
};

static char *only;
module_param(only, charp, 0444);

static int __init doctored_ktap_init(void)
{
	return ktap_run(suites, only, "doctored");
}
module_init(doctored_ktap_init);

static void __exit doctored_ktap_exit(void)
{
}
module_exit(doctored_ktap_exit);

MODULE_DESCRIPTION("The selftests' runner with cases that prove nothing");
MODULE_LICENSE("Dual MIT/GPL");
