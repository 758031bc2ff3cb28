// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Seeds, queues and the timer.
 */
#include "card.h"

static void same_seed_same_numbers(void)
{
	uint32_t first[64];
	unsigned int i, same = 0;

	card_new("gp100", 7);
	for (i = 0; i < COUNT(first); i++)
		first[i] = sched_random(card, STREAM_COPY, 1000000);
	card_free();
	card_new("gp100", 7);
	for (i = 0; i < COUNT(first); i++) {
		/* Decisions of another kind change nothing. */
		sched_random(card, STREAM_PBDMA, 10);
		check_eq(sched_random(card, STREAM_COPY, 1000000), first[i]);
	}
	card_free();
	card_new("gp100", 8);
	for (i = 0; i < COUNT(first); i++)
		same += sched_random(card, STREAM_COPY, 1000000) == first[i];
	check(same < 3);
}

static void in_bounds(void)
{
	unsigned int i, counts[10] = { 0 };

	card_new("gp100", 1);
	for (i = 0; i < 10000; i++) {
		uint32_t n = sched_random(card, STREAM_COPY, 10);

		check(n < 10);
		counts[n]++;
	}
	for (i = 0; i < 10; i++)
		check(counts[i] > 800 && counts[i] < 1200);
	check_eq(sched_random(card, STREAM_COPY, 0), 0);
}

static void delays_are_sometimes_long(void)
{
	unsigned int i, tenfold = 0, hundredfold = 0;

	card_new("gp100", 1);
	for (i = 0; i < 10000; i++) {
		uint64_t delay = sched_delay(card, STREAM_TLB, 1000);

		tenfold += delay > 2000 && delay <= 20000;
		hundredfold += delay > 20000;
		check(delay <= 200000);
	}
	check(tenfold > 300 && hundredfold > 10);
}

static char order[8];
static struct work a, b, c;

static void ran(struct gpu *gpu, struct work *work)
{
	(void)gpu;
	strcat(order, work == &a ? "a" : work == &b ? "b" : "c");
}

static void in_order(void)
{
	uint64_t now;

	card_new("gp100", 1);
	order[0] = 0;
	a.run = b.run = c.run = ran;
	now = sched_now(card);
	sched_at(card, &a, now + 3000000);
	sched_at(card, &b, now + 1000000);
	sched_at(card, &c, now + 2000000);
	sched_cancel(card, &c);
	sched_at(card, &c, now + 4000000);
	check_eq(gpu_deadline(card), card->start + now + 1000000);
	gpu_run(card);
	check_eq(order[0], 0);
	settle(10);
	check(!strcmp(order, "bac"));
	check_eq(gpu_deadline(card), 0);
}

static void timer_alarm(void)
{
	uint32_t lo;

	card_new("gm107", 1);
	wr(0x9140, 1);
	wr(0x640, 0xffffffff);
	wr(0x140, 1);
	lo = rd(0x9400);
	check(rd(0x9400) - lo < 1000000000);
	wr(0x9420, rd(0x9400) + 50000000);
	gpu_run(card);
	check_eq(rd(0x9100), 0);
	settle(100);
	check_eq(rd(0x9100), 1);
	check_eq(rd(0x100), BIT(20));
	wr(0x9100, 1);
	check_eq(rd(0x100), 0);
	/* The clock can be set. */
	wr(0x9410, 5);
	check_eq(rd(0x9410), 5);
}

static const struct test_case cases[] = {
	{ "same-seed-same-numbers", same_seed_same_numbers, card_free },
	{ "in-bounds", in_bounds, card_free },
	{ "delays-are-sometimes-long", delays_are_sometimes_long, card_free },
	{ "in-order", in_order, card_free },
	{ "timer-alarm", timer_alarm, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
