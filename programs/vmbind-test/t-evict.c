// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * More VRAM than there is: buffers move to main memory and back, and the GPU
 * must see none of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define BO_SIZE (8 * MIB)

static uint64_t memory_available(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "MemAvailable: %llu", &kib) == 1)
			break;
	}
	if (f)
		fclose(f);
	return kib * KIB;
}

/*
 * Page tables lie in VRAM too, and for them nothing is turned out: where VRAM
 * is full, a bind that needs a new one fails with ENOMEM. So all places have
 * something mapped from before the pressure on, a buffer in main memory.
 */
static void reserve(const struct bo *filler, uint64_t va, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		map(va + i * BO_SIZE, filler, 0, BO_SIZE);
}

static uint64_t reported(int fd)
{
	uint64_t size = device_param(fd, NV_PARAM_FB_SIZE);
	uint64_t used = device_param(fd, NV_PARAM_VRAM_USED);

	return size > used ? size - used : 0;
}

/* Makes a buffer in VRAM, and maps it as number @i. */
static int try_place(int fd, unsigned int i)
{
	struct bo bo;
	int ret = try_bo_new(fd, BO_SIZE, NV_VRAM, &bo);

	return ret ? ret : try_map(VA + i * BO_SIZE, &bo, 0, BO_SIZE);
}

/*
 * How many buffers are in VRAM at once, up to @most. Nothing tells a program: with the GSP
 * drivers report as free what the firmware keeps.
 */
static unsigned int fitting(unsigned int most)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct bo filler = bo_new(fd, BO_SIZE, NV_GART);
	unsigned int i;
	int ret = 0;

	reserve(&filler, VA, most);
	for (i = 0; i < most; i++) {
		ret = try_place(fd, i);
		if (!ret) {
			push_nop(&ch);
			ret = try_finish(&ch);
		}
		if (ret)
			break;
	}
	if (ret && ret != -ENOMEM && ret != -ENOSPC)
		fail("work with %u buffers of 8 MiB in VRAM: %s", i + 1, errname(ret));
	close(fd);
	return i;
}

/* How many buffers are as much as the VRAM that is free and @percent of it. */
static unsigned int buffers_for(int fd, unsigned int percent)
{
	uint64_t free = reported(fd);
	uint64_t usable = fitting((unsigned int)(free / BO_SIZE) + 1) * BO_SIZE;
	uint64_t total;

	if (free > usable + 4 * BO_SIZE)
		note("of %llu MiB that are reported as free, %llu MiB are",
		     (unsigned long long)(free / MIB), (unsigned long long)(usable / MIB));
	if (free > usable)
		free = usable;
	total = free / 100 * percent;
	if (free < 64 * MIB)
		skip("only %llu MiB of VRAM are free", (unsigned long long)(free / MIB));
	if (percent > 100 && memory_available() < total - free + 256 * MIB)
		skip("main memory has no room for what VRAM will not hold");
	return (unsigned int)(total / BO_SIZE) + 1;
}

/* What is reported as free is, but for page tables and what else the driver needs. */
static void as_reported(void)
{
	uint64_t free = reported(device_open());
	uint64_t usable = fitting((unsigned int)(free / BO_SIZE)) * BO_SIZE;

	checked();
	if (usable + 4 * BO_SIZE + free / 100 < free)
		known("%llu MiB of VRAM are reported as free, %llu MiB can be used",
		      (unsigned long long)(free / MIB), (unsigned long long)(usable / MIB));
}

/*
 * One client: of all its buffers a few are mapped at a time. Each is written
 * once, to be found unchanged after all others were.
 */
static void in_turn(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, MIB);
	unsigned int count = buffers_for(fd, 140);
	struct bo *bo = calloc(count, sizeof(*bo));
	struct bo filler = bo_new(fd, BO_SIZE, NV_GART);
	unsigned int i, part;

	note("%u buffers of 8 MiB, VRAM of %llu MiB", count,
	     (unsigned long long)(dev.vram / MIB));
	reserve(&filler, VA, 1);
	for (i = 0; i < count; i++) {
		bo[i] = bo_new(fd, BO_SIZE, NV_VRAM);
		map(VA, &bo[i], 0, BO_SIZE);
		push_fill(&ch, VA, BO_SIZE, i * 0x01010101u);
		finish(&ch);
		/* Page by page something of its own. */
		for (part = 0; part < 4; part++)
			gpu_write(&ch, &st, VA + part * 2 * MIB, i & 0x7f, part * 1024, 4 * PAGE);
		reserve(&filler, VA, 1);
	}
	for (i = 0; i < count; i++) {
		map(VA, &bo[i], 0, BO_SIZE);
		for (part = 0; part < 4; part++) {
			gpu_check(&ch, &st, VA + part * 2 * MIB, i & 0x7f, part * 1024, 4 * PAGE,
				  "a buffer that was away");
			gpu_check_constant(&ch, &st, VA + part * 2 * MIB + 4 * PAGE,
					   i * 0x01010101u, 16 * PAGE, "its rest");
		}
		reserve(&filler, VA, 1);
	}
}

struct tenant {
	int fd;
	struct channel ch;
	struct stage st;
	struct bo *bo;
	unsigned int count;
	struct bo filler;
};

static struct tenant tenant_new(unsigned int count, uint32_t flags)
{
	struct tenant t = { .fd = client_open(), .count = count };
	unsigned int i;

	t.ch = channel_new(t.fd, 0);
	t.st = stage_new(t.fd, MIB);
	t.bo = calloc(count, sizeof(*t.bo));
	t.filler = bo_new(t.fd, BO_SIZE, NV_GART);
	reserve(&t.filler, VA, count);
	reserve(&t.filler, VA + 512 * GIB, 1);
	for (i = 0; i < count; i++) {
		t.bo[i] = bo_new(t.fd, BO_SIZE, NV_VRAM | flags);
		map(VA + i * BO_SIZE, &t.bo[i], 0, BO_SIZE);
	}
	return t;
}

static void tenant_write(struct tenant *t, uint32_t value)
{
	unsigned int i;

	/* No EXEC may take 10 s, however slow the GPU is. */
	for (i = 0; i < t->count; i++) {
		push_fill(&t->ch, VA + i * BO_SIZE, BO_SIZE, value + i);
		if (i % 4 == 3)
			finish(&t->ch);
	}
	finish(&t->ch);
}

static void tenant_check(struct tenant *t, uint32_t value)
{
	unsigned int i;

	memset(t->st.bo.map, 0x55, t->st.bo.size);
	for (i = 0; i < t->count && i < 120; i++) {
		push_copy(&t->ch, t->st.va + i * 2 * PAGE, VA + i * BO_SIZE, PAGE);
		push_copy(&t->ch, t->st.va + i * 2 * PAGE + PAGE,
			  VA + (i + 1) * BO_SIZE - PAGE, PAGE);
	}
	finish(&t->ch);
	for (i = 0; i < t->count && i < 120; i++)
		constant_check(t->st.bo.map + i * 2048, value + i, 2048,
			       "a buffer that had to leave while it was mapped");
}

/* Two clients with more than half of the VRAM each: each turns the other out. */
static void two_clients(uint32_t flags)
{
	int fd = device_open();
	unsigned int count = buffers_for(fd, 70);
	struct tenant a, b;
	unsigned int turn;

	if (memory_available() < count * BO_SIZE + 256 * MIB)
		skip("main memory has no room for what VRAM will not hold");
	a = tenant_new(count, flags);
	tenant_write(&a, 0x1000);
	b = tenant_new(count, flags);
	for (turn = 0; turn < 2; turn++) {
		tenant_write(&b, 0x2000 + turn * 0x100);
		tenant_check(&a, 0x1000 + turn * 0x100);
		tenant_write(&a, 0x1100 + turn * 0x100);
		tenant_check(&b, 0x2000 + turn * 0x100);
	}
}

static void clients_shared(void)
{
	two_clients(0);
}

static void clients_private(void)
{
	two_clients(NV_NO_SHARE);
}

/* What was turned out is unmapped, remapped and split while it is away. */
static void bind_while_away(void)
{
	unsigned int count = buffers_for(device_open(), 70);
	struct tenant a, b;
	struct bo bo;

	if (memory_available() < count * BO_SIZE + 256 * MIB)
		skip("main memory has no room for what VRAM will not hold");
	a = tenant_new(count, 0);
	tenant_write(&a, 0x1000);
	/* One is in two pieces already. */
	gpu_write(&a.ch, &a.st, VA + 3 * BO_SIZE + 4 * MIB, 5, 0, 64 * KIB);
	unmap(a.fd, VA + 3 * BO_SIZE + MIB, 64 * KIB);
	b = tenant_new(count, 0);
	tenant_write(&b, 0x2000);
	/* All of a's buffers are away, or many; its mappings change. */
	bo = bo_new(a.fd, 64 * KIB, NV_GART);
	map(VA + 4 * MIB, &bo, 0, 64 * KIB);
	unmap(a.fd, VA + BO_SIZE, 64 * KIB);
	map(VA + BO_SIZE, &a.bo[1], 0, 64 * KIB);
	map(VA + 512 * GIB, &a.bo[2], MIB, MIB);
	unmap(a.fd, VA + 2 * BO_SIZE + MIB, MIB);
	tenant_check(&a, 0x1000);
	gpu_check_constant(&a.ch, &a.st, VA + 512 * GIB, 0x1002, MIB,
			   "a second mapping, made while the buffer was away");
	gpu_check_constant(&a.ch, &a.st, VA + BO_SIZE, 0x1001, 128 * KIB,
			   "a buffer mapped again while it was away");
	gpu_check(&a.ch, &a.st, VA + 3 * BO_SIZE + 4 * MIB, 5, 0, 64 * KIB,
		  "the upper piece of a buffer that was split before it had to leave");
	gpu_write(&a.ch, &a.st, VA + 4 * MIB, 7, 0, 64 * KIB);
	gpu_check_constant(&a.ch, &a.st, VA + 4 * MIB + 64 * KIB, 0x1000, MIB,
			   "behind what was mapped over it while it was away");
	tenant_check(&b, 0x2000);
}

/*
 * The begin of each buffer is unmapped while most are away; its end stays, and
 * with it the page tables. Nothing must be left in these of where a buffer was.
 */
static void unmap_while_away(void)
{
	unsigned int count = buffers_for(device_open(), 70);
	unsigned int i, at;
	struct tenant a, b;

	if (memory_available() < count * BO_SIZE + 256 * MIB)
		skip("main memory has no room for what VRAM will not hold");
	a = tenant_new(count, 0);
	tenant_write(&a, 0x1000);
	b = tenant_new(count, 0);
	tenant_write(&b, 0x2000);
	for (i = 0; i < count; i++)
		unmap(a.fd, VA + i * BO_SIZE, 64 * KIB);
	pattern_write(a.st.bo.map, 4, 0, 1024);
	for (i = 0; i < 6; i++) {
		struct channel ch = channel_new(a.fd, i + 1);

		at = i * (count - 1) / 5;
		push_copy(&ch, VA + at * BO_SIZE, a.st.va, PAGE);
		fail_if(!try_finish(&ch),
			"a write to where buffer %u of %u was mapped before it had to leave went well",
			at, count);
	}
	tenant_check(&b, 0x2000);
}

/* More than fits, mapped at once: refused by EXEC, and nothing breaks. */
static void too_much(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 64 * KIB);
	unsigned int count = buffers_for(fd, 120);
	struct bo filler = bo_new(fd, BO_SIZE, NV_GART);
	unsigned int i;
	int ret = 0;

	reserve(&filler, VA, count);

	for (i = 0; i < count; i++) {
		ret = try_place(fd, i);
		if (ret)
			break;
	}
	note("%u of %u buffers of 8 MiB were mapped%s%s", i, count, ret ? ": " : "",
	     ret ? errname(ret) : "");
	if (!ret) {
		push_nop(&ch);
		ret = try_submit(&ch, NULL, 0, NULL, 0);
	}
	fail_if(ret != -ENOMEM && ret != -ENOSPC,
		"more VRAM than there is, all of it mapped: %s", errname(ret));
	ch.begin = 0;
	ch.cur = 0;
	unmap(fd, VA, count / 2 * BO_SIZE);
	gpu_write(&ch, &st, VA + (count / 2 + 1) * BO_SIZE, 1, 0, 64 * KIB);
	gpu_check(&ch, &st, VA + (count / 2 + 1) * BO_SIZE, 1, 0, 64 * KIB,
		  "a buffer after half of them were unmapped");
}

/* Buffers that may be in either memory fit together, mapped all at once. */
static void either(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, MIB);
	unsigned int count = buffers_for(fd, 125);
	struct bo filler = bo_new(fd, BO_SIZE, NV_GART);
	unsigned int i;

	reserve(&filler, VA, count);
	for (i = 0; i < count; i++) {
		struct bo bo = bo_new(fd, BO_SIZE, NV_VRAM | NV_GART);

		map(VA + i * BO_SIZE, &bo, 0, BO_SIZE);
		bo_close(&bo);
	}
	for (i = 0; i < count; i++) {
		push_fill(&ch, VA + i * BO_SIZE, BO_SIZE, i + 1);
		if (i % 4 == 3)
			finish(&ch);
	}
	finish(&ch);
	for (i = 0; i < count; i++)
		gpu_check_constant(&ch, &st, VA + (i + 1) * BO_SIZE - 16 * PAGE, i + 1,
				   16 * PAGE, "a buffer that may be in either memory");
}

const struct test tests_evict[] = {
	{ "evict/as-reported", "fills the VRAM that is reported as free", as_reported,
	  TEST_REPLACES, 300 },
	{ "evict/in-turn", "writes and reads more VRAM than there is, in turn", in_turn,
	  TEST_REPLACES, 300 },
	{ "evict/two-clients", "two clients with 70% of the VRAM each", clients_shared,
	  TEST_REPLACES, 300 },
	{ "evict/two-clients-private", "the same with private buffers", clients_private,
	  TEST_REPLACES, 300 },
	{ "evict/bind-while-away", "binds of buffers that had to leave VRAM", bind_while_away,
	  TEST_CUTS, 300 },
	{ "evict/unmap-while-away",
	  "unmaps buffers that had to leave VRAM, and writes there: channels die",
	  unmap_while_away, TEST_CUTS, 300 },
	{ "evict/too-much", "maps more VRAM than there is at once", too_much,
	  TEST_REPLACES, 300 },
	{ "evict/either", "maps more memory than VRAM that may be anywhere", either,
	  TEST_REPLACES, 300 },
	{ 0 }
};
