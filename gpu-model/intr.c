// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PMC: which blocks are switched on, and which want the processor's attention.
 *
 *	0x000           what chip this is
 *	0x100, 0x104    interrupt lines of the blocks; the second those of engines
 *	                that need nobody to wait ("non-stalling")
 *	0x200           a 0 keeps a block in reset
 *
 * The lines are levels: a bit stays until its block is content. Which of them
 * reach the processor is each generation's affair: intr-gk104.c, intr-gp100.c.
 * The chip's one interrupt goes out as a PCI message or on the INTx wire. A
 * message is sent once; the driver rearms by a write to PCI's registers (0x88068),
 * and if something is still pending then, the next goes out.
 *
 * Known from: nouveau nvkm/subdev/mc (nv04.c, gt215.c), pci/nv40.c
 * (nv40_pci_msi_rearm); envytools rnndb/bus/pmc.xml.
 */
#include "intr.h"

static void message(struct gpu *gpu)
{
	if (!gpu->intr->msi_armed || !pci_msi_enabled())
		return;
	gpu->intr->msi_armed = false;
	pci_msi_send();
}

void intr_update(struct gpu *gpu)
{
	bool level = gpu->chip->intr->wanted(gpu);

	if (level == gpu->intr->line)
		return;
	gpu->intr->line = level;
	pci_intx_set(level);
	if (level)
		message(gpu);
}

void intr_rearm(struct gpu *gpu)
{
	gpu->intr->msi_armed = true;
	if (gpu->intr->line)
		message(gpu);
}

void intr_set_line(struct gpu *gpu, unsigned int line, bool level)
{
	if (level)
		gpu->intr->pending[line / 32] |= BIT(line % 32);
	else
		gpu->intr->pending[line / 32] &= ~BIT(line % 32);
	intr_update(gpu);
}

void intr_set(struct gpu *gpu, enum intr_source source, bool level)
{
	intr_set_line(gpu, gpu->chip->intr->line[source], level);
}

static uint32_t read_pending(struct gpu *gpu, uint32_t addr)
{
	return gpu->intr->pending[(addr - 0x100) / 4];
}

uint32_t intr_read_boot0(struct gpu *gpu, uint32_t addr)
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

static const struct reg regs[] = {
	{ 0x000000, .name = "BOOT_0", .read = intr_read_boot0, .flags = REG_RO },
	{ 0x000004, .name = "BOOT_1" },
	{ 0x000100, INTR_LEAVES, .name = "INTR", .read = read_pending, .flags = REG_RO },
	{ 0x000200, .name = "ENABLE", .write = write_enable },
	{ 0x000204, .name = "ENABLE_PBDMA", .write = write_pbdmas },
};

void intr_init(struct gpu *gpu)
{
	gpu->intr->msi_armed = true;
}

void intr_fini(struct gpu *gpu)
{
	if (gpu->intr->line)
		pci_intx_set(false);
}

const struct block block_pmc = {
	.name = "PMC",
	.known_from = "nouveau mc/nv04.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(intr),
	.init = intr_init,
	.fini = intr_fini,
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
		intr_rearm(gpu);
	else
		pci_config_write(offset, 4, value);
}

static const struct reg regs_pci[] = {
	{ 0x088000, 64, .name = "CONFIG", .read = read_config, .write = write_config,
	  .flags = REG_ANY_SIZE },
};

const struct block block_pci = {
	.name = "PCI",
	.known_from = "nouveau pci/nv40.c",
	.regs = regs_pci,
	.count = ARRAY_SIZE(regs_pci),
};
