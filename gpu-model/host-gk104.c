// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Host of Kepler and Maxwell: two words make a memory operation.
 *
 *	0x28       directory >> 10, in 29:2
 *	0x2c       31:27 what; 0: of all directories. The write starts it.
 *
 * Known from: open-gpu-doc's classes/host/cla16f.h; nouveau fifo/gk104.c
 * (gk104_runl_insert_chan), fifo/gm107.c (gm107_runl_insert_chan).
 */
#include "gpu.h"

static bool invalidated(const struct channel *ch, uint64_t *pdb)
{
	*pdb = (uint64_t)(ch->mem_op[0] & 0x3ffffffc) << 10;
	return !(ch->mem_op[1] & 1);
}

const struct host_ops host_gk104 = {
	.name = "runlists of ids",
	.known_from = "nouveau fifo/gk104.c (gk104_runl_insert_chan)",
	.mem_op_last = 0x2c,
	.invalidated = invalidated,
};

const struct host_ops host_gm107 = {
	.name = "runlists of instance blocks",
	.known_from = "nouveau fifo/gm107.c (gm107_runl_insert_chan)",
	.runlist_has_inst = true,
	.mem_op_last = 0x2c,
	.invalidated = invalidated,
};
