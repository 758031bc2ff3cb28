// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Patterns that no two places share, and a comparison that names the places.
 *
 * The pattern of a byte depends on its seed and its index alone, so bytes that
 * turn up elsewhere are wrong there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

uint64_t hash(uint64_t x)
{
	/* splitmix64's finaliser */
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

uint64_t random_below(uint64_t *state, uint64_t below)
{
	uint64_t r = hash(*state + opt.seed * 0x10001);

	*state += 0x632be59bd9b4e019ull;
	return below ? r % below : r;
}

void pattern(void *to, size_t size, uint64_t seed)
{
	uint8_t *p = to;
	uint64_t word = 0;
	size_t i;

	seed = hash(seed + opt.seed);
	for (i = 0; i < size; i++) {
		if (i % 8 == 0)
			word = hash(seed + i);
		p[i] = (uint8_t)(word >> (i % 8 * 8));
	}
}

void *bytes(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		fail("no memory for so many: %zu", size);
	return p;
}

static void show(const char *name, const uint8_t *p, size_t from, size_t to)
{
	char text[3 * 16 + 1];
	size_t i;

	for (i = 0; i < 16 && from + i < to; i++)
		snprintf(text + 3 * i, 4, " %02x", p[from + i]);
	note("    %s%s%s", name, text, to - from > 16 ? " .." : "");
}

void check_bytes(const char *what, const void *got_, const void *want_, size_t size)
{
	const uint8_t *got = got_, *want = want_;
	size_t i, end, wrong = 0, runs = 0, first = 0, last = 0;

	if (opt.corrupt && size)
		((uint8_t *)(uintptr_t)got)[hash(size) % size] ^= 0x10;
	if (!memcmp(got, want, size))
		return;
	for (i = 0; i < size; i++) {
		if (got[i] == want[i])
			continue;
		if (!wrong++)
			first = i;
		last = i;
	}
	note("%s: %zu of %zu bytes are wrong, the first at 0x%zx, the last at 0x%zx:", what,
	     wrong, size, first, last);
	for (i = first; i < size && runs < 6; i = end, runs++) {
		while (i < size && got[i] == want[i])
			i++;
		/* A right byte between wrong ones may be chance. */
		for (end = i; end < size && memcmp(got + end, want + end,
						   size - end < 4 ? size - end : 4); end++)
			;
		if (i == size)
			break;
		note("  0x%zx-0x%zx", i, end - 1);
		show("want", want, i, end);
		show("got ", got, i, end);
	}
	fail("%s: wrong bytes", what);
}
