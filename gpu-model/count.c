// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What page tables cost the driver: a line for each semaphore that a channel releases.
 *
 *	sem value= entries= invalidates= tables=
 *
 * entries      what the processor has written through BAR2 and PRAMIN since the start, in
 *              the 8 bytes of an entry. The driver's page tables are behind these windows,
 *              and what it makes of a channel: compare two lines between which no
 *              channel was made.
 * invalidates  how often a directory, or all, was invalidated
 * tables       the bytes of all tables that the channel's directory leads to, from
 *              Pascal on
 *
 * The trace walks all pages at each invalidate; this walks directories alone.
 */
#include "gpu.h"

void count_written(struct gpu *gpu, unsigned int bytes)
{
	gpu->counts.written += bytes;
}

void count_invalidate(struct gpu *gpu)
{
	gpu->counts.invalidates++;
}

void count_semaphore(struct gpu *gpu, const struct vm *vm, uint32_t value)
{
	const struct mmu_format *mmu = gpu->chip->mmu;

	if (!gpu->config.counts)
		return;
	fprintf(gpu->config.counts, "sem value=0x%x entries=%llu invalidates=%llu tables=%llu\n",
		value, (unsigned long long)gpu->counts.written / 8,
		(unsigned long long)gpu->counts.invalidates,
		(unsigned long long)(mmu->tables ? mmu->tables(gpu, vm) : 0));
}
