// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What binds cost, on the GPU model: three workloads, and how long their calls take. Before
 * and after each a channel releases a semaphore with a number, by which bench/binds/run
 * finds the model's counts.
 *
 *	whole	maps a buffer of 4 GiB of VRAM in one call
 *	sparse	makes a sparse region of 256 MiB, and binds 64 KiB of VRAM at a time, as
 *		Vulkan's sparse images do, 64 blocks in a call
 *	small	maps 4 KiB of VRAM at 10000 places, a call each
 */
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vmbind-test.h"

#define VA (1ull << 33)
#define MARK 0xb1d00000u

#define BLOCK (64 * KIB)
#define BLOCKS (256 * MIB / BLOCK)
#define IN_A_CALL 64
#define SMALL 10000

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void mark(struct channel *ch, unsigned int n)
{
	push_release(ch, channel_word_va(ch, 1), MARK + n);
	finish(ch);
}

static uint64_t whole(int fd)
{
	struct bo bo = bo_new(fd, 4 * GIB, NV_VRAM);
	uint64_t began = now_us();

	map(VA, &bo, 0, bo.size);
	return now_us() - began;
}

static uint64_t sparse(int fd)
{
	struct bo bo = bo_new(fd, 256 * MIB, NV_VRAM);
	struct nv_bind_op ops[IN_A_CALL];
	uint64_t began = now_us();
	unsigned int i, k;

	want(try_op(fd, op_sparse(VA, bo.size)), 0);
	for (i = 0; i < BLOCKS; i += IN_A_CALL) {
		for (k = 0; k < IN_A_CALL; k++)
			ops[k] = op_map(VA + (i + k) * BLOCK, &bo, (i + k) * BLOCK, BLOCK);
		want(try_bind(fd, ops, IN_A_CALL), 0);
	}
	return now_us() - began;
}

static uint64_t small(int fd)
{
	struct bo bo = bo_new(fd, SMALL * PAGE, NV_VRAM);
	uint64_t began = now_us();
	unsigned int i;

	/* A page between two that are mapped: no two are one mapping. */
	for (i = 0; i < SMALL; i++)
		map(VA + 2 * i * PAGE, &bo, i * PAGE, PAGE);
	return now_us() - began;
}

int main(void)
{
	static const struct {
		const char *name;
		uint64_t (*run)(int fd);
	} workloads[] = { { "whole", whole }, { "sparse", sparse }, { "small", small } };
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A helper that fails says why here, and ends the program with 0. */
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (result == MAP_FAILED)
		return 1;
	device_choose(NULL);
	printf("# binds: nouveau %u.%u.%u %s\n", dev.version[0], dev.version[1], dev.version[2],
	       dev.packaged ? dev.package : "in-tree");
	for (i = 0; i < ARRAY_SIZE(workloads); i++) {
		/* A VM each: page tables of the one before do not help. */
		struct channel ch = channel_new(client_open(), 0);
		uint64_t us;

		mark(&ch, 2 * i);
		us = workloads[i].run(ch.fd);
		mark(&ch, 2 * i + 1);
		printf("# binds: %s %llu us\n", workloads[i].name, (unsigned long long)us);
		channel_free(&ch);
		close(ch.fd);
	}
	puts("# binds: done");
	return 0;
}
