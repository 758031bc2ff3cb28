// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Sparse regions: reads give zero, writes go nowhere, and mappings may be put
 * into them and taken out again. Chips before second-generation Maxwell have
 * none; there the first test sees them refused, and the rest is skipped.
 */
#include <errno.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define SIZE (256 * KIB)

static void need_sparse(void)
{
	if (!dev.sparse)
		skip("%s has no sparse page table entries", dev.chip);
}

struct scene {
	int fd;
	struct channel ch;
	struct stage st;
	struct bo bo;		/* in VRAM, of SIZE, full of pattern 1 */
};

#define BO_VA (VA + 64 * GIB)

static struct scene scene_new(void)
{
	struct scene s;

	need_sparse();
	s.fd = client_open();
	s.ch = channel_new(s.fd, 0);
	s.st = stage_new(s.fd, SIZE);
	s.bo = bo_new(s.fd, SIZE, NV_VRAM);
	map(BO_VA, &s.bo, 0, SIZE);
	gpu_write(&s.ch, &s.st, BO_VA, 1, 0, SIZE);
	return s;
}

static void is_zero(struct scene *s, uint64_t va, uint64_t len, const char *what)
{
	gpu_check_constant(&s->ch, &s->st, va, 0, len, what);
}

static void supported(void)
{
	int fd = client_open();

	want(try_op(fd, op_sparse(VA, 4 * MIB)), dev.sparse ? 0 : -EINVAL);
	want(try_op(fd, op_unsparse(VA, 4 * MIB)), dev.sparse ? 0 : -ENOENT);
	/* The refused one holds the place no longer. */
	if (!dev.sparse) {
		struct bo bo = bo_new(fd, 64 * KIB, NV_GART);

		map(VA + MIB - PAGE, &bo, 0, 64 * KIB);
	}
}

static void reads_zero(void)
{
	static const uint64_t sizes[] = {
		PAGE, 3 * PAGE, 64 * KIB, 2 * MIB, 2 * MIB + 64 * KIB, 4 * MIB - PAGE,
	};
	struct scene s = scene_new();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* Once on a border of a page table, once not. */
		uint64_t va = VA + (i % 2 ? 5 * PAGE : 0);

		want(try_op(s.fd, op_sparse(va, sizes[i])), 0);
		is_zero(&s, va, sizes[i], "a sparse region");
		want(try_op(s.fd, op_unsparse(va, sizes[i])), 0);
	}
}

static void drops_writes(void)
{
	struct scene s = scene_new();

	want(try_op(s.fd, op_sparse(VA, SIZE)), 0);
	gpu_write(&s.ch, &s.st, VA, 2, 0, SIZE);
	is_zero(&s, VA, SIZE, "a sparse region that was written");
	gpu_check(&s.ch, &s.st, BO_VA, 1, 0, SIZE, "a buffer beside it");
}

static void large(void)
{
	struct scene s = scene_new();
	const uint64_t sizes[] = { GIB, 64 * GIB };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t va = KERNEL_ADDR + KERNEL_SIZE + 64 * GIB;

		want(try_op(s.fd, op_sparse(va, sizes[i])), 0);
		is_zero(&s, va, PAGE, "the first page of a large region");
		is_zero(&s, va + sizes[i] / 2 - 2 * PAGE, 4 * PAGE, "its middle");
		is_zero(&s, va + sizes[i] - PAGE, PAGE, "its last page");
		map(va + sizes[i] / 2, &s.bo, 0, SIZE);
		gpu_check(&s.ch, &s.st, va + sizes[i] / 2, 1, 0, SIZE, "a buffer in it");
		is_zero(&s, va + sizes[i] / 2 - PAGE, PAGE, "right before the buffer");
		is_zero(&s, va + sizes[i] / 2 + SIZE, PAGE, "right behind the buffer");
		want(try_op(s.fd, op_unsparse(va, sizes[i])), 0);
	}
}

static void window(struct shadow *w, struct channel *ch, struct stage *st)
{
	need_sparse();
	*ch = channel_new(client_open(), 0);
	*st = stage_new(ch->fd, SIZE);
	shadow_init(w, ch, st, VA, 32, 32, NV_VRAM);
	want(try_op(ch->fd, op_sparse(VA, 32 * PAGE)), 0);
	w->sparse = true;
	shadow_check(w, "an empty region");
}

static void inside(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;

	window(&w, &ch, &st);
	want(try_op(ch.fd, shadow_map(&w, 4, 0, 0, 8)), 0);
	shadow_check(&w, "a buffer in a region");
	want(try_op(ch.fd, shadow_map(&w, 8, 1, 0, 8)), 0);
	shadow_check(&w, "another over its half");
	want(try_op(ch.fd, shadow_unmap(&w, 6, 4)), 0);
	shadow_check(&w, "a hole over both");
	want(try_op(ch.fd, shadow_unmap(&w, 15, 1)), 0);
	shadow_check(&w, "the last page unmapped");
	want(try_op(ch.fd, shadow_map(&w, 0, 2, 0, 32)), 0);
	shadow_check(&w, "a buffer as large as the region");
	want(try_op(ch.fd, shadow_unmap(&w, 0, 32)), 0);
	shadow_check(&w, "and nothing again");
}

/* A write where a mapping was reaches the buffer no more. */
static void unmapped_writes(void)
{
	struct scene s = scene_new();

	want(try_op(s.fd, op_sparse(VA, SIZE)), 0);
	map(VA, &s.bo, 0, SIZE);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "a buffer in a region");
	unmap(s.fd, VA + 16 * PAGE, SIZE - 16 * PAGE);
	gpu_write(&s.ch, &s.st, VA + 16 * PAGE, 2, 0, SIZE - 16 * PAGE);
	gpu_check(&s.ch, &s.st, BO_VA, 1, 0, SIZE, "a buffer that is unmapped there");
	is_zero(&s, VA + 16 * PAGE, SIZE - 16 * PAGE, "where it was");
	gpu_check(&s.ch, &s.st, VA, 1, 0, 16 * PAGE, "where it still is");
}

static void remove_mapped(void)
{
	struct scene s = scene_new();
	struct bo other = bo_new(s.fd, SIZE, NV_VRAM);

	want(try_op(s.fd, op_sparse(VA, 4 * SIZE)), 0);
	map(VA, &s.bo, 0, SIZE);
	map(VA + 2 * SIZE, &s.bo, PAGE, SIZE - PAGE);
	/* The region goes, and what is mapped in it with it. */
	want(try_op(s.fd, op_unsparse(VA, 4 * SIZE)), 0);
	map(VA, &other, 0, SIZE);
	gpu_write(&s.ch, &s.st, VA, 2, 0, SIZE);
	gpu_check(&s.ch, &s.st, BO_VA, 1, 0, SIZE, "what was mapped in a region that is gone");
	/* The place is free for all. */
	want(try_map(VA + 4 * SIZE - PAGE, &other, 0, 2 * PAGE), 0);
	unmap(s.fd, VA, 5 * SIZE);
	want(try_op(s.fd, op_sparse(VA, 4 * SIZE)), 0);
	is_zero(&s, VA, SIZE, "a second region");
}

/* An unmap over the borders of a region takes the maps, not the region. */
static void unmap_over(void)
{
	struct scene s = scene_new();

	map(VA, &s.bo, 0, SIZE);
	want(try_op(s.fd, op_sparse(VA + SIZE, SIZE)), 0);
	map(VA + SIZE, &s.bo, 0, SIZE);
	map(VA + 2 * SIZE, &s.bo, 0, SIZE);
	unmap(s.fd, VA + SIZE / 2, 2 * SIZE);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE / 2, "before an unmap over a region");
	is_zero(&s, VA + SIZE, SIZE, "the region");
	gpu_check(&s.ch, &s.st, VA + 2 * SIZE + SIZE / 2, 1, SIZE / 2 / 4, SIZE / 2,
		  "behind an unmap over a region");
	want(try_op(s.fd, op_unsparse(VA + SIZE, SIZE)), 0);
}

static void straddle(void)
{
	struct scene s = scene_new();

	want(try_op(s.fd, op_sparse(VA + SIZE, SIZE / 4)), 0);
	want(try_map(VA + SIZE - PAGE, &s.bo, 0, 2 * PAGE), -ENOSPC);
	want(try_map(VA + SIZE + SIZE / 4 - PAGE, &s.bo, 0, 2 * PAGE), -ENOSPC);
	want(try_map(VA + SIZE - PAGE, &s.bo, 0, SIZE / 4 + 2 * PAGE), -ENOSPC);
	is_zero(&s, VA + SIZE, SIZE / 4, "the region");
	want(try_map(VA + SIZE - PAGE, &s.bo, 0, PAGE), 0);
	want(try_map(VA + SIZE, &s.bo, 0, SIZE / 4), 0);
	want(try_map(VA + SIZE + SIZE / 4, &s.bo, 0, PAGE), 0);
}

static void overlap(void)
{
	struct scene s = scene_new();
	struct nv_bind_op ops[2];

	want(try_op(s.fd, op_sparse(VA, SIZE)), 0);
	want(try_op(s.fd, op_sparse(VA, SIZE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA + PAGE, PAGE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA - PAGE, 2 * PAGE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA + SIZE - PAGE, SIZE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA - SIZE, 3 * SIZE)), -ENOSPC);
	map(VA + 4 * SIZE, &s.bo, 0, SIZE);
	want(try_op(s.fd, op_sparse(VA + 4 * SIZE, SIZE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA + 4 * SIZE + PAGE, PAGE)), -ENOSPC);
	want(try_op(s.fd, op_sparse(VA + 3 * SIZE, 3 * SIZE)), -ENOSPC);
	gpu_check(&s.ch, &s.st, VA + 4 * SIZE, 1, 0, SIZE, "the mapping");
	ops[0] = op_sparse(VA + 8 * SIZE, SIZE);
	ops[1] = ops[0];
	want(try_bind(s.fd, ops, 2), -EEXIST);
	ops[1] = op_sparse(VA + 8 * SIZE + SIZE - PAGE, 2 * PAGE);
	want(try_bind(s.fd, ops, 2), -EEXIST);
	ops[1] = op_sparse(VA + 8 * SIZE - PAGE, 2 * PAGE);
	want(try_bind(s.fd, ops, 2), -EEXIST);
	/* A map and a region in one list; and side by side they may be. */
	ops[0] = op_map(VA + 8 * SIZE, &s.bo, 0, SIZE);
	ops[1] = op_sparse(VA + 8 * SIZE, 2 * SIZE);
	want(try_bind(s.fd, ops, 2), -ENOSPC);
	ops[1] = op_sparse(VA + 9 * SIZE, SIZE);
	want(try_bind(s.fd, ops, 2), 0);
}

static void inexact(void)
{
	struct scene s = scene_new();

	want(try_op(s.fd, op_unsparse(VA, SIZE)), -ENOENT);
	want(try_op(s.fd, op_sparse(VA, SIZE)), 0);
	want(try_op(s.fd, op_sparse(VA + SIZE, SIZE)), 0);
	want(try_op(s.fd, op_unsparse(VA, SIZE - PAGE)), -ENOENT);
	want(try_op(s.fd, op_unsparse(VA + PAGE, SIZE - PAGE)), -ENOENT);
	want(try_op(s.fd, op_unsparse(VA - PAGE, SIZE + PAGE)), -ENOENT);
	want(try_op(s.fd, op_unsparse(VA, 2 * SIZE)), -ENOENT);
	is_zero(&s, VA, 2 * SIZE, "two regions");
	want(try_op(s.fd, op_unsparse(VA + SIZE, SIZE)), 0);
	is_zero(&s, VA, SIZE, "the first region");
	want(try_op(s.fd, op_unsparse(VA + SIZE, SIZE)), -ENOENT);
	want(try_op(s.fd, op_unsparse(VA, SIZE)), 0);
	/* A mapping is no region. */
	map(VA, &s.bo, 0, SIZE);
	want(try_op(s.fd, op_unsparse(VA, SIZE)), -ENOENT);
}

/* What may not be in one ioctl: a region that goes, and something new there. */
static void dirty_same_ioctl(void)
{
	struct scene s = scene_new();
	struct nv_bind_op ops[2];

	want(try_op(s.fd, op_sparse(VA, SIZE)), 0);
	map(VA + PAGE, &s.bo, PAGE, PAGE);
	ops[0] = op_unsparse(VA, SIZE);
	ops[1] = op_map(VA + 4 * PAGE, &s.bo, 0, PAGE);
	want(try_bind(s.fd, ops, 2), -EINVAL);
	is_zero(&s, VA, PAGE, "a region that was not removed");
	gpu_check(&s.ch, &s.st, VA + PAGE, 1, 1024, PAGE, "what is mapped in it");
	is_zero(&s, VA + 2 * PAGE, SIZE - 2 * PAGE, "its rest");
	ops[1] = ops[0];
	want(try_bind(s.fd, ops, 2), -ENOENT);
	gpu_check(&s.ch, &s.st, VA + PAGE, 1, 1024, PAGE, "what is mapped in it");
	want(try_op(s.fd, op_unsparse(VA, SIZE)), 0);
}

/* A list with regions in it that fails: each as it was. */
static void unwind(void)
{
	struct channel ch;
	struct stage st;
	struct shadow w;
	struct nv_bind_op ops[7];
	unsigned int bad;

	window(&w, &ch, &st);
	want(try_op(ch.fd, shadow_map(&w, 8, 0, 0, 8)), 0);
	want(try_op(ch.fd, op_sparse(VA + 2 * SIZE, SIZE)), 0);
	for (bad = 0; bad < ARRAY_SIZE(ops); bad++) {
		ops[0] = op_sparse(VA + 4 * SIZE, SIZE);
		ops[1] = op_map(VA + 10 * PAGE, &w.bo[1], 0, 2 * PAGE);
		ops[2] = op_unsparse(VA + 2 * SIZE, SIZE);
		ops[3] = op_unmap(VA + 9 * PAGE, 2 * PAGE);
		ops[4] = op_map(VA + 4 * SIZE, &w.bo[2], 0, 4 * PAGE);
		ops[5] = op_unmap(VA, 32 * PAGE);
		ops[6] = op_map(VA + 20 * PAGE, &w.bo[3], 0, 4 * PAGE);
		ops[bad] = op_fails_late();
		want(try_bind(ch.fd, ops, ARRAY_SIZE(ops)), -ENOENT);
		shadow_check(&w, "after a list that failed");
		gpu_check_constant(&ch, &st, VA + 2 * SIZE, 0, SIZE, "the region beside it");
		/* The new one is not there. */
		want(try_op(ch.fd, op_unsparse(VA + 4 * SIZE, SIZE)), -ENOENT);
	}
	want(try_op(ch.fd, op_unsparse(VA + 2 * SIZE, SIZE)), 0);
	want(try_op(ch.fd, op_unsparse(VA, 32 * PAGE)), 0);
}

/* --- regions that are still on their way out ------------------------------ */

struct blocked {
	struct scene s;
	struct nv_sync done;
	uint64_t released;
};

static void release(void *arg)
{
	struct blocked *b = arg;

	b->released = now_ms();
	*channel_word(&b->s.ch, 0) = 1;
}

/* Queues the removal of a region behind work that waits for release(). */
static void queue(struct blocked *b, struct nv_bind_op op)
{
	struct nv_sync wait;

	wait = sync_binary(syncobj_new(b->s.fd));
	b->done = sync_binary(syncobj_new(b->s.fd));
	push_acquire(&b->s.ch, channel_word_va(&b->s.ch, 0), 1);
	submit(&b->s.ch, NULL, 0, &wait, 1);
	want(try_bind_async(b->s.fd, &op, 1, &wait, 1, &b->done, 1), 0);
}

/* The ioctl has to wait until the region is gone, and then to succeed. */
static void waits_for(struct blocked *b, struct nv_bind_op op)
{
	uint64_t end;
	int ret;

	later(400, release, b);
	ret = try_op(b->s.fd, op);
	end = now_ms();
	later_join();
	want(ret, 0);
	syncobj_wait(b->s.fd, b->done.handle);
	fail_if(end < b->released, "the bind did not wait for the one before it");
}

static void map_waits(void)
{
	struct blocked b = { .s = scene_new() };

	want(try_op(b.s.fd, op_sparse(VA, SIZE)), 0);
	queue(&b, op_unsparse(VA, SIZE));
	waits_for(&b, op_map(VA + PAGE, &b.s.bo, 0, PAGE));
	finish(&b.s.ch);
	gpu_check(&b.s.ch, &b.s.st, VA + PAGE, 1, 0, PAGE, "a map where a region was");
}

static void sparse_waits(void)
{
	struct blocked b = { .s = scene_new() };

	want(try_op(b.s.fd, op_sparse(VA, SIZE)), 0);
	queue(&b, op_unsparse(VA, SIZE));
	waits_for(&b, op_sparse(VA, 2 * SIZE));
	finish(&b.s.ch);
	is_zero(&b.s, VA, 2 * SIZE, "a new region where one was");
}

static void sparse_waits_for_unmap(void)
{
	struct blocked b = { .s = scene_new() };

	map(VA, &b.s.bo, 0, SIZE);
	queue(&b, op_unmap(VA, SIZE));
	waits_for(&b, op_sparse(VA, SIZE));
	finish(&b.s.ch);
	is_zero(&b.s, VA, SIZE, "a region where a map was");
}

static void dirty_queued(void)
{
	struct blocked b = { .s = scene_new() };

	want(try_op(b.s.fd, op_sparse(VA, SIZE)), 0);
	queue(&b, op_unsparse(VA, SIZE));
	/* Already on its way: there is nothing to remove, at once. */
	want(try_op(b.s.fd, op_unsparse(VA, SIZE)), -ENOENT);
	release(&b);
	syncobj_wait(b.s.fd, b.done.handle);
	want(try_op(b.s.fd, op_unsparse(VA, SIZE)), -ENOENT);
}

const struct test tests_sparse[] = {
	{ "sparse/supported", "asks for a sparse region", supported },
	{ "sparse/reads-zero", "reads regions of 4 KiB to 4 MiB", reads_zero },
	{ "sparse/drops-writes", "writes to a region", drops_writes },
	{ "sparse/large", "regions of 1 GiB and of 64 GiB", large },
	{ "sparse/map-inside", "maps and unmaps in a region", inside, TEST_CUTS },
	{ "sparse/unmapped-writes", "writes where a buffer was in a region", unmapped_writes },
	{ "sparse/remove-mapped", "removes a region with maps in it", remove_mapped },
	{ "sparse/unmap-over", "unmaps over the borders of a region", unmap_over },
	{ "sparse/straddle", "maps over the borders of a region", straddle },
	{ "sparse/overlap", "regions over regions and maps", overlap },
	{ "sparse/inexact", "removes what is not exactly a region", inexact },
	{ "sparse/dirty-same-ioctl", "removes a region and maps there in one ioctl",
	  dirty_same_ioctl },
	{ "sparse/unwind", "lists of 7 operations of which one fails", unwind },
	{ "sparse/map-waits", "maps where a region is about to go", map_waits },
	{ "sparse/region-waits", "a region where one is about to go", sparse_waits },
	{ "sparse/region-waits-for-unmap", "a region where a map is about to go",
	  sparse_waits_for_unmap },
	{ "sparse/dirty-queued", "removes a region twice", dirty_queued },
	{ 0 }
};
