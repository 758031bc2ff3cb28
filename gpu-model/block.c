// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The blocks of a chip, all of them at a time: power, reset, end.
 *
 * Each block has state of its own, which only it and the files of its part of the
 * hardware know. This file allocates it and frees it, and tells each block when.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

/* The pointers are of as many types as there are blocks: they are copied. */
static void *get_state(struct gpu *gpu, const struct block *block)
{
	void *state;

	memcpy(&state, (char *)gpu + block->state_at, sizeof(state));
	return state;
}

static void set_state(struct gpu *gpu, const struct block *block, void *state)
{
	memcpy((char *)gpu + block->state_at, &state, sizeof(state));
}

static void off(struct gpu *gpu, const struct block *block)
{
	if (block->fini)
		block->fini(gpu);
}

static void on(struct gpu *gpu, const struct block *block)
{
	if (block->init)
		block->init(gpu);
}

void blocks_fit(struct gpu *gpu)
{
	const struct chip *chip = gpu->chip;
	unsigned int i;

	for (i = 0; i < chip->block_count; i++) {
		const struct block *block = chip->blocks[i];

		if (block->fitted && !block->fitted(gpu))
			continue;
		if (gpu->block_count == BLOCKS_MOST)
			abort();
		gpu->blocks[gpu->block_count++] = block;
	}
}

void blocks_on(struct gpu *gpu)
{
	unsigned int i;

	/* All of them first: a block's beginning may tell another. */
	for (i = 0; i < gpu->block_count; i++) {
		const struct block *block = gpu->blocks[i];
		void *state;

		if (!block->state_size)
			continue;
		state = calloc(1, block->state_size);
		if (!state)
			abort();
		set_state(gpu, block, state);
	}
	for (i = 0; i < gpu->block_count; i++)
		on(gpu, gpu->blocks[i]);
}

void blocks_off(struct gpu *gpu)
{
	unsigned int i;

	for (i = gpu->block_count; i--;)
		off(gpu, gpu->blocks[i]);
	for (i = 0; i < gpu->block_count; i++) {
		const struct block *block = gpu->blocks[i];

		if (!block->state_size)
			continue;
		free(get_state(gpu, block));
		set_state(gpu, block, NULL);
	}
}

void blocks_finish(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < gpu->block_count; i++)
		if (gpu->blocks[i]->finish)
			gpu->blocks[i]->finish(gpu);
}

void blocks_reset(struct gpu *gpu, uint32_t bits)
{
	unsigned int i;

	for (i = 0; i < gpu->block_count; i++) {
		const struct block *block = gpu->blocks[i];

		if (!(block->reset_bit & bits))
			continue;
		if (block->reset) {
			block->reset(gpu);
			continue;
		}
		off(gpu, block);
		if (block->state_size)
			memset(get_state(gpu, block), 0, block->state_size);
		on(gpu, block);
	}
}
