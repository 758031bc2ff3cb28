// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * How the GPU reports MMU faults to the driver.
 *
 * Each unit that accesses memory has four registers, and a bit in 0x259c that
 * says that they hold something:
 *
 *	0x2800 + 16u   instance block >> 12
 *	0x2804, 0x2808 the address
 *	0x280c         why, who: fault-gk104.c, fault-gp100.c
 *
 * Known from: nouveau fifo/gf100.c (gf100_fifo_intr_mmu_fault).
 */
#include "fifo.h"

void fault_report(struct gpu *gpu, const struct fault *fault)
{
	gpu->chip->fault->report(gpu, fault);
}

void fault_unit_report(struct gpu *gpu, const struct fault *fault, uint32_t info)
{
	uint32_t base = 0x2800 + fault->unit * 16;

	if (gpu->fifo->fault_mask & BIT(fault->unit)) {
		/* One at a time; "dropped" is an interrupt of its own. */
		*reg_at(gpu, 0x2100) |= BIT(27);
		fifo_intr(gpu);
		return;
	}
	*reg_at(gpu, base + 0) = (uint32_t)(fault->inst >> 12);
	*reg_at(gpu, base + 4) = (uint32_t)fault->va;
	*reg_at(gpu, base + 8) = (uint32_t)(fault->va >> 32);
	*reg_at(gpu, base + 12) = info;
	gpu->fifo->fault_mask |= BIT(fault->unit);
	fifo_intr(gpu);
}
