// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// framebuffer CARD: prints width, height and the CRC-32 of all pixels of what a program
// shows on CARD (/dev/dri/cardN), and how many colours there are: the frame buffer of the
// first CRTC that has one, read through the driver's mapping. Root may do this beside the
// program. Formats: XR24, RG16. Status 1: there is no such frame buffer.

#include <fcntl.h>

#include <drm_fourcc.h>

#include "image.h"

#define MAX_CRTCS 8

static int card;

/* A field of @bits at @shift, in eight bits. */
static uint32_t field(uint32_t value, unsigned int shift, unsigned int bits)
{
	uint32_t most = (1u << bits) - 1;

	return ((value >> shift & most) * 255 + most / 2) / most;
}

static bool find(struct drm_mode_fb_cmd2 *fb)
{
	uint32_t crtcs[MAX_CRTCS], i;
	struct drm_mode_card_res res = {
		.crtc_id_ptr = (uintptr_t)crtcs, .count_crtcs = MAX_CRTCS,
	};

	if (!did(ioctl(card, DRM_IOCTL_MODE_GETRESOURCES, &res)))
		return false;
	for (i = 0; i < res.count_crtcs && i < MAX_CRTCS; i++) {
		struct drm_mode_crtc crtc = { .crtc_id = crtcs[i] };

		if (!did(ioctl(card, DRM_IOCTL_MODE_GETCRTC, &crtc)))
			return false;
		if (!crtc.mode_valid || !crtc.fb_id)
			continue;
		*fb = (struct drm_mode_fb_cmd2){ .fb_id = crtc.fb_id };
		return did(ioctl(card, DRM_IOCTL_MODE_GETFB2, fb));
	}
	return false;
}

static bool read_pixels(const struct drm_mode_fb_cmd2 *fb, struct image *image)
{
	struct drm_mode_map_dumb map = { .handle = fb->handles[0] };
	size_t size = (size_t)fb->pitches[0] * fb->height;
	const uint8_t *from;
	uint32_t x, y;

	if (!did(ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)))
		return false;
	from = mmap(NULL, size, PROT_READ, MAP_SHARED, card, (off_t)map.offset);
	if (from == MAP_FAILED) {
		fail("mmap: %s", strerror(errno));
		return false;
	}
	for (y = 0; y < fb->height; y++) {
		const uint8_t *row = from + (size_t)y * fb->pitches[0];
		uint32_t *to = image->pixels + (size_t)y * fb->width;

		for (x = 0; x < fb->width; x++) {
			uint16_t half;

			if (fb->pixel_format != DRM_FORMAT_RGB565) {
				memcpy(&to[x], row + x * 4, 4);
				to[x] &= 0xffffff;
				continue;
			}
			memcpy(&half, row + x * 2, 2);
			to[x] = field(half, 11, 5) << 16 | field(half, 5, 6) << 8 | field(half, 0, 5);
		}
	}
	munmap((void *)from, size);
	return true;
}

static int by_value(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return (one > other) - (one < other);
}

/* Sorts the pixels. */
static uint32_t colours(struct image *image)
{
	size_t count = (size_t)image->width * image->height, i;
	uint32_t found = 1;

	qsort(image->pixels, count, sizeof(*image->pixels), by_value);
	for (i = 1; i < count; i++)
		found += image->pixels[i] != image->pixels[i - 1];
	return found;
}

int main(int argc, char **argv)
{
	struct drm_mode_fb_cmd2 fb;
	struct image image;
	uint32_t crc;

	if (argc != 2) {
		fprintf(stderr, "framebuffer: usage: framebuffer /dev/dri/cardN\n");
		return 2;
	}
	card = open(argv[1], O_RDWR | O_CLOEXEC);
	if (!did(card))
		return 1;
	if (!find(&fb)) {
		printf("none\n");
		return 1;
	}
	if (fb.pixel_format != DRM_FORMAT_XRGB8888 && fb.pixel_format != DRM_FORMAT_ARGB8888 &&
	    fb.pixel_format != DRM_FORMAT_RGB565) {
		printf("format 0x%08x\n", fb.pixel_format);
		return 1;
	}
	image = image_new(fb.width, fb.height);
	if (!read_pixels(&fb, &image))
		return 1;
	crc = sum(&image);
	printf("%u %u %08x %u\n", image.width, image.height, crc, colours(&image));
	return 0;
}
