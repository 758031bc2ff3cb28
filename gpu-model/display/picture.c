// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Pictures of the screen, as PNG files.
 */
#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "display.h"
#include "board.h"

/* The file is there when all of it is: who waits for it may read it. */
static bool write_png(const char *path, const uint32_t *pixels, uint32_t width, uint32_t height)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB,
	};
	size_t count = (size_t)width * height, i;
	uint8_t *bytes = malloc(count * 3);
	char part[4096];
	bool ok;

	if (!bytes)
		abort();
	for (i = 0; i < count; i++) {
		bytes[i * 3] = (uint8_t)(pixels[i] >> 16);
		bytes[i * 3 + 1] = (uint8_t)(pixels[i] >> 8);
		bytes[i * 3 + 2] = (uint8_t)pixels[i];
	}
	snprintf(part, sizeof(part), "%s.part", path);
	ok = png_image_write_to_file(&image, part, 0, bytes, 0, NULL) && !rename(part, path);
	if (!ok)
		fprintf(stderr, "gpu-model: cannot write the picture %s: %s\n", path,
			PNG_IMAGE_FAILED(image) ? image.message : strerror(errno));
	free(bytes);
	return ok;
}

bool gpu_picture_sum(const char *path, uint32_t *width, uint32_t *height, uint32_t *sum)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	uint8_t *bytes;
	bool ok;

	if (!png_image_begin_read_from_file(&image, path)) {
		fprintf(stderr, "gpu-model: cannot read the picture %s: %s\n", path, image.message);
		return false;
	}
	image.format = PNG_FORMAT_RGB;
	bytes = malloc(PNG_IMAGE_SIZE(image));
	if (!bytes)
		abort();
	ok = png_image_finish_read(&image, NULL, bytes, 0, NULL);
	if (ok) {
		*width = image.width;
		*height = image.height;
		*sum = (uint32_t)crc32(0, bytes, PNG_IMAGE_SIZE(image));
	} else {
		fprintf(stderr, "gpu-model: cannot read the picture %s: %s\n", path, image.message);
	}
	free(bytes);
	return ok;
}

bool display_picture(struct gpu *gpu, const char *path)
{
	uint32_t *pixels = NULL, width, height;
	unsigned int h;
	bool ok;

	for (h = 0; h < DISPLAY_HEADS && !pixels; h++)
		pixels = scanout_picture(gpu, h, &width, &height);
	if (!pixels) {
		fprintf(stderr, "gpu-model: no picture: no head is on\n");
		return false;
	}
	ok = write_png(path, pixels, width, height);
	free(pixels);
	return ok;
}
