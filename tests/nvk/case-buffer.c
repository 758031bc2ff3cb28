// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffers: fill, update, copy. The CPU does the same to a copy of its own; at
 * the end both have to be equal, also where nothing should have been written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

static void case_device(struct device *d)
{
	VkQueueFamilyProperties props[16];
	uint32_t i, n = ARRAY_SIZE(props), v = d->props.driverVersion;

	note("%s, %s %u.%u.%u (%s)", d->props.deviceName, d->driver.driverName,
	     VK_VERSION_MAJOR(v), VK_VERSION_MINOR(v), VK_VERSION_PATCH(v), d->driver.driverInfo);
	vkGetPhysicalDeviceQueueFamilyProperties(d->phys, &n, props);
	for (i = 0; i < n; i++)
		note("queue family %u:%s%s%s%s%s%s", i,
		     props[i].queueFlags & VK_QUEUE_GRAPHICS_BIT ? " graphics" : "",
		     props[i].queueFlags & VK_QUEUE_COMPUTE_BIT ? " compute" : "",
		     props[i].queueFlags & VK_QUEUE_TRANSFER_BIT ? " transfer" : "",
		     props[i].queueFlags & VK_QUEUE_SPARSE_BINDING_BIT ? " sparse" : "",
		     i == d->family ? ", copies here" : "",
		     i == d->sparse_family ? ", binds here" : "");
	for (i = 0; i < d->n_types; i++) {
		const VkMemoryType *type = &d->mem.memoryTypes[d->types[i]];

		note("memory type %u: %s, heap of %llu MiB", d->types[i],
		     memory_name(d, d->types[i]),
		     (unsigned long long)d->mem.memoryHeaps[type->heapIndex].size >> 20);
	}
	note("sparse:%s%s%s%s", d->features.sparseBinding ? " binding" : "",
	     d->features.sparseResidencyBuffer ? " buffers" : "",
	     d->features.sparseResidencyImage2D ? " images" : "",
	     d->features.sparseResidencyAliased ? " aliased" : "");
	if (!d->timeline)
		fail("the device says it has no timeline semaphores");
}

static void fill_words(uint8_t *to, size_t size, uint32_t word)
{
	size_t i;

	for (i = 0; i + 4 <= size; i += 4)
		memcpy(to + i, &word, 4);
}

static void case_fill(struct device *d)
{
	static const struct {
		VkDeviceSize at, size;
	} fills[] = {
		{ 0, 4 }, { 8, 8 }, { 1020, 4100 }, { 8192, 4096 }, { 16388, 60 },
		/* NVK fills 128 KiB lines: one short of it, one, one more, several. */
		{ 0x20004, 0x1fffc }, { 0x40008, 0x20000 }, { 0x60010, 0x20004 },
		{ 0x90000, 0xa1234 },
	};
	const size_t size = 2 * MiB + 12;
	uint32_t t;

	for (t = 0; t < d->n_types; t++) {
		uint8_t *want = bytes(size);
		VkCommandBuffer cmd;
		struct buffer b;
		unsigned int i;

		buffer_new(d, &b, size, d->types[t]);
		cmd = cmd_begin(d);
		vkCmdFillBuffer(cmd, b.buf, 0, VK_WHOLE_SIZE, 0x5ca1ab1e);
		fill_words(want, size, 0x5ca1ab1e);
		cmd_barrier(cmd);
		for (i = 0; i < ARRAY_SIZE(fills); i++) {
			uint32_t word = (uint32_t)hash(opt.seed + i);

			vkCmdFillBuffer(cmd, b.buf, fills[i].at, fills[i].size, word);
			fill_words(want + fills[i].at, fills[i].size, word);
		}
		/* To the end, which is no whole line. */
		vkCmdFillBuffer(cmd, b.buf, 0x180004, VK_WHOLE_SIZE, 0x0b0e0d0f);
		fill_words(want + 0x180004, size - 0x180004, 0x0b0e0d0f);
		cmd_run(d, cmd);
		buffer_check(d, &b, 0, want, size, memory_name(d, d->types[t]));
		buffer_free(d, &b);
		free(want);
	}
}

static void case_update(struct device *d)
{
	/* Around what fits inline (512 words with their header) and the limit. */
	static const uint32_t sizes[] = {
		4, 8, 12, 60, 64, 256, 1024, 2008, 2012, 2016, 2048, 4096, 65532, 65536,
	};
	const size_t size = 512 * KiB;
	uint32_t t;

	for (t = 0; t < d->n_types; t++) {
		uint8_t *want = bytes(size);
		VkDeviceSize at = 4;
		VkCommandBuffer cmd;
		struct buffer b;
		unsigned int i;

		buffer_new(d, &b, size, d->types[t]);
		cmd = cmd_begin(d);
		vkCmdFillBuffer(cmd, b.buf, 0, VK_WHOLE_SIZE, 0x77777777);
		memset(want, 0x77, size);
		cmd_barrier(cmd);
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			pattern(want + at, sizes[i], 100 * t + i);
			vkCmdUpdateBuffer(cmd, b.buf, at, sizes[i], want + at);
			at += sizes[i] + 4 * (1 + i % 3);
		}
		cmd_run(d, cmd);

		/* And with nothing before it in the command buffer. */
		cmd = cmd_begin(d);
		pattern(want + at, 256, 100 * t + 99);
		vkCmdUpdateBuffer(cmd, b.buf, at, 256, want + at);
		cmd_run(d, cmd);
		buffer_check(d, &b, 0, want, size, memory_name(d, d->types[t]));
		buffer_free(d, &b);
		free(want);
	}
}

/* Regions of all sizes and alignments that together never write a byte twice. */
static uint32_t make_regions(VkBufferCopy *regions, uint32_t max, VkDeviceSize size,
			     uint64_t *state)
{
	static const VkDeviceSize sizes[] = {
		1, 2, 3, 5, 7, 13, 16, 31, 64, 100, 255, 257, 1000, 4095, 4096, 4097, 20001,
		131071, 131072, 131073, 300007,
	};
	VkDeviceSize at = random_below(state, 16);
	uint32_t n;

	for (n = 0; n < max; n++) {
		VkDeviceSize want = sizes[random_below(state, ARRAY_SIZE(sizes))];

		if (at + want > size)
			break;
		regions[n].size = want;
		regions[n].dstOffset = at;
		regions[n].srcOffset = random_below(state, size - want + 1);
		at += want + random_below(state, 40);
	}
	return n;
}

static void case_copy(struct device *d)
{
	const size_t size = 1 * MiB + 4;
	VkBufferCopy regions[64];
	uint32_t from, to, i, n;
	uint64_t state = 7;

	for (from = 0; from < d->n_types; from++) {
		for (to = 0; to < d->n_types; to++) {
			uint8_t *src = bytes(size), *want = bytes(size);
			struct buffer a, b;
			VkCommandBuffer cmd;
			char what[64];

			buffer_new(d, &a, size, d->types[from]);
			buffer_new(d, &b, size, d->types[to]);
			pattern(src, size, 10 * from + to);
			buffer_write(d, &a, 0, src, size);
			cmd = cmd_begin(d);
			vkCmdFillBuffer(cmd, b.buf, 0, VK_WHOLE_SIZE, 0x3c3c3c3c);
			memset(want, 0x3c, size);
			cmd_barrier(cmd);
			n = make_regions(regions, ARRAY_SIZE(regions), size, &state);
			vkCmdCopyBuffer(cmd, a.buf, b.buf, n, regions);
			for (i = 0; i < n; i++)
				memcpy(want + regions[i].dstOffset, src + regions[i].srcOffset,
				       regions[i].size);
			cmd_run(d, cmd);
			snprintf(what, sizeof(what), "%s to %s", memory_name(d, d->types[from]),
				 memory_name(d, d->types[to]));
			buffer_check(d, &b, 0, want, size, what);
			snprintf(what, sizeof(what), "%s, only read",
				 memory_name(d, d->types[from]));
			buffer_check(d, &a, 0, src, size, what);
			buffer_free(d, &a);
			buffer_free(d, &b);
			free(src);
			free(want);
		}
	}
}

/* From one half of a buffer to the other, each copy reading the one before. */
static void case_copy_chain(struct device *d)
{
	const size_t half = 64 * KiB, size = 2 * half;
	uint8_t *want = bytes(size);
	VkCommandBuffer cmd;
	uint64_t state = 11;
	struct buffer b;
	unsigned int i;

	buffer_new(d, &b, size, d->vram_type);
	pattern(want, size, 3);
	buffer_write(d, &b, 0, want, size);
	cmd = cmd_begin(d);
	for (i = 0; i < 200; i++) {
		size_t len = 1 + random_below(&state, 5000);
		size_t from = random_below(&state, half - len);
		size_t to = random_below(&state, half - len);

		if (i & 1)
			from += half;
		else
			to += half;
		cmd_copy(cmd, &b, from, &b, to, len);
		cmd_barrier(cmd);
		memcpy(want + to, want + from, len);
	}
	cmd_run(d, cmd);
	buffer_check(d, &b, 0, want, size, "after 200 copies");
}

/* More command buffers at once than nouveau takes in one EXEC (510 pushes). */
static void case_many_submits(struct device *d)
{
	enum { N = 700 };
	const size_t size = N * 16;
	VkCommandBuffer *cmds = bytes(N * sizeof(*cmds));
	VkFenceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = N,
		.pCommandBuffers = cmds,
	};
	uint8_t *want = bytes(size);
	struct buffer b;
	VkFence fence;
	unsigned int i;

	buffer_new(d, &b, size, d->vram_type);
	for (i = 0; i < N; i++) {
		uint32_t word = (uint32_t)hash(opt.seed + i);

		cmds[i] = cmd_begin(d);
		vkCmdFillBuffer(cmds[i], b.buf, 16 * i, 16, word);
		fill_words(want + 16 * i, 16, word);
		cmd_end(cmds[i]);
	}
	CHECK(vkCreateFence(d->dev, &info, NULL, &fence));
	CHECK(vkQueueSubmit(d->queue, 1, &submit, fence));
	CHECK(vkWaitForFences(d->dev, 1, &fence, VK_TRUE, UINT64_MAX));
	buffer_check(d, &b, 0, want, size, "700 command buffers");
}

const struct vk_case buffer_cases[] = {
	{ "device", case_device },
	{ "fill-buffer", case_fill },
	{ "update-buffer", case_update },
	{ "copy-buffer", case_copy },
	{ "copy-chain", case_copy_chain },
	{ "many-command-buffers", case_many_submits },
	{ }
};
