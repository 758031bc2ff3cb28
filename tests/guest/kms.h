/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What programs share that drive a card through the kernel's mode-setting interface: how
 * a case fails, and dumb buffers.
 */
#ifndef KMS_H
#define KMS_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <drm.h>
#include <drm_mode.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static bool failed;

static inline void fail(const char *fmt, ...)
{
	va_list args;

	failed = true;
	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

/* False, and the case fails, if a call did. */
#define did(call) ({							\
	int __did_ret = (call);						\
									\
	if (__did_ret < 0)						\
		fail("%s: %s", #call, strerror(errno));			\
	__did_ret >= 0;							\
})

static inline void rest(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

struct buffer {
	__u32 handle;
	__u32 fb;			/* 0: none yet; buffer_free() removes it */
	__u32 width, height;
	__u32 pitch;
	__u64 size;
	__u32 *map;
};

/* A dumb buffer of 32 bits a pixel, mapped. */
static inline bool buffer_new(int card, __u32 width, __u32 height, struct buffer *b)
{
	struct drm_mode_create_dumb create = {
		.width = width, .height = height, .bpp = 32,
	};
	struct drm_mode_map_dumb map = {};

	memset(b, 0, sizeof(*b));
	if (!did(ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create)))
		return false;
	b->handle = create.handle;
	b->pitch = create.pitch;
	b->size = create.size;
	b->width = width;
	b->height = height;
	map.handle = create.handle;
	if (!did(ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)))
		return false;
	b->map = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, card, map.offset);
	if (b->map == MAP_FAILED) {
		fail("mmap: %s", strerror(errno));
		b->map = NULL;
	}
	return b->map;
}

static inline void buffer_free(int card, struct buffer *b)
{
	struct drm_mode_destroy_dumb destroy = { .handle = b->handle };

	if (b->fb)
		did(ioctl(card, DRM_IOCTL_MODE_RMFB, &b->fb));
	if (b->map)
		munmap(b->map, b->size);
	if (b->handle)
		did(ioctl(card, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy));
	memset(b, 0, sizeof(*b));
}

/* The frame buffer of a buffer, in b->fb. */
static inline bool buffer_show(int card, struct buffer *b)
{
	struct drm_mode_fb_cmd fb = {
		.width = b->width, .height = b->height, .pitch = b->pitch,
		.bpp = 32, .depth = 24, .handle = b->handle,
	};

	if (b->fb)
		return true;
	if (!did(ioctl(card, DRM_IOCTL_MODE_ADDFB, &fb)))
		return false;
	b->fb = fb.fb_id;
	return true;
}

#endif
