// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PGRAPH: the graphics engine, without its shaders.
 *
 * State-setting methods of the 3D, compute, 2D and inline-to-memory classes are
 * kept. What they would do without drawing is done: macros (mme.c), inline data
 * (i2m.c), constant buffer updates, semaphores, requests to the context switch
 * firmware. What would start shaders, rasterise or blit is a finding: there is
 * nothing here that could.
 *
 * A channel that uses the engine has a context image, at the address in its
 * instance block at 0x210; the firmware (fecs.c) loads and saves it.
 *
 * The registers are initialised by lists of hundreds of writes that mean
 * nothing to a model without shaders. They are kept, by unit, as far as the
 * units' ranges are known.
 *
 * Known from: nouveau nvkm/engine/gr (gf100.c, gm107.c, gm200.c, gp100.c,
 * ctxgf100.c); envytools rnndb/graph/gf100_pgraph; open-gpu-doc's classes/3d,
 * classes/compute, classes/twod.
 */
#include <string.h>

#include "gpu.h"

/* --- methods ------------------------------------------------------------- */

/* Methods that start something. */
struct launch {
	uint16_t first, last;
	const char *name;
};

static const struct launch launches_3d[] = {
	{ 0x02e0, 0x02e0, "DECOMPRESS_SURFACE" },
	{ 0x0304, 0x0304, "DRAW_ZERO_INDEX" },
	{ 0x0d78, 0x0d78, "DRAW_VERTEX_ARRAY" },
	{ 0x11fc, 0x11fc, "DECOMPRESS_ZETA_SURFACE" },
	{ 0x1214, 0x1218, "DRAW_VERTEX_ARRAY_BEGIN_END" },
	{ 0x123c, 0x123c, "DRAW_AUTO" },
	{ 0x12c8, 0x12c8, "CLEAR_ZCULL_REGION" },
	{ 0x1304, 0x1304, "DRAW_INLINE_INDEX4X8" },
	{ 0x1464, 0x1464, "STORE_ZCULL" },
	{ 0x1500, 0x1500, "LOAD_ZCULL" },
	{ 0x15e8, 0x15f0, "DRAW_INLINE_INDEX" },
	{ 0x1614, 0x1618, "BEGIN, END" },
	{ 0x17e0, 0x17f8, "DRAW_INDEX_BUFFER" },
	{ 0x19d0, 0x19d0, "CLEAR_SURFACE" },
};

static const struct launch launches_compute[] = {
	{ 0x02b8, 0x02bc, "SEND_PCAS_B" },
};

static const struct launch launches_2d[] = {
	{ 0x05e0, 0x0800, "RENDER_SOLID_PRIM" },
	{ 0x0860, 0x0860, "PIXELS_FROM_CPU_DATA" },
	{ 0x08dc, 0x08dc, "PIXELS_FROM_MEMORY" },
};

static const struct {
	const char *name;
	const struct launch *launch;
	unsigned int count;
} units[GR_UNITS] = {
	[GR_3D] = { "3D", launches_3d, ARRAY_SIZE(launches_3d) },
	[GR_COMPUTE] = { "compute", launches_compute, ARRAY_SIZE(launches_compute) },
	[GR_I2M] = { "I2M", NULL, 0 },
	[GR_2D] = { "2D", launches_2d, ARRAY_SIZE(launches_2d) },
};

static enum pbdma_result report_semaphore(struct gpu *gpu, struct channel *ch, enum gr_unit unit,
					  uint32_t data)
{
	const uint32_t *reg = ch->ctx->gr[unit].reg;
	uint64_t va = (uint64_t)(reg[0x1b00 / 4] & 0x1ffffff) << 32 | reg[0x1b04 / 4];

	switch (data & 3) {
	case 0:		/* release */
	case 2:		/* report: a counter, and none counts without drawing */
		if (!semaphore_write(gpu, ch, engine_find(gpu, ENGINE_GR), va, data & 3 ? 0 : reg[0x1b08 / 4],
				     !(data & BIT(28)), "report"))
			return PBDMA_STOPPED;
		if (data & BIT(20))
			fifo_nonstall(gpu, ch);
		return PBDMA_MORE;
	default:
		report(gpu, "launch that is not modelled", "channel %u: SET_REPORT_SEMAPHORE_D 0x%08x",
		       ch->id, data);
		return PBDMA_MORE;
	}
}

/* A constant buffer is memory; its update is in the order of the methods. */
static enum pbdma_result load_constant(struct gpu *gpu, struct channel *ch, uint32_t data)
{
	static const struct client client = { .name = "GR" };
	uint32_t *reg = ch->ctx->gr[GR_3D].reg;
	uint64_t va = (uint64_t)(reg[0x2384 / 4] & 0xff) << 32 | reg[0x2388 / 4];
	struct vm_fault fault;

	/* A macro would have set the address; Turing's are not run (mme.c). */
	if (gpu->chip->mme_opaque && !va)
		return PBDMA_MORE;
	if (!vm_write(gpu, &ch->vm, va + reg[0x238c / 4], &data, 4, &client, &fault)) {
		engine_fault(gpu, ch, engine_find(gpu, ENGINE_GR), &fault);
		return PBDMA_STOPPED;
	}
	reg[0x238c / 4] += 4;
	return PBDMA_MORE;
}

enum pbdma_result gr_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit,
			    uint32_t method, uint32_t data)
{
	struct gr_class_state *state = &ch->ctx->gr[unit];
	enum pbdma_result result;
	unsigned int i;

	if (mme_method(gpu, ch, unit, method, data, &result))
		return result;
	if (unit != GR_2D && i2m_method(gpu, ch, unit, method, data, &result))
		return result;
	state->reg[method / 4 & 0xfff] = data;
	for (i = 0; i < units[unit].count; i++) {
		const struct launch *l = &units[unit].launch[i];

		if (method < l->first || method > l->last)
			continue;
		report(gpu, "launch that is not modelled", "channel %u: %s method 0x%04x (%s), 0x%08x",
		       ch->id, units[unit].name, method, l->name, data);
		return PBDMA_MORE;
	}
	if (unit == GR_3D && method >= 0x2390 && method < 0x23d0)
		return load_constant(gpu, ch, data);
	if (unit <= GR_COMPUTE && method == 0x1b0c)
		return report_semaphore(gpu, ch, unit, data);
	if ((unit == GR_3D && method == 0x2310) || (unit == GR_COMPUTE && method == 0x510))
		gr_falcon_method(gpu, ch, unit, data);
	return PBDMA_MORE;
}

/* --- the context --------------------------------------------------------- */

bool gr_context(struct gpu *gpu, struct channel *ch, bool save)
{
	static const struct client client = { .name = "FECS", .priv = true };
	uint64_t va = memory_rd64(gpu, APER_VRAM, ch->inst + 0x210);
	struct vm_fault fault;
	uint8_t head[256];

	if (!va)
		return false;
	va &= ~0xfffull;
	if (!vm_read(gpu, &ch->vm, va, head, sizeof(head), &client, &fault) ||
	    (save && !vm_write(gpu, &ch->vm, va, head, sizeof(head), &client, &fault))) {
		engine_fault(gpu, ch, engine_find(gpu, ENGINE_GR), &fault);
		return false;
	}
	return true;
}

/* --- registers ------------------------------------------------------------ */

static void update(struct gpu *gpu)
{
	intr_set_line(gpu, gpu->chip->engines[engine_find(gpu, ENGINE_GR)].intr,
		      *reg_at(gpu, 0x400100) & *reg_at(gpu, 0x40013c));
}

/* A change of the power mode is made at once: the request bit reads 0. */
static uint32_t read_power_mode(struct gpu *gpu, uint32_t addr)
{
	return *reg_at(gpu, addr) & ~0x10u;
}

static const struct reg regs[] = {
	REG_RANGE(0x400000, 0x400100, "CTRL"),
	{ 0x400100, .name = "INTR", .write = reg_write_intr },
	REG_RANGE(0x400104, 0x400200, "TRAP"),
	{ 0x400108, .name = "TRAP", .write = reg_write_clear },
	{ 0x400118, .name = "TRAP_GPC", .write = reg_write_clear },
	{ 0x40013c, .name = "INTR_EN", .write = reg_write_intr_en },
	{ 0x400200, .name = "ICMD_ADDR" },
	{ 0x400204, .name = "ICMD_DATA" },
	{ 0x400208, .name = "ICMD_CTRL" },
	{ 0x40020c, .name = "ICMD_DATA_HI" },
	{ 0x400380, .name = "STATUS_MASK" },
	REG_RANGE(0x400500, 0x400600, "CONTROL"),
	REG_RANGE(0x400600, 0x400700, "ACTIVITY"),
	{ 0x40060c, .name = "ENGINE_STATUS", .read = reg_read_zero },
	{ 0x400700, .name = "STATUS", .read = reg_read_zero, .flags = REG_RO },
	{ 0x400704, .name = "TRAP_METHOD", .flags = REG_RO },
	{ 0x400708, .name = "TRAP_DATA", .flags = REG_RO },
	REG_RANGE(0x404000, 0x404400, "DISPATCH"),
	{ 0x404170, .name = "POWER_MODE", .read = read_power_mode },
	REG_RANGE(0x404400, 0x404500, "MACRO"),
	REG_RANGE(0x404600, 0x404800, "M2MF"),
	REG_RANGE(0x404800, 0x405000, "DDATA"),
	REG_RANGE(0x405800, 0x405900, "DS"),
	REG_RANGE(0x405900, 0x405a00, "PD_BLOCK"),
	REG_RANGE(0x405a00, 0x405c00, "SWDX"),
	REG_RANGE(0x406000, 0x407000, "PD"),
	REG_RANGE(0x407000, 0x407400, "SKED"),
	REG_RANGE(0x407800, 0x408000, "TPBUS"),
	REG_RANGE(0x408000, 0x408800, "SCC"),
	REG_RANGE(0x408800, 0x408c00, "ROP_ALL"),
	REG_RANGE(0x40a000, 0x40b000, "PERF"),
	REG_RANGE(0x410000, 0x414000, "ROP"),
	REG_RANGE(0x418000, 0x41a000, "GPC_ALL"),
	REG_RANGE(0x41b000, 0x420000, "GPC_ALL.PPC"),
	{ 0x502c90, 6, 0x8000, .name = "GPC.TRAP", .write = reg_write_clear },
	{ 0x502c94, 6, 0x8000, .name = "GPC.TRAP_EN" },
	/* Each GPC; CTXCTL at 0x2000 of it is fecs.c's. */
	{ 0x500000, 0x800, .name = "GPC0" },
	{ 0x503000, 0x1400, .name = "GPC0" },
	{ 0x508000, 0x800, .name = "GPC1" },
	{ 0x50b000, 0x1400, .name = "GPC1" },
	{ 0x510000, 0x800, .name = "GPC2" },
	{ 0x513000, 0x1400, .name = "GPC2" },
	{ 0x518000, 0x800, .name = "GPC3" },
	{ 0x51b000, 0x1400, .name = "GPC3" },
	{ 0x520000, 0x800, .name = "GPC4" },
	{ 0x523000, 0x1400, .name = "GPC4" },
	{ 0x528000, 0x800, .name = "GPC5" },
	{ 0x52b000, 0x1400, .name = "GPC5" },
};

/* How many TPCs, and in which of the two PPCs of a GPC they are. */
static void init(struct gpu *gpu)
{
	unsigned int gpc;

	for (gpc = 0; gpc < gpu->chip->gpcs; gpc++) {
		uint32_t mask = BIT(gpu->chip->tpcs) - 1, low = mask & 3;

		*reg_at(gpu, 0x500c30 + gpc * 0x8000) = low;
		*reg_at(gpu, 0x500c34 + gpc * 0x8000) = mask & ~low;
	}
}

const struct block block_gr = {
	.name = "PGRAPH",
	.known_from = "nouveau gr/gf100.c, envytools rnndb/graph/gf100_pgraph",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	.init = init,
	.intr = update,
};
