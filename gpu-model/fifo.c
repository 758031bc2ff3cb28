// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PFIFO: channels, runlists, and who is on which engine.
 *
 * A channel is a stream of commands with its own state and address space. The
 * channel table at 0x800000 names each channel's instance block. Runlists tell
 * which channels are to run on which engines; the driver writes a list to
 * memory and its address and length to 0x2270 and 0x2274. Channels in a group
 * are listed behind the group's entry.
 *
 *	entry word 0     11:0 id; 13: a group, 31:26 how many channels follow
 *	entry word 1     Maxwell: a channel's instance block >> 12
 *
 * The scheduler takes the channels of a runlist in turn. A channel leaves its
 * engines when it has nothing to do and another has, when its slice is over, or
 * when the driver preempts it (0x2634) - but never in the middle of a copy.
 *
 *	0x800000 + 8i    31: bound; 27:0 instance block >> 12
 *	0x800004 + 8i    10: enable, 11: disable, when written; 0: it is enabled
 *	0x2254           28: on; 27:0: where in BAR1 USERD starts, >> 12
 *	0x2270, 0x2274   runlist: address >> 12, 29:28 memory; 23:20 which, 11:0 length
 *	0x2284 + 8r      20: runlist r is being read
 *	0x2630           runlists that must not run
 *	0x262c           ... that a fault stopped; written 1 to go on
 *	0x2634           preempt: id, 24: of a group; 20: not done yet
 *	0x2640 + 8e      engine e: 31 busy, 30 faulted, 13 has a context: 12 of a
 *	                 group, 11:0 which
 *	0x2a00           runlists that were read
 *	0x2a30 + 4e      8: pretend that a fault happened on unit 4:0
 *
 * USERD: each channel's 512 bytes in which the driver writes how far it has
 * filled its ring (GP_PUT, 0x8c) and reads how far it was read (GP_GET, 0x88).
 * A write to GP_PUT through BAR1 makes Host look.
 *
 * Known from: nouveau nvkm/engine/fifo (gf100.c, gk104.c, gk110.c, gm107.c,
 * gm200.c, gp100.c); envytools rnndb/fifo/gf100_pfifo.xml; open-gpu-doc's
 * dev_fifo and dev_ram (gv100).
 */
#include <string.h>

#include "fifo.h"

#define INTR_BIND BIT(0)
#define INTR_SCHED BIT(8)
#define INTR_MMU_FAULT BIT(28)
#define INTR_PBDMA BIT(29)
#define INTR_RUNLIST BIT(30)
#define INTR_NONSTALL BIT(31)
#define INTR_LEVELS (INTR_MMU_FAULT | INTR_PBDMA | INTR_RUNLIST)

#define SLICE 64		/* methods of one turn, at most */

/* --- interrupts --------------------------------------------------------- */

static uint32_t pending(struct gpu *gpu)
{
	uint32_t value = *reg_at(gpu, 0x2100) & ~INTR_LEVELS;

	if (gpu->fifo->fault_mask)
		value |= INTR_MMU_FAULT;
	if (gpu->fifo->pbdma_mask)
		value |= INTR_PBDMA;
	if (gpu->fifo->runlist_mask)
		value |= INTR_RUNLIST;
	return value;
}

void fifo_intr(struct gpu *gpu)
{
	intr_set(gpu, INTR_FIFO, pending(gpu) & *reg_at(gpu, 0x2140));
}

void fifo_nonstall(struct gpu *gpu, const struct channel *ch)
{
	trace_event(gpu, "intr", "nonstall");
	if (gpu->chip->host->nonstall) {
		gpu->chip->host->nonstall(gpu, ch);
		return;
	}
	*reg_at(gpu, 0x2100) |= INTR_NONSTALL;
	fifo_intr(gpu);
}

static uint32_t read_intr(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return pending(gpu);
}

static uint32_t read_fault_mask(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->fifo->fault_mask;
}

static void write_fault_mask(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	(void)addr;
	gpu->fifo->fault_mask &= ~value;
	fifo_intr(gpu);
}

static uint32_t read_pbdma_mask(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->fifo->pbdma_mask;
}

static void write_pbdma_mask(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int i;

	(void)addr;
	/* A PBDMA that still has something to say says it again. */
	for (i = 0; i < gpu->chip->pbdmas; i++) {
		uint32_t base = pbdma_base(i);

		if (!(*reg_at(gpu, base + 0x108) & *reg_at(gpu, base + 0x10c)) &&
		    !(*reg_at(gpu, base + 0x148) & *reg_at(gpu, base + 0x14c)))
			gpu->fifo->pbdma_mask &= ~(value & BIT(i));
	}
	fifo_intr(gpu);
}

static uint32_t read_runlist_mask(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->fifo->runlist_mask;
}

static void write_runlist_mask(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	(void)addr;
	gpu->fifo->runlist_mask &= ~value;
	fifo_intr(gpu);
}

/* --- the scheduler ------------------------------------------------------ */

static bool preempted(struct gpu *gpu, const struct channel *ch)
{
	const struct fifo *fifo = gpu->fifo;

	if (!fifo->preempting)
		return false;
	if (fifo->preempt_group)
		return ch->group == (int)fifo->preempt_id;
	return ch->id == fifo->preempt_id;
}

bool fifo_stopped(struct gpu *gpu, const struct channel *ch)
{
	return !ch->bound || !ch->enabled || !ch->in_runlist || ch->faulted || preempted(gpu, ch);
}

static bool runlist_stopped(struct gpu *gpu, unsigned int r)
{
	return (*reg_at(gpu, 0x2630) | gpu->fifo->sched_error) & BIT(r);
}

static void leave_engines(struct gpu *gpu, struct runlist_state *rl)
{
	unsigned int e;

	for (e = 0; rl->current >= 0 && e < gpu->chip->engine_count; e++)
		if (rl->engines & BIT(e) && gpu->chip->engines[e].type == ENGINE_GR &&
		    !gpu->fifo->channel[rl->current].faulted)
			gr_context(gpu, &gpu->fifo->channel[rl->current], true);
	if (rl->current >= 0)
		pbdma_save(gpu, &gpu->fifo->channel[rl->current]);
	rl->current = -1;
	rl->engines = 0;
}

static void slice(struct gpu *gpu, struct work *work)
{
	struct runlist_state *rl = container_of(work, struct runlist_state, work);
	unsigned int r = (unsigned int)(rl - gpu->fifo->runlist);
	unsigned int tried;
	bool waiting = false;

	if (runlist_stopped(gpu, r))
		return;
	/* Who has something running on an engine keeps it. */
	if (rl->current >= 0) {
		struct channel *ch = &gpu->fifo->channel[rl->current];

		if (!engine_idle(gpu, ch)) {
			if (!fifo_stopped(gpu, ch) && pbdma_run(gpu, ch, SLICE) == PBDMA_MORE)
				sched_after(gpu, work, sched_delay(gpu, STREAM_PBDMA, 2000));
			return;
		}
	}
	for (tried = 0; tried < rl->chans; tried++) {
		unsigned int turn = (rl->turn + tried) % rl->chans;
		struct channel *ch = &gpu->fifo->channel[rl->chan[turn]];
		enum pbdma_result result;

		if (fifo_stopped(gpu, ch) || !pbdma_has_work(gpu, ch))
			continue;
		if (rl->current != (int)ch->id) {
			leave_engines(gpu, rl);
			rl->current = (int)ch->id;
		}
		result = pbdma_run(gpu, ch, 1 + sched_random(gpu, STREAM_PBDMA, SLICE));
		if (runlist_stopped(gpu, r))
			return;
		switch (result) {
		case PBDMA_MORE:
			/* Its turn goes on, or not. */
			rl->turn = turn + (sched_random(gpu, STREAM_PBDMA, 4) == 0);
			sched_after(gpu, work, sched_delay(gpu, STREAM_PBDMA, 2000));
			return;
		case PBDMA_BUSY:
			/* The engine calls when it is done. */
			return;
		case PBDMA_WAIT:
			waiting = true;
			break;
		case PBDMA_IDLE:
		case PBDMA_STOPPED:
			break;
		}
		if (!engine_idle(gpu, ch)) {
			rl->turn = turn;
			return;
		}
	}
	if (rl->chans)
		rl->turn = (rl->turn + 1) % rl->chans;
	if (waiting)
		sched_after(gpu, work, sched_delay(gpu, STREAM_SEMAPHORE, 50000));
}

void fifo_kick(struct gpu *gpu, unsigned int r)
{
	struct runlist_state *rl = &gpu->fifo->runlist[r];

	if (rl->work.due || runlist_stopped(gpu, r))
		return;
	sched_after(gpu, &rl->work, sched_delay(gpu, STREAM_PBDMA, 10000));
}

bool fifo_userd_hit(struct gpu *gpu, uint64_t offset, unsigned int *id, uint32_t *reg)
{
	uint32_t value = *reg_at(gpu, 0x2254);
	uint64_t base = (uint64_t)(value & 0x0fffffff) << 12;

	if (!(value & BIT(28)) || offset < base || offset - base >= gpu->chip->channels * 0x200ull)
		return false;
	*id = (unsigned int)((offset - base) / 0x200);
	*reg = (uint32_t)((offset - base) % 0x200);
	return true;
}

void fifo_doorbell(struct gpu *gpu, unsigned int id)
{
	struct channel *ch = &gpu->fifo->channel[id];

	if (!ch->bound) {
		report(gpu, "access to an unbound channel", "GP_PUT of channel %u written", id);
		return;
	}
	if (ch->in_runlist)
		fifo_kick(gpu, ch->runlist);
}

/* --- channel table ------------------------------------------------------ */

static bool bind(struct gpu *gpu, struct channel *ch, uint64_t inst, bool again)
{
	if (ch->bound && !again) {
		report(gpu, "channel bound twice", "channel %u: 0x%llx over 0x%llx", ch->id,
		       (unsigned long long)inst, (unsigned long long)ch->inst);
		return false;
	}
	ch->bound = true;
	ch->inst = inst;
	return true;
}

static void unbind(struct gpu *gpu, struct channel *ch)
{
	unsigned int id = ch->id;

	trace_event(gpu, "unbind", "ch=%u inst=0x%llx", id, (unsigned long long)ch->inst);
	engine_free(gpu, ch);
	memset(ch, 0, sizeof(*ch));
	ch->id = id;
	ch->group = -1;
}

static void write_channel(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int id = (addr - 0x800000) / 8, r;
	struct channel *ch = &gpu->fifo->channel[id];
	uint64_t inst = (uint64_t)(value & 0x0fffffff) << 12;

	*reg_at(gpu, addr) = value;
	if (!(value & BIT(31))) {
		if (!ch->bound)
			return;
		for (r = 0; r < gpu->chip->runlists; r++)
			if (gpu->fifo->runlist[r].current == (int)id)
				report(gpu, "channel unbound while on an engine", "channel %u", id);
		if (ch->in_runlist)
			report(gpu, "channel unbound while in a runlist", "channel %u", id);
		unbind(gpu, ch);
		return;
	}
	if ((value >> 28) & 3) {
		report(gpu, "bad instance block", "channel %u's is in system memory: 0x%08x", id, value);
		return;
	}
	bind(gpu, ch, inst, ch->inst == inst);
}

static uint32_t read_channel_state(struct gpu *gpu, uint32_t addr)
{
	struct channel *ch = &gpu->fifo->channel[(addr - 0x800004) / 8];

	return (*reg_at(gpu, addr) & 0x000f0000) | (ch->enabled ? 1 : 0);
}

static void write_channel_state(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	struct channel *ch = &gpu->fifo->channel[(addr - 0x800004) / 8];

	*reg_at(gpu, addr) = value & 0x000f0000;
	if (value & BIT(10))
		ch->enabled = true;
	if (value & BIT(11))
		ch->enabled = false;
	if (ch->enabled && ch->in_runlist)
		fifo_kick(gpu, ch->runlist);
}

/* --- channels of firmware ------------------------------------------------ */

bool fifo_channel_bind(struct gpu *gpu, unsigned int id, uint64_t inst, unsigned int runlist)
{
	struct channel *ch = &gpu->fifo->channel[id];

	if (!bind(gpu, ch, inst, false))
		return false;
	ch->runlist = runlist;
	return true;
}

void fifo_channel_schedule(struct gpu *gpu, unsigned int id)
{
	struct channel *ch = &gpu->fifo->channel[id];
	struct runlist_state *rl = &gpu->fifo->runlist[ch->runlist];

	if (ch->in_runlist)
		return;
	ch->enabled = true;
	ch->in_runlist = true;
	rl->chan[rl->chans++] = (uint16_t)id;
	fifo_kick(gpu, ch->runlist);
}

/* Firmware preempts the channel first: what it was doing ends where it is. */
void fifo_channel_unbind(struct gpu *gpu, unsigned int id)
{
	struct channel *ch = &gpu->fifo->channel[id];
	unsigned int r = ch->runlist, i, left = 0;
	struct runlist_state *rl = &gpu->fifo->runlist[r];

	if (rl->current == (int)id) {
		engine_stop(gpu, ch);
		rl->current = -1;
		rl->engines = 0;
	}
	for (i = 0; i < rl->chans; i++)
		if (rl->chan[i] != id)
			rl->chan[left++] = rl->chan[i];
	rl->chans = left;
	rl->turn = 0;
	unbind(gpu, ch);
	fifo_kick(gpu, r);
}

/* --- runlists ----------------------------------------------------------- */

static void add_channel(struct gpu *gpu, unsigned int r, uint32_t word0, uint32_t word1, int group)
{
	struct runlist_state *rl = &gpu->fifo->runlist[r];
	unsigned int id = word0 & 0xfff;
	struct channel *ch;

	if (id >= gpu->chip->channels) {
		report(gpu, "bad runlist", "runlist %u names channel %u", r, id);
		return;
	}
	ch = &gpu->fifo->channel[id];
	if (!ch->bound) {
		report(gpu, "access to an unbound channel", "runlist %u names channel %u", r, id);
		return;
	}
	if (gpu->chip->host->runlist_has_inst && (uint64_t)word1 << 12 != ch->inst) {
		report(gpu, "bad runlist", "runlist %u: channel %u at 0x%llx, it is bound to 0x%llx", r,
		       id, (unsigned long long)word1 << 12, (unsigned long long)ch->inst);
		return;
	}
	ch->in_runlist = true;
	ch->runlist = r;
	ch->group = group;
	rl->chan[rl->chans++] = (uint16_t)id;
}

static void runlist_update(struct gpu *gpu, struct work *work)
{
	struct runlist_state *rl = container_of(work, struct runlist_state, update);
	unsigned int r = (unsigned int)(rl - gpu->fifo->runlist), i, in_group = 0;
	int group = -1;

	for (i = 0; i < rl->chans; i++)
		gpu->fifo->channel[rl->chan[i]].in_runlist = false;
	rl->chans = 0;
	for (i = 0; i < rl->count; i++) {
		uint32_t word0 = memory_rd32(gpu, rl->aper, rl->addr + i * 8);
		uint32_t word1 = memory_rd32(gpu, rl->aper, rl->addr + i * 8 + 4);

		if (word0 & BIT(13)) {
			if (in_group)
				report(gpu, "bad runlist", "runlist %u: group %d lacks %u channels", r,
				       group, in_group);
			group = (int)(word0 & 0xfff);
			in_group = word0 >> 26;
			continue;
		}
		add_channel(gpu, r, word0, word1, in_group ? group : -1);
		if (in_group)
			in_group--;
	}
	if (in_group)
		report(gpu, "bad runlist", "runlist %u: group %d lacks %u channels", r, group, in_group);
	rl->turn = 0;
	rl->pending = false;
	gpu->fifo->runlist_mask |= BIT(r);
	trace_event(gpu, "runlist", "id=%u channels=%u", r, rl->chans);
	fifo_intr(gpu);
	fifo_kick(gpu, r);
}

static void write_runlist(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t base = *reg_at(gpu, 0x2270);
	unsigned int r = (value >> 20) & 15;
	struct runlist_state *rl;

	*reg_at(gpu, addr) = value;
	if (r >= gpu->chip->runlists) {
		report(gpu, "bad runlist", "there is no runlist %u", r);
		return;
	}
	rl = &gpu->fifo->runlist[r];
	if (rl->pending)
		report(gpu, "bad runlist", "runlist %u written before the last one was read", r);
	rl->aper = (base >> 28) & 3;
	rl->addr = (uint64_t)(base & 0x0fffffff) << 12;
	rl->count = value & 0xfff;
	rl->pending = true;
	sched_after(gpu, &rl->update, sched_delay(gpu, STREAM_RUNLIST, 10000));
}

static uint32_t read_runlist_status(struct gpu *gpu, uint32_t addr)
{
	struct runlist_state *rl = &gpu->fifo->runlist[(addr - 0x2284) / 8];

	return rl->count | (rl->pending ? BIT(20) : 0);
}

static uint32_t read_runlist_base(struct gpu *gpu, uint32_t addr)
{
	struct runlist_state *rl = &gpu->fifo->runlist[(addr - 0x2280) / 8];

	return (uint32_t)(rl->addr >> 12) | (uint32_t)rl->aper << 28;
}

static void write_stop(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int r;

	*reg_at(gpu, addr) = value;
	for (r = 0; r < gpu->chip->runlists; r++)
		fifo_kick(gpu, r);
}

static uint32_t read_sched_error(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->fifo->sched_error;
}

static void write_sched_error(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int r, i;

	(void)addr;
	gpu->fifo->sched_error &= ~value;
	for (i = 0; i < gpu->chip->engine_count; i++)
		if (value & BIT(gpu->chip->engines[i].runlist))
			gpu->fifo->engine_faulted &= ~BIT(i);
	for (r = 0; r < gpu->chip->runlists; r++)
		fifo_kick(gpu, r);
}

/* --- preemption --------------------------------------------------------- */

static void preempt(struct gpu *gpu, struct work *work)
{
	unsigned int r;

	for (r = 0; r < gpu->chip->runlists; r++) {
		struct runlist_state *rl = &gpu->fifo->runlist[r];
		struct channel *ch;

		if (rl->current < 0)
			continue;
		ch = &gpu->fifo->channel[rl->current];
		if (!preempted(gpu, ch))
			continue;
		if (!engine_idle(gpu, ch)) {
			/* What it is at has to end first. */
			sched_after(gpu, work, sched_delay(gpu, STREAM_PREEMPT, 5000));
			return;
		}
		leave_engines(gpu, rl);
	}
	gpu->fifo->preempting = false;
	for (r = 0; r < gpu->chip->runlists; r++)
		fifo_kick(gpu, r);
}

static void write_preempt(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	struct fifo *fifo = gpu->fifo;

	*reg_at(gpu, addr) = value;
	fifo->preempting = true;
	fifo->preempt_group = value & BIT(24);
	fifo->preempt_id = value & 0xfff;
	sched_after(gpu, &fifo->preempt, sched_delay(gpu, STREAM_PREEMPT, 10000));
}

static uint32_t read_preempt(struct gpu *gpu, uint32_t addr)
{
	return (*reg_at(gpu, addr) & 0x01000fff) | (gpu->fifo->preempting ? BIT(20) : 0);
}

/* --- engines ------------------------------------------------------------ */

static uint32_t read_engine(struct gpu *gpu, uint32_t addr)
{
	unsigned int e = (addr - 0x2640) / 8;
	uint32_t value = 0;
	struct runlist_state *rl;
	struct channel *ch;

	if (e >= gpu->chip->engine_count)
		return 0;
	rl = &gpu->fifo->runlist[gpu->chip->engines[e].runlist];
	if (gpu->fifo->engine_faulted & BIT(e))
		value |= BIT(31) | BIT(30);
	if (rl->current < 0 || !(rl->engines & BIT(e)))
		return value;
	ch = &gpu->fifo->channel[rl->current];
	if (!engine_idle(gpu, ch))
		value |= BIT(31);
	value |= BIT(13);
	if (ch->group >= 0)
		value |= BIT(12) | (uint32_t)ch->group;
	else
		value |= ch->id;
	return value;
}

void fifo_engine_reset(struct gpu *gpu, unsigned int e)
{
	struct runlist_state *rl = &gpu->fifo->runlist[gpu->chip->engines[e].runlist];

	if (rl->current >= 0 && rl->engines & BIT(e)) {
		engine_stop(gpu, &gpu->fifo->channel[rl->current]);
		rl->engines &= ~BIT(e);
		if (!rl->engines)
			rl->current = -1;
	}
	gpu->fifo->engine_faulted &= ~BIT(e);
}

static void write_trigger(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int e = (addr - 0x2a30) / 4;
	struct runlist_state *rl;

	*reg_at(gpu, addr) = value;
	if (!(value & BIT(8)) || e >= gpu->chip->engine_count)
		return;
	rl = &gpu->fifo->runlist[gpu->chip->engines[e].runlist];
	fault_report(gpu, &(struct fault){
		.unit = value & 0x1f,
		.inst = rl->current >= 0 ? gpu->fifo->channel[rl->current].inst : 0,
		.reason = FAULT_PDE,
		.hub = true,
	});
}

static uint32_t read_pbdma_map(struct gpu *gpu, uint32_t addr)
{
	unsigned int i = (addr - 0x2390) / 4;

	/* One PBDMA for each runlist. */
	return i < gpu->chip->pbdmas && i < gpu->chip->runlists ? BIT(i) : 0;
}

static uint32_t read_pbdma_status(struct gpu *gpu, uint32_t addr)
{
	unsigned int r = (addr - 0x3080) / 4;
	int current = r < gpu->chip->runlists ? gpu->fifo->runlist[r].current : -1;

	return current >= 0 ? BIT(13) | (uint32_t)current : 0;
}

static void init(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < FIFO_CHANNELS; i++) {
		gpu->fifo->channel[i].id = i;
		gpu->fifo->channel[i].group = -1;
	}
	for (i = 0; i < FIFO_RUNLISTS; i++) {
		gpu->fifo->runlist[i].update.run = runlist_update;
		gpu->fifo->runlist[i].work.run = slice;
		gpu->fifo->runlist[i].current = -1;
	}
	gpu->fifo->preempt.run = preempt;
	*reg_at(gpu, 0x2100) = 0;
	*reg_at(gpu, 0x2140) = 0;
	fifo_intr(gpu);
}

static void fini(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < FIFO_CHANNELS; i++)
		engine_free(gpu, &gpu->fifo->channel[i]);
	for (i = 0; i < FIFO_RUNLISTS; i++) {
		sched_cancel(gpu, &gpu->fifo->runlist[i].update);
		sched_cancel(gpu, &gpu->fifo->runlist[i].work);
	}
	sched_cancel(gpu, &gpu->fifo->preempt);
}

/* --- registers ---------------------------------------------------------- */

static uint32_t read_pbdma_count(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->chip->pbdmas;
}

static uint32_t read_channel_count(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return gpu->chip->channels;
}

static const struct reg regs[] = {
	{ 0x002100, .name = "INTR", .read = read_intr, .write = reg_write_intr },
	{ 0x002140, .name = "INTR_EN", .write = reg_write_intr_en },
	{ 0x002254, .name = "USERD_BAR1" },
	{ 0x002270, .name = "RUNLIST_BASE" },
	{ 0x002274, .name = "RUNLIST_SUBMIT", .write = write_runlist },
	{ 0x002280, FIFO_RUNLISTS, 8, .name = "RUNLIST_STATUS_BASE", .read = read_runlist_base,
	  .flags = REG_RO },
	{ 0x002284, FIFO_RUNLISTS, 8, .name = "RUNLIST_STATUS", .read = read_runlist_status,
	  .flags = REG_RO },
	{ 0x002390, 16, .name = "PBDMA_RUNLISTS", .read = read_pbdma_map, .flags = REG_RO },
	{ 0x00252c, .name = "BIND_ERROR", .flags = REG_RO },
	{ 0x00254c, .name = "SCHED_ERROR", .flags = REG_RO },
	{ 0x00256c, .name = "CHSW_ERROR" },
	{ 0x00259c, .name = "FAULT_UNITS", .read = read_fault_mask, .write = write_fault_mask },
	{ 0x0025a0, .name = "PBDMA_INTR", .read = read_pbdma_mask, .write = write_pbdma_mask },
	{ 0x00262c, .name = "SCHED_ERROR_STOP", .read = read_sched_error, .write = write_sched_error },
	{ 0x002630, .name = "SCHED_STOP", .write = write_stop },
	{ 0x002634, .name = "PREEMPT", .read = read_preempt, .write = write_preempt },
	{ 0x002640, FIFO_ENGINES * 2, 8, .name = "ENGINE_STATUS", .read = read_engine, .flags = REG_RO },
	{ 0x002800, 32, 16, .name = "FAULT_INST", .flags = REG_RO },
	{ 0x002804, 32, 16, .name = "FAULT_LO", .flags = REG_RO },
	{ 0x002808, 32, 16, .name = "FAULT_HI", .flags = REG_RO },
	{ 0x00280c, 32, 16, .name = "FAULT_INFO", .flags = REG_RO },
	{ 0x002a00, .name = "RUNLIST_INTR", .read = read_runlist_mask, .write = write_runlist_mask },
	{ 0x002a04, .name = "RUNLIST_INTR_EN" },
	{ 0x002a30, FIFO_ENGINES, .name = "TRIGGER_FAULT", .write = write_trigger },
	{ 0x003080, 16, .name = "PBDMA_STATUS", .read = read_pbdma_status, .flags = REG_RO },
	{ 0x800000, FIFO_CHANNELS, 8, .name = "CHANNEL", .write = write_channel },
	{ 0x800004, FIFO_CHANNELS, 8, .name = "CHANNEL_STATE", .read = read_channel_state,
	  .write = write_channel_state },
};

const struct block block_fifo = {
	.name = "PFIFO",
	.known_from = "nouveau fifo/gk104.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(fifo),
	.init = init,
	.fini = fini,
	.intr = fifo_intr,
	.reset_bit = BIT(8),
};

static const struct reg regs_gm200[] = {
	{ 0x002004, .name = "PBDMAS", .read = read_pbdma_count, .flags = REG_RO },
	{ 0x002008, .name = "CHANNELS", .read = read_channel_count, .flags = REG_RO },
};

/* In addition to the block above: the chip reports the numbers of PBDMAs and channels. */
const struct block block_fifo_gm200 = {
	.name = "PFIFO",
	.known_from = "nouveau fifo/gm200.c (gm200_fifo_runq_nr, gm200_fifo_chid_nr)",
	.regs = regs_gm200,
	.count = ARRAY_SIZE(regs_gm200),
};

/* --- Turing: doorbells, and nothing else that a driver of RM writes --------- */

static uint32_t read_user_time(struct gpu *gpu, uint32_t addr)
{
	uint64_t now = timer_now(gpu);

	return (uint32_t)(addr & 4 ? now >> 32 : now);
}

static void write_doorbell(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int id = value & 0xffff, runlist = value >> 16;

	*reg_at(gpu, addr) = value;
	if (id >= gpu->chip->channels) {
		report(gpu, "access to an unbound channel", "doorbell 0x%08x", value);
		return;
	}
	if (gpu->fifo->channel[id].bound && gpu->fifo->channel[id].runlist != runlist)
		report(gpu, "bad doorbell", "0x%08x: channel %u is on runlist %u", value, id,
		       gpu->fifo->channel[id].runlist);
	fifo_doorbell(gpu, id);
}

static const struct reg regs_tu102[] = {
	{ 0xbb0080, 2, .name = "USER_TIME", .read = read_user_time, .flags = REG_RO },
	{ 0xbb0090, .name = "DOORBELL", .write = write_doorbell, .flags = REG_WO },
};

/* In the place of the blocks above. */
const struct block block_fifo_tu102 = {
	.name = "VFN.USER",
	.known_from = "nouveau vfn/tu102.c, fifo/tu102.c (tu102_chan_start)",
	.regs = regs_tu102,
	.count = ARRAY_SIZE(regs_tu102),
	BLOCK_STATE(fifo),
	.init = init,
	.fini = fini,
};
