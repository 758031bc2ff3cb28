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
 *	0x5c..6c   semaphore, from Volta on: address, low and high; value, low and
 *	           high; what to do
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
 * ... and (0x6c)
 *
 *	2:0        0 wait until it is the value, 1 write it, 2 or 3 wait until it is the
 *	           value or more (3: or later), 4 wait for a common bit, 5 for none,
 *	           6 modify it
 *	12         let other channels run meanwhile
 *	20         wait for the engine to be idle before it is written
 *	24         64 bits; 25: write the time too, 16 bytes in all
 *	30:27, 31  as above
 *
 * Waiting for the engine is what makes a fence mean something: the value is
 * written after everything that the channel's engines were told before.
 *
 * Known from: open-gpu-doc's classes/host/clc06f.h, cla16f.h and dev_pbdma
 * (gv100); open-gpu-kernel-modules src/common/sdk/nvidia/inc/class/clc56f.h; nouveau
 * nvc0_fence.c, gv100_fence.c.
 */
#include <string.h>

#include "gpu.h"

#define OP_ACQUIRE 1
#define OP_RELEASE 2
#define OP_ACQ_GEQ 4
#define OP_ACQ_AND 8
#define OP_REDUCTION 16
/* Of the later methods alone. */
#define OP_ACQ_STRICT 32
#define OP_ACQ_NOR 64

#define RELEASE_WFI_DIS BIT(20)
#define RELEASE_4BYTE BIT(24)
#define REDUCTION(data) ((data) >> 27 & 15)
#define REDUCTION_LAST 7

#define EXECUTE_WFI BIT(20)
#define EXECUTE_64BIT BIT(24)
#define EXECUTE_TIMESTAMP BIT(25)
#define EXECUTE_REDUCTION 0xf8000000u	/* as in the older method */

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
	count_semaphore(gpu, &ch->vm, payload);
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

/* @op: an OP_*; @data: the other bits of 0x1c. */
static enum pbdma_result semaphore(struct gpu *gpu, struct channel *ch, uint32_t op, uint32_t data)
{
	struct vm_fault fault;
	uint32_t old;

	switch (op) {
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
		if (!vm_read(gpu, &ch->vm, ch->sem_addr, &old, 4, &host_client, &fault)) {
			engine_fault(gpu, ch, -1, &fault);
			return PBDMA_STOPPED;
		}
		if (!semaphore_write(gpu, ch, -1, ch->sem_addr,
				     reduce(REDUCTION(data), data & BIT(31), old, ch->sem_payload),
				     false, "reduction"))
			return PBDMA_STOPPED;
		return PBDMA_MORE;
	case OP_ACQUIRE:
	case OP_ACQ_GEQ:
	case OP_ACQ_AND:
	case OP_ACQ_STRICT:
	case OP_ACQ_NOR:
		ch->acquiring = true;
		ch->acquire = op;
		return PBDMA_MORE;
	default:
		return PBDMA_STOPPED;
	}
}

static enum pbdma_result semaphore_wrong(struct gpu *gpu, struct channel *ch, uint32_t method,
					 uint32_t data)
{
	pbdma_intr(gpu, ch, INTR_SEMAPHORE, method, data);
	return PBDMA_STOPPED;
}

static enum pbdma_result semaphore_d(struct gpu *gpu, struct channel *ch, uint32_t data)
{
	switch (data & 31) {
	case OP_ACQUIRE:
	case OP_RELEASE:
	case OP_ACQ_GEQ:
	case OP_ACQ_AND:
		return semaphore(gpu, ch, data & 31, data);
	case OP_REDUCTION:
		if (REDUCTION(data) <= REDUCTION_LAST)
			return semaphore(gpu, ch, OP_REDUCTION, data);
		break;
	}
	return semaphore_wrong(gpu, ch, 0x1c, data);
}

static enum pbdma_result sem_execute(struct gpu *gpu, struct channel *ch, uint32_t data)
{
	static const uint32_t ops[] = {
		OP_ACQUIRE, OP_RELEASE, OP_ACQ_STRICT, OP_ACQ_GEQ, OP_ACQ_AND, OP_ACQ_NOR, OP_REDUCTION,
	};
	uint32_t flags = data & EXECUTE_REDUCTION;

	if ((data & 7) >= ARRAY_SIZE(ops) ||
	    (ops[data & 7] == OP_REDUCTION && REDUCTION(data) > REDUCTION_LAST))
		return semaphore_wrong(gpu, ch, 0x6c, data);
	if (data & EXECUTE_64BIT) {
		report(gpu, "launch that is not modelled", "channel %u: a semaphore of 64 bits, 0x%08x",
		       ch->id, data);
		return PBDMA_MORE;
	}
	if (!(data & EXECUTE_WFI))
		flags |= RELEASE_WFI_DIS;
	if (!(data & EXECUTE_TIMESTAMP))
		flags |= RELEASE_4BYTE;
	return semaphore(gpu, ch, ops[data & 7], flags);
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
	switch (ch->acquire) {
	case OP_ACQUIRE:
		got = value == ch->sem_payload;
		break;
	case OP_ACQ_GEQ:
		got = (int32_t)(value - ch->sem_payload) >= 0;
		break;
	case OP_ACQ_STRICT:
		got = value >= ch->sem_payload;
		break;
	case OP_ACQ_NOR:
		got = !(value & ch->sem_payload);
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

/* The semaphore of later chips; false: it is none of its methods. */
static bool sem_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data,
		       enum pbdma_result *result)
{
	*result = PBDMA_MORE;
	switch (method) {
	case 0x5c:
		ch->sem_addr = (ch->sem_addr & ~0xffffffffull) | (data & ~3u);
		return true;
	case 0x60:
		ch->sem_addr = (ch->sem_addr & 0xffffffff) | (uint64_t)(data & 0xff) << 32;
		return true;
	case 0x64:
		ch->sem_payload = data;
		return true;
	case 0x68:
		/* Of 64 bits; with 32 nobody looks at it. */
		return true;
	case 0x6c:
		*result = sem_execute(gpu, ch, data);
		return true;
	default:
		return false;
	}
}

enum pbdma_result host_method(struct gpu *gpu, struct channel *ch, uint32_t method, uint32_t data)
{
	enum pbdma_result result;

	if (gpu->chip->host->sem_execute && sem_method(gpu, ch, method, data, &result))
		return result;
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
		return semaphore_d(gpu, ch, data);
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
