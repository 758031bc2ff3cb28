/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * PFIFO's state, for the files that are part of it: fifo.c, pbdma.c, engine.c,
 * ce.c, fault.c.
 */
#ifndef FIFO_H
#define FIFO_H

#include "gpu.h"

/* A PBDMA's registers; there is one for each runlist. */
static inline uint32_t pbdma_base(unsigned int n)
{
	return 0x40000 + n * 0x2000;
}

struct runlist_state {
	struct work update;
	uint64_t addr;
	enum aperture aper;
	uint32_t count;
	bool pending;
	uint16_t chan[FIFO_CHANNELS];
	unsigned int chans;
	unsigned int turn;		/* whose turn it is */
	struct work work;		/* its PBDMA's next slice */
	int current;			/* channel on PBDMA and engines, or -1 */
	uint32_t engines;		/* which of them hold its context */
};

struct fifo {
	struct channel channel[FIFO_CHANNELS];
	struct runlist_state runlist[FIFO_RUNLISTS];
	bool preempting;
	bool preempt_group;
	unsigned int preempt_id;
	struct work preempt;
	uint32_t fault_mask;		/* units with a fault to be read */
	uint32_t pbdma_mask;
	uint32_t runlist_mask;
	uint32_t sched_error;		/* runlists stopped by a fault */
	uint32_t engine_faulted;
};

#endif
