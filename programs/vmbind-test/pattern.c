// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is written to memory, so that every word tells where it should be.
 */
#include <string.h>

#include "vmbind-test.h"

/* A finaliser after splitmix64: a bijection in which every bit matters. */
uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ull;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

uint32_t random_below(uint32_t below)
{
	static uint64_t count;

	return (uint32_t)(mix(mix(seed + 1) + ++count * 0x9e3779b97f4a7c15ull) >> 32) % below;
}

/* The buffer and the page can be read from a word; never 0, as sparse reads. */
uint32_t pattern(uint32_t id, uint64_t index)
{
	return 0x80000000u | (id & 0x7f) << 24 | ((uint32_t)index & 0xffffff);
}

void pattern_write(uint32_t *to, uint32_t id, uint64_t first, uint64_t words)
{
	uint64_t i;

	for (i = 0; i < words; i++)
		to[i] = pattern(id, first + i);
}

void pattern_check(const uint32_t *got, uint32_t id, uint64_t first, uint64_t words,
		   const char *what)
{
	uint64_t i;

	if (words)
		checked();
	for (i = 0; i < words; i++) {
		if (got[i] != pattern(id, first + i))
			fail("%s: byte 0x%llx is 0x%08x, expected 0x%08x", what,
			     (unsigned long long)i * 4, got[i], pattern(id, first + i));
	}
}

void constant_check(const uint32_t *got, uint32_t value, uint64_t words, const char *what)
{
	uint64_t i;

	if (words)
		checked();
	for (i = 0; i < words; i++) {
		if (got[i] != value)
			fail("%s: byte 0x%llx is 0x%08x, expected 0x%08x", what,
			     (unsigned long long)i * 4, got[i], value);
	}
}

struct stage stage_new(int fd, uint64_t size)
{
	struct stage st = {
		.bo = bo_new(fd, size, NV_GART | NV_COHERENT | NV_MAPPABLE | NV_NO_SHARE),
		.va = STAGE_VA,
	};

	bo_map(&st.bo);
	map(st.va, &st.bo, 0, st.bo.size);
	return st;
}

static uint64_t part(struct stage *st, uint64_t len)
{
	return len < st->bo.size ? len : st->bo.size;
}

void gpu_write(struct channel *ch, struct stage *st, uint64_t va, uint32_t id,
	       uint64_t first, uint64_t len)
{
	while (len) {
		uint64_t now = part(st, len);

		pattern_write(st->bo.map, id, first, now / 4);
		push_copy(ch, va, st->va, now);
		finish(ch);
		va += now;
		first += now / 4;
		len -= now;
	}
}

/* Brings memory to the stage, where nothing of an earlier copy is left. */
static void fetch(struct channel *ch, struct stage *st, uint64_t va, uint64_t len)
{
	memset(st->bo.map, 0x55, len);
	push_copy(ch, st->va, va, len);
	finish(ch);
}

void gpu_check(struct channel *ch, struct stage *st, uint64_t va, uint32_t id,
	       uint64_t first, uint64_t len, const char *what)
{
	while (len) {
		uint64_t now = part(st, len);

		fetch(ch, st, va, now);
		pattern_check(st->bo.map, id, first, now / 4, what);
		va += now;
		first += now / 4;
		len -= now;
	}
}

void gpu_check_constant(struct channel *ch, struct stage *st, uint64_t va, uint32_t value,
			uint64_t len, const char *what)
{
	while (len) {
		uint64_t now = part(st, len);

		fetch(ch, st, va, now);
		constant_check(st->bo.map, value, now / 4, what);
		va += now;
		len -= now;
	}
}
