// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Host's own methods, on any subchannel: synchronisation.
 *
 *	0x04       illegal, on purpose
 *	0x08       nothing
 *	0x10..1c   semaphore: address, high and low; value; what to do
 *	0x20       tell the processor, without waiting for it
 *	0x24       flush writes
 *	0x28..34   memory operations: barriers, TLB invalidates
 *	0x50       reference count, shown in USERD when all before is done
 *	0x78       wait until the engine is idle
 *	0x80       let others run
 *
 * What to do with a semaphore (0x1c):
 *
 *	4:0        1 wait until it is the value, 2 write it, 4 wait until it is
 *	           the value or later, 8 wait for a common bit, 16 modify it
 *	12         let other channels run meanwhile
 *	20         write it without waiting for the engine to be idle
 *	24         write 4 bytes; else 16, the value, 0 and the time
 *	30:27      how to modify; 31: unsigned
 *
 * Waiting for the engine is what makes a fence mean something: the value is
 * written after everything that the channel's engines were told before.
 *
 * Known from: open-gpu-doc's classes/host/clc06f.h, cla16f.h and dev_pbdma
 * (gv100); nouveau nvc0_fence.c.
 */
#include <string.h>

#include "gpu.h"

#define OP_ACQUIRE 1
#define OP_RELEASE 2
#define OP_ACQ_GEQ 4
#define OP_ACQ_AND 8
#define OP_REDUCTION 16

#define RELEASE_WFI_DIS BIT(20)
#define RELEASE_4BYTE BIT(24)

#define INTR_METHOD BIT(21)
#define INTR_SEMAPHORE BIT(25)

static const struct client host_client = { .name = "HOST" };

bool semaphore_write(struct gpu *gpu, struct channel *ch, int engine, uint64_t va,
		     uint32_t payload, bool timestamp, const char *op)
{
	uint64_t now = timer_now(gpu);
	uint32_t value[4] = { payload, 0, (uint32_t)now, (uint32_t)(now >> 32) };
	struct client client = { .name = engine < 0 ? "HOST" : "semaphore" };
	struct vm_fault fault;

	if (!vm_write(gpu, &ch->vm, va, value, timestamp ? 16 : 4, &client, &fault)) {
		engine_fault(gpu, ch, engine, &fault);
		return false;
	}
	trace_event(gpu, "sem", "ch=%u va=0x%llx value=0x%x op=%s", ch->id, (unsigned long long)va,
		    payload, op);
	return true;
}

static uint32_t reduce(unsigned int op, bool is_unsigned, uint32_t old, uint32_t value)
{
	switch (op) {
	case 0: return is_unsigned ? (old < value ? old : value) :
				     ((int32_t)old < (int32_t)value ? old : value);
	case 1: return is_unsigned ? (old > value ? old : value) :
				     ((int32_t)old > (int32_t)value ? old : value);
	case 2: return old ^ value;
	case 3: return old & value;
	case 4: return old | value;
	case 5: return old + value;
	case 6: return old >= value ? 0 : old + 1;
	case 7: return old == 0 || old > value ? value : old - 1;
	default: return old;
	}
}

static enum pbdma_result semaphore(struct gpu *gpu, struct channel *ch, uint32_t data)
{
	struct vm_fault fault;
	uint32_t old;

	switch (data & 31) {
	case OP_RELEASE:
		if (!(data & RELEASE_WFI_DIS) && !engine_idle(gpu, ch))
			return PBDMA_BUSY;
		if (!semaphore_write(gpu, ch, -1, ch->sem_addr, ch->sem_payload,
				     !(data & RELEASE_4BYTE), "release"))
			return PBDMA_STOPPED;
		return PBDMA_MORE;
	case OP_REDUCTION:
		if (!(data & RELEASE_WFI_DIS) && !engine_idle(gpu, ch))
			return PBDMA_BUSY;
		if (((data >> 27) & 15) > 7)
			break;
		if (!vm_read(gpu, &ch->vm, ch->sem_addr, &old, 4, &host_client, &fault)) {
			engine_fault(gpu, ch, -1, &fault);
			return PBDMA_STOPPED;
		}
		if (!semaphore_write(gpu, ch, -1, ch->sem_addr,
				     reduce((data >> 27) & 15, data & BIT(31), old, ch->sem_payload),
				     false, "reduction"))
			return PBDMA_STOPPED;
		return PBDMA_MORE;
	case OP_ACQUIRE:
	case OP_ACQ_GEQ:
	case OP_ACQ_AND:
		ch->acquiring = true;
		ch->acquire = data;
		return PBDMA_MORE;
	default:
		break;
	}
	pbdma_intr(gpu, ch, INTR_SEMAPHORE, 0x1c, data);
	return PBDMA_STOPPED;
}

enum pbdma_result host_acquire(struct gpu *gpu, struct channel *ch)
{
	struct vm_fault fault;
	uint32_t value;
	bool got;

	if (!vm_read(gpu, &ch->vm, ch->sem_addr, &value, 4, &host_client, &fault)) {
		ch->acquiring = false;
		engine_fault(gpu, ch, -1, &fault);
		return PBDMA_STOPPED;
	}
	switch (ch->acquire & 31) {
	case OP_ACQUIRE:
		got = value == ch->sem_payload;
		break;
	case OP_ACQ_GEQ:
		got = (int32_t)(value - ch->sem_payload) >= 0;
		break;
	default:
		got = value & ch->sem_payload;
		break;
	}
	if (!got)
		return PBDMA_WAIT;
	ch->acquiring = false;
	trace_event(gpu, "sem", "ch=%u va=0x%llx value=0x%x op=acquire", ch->id,
		    (unsigned long long)ch->sem_addr, ch->sem_payload);
	return PBDMA_MORE;
}

/* Memory operations: the last of their words starts them (host-*.c). */
static enum pbdma_result memory_op(struct gpu *gpu, struct channel *ch, uint32_t method,
				   uint32_t data)
{
	const struct host_ops *host = gpu->chip->host;
	bool one;
	uint64_t pdb;

	ch->mem_op[(method - 0x28) / 4] = data;
	if (method != host->mem_op_last)
		return PBDMA_MORE;
	switch (data >> 27) {
	case 0x05:	/* barrier */
	case 0x06:
	case 0x0d:	/* L2: peer memory, */
	case 0x0e:	/* system memory, */
	case 0x0f:	/* compression tags, */
	case 0x10:	/* dirty lines, */
	case 0x15:	/* reads under way */
		return PBDMA_MORE;
	case 0x09:	/* TLB invalidate */
		one = host->invalidated(ch, &pdb);
		tlb_invalidate(gpu, !one, pdb);
		return PBDMA_MORE;
	default:
		pbdma_intr(gpu, ch, BIT(6), method, data);
		return PBDMA_STOPPED;
	}
}

enum pbdma_result host_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data)
{
	switch (method) {
	case 0x08:
	case 0x24:
	case 0x80:
		return PBDMA_MORE;
	case 0x10:
		ch->sem_addr = (ch->sem_addr & 0xffffffff) | (uint64_t)(data & 0xff) << 32;
		return PBDMA_MORE;
	case 0x14:
		ch->sem_addr = (ch->sem_addr & ~0xffffffffull) | (data & ~3u);
		return PBDMA_MORE;
	case 0x18:
		ch->sem_payload = data;
		return PBDMA_MORE;
	case 0x1c:
		return semaphore(gpu, ch, data);
	case 0x20:
		fifo_nonstall(gpu, ch);
		return PBDMA_MORE;
	case 0x28:
	case 0x2c:
	case 0x30:
	case 0x34:
		return memory_op(gpu, ch, method, data);
	case 0x50:
		if (!engine_idle(gpu, ch))
			return PBDMA_BUSY;
		ch->ref = data;
		memory_wr32(gpu, ch->userd_aper, ch->userd + 0x48, data);
		return PBDMA_MORE;
	case 0x78:
		return engine_idle(gpu, ch) ? PBDMA_MORE : PBDMA_BUSY;
	default:
		pbdma_intr(gpu, ch, INTR_METHOD, method, data);
		return PBDMA_STOPPED;
	}
}
