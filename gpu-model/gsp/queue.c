// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The queues between driver and RM.
 *
 * Both are in the guest's memory: the driver writes commands, RM writes answers
 * and events. A queue is a page with its header and then entries of a page each:
 *
 *	0x00 version, 0x04 size of all, 0x08 size of an entry, 0x0c how many entries
 *	0x10 the writer's index: the next entry that it fills
 *	0x14 flags, 0x18 where the reader's index is, 0x1c where the entries begin
 *	0x20 how far the queue's owner has read - in the other queue
 *
 * A message takes one entry or more that follow each other, around the end of the
 * queue too:
 *
 *	0x20 checksum: all words of the entries, combined by exclusive or, give 0
 *	0x24 sequence: one more with each message
 *	0x28 how many entries
 *	0x30 version, 0x34 signature "VRPC", 0x38 length with this header, 0x3c function,
 *	0x40 result, 0x48 sequence of the driver's counting
 *	0x50 data
 *
 * What does not fit into 16 entries goes on in continuation records (function 71).
 *
 * Known from: nouveau gsp/r535.c (r535_gsp_cmdq_push, r535_gsp_msgq_wait,
 * r535_gsp_rpc_push, r535_gsp_shared_init); open-gpu-kernel-modules
 * src/nvidia/src/kernel/gpu/gsp/message_queue_cpu.c.
 */
#include <stdlib.h>

#include "gsp.h"

#define PAGE 0x1000u
#define QUEUE_VERSION 0
#define QUEUE_PUT 0x10
#define QUEUE_GET 0x20
#define QUEUE_ENTRIES 0x1000

#define ELEMENT_CHECKSUM 0x20
#define ELEMENT_SEQUENCE 0x24
#define ELEMENT_COUNT 0x28
#define ELEMENT_RPC 0x30
#define ELEMENT_DATA (ELEMENT_RPC + RPC_HEADER)
#define ELEMENT_MOST 16

#define RPC_VERSION 0x03000000
#define RPC_SIGNATURE 0x43505256
#define CONTINUATION 71

static const enum aperture sys = APER_SYS_COHERENT;

static uint32_t checksum(const uint8_t *data, uint32_t length)
{
	uint64_t sum = 0;
	uint32_t at;

	for (at = 0; at < length; at += 8)
		sum ^= load64(data, at);
	return (uint32_t)sum ^ (uint32_t)(sum >> 32);
}

static uint64_t entry_address(const struct gpu *gpu, uint64_t queue, uint32_t index)
{
	return queue + QUEUE_ENTRIES + (uint64_t)(index % gpu->gsp->entries) * PAGE;
}

bool queue_open(struct gpu *gpu, const uint8_t *args)
{
	const struct rm_layout *layout = rm_layout(gpu);
	struct gsp *gsp = gpu->gsp;
	uint64_t shm = load64(args, layout->args.shm);
	uint8_t header[32];

	gsp->cmdq = shm + load64(args, layout->args.cmdq);
	gsp->statq = shm + load64(args, layout->args.statq);
	if (!memory_read(gpu, sys, gsp->cmdq, header, sizeof(header)))
		return false;
	gsp->entries = load32(header, 0x0c);
	if (load32(header, 0x00) != QUEUE_VERSION || load32(header, 0x08) != PAGE ||
	    load32(header, 0x18) != QUEUE_GET || load32(header, 0x1c) != QUEUE_ENTRIES ||
	    !gsp->entries || gsp->entries > 0x10000 ||
	    load32(header, 0x04) != QUEUE_ENTRIES + gsp->entries * PAGE) {
		report(gpu, "bad RM queue", "version %u, 0x%x bytes, %u entries of 0x%x from 0x%x, index at 0x%x",
		       load32(header, 0x00), load32(header, 0x04), gsp->entries, load32(header, 0x08),
		       load32(header, 0x1c), load32(header, 0x18));
		return false;
	}
	gsp->cmd_get = 0;
	gsp->stat_put = 0;
	gsp->cmd_sequence = 0;
	gsp->stat_sequence = 0;
	store32(header, QUEUE_PUT, 0);
	store32(header, 0x14, 1);
	return memory_write(gpu, sys, gsp->statq, header, sizeof(header));
}

void queue_close(struct gpu *gpu)
{
	free(gpu->gsp->partial.data);
	gpu->gsp->partial = (struct rpc){ 0 };
}

/* --- from the driver ------------------------------------------------------- */

static void append(struct gpu *gpu, const uint8_t *data, uint32_t length)
{
	struct rpc *partial = &gpu->gsp->partial;

	memcpy(partial->data + partial->length, data, length);
	partial->length += length;
	if (partial->length < gpu->gsp->partial_whole)
		return;
	rm_call(gpu, partial);
	queue_close(gpu);
}

/* One record: a message, the beginning of one, or more of it. */
static void take(struct gpu *gpu, uint8_t *element)
{
	struct gsp *gsp = gpu->gsp;
	struct rpc rpc = {
		.function = load32(element, ELEMENT_RPC + 0x0c),
		.sequence = load32(element, ELEMENT_RPC + 0x18),
		.length = load32(element, ELEMENT_RPC + 0x08) - RPC_HEADER,
		.data = element + ELEMENT_DATA,
	};
	uint32_t whole;

	if (rpc.function == CONTINUATION) {
		if (!gsp->partial.data || rpc.length > gsp->partial_whole - gsp->partial.length) {
			report(gpu, "bad continuation record", "%u bytes, expected %u at most", rpc.length,
			       gsp->partial.data ? gsp->partial_whole - gsp->partial.length : 0);
			return;
		}
		append(gpu, rpc.data, rpc.length);
		return;
	}
	if (gsp->partial.data) {
		report(gpu, "message before the last one was whole", "function %u, function %u lacks %u bytes",
		       rpc.function, gsp->partial.function, gsp->partial_whole - gsp->partial.length);
		queue_close(gpu);
	}
	whole = rm_whole(gpu, &rpc);
	if (whole <= rpc.length) {
		rm_call(gpu, &rpc);
		return;
	}
	if (whole > RPC_MOST) {
		report(gpu, "bad RM message", "function %u of %u bytes", rpc.function, whole);
		return;
	}
	gsp->partial = rpc;
	gsp->partial.length = 0;
	gsp->partial_whole = whole;
	gsp->partial.data = calloc(1, whole);
	if (!gsp->partial.data)
		abort();
	append(gpu, rpc.data, rpc.length);
}

/* Whether the entries hold what a driver may send. */
static bool check(struct gpu *gpu, const uint8_t *element, uint32_t count)
{
	uint32_t length = load32(element, ELEMENT_RPC + 0x08);
	uint32_t sequence = load32(element, ELEMENT_SEQUENCE);
	uint32_t sum = checksum(element, count * PAGE);

	if (sum) {
		report(gpu, "bad checksum of an RM message", "the words of sequence %u give 0x%08x, not 0",
		       sequence, sum);
		return false;
	}
	if (sequence != gpu->gsp->cmd_sequence) {
		report(gpu, "bad sequence of an RM message", "%u, expected %u", sequence,
		       gpu->gsp->cmd_sequence);
		gpu->gsp->cmd_sequence = sequence;
	}
	if (load32(element, ELEMENT_RPC) != RPC_VERSION ||
	    load32(element, ELEMENT_RPC + 4) != RPC_SIGNATURE || length < RPC_HEADER ||
	    length > count * PAGE - ELEMENT_RPC) {
		report(gpu, "bad RM message", "version 0x%x, signature 0x%x, 0x%x bytes in %u entries",
		       load32(element, ELEMENT_RPC), load32(element, ELEMENT_RPC + 4), length, count);
		return false;
	}
	return true;
}

/* Takes the next message; false: there is none, or no more can be found. */
static bool next(struct gpu *gpu)
{
	static uint8_t element[ELEMENT_MOST * PAGE];
	struct gsp *gsp = gpu->gsp;
	uint32_t put = memory_rd32(gpu, sys, gsp->cmdq + QUEUE_PUT), there, count, i;
	bool right;

	if (put >= gsp->entries) {
		report(gpu, "bad RM queue", "write index %u, there are %u entries", put, gsp->entries);
		return false;
	}
	there = (put + gsp->entries - gsp->cmd_get) % gsp->entries;
	if (!there || !memory_read(gpu, sys, entry_address(gpu, gsp->cmdq, gsp->cmd_get), element, PAGE))
		return false;
	count = load32(element, ELEMENT_COUNT);
	if (!count || count > ELEMENT_MOST || count > there) {
		report(gpu, "bad RM message", "%u entries, %u were written", count, there);
		return false;
	}
	for (i = 1; i < count; i++)
		if (!memory_read(gpu, sys, entry_address(gpu, gsp->cmdq, gsp->cmd_get + i),
				 element + i * PAGE, PAGE))
			return false;
	gsp->cmd_get = (gsp->cmd_get + count) % gsp->entries;
	/* The driver's own page has no place for how far RM has read. */
	memory_wr32(gpu, sys, gsp->statq + QUEUE_GET, gsp->cmd_get);
	right = check(gpu, element, count);
	gsp->cmd_sequence++;
	if (right)
		take(gpu, element);
	return true;
}

void queue_run(struct gpu *gpu)
{
	while (gpu->gsp->running && next(gpu))
		;
}

/* --- to the driver --------------------------------------------------------- */

void queue_send(struct gpu *gpu, uint32_t function, uint32_t answered, const uint8_t *data,
		uint32_t length)
{
	static uint8_t element[ELEMENT_MOST * PAGE];
	struct gsp *gsp = gpu->gsp;
	uint32_t count = (ELEMENT_DATA + length + PAGE - 1) / PAGE, get, used, i;

	if (count > ELEMENT_MOST) {
		report(gpu, "launch that is not modelled", "an answer of %u bytes to function %u", length,
		       function);
		return;
	}
	get = memory_rd32(gpu, sys, gsp->cmdq + QUEUE_GET);
	if (get >= gsp->entries) {
		report(gpu, "bad RM queue", "read index %u, there are %u entries", get, gsp->entries);
		return;
	}
	used = (gsp->stat_put + gsp->entries - get) % gsp->entries;
	if (used + count >= gsp->entries) {
		/* RM would wait; no driver leaves so many unread. */
		report(gpu, "RM queue full", "%u of %u entries are not read, function %u takes %u", used,
		       gsp->entries, function, count);
		return;
	}
	memset(element, 0, count * PAGE);
	store32(element, ELEMENT_SEQUENCE, gsp->stat_sequence++);
	store32(element, ELEMENT_COUNT, count);
	store32(element, ELEMENT_RPC, RPC_VERSION);
	store32(element, ELEMENT_RPC + 4, RPC_SIGNATURE);
	store32(element, ELEMENT_RPC + 8, RPC_HEADER + length);
	store32(element, ELEMENT_RPC + 12, function);
	store32(element, ELEMENT_RPC + 24, answered);
	if (length)
		memcpy(element + ELEMENT_DATA, data, length);
	store32(element, ELEMENT_CHECKSUM, checksum(element, count * PAGE));
	for (i = 0; i < count; i++)
		memory_write(gpu, sys, entry_address(gpu, gsp->statq, gsp->stat_put + i),
			     element + i * PAGE, PAGE);
	gsp->stat_put = (gsp->stat_put + count) % gsp->entries;
	memory_wr32(gpu, sys, gsp->statq + QUEUE_PUT, gsp->stat_put);
	gsp_interrupt(gpu);
}
