// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The TLB remembers until it is told to forget.
 */
#include "card.h"

#define PD 0x100000
#define OTHER_PD 0x180000
#define SMALL 0x300000
#define OTHER_SMALL 0x380000
#define A 0x800000
#define B 0x900000

static const struct client client = { .name = "test" };
static struct vm vm, other;

static uint64_t pte(uint64_t addr)
{
	return addr >> 8 | 1;
}

static void make(void)
{
	card_new("gm107", 1);
	vm = (struct vm){ .pdb = PD, .limit = 0xffffffffff };
	other = (struct vm){ .pdb = OTHER_PD, .limit = 0xffffffffff };
	put64(PD, (uint64_t)SMALL << 24 | 1ull << 32);
	put64(OTHER_PD, (uint64_t)SMALL << 24 | 1ull << 32);
	put64(SMALL, pte(A));
	put32(A, 0xa);
	put32(B, 0xb);
}

static uint32_t look(const struct vm *space, uint64_t va)
{
	struct vm_fault fault;
	uint32_t value = 0;

	if (!vm_read(card, space, va, &value, 4, &client, &fault))
		return 0xfa017;
	return value;
}

static void stale_until_invalidated(void)
{
	make();
	check_eq(look(&vm, 0), 0xa);
	put64(SMALL, pte(B));
	check_eq(look(&vm, 0), 0xa);
	put64(SMALL, 0);
	check_eq(look(&vm, 0), 0xa);
	tlb_invalidate(card, false, OTHER_PD);
	check_eq(look(&vm, 0), 0xa);
	tlb_invalidate(card, false, PD);
	check_eq(look(&vm, 0), 0xfa017);
	check_eq(tlb_stale(card), 0);
}

static void absence_is_not_remembered(void)
{
	make();
	check_eq(look(&vm, 0x1000), 0xfa017);
	put64(SMALL + 8, pte(B));
	check_eq(look(&vm, 0x1000), 0xb);
	check_eq(tlb_stale(card), 0);
}

static void directory_is_remembered(void)
{
	make();
	check_eq(look(&vm, 0), 0xa);
	/* The directory names another table; a page not seen yet is in the old. */
	put64(OTHER_SMALL + 8, pte(B));
	put64(SMALL + 8, pte(A));
	put64(PD, (uint64_t)OTHER_SMALL << 24 | 1ull << 32);
	check_eq(look(&vm, 0x1000), 0xa);
	check_eq(look(&other, 0x1000), 0xa);
	tlb_invalidate(card, true, 0);
	check_eq(look(&vm, 0x1000), 0xb);
}

static void by_register(void)
{
	unsigned int polls = 0;

	make();
	check_eq(look(&vm, 0), 0xa);
	put64(SMALL, pte(B));
	wr(0x100cb8, PD >> 8);
	wr(0x100cbc, 0x80000001);
	while (!(rd(0x100c80) & 0x8000) && polls++ < 100)
		settle(1);
	check(rd(0x100c80) & 0x8000);
	check(rd(0x100c80) & 0x00ff0000);
	check_eq(look(&vm, 0), 0xb);
	/* One of an address alone is not modelled. */
	check_eq(gpu_failures(card), 0);
	wr(0x100cbc, 0x80000000);
	check_eq(gpu_failures(card), 1);
}

static void overdue_is_a_finding(void)
{
	make();
	check_eq(look(&vm, 0), 0xa);
	put64(SMALL, pte(B));
	check_eq(look(&vm, 0), 0xa);
	check_eq(tlb_stale(card), 1);
	/* Not at once: the driver may be about to. */
	settle(100);
	check_eq(gpu_failures(card), 0);
	settle(6000);
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "stale translation: test used 0x0 as vram 0x800000"));
}

static void in_time_is_none(void)
{
	make();
	check_eq(look(&vm, 0), 0xa);
	put64(SMALL, pte(B));
	check_eq(look(&vm, 0), 0xa);
	tlb_invalidate(card, false, PD);
	settle(60000);
	gpu_finish(card);
	check_eq(gpu_failures(card), 0);
}

/* A sparse entry of two words, between whose writes an engine looks. */
static void look_between_words(void)
{
	card_new("gp100", 1);
	vm = (struct vm){ .pdb = PD, .limit = BIT64(49) - 1, .big64 = true };
	put64(PD, (PD + 0x1000) >> 4 | 2);
	put64(PD + 0x1000, (PD + 0x2000) >> 4 | 2);
	put64(PD + 0x2000, (PD + 0x3000) >> 4 | 2);
	put64(PD + 0x3000, BIT(3));
	put64(PD + 0x3008, SMALL >> 4 | 2);
	check_eq(look(&vm, 0), 0);
	check_eq(gpu_failures(card), 0);
}

static void between_words(void)
{
	look_between_words();
	put64(PD + 0x3008, 0);
	tlb_invalidate(card, false, PD);
	settle(6000);
	gpu_finish(card);
	check_eq(gpu_failures(card), 0);
}

static void found_torn(void)
{
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "bad page table entry: a sparse directory entry with a table of small pages"));
}

static void words_that_do_not_fit(void)
{
	look_between_words();
	settle(100);
	check_eq(gpu_failures(card), 0);
	settle(6000);
	found_torn();
}

static void words_at_the_invalidate(void)
{
	look_between_words();
	tlb_invalidate(card, true, 0);
	check_eq(gpu_failures(card), 0);
	tlb_invalidate(card, false, PD);
	found_torn();
}

static void words_at_the_end(void)
{
	look_between_words();
	gpu_finish(card);
	found_torn();
}

static const struct test_case cases[] = {
	{ "stale-until-invalidated", stale_until_invalidated, card_free },
	{ "absence-is-not-remembered", absence_is_not_remembered, card_free },
	{ "directory-is-remembered", directory_is_remembered, card_free },
	{ "by-register", by_register, card_free },
	{ "overdue-is-a-finding", overdue_is_a_finding, card_free },
	{ "in-time-is-none", in_time_is_none, card_free },
	{ "between-words", between_words, card_free },
	{ "words-that-do-not-fit", words_that_do_not_fit, card_free },
	{ "words-at-the-invalidate", words_at_the_invalidate, card_free },
	{ "words-at-the-end", words_at_the_end, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
