// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PBDMA: reads a channel's commands and hands them to Host and the engines.
 *
 * The driver fills a ring of 8-byte entries, each naming a segment of commands:
 *
 *	word 0     31:2 address
 *	word 1     7:0 address, high; 8: privileged; 9: subroutine;
 *	           30:10 length in words; 31: wait for what came before
 *
 * A segment is words: a header, then as many data words as it says.
 *
 *	31:29      28:16        15:13        11:0
 *	1 INC      count        subchannel   method / 4, next one for each word
 *	3 NON_INC  count        ...          the same method for all words
 *	5 ONE_INC  count        ...          the next method from the second word on
 *	4 IMMD     data         ...          no words follow
 *	7 END      the segment ends here
 *	0, 2       the older forms of INC and NON_INC (count 28:18, method 12:2), and
 *	           with 17:16 not 0 the mask of which GPUs the commands are for
 *
 * A word that is none of these, or a method that nobody takes, stops the
 * channel with a PBDMA interrupt: that is the user's mistake and the driver has
 * to deal with it.
 *
 * What the PBDMA knows of a channel is in its instance block (RAMFC) while it
 * is off the PBDMA: 0x08 USERD, 0x10 a signature, 0x14 GP_GET, 0x18 where in the
 * segment, 0x48 the ring and 2^n its length.
 *
 * A real PBDMA fetches ahead. This one reads each word when it needs it: later
 * than any real one, never earlier. The ring's entry is given back (GP_GET) as
 * soon as it was read, as the real one does.
 *
 * Known from: open-gpu-doc's dev_pbdma and dev_ram (gv100) and
 * classes/host/clc06f.h; nouveau fifo/gk104.c (RAMFC), nouveau_dma.c;
 * envytools rnndb/fifo/gf100_pfifo.xml (PSUBFIFO).
 */
#include <string.h>

#include "fifo.h"

#define RAMFC_GP_PUT 0x00
#define RAMFC_USERD 0x08
#define RAMFC_SIGNATURE 0x10
#define RAMFC_GP_GET 0x14
#define RAMFC_PB_GET 0x18
#define RAMFC_REF 0x28
#define RAMFC_GP_BASE 0x48
#define RAMFC_HCE_CTRL 0xe4

#define USERD_PUT 0x40
#define USERD_GET 0x44
#define USERD_REF 0x48
#define USERD_PUT_HI 0x4c
#define USERD_TOP_GET 0x58
#define USERD_TOP_GET_HI 0x5c
#define USERD_GET_HI 0x60
#define USERD_GP_GET 0x88
#define USERD_GP_PUT 0x8c

#define INTR_GPPTR BIT(14)
#define INTR_PBENTRY BIT(18)

#define XID_PBDMA 32

static const struct client host_client = { .name = "HOST" };

/* --- words to methods ---------------------------------------------------- */

bool pb_decode(struct pb_state *state, uint32_t word, struct pb_method *method,
	       bool *end_segment, const char **error)
{
	uint32_t op = word >> 29, tert = (word >> 16) & 3;

	method->valid = false;
	*end_segment = false;
	if (state->count) {
		if (!state->subdevice_off) {
			method->valid = true;
			method->subc = state->subc;
			method->method = state->method;
			method->data = word;
		}
		state->count--;
		if (state->mode == PB_INC) {
			state->method += 4;
		} else if (state->mode == PB_ONEINC) {
			state->method += 4;
			state->mode = PB_NONINC;
		}
		return true;
	}
	state->subc = (word >> 13) & 7;
	state->method = (word & 0xfff) << 2;
	state->count = (word >> 16) & 0x1fff;
	switch (op) {
	case 0:
		if (tert == 1)		/* set the mask */
			state->subdevice_off = !((word >> 4) & 1);
		else if (tert == 2)	/* store it for later use */
			state->subdevice_mask = (word >> 4) & 0xfff;
		else if (tert == 3)	/* use it */
			state->subdevice_off = !(state->subdevice_mask & 1);
		state->mode = PB_INC;
		state->method = word & 0x1ffc;
		state->count = tert ? 0 : (word >> 18) & 0x7ff;
		return true;
	case 1:
		state->mode = PB_INC;
		return true;
	case 2:
		if (tert) {
			*error = "a header of no known form";
			state->count = 0;
			return false;
		}
		state->mode = PB_NONINC;
		state->method = word & 0x1ffc;
		state->count = (word >> 18) & 0x7ff;
		return true;
	case 3:
		state->mode = PB_NONINC;
		return true;
	case 4:
		state->count = 0;
		if (!state->subdevice_off) {
			method->valid = true;
			method->subc = state->subc;
			method->method = state->method;
			method->data = (word >> 16) & 0x1fff;
		}
		return true;
	case 5:
		state->mode = PB_ONEINC;
		return true;
	case 7:
		state->count = 0;
		*end_segment = true;
		return true;
	default:
		state->count = 0;
		*error = "a header of no known form";
		return false;
	}
}

/* --- a channel on and off the PBDMA ------------------------------------- */

static uint32_t ramfc(struct gpu *gpu, struct channel *ch, uint32_t offset)
{
	return memory_rd32(gpu, APER_VRAM, ch->inst + offset);
}

static uint32_t userd_rd(struct gpu *gpu, struct channel *ch, uint32_t offset)
{
	return memory_rd32(gpu, ch->userd_aper, ch->userd + offset);
}

static void userd_wr(struct gpu *gpu, struct channel *ch, uint32_t offset, uint32_t value)
{
	memory_wr32(gpu, ch->userd_aper, ch->userd + offset, value);
}

bool pbdma_load(struct gpu *gpu, struct channel *ch)
{
	uint32_t lo, hi;

	if (ch->loaded)
		return true;
	if (!vm_from_instance(gpu, ch->inst, &ch->vm))
		goto bad;
	if (ramfc(gpu, ch, RAMFC_SIGNATURE) != 0xface) {
		report(gpu, "bad instance block", "channel %u: signature 0x%x at 0x%llx", ch->id,
		       ramfc(gpu, ch, RAMFC_SIGNATURE), (unsigned long long)ch->inst + RAMFC_SIGNATURE);
		goto bad;
	}
	lo = ramfc(gpu, ch, RAMFC_USERD);
	hi = ramfc(gpu, ch, RAMFC_USERD + 4);
	ch->userd_aper = lo & 3;
	ch->userd = (uint64_t)hi << 32 | (lo & ~0x1ffu);
	if (!memory_exists(gpu, ch->userd_aper, ch->userd, 0x200)) {
		report(gpu, "bad instance block", "channel %u: USERD at %s 0x%llx", ch->id,
		       aperture_name(ch->userd_aper), (unsigned long long)ch->userd);
		goto bad;
	}
	lo = ramfc(gpu, ch, RAMFC_GP_BASE);
	hi = ramfc(gpu, ch, RAMFC_GP_BASE + 4);
	ch->gp_base = (uint64_t)(hi & 0xff) << 32 | (lo & ~7u);
	ch->gp_entries = BIT((hi >> 16) & 31);
	ch->gp_get = ramfc(gpu, ch, RAMFC_GP_GET);
	ch->ref = ramfc(gpu, ch, RAMFC_REF);
	ch->priv = ramfc(gpu, ch, RAMFC_HCE_CTRL) & BIT(5);
	if (!engine_init(gpu, ch))
		goto bad;
	ch->loaded = true;
	trace_vm_seen(gpu, &ch->vm);
	trace_event(gpu, "bind", "ch=%u inst=0x%llx pdb=0x%llx runlist=%u", ch->id,
		    (unsigned long long)ch->inst, (unsigned long long)ch->vm.pdb, ch->runlist);
	return true;
bad:
	ch->faulted = true;
	return false;
}

void pbdma_save(struct gpu *gpu, struct channel *ch)
{
	if (!ch->loaded || !ch->bound)
		return;
	memory_wr32(gpu, APER_VRAM, ch->inst + RAMFC_GP_GET, ch->gp_get);
	memory_wr32(gpu, APER_VRAM, ch->inst + RAMFC_GP_PUT, userd_rd(gpu, ch, USERD_GP_PUT));
	memory_wr32(gpu, APER_VRAM, ch->inst + RAMFC_PB_GET, (uint32_t)ch->pb_get);
	memory_wr32(gpu, APER_VRAM, ch->inst + RAMFC_PB_GET + 4, (uint32_t)(ch->pb_get >> 32));
	memory_wr32(gpu, APER_VRAM, ch->inst + RAMFC_REF, ch->ref);
}

bool pbdma_has_work(struct gpu *gpu, struct channel *ch)
{
	if (!pbdma_load(gpu, ch))
		return false;
	return ch->have_method || ch->acquiring || ch->pb_get < ch->pb_end ||
	       ch->ctx->mme.macro >= 0 || userd_rd(gpu, ch, USERD_GP_PUT) != ch->gp_get;
}

/*
 * A PBDMA interrupt: what (0x108), the method (0xc0, 0xc4), the channel (0x120).
 * The channel stops until the driver has dealt with it.
 */
void pbdma_intr(struct gpu *gpu, struct channel *ch, uint32_t bits, uint32_t method, uint32_t data)
{
	uint32_t base = pbdma_base(ch->runlist);

	ch->faulted = true;
	trace_event(gpu, "pbdma", "ch=%u intr=0x%x method=0x%x data=0x%x", ch->id, bits, method, data);
	if (gpu->chip->host->failed) {
		char text[128];

		snprintf(text, sizeof(text), "PBDMA error: channel %u, method 0x%x, data 0x%x", ch->id,
			 method, data);
		gpu->chip->host->failed(gpu, ch, XID_PBDMA, text);
		return;
	}
	*reg_at(gpu, base + 0x0c0) = 0x80600008 | method;
	*reg_at(gpu, base + 0x0c4) = data;
	*reg_at(gpu, base + 0x120) = ch->id;
	*reg_at(gpu, base + 0x108) |= bits;
	gpu->fifo->pbdma_mask |= BIT(ch->runlist);
	fifo_intr(gpu);
}

/* --- running ------------------------------------------------------------- */

static void show_get(struct gpu *gpu, struct channel *ch)
{
	userd_wr(gpu, ch, USERD_GET, (uint32_t)ch->pb_get);
	userd_wr(gpu, ch, USERD_GET_HI, (uint32_t)(ch->pb_get >> 32));
	userd_wr(gpu, ch, USERD_TOP_GET, (uint32_t)ch->pb_get);
	userd_wr(gpu, ch, USERD_TOP_GET_HI, (uint32_t)(ch->pb_get >> 32) | BIT(31));
}

/* Takes the next entry of the ring; false if there is none or it is bad. */
static bool next_entry(struct gpu *gpu, struct channel *ch, enum pbdma_result *result)
{
	uint32_t put = userd_rd(gpu, ch, USERD_GP_PUT), entry[2];
	struct vm_fault fault;

	*result = PBDMA_IDLE;
	if (put == ch->gp_get)
		return false;
	if (put >= ch->gp_entries || ch->gp_get >= ch->gp_entries) {
		report(gpu, "bad GP_PUT", "channel %u: GP_PUT %u, GP_GET %u, the ring has %u entries",
		       ch->id, put, ch->gp_get, ch->gp_entries);
		pbdma_intr(gpu, ch, INTR_GPPTR, 0, put);
		*result = PBDMA_STOPPED;
		return false;
	}
	if (!vm_read(gpu, &ch->vm, ch->gp_base + ch->gp_get * 8ull, entry, sizeof(entry), &host_client,
		     &fault)) {
		engine_fault(gpu, ch, -1, &fault);
		*result = PBDMA_STOPPED;
		return false;
	}
	ch->pb_get = (uint64_t)(entry[1] & 0xff) << 32 | (entry[0] & ~3u);
	ch->pb_end = ch->pb_get + ((entry[1] >> 10) & 0x1fffff) * 4ull;
	ch->gp_get = (ch->gp_get + 1) & (ch->gp_entries - 1);
	userd_wr(gpu, ch, USERD_GP_GET, ch->gp_get);
	userd_wr(gpu, ch, USERD_PUT, (uint32_t)ch->pb_end);
	userd_wr(gpu, ch, USERD_PUT_HI, (uint32_t)(ch->pb_end >> 32));
	trace_event(gpu, "push", "ch=%u va=0x%llx len=0x%llx", ch->id, (unsigned long long)ch->pb_get,
		    (unsigned long long)(ch->pb_end - ch->pb_get));
	return true;
}

static enum pbdma_result deliver(struct gpu *gpu, struct channel *ch)
{
	const struct pb_method *m = &ch->held;
	enum pbdma_result result;

	/* A macro's parameters end where something else begins. */
	if (m->subc != 0 || m->method < 0x3800 || !(m->method & 4)) {
		mme_flush(gpu, ch, &result);
		if (result != PBDMA_MORE)
			return result;
	}
	/* Host takes what is below 0x100 on any subchannel, but for the binding. */
	if (m->method < 0x100 && m->method != 0)
		result = host_method(gpu, ch, m->method, m->data);
	else
		result = engine_method(gpu, ch, m);
	if (result != PBDMA_BUSY)
		ch->have_method = false;
	return result;
}

enum pbdma_result pbdma_run(struct gpu *gpu, struct channel *ch, unsigned int budget)
{
	enum pbdma_result result;

	if (!pbdma_load(gpu, ch))
		return PBDMA_STOPPED;
	while (budget--) {
		const char *error = NULL;
		struct vm_fault fault;
		bool end;
		uint32_t word;

		if (ch->acquiring) {
			result = host_acquire(gpu, ch);
			if (result != PBDMA_MORE)
				return result;
		}
		if (ch->have_method) {
			result = deliver(gpu, ch);
			if (result != PBDMA_MORE)
				return result;
			continue;
		}
		if (ch->pb_get >= ch->pb_end) {
			mme_flush(gpu, ch, &result);
			if (result != PBDMA_MORE)
				return result;
			if (!next_entry(gpu, ch, &result))
				return result;
			continue;
		}
		if (!vm_read(gpu, &ch->vm, ch->pb_get, &word, sizeof(word), &host_client, &fault)) {
			engine_fault(gpu, ch, -1, &fault);
			return PBDMA_STOPPED;
		}
		ch->pb_get += 4;
		if (!pb_decode(&ch->pb, word, &ch->held, &end, &error)) {
			pbdma_intr(gpu, ch, INTR_PBENTRY, 0, word);
			return PBDMA_STOPPED;
		}
		if (end)
			ch->pb_end = ch->pb_get;
		if (ch->pb_get >= ch->pb_end || !(budget & 15))
			show_get(gpu, ch);
		ch->have_method = ch->held.valid;
	}
	return PBDMA_MORE;
}

/* --- registers ------------------------------------------------------------ */

#define PBDMAS 16
#define EACH PBDMAS, 0x2000

static const struct reg regs[] = {
	{ 0x0400c0, EACH, .name = "METHOD" },
	{ 0x0400c4, EACH, .name = "DATA" },
	{ 0x040108, EACH, .name = "INTR_0", .write = reg_write_clear },
	{ 0x04010c, EACH, .name = "INTR_EN_0" },
	{ 0x040120, EACH, .name = "CHANNEL", .flags = REG_RO },
	{ 0x04012c, EACH, .name = "TIMEOUT" },
	{ 0x04013c, EACH, .name = "INTR_STALL" },
	{ 0x040148, EACH, .name = "INTR_1", .write = reg_write_clear },
	{ 0x04014c, EACH, .name = "INTR_EN_1" },
	{ 0x040150, EACH, .name = "HCE_DEBUG0", .flags = REG_RO },
	{ 0x040154, EACH, .name = "HCE_DEBUG1", .flags = REG_RO },
};

const struct block block_pbdma = {
	.name = "PBDMA",
	.known_from = "nouveau fifo/gf100.c, gk104.c (runq)",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};
