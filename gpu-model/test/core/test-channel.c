// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A channel from its runlist to its last interrupt: copies, fills, semaphores,
 * inline data, macros, faults. What a driver would prepare is written by hand;
 * then time passes.
 */
#include "card.h"
#include "fifo.h"

#define RUNLIST 0x080000
#define INST 0x090000
#define USERD 0x0a0000
#define PD 0x100000
#define PD2 0x110000
#define PD1 0x120000
#define PD0 0x130000
#define SMALL 0x140000
#define CONTEXT 0x150000
#define RING 0x160000		/* all from here on is mapped at VA + (it - RING) */
#define PUSH 0x161000
#define SRC 0x170000
#define DST 0x190000
#define SEM 0x1b0000
#define END 0x1c0000

#define VA 0x200000ull
#define VIRT(x) (VA + (x) - RING)
#define CHANNEL 3
#define ENTRIES_LOG2 4

static uint32_t push_at, gp_put;

static void map(uint64_t va, uint64_t addr)
{
	put64(SMALL + (va >> 12 & 511) * 8, addr >> 4 | 1);
}

static void tables(void)
{
	uint64_t at;

	put64(PD, PD2 >> 4 | 2);
	put64(PD2, PD1 >> 4 | 2);
	put64(PD1, PD0 >> 4 | 2);
	put64(PD0 + 16 + 8, SMALL >> 4 | 2);
	for (at = RING; at < END; at += 0x1000)
		map(VIRT(at), at);
}

/* GP100, with a channel on runlist @r; the tables are in VRAM too. */
static void make(unsigned int r, uint64_t seed)
{
	card_new("gp100", seed);
	tables();
	map(VA + 0x1ff000, CONTEXT);
	put64(INST + 0x200, PD | 0xc00);
	put64(INST + 0x208, 0xffffffffff);
	put64(INST + 0x210, (VA + 0x1ff000) | 4);
	put32(INST + 0x08, USERD);
	put32(INST + 0x10, 0xface);
	put64(INST + 0x48, VIRT(RING) | (uint64_t)ENTRIES_LOG2 << 48);
	put32(RUNLIST, CHANNEL);
	put32(RUNLIST + 4, INST >> 12);
	push_at = 0;
	gp_put = 0;

	wr(0x160, 0xffffffff);
	wr(0x2140, 0xffffffff);
	wr(0x4010c + r * 0x2000, 0xffffffff);
	wr(0x4014c + r * 0x2000, 0xffffffff);
	wr(0x800000 + CHANNEL * 8, 0x80000000 | INST >> 12);
	wr(0x800004 + CHANNEL * 8, 0x400);
	wr(0x2270, RUNLIST >> 12);
	wr(0x2274, r << 20 | 1);
	check(rd(0x2284 + r * 8) & BIT(20));
	settle(50);
	check(!(rd(0x2284 + r * 8) & BIT(20)));
	check_eq(rd(0x2a00), BIT(r));
	wr(0x2a00, BIT(r));
}

static void word(uint32_t value)
{
	put32(PUSH + push_at, value);
	push_at += 4;
}

static void method(unsigned int subc, uint32_t address, uint32_t value)
{
	word(1u << 29 | 1 << 16 | subc << 13 | address / 4);
	word(value);
}

static uint32_t submitted;

/* What was written since the last time becomes an entry of the ring. */
static void submit(void)
{
	uint64_t va = VIRT(PUSH + submitted);

	put32(RING + gp_put * 8, (uint32_t)va);
	put32(RING + gp_put * 8 + 4, (uint32_t)(va >> 32) | (push_at - submitted) / 4 << 10);
	submitted = push_at;
	gp_put = (gp_put + 1) & ((1 << ENTRIES_LOG2) - 1);
	put32(USERD + 0x8c, gp_put);
	fifo_doorbell(card, CHANNEL);
}

static void copy(uint64_t src, uint64_t dst, uint32_t bytes, uint32_t launch)
{
	method(4, 0x400, (uint32_t)(src >> 32));
	method(4, 0x404, (uint32_t)src);
	method(4, 0x408, (uint32_t)(dst >> 32));
	method(4, 0x40c, (uint32_t)dst);
	method(4, 0x418, bytes);
	method(4, 0x41c, 1);
	method(4, 0x300, launch);
}

static void release(uint64_t va, uint32_t value, uint32_t flags)
{
	method(0, 0x10, (uint32_t)(va >> 32));
	method(0, 0x14, (uint32_t)va);
	method(0, 0x18, value);
	method(0, 0x1c, 2 | flags);
}

static void fill_source(uint32_t bytes)
{
	uint32_t i;

	for (i = 0; i < bytes; i += 4)
		put32(SRC + i, i * 2654435761u + 1);
}

static void copies_then_semaphore(void)
{
	uint32_t i, wrong;
	uint64_t seed;

	for (seed = 1; seed <= 10; seed++) {
		card_free();
		submitted = 0;
		make(1, seed);
		fill_source(0x20000);
		copy(VIRT(SRC), VIRT(DST), 0x20000, 0x182);
		release(VIRT(SEM), 0x1234, 0);
		method(0, 0x20, 0);
		submit();
		/* When the semaphore is there, all of the copy is. */
		for (i = 0; get32(SEM) != 0x1234 && i < 100000; i++) {
			check(card->queue);
			card->start -= card->queue->due;
			gpu_run(card);
		}
		check_eq(get32(SEM), 0x1234);
		for (wrong = 0, i = 0; i < 0x20000; i += 4)
			wrong += get32(DST + i) != get32(SRC + i);
		check_eq(wrong, 0);
		settle(50);
		check_eq(rd(0x2100), BIT(31));
		check_eq(rd(0x100), BIT(8));
		check_eq(get32(USERD + 0x88), 1);
		check_eq(gpu_failures(card), 0);
	}
}

static void semaphore_without_waiting(void)
{
	uint64_t seed, early = 0;

	/* Told not to wait, it comes before the copy's end, now and then at least. */
	for (seed = 1; seed <= 10; seed++) {
		card_free();
		submitted = 0;
		make(1, seed);
		fill_source(0x20000);
		copy(VIRT(SRC), VIRT(DST), 0x20000, 0x182);
		release(VIRT(SEM), 0x1234, BIT(20));
		submit();
		while (get32(SEM) != 0x1234) {
			check(card->queue);
			card->start -= card->queue->due;
			gpu_run(card);
		}
		early += get32(DST + 0x1fffc) != get32(SRC + 0x1fffc);
	}
	check(early > 0);
}

static void fill(void)
{
	uint32_t i;

	submitted = 0;
	make(1, 1);
	method(4, 0x700, 0xcafe0123);
	method(4, 0x708, 4 | 3 << 16);
	copy(0, VIRT(DST) + 8, 100, 0x582);
	submit();
	settle(50);
	check_eq(get32(DST + 4), 0);
	for (i = 0; i < 100; i++)
		check_eq(get32(DST + 8 + i * 4), 0xcafe0123);
	check_eq(get32(DST + 8 + 400), 0);
}

static void block_linear(void)
{
	const struct tile tile = { .width = 128, .height = 16, .depth = 1, .block_height = 1 };
	uint32_t x, y;

	submitted = 0;
	make(1, 1);
	fill_source(128 * 16);
	method(4, 0x410, 128);
	method(4, 0x70c, 0x1010);
	method(4, 0x710, 128);
	method(4, 0x714, 16);
	method(4, 0x718, 1);
	method(4, 0x71c, 0);
	method(4, 0x720, 0);
	method(4, 0x400, 0);
	method(4, 0x404, (uint32_t)VIRT(SRC));
	method(4, 0x408, 0);
	method(4, 0x40c, (uint32_t)VIRT(DST));
	method(4, 0x418, 128);
	method(4, 0x41c, 16);
	method(4, 0x300, 0x282);
	submit();
	settle(50);
	check_eq(gpu_failures(card), 0);
	for (y = 0; y < 16; y++)
		for (x = 0; x < 128; x += 4)
			check_eq(get32(DST + tile_offset(&tile, x, y, 0)), get32(SRC + y * 128 + x));
}

static void acquire_waits(void)
{
	submitted = 0;
	make(1, 1);
	method(0, 0x10, 0);
	method(0, 0x14, (uint32_t)VIRT(SEM));
	method(0, 0x18, 5);
	method(0, 0x1c, 4);
	release(VIRT(SEM) + 16, 1, 0);
	submit();
	settle(20);
	check_eq(get32(SEM + 16), 0);
	put32(SEM, 6);
	settle(20);
	check_eq(get32(SEM + 16), 1);
}

/* A channel of @chip that takes methods of Host, without a ring. */
static struct channel *bare(const char *chip)
{
	struct channel *ch;

	card_new(chip, 1);
	tables();
	ch = &card->fifo->channel[CHANNEL];
	ch->vm = (struct vm){ .pdb = PD, .limit = BIT64(49) - 1, .big64 = true };
	check(engine_init(card, ch));
	return ch;
}

static enum pbdma_result sem(struct channel *ch, uint32_t value, uint32_t execute)
{
	check_eq(host_method(card, ch, 0x5c, (uint32_t)VIRT(SEM)), PBDMA_MORE);
	check_eq(host_method(card, ch, 0x60, 0), PBDMA_MORE);
	check_eq(host_method(card, ch, 0x64, value), PBDMA_MORE);
	check_eq(host_method(card, ch, 0x68, 0x99999999), PBDMA_MORE);
	return host_method(card, ch, 0x6c, execute);
}

static void done_with(struct channel *ch)
{
	engine_free(card, ch);
	check_eq(gpu_failures(card), 0);
}

static void sem_writes(void)
{
	struct channel *ch = bare("tu102");

	put32(SEM + 4, 0x77777777);
	put32(SEM + 8, 0);
	check_eq(sem(ch, 0x1234, 1 | BIT(20)), PBDMA_MORE);
	check_eq(get32(SEM), 0x1234);
	check_eq(get32(SEM + 4), 0x77777777);
	check_eq(sem(ch, 0x2345, 1 | BIT(25)), PBDMA_MORE);
	check_eq(get32(SEM), 0x2345);
	check_eq(get32(SEM + 4), 0);
	check(get32(SEM + 8));
	check_eq(sem(ch, 5, 6 | 5 << 27), PBDMA_MORE);
	check_eq(get32(SEM), 0x234a);
	check_eq(sem(ch, 0xffffffff, 6), PBDMA_MORE);
	check_eq(get32(SEM), 0xffffffff);
	check_eq(sem(ch, 5, 6 | BIT(31)), PBDMA_MORE);
	check_eq(get32(SEM), 5);
	done_with(ch);
}

static void sem_waits(void)
{
	static const struct {
		uint32_t op, value, no, yes;
	} waits[] = {
		{ 0, 5, 6, 5 },
		{ 2, 5, 4, 0xfffffff0 },	/* as numbers, */
		{ 3, 5, 0xfffffff0, 6 },	/* ... and around */
		{ 4, 6, 9, 4 },
		{ 5, 6, 4, 9 },
	};
	struct channel *ch = bare("ga102");
	unsigned int i;

	for (i = 0; i < COUNT(waits); i++) {
		put32(SEM, waits[i].no);
		check_eq(sem(ch, waits[i].value, waits[i].op | BIT(12)), PBDMA_MORE);
		check(ch->acquiring);
		check_eq(host_acquire(card, ch), PBDMA_WAIT);
		put32(SEM, waits[i].yes);
		check_eq(host_acquire(card, ch), PBDMA_MORE);
		check(!ch->acquiring);
	}
	done_with(ch);
}

static void sem_wrong(void)
{
	struct channel *ch = bare("tu102");

	put32(SEM, 0x1111);
	check_eq(sem(ch, 1, 7), PBDMA_STOPPED);
	ch->faulted = false;
	check_eq(sem(ch, 1, 6 | 8 << 27), PBDMA_STOPPED);
	check_eq(get32(SEM), 0x1111);
	check_eq(gpu_failures(card), 0);
	check_eq(sem(ch, 1, 1 | BIT(24)), PBDMA_MORE);
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "launch that is not modelled: channel 3: a semaphore of 64 bits"));
	engine_free(card, ch);
}

/* Pascal has none of these methods. */
static void sem_is_new(void)
{
	struct channel *ch = bare("gp100");

	check_eq(host_method(card, ch, 0x5c, 0), PBDMA_STOPPED);
	ch->faulted = false;
	check_eq(host_method(card, ch, 0x6c, 1), PBDMA_STOPPED);
	done_with(ch);
}

static void fault_stops_the_runlist(void)
{
	submitted = 0;
	make(1, 1);
	copy(VA + 0x100000, VIRT(DST), 0x1000, 0x182);
	release(VIRT(SEM), 1, 0);
	submit();
	settle(50);
	check_eq(get32(SEM), 0);
	check_eq(rd(0x2100), BIT(28));
	check_eq(rd(0x259c), BIT(0x15));
	check_eq(rd(0x2800 + 0x15 * 16), INST >> 12);
	check_eq(rd(0x2804 + 0x15 * 16), VA + 0x100000);
	check_eq(rd(0x280c + 0x15 * 16), FAULT_PTE | 1 << 8 | BIT(20));
	check_eq(rd(0x262c), BIT(1));
	/* The engine says who is on it. */
	check_eq(rd(0x2640 + 2 * 8), BIT(31) | BIT(30) | BIT(13) | CHANNEL);
	wr(0x259c, BIT(0x15));
	check_eq(rd(0x2100), 0);
	check_eq(gpu_failures(card), 0);
}

static void preempt_and_unbind(void)
{
	submitted = 0;
	make(1, 1);
	copy(VIRT(SRC), VIRT(DST), 0x20000, 0x182);
	submit();
	card->start -= 1000000;
	gpu_run(card);
	wr(0x800004 + CHANNEL * 8, 0x800);
	wr(0x2634, CHANNEL);
	check(rd(0x2634) & BIT(20));
	settle(100);
	check(!(rd(0x2634) & BIT(20)));
	check_eq(rd(0x2640 + 2 * 8), 0);
	wr(0x2274, 1 << 20);
	settle(50);
	wr(0x800000 + CHANNEL * 8, 0);
	check_eq(gpu_failures(card), 0);
	/* After that it does not exist. */
	fifo_doorbell(card, CHANNEL);
	check_eq(gpu_failures(card), 1);
}

static void wrong_commands(void)
{
	submitted = 0;
	make(1, 1);
	word(6u << 29);
	submit();
	settle(50);
	check_eq(rd(0x2100), BIT(29));
	check_eq(rd(0x25a0), BIT(1));
	check_eq(rd(0x42108), BIT(18));
	check_eq(rd(0x42120), CHANNEL);
	wr(0x42108, BIT(18));
	wr(0x25a0, BIT(1));
	check_eq(rd(0x2100), 0);
	check_eq(gpu_failures(card), 0);
}

static void inline_data(void)
{
	submitted = 0;
	make(0, 1);
	method(0, 0, 0xc097);
	method(0, 0x180, 6);
	method(0, 0x184, 2);
	method(0, 0x188, 0);
	method(0, 0x18c, (uint32_t)VIRT(DST));
	method(0, 0x190, 16);
	method(0, 0x1b0, 1);
	word(3u << 29 | 3 << 16 | 0x1b4 / 4);
	word(0x03020100);
	word(0x07060504);
	word(0x0b0a0908);
	submit();
	settle(50);
	check_eq(gpu_failures(card), 0);
	check_eq(get32(DST), 0x03020100);
	check_eq(get32(DST + 4), 0x0504);
	check_eq(get32(DST + 16), 0x09080706);
	check_eq(get32(DST + 20), 0x0b0a);
}

static void macro(void)
{
	/*
	 * Sends method 0x1b00 / 4 three words on: the first parameter, the second,
	 * and their sum; then loops until r3 is 0 and sends what was left of r1.
	 */
	static const uint32_t code[] = {
		1u | 0u << 4 | 2u << 8,				/* r2 = a parameter */
		1u | 2u << 4 | 0u << 8 | (0x16c0u << 14),	/* method 0x1b00, step 4 */
		1u | 4u << 4 | 0u << 8 | 1u << 11,		/* send r1 */
		1u | 4u << 4 | 0u << 8 | 2u << 11,		/* send r2 */
		0u | 4u << 4 | 1u << 8 | 1u << 11 | 2u << 14,	/* r1 = r1 + r2, send */
		1u | 1u << 4 | 3u << 8 | (3u << 14),		/* r3 = 3 */
		1u | 1u << 4 | 3u << 8 | 3u << 11 | (0x3ffffu << 14),	/* r3 = r3 - 1 */
		7u | 1u << 4 | 3u << 11 | ((uint32_t)-1 << 14) | 1u << 5, /* while r3 */
		1u | 2u << 4 | 1u << 7 | (0x3400u / 4 << 14),	/* method 0x3400; end */
		1u | 4u << 4 | 3u << 11 | (7u << 14),		/* send r3 + 7 */
	};
	const uint32_t *reg;
	unsigned int i;

	submitted = 0;
	make(0, 1);
	method(0, 0, 0xc097);
	method(0, 0x114, 0x10);
	word(3u << 29 | COUNT(code) << 16 | 0x118 / 4);
	for (i = 0; i < COUNT(code); i++)
		word(code[i]);
	method(0, 0x11c, 5);
	method(0, 0x120, 0x10);
	word(5u << 29 | 2 << 16 | (0x3800 + 5 * 8) / 4);
	word(100);
	word(23);
	submit();
	settle(50);
	fflush(said_file);
	check_eq(gpu_failures(card), 0);
	reg = card->fifo->channel[CHANNEL].ctx->gr[GR_3D].reg;
	check_eq(reg[0x1b00 / 4], 100);
	check_eq(reg[0x1b04 / 4], 23);
	check_eq(reg[0x1b08 / 4], 123);
	check_eq(reg[0x3400 / 4], 7);
}

static void draws_are_findings(void)
{
	submitted = 0;
	make(0, 1);
	method(0, 0, 0xc097);
	method(0, 0x1618, 4);
	submit();
	settle(50);
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "launch that is not modelled: channel 3: 3D method 0x1618"));
}

static const struct test_case cases[] = {
	{ "copies-then-semaphore", copies_then_semaphore, card_free },
	{ "semaphore-without-waiting", semaphore_without_waiting, card_free },
	{ "fill", fill, card_free },
	{ "block-linear", block_linear, card_free },
	{ "acquire-waits", acquire_waits, card_free },
	{ "sem-writes", sem_writes, card_free },
	{ "sem-waits", sem_waits, card_free },
	{ "sem-wrong", sem_wrong, card_free },
	{ "sem-is-new", sem_is_new, card_free },
	{ "fault-stops-the-runlist", fault_stops_the_runlist, card_free },
	{ "preempt-and-unbind", preempt_and_unbind, card_free },
	{ "wrong-commands", wrong_commands, card_free },
	{ "inline-data", inline_data, card_free },
	{ "macro", macro, card_free },
	{ "draws-are-findings", draws_are_findings, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
