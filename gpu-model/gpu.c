// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU as a whole: made of a chip's description, reached through its BARs.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

/* Made by the linker of what chips/NAME.c put there. */
extern const struct chip *const __start_gpu_chips[];
extern const struct chip *const __stop_gpu_chips[];

bool gpu_chip_info(unsigned int n, struct gpu_chip_info *info)
{
	const struct chip *const *chip = __start_gpu_chips + n;

	if (chip >= __stop_gpu_chips)
		return false;
	*info = (struct gpu_chip_info){
		.name = (*chip)->name,
		.title = (*chip)->title,
		.device = (*chip)->pci_device,
		.revision = 0xa1,
		.bar1_size = (*chip)->bar1_size,
		.bar3_size = (*chip)->bar3_size,
	};
	return true;
}

const struct chip *chip_find(const char *name)
{
	const struct chip *const *chip;

	for (chip = __start_gpu_chips; chip < __stop_gpu_chips; chip++)
		if (!strcmp((*chip)->name, name))
			return *chip;
	fprintf(stderr, "gpu-model: no chip %s; --list-chips names those there are\n", name);
	return NULL;
}

static void power_on(struct gpu *gpu)
{
	regs_init(gpu);
	blocks_on(gpu);
}

static void power_off(struct gpu *gpu)
{
	/* What a block forgets of an address space is no event. */
	FILE *trace = gpu->trace.file;

	gpu->trace.file = NULL;
	trace_fini(gpu);
	while (gpu->queue)
		sched_cancel(gpu, gpu->queue);
	blocks_off(gpu);
	regs_fini(gpu);
	gpu->trace.file = trace;
}

struct gpu *gpu_new(const struct gpu_config *config)
{
	struct gpu *gpu = calloc(1, sizeof(*gpu));

	if (!gpu)
		goto broken;
	gpu->config = *config;
	gpu->trace.file = config->trace;
	gpu->chip = chip_find(config->chip);
	if (!gpu->chip) {
		free(gpu);
		return NULL;
	}
	if (config->board)
		gpu->board = board_find(config->board);
	blocks_fit(gpu);
	sched_now(gpu);
	if (!memory_init(gpu))
		goto broken;
	power_on(gpu);
	return gpu;
broken:
	fprintf(stderr, "gpu-model: no memory for the card's; give it less with --vram\n");
	free(gpu);
	return NULL;
}

void gpu_finish(struct gpu *gpu)
{
	blocks_finish(gpu);
	if (gpu->trace.file)
		fflush(gpu->trace.file);
}

void gpu_free(struct gpu *gpu)
{
	power_off(gpu);
	memory_fini(gpu);
	free(gpu);
}

void gpu_reset(struct gpu *gpu)
{
	power_off(gpu);
	power_on(gpu);
}

static void remember(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size,
		     bool write, uint64_t value)
{
	struct access *a = &gpu->access[gpu->accesses++ % ARRAY_SIZE(gpu->access)];

	a->time = sched_now(gpu);
	a->bar = (uint8_t)bar;
	a->offset = (uint32_t)offset;
	a->size = (uint8_t)size;
	a->write = write;
	a->value = value;
}

static uint64_t bar0_read(struct gpu *gpu, uint32_t offset, unsigned int size)
{
	const struct window *window = regs_window(gpu, offset);

	if (window)
		return window->read(gpu, offset - window->from, size);
	if (size == 8)
		return regs_read(gpu, offset, 4) | (uint64_t)regs_read(gpu, offset + 4, 4) << 32;
	return regs_read(gpu, offset, size);
}

static void bar0_write(struct gpu *gpu, uint32_t offset, unsigned int size, uint64_t value)
{
	const struct window *window = regs_window(gpu, offset);

	if (window && window->write) {
		window->write(gpu, offset - window->from, size, value);
	} else if (window) {
		report(gpu, "write to a read-only register", "the %s, 0x%x", window->name, offset);
	} else if (size == 8) {
		regs_write(gpu, offset, 4, (uint32_t)value);
		regs_write(gpu, offset + 4, 4, (uint32_t)(value >> 32));
	} else {
		regs_write(gpu, offset, size, (uint32_t)value);
	}
}

uint64_t gpu_read(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size)
{
	uint64_t value;

	if (bar == GPU_BAR0)
		value = bar0_read(gpu, (uint32_t)offset, size);
	else
		value = bar_read(gpu, bar == GPU_BAR1 ? 1 : 2, offset, size);
	remember(gpu, bar, offset, size, false, value);
	return value;
}

void gpu_write(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size,
	       uint64_t value)
{
	remember(gpu, bar, offset, size, true, value);
	if (bar == GPU_BAR0)
		bar0_write(gpu, (uint32_t)offset, size, value);
	else
		bar_write(gpu, bar == GPU_BAR1 ? 1 : 2, offset, size, value);
}
