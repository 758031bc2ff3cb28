// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Page-table walks of all formats, on tables written by hand.
 */
#include "card.h"

#define PD 0x100000
#define BIG 0x200000
#define SMALL 0x300000
#define PAGE_AT 0x800000
#define OTHER_AT 0xa00000

static struct vm vm;
static struct walk walk;

/* --- two levels ----------------------------------------------------------- */

static uint64_t pde_gf100(uint64_t big, uint64_t small)
{
	return (big ? big >> 8 | 1 : 0) | (small ? small << 24 | 1ull << 32 : 0);
}

static uint64_t pte_gf100(uint64_t addr, uint8_t kind)
{
	return addr >> 8 | 1 | (uint64_t)kind << 36;
}

static void two_levels(const char *chip)
{
	card_new(chip, 1);
	vm = (struct vm){ .pdb = PD, .limit = 0xffffffffff };
	put64(PD, pde_gf100(BIG, SMALL));
}

static void small_page(void)
{
	two_levels("gm107");
	put64(SMALL + 5 * 8, pte_gf100(PAGE_AT, 0));
	mmu_walk(card, &vm, 0x5123, &walk);
	check(!walk.bad);
	check_eq(walk.state, PAGE_VALID);
	check_eq(walk.shift, 12);
	check_eq(walk.addr, PAGE_AT);
	check_eq(walk.aper, APER_VRAM);
	check_eq(walk.kind, 0);
	mmu_walk(card, &vm, 0x4123, &walk);
	check_eq(walk.state, PAGE_INVALID);
	check_eq(walk.reason, FAULT_PTE);
	mmu_walk(card, &vm, 1ull << 27, &walk);
	check_eq(walk.reason, FAULT_PDE);
	mmu_walk(card, &vm, 1ull << 40, &walk);
	check_eq(walk.reason, FAULT_VA_LIMIT);
}

static void big_page(void)
{
	two_levels("gm107");
	put64(BIG + 8, pte_gf100(PAGE_AT, 0xfe) | BIT(2) | BIT(1));
	mmu_walk(card, &vm, 0x20000 + 0x1f000, &walk);
	check(!walk.bad);
	check_eq(walk.state, PAGE_VALID);
	check_eq(walk.shift, 17);
	check_eq(walk.addr, PAGE_AT);
	check_eq(walk.kind, 0xfe);
	check(walk.ro && walk.priv);
	/* Pages of 64 KiB have directory entries of half the range. */
	vm.big64 = true;
	put64(PD + 8, pde_gf100(BIG, 0));
	mmu_walk(card, &vm, (1ull << 26) + 0x10000, &walk);
	check_eq(walk.shift, 16);
}

static void both_pages(void)
{
	two_levels("gm107");
	put64(BIG, pte_gf100(PAGE_AT, 0));
	put64(SMALL + 8, pte_gf100(PAGE_AT, 0));
	mmu_walk(card, &vm, 0x1000, &walk);
	check_eq(walk.state, PAGE_INVALID);
	check_eq(walk.reason, FAULT_BOTH_PTES);
	check(walk.bad);
	mmu_walk(card, &vm, 0x2000, &walk);
	check_eq(walk.state, PAGE_VALID);
}

static void big_invalid_hides_small(void)
{
	two_levels("gm107");
	put64(SMALL, pte_gf100(PAGE_AT, 0));
	put64(BIG, BIT(1));
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.state, PAGE_INVALID);
	check(!walk.bad);
	put64(BIG, 0);
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.state, PAGE_VALID);
}

static void sparse_gm200(void)
{
	two_levels("gm206");
	put64(SMALL, 1ull << 32);
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.state, PAGE_SPARSE);
	check_eq(walk.shift, 12);
	/* A sparse big entry hides the small ones. */
	put64(BIG, 1ull << 32);
	put64(SMALL, pte_gf100(PAGE_AT, 0));
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.state, PAGE_SPARSE);
	check_eq(walk.shift, 17);
	put64(PD + 8, 1ull << 35);
	mmu_walk(card, &vm, 1ull << 27, &walk);
	check_eq(walk.state, PAGE_SPARSE);
	check_eq(walk.shift, 27);
	check(!walk.bad);
	/* The first Maxwell knows no such thing. */
	card_free();
	two_levels("gm107");
	put64(SMALL, 1ull << 32);
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.state, PAGE_INVALID);
	check(walk.bad);
}

static void bad_entries_gf100(void)
{
	two_levels("gm107");
	put64(SMALL, pte_gf100(PAGE_AT, 0) | 8);
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad);
	put64(SMALL, pte_gf100(PAGE_AT, 0x06));
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad && strstr(walk.bad, "kind"));
	put64(SMALL, pte_gf100(64 * MiB, 0));
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad && strstr(walk.bad, "no memory"));
	put64(SMALL, 0x1230);
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad);
	put64(SMALL, 0);
	put64(BIG, pte_gf100(PAGE_AT + 0x1000, 0));
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad && strstr(walk.bad, "aligned"));
	put64(BIG, 0);
	put64(PD, pde_gf100(0, 64 * MiB));
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad && strstr(walk.bad, "no memory"));
	put64(PD, pde_gf100(BIG, SMALL) | 4);
	mmu_walk(card, &vm, 0, &walk);
	check(walk.bad);
}

/* --- five levels ------------------------------------------------------------ */

#define PD2 0x110000
#define PD1 0x120000
#define PD0 0x130000

static uint64_t pde_gp100(uint64_t table)
{
	return table >> 4 | 1 << 1;
}

static uint64_t pte_gp100(uint64_t addr, uint8_t kind)
{
	return addr >> 4 | 1 | (uint64_t)kind << 56;
}

/* An address with another index at each level. */
#define VA ((1ull << 47) | (3ull << 38) | (5ull << 29) | (7ull << 21))

static void five_levels(void)
{
	card_new("gp100", 1);
	vm = (struct vm){ .pdb = PD, .limit = (1ull << 49) - 1, .big64 = true };
	put64(PD + 8, pde_gp100(PD2));
	put64(PD2 + 3 * 8, pde_gp100(PD1));
	put64(PD1 + 5 * 8, pde_gp100(PD0));
	put64(PD0 + 7 * 16, pde_gp100(BIG));
	put64(PD0 + 7 * 16 + 8, pde_gp100(SMALL));
}

static void pages_gp100(void)
{
	five_levels();
	put64(SMALL + 0x1ff * 8, pte_gp100(PAGE_AT, 0));
	mmu_walk(card, &vm, VA + 0x1ff000, &walk);
	check(!walk.bad);
	check_eq(walk.state, PAGE_VALID);
	check_eq(walk.shift, 12);
	check_eq(walk.addr, PAGE_AT);
	check_eq(walk.steps, 6);
	put64(BIG + 2 * 8, pte_gp100(PAGE_AT, 0xfe) | BIT(6));
	mmu_walk(card, &vm, VA + 0x2f000, &walk);
	check_eq(walk.shift, 16);
	check_eq(walk.kind, 0xfe);
	check(walk.ro && !walk.priv);
	put64(PD0 + 8 * 16, pte_gp100(PAGE_AT, 0));
	mmu_walk(card, &vm, VA + 0x200000 + 0x12345, &walk);
	check_eq(walk.state, PAGE_VALID);
	check_eq(walk.shift, 21);
	check_eq(walk.addr, PAGE_AT);
	mmu_walk(card, &vm, VA, &walk);
	check_eq(walk.reason, FAULT_PTE);
	mmu_walk(card, &vm, 0, &walk);
	check_eq(walk.reason, FAULT_PDE);
	mmu_walk(card, &vm, 1ull << 49, &walk);
	check_eq(walk.reason, FAULT_VA_LIMIT);
}

static void sparse_gp100(void)
{
	unsigned int i;
	static const struct {
		uint64_t at;
		unsigned int shift;
	} levels[] = {
		{ SMALL, 12 }, { BIG, 16 }, { PD0 + 7 * 16, 21 }, { PD1 + 5 * 8, 29 },
		{ PD2 + 3 * 8, 38 }, { PD + 8, 47 },
	};

	for (i = 0; i < COUNT(levels); i++) {
		card_free();
		five_levels();
		if (levels[i].shift == 21)
			put64(PD0 + 7 * 16 + 8, 0);
		put64(levels[i].at, BIT(3));
		mmu_walk(card, &vm, VA, &walk);
		check_eq(walk.state, PAGE_SPARSE);
		check_eq(walk.shift, levels[i].shift);
		check(!walk.bad);
	}
}

#define KIND (0xfeull << 56)

/* Larger pages hide smaller ones, and the halves of an entry change one by one. */
static void larger_pages_hide_gp100(void)
{
	five_levels();
	put64(BIG, pte_gp100(PAGE_AT, 0) | KIND);
	put64(SMALL, pte_gp100(OTHER_AT, 0));
	mmu_walk(card, &vm, VA, &walk);
	check(!walk.bad && walk.shift == 16 && walk.addr == PAGE_AT);
	put64(BIG, KIND);
	mmu_walk(card, &vm, VA, &walk);
	check(!walk.bad && walk.shift == 12 && walk.addr == OTHER_AT);
	put64(PD0 + 7 * 16, pte_gp100(PAGE_AT, 0) | KIND);
	mmu_walk(card, &vm, VA, &walk);
	check(!walk.bad && walk.shift == 21 && walk.addr == PAGE_AT);
	put64(PD0 + 7 * 16, pde_gp100(BIG) | KIND);
	mmu_walk(card, &vm, VA, &walk);
	check(!walk.bad && walk.shift == 12 && walk.addr == OTHER_AT);
}

static void bad_entries_gp100(void)
{
	five_levels();
	put64(BIG, BIT(5));
	mmu_walk(card, &vm, VA, &walk);
	check_eq(walk.reason, FAULT_PTE);
	check(!walk.bad);
	put64(BIG, 0);
	put64(SMALL, pte_gp100(PAGE_AT, 0) | BIT(4));
	mmu_walk(card, &vm, VA, &walk);
	check(walk.bad);
	put64(SMALL, pte_gp100(PAGE_AT, 0) | BIT(1));
	mmu_walk(card, &vm, VA, &walk);
	check(walk.bad);		/* a peer */
	put64(PD1 + 5 * 8, pde_gp100(64 * MiB));
	mmu_walk(card, &vm, VA, &walk);
	check(walk.bad && strstr(walk.bad, "no memory"));
}

/* --- access ----------------------------------------------------------------- */

static void kind_arranges_bytes(void)
{
	static const struct client client = { .name = "test" };
	struct vm_fault fault;
	uint8_t in[64], out[64];
	unsigned int i;

	five_levels();
	put64(SMALL, pte_gp100(PAGE_AT, 0xfe));
	put64(SMALL + 8, pte_gp100(PAGE_AT, 0));
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7);
	/* The same through one kind, also if not aligned; other through another. */
	check(vm_write(card, &vm, VA + 5, in, sizeof(in), &client, &fault));
	check(vm_read(card, &vm, VA + 5, out, sizeof(out), &client, &fault));
	check(!memcmp(in, out, sizeof(in)));
	check(vm_read(card, &vm, VA + 0x1000 + 5, out, sizeof(out), &client, &fault));
	check(memcmp(in, out, sizeof(in)));
}

static void faults(void)
{
	static const struct client user = { .name = "user" };
	static const struct client priv = { .name = "priv", .priv = true };
	struct vm_fault fault;
	uint32_t word = 1;

	five_levels();
	vm.limit = VA + 0x3fff;
	put64(SMALL, pte_gp100(PAGE_AT, 0) | BIT(6));
	put64(SMALL + 8, pte_gp100(PAGE_AT, 0) | BIT(5));
	check(vm_read(card, &vm, VA, &word, 4, &user, &fault));
	check(!vm_write(card, &vm, VA, &word, 4, &user, &fault));
	check_eq(fault.reason, FAULT_READ_ONLY);
	check_eq(fault.va, VA);
	check(fault.write);
	check(!vm_read(card, &vm, VA + 0x1000, &word, 4, &user, &fault));
	check_eq(fault.reason, FAULT_PRIV);
	check(vm_read(card, &vm, VA + 0x1000, &word, 4, &priv, &fault));
	/* An access over the end of a page faults in the next. */
	check(!vm_read(card, &vm, VA + 0x1ffe, &word, 4, &priv, &fault));
	check_eq(fault.va, VA + 0x2000);
	check(!vm_read(card, &vm, VA + 0x4000, &word, 4, &priv, &fault));
	check_eq(fault.reason, FAULT_VA_LIMIT);
	/* These are the user's; none is a finding. */
	check_eq(gpu_failures(card), 0);
}

static void bad_entry_is_a_finding(void)
{
	static const struct client client = { .name = "test" };
	struct vm_fault fault;
	uint32_t word;

	five_levels();
	put64(SMALL, pte_gp100(64 * MiB, 0));
	check(!vm_read(card, &vm, VA, &word, 4, &client, &fault));
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "STRICT: bad page table entry: the page is no memory"));
	check(strstr(said, "small  vram 0x0000300000"));
}

/* Directories, and what the last of them leads to; not what a page of 2 MiB hides. */
static void table_sizes(void)
{
	const uint64_t directories = 4 * 8 + 2 * 512 * 8 + 256 * 16;

	five_levels();
	check_eq(card->chip->mmu->tables(card, &vm), directories + 32 * 8 + 512 * 8);
	put64(PD0 + 7 * 16, PAGE_AT >> 4 | 1);
	check_eq(card->chip->mmu->tables(card, &vm), directories);
	put64(PD1 + 5 * 8, 0);
	check_eq(card->chip->mmu->tables(card, &vm), directories - 256 * 16);
}

/* Each semaphore that is released tells what was written and invalidated. */
static void counts(void)
{
	char *text = NULL;
	size_t len;

	five_levels();
	card->config.counts = open_memstream(&text, &len);
	count_written(card, 4);
	count_written(card, 20);
	count_invalidate(card);
	count_semaphore(card, &vm, 0x1234);
	fclose(card->config.counts);
	card->config.counts = NULL;
	check(strstr(text, "sem value=0x1234 entries=3 invalidates=1 tables="));
	free(text);
}

static const struct test_case cases[] = {
	{ "small-page", small_page, card_free },
	{ "table-sizes", table_sizes, card_free },
	{ "counts", counts, card_free },
	{ "big-page", big_page, card_free },
	{ "both-pages", both_pages, card_free },
	{ "big-invalid-hides-small", big_invalid_hides_small, card_free },
	{ "sparse-gm200", sparse_gm200, card_free },
	{ "bad-entries-gf100", bad_entries_gf100, card_free },
	{ "pages-gp100", pages_gp100, card_free },
	{ "sparse-gp100", sparse_gp100, card_free },
	{ "larger-pages-hide-gp100", larger_pages_hide_gp100, card_free },
	{ "bad-entries-gp100", bad_entries_gp100, card_free },
	{ "kind-arranges-bytes", kind_arranges_bytes, card_free },
	{ "faults", faults, card_free },
	{ "bad-entry-is-a-finding", bad_entry_is_a_finding, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
