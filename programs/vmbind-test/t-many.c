// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Thousands: of operations in an ioctl, of mappings, of buffers.
 */
#include <errno.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

static void one_ioctl(void)
{
	const unsigned int count = 4096;
	struct nv_bind_op *ops = calloc(count, sizeof(*ops));
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, MIB);
	struct bo bo = bo_new(fd, MIB, NV_VRAM);
	unsigned int i;

	map(VA, &bo, 0, bo.size);
	gpu_write(&ch, &st, VA, 1, 0, bo.size);
	unmap(fd, VA, bo.size);
	/* Every other page, the buffer's pages from the last to the first. */
	for (i = 0; i < count; i++)
		ops[i] = op_map(VA + i * 2 * PAGE, &bo, (255 - i % 256) * PAGE, PAGE);
	want(try_bind(fd, ops, count), 0);
	for (i = 0; i < count; i += 37)
		push_copy(&ch, st.va + i / 37 * PAGE, VA + i * 2 * PAGE, PAGE);
	finish(&ch);
	for (i = 0; i < count; i += 37)
		pattern_check(st.bo.map + i / 37 * 1024, 1, (255 - i % 256) * 1024, 1024,
			      "one of 4096 maps");
	/* All of them away, in as many operations, and then one over them all. */
	for (i = 0; i < count; i++)
		ops[i] = op_unmap(VA + i * 2 * PAGE, PAGE);
	want(try_bind(fd, ops, count), 0);
	map(VA, &bo, 0, bo.size);
	gpu_check(&ch, &st, VA, 1, 0, bo.size, "after 4096 unmaps");
}

/* Thousands that a single operation takes away, and a list that fails last. */
static void one_unmap(void)
{
	const unsigned int count = 2048;
	struct nv_bind_op *ops = calloc(count + 1, sizeof(*ops));
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, MIB);
	struct bo bo = bo_new(fd, MIB, NV_GART);
	unsigned int i;

	map(VA + 64 * GIB, &bo, 0, bo.size);
	gpu_write(&ch, &st, VA + 64 * GIB, 1, 0, bo.size);
	for (i = 0; i < count; i++)
		ops[i] = op_map(VA + i * PAGE, &bo, (i * 7 % 256) * PAGE, PAGE);
	ops[count] = op_fails_late();
	want(try_bind(fd, ops, count + 1), -ENOENT);
	want(try_bind(fd, ops, count), 0);
	for (i = 0; i < count; i += 256)
		gpu_check(&ch, &st, VA + i * PAGE, 1, i * 7 % 256 * 1024, PAGE, "one of 2048");
	unmap(fd, VA, count * PAGE);
	map(VA, &bo, 0, bo.size);
	gpu_check(&ch, &st, VA, 1, 0, bo.size, "after an unmap of 2048 maps");
}

/*
 * Page tables go with what is mapped through them: at each place new ones are
 * needed, in all more than there may be room for if they were kept.
 */
static void far_apart(void)
{
	const unsigned int count = 600;
	const uint64_t step = 128 * MIB;
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 64 * KIB);
	struct bo bo = bo_new(fd, PAGE, NV_VRAM);
	struct nv_bind_op ops[2];
	unsigned int i;

	for (i = 0; i < count; i++) {
		uint64_t va = VA + i * step;

		ops[0] = op_map(va, &bo, 0, PAGE);
		ops[1] = op_unmap(va, PAGE);
		want(try_bind(fd, ops, i % 100 == 99 ? 1 : 2), 0);
		if (i % 100 == 99) {
			gpu_write(&ch, &st, va, i, 0, PAGE);
			gpu_check(&ch, &st, va, i, 0, PAGE, "one page at a far place");
			want(try_op(fd, ops[1]), 0);
		}
	}
}

static void buffers(void)
{
	const unsigned int count = 512;
	struct bo *bo = calloc(count, sizeof(*bo));
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, MIB);
	unsigned int i;

	for (i = 0; i < count; i++) {
		/* Of every kind: private and not, here and there. */
		bo[i] = bo_new(fd, PAGE, (i % 2 ? NV_VRAM : NV_GART) | (i % 3 ? 0 : NV_NO_SHARE));
		map(VA + i * PAGE, &bo[i], 0, PAGE);
	}
	gpu_write(&ch, &st, VA, 1, 0, count * PAGE);
	gpu_check(&ch, &st, VA, 1, 0, count * PAGE, "512 buffers in a row");
	for (i = 0; i < count; i += 2)
		bo_close(&bo[i]);
	gpu_check(&ch, &st, VA, 1, 0, count * PAGE, "512 buffers in a row, half of them closed");
	unmap(fd, VA, count * PAGE);
}

static void ioctls(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);
	struct shadow w;
	unsigned int i;

	shadow_init(&w, &ch, &st, VA, 768, 256, NV_VRAM);
	for (i = 0; i < 500; i++) {
		unsigned int page = (unsigned int)random_below(512);

		if (random_below(3))
			want(try_op(ch.fd, shadow_map(&w, page, i % SHADOW_BOS, 0,
						      (unsigned int)random_below(255) + 1)), 0);
		else
			want(try_op(ch.fd, shadow_unmap(&w, page,
							(unsigned int)random_below(64) + 1)), 0);
	}
	shadow_check(&w, "after 500 binds");
}

const struct test tests_many[] = {
	{ "many/operations", "4096 maps in one ioctl, 4096 unmaps in another", one_ioctl, 0, 180 },
	{ "many/one-unmap", "2048 maps, and one unmap of all", one_unmap, 0, 180 },
	{ "many/far-apart", "maps and unmaps a page at 600 places over 75 GiB", far_apart, 0,
	  180 },
	{ "many/buffers", "512 buffers in a row", buffers, 0, 120 },
	{ "many/ioctls", "500 binds one after the other", ioctls, TEST_CUTS,
	  120 },
	{ 0 }
};
