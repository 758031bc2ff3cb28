// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Interrupts of Pascal: a register that lets lines through, one that does not.
 *
 *	0x160, 0x164    a 1 lets that line through
 *	0x180, 0x184    ... keeps it back
 *	0x88704         any write rearms the message
 *
 * Known from: nouveau mc/gp100.c (gp100_mc_intr_allow, gp100_mc_intr_block),
 * pci/gp100.c (gp100_pci_msi_rearm).
 */
#include "intr.h"

static bool wanted(struct gpu *gpu)
{
	const struct intr *intr = gpu->intr;
	unsigned int leaf;

	for (leaf = 0; leaf < INTR_LEAVES; leaf++)
		if (intr->pending[leaf] & intr->enable[leaf])
			return true;
	return false;
}

static void write_allow(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[(addr - 0x160) / 4] |= value;
	intr_update(gpu);
}

static void write_block(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[(addr - 0x180) / 4] &= ~value;
	intr_update(gpu);
}

static const struct reg regs[] = {
	{ 0x000140, INTR_LEAVES, .name = "INTR_EN" },
	{ 0x000160, INTR_LEAVES, .name = "INTR_ALLOW", .write = write_allow },
	{ 0x000180, INTR_LEAVES, .name = "INTR_BLOCK", .write = write_block },
	{ 0x0001c0, .name = "INTR_LTC", .flags = REG_RO },
};

const struct block block_pmc_gp100 = {
	.name = "PMC",
	.known_from = "nouveau mc/gp100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};

static void write_rearm(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	intr_rearm(gpu);
}

static const struct reg regs_pci[] = {
	{ 0x088704, .name = "MSI_REARM", .write = write_rearm },
};

const struct block block_pci_gp100 = {
	.name = "PCI",
	.known_from = "nouveau pci/gp100.c",
	.regs = regs_pci,
	.count = ARRAY_SIZE(regs_pci),
};

static const struct reg_write unmask[] = {
	{ 0x160, 0xffffffff },
};

const struct intr_ops intr_gp100 = {
	.name = "allow and block",
	.known_from = "nouveau mc/gp100.c (gp100_mc_intr, gp100_mc_intrs)",
	.line = {
		[INTR_FIFO] = 8,
		[INTR_TIMER] = 20,
		[INTR_PINS] = 21,
		[INTR_DISPLAY] = 26,
	},
	.wanted = wanted,
	.unmask = unmask,
	.unmask_count = ARRAY_SIZE(unmask),
};
