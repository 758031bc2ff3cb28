// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Block-linear surfaces: where a byte is.
 *
 * The unit is the GOB, 64 bytes wide and 8 rows high, 512 bytes in a row in
 * memory. Inside it, the bits of x and y are mixed so that 16 bytes of a row
 * stay together and 32 bytes of two rows make a sector:
 *
 *	offset bit   8   7   6   5   4   3   2   1   0
 *	from         x5  y2  y1  x4  y0  x3  x2  x1  x0
 *
 * A block is one GOB wide, 2^h GOBs high and 2^d slices deep: its GOBs follow
 * each other downwards, then backwards. Blocks follow each other to the right,
 * then downwards, then backwards; a surface is padded to whole blocks.
 *
 * Known from: open-gpu-doc's classes/dma-copy/clc0b5.h (SET_DST_BLOCK_SIZE);
 * envytools docs (block linear, GF100 GOBs); the Tegra TRM's pixel memory format.
 */
#include "gpu.h"

#define GOB_WIDTH 64
#define GOB_HEIGHT 8
#define GOB_SIZE 512

uint64_t tile_offset(const struct tile *tile, uint32_t x, uint32_t y, uint32_t z)
{
	uint64_t block_rows = (uint64_t)GOB_HEIGHT << tile->block_height;
	uint64_t block_size = (uint64_t)GOB_SIZE << (tile->block_height + tile->block_depth);
	uint64_t blocks_x = ((uint64_t)tile->width + GOB_WIDTH - 1) / GOB_WIDTH;
	uint64_t blocks_y = ((uint64_t)tile->height + block_rows - 1) / block_rows;
	uint64_t block = ((uint64_t)(z >> tile->block_depth) * blocks_y + y / block_rows) * blocks_x +
			 x / GOB_WIDTH;
	uint64_t in_z = z & ((1u << tile->block_depth) - 1);
	uint64_t in_y = (y % block_rows) / GOB_HEIGHT;
	uint64_t gob = (in_z << tile->block_height) + in_y;
	uint32_t inside = (x & 15) | (y & 1) << 4 | (x >> 4 & 1) << 5 | (y >> 1 & 3) << 6 |
			  (x >> 5 & 1) << 8;

	return block * block_size + gob * GOB_SIZE + inside;
}
