// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PTIMER: the GPU's clock, in nanoseconds, with one alarm.
 *
 *	0x9400   31:5 the low half, in steps of 32 ns
 *	0x9410   28:0 the high half
 *	0x9420   alarm: when the low half reaches this
 *	0x9100   0: it did; written 1 to clear
 *	0x9140   0: tell the processor
 *
 * The alarm compares for equality: one that is set to a moment just past comes
 * 4.3 s later, when the low half is there again.
 *
 * Known from: nouveau nvkm/subdev/timer/nv04.c, nv41.c; envytools
 * rnndb/bus/ptimer.xml; open-gpu-doc's dev_timer.
 */
#include "gpu.h"

struct timer {
	int64_t offset;			/* what the driver set the clock to */
	struct work alarm;
};

uint64_t timer_now(struct gpu *gpu)
{
	return (sched_now(gpu) + (uint64_t)gpu->timer->offset) & ~31ull;
}

static uint32_t read_time(struct gpu *gpu, uint32_t addr)
{
	uint64_t now = timer_now(gpu);

	return addr == 0x9400 ? (uint32_t)now : (uint32_t)(now >> 32) & 0x1fffffff;
}

static void schedule(struct gpu *gpu)
{
	uint32_t left = *reg_at(gpu, 0x9420) - (uint32_t)timer_now(gpu);

	sched_after(gpu, &gpu->timer->alarm, left);
}

static void set_time(struct gpu *gpu, uint64_t time)
{
	gpu->timer->offset = (int64_t)(time - sched_now(gpu));
	schedule(gpu);
}

static void write_time(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint64_t now = timer_now(gpu);

	if (addr == 0x9400)
		set_time(gpu, (now & ~0xffffffffull) | value);
	else
		set_time(gpu, (uint64_t)value << 32 | (now & 0xffffffff));
}

static void update(struct gpu *gpu)
{
	intr_set(gpu, INTR_TIMER, *reg_at(gpu, 0x9100) & *reg_at(gpu, 0x9140));
}

static void alarm(struct gpu *gpu, struct work *work)
{
	(void)work;
	*reg_at(gpu, 0x9100) |= 1;
	update(gpu);
}

static void write_alarm(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	schedule(gpu);
}

static void init(struct gpu *gpu)
{
	gpu->timer->alarm.run = alarm;
}

static const struct reg regs[] = {
	{ 0x009100, .name = "INTR", .write = reg_write_intr },
	{ 0x009140, .name = "INTR_EN", .write = reg_write_intr_en },
	{ 0x009200, .name = "NUMERATOR", .reset = 1 },
	{ 0x009210, .name = "DENOMINATOR", .reset = 1 },
	{ 0x009220, .name = "PRESCALER" },
	{ 0x009400, .name = "TIME_0", .read = read_time, .write = write_time },
	{ 0x009410, .name = "TIME_1", .read = read_time, .write = write_time },
	{ 0x009420, .name = "ALARM", .write = write_alarm },
};

const struct block block_timer = {
	.name = "PTIMER",
	.known_from = "nouveau timer/nv04.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(timer),
	.init = init,
	.intr = update,
};
