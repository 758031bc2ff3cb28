// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The map of the guest's memory: edges, holes, rights, and a long random walk
 * beside a map that is simple enough to be right.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../tap.h"
#include "transport/dma.h"

static int file = -1;

static void begin(size_t size)
{
	file = memfd_create("guest", MFD_CLOEXEC);
	check(file >= 0 && !ftruncate(file, (off_t)size));
}

static void end(void)
{
	dma_unmap_all();
	close(file);
	file = -1;
}

static void case_edges(void)
{
	uint8_t b[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	begin(0x3000);
	check_eq(dma_map(0x1000, 0x1000, true, true, file, 0), 0);
	check_eq(dma_map(0x2000, 0x1000, true, true, file, 0x2000), 0);
	check(dma_write(0x1ffc, b, 8));
	memset(b, 0, 8);
	check(pread(file, b, 4, 0xffc) == 4 && pread(file, b + 4, 4, 0x2000) == 4);
	check(!memcmp(b, "\1\2\3\4\5\6\7\10", 8));
	memset(b, 0, 8);
	check(dma_read(0x1ffc, b, 8) && b[0] == 1 && b[7] == 8);
	check(dma_read(0x1000, b, 1) && dma_read(0x2fff, b, 1));
	check(!dma_read(0xfff, b, 1) && !dma_read(0x3000, b, 1));
	check(!dma_read(0xfff, b, 2) && !dma_read(0x2fff, b, 2));
	check(dma_mapped(0x1000, 0x2000) && !dma_mapped(0x1000, 0x2001) && !dma_mapped(0xfff, 2));
	check(dma_mapped(0x5000, 0) && dma_read(0x5000, b, 0));
	/* A write that is refused changes nothing. */
	memset(b, 0xff, 8);
	check(!dma_write(0x2ffc, b, 8));
	check(dma_read(0x2ffc, b, 4) && b[0] == 0);
}

static void case_refused(void)
{
	begin(0x3000);
	check_eq(dma_map(0x1000, 0, true, true, file, 0), EINVAL);
	check_eq(dma_map(-0x1000ull, 0x1001, true, true, file, 0), EINVAL);
	check_eq(dma_map(0x1000, 0x3001, true, true, file, 0), EINVAL);
	check_eq(dma_map(0x1000, 0x1000, true, true, file, 0x2001), EINVAL);
	check_eq(dma_map(0x1000, 0x1000, true, true, file, -1ull), EINVAL);
	check_eq(dma_map(0x1000, 0x1000, true, true, file, 0), 0);
	check_eq(dma_map(0x1000, 0x1000, true, true, file, 0), EEXIST);
	check_eq(dma_map(0x0, 0x1001, true, true, file, 0), EEXIST);
	check_eq(dma_map(0x1fff, 0x1000, true, true, file, 0), EEXIST);
	check_eq(dma_map(0x0, 0x3000, true, true, file, 0), EEXIST);
	check_eq(dma_map(0x0, 0x1000, true, true, file, 0), 0);
	check_eq(dma_unmap(0x0, 0x2000), ENOENT);
	check_eq(dma_unmap(0x1000, 0x1000), 0);
	check_eq(dma_unmap(0x1000, 0x1000), ENOENT);
	/* The last byte there is. */
	check_eq(dma_map(-0x1000ull, 0x1000, true, true, file, 0), 0);
	check(dma_mapped(-1ull, 1) && !dma_mapped(-1ull, 2));
}

static void case_rights(void)
{
	uint32_t word = 5;

	begin(0x2000);
	check_eq(dma_map(0x1000, 0x1000, true, false, file, 0), 0);
	check_eq(dma_map(0x2000, 0x1000, false, true, file, 0x1000), 0);
	check(dma_read(0x1000, &word, 4) && !dma_write(0x1000, &word, 4));
	check(!dma_read(0x2000, &word, 4) && dma_write(0x2000, &word, 4));
	check(!dma_read(0x1ffe, &word, 4) && !dma_write(0x1ffe, &word, 4));
}

/* A file's offset need not be a page's. */
static void case_offset(void)
{
	uint32_t word = 0xabcdef01;

	begin(0x3000);
	check_eq(dma_map(0x1234, 0x800, true, true, file, 0x1ff0), 0);
	check(dma_write(0x1234 + 0x7fc, &word, 4));
	word = 0;
	check(pread(file, &word, 4, 0x1ff0 + 0x7fc) == 4);
	check_eq(word, 0xabcdef01);
}

#define PAGES 64

static void case_random(void)
{
	int first[PAGES], mapped[PAGES] = { 0 };	/* which range a page is of */
	unsigned int step, i, page, pages, seed = 1;
	uint8_t byte;

	begin(PAGES * 0x1000);
	for (i = 0; i < PAGES; i++) {
		byte = (uint8_t)i;
		check(pwrite(file, &byte, 1, i * 0x1000) == 1);
	}
	for (step = 1; step < 20000; step++) {
		page = (unsigned int)rand_r(&seed) % PAGES;
		pages = 1 + (unsigned int)rand_r(&seed) % 5;
		if (page + pages > PAGES)
			continue;
		if (rand_r(&seed) % 2) {
			bool is_free = true;

			for (i = page; i < page + pages; i++)
				is_free &= !mapped[i];
			check_eq(dma_map(page * 0x1000, pages * 0x1000, true, true, file,
					 page * 0x1000), is_free ? 0 : EEXIST);
			for (i = page; is_free && i < page + pages; i++) {
				mapped[i] = (int)step;
				first[i] = (int)page;
			}
		} else {
			unsigned int behind = page + pages;
			bool exact = mapped[page] && first[page] == (int)page &&
				     (behind == PAGES || mapped[behind] != mapped[page]);

			for (i = page; i < page + pages; i++)
				exact &= mapped[i] == mapped[page];
			check_eq(dma_unmap(page * 0x1000, pages * 0x1000), exact ? 0 : ENOENT);
			for (i = page; exact && i < page + pages; i++)
				mapped[i] = 0;
		}
		page = (unsigned int)rand_r(&seed) % PAGES;
		check_eq(dma_read(page * 0x1000, &byte, 1), !!mapped[page]);
		if (mapped[page])
			check_eq(byte, page);
	}
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{ "edges", case_edges, end },
		{ "refused", case_refused, end },
		{ "rights", case_rights, end },
		{ "offset", case_offset, end },
		{ "random", case_random, end },
	};

	return tap_main(argc, argv, cases, COUNT(cases));
}
