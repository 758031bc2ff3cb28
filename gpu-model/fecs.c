// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * FECS and GPCCS: the falcons of PGRAPH that switch contexts.
 *
 * There are two firmwares, with different manners. nouveau's own, for chips up
 * to the first Maxwell, is written into them by the driver; NVIDIA's, for
 * later ones, is put there by the secure boot (acr.c). The driver asks by
 * writing an argument to 0x409500 and a command to 0x409504:
 *
 *	nouveau's   1       make the channel current; then 0x409800 bit 31
 *	NVIDIA's    0x03    the same; then 0x409800 bit 4 (5: failed)
 *	            0x04    stop the pipeline; then 0x409804 is 1
 *	            0x09    save the context; then 0x409800 bit 0 (1: failed)
 *	            0x10    how large is a context: the answer is in 0x409800;
 *	            0x16    ... its ZCULL part, 0x25 its counters' part
 *	            0x21    watchdog timeout
 *	            0x38    no more switches, 0x39 again; then 0x409804 is 1
 *
 * nouveau's firmware says that it runs with 0x409800 bit 31 and the size of a
 * context in 0x409804, NVIDIA's with bit 0. 0x409b00 is the current channel,
 * 0x409b04 the next; a write of 0x100 to 0x409000 makes it switch.
 *
 * A user may ask too, with the method FALCON04: it changes a register, for which
 * the value and mask are in the first scratch registers of the 3D class. 1 in
 * the first of them is the answer.
 *
 * Known from: nouveau gr/gf100.c (gf100_gr_fecs_*), gr/ctxgf100.c,
 * gr/fuc/hub.fuc; Mesa's nvk_cmd_draw.c (FALCON04).
 */
#include "gpu.h"

#define FECS 0x409000
#define GPCCS 0x41a000
#define CONTEXT_SIZE 0x10000
#define ZCULL_SIZE 0x2000
#define COUNTERS_SIZE 0x1000
#define SIZE_QUERY 0x10

struct fecs {
	struct falcon hub, gpc;
	bool booted;
};

static void set_status(struct gpu *gpu, unsigned int n, uint32_t value)
{
	*reg_at(gpu, FECS + 0x800 + n * 4) = value;
}

/* The context of the channel at @inst is loaded or saved: it has to be mapped. */
static bool context_access(struct gpu *gpu, uint64_t inst, bool save)
{
	static const struct client client = { .name = "FECS", .priv = true };
	uint64_t va = memory_rd64(gpu, APER_VRAM, inst + 0x210) & ~7ull;
	struct vm_fault fault;
	struct vm vm;
	uint8_t head[256];

	if (!vm_from_instance(gpu, inst, &vm))
		return false;
	if (!va) {
		report(gpu, "channel without a context", "instance 0x%llx", (unsigned long long)inst);
		return false;
	}
	if (!vm_read(gpu, &vm, va, head, sizeof(head), &client, &fault) ||
	    (save && !vm_write(gpu, &vm, va, head, sizeof(head), &client, &fault))) {
		report_walk(gpu, &vm, fault.va, "context that is not mapped", "instance 0x%llx: %s",
			    (unsigned long long)inst, fault_reason_name(fault.reason));
		return false;
	}
	return true;
}

static bool make_current(struct gpu *gpu, uint32_t arg)
{
	uint64_t inst = (uint64_t)(arg & 0x0fffffff) << 12;

	if (!context_access(gpu, inst, false))
		return false;
	*reg_at(gpu, FECS + 0xb00) = 0x80000000 | (arg & 0x0fffffff);
	*reg_at(gpu, FECS + 0xb04) = 0x80000000 | (arg & 0x0fffffff);
	return true;
}

/* --- nouveau's own firmware ------------------------------------------------ */

static void start_nouveau(struct gpu *gpu)
{
	if (!gpu->fecs->hub.running)
		report(gpu, "falcon started without firmware", "FECS");
	set_status(gpu, 1, CONTEXT_SIZE);
}

static bool command_nouveau(struct gpu *gpu, uint32_t command, uint32_t arg)
{
	(void)gpu;
	(void)command;
	(void)arg;
	return false;
}

const struct ctxsw_ops ctxsw_nouveau = {
	.name = "nouveau's own",
	.known_from = "nouveau gr/gf100.c (gf100_gr_init_ctxctl_int), gr/fuc/hub.fuc",
	.ready = BIT(31),
	.bind = 1,
	.bound = BIT(31),
	.start = start_nouveau,
	.command = command_nouveau,
};

/* --- NVIDIA's --------------------------------------------------------------- */

static void start_nvidia(struct gpu *gpu)
{
	if (!acr_done(gpu))
		report(gpu, "falcon started without firmware", "FECS, before the secure boot");
}

static bool command_nvidia(struct gpu *gpu, uint32_t command, uint32_t arg)
{
	uint32_t *status = reg_at(gpu, FECS + 0x800);

	switch (command) {
	case 0x04:
	case 0x38:
	case 0x39:
		set_status(gpu, 1, 1);
		break;
	case 0x09:
		*status |= context_access(gpu, (uint64_t)(arg & 0x0fffffff) << 12, true) ? 1 : 2;
		break;
	case SIZE_QUERY:
		*status = CONTEXT_SIZE;
		break;
	case 0x16:
		*status = ZCULL_SIZE;
		break;
	case 0x25:
		*status = COUNTERS_SIZE;
		break;
	case 0x21:
		break;
	default:
		return false;
	}
	return true;
}

const struct ctxsw_ops ctxsw_nvidia = {
	.name = "NVIDIA's",
	.known_from = "nouveau gr/gf100.c (gf100_gr_init_ctxctl_ext, gf100_gr_fecs_*)",
	.config = 0x10,
	.ready = 1,
	.bind = 3,
	.bound = 0x10,
	.not_bound = 0x20,
	.size = SIZE_QUERY,
	.start = start_nvidia,
	.command = command_nvidia,
};

/* --- what both do ----------------------------------------------------------- */

static void write_command(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	const struct ctxsw_ops *ctxsw = gpu->chip->firmware->ctxsw;
	uint32_t arg = *reg_at(gpu, FECS + 0x500);

	*reg_at(gpu, addr) = value;
	if (!gpu->fecs->booted)
		report(gpu, "command to a stopped falcon", "FECS 0x%x", value);
	else if (value == ctxsw->bind)
		*reg_at(gpu, FECS + 0x800) |= make_current(gpu, arg) ? ctxsw->bound : ctxsw->not_bound;
	else if (!ctxsw->command(gpu, value, arg))
		report(gpu, "FECS command that is not modelled", "0x%x, argument 0x%x", value, arg);
}

/* The switch that nouveau's firmware makes: save the current, take the next. */
static void write_trigger(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t *current = reg_at(gpu, FECS + 0xb00), next = *reg_at(gpu, FECS + 0xb04);

	*reg_at(gpu, addr) = 0;
	if (!(value & 0x100))
		return;
	if (*current & BIT(31) && !context_access(gpu, (uint64_t)(*current & 0x0fffffff) << 12, true))
		return;
	*current &= ~BIT(31);
	if (next & BIT(31))
		make_current(gpu, next);
}

static void start_hub(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = 0;
	if (!(value & 2))
		return;
	gpu->fecs->booted = true;
	gpu->chip->firmware->ctxsw->start(gpu);
	set_status(gpu, 0, gpu->chip->firmware->ctxsw->ready);
}

static void start_gpc(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = 0;
	if (value & 2 && !acr_done(gpu))
		report(gpu, "falcon started without firmware", "GPCCS, before the secure boot");
}

static uint32_t read_config(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	/* version 5, how secure, one port each */
	return 5 | gpu->chip->firmware->ctxsw->config | 0x1100;
}

static uint32_t read_units(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->chip->gpcs | 1u << 16;
}

static uint32_t read_tpcs(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->chip->tpcs;
}

static void write_status_set(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr - 0x40) |= value;
}

static void init(struct gpu *gpu)
{
	falcon_init(gpu, &gpu->fecs->hub, FECS);
	falcon_init(gpu, &gpu->fecs->gpc, GPCCS);
}

static void fini(struct gpu *gpu)
{
	falcon_fini(gpu, &gpu->fecs->hub);
	falcon_fini(gpu, &gpu->fecs->gpc);
}

void gr_falcon_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t data)
{
	uint32_t *scratch = &ch->ctx->gr[unit].reg[0x3400 / 4];
	uint32_t addr = data & 0xfffffc;

	if (addr < 0x400000 || addr >= 0x600000 || !gpu->regs.index[addr / 4]) {
		report(gpu, "unknown register", "write of 0x%08x (mask 0x%08x) to 0x%06x by channel %u's FALCON04",
		       scratch[1], scratch[2], addr, ch->id);
		return;
	}
	*reg_at(gpu, addr) = (*reg_at(gpu, addr) & ~scratch[2]) | (scratch[1] & scratch[2]);
	scratch[0] = 1;
}

#define CTXCTL(base) \
	FALCON_REGS(base), \
	{ (base) + 0x10c, .name = "DMA_CTRL" }, \
	{ (base) + 0x12c, .name = "CONFIG", .read = read_config, .flags = REG_RO }

static const struct reg regs[] = {
	CTXCTL(FECS),
	CTXCTL(GPCCS),
	{ FECS + 0x000, .name = "INTR_TRIGGER", .write = write_trigger },
	{ FECS + 0x100, .name = "CPU_CTRL", .write = start_hub },
	{ GPCCS + 0x100, .name = "GPCCS_CPU_CTRL", .write = start_gpc },
	{ FECS + 0x130, .name = "CPU_CTRL_ALIAS", .write = start_hub },
	{ GPCCS + 0x130, .name = "GPCCS_CPU_CTRL_ALIAS", .write = start_gpc },
	{ FECS + 0x500, .name = "ARGUMENT" },
	{ FECS + 0x504, .name = "COMMAND", .write = write_command },
	{ FECS + 0x604, .name = "UNITS", .read = read_units, .flags = REG_RO },
	{ FECS + 0x614, .name = "RESET" },
	{ GPCCS + 0x614, .name = "GPCCS_RESET" },
	{ FECS + 0x800, 16, .name = "STATUS" },
	{ FECS + 0x840, 16, .name = "STATUS_SET", .write = write_status_set },
	{ FECS + 0x880, 16, .name = "STATUS_CLEAR" },
	{ FECS + 0x8c0, 16, .name = "STATUS_EXT" },
	{ GPCCS + 0x800, 64, .name = "GPCCS_STATUS" },
	{ FECS + 0xb00, .name = "CHANNEL" },
	{ FECS + 0xb04, .name = "CHANNEL_NEXT" },
	{ FECS + 0xc08, .name = "UNK_C08" },
	{ FECS + 0xc18, .name = "HOST_INTR", .flags = REG_RO },
	{ FECS + 0xc20, .name = "HOST_INTR_CLEAR" },
	{ FECS + 0xc24, .name = "HOST_INTR_EN" },
	{ 0x502608, 6, 0x8000, .name = "GPC.TPCS", .read = read_tpcs, .flags = REG_RO },
};

const struct block block_fecs = {
	.name = "PGRAPH.CTXCTL",
	.known_from = "nouveau gr/gf100.c, gr/ctxgf100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(fecs),
	.init = init,
	.fini = fini,
	.reset_bit = BIT(12),
};
