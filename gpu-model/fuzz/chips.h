/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The byte that picks a chip in an input of the GPU's fuzzer. Each chip of the model
 * bids for each byte, by its name alone, and the highest bid wins: the order of the
 * list is the linker's, and changes. A chip that is added takes a share of the bytes;
 * all others, and the inputs that begin with them, keep their chip.
 */
#ifndef FUZZ_CHIPS_H
#define FUZZ_CHIPS_H

#include <string.h>

#include "model.h"

#define FUZZ_BYTES 128

static inline uint64_t fuzz_bid(const char *name, unsigned int byte)
{
	uint64_t bid = 0xcbf29ce484222325ull;

	for (; *name; name++)
		bid = (bid ^ (uint8_t)*name) * 0x100000001b3ull;
	bid = (bid ^ byte) * 0x9e3779b97f4a7c15ull;
	return (bid ^ bid >> 29) * 0xbf58476d1ce4e5b9ull;
}

/* The chip that @byte picks. */
static inline struct gpu_chip_info fuzz_chip(unsigned int byte)
{
	struct gpu_chip_info best = { 0 }, info;
	unsigned int n;

	for (n = 0; gpu_chip_info(n, &info); n++)
		if (!n || fuzz_bid(info.name, byte) > fuzz_bid(best.name, byte))
			best = info;
	return best;
}

/* A byte that picks the chip; FUZZ_BYTES: none does. */
static inline unsigned int fuzz_byte(const char *name)
{
	unsigned int byte;

	for (byte = 0; byte < FUZZ_BYTES; byte++)
		if (!strcmp(fuzz_chip(byte).name, name))
			break;
	return byte;
}

#endif
