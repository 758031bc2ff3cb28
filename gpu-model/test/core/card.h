/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A card for the core's tests: a chip with what it reports in a buffer, page
 * tables and a channel made by hand in its VRAM.
 */
#ifndef CARD_H
#define CARD_H

#include <stdlib.h>
#include <string.h>

#include "../../gpu.h"
#include "../tap.h"

static struct gpu *card;
static char *said;
static size_t said_size;
static FILE *said_file;

static inline void card_new_as(struct gpu_config config)
{
	said_file = open_memstream(&said, &said_size);
	config.log = said_file;
	config.vram_mib = 64;
	card = gpu_new(&config);
	if (!card)
		abort();
}

static inline void card_new(const char *chip, uint64_t seed)
{
	card_new_as((struct gpu_config){ .chip = chip, .seed = seed });
}

static inline void card_free(void)
{
	if (card)
		gpu_free(card);
	card = NULL;
	if (said_file)
		fclose(said_file);
	said_file = NULL;
	free(said);
	said = NULL;
}

static inline void put32(uint64_t addr, uint32_t value)
{
	memory_wr32(card, APER_VRAM, addr, value);
}

static inline void put64(uint64_t addr, uint64_t value)
{
	put32(addr, (uint32_t)value);
	put32(addr + 4, (uint32_t)(value >> 32));
}

static inline uint32_t get32(uint64_t addr)
{
	return memory_rd32(card, APER_VRAM, addr);
}

static inline uint32_t rd(uint32_t addr)
{
	return (uint32_t)gpu_read(card, GPU_BAR0, addr, 4);
}

static inline void wr(uint32_t addr, uint32_t value)
{
	gpu_write(card, GPU_BAR0, addr, 4, value);
}

/* Lets time pass until nothing is queued that is due within @ms. */
static inline void settle(unsigned int ms)
{
	uint64_t end = sched_now(card) + ms * 1000000ull;

	while (card->queue && card->queue->due < end) {
		/* No test waits for a clock: what is due later is due now. */
		card->start -= card->queue->due > sched_now(card) ?
			       card->queue->due - sched_now(card) : 0;
		gpu_run(card);
	}
}

#endif
