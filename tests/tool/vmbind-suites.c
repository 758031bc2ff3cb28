// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Tests for vmbind-test's runner, which need no GPU: one that checks something, one
 * that checks nothing, one that ends without a verdict, one that is skipped.
 */
#include <unistd.h>

#include "vmbind-test.h"

struct device dev;

void device_choose(const char *node)
{
	(void)node;
}

static void good(void)
{
	want(0, 0);
}

static void in_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		want(0, 0);
		_exit(0);
	}
	sleep_ms(200);
}

static void nothing(void)
{
}

static void no_verdict(void)
{
	want(0, 0);
	_exit(0);
}

static void skipped(void)
{
	want(0, 0);
	skip("not here");
}

static void bad(void)
{
	fail_if(1 + 1 == 2, "two is two");
}

const struct test tests_param[] = {
	{ "good/check", "checks", good },
	{ "good/in-child", "checks in a child", in_child },
	{ "nothing/all", "checks nothing", nothing },
	{ "no-verdict/all", "exits by itself", no_verdict },
	{ "skipped/one", "is skipped", skipped },
	{ "skipped/slow", "is slow", good, TEST_SLOW },
	{ "bad/all", "fails", bad },
	{ 0 }
};

#define NONE_OF(topic) const struct test tests_##topic[] = { { 0 } }

NONE_OF(vm_init);
NONE_OF(bind_errors);
NONE_OF(sync);
NONE_OF(exec);
NONE_OF(map);
NONE_OF(split);
NONE_OF(sparse);
NONE_OF(async);
NONE_OF(channel);
NONE_OF(fault);
NONE_OF(share);
NONE_OF(fence);
NONE_OF(many);
NONE_OF(random);
NONE_OF(large);
NONE_OF(kill);
NONE_OF(known);
NONE_OF(evict);
