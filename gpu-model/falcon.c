// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Falcons: the small processors inside the blocks.
 *
 * They are not run here: what their firmware would answer is done by the block
 * it belongs to (fecs.c, pmu.c). But code and data are taken in, through ports,
 * as the real ones do:
 *
 *	+0x180 + 16p   code: 24: step on by writes; 15:0 where; 28: secure
 *	+0x184 + 16p   a word
 *	+0x188 + 16p   tag of the next 256 bytes
 *	+0x1c0 + 8p    data: 24: step on by writes, 25: by reads
 *	+0x1c4 + 8p    a word
 *	+0x108         sizes: code / 256, and from bit 9 data / 256
 *	+0x12c         version, how secure, how many ports
 *
 * Known from: envytools docs/hw/falcon and rnndb/falcon.xml; nouveau
 * nvkm/falcon/v1.c, gm200.c.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu.h"

#define CODE_SIZE 0x10000
#define DATA_SIZE 0x8000

static void power_on(struct falcon *falcon)
{
	memset(&falcon->imem, 0, sizeof(falcon->imem));
	memset(&falcon->dmem, 0, sizeof(falcon->dmem));
	falcon->imem.size = CODE_SIZE;
	falcon->dmem.size = DATA_SIZE;
	falcon->imem.data = calloc(1, CODE_SIZE);
	falcon->dmem.data = calloc(1, DATA_SIZE);
	if (!falcon->imem.data || !falcon->dmem.data)
		abort();
	falcon->running = false;
}

void falcon_init(struct gpu *gpu, struct falcon *falcon, uint32_t base)
{
	falcon->base = base;
	falcon->next = gpu->falcons;
	gpu->falcons = falcon;
	power_on(falcon);
}

void falcon_fini(struct gpu *gpu, struct falcon *falcon)
{
	struct falcon **at = &gpu->falcons;

	while (*at != falcon)
		at = &(*at)->next;
	*at = falcon->next;
	free(falcon->imem.data);
	free(falcon->dmem.data);
}

void falcon_reset(struct falcon *falcon)
{
	free(falcon->imem.data);
	free(falcon->dmem.data);
	power_on(falcon);
}

/* --- ports ---------------------------------------------------------------- */

static struct falcon *falcon_at(struct gpu *gpu, uint32_t addr)
{
	struct falcon *falcon = gpu->falcons;

	while (falcon->base != (addr & ~0xfffu))
		falcon = falcon->next;
	return falcon;
}

static void seek(struct falcon_mem *mem, uint32_t value)
{
	mem->pos = value & 0xfffc;
	mem->incr_w = value & BIT(24);
	mem->incr_r = value & BIT(25);
}

static void put(struct falcon_mem *mem, uint32_t value)
{
	if (mem->pos + 4 <= mem->size)
		memcpy(mem->data + mem->pos, &value, 4);
	if (mem->incr_w)
		mem->pos = (mem->pos + 4) & 0xfffc;
}

void falcon_write_code_seek(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	seek(&falcon_at(gpu, addr)->imem, value);
}

void falcon_write_code(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	struct falcon *falcon = falcon_at(gpu, addr);

	put(&falcon->imem, value);
	falcon->running = true;		/* it has something to run */
}

void falcon_write_data_seek(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	seek(&falcon_at(gpu, addr)->dmem, value);
}

void falcon_write_data(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	put(&falcon_at(gpu, addr)->dmem, value);
}

uint32_t falcon_read_data(struct gpu *gpu, uint32_t addr)
{
	struct falcon_mem *mem = &falcon_at(gpu, addr)->dmem;
	uint32_t value = 0;

	if (mem->pos + 4 <= mem->size)
		memcpy(&value, mem->data + mem->pos, 4);
	if (mem->incr_r)
		mem->pos = (mem->pos + 4) & 0xfffc;
	return value;
}

uint32_t falcon_read_hwcfg(struct gpu *gpu, uint32_t addr)
{
	const struct falcon *falcon = falcon_at(gpu, addr);

	return falcon->imem.size >> 8 | falcon->dmem.size >> 8 << 9;
}
