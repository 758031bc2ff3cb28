// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * When things happen.
 *
 * A real GPU works beside the processor: a copy that was asked for is done some
 * time later, a TLB invalidate takes a while, two channels get their turns in
 * some order. Drivers get this wrong in ways that show only if "later" is
 * sometimes much later, so every duration here is drawn at random, mostly short
 * and now and then long. The draws come from a seed: with the same seed the
 * same decisions are made in the same order, one stream for each kind of
 * decision, as far as the guest asks for them in the same order.
 */
#include <time.h>

#include "gpu.h"

static uint64_t monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

uint64_t sched_now(struct gpu *gpu)
{
	uint64_t now = monotonic();

	if (!gpu->start)
		gpu->start = now - 1;
	return now - gpu->start;
}

/* The queue is short (one entry per engine, runlist and timer): a sorted list. */
void sched_at(struct gpu *gpu, struct work *work, uint64_t due)
{
	struct work **at = &gpu->queue;

	sched_cancel(gpu, work);
	work->due = due ? due : 1;
	while (*at && (*at)->due <= work->due)
		at = &(*at)->next;
	work->next = *at;
	*at = work;
}

void sched_after(struct gpu *gpu, struct work *work, uint64_t delay)
{
	sched_at(gpu, work, sched_now(gpu) + delay);
}

void sched_cancel(struct gpu *gpu, struct work *work)
{
	struct work **at;

	if (!work->due)
		return;
	for (at = &gpu->queue; *at; at = &(*at)->next) {
		if (*at == work) {
			*at = work->next;
			break;
		}
	}
	work->due = 0;
	work->next = NULL;
}

/* splitmix64: small, and a different seed gives an unrelated sequence. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

uint32_t sched_random(struct gpu *gpu, enum stream stream, uint32_t below)
{
	uint64_t value;

	if (!gpu->random[stream]) {
		uint64_t seed = gpu->config.seed * STREAM_COUNT + stream;

		gpu->random[stream] = next_random(&seed);
	}
	value = next_random(&gpu->random[stream]) >> 32;
	return below ? (uint32_t)((value * below) >> 32) : 0;
}

/*
 * A duration around @typical ns. One in sixteen is ten times as long and one in
 * 256 a hundred times: that is where the races are.
 */
uint64_t sched_delay(struct gpu *gpu, enum stream stream, uint64_t typical)
{
	uint32_t draw = sched_random(gpu, stream, 256);
	uint64_t delay = typical * (1 + sched_random(gpu, stream, 200)) / 100;

	if (draw == 0)
		delay *= 100;
	else if (draw < 16)
		delay *= 10;
	return delay;
}

/* The transport's event loop: when to call gpu_run() next, 0 for "no work". */
uint64_t gpu_deadline(struct gpu *gpu)
{
	return gpu->queue ? gpu->start + gpu->queue->due : 0;
}

void gpu_run(struct gpu *gpu)
{
	/* Work may queue more that is due at once; the guest has a turn first. */
	uint64_t now = sched_now(gpu);

	while (gpu->queue && gpu->queue->due <= now) {
		struct work *work = gpu->queue;

		gpu->queue = work->next;
		work->due = 0;
		work->next = NULL;
		work->run(gpu, work);
	}
}
