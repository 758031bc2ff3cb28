// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Images: in and out of optimal (on NVIDIA's GPUs block-linear) tiling.
 *
 * A round trip proves little: a wrong layout that is wrong both ways goes
 * unseen. So pieces go in and others come out, images are copied to images of
 * other sizes and so of other tilings, and image-layout looks at the very bytes
 * of a block-linear image through a buffer over the same memory.
 *
 * All rectangles are in blocks of the format; one texel for most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

#define MAX_LEVELS 12

struct format {
	VkFormat format;
	const char *name;
	uint32_t bytes;			/* of a block */
	uint32_t w, h;			/* of a block, in texels */
	VkImageAspectFlags aspect;
};

static const struct format formats[] = {
	{ VK_FORMAT_R8_UINT, "R8", 1, 1, 1, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_R8G8_UINT, "R8G8", 2, 1, 1, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_R8G8B8A8_UNORM, "R8G8B8A8", 4, 1, 1, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_R16G16B16A16_UINT, "R16G16B16A16", 8, 1, 1, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_R32G32B32A32_UINT, "R32G32B32A32", 16, 1, 1, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_D16_UNORM, "D16", 2, 1, 1, VK_IMAGE_ASPECT_DEPTH_BIT },
	{ VK_FORMAT_BC1_RGBA_UNORM_BLOCK, "BC1", 8, 4, 4, VK_IMAGE_ASPECT_COLOR_BIT },
	{ VK_FORMAT_BC7_UNORM_BLOCK, "BC7", 16, 4, 4, VK_IMAGE_ASPECT_COLOR_BIT },
};

struct image {
	const struct format *f;
	VkImage img;
	VkDeviceMemory mem;
	VkImageType type;
	uint32_t w, h, d;		/* texels of level 0 */
	uint32_t levels, layers;
	uint8_t *want[MAX_LEVELS];	/* of a level: [layer][z][y][x] */
};

struct rect {
	uint32_t level, layer, x, y, z, w, h, d;
};

static uint32_t at_least_one(uint32_t n)
{
	return n ? n : 1;
}

static uint32_t level_w(const struct image *i, uint32_t level)
{
	return (at_least_one(i->w >> level) + i->f->w - 1) / i->f->w;
}

static uint32_t level_h(const struct image *i, uint32_t level)
{
	return (at_least_one(i->h >> level) + i->f->h - 1) / i->f->h;
}

static uint32_t level_d(const struct image *i, uint32_t level)
{
	return at_least_one(i->d >> level);
}

static uint8_t *wanted(const struct image *i, const struct rect *r, uint32_t y, uint32_t z)
{
	size_t row = level_w(i, r->level), rows = level_h(i, r->level);
	size_t slice = (size_t)r->layer * level_d(i, r->level) + r->z + z;

	return i->want[r->level] + ((slice * rows + r->y + y) * row + r->x) * i->f->bytes;
}

static bool supported(struct device *d, const struct format *f, VkImageType type,
		      VkImageTiling tiling, VkImageCreateFlags flags)
{
	VkImageUsageFlags usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
				  VK_IMAGE_USAGE_TRANSFER_DST_BIT;
	VkImageFormatProperties props;

	if (f->w > 1 && !d->features.textureCompressionBC)
		return false;
	return !vkGetPhysicalDeviceImageFormatProperties(d->phys, f->format, type, tiling,
							 usage, flags, &props);
}

/* As long as nothing is copied, layouts are transitions to GENERAL. */
static void image_barrier(VkCommandBuffer cmd, const struct image *i)
{
	VkImageMemoryBarrier barrier = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
		.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT,
		.oldLayout = VK_IMAGE_LAYOUT_UNDEFINED,
		.newLayout = VK_IMAGE_LAYOUT_GENERAL,
		.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
		.image = i->img,
		.subresourceRange = { i->f->aspect, 0, i->levels, 0, i->layers },
	};

	vkCmdPipelineBarrier(cmd, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
			     VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

static void image_create(struct device *d, struct image *i, VkImageTiling tiling)
{
	VkImageCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.imageType = i->type,
		.format = i->f->format,
		.extent = { i->w, i->h, i->d },
		.mipLevels = i->levels,
		.arrayLayers = i->layers,
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = tiling,
		.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
		.sharingMode = VK_SHARING_MODE_EXCLUSIVE,
		.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
	};
	VkMemoryRequirements need;
	uint32_t type, level;
	VkCommandBuffer cmd;

	CHECK(vkCreateImage(d->dev, &info, NULL, &i->img));
	vkGetImageMemoryRequirements(d->dev, i->img, &need);
	type = d->vram_type;
	if (!(need.memoryTypeBits & (1u << type)))
		for (type = 0; !(need.memoryTypeBits & (1u << type)); type++)
			;
	i->mem = memory_new(d, need.size, type);
	CHECK(vkBindImageMemory(d->dev, i->img, i->mem, 0));
	for (level = 0; level < i->levels; level++)
		i->want[level] = bytes((size_t)level_w(i, level) * level_h(i, level) *
				       level_d(i, level) * i->layers * i->f->bytes);
	cmd = cmd_begin(d);
	image_barrier(cmd, i);
	cmd_run(d, cmd);
}

static void image_free(struct device *d, struct image *i)
{
	uint32_t level;

	vkDestroyImage(d->dev, i->img, NULL);
	vkFreeMemory(d->dev, i->mem, NULL);
	for (level = 0; level < i->levels; level++)
		free(i->want[level]);
}

static struct rect whole(const struct image *i, uint32_t level, uint32_t layer)
{
	return (struct rect){
		level, layer, 0, 0, 0, level_w(i, level), level_h(i, level), level_d(i, level),
	};
}

static struct rect some(const struct image *i, uint32_t level, uint32_t layer, uint64_t *state)
{
	struct rect r = { .level = level, .layer = layer };

	r.w = 1 + (uint32_t)random_below(state, level_w(i, level));
	r.h = 1 + (uint32_t)random_below(state, level_h(i, level));
	r.d = 1 + (uint32_t)random_below(state, level_d(i, level));
	r.x = (uint32_t)random_below(state, level_w(i, level) - r.w + 1);
	r.y = (uint32_t)random_below(state, level_h(i, level) - r.h + 1);
	r.z = (uint32_t)random_below(state, level_d(i, level) - r.d + 1);
	return r;
}

static VkOffset3D texel_offset(const struct image *i, const struct rect *r)
{
	return (VkOffset3D){ (int)(r->x * i->f->w), (int)(r->y * i->f->h), (int)r->z };
}

/* A block at the edge may have texels that are not there. */
static VkExtent3D texel_extent(const struct image *i, const struct rect *r)
{
	uint32_t right = at_least_one(i->w >> r->level) - r->x * i->f->w;
	uint32_t below = at_least_one(i->h >> r->level) - r->y * i->f->h;
	uint32_t w = r->w * i->f->w, h = r->h * i->f->h;

	return (VkExtent3D){ w < right ? w : right, h < below ? h : below, r->d };
}

static VkImageSubresourceLayers subresource(const struct image *i, const struct rect *r)
{
	return (VkImageSubresourceLayers){ i->f->aspect, r->level, r->layer, 1 };
}

/* How a rectangle lies in a buffer: some room between rows and slices. */
struct spread {
	VkDeviceSize at;
	uint32_t row, rows;		/* blocks in a row, rows in a slice */
	VkDeviceSize size;
};

static struct spread spread(const struct image *i, const struct rect *r, uint32_t room)
{
	struct spread s = { .row = r->w + room, .rows = r->h + room / 2 };
	uint32_t step = i->f->bytes < 4 ? 4 : i->f->bytes;

	s.at = (VkDeviceSize)step * (1 + room);
	s.size = s.at + (VkDeviceSize)s.row * s.rows * r->d * i->f->bytes;
	return s;
}

static VkBufferImageCopy region(const struct image *i, const struct rect *r,
				const struct spread *s)
{
	return (VkBufferImageCopy){
		.bufferOffset = s->at,
		.bufferRowLength = s->row * i->f->w,
		.bufferImageHeight = s->rows * i->f->h,
		.imageSubresource = subresource(i, r),
		.imageOffset = texel_offset(i, r),
		.imageExtent = texel_extent(i, r),
	};
}

static void put(struct device *d, struct image *i, struct rect r, uint32_t room, uint64_t seed)
{
	struct spread s = spread(i, &r, room);
	VkBufferImageCopy copy = region(i, &r, &s);
	VkCommandBuffer cmd = cmd_begin(d);
	uint8_t *data = bytes(s.size);
	struct buffer b;
	uint32_t y, z;

	pattern(data, s.size, seed);
	for (z = 0; z < r.d; z++)
		for (y = 0; y < r.h; y++)
			memcpy(wanted(i, &r, y, z),
			       data + s.at + ((size_t)z * s.rows + y) * s.row * i->f->bytes,
			       (size_t)r.w * i->f->bytes);
	buffer_new(d, &b, s.size, d->host_type);
	buffer_write(d, &b, 0, data, s.size);
	vkCmdCopyBufferToImage(cmd, b.buf, i->img, VK_IMAGE_LAYOUT_GENERAL, 1, &copy);
	cmd_run(d, cmd);
	buffer_free(d, &b);
	free(data);
}

/* Also what lies between the rows in the buffer must come out untouched. */
static void get_and_check(struct device *d, struct image *i, struct rect r, uint32_t room,
			  const char *what)
{
	struct spread s = spread(i, &r, room);
	VkBufferImageCopy copy = region(i, &r, &s);
	VkCommandBuffer cmd = cmd_begin(d);
	uint8_t *want = bytes(s.size);
	struct buffer b;
	char text[160];
	uint32_t y, z;

	pattern(want, s.size, 4711);
	buffer_new(d, &b, s.size, d->host_type);
	buffer_write(d, &b, 0, want, s.size);
	for (z = 0; z < r.d; z++)
		for (y = 0; y < r.h; y++)
			memcpy(want + s.at + ((size_t)z * s.rows + y) * s.row * i->f->bytes,
			       wanted(i, &r, y, z), (size_t)r.w * i->f->bytes);
	vkCmdCopyImageToBuffer(cmd, i->img, VK_IMAGE_LAYOUT_GENERAL, b.buf, 1, &copy);
	cmd_run(d, cmd);
	snprintf(text, sizeof(text), "%s %s %ux%ux%u, level %u, layer %u, from %u,%u,%u: %ux%ux%u",
		 what, i->f->name, i->w, i->h, i->d, r.level, r.layer, r.x, r.y, r.z,
		 r.w, r.h, r.d);
	buffer_check(d, &b, 0, want, s.size, text);
	buffer_free(d, &b);
	free(want);
}

/* All in, some of it anew, and out in quarters. */
static void in_and_out(struct device *d, struct image *i, uint64_t *state, const char *what)
{
	uint32_t level, layer, n;

	for (level = 0; level < i->levels; level++) {
		for (layer = 0; layer < i->layers; layer++) {
			struct rect all = whole(i, level, layer), q = all;

			put(d, i, all, 3, random_below(state, 0));
			for (n = 0; n < 2; n++)
				put(d, i, some(i, level, layer, state), n, random_below(state, 0));
			if (all.w < 2 || all.h < 2) {
				get_and_check(d, i, all, 0, what);
				continue;
			}
			q.w = 1 + (uint32_t)random_below(state, all.w - 1);
			q.h = 1 + (uint32_t)random_below(state, all.h - 1);
			get_and_check(d, i, q, 0, what);
			q.x = q.w;
			q.w = all.w - q.w;
			get_and_check(d, i, q, 1, what);
			q.y = q.h;
			q.h = all.h - q.h;
			get_and_check(d, i, q, 5, what);
			q.w = q.x;
			q.x = 0;
			get_and_check(d, i, q, 2, what);
		}
	}
}

static void case_formats(struct device *d)
{
	static const uint32_t sizes[][2] = {
		{ 1, 1 }, { 7, 5 }, { 64, 8 }, { 65, 9 }, { 200, 130 }, { 17, 600 }, { 600, 17 },
	};
	unsigned int f, s, tried = 0;
	uint64_t state = 21;

	for (f = 0; f < ARRAY_SIZE(formats); f++) {
		if (!supported(d, &formats[f], VK_IMAGE_TYPE_2D, VK_IMAGE_TILING_OPTIMAL, 0)) {
			note("%s is not supported", formats[f].name);
			continue;
		}
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			struct image i = {
				.f = &formats[f], .type = VK_IMAGE_TYPE_2D, .w = sizes[s][0],
				.h = sizes[s][1], .d = 1, .levels = 1, .layers = 1,
			};

			image_create(d, &i, VK_IMAGE_TILING_OPTIMAL);
			in_and_out(d, &i, &state, "2D");
			image_free(d, &i);
			tried++;
		}
	}
	if (!tried)
		fail("no format is supported");
}

static void case_levels(struct device *d)
{
	static const unsigned int which[] = { 2, 5, 6 };
	unsigned int n, tried = 0;
	uint64_t state = 22;

	for (n = 0; n < ARRAY_SIZE(which); n++) {
		struct image i = {
			.f = &formats[which[n]], .type = VK_IMAGE_TYPE_2D, .w = 100, .h = 70,
			.d = 1, .levels = 7, .layers = 3,
		};

		if (!supported(d, i.f, i.type, VK_IMAGE_TILING_OPTIMAL, 0))
			continue;
		image_create(d, &i, VK_IMAGE_TILING_OPTIMAL);
		in_and_out(d, &i, &state, "levels");
		image_free(d, &i);
		tried++;
	}
	if (!tried)
		fail("no format is supported");
}

static void case_3d(struct device *d)
{
	static const uint32_t sizes[][3] = { { 5, 3, 2 }, { 33, 20, 9 }, { 64, 64, 32 } };
	uint64_t state = 23;
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct image i = {
			.f = &formats[s == 1 ? 3 : 2], .type = VK_IMAGE_TYPE_3D, .w = sizes[s][0],
			.h = sizes[s][1], .d = sizes[s][2], .levels = 2, .layers = 1,
		};

		image_create(d, &i, VK_IMAGE_TILING_OPTIMAL);
		in_and_out(d, &i, &state, "3D");
		image_free(d, &i);
	}
}

/* Image to image, of other sizes and so of other tilings, also pitch-linear. */
static void case_image_to_image(struct device *d)
{
	unsigned int f, n, tried = 0, left_out = 0;
	uint64_t state = 24;

	for (f = 0; f < ARRAY_SIZE(formats); f++) {
		const struct format *fmt = &formats[f];
		VkImageTiling tiling[] = { VK_IMAGE_TILING_OPTIMAL, VK_IMAGE_TILING_LINEAR };

		if (!supported(d, fmt, VK_IMAGE_TYPE_2D, tiling[0], 0))
			continue;
		if (device_draws_image_copies(d) && fmt->w == 1 &&
		    fmt->aspect == VK_IMAGE_ASPECT_COLOR_BIT) {
			left_out++;
			continue;
		}
		for (n = 0; n < 4; n++) {
			struct image a = {
				.f = fmt, .type = VK_IMAGE_TYPE_2D, .w = 300, .h = 200, .d = 1,
				.levels = 1, .layers = 1,
			};
			struct image b = a;
			struct rect from, to;
			VkImageCopy copy;
			VkCommandBuffer cmd;
			uint32_t y;

			b.w = 90;
			b.h = 44;
			if (!supported(d, fmt, a.type, tiling[n / 2], 0) ||
			    !supported(d, fmt, a.type, tiling[n % 2], 0))
				continue;
			image_create(d, &a, tiling[n / 2]);
			image_create(d, &b, tiling[n % 2]);
			put(d, &a, whole(&a, 0, 0), 0, random_below(&state, 0));
			put(d, &b, whole(&b, 0, 0), 0, random_below(&state, 0));
			to = some(&b, 0, 0, &state);
			/* Away from the edges, where blocks may be cut in one of the two. */
			from = to;
			from.x = (uint32_t)random_below(&state, level_w(&a, 0) - to.w - 1);
			from.y = (uint32_t)random_below(&state, level_h(&a, 0) - to.h - 1);
			copy = (VkImageCopy){
				.srcSubresource = subresource(&a, &from),
				.srcOffset = texel_offset(&a, &from),
				.dstSubresource = subresource(&b, &to),
				.dstOffset = texel_offset(&b, &to),
				.extent = texel_extent(&b, &to),
			};
			cmd = cmd_begin(d);
			vkCmdCopyImage(cmd, a.img, VK_IMAGE_LAYOUT_GENERAL, b.img,
				       VK_IMAGE_LAYOUT_GENERAL, 1, &copy);
			cmd_run(d, cmd);
			for (y = 0; y < to.h; y++)
				memcpy(wanted(&b, &to, y, 0), wanted(&a, &from, y, 0),
				       (size_t)to.w * fmt->bytes);
			get_and_check(d, &b, whole(&b, 0, 0), 1, "copied");
			get_and_check(d, &a, whole(&a, 0, 0), 1, "only read");
			image_free(d, &a);
			image_free(d, &b);
			tried++;
		}
	}
	if (left_out)
		note("%u colour formats left out: this driver draws such copies", left_out);
	if (!tried)
		skip("no format is copied without shaders");
}

/*
 * Where a byte is in a block-linear image, as open-gpu-doc and envytools
 * describe it for Fermi to Ampere: GOBs of 64 bytes by 8 rows; blocks of one
 * GOB by 2^block_h GOBs by 2^block_d slices; blocks row by row, slice by slice.
 *
 * The plain buffer that looks at them has another page kind than the image, and
 * what that does to the 16-byte units inside a GOB is written nowhere. It must
 * be the same in all GOBs of a kind: it is learnt from an image of one GOB.
 */
#define GOB 512
#define UNIT 16
#define UNITS (GOB / UNIT)

struct layout {
	size_t pitch, rows, slices;	/* bytes, rows, slices of the image */
	unsigned int block_h, block_d;
	uint8_t unit[UNITS];		/* where a unit of a GOB is found */
};

static size_t block_linear(const struct layout *l, size_t x, size_t y, size_t z)
{
	size_t gobs_x = (l->pitch + 63) / 64, gob_y = y / 8, high = 8u << l->block_h;
	size_t blocks_y = (l->rows + high - 1) / high;
	size_t block = ((z >> l->block_d) * blocks_y + (gob_y >> l->block_h)) * gobs_x + x / 64;
	size_t in_block = ((z & ((1u << l->block_d) - 1)) << l->block_h) +
			  (gob_y & ((1u << l->block_h) - 1));
	size_t unit = (x & 32) / 32 * 16 + (y & 6) / 2 * 4 + (x & 16) / 16 * 2 + (y & 1);

	return ((block << (l->block_h + l->block_d)) + in_block) * GOB + l->unit[unit] * UNIT +
	       x % UNIT;
}

/* How many bytes are where they should be in that layout; collects them. */
static size_t gather(const struct layout *l, const uint8_t *raw, size_t size,
		     const uint8_t *want, uint8_t *got)
{
	size_t x, y, z, at, n = 0, right = 0;

	for (z = 0; z < l->slices; z++) {
		for (y = 0; y < l->rows; y++) {
			for (x = 0; x < l->pitch; x++, n++) {
				at = block_linear(l, x, y, z);
				got[n] = at < size ? raw[at] : 0;
				right += at < size && got[n] == want[n];
			}
		}
	}
	return right;
}

/* The image's memory, byte by byte, through a plain buffer. */
static uint8_t *raw_bytes(struct device *d, struct image *i, size_t *size)
{
	VkMemoryRequirements need;
	struct buffer b;
	uint8_t *raw;

	vkGetImageMemoryRequirements(d->dev, i->img, &need);
	buffer_over(d, &b, need.size, i->mem, 0, d->vram_type);
	raw = bytes(need.size);
	buffer_read(d, &b, 0, raw, need.size);
	vkDestroyBuffer(d->dev, b.buf, NULL);
	*size = need.size;
	return raw;
}

/* From an image of one GOB, whose units are all different. */
static void learn_units(struct device *d, const struct format *f, struct layout *l)
{
	struct image i = {
		.f = f, .type = VK_IMAGE_TYPE_2D, .w = 64 / f->bytes * f->w, .h = 8 * f->h,
		.d = 1, .levels = 1, .layers = 1,
	};
	unsigned int n, at, moved = 0;
	struct layout plain = { .pitch = 64, .rows = 8, .slices = 1 };
	uint8_t got[GOB], ordered[GOB];
	uint32_t seen = 0;
	uint8_t *raw;
	size_t size;

	for (n = 0; n < UNITS; n++)
		plain.unit[n] = n;
	image_create(d, &i, VK_IMAGE_TILING_OPTIMAL);
	put(d, &i, whole(&i, 0, 0), 0, 70);
	raw = raw_bytes(d, &i, &size);
	/* Units as the documented order has them, then each one where it is. */
	for (n = 0; n < GOB; n++)
		ordered[block_linear(&plain, n % 64, n / 64, 0)] = i.want[0][n];
	for (n = 0; n < UNITS; n++) {
		for (at = 0; at < UNITS; at++)
			if (!memcmp(ordered + n * UNIT, raw + at * UNIT, UNIT))
				break;
		if (at == UNITS) {
			gather(&plain, raw, size, i.want[0], got);
			check_bytes("a GOB, as it is documented,", got, i.want[0], GOB);
			fail("a GOB misses 16 bytes");
		}
		l->unit[n] = at;
		seen |= 1u << at;
		moved += at != n;
	}
	if (seen != ~0u)
		fail("two parts of a GOB are at the same place");
	if (moved)
		note("%s: the page kind moves %u of %u units in a GOB", f->name, moved, UNITS);
	image_free(d, &i);
	free(raw);
}

static void case_layout(struct device *d)
{
	static const struct {
		unsigned int format;
		uint32_t w, h, d;
	} tries[] = {
		{ 2, 100, 70, 1 }, { 0, 300, 200, 1 }, { 3, 40, 300, 1 }, { 4, 33, 9, 1 },
		{ 2, 40, 40, 12 }, { 5, 90, 33, 1 }, { 6, 200, 100, 1 },
	};
	unsigned int n;

	if (!device_is_nvk(d))
		skip("the layout of block-linear images is known of NVIDIA's GPUs alone");
	for (n = 0; n < ARRAY_SIZE(tries); n++) {
		struct image i = {
			.f = &formats[tries[n].format],
			.type = tries[n].d > 1 ? VK_IMAGE_TYPE_3D : VK_IMAGE_TYPE_2D,
			.w = tries[n].w, .h = tries[n].h, .d = tries[n].d, .levels = 1, .layers = 1,
		};
		size_t right, most = 0, size, raw_size;
		struct layout l = { 0 }, best;
		uint8_t *raw, *got;
		char what[96];

		if (!supported(d, i.f, i.type, VK_IMAGE_TILING_OPTIMAL, 0))
			continue;
		learn_units(d, i.f, &l);
		image_create(d, &i, VK_IMAGE_TILING_OPTIMAL);
		put(d, &i, whole(&i, 0, 0), 0, 71 + n);
		raw = raw_bytes(d, &i, &raw_size);
		l.pitch = (size_t)level_w(&i, 0) * i.f->bytes;
		l.rows = level_h(&i, 0);
		l.slices = i.d;
		size = l.pitch * l.rows * l.slices;
		got = bytes(size);
		best = l;
		/* The driver chooses the height and depth of blocks: take what fits. */
		for (l.block_h = 0; l.block_h <= 5; l.block_h++) {
			for (l.block_d = 0; l.block_d <= (i.d > 1 ? 5u : 0u); l.block_d++) {
				right = gather(&l, raw, raw_size, i.want[0], got);
				if (right > most) {
					most = right;
					best = l;
				}
			}
		}
		gather(&best, raw, raw_size, i.want[0], got);
		snprintf(what, sizeof(what), "%s %ux%ux%u in blocks of %u GOBs by %u", i.f->name,
			 i.w, i.h, i.d, 1u << best.block_h, 1u << best.block_d);
		check_bytes(what, got, i.want[0], size);
		note("%s", what);
		image_free(d, &i);
		free(raw);
		free(got);
	}
}

/* --- sparse residency: an image of which only some tiles are there ----------- */

static void bind_tile(struct device *d, const struct image *i, const struct rect *r,
		      VkDeviceMemory mem, VkDeviceSize offset)
{
	VkSparseImageMemoryBind bind = {
		.subresource = { i->f->aspect, r->level, r->layer },
		.offset = texel_offset(i, r),
		.extent = texel_extent(i, r),
		.memory = mem,
		.memoryOffset = offset,
	};
	VkSparseImageMemoryBindInfo binds = { i->img, 1, &bind };
	VkBindSparseInfo info = {
		.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO,
		.imageBindCount = 1,
		.pImageBinds = &binds,
	};
	VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence;

	CHECK(vkCreateFence(d->dev, &fence_info, NULL, &fence));
	CHECK(vkQueueBindSparse(d->sparse_queue, 1, &info, fence));
	CHECK(vkWaitForFences(d->dev, 1, &fence, VK_TRUE, UINT64_MAX));
	vkDestroyFence(d->dev, fence, NULL);
}

/* All of it where what is not there reads as zero; else what is there. */
static void check_tiles(struct device *d, struct image *i, const bool *there, uint32_t tiles,
			const char *what)
{
	uint32_t n;

	if (d->sparse.residencyNonResidentStrict) {
		get_and_check(d, i, whole(i, 0, 0), 0, what);
		return;
	}
	for (n = 0; n < tiles * tiles; n++) {
		struct rect r = {
			.w = level_w(i, 0) / tiles, .h = level_h(i, 0) / tiles, .d = 1,
		};

		r.x = n % tiles * r.w;
		r.y = n / tiles * r.h;
		if (there[n])
			get_and_check(d, i, r, 0, what);
	}
}

static void case_sparse_image(struct device *d)
{
	struct image i = {
		.f = &formats[2], .type = VK_IMAGE_TYPE_2D, .d = 1, .levels = 1, .layers = 1,
	};
	VkImageCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
		.flags = VK_IMAGE_CREATE_SPARSE_BINDING_BIT | VK_IMAGE_CREATE_SPARSE_RESIDENCY_BIT,
		.imageType = VK_IMAGE_TYPE_2D,
		.format = i.f->format,
		.mipLevels = 1,
		.arrayLayers = 1,
		.samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = VK_IMAGE_TILING_OPTIMAL,
		.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
		.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
	};
	enum { TILES = 3 };
	bool there[TILES * TILES] = { false };
	VkSparseImageMemoryRequirements sparse[4];
	uint32_t n = ARRAY_SIZE(sparse), x, y, tile_w, tile_h;
	VkMemoryRequirements need;
	VkDeviceSize tile_size;
	VkDeviceMemory mem;
	VkCommandBuffer cmd;

	if (d->sparse_family == ~0u || !d->features.sparseResidencyImage2D)
		skip("the device says it has no sparse images");
	if (!d->sparse.residencyStandard2DBlockShape)
		skip("the device has tiles of its own");
	/* Standard tiles of 4-byte texels have 128 by 128. */
	tile_w = 128;
	tile_h = 128;
	tile_size = 64 * KiB;
	i.w = TILES * tile_w;
	i.h = TILES * tile_h;
	info.extent = (VkExtent3D){ i.w, i.h, 1 };
	CHECK(vkCreateImage(d->dev, &info, NULL, &i.img));
	vkGetImageMemoryRequirements(d->dev, i.img, &need);
	vkGetImageSparseMemoryRequirements(d->dev, i.img, &n, sparse);
	if (!n || sparse[0].formatProperties.imageGranularity.width != tile_w ||
	    sparse[0].formatProperties.imageGranularity.height != tile_h)
		fail("the tiles are not the standard ones though the device says so");
	if (sparse[0].formatProperties.flags & VK_SPARSE_IMAGE_FORMAT_SINGLE_MIPTAIL_BIT &&
	    sparse[0].imageMipTailFirstLod == 0)
		fail("all of a large image is in its tail");
	mem = memory_new(d, need.size, d->vram_type);
	i.want[0] = bytes((size_t)i.w * i.h * i.f->bytes);
	cmd = cmd_begin(d);
	image_barrier(cmd, &i);
	cmd_run(d, cmd);

	/* A checkerboard of tiles, in memory the other way round. */
	for (y = 0; y < TILES; y++) {
		for (x = (y & 1); x < TILES; x += 2) {
			struct rect r = {
				.x = x * tile_w, .y = y * tile_h, .w = tile_w, .h = tile_h, .d = 1,
			};

			bind_tile(d, &i, &r, mem, (TILES * TILES - 1 - y * TILES - x) * tile_size);
			there[y * TILES + x] = true;
		}
	}
	/* Written all over: what is not there must swallow it and read as zero. */
	put(d, &i, whole(&i, 0, 0), 0, 80);
	for (y = 0; y < TILES * tile_h; y++)
		for (x = 0; x < TILES; x++)
			if ((y / tile_h + x) & 1)
				memset(i.want[0] + ((size_t)y * i.w + x * tile_w) * 4, 0,
				       tile_w * 4);
	check_tiles(d, &i, there, TILES, "sparse checkerboard");

	/* One tile goes, and comes back elsewhere with what it had. */
	{
		struct rect r = { .w = tile_w, .h = tile_h, .d = 1 };
		struct rect to = { .x = tile_w, .w = tile_w, .h = tile_h, .d = 1 };

		bind_tile(d, &i, &r, VK_NULL_HANDLE, 0);
		bind_tile(d, &i, &to, mem, (TILES * TILES - 1) * tile_size);
		for (y = 0; y < tile_h; y++) {
			memcpy(wanted(&i, &to, y, 0), wanted(&i, &r, y, 0), tile_w * 4);
			memset(wanted(&i, &r, y, 0), 0, tile_w * 4);
		}
	}
	there[0] = false;
	there[1] = true;
	check_tiles(d, &i, there, TILES, "sparse, one tile moved");
}

const struct vk_case image_cases[] = {
	{ "image-formats", case_formats },
	{ "image-levels-layers", case_levels },
	{ "image-3d", case_3d },
	{ "image-to-image", case_image_to_image },
	{ "image-layout", case_layout },
	{ "sparse-image", case_sparse_image },
	{ }
};
