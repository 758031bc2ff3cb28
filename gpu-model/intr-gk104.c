// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Interrupts of Kepler and Maxwell: a mask, and a switch for all of it.
 *
 *	0x140, 0x144    1 lets interrupts through
 *	0x640, 0x644    ... of these lines
 *
 * The driver finds a card with all bits of 0x640 set: nouveau of Linux 6.1 never sets the
 * display's, and gets its interrupts. What the driver finds in 0x644 is not known, and
 * nothing here raises a line of the second register.
 *
 * Known from: nouveau mc/nv04.c (nv04_mc_intr_rearm), mc/gt215.c
 * (gt215_mc_intr_allow), mc/gk104.c (gk104_mc_intrs); of Linux 6.1 mc/base.c
 * (nvkm_mc_intr_mask), mc/gf100.c (gf100_mc_intr_mask); envytools rnndb/bus/pmc.xml.
 */
#include "intr.h"

static bool wanted(struct gpu *gpu)
{
	const struct intr *intr = gpu->intr;
	unsigned int leaf;

	for (leaf = 0; leaf < INTR_LEAVES; leaf++)
		if (intr->pending[leaf] & *reg_at(gpu, 0x640 + leaf * 4) &&
		    *reg_at(gpu, 0x140 + leaf * 4) & 1)
			return true;
	return false;
}

static void write_enable(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	intr_update(gpu);
}

static const struct reg regs[] = {
	{ 0x000140, INTR_LEAVES, .name = "INTR_EN", .write = write_enable },
	{ 0x00017c, .name = "INTR_LTC", .flags = REG_RO },
	{ 0x000260, .name = "ELPG_ENABLE" },
	{ 0x000640, .name = "INTR_MASK", .reset = 0xffffffff, .write = write_enable },
	{ 0x000644, .name = "INTR_MASK_NONSTALL", .write = write_enable },
};

const struct block block_pmc_gk104 = {
	.name = "PMC",
	.known_from = "nouveau mc/gt215.c, mc/gk104.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};

static const struct reg_write unmask[] = {
	{ 0x140, 1 },
	{ 0x640, 0xffffffff },
};

const struct intr_ops intr_gk104 = {
	.name = "a mask and a switch",
	.known_from = "nouveau mc/gt215.c (gt215_mc_intr), mc/gk104.c (gk104_mc_intrs)",
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
