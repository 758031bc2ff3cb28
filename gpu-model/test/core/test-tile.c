// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Block-linear addresses against the order in memory.
 *
 * The model computes an offset from x, y and z. Here the surface is walked in
 * the order in which its bytes lie in memory, by loops from the outermost part to
 * the innermost, and each byte has to be where the model says.
 */
#include "card.h"

static void surface(uint32_t width, uint32_t height, uint32_t depth, unsigned int bh,
		    unsigned int bd)
{
	const struct tile tile = {
		.width = width, .height = height, .depth = depth,
		.block_height = bh, .block_depth = bd,
	};
	uint32_t bz, by, bx, gz, gy, x5, y21, x4, y0, x;
	uint64_t offset = 0;

	for (bz = 0; bz < depth; bz += 1u << bd)
	for (by = 0; by < height; by += 8u << bh)
	for (bx = 0; bx < width; bx += 64)
		for (gz = bz; gz < bz + (1u << bd); gz++)
		for (gy = by; gy < by + (8u << bh); gy += 8)
			/* A GOB: two halves of 32 bytes; in each, pairs of rows. */
			for (x5 = 0; x5 < 64; x5 += 32)
			for (y21 = 0; y21 < 8; y21 += 2)
			for (x4 = 0; x4 < 32; x4 += 16)
			for (y0 = 0; y0 < 2; y0++)
			for (x = 0; x < 16; x++)
				check_eq(tile_offset(&tile, bx + x5 + x4 + x, gy + y21 + y0, gz),
					 offset++);
}

static void one_gob(void)
{
	surface(64, 8, 1, 0, 0);
}

static void flat(void)
{
	surface(256, 64, 1, 0, 0);
	surface(256, 64, 1, 2, 0);
	surface(192, 128, 1, 4, 0);
}

static void padded(void)
{
	/* Widths and heights that fill no block. */
	surface(100, 20, 1, 1, 0);
	surface(65, 9, 1, 0, 0);
	surface(1, 1, 1, 5, 0);
}

static void deep(void)
{
	surface(128, 16, 4, 0, 1);
	surface(64, 32, 8, 1, 2);
	surface(130, 33, 5, 2, 2);
}

static const struct test_case cases[] = {
	{ "one-gob", one_gob, NULL },
	{ "flat", flat, NULL },
	{ "padded", padded, NULL },
	{ "deep", deep, NULL },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
