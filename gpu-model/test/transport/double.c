// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "double.h"

#define BAR0_SIZE (16 << 20)

struct gpu {
	uint8_t bar0[BAR0_SIZE];
	uint8_t bar1[4096];		/* again and again */
	uint64_t deadline;
};

const struct gpu_chip_info double_info = {
	.name = "double", .title = "none", .device = 0x1234, .revision = 0xa1,
	.bar1_size = 256 << 20, .bar3_size = 32 << 20,
};

bool gpu_chip_info(unsigned int n, struct gpu_chip_info *info)
{
	*info = double_info;
	return n == 0;
}

struct gpu *gpu_new(const struct gpu_config *config)
{
	(void)config;
	return calloc(1, sizeof(struct gpu));
}

void gpu_free(struct gpu *gpu)
{
	free(gpu);
}

void gpu_finish(struct gpu *gpu)
{
	(void)gpu;
}

unsigned int gpu_failures(struct gpu *gpu)
{
	(void)gpu;
	return 0;
}

static uint64_t get(struct gpu *gpu, uint64_t offset, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, gpu->bar0 + offset, size);
	return value;
}

static void put(struct gpu *gpu, uint64_t offset, unsigned int size, uint64_t value)
{
	memcpy(gpu->bar0 + offset, &value, size);
}

void gpu_reset(struct gpu *gpu)
{
	put(gpu, DOUBLE_RESETS, 4, get(gpu, DOUBLE_RESETS, 4) + 1);
}

uint64_t gpu_read(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (bar == GPU_BAR0)
		return get(gpu, offset, size);
	memcpy(&value, gpu->bar1 + offset % sizeof(gpu->bar1), size);
	return value;
}

void gpu_write(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size,
	       uint64_t value)
{
	uint64_t addr = get(gpu, DOUBLE_DMA_ADDR, 8);
	size_t len = get(gpu, DOUBLE_DMA_LENGTH, 4);
	uint8_t *data = gpu->bar0 + (len > 8 ? DOUBLE_DMA_BLOCK : DOUBLE_DMA_DATA);
	struct timespec t;

	if (bar != GPU_BAR0) {
		memcpy(gpu->bar1 + offset % sizeof(gpu->bar1), &value, size);
		return;
	}
	if (len > 0x2000)
		len = 0x2000;
	put(gpu, offset, size, value);
	put(gpu, DOUBLE_LAST, 8, (uint64_t)size << 32 | offset);
	switch (offset) {
	case DOUBLE_DMA_READ:
		put(gpu, offset, 4, dma_read(addr, data, len));
		break;
	case DOUBLE_DMA_WRITE:
		put(gpu, offset, 4, dma_write(addr, data, len));
		break;
	case DOUBLE_MSI:
		pci_msi_send();
		break;
	case DOUBLE_INTX:
		pci_intx_set(value);
		break;
	case DOUBLE_LATER:
		clock_gettime(CLOCK_MONOTONIC, &t);
		gpu->deadline = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec + 1000000;
		break;
	}
}

bool gpu_control(struct gpu *gpu, const char *line)
{
	(void)gpu;
	(void)line;
	return true;
}

uint64_t gpu_deadline(struct gpu *gpu)
{
	return gpu->deadline;
}

void gpu_run(struct gpu *gpu)
{
	gpu->deadline = 0;
	put(gpu, DOUBLE_COUNT, 4, get(gpu, DOUBLE_COUNT, 4) + 1);
}
