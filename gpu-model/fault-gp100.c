// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU faults of Pascal.
 *
 *	0x280c + 16u   4:0 reason, 14:8 client, 18:16 access, 20 hub
 *
 * Pascal also has a buffer for faults that can be replayed (0x2a70...). No
 * address space of this driver's asks for that unless it does shared virtual
 * memory, so the buffer stays empty.
 *
 * Known from: nouveau fifo/gp100.c (gp100_fifo_intr_mmu_fault_unit,
 * gp100_fifo_mmu_fault_engine), fault/gp100.c.
 */
#include "fifo.h"

static void tell(struct gpu *gpu, const struct fault *f)
{
	fault_unit_report(gpu, f, (uint32_t)f->reason | f->client << 8 | (f->write ? BIT(16) : 0) |
				  (f->hub ? BIT(20) : 0));
}

static const struct reg regs[] = {
	{ 0x002a70, .name = "REPLAY_BUFFER_LO" },
	{ 0x002a74, .name = "REPLAY_BUFFER_HI" },
	{ 0x002a78, .name = "REPLAY_BUFFER_SIZE", .reset = 0x100, .flags = REG_RO },
	{ 0x002a7c, .name = "REPLAY_BUFFER_GET" },
	{ 0x002a80, .name = "REPLAY_BUFFER_PUT", .flags = REG_RO },
};

const struct block block_fault_gp100 = {
	.name = "PFIFO",
	.known_from = "nouveau fault/gp100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};

const struct fault_ops fault_gp100 = {
	.name = "registers of each unit, more access bits",
	.known_from = "nouveau fifo/gp100.c (gp100_fifo_mmu_fault)",
	.host_unit = 0x06,
	.host_client = 0x06,
	.report = tell,
};
