// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Programs: made, changed, written and read.
 *
 * Numbers are chosen by what they mean, and from few of them: addresses and
 * sizes that meet each other are worth more than ones that never do.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

bool careful;

/* splitmix64 */
uint64_t rng_next(struct rng *rng)
{
	uint64_t x = rng->state += 0x9e3779b97f4a7c15ull;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

uint32_t rng_below(struct rng *rng, uint32_t below)
{
	return (uint32_t)(rng_next(rng) >> 32) % below;
}

unsigned int call_args(const struct call_kind *kind)
{
	unsigned int n = 0;

	while (n < MAX_ARGS && kind->args[n] != ARG_NONE)
		n++;
	return n;
}

#define LIST(...) ((const uint64_t[]){ __VA_ARGS__ })
#define PICK(rng, ...) (LIST(__VA_ARGS__)[rng_below(rng, ARRAY_SIZE(LIST(__VA_ARGS__)))])

static uint64_t any_bits(struct rng *rng)
{
	return rng_next(rng) >> rng_below(rng, 64);
}

static uint64_t random_addr(struct rng *rng)
{
	switch (rng_below(rng, 12)) {
	case 0:
		return PICK(rng, 0, 0x1000, 0x4000000000, 0x8000000000 - 0x1000, 0x8000000000,
			    1ull << 40, (1ull << 40) - 0x1000, (1ull << 47) - 0x1000,
			    1ull << 47, ~0ull - 0xfff, 0x666600000000);
	case 1:
		return 0x40000000 + rng_below(rng, 0x2000);
	case 2:
	case 3:
		/* Around the border of a page table. */
		return 0x40200000 - 0x8000 + rng_below(rng, 16) * 0x1000;
	default:
		return 0x40000000 + rng_below(rng, 32) * 0x1000;
	}
}

static uint64_t random_size(struct rng *rng)
{
	switch (rng_below(rng, 12)) {
	case 0:
		return PICK(rng, 1, 0x800, 0xfff, 0x1001, ~0ull - 0xfff, 1ull << 47, 1ull << 36);
	case 1:
		return careful ? 0x1000 : 0;
	case 2:
		return PICK(rng, 0x200000, 0x400000, 0x210000, 0x10000, 0x20000);
	default:
		return (1 + rng_below(rng, 16)) * 0x1000;
	}
}

static uint64_t random_arg(enum arg arg, struct rng *rng)
{
	bool odd = rng_below(rng, 24) == 0;

	switch (arg) {
	case ARG_CLIENT:
		return rng_below(rng, 3) ? 0 : rng_below(rng, 3);
	case ARG_BO:
		return rng_below(rng, 8);
	case ARG_CHANNEL:
		return rng_below(rng, 3);
	case ARG_SYNC:
		return rng_below(rng, 6);
	case ARG_DMABUF:
		return rng_below(rng, 3);
	case ARG_ADDR:
		return random_addr(rng);
	case ARG_SIZE:
		return random_size(rng);
	case ARG_OFFSET:
		return odd ? any_bits(rng) : rng_below(rng, 16) * 0x1000;
	case ARG_DOMAIN:
		return odd ? any_bits(rng) & 0x3f :
			PICK(rng, 2, 4, 6, 0x22, 0x24, 0x26, 0x14, 0x1c);
	case ARG_TILE:
		return odd ? any_bits(rng) & 0xffff : 8;
	case ARG_OP:
		return odd ? any_bits(rng) & 0xff : rng_below(rng, 5) < 3 ? 0 : 1;
	case ARG_OP_FLAGS:
		return odd ? any_bits(rng) & 0xffffffff : rng_below(rng, 4) ? 0 : 0x100;
	case ARG_BIND_FLAGS:
		return odd ? any_bits(rng) & 0xffffffff : rng_below(rng, 3) ? 1 : 0;
	case ARG_PUSH_FLAGS:
		return odd ? any_bits(rng) & 0xffffffff : rng_below(rng, 2);
	case ARG_SYNC_FLAGS:
		return odd ? any_bits(rng) & 0xffffffff : rng_below(rng, 2);
	case ARG_WAIT_FLAGS:
		return odd ? any_bits(rng) & 0xff : rng_below(rng, 8);
	case ARG_POINT:
		return odd ? any_bits(rng) : rng_below(rng, 6);
	case ARG_ENGINE:
		return odd || (!careful && rng_below(rng, 4) == 0) ?
			(careful ? 0x4 : PICK(rng, 0x30, 0x2, 0x4, 0x8, 0x77)) : 1;
	case ARG_PARAM:
		return odd ? any_bits(rng) : rng_below(rng, 24);
	case ARG_COMMAND:
		return rng_below(rng, 4);
	case ARG_COUNT:
		return odd ? 1 + rng_below(rng, 600) : 1 + rng_below(rng, 4);
	case ARG_MS:
		return rng_below(rng, 12);
	case ARG_NR:
		return rng_below(rng, 0x48);
	default:
		return any_bits(rng);
	}
}

static void random_call(struct call *c, struct rng *rng, unsigned int threads)
{
	unsigned int total = 0, i;
	const struct call_kind *kind;
	uint32_t pick;

	for (i = 0; i < call_kind_count; i++)
		total += call_kinds[i].weight;
	pick = rng_below(rng, total);
	for (i = 0; pick >= call_kinds[i].weight; i++)
		pick -= call_kinds[i].weight;
	kind = &call_kinds[i];
	memset(c, 0, sizeof(*c));
	c->kind = (uint8_t)i;
	c->thread = (uint8_t)rng_below(rng, threads);
	for (i = 0; i < call_args(kind); i++)
		c->args[i] = random_arg(kind->args[i], rng);
}

static unsigned int random_threads(struct rng *rng)
{
	return rng_below(rng, 3) ? 1 : 2 + rng_below(rng, MAX_THREADS - 1);
}

static unsigned int kind_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < call_kind_count; i++) {
		if (!strcmp(call_kinds[i].name, name))
			break;
	}
	return i;
}

static void append(struct program *p, const char *name, const uint64_t *args)
{
	struct call *c = &p->calls[p->count++];

	memset(c, 0, sizeof(*c));
	c->kind = (uint8_t)kind_named(name);
	memcpy(c->args, args, call_args(&call_kinds[c->kind]) * sizeof(*args));
}

/* Most programs begin with what most calls need. */
static void usual_begin(struct program *p, struct rng *rng)
{
	unsigned int i;

	append(p, "open", LIST(0, 0, 0, 0, 0, 0));
	append(p, "vm_init", LIST(0, 0x4000000000, 0x4000000000, 0, 0, 0, 0, 0));
	append(p, "channel", LIST(0, 0, 1, 0, 0, 0, 0, 0));
	append(p, "object", LIST(0, 0, 0, 0, 0, 0, 0, 0));
	for (i = 0; i < 2; i++) {
		append(p, "bo", LIST(0, i, 0x10000 << rng_below(rng, 3),
				     PICK(rng, 2, 4, 0x24, 0x22), 8));
		append(p, "sync", LIST(0, i, 0, 0, 0, 0, 0, 0));
	}
}

void program_random(struct program *p, struct rng *rng)
{
	unsigned int count = 4 + rng_below(rng, 40);
	unsigned int threads = random_threads(rng);

	p->count = 0;
	if (rng_below(rng, 10))
		usual_begin(p, rng);
	while (count-- && p->count < MAX_CALLS)
		random_call(&p->calls[p->count++], rng, threads);
}

static void insert(struct program *p, unsigned int at, const struct call *c, unsigned int count)
{
	if (p->count + count > MAX_CALLS)
		return;
	memmove(&p->calls[at + count], &p->calls[at], (p->count - at) * sizeof(*c));
	memcpy(&p->calls[at], c, count * sizeof(*c));
	p->count += count;
}

void program_mutate(struct program *p, const struct program *other, struct rng *rng)
{
	unsigned int steps = 1 + rng_below(rng, 6);
	unsigned int threads = random_threads(rng);

	while (steps--) {
		unsigned int at = rng_below(rng, p->count + 1);
		struct call *c = &p->calls[at < p->count ? at : 0];
		struct call fresh;
		unsigned int n;

		switch (rng_below(rng, 6)) {
		case 0:
			random_call(&fresh, rng, threads);
			insert(p, at, &fresh, 1);
			break;
		case 1:
			if (p->count < 2)
				break;
			memmove(c, c + 1, (size_t)(&p->calls[p->count] - (c + 1)) * sizeof(*c));
			p->count--;
			break;
		case 2:
			fresh = *c;
			insert(p, at, &fresh, 1);
			break;
		case 3:
			if (!other->count)
				break;
			n = 1 + rng_below(rng, 8);
			if (n > other->count)
				n = other->count;
			insert(p, at, &other->calls[rng_below(rng, other->count - n + 1)], n);
			break;
		case 4:
			c->thread = (uint8_t)rng_below(rng, threads);
			break;
		default:
			n = call_args(&call_kinds[c->kind]);
			if (!n)
				break;
			n = rng_below(rng, n);
			c->args[n] = random_arg(call_kinds[c->kind].args[n], rng);
		}
	}
}

/* --- as text ------------------------------------------------------------- */

void program_print(const struct program *p, FILE *to)
{
	unsigned int i, n;

	for (i = 0; i < p->count; i++) {
		const struct call *c = &p->calls[i];

		fprintf(to, "%u %s", c->thread, call_kinds[c->kind].name);
		for (n = 0; n < call_args(&call_kinds[c->kind]); n++)
			fprintf(to, c->args[n] < 10 ? " %llu" : " 0x%llx",
				(unsigned long long)c->args[n]);
		fputc('\n', to);
	}
}

static bool line_read(struct call *c, char *line)
{
	char *save, *word, *end;
	unsigned int n;

	memset(c, 0, sizeof(*c));
	word = strtok_r(line, " \t\n", &save);
	c->thread = (uint8_t)strtoul(word, &end, 0);
	if (*end || c->thread >= MAX_THREADS)
		return false;
	word = strtok_r(NULL, " \t\n", &save);
	if (!word || kind_named(word) == call_kind_count)
		return false;
	c->kind = (uint8_t)kind_named(word);
	for (n = 0; n < call_args(&call_kinds[c->kind]); n++) {
		word = strtok_r(NULL, " \t\n", &save);
		if (!word)
			return false;
		errno = 0;
		c->args[n] = strtoull(word, &end, 0);
		if (errno || *end)
			return false;
	}
	return !strtok_r(NULL, " \t\n", &save);
}

bool program_read(struct program *p, const char *path)
{
	unsigned int number = 0;
	char line[256];
	FILE *f = fopen(path, "r");

	if (!f) {
		fprintf(stderr, "fuzz-ioctl: cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	p->count = 0;
	while (fgets(line, sizeof(line), f)) {
		number++;
		line[strcspn(line, "#")] = 0;
		if (!line[strspn(line, " \t\n")])
			continue;
		if (p->count == MAX_CALLS || !line_read(&p->calls[p->count], line)) {
			fprintf(stderr, "fuzz-ioctl: %s: line %u is no call; %s\n", path, number,
				p->count == MAX_CALLS ? "there are too many" :
				"see the names in calls.c");
			fclose(f);
			return false;
		}
		p->count++;
	}
	fclose(f);
	return true;
}
