// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Host of Pascal: four words make a memory operation.
 *
 *	0x30       31:12 directory; 0: of all directories
 *	0x34       31:27 what; 26:0 directory, high. The write starts it.
 *
 * Known from: open-gpu-doc's classes/host/clc06f.h; nouveau fifo/gp100.c
 * (gp100_runl_insert_chan).
 */
#include "gpu.h"

static bool invalidated(const struct channel *ch, uint64_t *pdb)
{
	*pdb = (uint64_t)(ch->mem_op[3] & 0x07ffffff) << 32 | (ch->mem_op[2] & ~0xfffu);
	return !(ch->mem_op[2] & 1);
}

const struct host_ops host_gp100 = {
	.name = "memory operations of four words",
	.known_from = "nouveau fifo/gp100.c (gp100_runl_insert_chan)",
	.runlist_has_inst = true,
	.mem_op_last = 0x34,
	.invalidated = invalidated,
};
