// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vkQueueBindSparse: VM_BIND as a program meets it.
 *
 * A plain buffer over the same memory shows what is in the memory; so a wrong
 * address in a binding is seen, not only a wrong copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

struct sparse {
	struct buffer b;		/* no memory of its own */
	struct buffer raw;		/* plain, over all of the memory */
	VkDeviceSize page;
	uint32_t pages, mem_pages;
	uint8_t *memory;		/* what should be in the memory */
	int *where;			/* page of the memory, -1: none */
	bool strict;			/* what is not there reads as zero */
};

static void sparse_new(struct device *d, struct sparse *s, uint32_t pages, uint32_t mem_pages,
		       VkBufferCreateFlags flags)
{
	VkMemoryRequirements need;
	VkDeviceMemory mem;
	uint32_t i;

	if (d->sparse_family == ~0u)
		skip("the device says it cannot bind");
	if ((flags & VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT) && !d->features.sparseResidencyBuffer)
		skip("the device says it has no partly resident buffers");
	if ((flags & VK_BUFFER_CREATE_SPARSE_ALIASED_BIT) && !d->features.sparseResidencyAliased)
		skip("the device says memory may not be bound twice");
	memset(s, 0, sizeof(*s));
	buffer_create(d, &s->b, 4096, VK_BUFFER_CREATE_SPARSE_BINDING_BIT | flags);
	vkGetBufferMemoryRequirements(d->dev, s->b.buf, &need);
	vkDestroyBuffer(d->dev, s->b.buf, NULL);
	s->page = need.alignment;
	s->pages = pages;
	s->mem_pages = mem_pages;
	buffer_create(d, &s->b, pages * s->page, VK_BUFFER_CREATE_SPARSE_BINDING_BIT | flags);
	mem = memory_new(d, mem_pages * s->page, d->vram_type);
	buffer_over(d, &s->raw, mem_pages * s->page, mem, 0, d->vram_type);
	s->raw.mem = mem;
	s->memory = bytes(mem_pages * s->page);
	s->where = bytes(pages * sizeof(*s->where));
	for (i = 0; i < pages; i++)
		s->where[i] = -1;
	s->strict = (flags & VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT) &&
		    d->sparse.residencyNonResidentStrict;
	pattern(s->memory, mem_pages * s->page, 41);
	buffer_write(d, &s->raw, 0, s->memory, mem_pages * s->page);
}

static VkSparseMemoryBind sparse_bind(struct sparse *s, uint32_t page, uint32_t n, int mem_page)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		s->where[page + i] = mem_page < 0 ? -1 : mem_page + (int)i;
	return (VkSparseMemoryBind){
		.resourceOffset = page * s->page,
		.size = n * s->page,
		.memory = mem_page < 0 ? VK_NULL_HANDLE : s->raw.mem,
		.memoryOffset = mem_page < 0 ? 0 : mem_page * s->page,
	};
}

static void bind_now(struct device *d, struct sparse *s, const VkSparseMemoryBind *binds,
		     uint32_t n)
{
	VkSparseBufferMemoryBindInfo buffer = { s->b.buf, n, binds };
	VkBindSparseInfo info = {
		.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO,
		.bufferBindCount = 1,
		.pBufferBinds = &buffer,
	};
	VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkFence fence;

	CHECK(vkCreateFence(d->dev, &fence_info, NULL, &fence));
	CHECK(vkQueueBindSparse(d->sparse_queue, 1, &info, fence));
	CHECK(vkWaitForFences(d->dev, 1, &fence, VK_TRUE, UINT64_MAX));
	vkDestroyFence(d->dev, fence, NULL);
}

/* All pages that may be read hold what the memory holds, or nothing. */
static void sparse_check(struct device *d, struct sparse *s, const char *what)
{
	uint8_t *want = bytes(s->pages * s->page), *got = bytes(s->pages * s->page);
	uint32_t i, n;
	char text[128];

	for (i = 0; i < s->pages; i++)
		if (s->where[i] >= 0)
			memcpy(want + i * s->page, s->memory + s->where[i] * s->page, s->page);
	if (s->strict) {
		buffer_check(d, &s->b, 0, want, s->pages * s->page, what);
	} else {
		/* Reading what is not there would be undefined: runs of pages. */
		for (i = 0; i < s->pages; i += n) {
			for (n = 1; i + n < s->pages &&
			     (s->where[i + n] >= 0) == (s->where[i] >= 0); n++)
				;
			if (s->where[i] < 0)
				continue;
			snprintf(text, sizeof(text), "%s, pages %u to %u", what, i, i + n - 1);
			buffer_check(d, &s->b, i * s->page, want + i * s->page, n * s->page, text);
		}
	}
	snprintf(text, sizeof(text), "%s, the memory below", what);
	buffer_check(d, &s->raw, 0, s->memory, s->mem_pages * s->page, text);
	free(want);
	free(got);
}

/* Writes through the binding; the memory below must have it. */
static void sparse_write(struct device *d, struct sparse *s, VkDeviceSize at, VkDeviceSize size,
			 uint64_t seed)
{
	uint8_t *data = bytes(size);
	VkDeviceSize i;

	pattern(data, size, seed);
	buffer_write(d, &s->b, at, data, size);
	for (i = 0; i < size; i++) {
		int page = s->where[(at + i) / s->page];

		if (page >= 0)
			s->memory[page * s->page + (at + i) % s->page] = data[i];
	}
	free(data);
}

/* Bound in pieces, out of order, written across the seams, bound anew. */
static void case_bind(struct device *d)
{
	VkSparseMemoryBind binds[4];
	struct sparse s;

	sparse_new(d, &s, 24, 32, 0);
	note("pages of %llu KiB", (unsigned long long)s.page / 1024);
	binds[0] = sparse_bind(&s, 8, 8, 3);
	binds[1] = sparse_bind(&s, 0, 8, 20);
	binds[2] = sparse_bind(&s, 16, 1, 0);
	binds[3] = sparse_bind(&s, 17, 7, 12);
	bind_now(d, &s, binds, 4);
	sparse_check(d, &s, "first bound");
	sparse_write(d, &s, 100, 24 * s.page - 200, 42);
	sparse_check(d, &s, "written all over");

	/* Overlapping what is bound: the middle of one piece, and over a seam. */
	binds[0] = sparse_bind(&s, 10, 3, 28);
	binds[1] = sparse_bind(&s, 15, 3, 0);
	bind_now(d, &s, binds, 2);
	sparse_check(d, &s, "bound anew in the middle");
	sparse_write(d, &s, 9 * s.page + 5, 8 * s.page, 43);
	sparse_check(d, &s, "written again");

	/* Taken away and brought back. */
	binds[0] = sparse_bind(&s, 4, 12, -1);
	bind_now(d, &s, binds, 1);
	sparse_check(d, &s, "with a hole");
	binds[0] = sparse_bind(&s, 4, 12, 4);
	bind_now(d, &s, binds, 1);
	sparse_check(d, &s, "with the hole filled");
	binds[0] = sparse_bind(&s, 0, 24, -1);
	bind_now(d, &s, binds, 1);
	binds[0] = sparse_bind(&s, 0, 24, 8);
	bind_now(d, &s, binds, 1);
	sparse_check(d, &s, "all in one piece");
}

/* Several operations of one call, in their order, on the same pages. */
static void case_order(struct device *d)
{
	VkSparseMemoryBind binds[6];
	struct sparse s;

	sparse_new(d, &s, 8, 16, 0);
	binds[0] = sparse_bind(&s, 0, 8, 0);
	binds[1] = sparse_bind(&s, 0, 8, 8);
	binds[2] = sparse_bind(&s, 2, 2, 3);
	binds[3] = sparse_bind(&s, 3, 3, -1);
	binds[4] = sparse_bind(&s, 4, 1, 5);
	binds[5] = sparse_bind(&s, 3, 1, 15);
	bind_now(d, &s, binds, 6);
	sparse_check(d, &s, "the last one counts");
}

/* What is not there reads as zero and swallows what is written. */
static void case_residency(struct device *d)
{
	VkSparseMemoryBind binds[3];
	VkCommandBuffer cmd;
	struct sparse s;

	sparse_new(d, &s, 32, 16, VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT);
	if (!s.strict)
		note("the device says that what is not there may be anything");
	sparse_check(d, &s, "nothing bound");
	sparse_write(d, &s, 10, 32 * s.page - 20, 51);
	sparse_check(d, &s, "written into nothing");
	binds[0] = sparse_bind(&s, 3, 2, 7);
	binds[1] = sparse_bind(&s, 9, 1, 0);
	binds[2] = sparse_bind(&s, 30, 2, 14);
	bind_now(d, &s, binds, 3);
	sparse_check(d, &s, "three pieces");
	sparse_write(d, &s, 2 * s.page + 17, 9 * s.page, 52);
	sparse_check(d, &s, "written over pieces and holes");
	cmd = cmd_begin(d);
	/* From the buffer to itself: from holes, and into them. */
	if (s.strict) {
		cmd_copy(cmd, &s.b, 20 * s.page, &s.b, 9 * s.page, 64);
		memset(s.memory, 0, 64);
	}
	cmd_copy(cmd, &s.b, 3 * s.page, &s.b, 25 * s.page, s.page);
	cmd_run(d, cmd);
	sparse_check(d, &s, "copied out of and into holes");
	binds[0] = sparse_bind(&s, 0, 32, -1);
	bind_now(d, &s, binds, 1);
	sparse_check(d, &s, "all taken away");
}

/* One page of memory at several places. */
static void case_alias(struct device *d)
{
	VkSparseMemoryBind binds[4];
	struct sparse s;

	sparse_new(d, &s, 16, 4, VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT |
		   VK_BUFFER_CREATE_SPARSE_ALIASED_BIT);
	binds[0] = sparse_bind(&s, 0, 4, 0);
	binds[1] = sparse_bind(&s, 6, 4, 0);
	binds[2] = sparse_bind(&s, 12, 1, 2);
	binds[3] = sparse_bind(&s, 13, 1, 2);
	bind_now(d, &s, binds, 4);
	sparse_check(d, &s, "bound twice");
	sparse_write(d, &s, s.page / 2, s.page, 61);
	sparse_check(d, &s, "written at the first place");
	sparse_write(d, &s, 13 * s.page, s.page, 62);
	sparse_check(d, &s, "written at the last place");
	binds[0] = sparse_bind(&s, 0, 4, -1);
	bind_now(d, &s, binds, 1);
	sparse_check(d, &s, "the first place taken away");
}

/* A thousand single pages in one call, in no order; then all of them otherwise. */
static void case_many(struct device *d)
{
	enum { N = 1000 };
	VkSparseMemoryBind *binds = bytes(N * sizeof(*binds));
	uint64_t state = 71;
	int order[N];
	struct sparse s;
	uint32_t i, round;

	sparse_new(d, &s, 4, 4, 0);
	if (s.page > 64 * KiB)
		skip("pages of %llu KiB are too large", (unsigned long long)s.page / 1024);
	sparse_new(d, &s, N, N, 0);
	for (i = 0; i < N; i++)
		order[i] = (int)i;
	for (round = 0; round < 3; round++) {
		for (i = N - 1; i > 0; i--) {
			uint32_t j = (uint32_t)random_below(&state, i + 1);
			int swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		for (i = 0; i < N; i++)
			binds[i] = sparse_bind(&s, i, 1, order[i]);
		for (i = N - 1; i > 0; i--) {
			uint32_t j = (uint32_t)random_below(&state, i + 1);
			VkSparseMemoryBind swap = binds[i];

			binds[i] = binds[j];
			binds[j] = swap;
		}
		bind_now(d, &s, binds, N);
		sparse_check(d, &s, "a thousand pages");
	}
}

/*
 * Binds in the middle of a stream: a copy, a bind that waits for it, a copy that
 * waits for the bind, and so on, all queued while the CPU holds the first back.
 */
static void case_timeline(struct device *d)
{
	enum { STEPS = 16 };
	VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
	};
	VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkSparseMemoryBind binds[STEPS];
	VkSemaphoreSignalInfo go = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO };
	VkSemaphoreWaitInfo last = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO };
	uint64_t now = 1, then;
	VkSemaphore t;
	struct sparse s;
	uint32_t i;

	if (!d->timeline)
		skip("the device says it has no timeline semaphores");
	sparse_new(d, &s, 4, STEPS, 0);
	binds[0] = sparse_bind(&s, 0, 4, 0);
	bind_now(d, &s, binds, 1);
	CHECK(vkCreateSemaphore(d->dev, &info, NULL, &t));
	for (i = 0; i < STEPS; i++) {
		VkTimelineSemaphoreSubmitInfo values = {
			.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
			.waitSemaphoreValueCount = 1,
			.pWaitSemaphoreValues = &now,
			.signalSemaphoreValueCount = 1,
			.pSignalSemaphoreValues = &then,
		};
		VkSparseBufferMemoryBindInfo buffer = { s.b.buf, 1, &binds[i] };
		VkBindSparseInfo bind = {
			.sType = VK_STRUCTURE_TYPE_BIND_SPARSE_INFO,
			.pNext = &values,
			.waitSemaphoreCount = 1,
			.pWaitSemaphores = &t,
			.bufferBindCount = 1,
			.pBufferBinds = &buffer,
			.signalSemaphoreCount = 1,
			.pSignalSemaphores = &t,
		};
		VkCommandBuffer cmd = cmd_begin(d);
		VkSubmitInfo submit = {
			.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
			.pNext = &values,
			.waitSemaphoreCount = 1,
			.pWaitSemaphores = &t,
			.pWaitDstStageMask = &stage,
			.commandBufferCount = 1,
			.pCommandBuffers = &cmd,
			.signalSemaphoreCount = 1,
			.pSignalSemaphores = &t,
		};

		/* The same address leads to another page at each step. */
		binds[i] = sparse_bind(&s, 1, 1, (int)(STEPS - 1 - i));
		then = now + 1;
		CHECK(vkQueueBindSparse(d->sparse_queue, 1, &bind, VK_NULL_HANDLE));
		now++;
		then = now + 1;
		vkCmdFillBuffer(cmd, s.b.buf, s.page + 64 * i, 64, 0xabcd0000 + i);
		cmd_end(cmd);
		CHECK(vkQueueSubmit(d->queue, 1, &submit, VK_NULL_HANDLE));
		now++;
		{
			uint32_t word = 0xabcd0000 + i, w;

			for (w = 0; w < 16; w++)
				memcpy(s.memory + (STEPS - 1 - i) * s.page + 64 * i + 4 * w,
				       &word, 4);
		}
	}
	go.semaphore = t;
	go.value = 1;
	CHECK(vkSignalSemaphore(d->dev, &go));
	last.semaphoreCount = 1;
	last.pSemaphores = &t;
	last.pValues = &now;
	CHECK(vkWaitSemaphores(d->dev, &last, 30000000000ull));
	sparse_check(d, &s, "binds between copies");
}

const struct vk_case sparse_cases[] = {
	{ "sparse-bind", case_bind },
	{ "sparse-order", case_order },
	{ "sparse-residency", case_residency },
	{ "sparse-alias", case_alias },
	{ "sparse-many", case_many },
	{ "sparse-timeline", case_timeline },
	{ }
};
