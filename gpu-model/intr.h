/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * PMC's state, for intr.c and the files of its generations.
 */
#ifndef INTR_H
#define INTR_H

#include "gpu.h"

#define INTR_LEAVES 2		/* PMC's */
#define INTR_VFN_LEAVES 8

struct intr {
	uint32_t pending[INTR_VFN_LEAVES];
	uint32_t enable[INTR_VFN_LEAVES];	/* from Pascal on; older chips have registers */
	uint32_t top;			/* VFN: pairs of leaves that are let through */
	bool msi_armed;
	bool line;			/* what was last told to the transport */
};

/* What is pending or let through changed. */
void intr_update(struct gpu *gpu);
/* The driver is ready for the next message. */
void intr_rearm(struct gpu *gpu);
void intr_init(struct gpu *gpu);
void intr_fini(struct gpu *gpu);
uint32_t intr_read_boot0(struct gpu *gpu, uint32_t addr);

#endif
