// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Channels by RM.
 *
 * The driver asks RM for a channel with all that it is made of: an instance block
 * with page directory, a ring, USERD, an engine. RM fills RAMFC. The channel's
 * number follows from where in USERD's pages it is. A channel runs when the driver
 * has asked RM to schedule it, and until it is freed; there is no runlist that the
 * driver writes. A channel that does what it must not is taken off by RM, which
 * sends two events: a line for the log and whom it concerns.
 *
 * Known from: nouveau fifo/r535.c (r535_chan_ramfc_write, r535_chan_id_get,
 * r535_chan_start), gr/r535.c (r535_gr_promote_ctx), gsp/r535.c
 * (r535_gsp_msg_rc_triggered).
 */
#include <stdio.h>

#include "../fifo.h"
#include "gsp.h"

#define SPACE_SYSTEM 1
#define SPACE_VRAM 2

#define RM_ENGINE_GR 1
#define RM_ENGINE_COPY 9

#define EVENT_CHANNEL_ERROR 0x1004
#define EVENT_LOG 0x1006

#define CONTEXT_MAIN 0

uint32_t channel_engine_type(const struct chip_engine *engine)
{
	return engine->type == ENGINE_GR ? RM_ENGINE_GR : RM_ENGINE_COPY + engine->inst;
}

static const struct chip_engine *engine_of(struct gpu *gpu, uint32_t type)
{
	unsigned int i;

	for (i = 0; i < gpu->chip->engine_count; i++)
		if (channel_engine_type(&gpu->chip->engines[i]) == type)
			return &gpu->chip->engines[i];
	return NULL;
}

static void fill_ramfc(struct gpu *gpu, const uint8_t *params, uint64_t inst)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint64_t ring = load64(params, layout->channel.gp_offset);
	uint64_t userd = load64(params, layout->channel.userd);
	uint32_t entries = load32(params, layout->channel.gp_entries), log2 = 0;
	bool vram = load32(params, layout->channel.userd + layout->channel.mem_space) == SPACE_VRAM;

	while (BIT(log2) < entries)
		log2++;
	memory_wr32(gpu, APER_VRAM, inst + 0x08,
		    (uint32_t)userd | (vram ? APER_VRAM : APER_SYS_COHERENT));
	memory_wr32(gpu, APER_VRAM, inst + 0x0c, (uint32_t)(userd >> 32));
	memory_wr32(gpu, APER_VRAM, inst + 0x10, 0xface);
	memory_wr32(gpu, APER_VRAM, inst + 0x14, 0);
	memory_wr32(gpu, APER_VRAM, inst + 0x28, 0);
	memory_wr32(gpu, APER_VRAM, inst + 0x48, (uint32_t)ring);
	memory_wr32(gpu, APER_VRAM, inst + 0x4c, (uint32_t)(ring >> 32) | log2 << 16);
	memory_wr32(gpu, APER_VRAM, inst + 0xe4, load32(params, layout->channel.flags) & BIT(5));
}

/* What is wrong with the memory that a channel is made of; NULL: nothing. */
static const char *check_memory(struct gpu *gpu, const uint8_t *params)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint64_t inst = load64(params, layout->channel.instance);
	uint64_t userd = load64(params, layout->channel.userd);
	uint32_t space = load32(params, layout->channel.userd + layout->channel.mem_space);

	if (load32(params, layout->channel.instance + layout->channel.mem_space) != SPACE_VRAM ||
	    inst & 0xfff || !memory_exists(gpu, APER_VRAM, inst, 0x1000))
		return "an instance block that is no page of VRAM";
	if (load64(params, layout->channel.instance + layout->channel.mem_size) < 0x1000)
		return "an instance block that is too short";
	if (load64(params, layout->channel.ramfc) != inst)
		return "RAMFC outside of the instance block";
	if (userd & 0x1ff || (space != SPACE_VRAM && space != SPACE_SYSTEM) ||
	    !memory_exists(gpu, space == SPACE_VRAM ? APER_VRAM : APER_SYS_COHERENT, userd, 0x200))
		return "a USERD that is no memory";
	return NULL;
}

enum rm_status channel_new(struct gpu *gpu, struct rm_object *object, const uint8_t *params)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint32_t flags = load32(params, layout->channel.flags);
	uint32_t entries = load32(params, layout->channel.gp_entries);
	uint32_t vas = load32(params, layout->channel.vas);
	uint32_t type = load32(params, layout->channel.engine);
	unsigned int id = (flags >> 12 & 0x1ff) * 8 + (flags >> 8 & 7);
	const struct chip_engine *engine = engine_of(gpu, type);
	const char *wrong = check_memory(gpu, params);
	uint64_t inst = load64(params, layout->channel.instance);
	struct rm_object *space;

	if (!engine)
		wrong = "an engine that there is not";
	else if (!entries || entries & (entries - 1))
		wrong = "a ring whose length is no power of two";
	else if (id >= gpu->chip->channels)
		wrong = "a number that is too high";
	if (wrong) {
		report(gpu, "bad channel", "channel %u: %s", id, wrong);
		return RM_INVALID_ARGUMENT;
	}
	space = object_find(gpu, object->client, vas, "a channel's address space");
	if (!space || space->class != CLASS_VASPACE) {
		if (space)
			report(gpu, "bad channel", "channel %u: object 0x%08x of class 0x%x is no address space",
			       id, vas, space->class);
		return RM_NOT_FOUND;
	}
	wrong = vaspace_fits(gpu, space, inst);
	if (wrong) {
		report(gpu, "bad channel", "channel %u: %s", id, wrong);
		return RM_INVALID_ARGUMENT;
	}
	if (!fifo_channel_bind(gpu, id, inst, engine->runlist))
		return RM_INVALID_ARGUMENT;
	fill_ramfc(gpu, params, inst);
	object->channel = (int)id;
	object->engine = type;
	object->vas = vas;
	return RM_OK;
}

void channel_free(struct gpu *gpu, struct rm_object *object)
{
	fifo_channel_unbind(gpu, (unsigned int)object->channel);
	object->channel = -1;
}

enum rm_status channel_bind(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	if (load32(params, 0) != object->engine) {
		report(gpu, "bad channel", "channel %d is bound to engine %u, it was made for %u",
		       object->channel, load32(params, 0), object->engine);
		return RM_INVALID_ARGUMENT;
	}
	return RM_OK;
}

enum rm_status channel_schedule(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	if (!params[0]) {
		report(gpu, "launch that is not modelled", "channel %d is no longer to be scheduled",
		       object->channel);
		return RM_NOT_SUPPORTED;
	}
	fifo_channel_schedule(gpu, (unsigned int)object->channel);
	return RM_OK;
}

enum rm_status channel_promote(struct gpu *gpu, struct rm_object *object, uint8_t *params)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint32_t count = load32(params, layout->promote.count), i;
	uint64_t inst;

	object = object_find(gpu, load32(params, layout->promote.client),
			     load32(params, layout->promote.object), "GPU_PROMOTE_CTX");
	if (!object)
		return RM_NOT_FOUND;
	if (object->channel < 0) {
		report(gpu, "RM object of a wrong class", "GPU_PROMOTE_CTX is sent to 0x%08x of class 0x%x",
		       object->handle, object->class);
		return RM_NOT_FOUND;
	}
	if (count > layout->promote.limit) {
		report(gpu, "bad channel", "channel %d: %u context buffers", object->channel, count);
		return RM_INVALID_ARGUMENT;
	}
	inst = gpu->fifo->channel[object->channel].inst;
	for (i = 0; i < count; i++) {
		const uint8_t *entry = params + layout->promote.entry + i * layout->promote.stride;
		uint64_t va = load64(entry, layout->promote.va);

		/* RM maps none of them: what is not left unmapped on purpose has an address. */
		if (!va && !entry[layout->promote.nonmapped]) {
			report(gpu, "bad channel", "channel %d: context buffer %u has no address",
			       object->channel, load32(entry, layout->promote.id) & 0xffff);
			return RM_INVALID_ARGUMENT;
		}
		if ((load32(entry, layout->promote.id) & 0xffff) != CONTEXT_MAIN || !va)
			continue;
		memory_wr32(gpu, APER_VRAM, inst + 0x210, (uint32_t)va | 4);
		memory_wr32(gpu, APER_VRAM, inst + 0x214, (uint32_t)(va >> 32));
	}
	return RM_OK;
}

/* --- what Host and the engines have to tell -------------------------------- */

static void nonstall(struct gpu *gpu, const struct channel *ch)
{
	intr_set_line(gpu, VECTOR_NONSTALL + ch->runlist, true);
}

static void failed(struct gpu *gpu, const struct channel *ch, uint32_t xid, const char *text)
{
	struct rm_object *object;
	uint8_t log[268] = { 0 }, error[20] = { 0 };

	for (object = gpu->gsp->objects; object; object = object->next)
		if (!object->freed && object->channel == (int)ch->id)
			break;
	if (!object)
		return;
	store32(log, 0, xid);
	store32(log, 4, ch->runlist);
	store32(log, 8, ch->id);
	snprintf((char *)log + 12, sizeof(log) - 12, "%s", text);
	queue_send(gpu, EVENT_LOG, 0, log, sizeof(log));
	store32(error, 0, object->engine);
	store32(error, 4, ch->id);
	store32(error, 8, xid);
	store32(error, 12, 1);
	queue_send(gpu, EVENT_CHANNEL_ERROR, 0, error, sizeof(error));
}

static bool invalidated(const struct channel *ch, uint64_t *pdb)
{
	return host_gp100.invalidated(ch, pdb);
}

const struct host_ops host_tu102 = {
	.name = "channels by RM",
	.known_from = "nouveau fifo/r535.c",
	.sem_execute = true,
	.mem_op_last = 0x34,
	.invalidated = invalidated,
	.nonstall = nonstall,
	.failed = failed,
};
