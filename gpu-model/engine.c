// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What an engine is to Host: it takes methods, works, and may fault.
 *
 * A channel's subchannels lead to engines. On the graphics runlist they are
 * fixed since Kepler: 0 3D, 1 compute, 2 inline-to-memory, 3 2D, 4 copy. On a
 * runlist with a copy engine alone, all lead there. SET_OBJECT (method 0) says
 * which class the methods are to be taken for; a copy engine has only one and
 * does without.
 *
 * When an access of an engine, or of Host itself, cannot be translated, the MMU
 * writes down what happened (fault.c), the runlist stops, and the channel does
 * not run again. It is up to the driver to take it off, reset the engine, and
 * let the others go on.
 *
 * Known from: nouveau nvif/push906f.h (subchannels), fifo/gf100.c (recovery),
 * fifo/runl.c; open-gpu-doc's dev_fifo (gv100).
 */
#include <stdlib.h>

#include "fifo.h"

#define INTR_1_ILLEGAL_CLASS BIT(4)
#define SUBC_COPY 4

/* What firmware calls the error. */
#define XID_MMU_FAULT 31

bool engine_init(struct gpu *gpu, struct channel *ch)
{
	if (!ch->ctx) {
		ch->ctx = calloc(1, sizeof(*ch->ctx));
		if (!ch->ctx)
			abort();
		ch->ctx->mme.macro = -1;
	}
	ce_init(gpu, ch);
	return true;
}

void engine_free(struct gpu *gpu, struct channel *ch)
{
	if (!ch->ctx)
		return;
	engine_stop(gpu, ch);
	free(ch->ctx);
	ch->ctx = NULL;
}

bool engine_idle(struct gpu *gpu, struct channel *ch)
{
	(void)gpu;
	return !ch->ctx || !ch->ctx->ce.busy;
}

void engine_stop(struct gpu *gpu, struct channel *ch)
{
	if (!ch->ctx)
		return;
	sched_cancel(gpu, &ch->ctx->ce.work);
	ch->ctx->ce.busy = false;
}

int engine_find(struct gpu *gpu, enum engine_type type)
{
	unsigned int i;

	for (i = 0; i < gpu->chip->engine_count; i++)
		if (gpu->chip->engines[i].type == type)
			return (int)i;
	return -1;
}

static int find_on_runlist(struct gpu *gpu, unsigned int runlist, enum engine_type type)
{
	unsigned int i;

	for (i = 0; i < gpu->chip->engine_count; i++)
		if (gpu->chip->engines[i].runlist == runlist && gpu->chip->engines[i].type == type)
			return (int)i;
	return -1;
}

/* Which unit of the graphics engine a class is for; GR_UNITS: none. */
static enum gr_unit unit_of_class(struct gpu *gpu, uint32_t class)
{
	const struct chip *chip = gpu->chip;

	if (class == chip->class_3d)
		return GR_3D;
	if (class == chip->class_compute)
		return GR_COMPUTE;
	if (class == chip->class_i2m)
		return GR_I2M;
	if (class == chip->class_2d)
		return GR_2D;
	return GR_UNITS;
}

static bool is_copy_class(struct gpu *gpu, uint32_t class)
{
	return class && (class == gpu->chip->class_ce[0] || class == gpu->chip->class_ce[1]);
}

/* The user bound a class that is not there: the channel is stopped. */
static enum pbdma_result illegal_class(struct gpu *gpu, struct channel *ch,
				       const struct pb_method *m)
{
	uint32_t base = pbdma_base(ch->runlist);

	*reg_at(gpu, base + 0x148) |= INTR_1_ILLEGAL_CLASS;
	pbdma_intr(gpu, ch, 0, (uint32_t)m->subc << 16, m->data);
	return PBDMA_STOPPED;
}

enum pbdma_result engine_method(struct gpu *gpu, struct channel *ch, const struct pb_method *m)
{
	struct runlist_state *rl = &gpu->fifo->runlist[ch->runlist];
	int gr = find_on_runlist(gpu, ch->runlist, ENGINE_GR);
	int ce = find_on_runlist(gpu, ch->runlist, ENGINE_CE);
	bool copy = gr < 0 || m->subc == SUBC_COPY;

	if (m->method == 0) {
		uint32_t class = m->data & 0xffff;

		if (copy ? !is_copy_class(gpu, class) :
			   m->subc >= GR_UNITS || unit_of_class(gpu, class) != m->subc)
			return illegal_class(gpu, ch, m);
		ch->object[m->subc] = (uint16_t)class;
		return PBDMA_MORE;
	}
	if (copy && ce >= 0) {
		rl->engines |= BIT(ce);
		ch->ctx->ce.engine = (unsigned int)ce;
		return ce_method(gpu, ch, m->method, m->data);
	}
	if (!copy && m->subc < GR_UNITS) {
		/* Its firmware loads the channel's context first. */
		if (!(rl->engines & BIT(gr)) && !gr_context(gpu, ch, false)) {
			if (!ch->faulted)
				pbdma_intr(gpu, ch, BIT(21), (uint32_t)m->subc << 16 | m->method, m->data);
			return PBDMA_STOPPED;
		}
		rl->engines |= BIT(gr);
		return gr_method(gpu, ch, (enum gr_unit)m->subc, m->method, m->data);
	}
	/* No engine takes this subchannel: "DEVICE". */
	pbdma_intr(gpu, ch, BIT(23), (uint32_t)m->subc << 16 | m->method, m->data);
	return PBDMA_STOPPED;
}

void engine_fault(struct gpu *gpu, struct channel *ch, int engine, const struct vm_fault *fault)
{
	const struct chip_engine *e = engine >= 0 ? &gpu->chip->engines[engine] : NULL;
	const struct fault_ops *ops = gpu->chip->fault;

	trace_event(gpu, "fault", "ch=%u va=0x%llx reason=0x%x access=%s", ch->id,
		    (unsigned long long)fault->va, fault->reason, fault->write ? "write" : "read");
	ch->faulted = true;
	engine_stop(gpu, ch);
	if (gpu->chip->host->failed) {
		char text[128];

		snprintf(text, sizeof(text), "MMU fault: channel %u, %s of 0x%llx: %s", ch->id,
			 fault->write ? "write" : "read", (unsigned long long)fault->va,
			 fault_reason_name(fault->reason));
		gpu->chip->host->failed(gpu, ch, XID_MMU_FAULT, text);
		fifo_kick(gpu, ch->runlist);
		return;
	}
	gpu->fifo->sched_error |= BIT(ch->runlist);
	if (engine >= 0)
		gpu->fifo->engine_faulted |= BIT(engine);
	fault_report(gpu, &(struct fault){
		.unit = e ? e->fault : ops->host_unit + ch->runlist,
		.client = e ? e->client : ops->host_client,
		.inst = ch->inst,
		.va = fault->va,
		.reason = fault->reason,
		.write = fault->write,
		.hub = true,
	});
}
