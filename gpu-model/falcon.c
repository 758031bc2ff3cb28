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

void falcon_init(struct falcon *falcon)
{
	memset(falcon, 0, sizeof(*falcon));
	falcon->imem.size = CODE_SIZE;
	falcon->dmem.size = DATA_SIZE;
	falcon->imem.data = calloc(1, CODE_SIZE);
	falcon->dmem.data = calloc(1, DATA_SIZE);
	if (!falcon->imem.data || !falcon->dmem.data)
		abort();
}

void falcon_fini(struct falcon *falcon)
{
	free(falcon->imem.data);
	free(falcon->dmem.data);
}

void falcon_reset(struct falcon *falcon)
{
	falcon_fini(falcon);
	falcon_init(falcon);
}

void falcon_mem_seek(struct falcon_mem *mem, unsigned int port, uint32_t value)
{
	mem->pos[port] = value & 0xfffc;
	mem->incr_w[port] = value & BIT(24);
	mem->incr_r[port] = value & BIT(25);
}

uint32_t falcon_mem_read(struct falcon_mem *mem, unsigned int port)
{
	uint32_t value = 0;

	if (mem->pos[port] + 4 <= mem->size)
		memcpy(&value, mem->data + mem->pos[port], 4);
	if (mem->incr_r[port])
		mem->pos[port] = (mem->pos[port] + 4) & 0xfffc;
	return value;
}

void falcon_mem_write(struct falcon_mem *mem, unsigned int port, uint32_t value)
{
	if (mem->pos[port] + 4 <= mem->size)
		memcpy(mem->data + mem->pos[port], &value, 4);
	if (mem->incr_w[port])
		mem->pos[port] = (mem->pos[port] + 4) & 0xfffc;
}

uint32_t falcon_hwcfg(const struct falcon *falcon)
{
	return falcon->imem.size >> 8 | falcon->dmem.size >> 8 << 9;
}
