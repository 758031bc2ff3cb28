// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Random maps and unmaps, some of them in lists, some in lists that fail; after
 * each the GPU has to see what the shadow says. --seed repeats a run.
 */
#include <errno.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define PAGES 96
#define BO_PAGES 64
#define LIST 6

static struct nv_bind_op random_op(struct shadow *w)
{
	unsigned int page = random_below(w->pages);
	unsigned int count = 1 + random_below(w->pages - page < BO_PAGES ? w->pages - page :
									    BO_PAGES);
	unsigned int offset = random_below(BO_PAGES - count + 1);

	if (random_below(4) == 0)
		return shadow_unmap(w, page, count);
	return shadow_map(w, page, random_below(SHADOW_BOS), offset, count);
}

static void steps(struct shadow *w, unsigned int turns)
{
	unsigned int turn, i;

	for (turn = 0; turn < turns; turn++) {
		struct nv_bind_op ops[LIST];
		struct shadow_page before[PAGES];
		unsigned int count = 1 + random_below(LIST);
		bool bad = random_below(5) == 0;
		bool async = random_below(2);
		struct nv_sync sig = sync_binary(w->ch->sync);
		int ret;

		memcpy(before, w->at, sizeof(before));
		for (i = 0; i < count; i++)
			ops[i] = random_op(w);
		if (bad) {
			ops[random_below(count)] = op_fails_late();
			memcpy(w->at, before, sizeof(before));
		}
		debug("turn %u: %u operations%s", turn, count, bad ? ", one bad" : "");
		if (async)
			ret = try_bind_async(w->ch->fd, ops, count, NULL, 0, &sig, 1);
		else
			ret = try_bind(w->ch->fd, ops, count);
		want(ret, bad ? -ENOENT : 0);
		if (async && !bad)
			syncobj_wait(w->ch->fd, sig.handle);
		shadow_check(w, "the window");
	}
}

static void window(uint32_t domain, bool sparse)
{
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, 256 * KIB);
	struct shadow w;

	/* Over the border of a page table. */
	shadow_init(&w, &ch, &st, VA + 2 * MIB - PAGES / 2 * PAGE, PAGES, BO_PAGES, domain);
	if (sparse) {
		want(try_op(ch.fd, op_sparse(w.va, PAGES * PAGE)), 0);
		w.sparse = true;
	}
	steps(&w, 60);
}

static void gart(void)
{
	window(NV_GART, false);
}

static void vram(void)
{
	window(NV_VRAM, false);
}

static void sparse(void)
{
	if (!dev.sparse)
		skip("%s has no sparse page table entries", dev.chip);
	window(NV_VRAM, true);
}

static void private_either(void)
{
	window(NV_VRAM | NV_GART | NV_NO_SHARE, false);
}

/* Two channels copy while the window beside theirs is changed all the time. */
static void while_busy(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0), busy = channel_new(fd, 1);
	struct stage st = stage_new(fd, 256 * KIB);
	struct bo bo[2];
	struct shadow w;
	unsigned int turn, i;

	shadow_init(&w, &ch, &st, VA + 2 * MIB, PAGES, BO_PAGES, NV_VRAM);
	for (i = 0; i < 2; i++) {
		bo[i] = bo_new(fd, 256 * KIB, NV_VRAM);
		/* Right before the window and right behind it. */
		map(i ? VA + 2 * MIB + PAGES * PAGE : VA + 2 * MIB - 256 * KIB, &bo[i], 0,
		    256 * KIB);
	}
	gpu_write(&ch, &st, VA + 2 * MIB - 256 * KIB, 50, 0, 256 * KIB);
	for (turn = 0; turn < 20; turn++) {
		struct nv_bind_op op = random_op(&w);

		push_copy(&busy, VA + 2 * MIB + PAGES * PAGE, VA + 2 * MIB - 256 * KIB,
			  256 * KIB);
		push_copy(&busy, VA + 2 * MIB - 256 * KIB, VA + 2 * MIB + PAGES * PAGE,
			  256 * KIB);
		submit(&busy, NULL, 0, NULL, 0);
		want(try_op(fd, op), 0);
		shadow_check(&w, "the window");
	}
	finish(&busy);
	gpu_check(&ch, &st, VA + 2 * MIB - 256 * KIB, 50, 0, 256 * KIB, "before the window");
	gpu_check(&ch, &st, VA + 2 * MIB + PAGES * PAGE, 50, 0, 256 * KIB, "behind the window");
}

const struct test tests_random[] = {
	{ "random/gart", "60 random lists of binds, in the GART", gart, 0, 120 },
	{ "random/vram", "60 random lists of binds, in VRAM", vram, 0, 120 },
	{ "random/sparse", "60 random lists of binds in a sparse region", sparse, 0, 120 },
	{ "random/private", "60 random lists of binds of private buffers", private_either, 0, 120 },
	{ "random/while-busy", "random binds while a channel copies beside them", while_busy, 0,
	  120 },
	{ 0 }
};
