/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * PMC's state, for intr.c and the files of its generations.
 */
#ifndef INTR_H
#define INTR_H

#include "gpu.h"

#define INTR_LEAVES 2

struct intr {
	uint32_t pending[INTR_LEAVES];
	uint32_t enable[INTR_LEAVES];	/* of Pascal: no register holds it */
	bool msi_armed;
	bool line;			/* what was last told to the transport */
};

/* What is pending or let through changed. */
void intr_update(struct gpu *gpu);
/* The driver is ready for the next message. */
void intr_rearm(struct gpu *gpu);

#endif
