// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PMC: which blocks are switched on, and which want the processor's attention.
 *
 *	0x000           what chip this is
 *	0x100, 0x104    interrupt lines of the blocks; the second those of engines
 *	                that need nobody to wait ("non-stalling")
 *	0x140, 0x144    Kepler and Maxwell: 1 lets interrupts through
 *	0x640, 0x644    ... of these lines
 *	0x160, 0x164    Pascal: a 1 lets that line through
 *	0x180, 0x184    ... keeps it back
 *	0x200           a 0 keeps a block in reset
 *
 * The lines are levels: a bit stays until its block is content. The chip's one
 * interrupt goes out as a PCI message or on the INTx wire. A message is sent
 * once; the driver rearms by a write to PCI's registers (0x88068, Pascal:
 * 0x88704), and if something is still pending then, the next goes out.
 *
 * Known from: nouveau nvkm/subdev/mc (nv04.c, gt215.c, gp100.c), pci/nv46.c,
 * pci/gp100.c; envytools rnndb/bus/pmc.xml.
 */
#include "gpu.h"

struct intr {
	uint32_t pending[2];
	uint32_t enable[2];
	bool msi_armed;
	bool line;			/* what was last told to the transport */
};

static bool wanted(struct gpu *gpu)
{
	struct intr *intr = gpu->intr;
	unsigned int leaf;

	for (leaf = 0; leaf < 2; leaf++) {
		if (!(intr->pending[leaf] & intr->enable[leaf]))
			continue;
		if (!gpu->regs.index[0x160 / 4] && !(*reg_at(gpu, 0x140 + leaf * 4) & 1))
			continue;
		return true;
	}
	return false;
}

static void message(struct gpu *gpu)
{
	if (!gpu->intr->msi_armed || !pci_msi_enabled())
		return;
	gpu->intr->msi_armed = false;
	pci_msi_send();
}

static void update(struct gpu *gpu)
{
	bool level = wanted(gpu);

	if (level == gpu->intr->line)
		return;
	gpu->intr->line = level;
	pci_intx_set(level);
	if (level)
		message(gpu);
}

static void rearm(struct gpu *gpu)
{
	gpu->intr->msi_armed = true;
	if (gpu->intr->line)
		message(gpu);
}

void intr_set(struct gpu *gpu, unsigned int bit, bool level)
{
	if (level)
		gpu->intr->pending[0] |= BIT(bit);
	else
		gpu->intr->pending[0] &= ~BIT(bit);
	update(gpu);
}

static uint32_t read_pending(struct gpu *gpu, uint32_t addr)
{
	return gpu->intr->pending[(addr - 0x100) / 4];
}

static void write_master(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	update(gpu);
}

static void write_mask(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	gpu->intr->enable[(addr - 0x640) / 4] = value;
	update(gpu);
}

static void write_allow(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[(addr - 0x160) / 4] |= value;
	update(gpu);
}

static void write_block(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[(addr - 0x180) / 4] &= ~value;
	update(gpu);
}

static uint32_t read_boot0(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->chip->boot0;
}

/* A block that loses its bit is reset: what it was doing is gone. */
static void write_enable(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t gone = *reg_at(gpu, addr) & ~value;
	unsigned int i;

	*reg_at(gpu, addr) = value;
	for (i = 0; i < gpu->chip->engine_count; i++)
		if (gone & BIT(gpu->chip->engines[i].reset))
			fifo_engine_reset(gpu, i);
	blocks_reset(gpu, gone);
}

/* Only the bits of PBDMAs that are there stick: so they are counted. */
static void write_pbdmas(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value & (BIT(gpu->chip->pbdmas) - 1);
}

#define PMC_COMMON \
	{ 0x000000, .name = "BOOT_0", .read = read_boot0, .flags = REG_RO }, \
	{ 0x000004, .name = "BOOT_1" }, \
	{ 0x000100, 2, .name = "INTR", .read = read_pending, .flags = REG_RO }, \
	{ 0x000140, 2, .name = "INTR_EN", .write = write_master }, \
	{ 0x000200, .name = "ENABLE", .write = write_enable }, \
	{ 0x000204, .name = "ENABLE_PBDMA", .write = write_pbdmas }

static const struct reg pmc_gk104[] = {
	PMC_COMMON,
	{ 0x00017c, .name = "INTR_LTC", .flags = REG_RO },
	{ 0x000260, .name = "ELPG_ENABLE" },
	{ 0x000640, 2, .name = "INTR_MASK", .write = write_mask },
};

static void init(struct gpu *gpu)
{
	gpu->intr->msi_armed = true;
}

static void fini(struct gpu *gpu)
{
	if (gpu->intr->line)
		pci_intx_set(false);
}

const struct block block_pmc_gk104 = {
	.name = "PMC",
	.known_from = "nouveau mc/gt215.c, mc/gk104.c",
	.regs = pmc_gk104,
	.count = ARRAY_SIZE(pmc_gk104),
	BLOCK_STATE(intr),
	.init = init,
	.fini = fini,
};

static const struct reg pmc_gp100[] = {
	PMC_COMMON,
	{ 0x000160, 2, .name = "INTR_ALLOW", .write = write_allow },
	{ 0x000180, 2, .name = "INTR_BLOCK", .write = write_block },
	{ 0x0001c0, .name = "INTR_LTC", .flags = REG_RO },
};

const struct block block_pmc_gp100 = {
	.name = "PMC",
	.known_from = "nouveau mc/gp100.c",
	.regs = pmc_gp100,
	.count = ARRAY_SIZE(pmc_gp100),
	BLOCK_STATE(intr),
	.init = init,
	.fini = fini,
};

/* --- PCI configuration space, mirrored in BAR0 at 0x88000 ----------------- */

static uint32_t read_config(struct gpu *gpu, uint32_t addr)
{
	uint32_t offset = addr & 0xfff;

	return offset < 0x100 ? pci_config_read(offset, 4) : *reg_at(gpu, addr);
}

static void write_config(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t offset = addr & 0xfff;

	*reg_at(gpu, addr) = value;
	/* 0x68 belongs to the MSI capability: any write there rearms. */
	if (offset == 0x68)
		rearm(gpu);
	else
		pci_config_write(offset, 4, value);
}

static void write_rearm(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	rearm(gpu);
}

static const struct reg pci_gk104[] = {
	{ 0x088000, 64, .name = "CONFIG", .read = read_config, .write = write_config,
	  .flags = REG_ANY_SIZE },
};

const struct block block_pci_gk104 = {
	.name = "PCI",
	.known_from = "nouveau pci/gk104.c, pci/nv40.c",
	.regs = pci_gk104,
	.count = ARRAY_SIZE(pci_gk104),
};

static const struct reg pci_gp100[] = {
	{ 0x088000, 64, .name = "CONFIG", .read = read_config, .write = write_config,
	  .flags = REG_ANY_SIZE },
	{ 0x088704, .name = "MSI_REARM", .write = write_rearm },
};

const struct block block_pci_gp100 = {
	.name = "PCI",
	.known_from = "nouveau pci/gp100.c",
	.regs = pci_gp100,
	.count = ARRAY_SIZE(pci_gp100),
};
