// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU faults, as they are told to the driver.
 *
 * Each unit that accesses memory has four registers, and a bit in 0x259c that
 * says that they hold something:
 *
 *	0x2800 + 16u   instance block >> 12
 *	0x2804, 0x2808 the address
 *	0x280c         up to Maxwell: 3:0 reason, 6 hub, 7 write, 13:8 client
 *	               Pascal: 4:0 reason, 14:8 client, 18:16 access, 20 hub
 *
 * Pascal also has a buffer for faults that can be replayed (0x2a70...). No
 * address space of this driver's asks for that unless it does shared virtual
 * memory, so the buffer stays empty.
 *
 * Known from: nouveau fifo/gf100.c, gm107.c, gp100.c (intr_mmu_fault_unit),
 * fault/gp100.c.
 */
#include "fifo.h"

void fault_report(struct gpu *gpu, unsigned int unit, uint64_t inst, uint64_t va,
		  enum fault_reason reason, bool write, bool hub, unsigned int client)
{
	uint32_t base = 0x2800 + unit * 16, info;

	if (gpu->fifo->fault_mask & BIT(unit)) {
		/* One at a time; "dropped" is an interrupt of its own. */
		*reg_at(gpu, 0x2100) |= BIT(27);
		fifo_intr(gpu);
		return;
	}
	*reg_at(gpu, base + 0) = (uint32_t)(inst >> 12);
	*reg_at(gpu, base + 4) = (uint32_t)va;
	*reg_at(gpu, base + 8) = (uint32_t)(va >> 32);
	if (gpu->chip->fault_flags_gp100)
		info = (uint32_t)reason | client << 8 | (write ? BIT(16) : 0) | (hub ? BIT(20) : 0);
	else
		info = (uint32_t)reason | client << 8 | (write ? BIT(7) : 0) | (hub ? BIT(6) : 0);
	*reg_at(gpu, base + 12) = info;
	gpu->fifo->fault_mask |= BIT(unit);
	fifo_intr(gpu);
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
