// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory: many pieces, all of it, and the same again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk.h"

/* Pieces of all sizes come and go; those that stay keep what they hold. */
static void case_many(struct device *d)
{
	enum { N = 300, ROUNDS = 4 };
	struct buffer *b = bytes(N * sizeof(*b));
	uint32_t *word = bytes(N * sizeof(*word)), i, round;
	uint64_t state = 81;

	for (round = 0; round < ROUNDS; round++) {
		VkCommandBuffer cmd = cmd_begin(d);

		for (i = 0; i < N; i++) {
			if (b[i].buf) {
				if (random_below(&state, 2))
					continue;
				buffer_free(d, &b[i]);
			}
			buffer_new(d, &b[i], 4 * (1 + random_below(&state, 10000)),
				   d->types[random_below(&state, d->n_types)]);
			word[i] = (uint32_t)random_below(&state, 0);
			vkCmdFillBuffer(cmd, b[i].buf, 0, VK_WHOLE_SIZE, word[i]);
		}
		cmd_run(d, cmd);
	}
	for (i = 0; i < N; i++) {
		uint32_t *want = bytes(b[i].size), w;
		char what[64];

		for (w = 0; w < b[i].size / 4; w++)
			want[w] = word[i];
		snprintf(what, sizeof(what), "buffer %u of %d", i, N);
		buffer_check(d, &b[i], 0, want, b[i].size, what);
		free(want);
	}
}

/*
 * A heap filled up, as far as the device gives: in every piece both ends are
 * written, only then is anything read. Where addresses are cut short, pieces
 * meet each other.
 */
static void fill_heap(struct device *d, uint32_t type)
{
	enum { MAX = 256, EDGE = 4096 };
	VkDeviceSize heap = d->mem.memoryHeaps[d->mem.memoryTypes[type].heapIndex].size;
	VkDeviceSize piece, used = 0, limit = heap < opt.heap ? heap : opt.heap;
	struct buffer b[MAX];
	VkDeviceMemory mem;
	VkCommandBuffer cmd;
	uint32_t n, i, j;

	piece = limit / 32;
	if (piece > 64 * MiB)
		piece = 64 * MiB;
	piece &= ~(64 * KiB - 1);
	cmd = cmd_begin(d);
	for (n = 0; n < MAX && used + piece <= limit; n++) {
		mem = memory_try(d, piece, type);
		if (!mem) {
			/* The last of it in smaller pieces, down to 64 KiB. */
			piece = piece / 2 & ~(64 * KiB - 1);
			if (!piece)
				break;
			n--;
			continue;
		}
		buffer_over(d, &b[n], piece, mem, 0, type);
		b[n].mem = mem;
		used += piece;
		vkCmdFillBuffer(cmd, b[n].buf, 0, EDGE, 0xe0000000 + n);
		vkCmdFillBuffer(cmd, b[n].buf, piece - EDGE, EDGE, 0xf0000000 + n);
	}
	cmd_run(d, cmd);
	note("%s: %u pieces, %llu of %llu MiB", memory_name(d, type), n,
	     (unsigned long long)used >> 20, (unsigned long long)heap >> 20);
	if (n < 8)
		fail("%s: hardly any room", memory_name(d, type));
	for (i = 0; i < n; i++) {
		uint32_t want[EDGE / 4];
		char what[64];

		for (j = 0; j < EDGE / 4; j++)
			want[j] = 0xe0000000 + i;
		snprintf(what, sizeof(what), "%s, start of piece %u", memory_name(d, type), i);
		buffer_check(d, &b[i], 0, want, EDGE, what);
		for (j = 0; j < EDGE / 4; j++)
			want[j] = 0xf0000000 + i;
		snprintf(what, sizeof(what), "%s, end of piece %u", memory_name(d, type), i);
		buffer_check(d, &b[i], b[i].size - EDGE, want, EDGE, what);
	}
	for (i = 0; i < n; i++)
		buffer_free(d, &b[i]);
}

static void case_heap_end(struct device *d)
{
	fill_heap(d, d->vram_type);
	/* What was given back can be had again. */
	fill_heap(d, d->vram_type);
}

/* The same piece of memory in use while its neighbours go and come. */
static void case_reuse(struct device *d)
{
	const size_t size = 64 * KiB;
	uint8_t *keep = bytes(size), *want = bytes(size);
	struct buffer stays, b;
	uint32_t round;

	buffer_new(d, &stays, size, d->vram_type);
	pattern(keep, size, 91);
	buffer_write(d, &stays, 0, keep, size);
	for (round = 0; round < 60; round++) {
		VkCommandBuffer cmd = cmd_begin(d);

		buffer_new(d, &b, size, d->types[round % d->n_types]);
		cmd_copy(cmd, &stays, 0, &b, 0, size);
		cmd_barrier(cmd);
		vkCmdFillBuffer(cmd, b.buf, 4 * round, 4, round);
		memcpy(want, keep, size);
		memcpy(want + 4 * round, &round, 4);
		cmd_run(d, cmd);
		buffer_check(d, &b, 0, want, size, "a new neighbour");
		buffer_free(d, &b);
	}
	buffer_check(d, &stays, 0, keep, size, "the one that stayed");
}

const struct vk_case memory_cases[] = {
	{ "memory-many", case_many },
	{ "memory-heap-end", case_heap_end },
	{ "memory-reuse", case_reuse },
	{ }
};
