// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * MMU faults of Kepler and Maxwell.
 *
 *	0x280c + 16u   3:0 reason, 6 hub, 7 write, 13:8 client
 *
 * Known from: nouveau fifo/gf100.c (gf100_fifo_intr_mmu_fault_unit), fifo/gk104.c
 * (gk104_fifo_mmu_fault_engine, gk104_fifo_mmu_fault_hubclient), fifo/gm107.c.
 */
#include "fifo.h"

static void tell(struct gpu *gpu, const struct fault *f)
{
	fault_unit_report(gpu, f, (uint32_t)f->reason | f->client << 8 | (f->write ? BIT(7) : 0) |
				  (f->hub ? BIT(6) : 0));
}

const struct fault_ops fault_gk104 = {
	.name = "registers of each unit",
	.known_from = "nouveau fifo/gk104.c (gk104_fifo_mmu_fault)",
	.host_unit = 0x07,
	.host_client = 0x06,
	.report = tell,
};
