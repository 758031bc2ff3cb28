// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Inline to memory: data that travels with the commands.
 *
 * A class of its own (KEPLER_INLINE_TO_MEMORY_A and _B), and part of the 3D and
 * compute classes, at the same methods:
 *
 *	0x180   bytes in a line    0x184   how many    0x190   bytes from line to line
 *	0x188, 0x18c   where to
 *	0x194..0x1ac   the block-linear surface it is in: as of the copy engine
 *	0x1b0   launch: 0: to pitch memory; 5:4: 2: then release the semaphore at
 *	        0x1dc; 12: of 4 bytes
 *	0x1b4   the data, word by word
 *
 * Known from: open-gpu-doc's classes/inline-to-memory/cla140.h.
 */
#include <string.h>

#include "gpu.h"

#define LAUNCH_PITCH BIT(0)
#define LAUNCH_REDUCTION BIT(1)
#define LAUNCH_RELEASE 2
#define LAUNCH_ONE_WORD BIT(12)

static const struct client i2m_client = { .name = "I2M" };

static bool put(struct gpu *gpu, struct channel *ch, const uint32_t *reg, uint32_t line, uint32_t x,
		const uint8_t *data, size_t len, bool pitch)
{
	uint64_t base = (uint64_t)(reg[0x188 / 4] & 0x1ffffff) << 32 | reg[0x18c / 4];
	const struct tile tile = {
		.width = reg[0x198 / 4],
		.height = reg[0x19c / 4],
		.depth = reg[0x1a0 / 4],
		.block_height = reg[0x194 / 4] >> 4 & 15,
		.block_depth = reg[0x194 / 4] >> 8 & 15,
	};
	struct vm_fault fault;

	while (len) {
		uint32_t at = reg[0x1a8 / 4] + x;
		size_t part = pitch ? len : 16 - (at & 15);
		uint64_t va = pitch ? base + (uint64_t)((int64_t)(int32_t)reg[0x190 / 4] * line) + x :
			      base + tile_offset(&tile, at, reg[0x1ac / 4] + line, reg[0x1a4 / 4]);

		if (part > len)
			part = len;
		if (!vm_write(gpu, &ch->vm, va, data, part, &i2m_client, &fault)) {
			engine_fault(gpu, ch, engine_find(gpu, ENGINE_GR), &fault);
			return false;
		}
		x += (uint32_t)part;
		data += part;
		len -= part;
	}
	return true;
}

static enum pbdma_result finish(struct gpu *gpu, struct channel *ch, struct gr_class_state *state)
{
	struct i2m_state *i2m = &state->i2m;
	const uint32_t *reg = state->reg;
	uint32_t length = reg[0x180 / 4], lines = reg[0x184 / 4], line;

	i2m->active = false;
	for (line = 0; line < lines; line++)
		if (!put(gpu, ch, reg, line, 0, i2m->data + (size_t)line * length, length,
			 i2m->launch & LAUNCH_PITCH))
			return PBDMA_STOPPED;
	trace_event(gpu, "inline", "ch=%u dst=0x%llx len=0x%x lines=0x%x", ch->id,
		    (unsigned long long)((uint64_t)reg[0x188 / 4] << 32 | reg[0x18c / 4]), length, lines);
	if ((i2m->launch >> 4 & 3) == LAUNCH_RELEASE &&
	    !semaphore_write(gpu, ch, engine_find(gpu, ENGINE_GR),
			     (uint64_t)(reg[0x1dc / 4] & 0x1ffffff) << 32 | reg[0x1e0 / 4],
			     reg[0x1e4 / 4], !(i2m->launch & LAUNCH_ONE_WORD), "inline"))
		return PBDMA_STOPPED;
	return PBDMA_MORE;
}

bool i2m_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t method,
		uint32_t data, enum pbdma_result *result)
{
	struct gr_class_state *state = &ch->ctx->gr[unit];
	struct i2m_state *i2m = &state->i2m;
	uint64_t bytes;

	*result = PBDMA_MORE;
	switch (method) {
	case 0x1b0:
		bytes = (uint64_t)state->reg[0x180 / 4] * state->reg[0x184 / 4];
		if (bytes > I2M_MAX || data & LAUNCH_REDUCTION) {
			report(gpu, "launch that is not modelled", "channel %u: inline to memory, %llu bytes, 0x%08x",
			       ch->id, (unsigned long long)bytes, data);
			return true;
		}
		i2m->launch = data;
		i2m->active = true;
		i2m->have = 0;
		/* Lines are packed; the last word may be more than is wanted. */
		i2m->want = (uint32_t)(bytes + 3) & ~3u;
		if (!i2m->want)
			*result = finish(gpu, ch, state);
		return true;
	case 0x1b4:
		if (!i2m->active) {
			report(gpu, "inline data without a launch", "channel %u: 0x%08x", ch->id, data);
			return true;
		}
		memcpy(i2m->data + i2m->have, &data, 4);
		i2m->have += 4;
		if (i2m->have == i2m->want)
			*result = finish(gpu, ch, state);
		return true;
	default:
		return false;
	}
}
