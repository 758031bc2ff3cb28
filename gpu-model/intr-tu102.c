// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Interrupts of Turing: vectors in a tree, in the registers of the virtual function.
 *
 *	0xb81000 + 4n   leaf n: a bit for each vector; a 1 clears it
 *	0xb81200 + 4n   a 1 lets the vector through
 *	0xb81400 + 4n   ... keeps it back
 *	0xb81600        for each pair of leaves: something is pending
 *	0xb81608        a 1 lets the pair through, 0xb81610 keeps it back
 *
 * A vector is remembered when it is raised, whatever its block does then. Which
 * vector is whose, RM tells the driver.
 *
 * Known from: nouveau vfn/tu102.c, pci/gp100.c; open-gpu-doc manuals/turing/tu104
 * (dev_ctrl).
 */
#include "intr.h"

static uint32_t leaf_of(uint32_t addr)
{
	return (addr & 0x1f) / 4;
}

static uint32_t pairs(const struct intr *intr)
{
	uint32_t top = 0;
	unsigned int leaf;

	for (leaf = 0; leaf < INTR_VFN_LEAVES; leaf++)
		if (intr->pending[leaf] & intr->enable[leaf])
			top |= BIT(leaf / 2);
	return top;
}

static bool wanted(struct gpu *gpu)
{
	return pairs(gpu->intr) & gpu->intr->top;
}

static uint32_t read_leaf(struct gpu *gpu, uint32_t addr)
{
	return gpu->intr->pending[leaf_of(addr)];
}

static void write_leaf(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->pending[leaf_of(addr)] &= ~value;
	intr_update(gpu);
}

static uint32_t read_enable(struct gpu *gpu, uint32_t addr)
{
	return gpu->intr->enable[leaf_of(addr)];
}

static void write_allow(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[leaf_of(addr)] |= value;
	intr_update(gpu);
}

static void write_block(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	gpu->intr->enable[leaf_of(addr)] &= ~value;
	intr_update(gpu);
}

static uint32_t read_top(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return pairs(gpu->intr);
}

static void write_arm(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	(void)addr;
	gpu->intr->top |= value;
	intr_update(gpu);
}

static void write_disarm(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	(void)addr;
	gpu->intr->top &= ~value;
	intr_update(gpu);
}

static const struct reg regs[] = {
	{ 0x000000, .name = "BOOT_0", .read = intr_read_boot0, .flags = REG_RO },
	{ 0x000004, .name = "BOOT_1", .flags = REG_RO },
	{ 0xb81000, INTR_VFN_LEAVES, .name = "LEAF", .read = read_leaf, .write = write_leaf },
	{ 0xb81200, INTR_VFN_LEAVES, .name = "ALLOW", .read = read_enable, .write = write_allow },
	{ 0xb81400, INTR_VFN_LEAVES, .name = "BLOCK", .read = read_enable, .write = write_block },
	{ 0xb81600, .name = "TOP", .read = read_top, .flags = REG_RO },
	{ 0xb81608, .name = "ARM", .write = write_arm },
	{ 0xb81610, .name = "DISARM", .write = write_disarm },
};

const struct block block_vfn = {
	.name = "VFN",
	.known_from = "nouveau vfn/tu102.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(intr),
	.init = intr_init,
	.fini = intr_fini,
};

static const struct reg_write unmask[] = {
	{ 0xb81200, 0xffffffff },
	{ 0xb81608, 1 },
};

const struct intr_ops intr_tu102 = {
	.name = "vectors of the virtual function",
	.known_from = "nouveau vfn/tu102.c (tu102_vfn_intr)",
	/* RM keeps what these blocks raise to itself. */
	.line = {
		[INTR_FIFO] = 0,
		[INTR_TIMER] = 1,
		[INTR_PINS] = 2,
		[INTR_DISPLAY] = 3,
	},
	.wanted = wanted,
	.unmask = unmask,
	.unmask_count = ARRAY_SIZE(unmask),
};
