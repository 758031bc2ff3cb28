// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PMU, the falcon for power management at 0x10a000, in its two roles.
 *
 * Up to the first Maxwell nouveau loads firmware of its own into it, which then
 * takes messages through a ring: 0x10a4a0 is how far the driver wrote it,
 * 0x10a4b0 how far it was read, and 0x10a4d0 where it is (31:16 size, 15:0
 * address), which says that the firmware runs. The other direction is 0x10a4c8,
 * 0x10a4cc, 0x10a4dc. Whatever is sent is taken and not answered, as there are
 * no clocks to change.
 *
 * On later chips it runs the secure boot (acr.c): it gets an instance block
 * (0x10a480), says in 0x10a20c, 14:12, that it has it (5) and, after 0x10a058,
 * that it is done with that (0); then code and data through the ports, and a
 * start (0x10a100). It halts (bit 4) with the result in the mailbox 0x10a040.
 *
 * Known from: nouveau nvkm/subdev/pmu (gt215.c, gm200.c), falcon/gm200.c;
 * envytools rnndb/pm/pdaemon.xml.
 */
#include "gpu.h"

#define PMU 0x10a000
#define RING_TO_PMU 0x00800100u		/* 8 messages of 16 bytes, at 0x100 */
#define RING_FROM_PMU 0x00800200u

struct pmu {
	struct falcon falcon;
	struct vm vm;			/* of the instance block that is bound */
	bool bound;
	unsigned int bind_stat;
};

static struct falcon *falcon(struct gpu *gpu)
{
	return &gpu->pmu->falcon;
}

static void init(struct gpu *gpu)
{
	falcon_init(gpu, falcon(gpu), PMU);
}

static void fini(struct gpu *gpu)
{
	falcon_fini(gpu, falcon(gpu));
}

/* What is bound stays. */
static void reset(struct gpu *gpu)
{
	falcon_reset(falcon(gpu));
}

/* --- nouveau's firmware -------------------------------------------------- */

static void start_nouveau(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = 0;
	if (!(value & 2))
		return;
	if (!falcon(gpu)->running)
		report(gpu, "falcon started without firmware", "PMU");
	*reg_at(gpu, PMU + 0x4d0) = RING_TO_PMU;
	*reg_at(gpu, PMU + 0x4dc) = RING_FROM_PMU;
}

static uint32_t read_ring(struct gpu *gpu, uint32_t addr)
{
	/* What was written was read. */
	(void)addr;
	return *reg_at(gpu, PMU + 0x4a0);
}

static const struct reg regs_gk104[] = {
	FALCON_REGS(PMU),
	{ PMU + 0x01c, .name = "INTR_ROUTING", .flags = REG_RO },
	{ PMU + 0x04c, .name = "IDLE_STATUS", .read = reg_read_zero, .flags = REG_RO },
	{ PMU + 0x100, .name = "CPU_CTRL", .write = start_nouveau },
	{ PMU + 0x104, .name = "BOOT_VECTOR" },
	{ PMU + 0x10c, .name = "DMA_CTRL", .read = reg_read_zero },
	{ PMU + 0x12c, .name = "CONFIG", .reset = 0x1105, .flags = REG_RO },
	{ PMU + 0x4a0, .name = "RING_TO_PUT" },
	{ PMU + 0x4b0, .name = "RING_TO_GET", .read = read_ring, .flags = REG_RO },
	{ PMU + 0x4c8, .name = "RING_FROM_PUT" },
	{ PMU + 0x4cc, .name = "RING_FROM_GET" },
	{ PMU + 0x4d0, .name = "RING_TO" },
	{ PMU + 0x4dc, .name = "RING_FROM" },
	{ PMU + 0x580, .name = "MUTEX" },
	{ PMU + 0x78c, .name = "POWER_GATE" },
};

const struct block block_pmu_gk104 = {
	.name = "PMU",
	.known_from = "nouveau pmu/gt215.c",
	.regs = regs_gk104,
	.count = ARRAY_SIZE(regs_gk104),
	BLOCK_STATE(pmu),
	.init = init,
	.fini = fini,
	.reset_bit = BIT(13),
	.reset = reset,
};

/* --- the secure boot ------------------------------------------------------ */

static void write_inst(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	if (!(value & BIT(30)))
		return;
	gpu->pmu->bound = vm_from_instance(gpu, (uint64_t)(value & 0x0fffffff) << 12, &gpu->pmu->vm);
	gpu->pmu->bind_stat = 5;
}

static void write_bind_ack(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	if (value & 2)
		gpu->pmu->bind_stat = 0;
}

static uint32_t read_bind_stat(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	/* 0x10a200 selects what is shown; 0x30e is the state of the binding. */
	return *reg_at(gpu, PMU + 0x200) == 0x30e ? gpu->pmu->bind_stat << 12 : 0;
}

static void start_secure(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = 0;
	if (!(value & 2))
		return;
	if (!falcon(gpu)->running)
		report(gpu, "falcon started without firmware", "PMU");
	acr_boot(gpu, falcon(gpu)->dmem.data, gpu->pmu->bound ? &gpu->pmu->vm : NULL);
	*reg_at(gpu, addr) = 0x10;	/* halted */
}

static const struct reg regs_gm200[] = {
	FALCON_REGS(PMU),
	{ PMU + 0x01c, .name = "INTR_ROUTING", .flags = REG_RO },
	{ PMU + 0x040, 2, .name = "MAILBOX" },
	{ PMU + 0x048, .name = "ITF_EN" },
	{ PMU + 0x058, .name = "BIND_ACK", .write = write_bind_ack },
	{ PMU + 0x084, .name = "CHIP_ID" },
	{ PMU + 0x090, .name = "BIND_EN" },
	{ PMU + 0x100, .name = "CPU_CTRL", .write = start_secure },
	{ PMU + 0x104, .name = "BOOT_VECTOR" },
	{ PMU + 0x10c, .name = "DMA_CTRL", .read = reg_read_zero },
	/* version 5, heavy secure, one port each */
	{ PMU + 0x12c, .name = "CONFIG", .reset = 0x1125, .flags = REG_RO },
	{ PMU + 0x200, .name = "DEBUG_SELECT" },
	{ PMU + 0x20c, .name = "DEBUG_DATA", .read = read_bind_stat, .flags = REG_RO },
	{ PMU + 0x480, .name = "INSTANCE", .write = write_inst },
	{ PMU + 0x624, .name = "DMA_NO_INSTANCE" },
	{ PMU + 0xc08, .name = "DEBUG_MODE", .flags = REG_RO },
	{ PMU + 0xe00, 5, .name = "DMA_INDEX" },
};

const struct block block_pmu_gm200 = {
	.name = "PMU",
	.known_from = "nouveau pmu/gm200.c, falcon/gm200.c",
	.regs = regs_gm200,
	.count = ARRAY_SIZE(regs_gm200),
	BLOCK_STATE(pmu),
	.init = init,
	.fini = fini,
	.reset_bit = BIT(13),
	.reset = reset,
};
