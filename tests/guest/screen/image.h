/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Images that are compared with the screen: by their size and the CRC-32 of all their
 * pixels, red, green, blue, as "desk: picture" answers.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdlib.h>

#include "../kms.h"

struct image {
	uint32_t width, height, *pixels;	/* 0xrrggbb */
};

static inline struct image image_new(uint32_t width, uint32_t height)
{
	struct image image = { width, height, malloc((size_t)width * height * 4) };

	if (!image.pixels)
		abort();
	return image;
}

static inline uint32_t sum(const struct image *image)
{
	uint32_t crc = ~0u, i, bit;
	int shift;

	for (i = 0; i < image->width * image->height; i++)
		for (shift = 16; shift >= 0; shift -= 8) {
			crc ^= image->pixels[i] >> shift & 0xff;
			for (bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
		}
	return ~crc;
}

#endif
