// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Words of a push buffer become methods.
 */
#include "card.h"

static struct pb_state state;
static struct pb_method method;
static const char *error;
static bool end;

static void begin(void)
{
	memset(&state, 0, sizeof(state));
	error = NULL;
}

static bool word(uint32_t value)
{
	return pb_decode(&state, value, &method, &end, &error);
}

static void expect(uint32_t value, unsigned int subc, uint32_t address, uint32_t data)
{
	check(word(value));
	check(method.valid);
	check_eq(method.subc, subc);
	check_eq(method.method, address);
	check_eq(method.data, data);
}

static void nothing(uint32_t value)
{
	check(word(value));
	check(!method.valid);
}

static void increasing(void)
{
	begin();
	nothing(1u << 29 | 3 << 16 | 4 << 13 | 0x400 / 4);
	expect(0x11, 4, 0x400, 0x11);
	expect(0x22, 4, 0x404, 0x22);
	expect(0x33, 4, 0x408, 0x33);
	nothing(0);
	check_eq(state.count, 0);
}

static void not_increasing(void)
{
	begin();
	nothing(3u << 29 | 2 << 16 | 1 << 13 | 0x1b4 / 4);
	expect(0x11, 1, 0x1b4, 0x11);
	expect(0x22, 1, 0x1b4, 0x22);
}

static void increasing_once(void)
{
	begin();
	nothing(5u << 29 | 3 << 16 | 0 << 13 | 0x3800 / 4);
	expect(0x11, 0, 0x3800, 0x11);
	expect(0x22, 0, 0x3804, 0x22);
	expect(0x33, 0, 0x3804, 0x33);
}

static void immediate(void)
{
	begin();
	expect(4u << 29 | 0x1fff << 16 | 4 << 13 | 0x300 / 4, 4, 0x300, 0x1fff);
	check_eq(state.count, 0);
}

static void older_forms(void)
{
	begin();
	nothing(2 << 18 | 2 << 13 | 0x100);
	expect(0x11, 2, 0x100, 0x11);
	expect(0x22, 2, 0x104, 0x22);
	nothing(0x40000000 | 2 << 18 | 2 << 13 | 0x100);
	expect(0x11, 2, 0x100, 0x11);
	expect(0x22, 2, 0x100, 0x22);
}

static void other_gpus(void)
{
	begin();
	/* Commands for the second GPU alone; then for all again. */
	nothing(1 << 16 | 2 << 4);
	nothing(1u << 29 | 1 << 16 | 0x100 / 4);
	nothing(0x11);
	nothing(1 << 16 | 0xfff << 4);
	nothing(1u << 29 | 1 << 16 | 0x100 / 4);
	expect(0x22, 0, 0x100, 0x22);
}

static void ends(void)
{
	begin();
	check(word(7u << 29));
	check(end);
}

static void wrong(void)
{
	begin();
	check(!word(6u << 29 | 1 << 16));
	check(error);
	check(!word(2u << 29 | 1 << 16));
}

static const struct test_case cases[] = {
	{ "increasing", increasing, NULL },
	{ "not-increasing", not_increasing, NULL },
	{ "increasing-once", increasing_once, NULL },
	{ "immediate", immediate, NULL },
	{ "older-forms", older_forms, NULL },
	{ "other-gpus", other_gpus, NULL },
	{ "ends", ends, NULL },
	{ "wrong", wrong, NULL },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
