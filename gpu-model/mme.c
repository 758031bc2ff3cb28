// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The macro method expander of the 3D class: a small processor that turns one
 * method into many.
 *
 *	0x114, 0x118   where to load code, and the code, a word at a time
 *	0x11c, 0x120   the same for the table of where each macro starts
 *	0x3800 + 8m    call macro m, with its first parameter
 *	0x3804 + 8m    its further parameters
 *
 * The parameters end when another method comes. Registers r1..r7, r0 is 0; r1
 * starts as the first parameter. An instruction (Fermi to Pascal):
 *
 *	2:0     what to compute: 0 an operation (21:17) of two registers, 1 a
 *	        register and 31:14, 2 put bits of b into a, 3 and 4 bits of b moved
 *	        by constants and a, 5 what a method was set to last, 7 branch
 *	6:4     what to do with it: 0 take a parameter instead, 1 keep,
 *	        2 keep, it is the next method; 3 take a parameter, send it;
 *	        4 keep and send; 5 take a parameter, it is the next method;
 *	        6 as 2, and send a parameter; 7 as 2, and send its bits 17:12
 *	7       this is the last but one
 *	10:8    register for the result, 13:11 a, 16:14 b
 *
 * "The next method" is 11:0 the method / 4, 17:12 what is added to it by each
 * that is sent. One instruction more is done after a branch that is taken,
 * unless bit 5 says not to.
 *
 * Turing's instructions are others (Mesa src/nouveau/mme, mme_tu104), which are not
 * run here: calls of macros are taken and nothing comes of them.
 *
 * Known from: envytools envydis/macro.c, rnndb/graph/gf100_3d.xml; Mesa
 * src/nouveau/mme; open-gpu-doc's classes/3d/clc097.h.
 */
#include <string.h>

#include "gpu.h"

#define STEPS 100000		/* a macro that takes longer never ends */

struct run {
	struct gpu *gpu;
	struct channel *ch;
	struct mme_state *mme;
	uint32_t r[8];
	uint32_t method, step;
	unsigned int next;		/* parameter */
	bool carry;
	enum pbdma_result result;
};

static uint32_t fetch(struct run *run)
{
	if (run->next >= run->mme->count) {
		report(run->gpu, "macro takes more parameters than it is given",
		       "channel %u: macro %d, %u given", run->ch->id, run->mme->macro, run->mme->count);
		run->result = PBDMA_STOPPED;
		return 0;
	}
	return run->mme->params[run->next++];
}

static void set_method(struct run *run, uint32_t value)
{
	run->method = (value & 0xfff) << 2;
	run->step = (value >> 12 & 0x3f) << 2;
}

static void send(struct run *run, uint32_t value)
{
	enum pbdma_result result;

	if (run->result != PBDMA_MORE)
		return;
	result = gr_method(run->gpu, run->ch, GR_3D, run->method, value);
	if (result == PBDMA_STOPPED)
		run->result = result;
	run->method += run->step;
}

static uint32_t operate(struct run *run, uint32_t op, uint32_t a, uint32_t b)
{
	uint64_t wide;

	switch (op) {
	case 0:
		wide = (uint64_t)a + b;
		break;
	case 1:
		wide = (uint64_t)a + b + run->carry;
		break;
	case 2:
		wide = (uint64_t)a - b;
		break;
	case 3:
		wide = (uint64_t)a - b - !run->carry;
		break;
	case 8: return a ^ b;
	case 9: return a | b;
	case 10: return a & b;
	case 11: return a & ~b;
	case 12: return ~(a & b);
	default:
		report(run->gpu, "macro instruction that is not modelled", "operation %u", op);
		run->result = PBDMA_STOPPED;
		return 0;
	}
	/* After a subtraction carry means that nothing was borrowed. */
	run->carry = op < 2 ? wide >> 32 != 0 : wide >> 32 == 0;
	return (uint32_t)wide;
}

static uint32_t compute(struct run *run, uint32_t code)
{
	uint32_t a = run->r[code >> 11 & 7], b = run->r[code >> 14 & 7];
	uint32_t from = code >> 17 & 31, size = code >> 22 & 31, to = code >> 27 & 31;
	uint32_t mask = (1u << size) - 1;
	int32_t imm = (int32_t)code >> 14;
	uint32_t index;

	switch (code & 7) {
	case 0: return operate(run, from, a, b);
	case 1: return a + (uint32_t)imm;
	case 2: return (a & ~(mask << to)) | ((b >> from) & mask) << to;
	case 3: return ((b >> (a & 31)) & mask) << to;
	case 4: return ((b >> from) & mask) << (a & 31);
	case 5:
		index = (a + (uint32_t)imm) & 0xfff;
		return run->ch->ctx->gr[GR_3D].reg[index];
	default:
		report(run->gpu, "macro instruction that is not modelled", "0x%08x", code);
		run->result = PBDMA_STOPPED;
		return 0;
	}
}

static void keep(struct run *run, uint32_t code, uint32_t value)
{
	unsigned int to = code >> 8 & 7;

	if (to)
		run->r[to] = value;
}

static void assign(struct run *run, uint32_t code, uint32_t value)
{
	switch (code >> 4 & 7) {
	case 0:
		keep(run, code, fetch(run));
		break;
	case 1:
		keep(run, code, value);
		break;
	case 2:
		keep(run, code, value);
		set_method(run, value);
		break;
	case 3:
		keep(run, code, fetch(run));
		send(run, value);
		break;
	case 4:
		keep(run, code, value);
		send(run, value);
		break;
	case 5:
		keep(run, code, fetch(run));
		set_method(run, value);
		break;
	case 6:
		keep(run, code, value);
		set_method(run, value);
		send(run, fetch(run));
		break;
	case 7:
		keep(run, code, value);
		set_method(run, value);
		send(run, value >> 12 & 0x3f);
		break;
	}
}

static enum pbdma_result execute(struct gpu *gpu, struct channel *ch)
{
	struct mme_state *mme = &ch->ctx->mme;
	struct run run = { .gpu = gpu, .ch = ch, .mme = mme, .next = 1, .result = PBDMA_MORE };
	uint32_t pc = mme->start[mme->macro & (MME_STARTS - 1)], delayed = 0, steps;
	bool in_delay = false, leaving = false;

	run.r[1] = mme->params[0];
	for (steps = 0; steps < STEPS && run.result == PBDMA_MORE; steps++) {
		uint32_t code = mme->code[pc & (MME_CODE - 1)], target = 0;
		bool taken = false, exit = code & BIT(7);

		if ((code & 7) == 7) {
			uint32_t a = run.r[code >> 11 & 7];

			taken = code & BIT(4) ? a != 0 : a == 0;
			target = pc + (uint32_t)((int32_t)code >> 14);
		} else {
			assign(&run, code, compute(&run, code));
		}
		if (leaving)
			return run.result;
		if (in_delay) {
			in_delay = false;
			pc = delayed;
			continue;
		}
		if (taken && !(code & BIT(5))) {
			in_delay = true;
			delayed = target;
			pc++;
		} else if (taken) {
			pc = target;
		} else {
			pc++;
		}
		if (exit && !taken)
			leaving = true;
	}
	if (steps == STEPS) {
		report(gpu, "macro that does not end", "channel %u: macro %d", ch->id, mme->macro);
		return PBDMA_STOPPED;
	}
	return run.result;
}

/* Any other method ends the parameters: now the macro runs. */
void mme_flush(struct gpu *gpu, struct channel *ch, enum pbdma_result *result)
{
	struct mme_state *mme = &ch->ctx->mme;

	*result = PBDMA_MORE;
	if (mme->macro < 0)
		return;
	*result = execute(gpu, ch);
	mme->macro = -1;
	mme->count = 0;
}

bool mme_method(struct gpu *gpu, struct channel *ch, enum gr_unit unit, uint32_t method,
		uint32_t data, enum pbdma_result *result)
{
	struct mme_state *mme = &ch->ctx->mme;

	*result = PBDMA_MORE;
	if (unit != GR_3D)
		return false;
	switch (method) {
	case 0x114:
		mme->code_ptr = data;
		return true;
	case 0x118:
		mme->code[mme->code_ptr++ & (MME_CODE - 1)] = data;
		return true;
	case 0x11c:
		mme->start_ptr = data;
		return true;
	case 0x120:
		mme->start[mme->start_ptr++ & (MME_STARTS - 1)] = data;
		return true;
	default:
		break;
	}
	if (method < 0x3800)
		return false;
	/* What a macro would have set stays as it was: see load_constant() in gr.c. */
	if (gpu->chip->mme_opaque)
		return true;
	if (method & 4) {
		if (mme->macro < 0 || mme->count == ARRAY_SIZE(mme->params)) {
			report(gpu, "macro parameter without a macro", "channel %u: 0x%04x", ch->id, method);
			return true;
		}
		mme->params[mme->count++] = data;
		return true;
	}
	mme_flush(gpu, ch, result);
	mme->macro = (int)(method - 0x3800) / 8;
	mme->params[0] = data;
	mme->count = 1;
	return true;
}
