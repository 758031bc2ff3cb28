// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * How the processor reaches memory: three windows.
 *
 * PRAMIN, 1 MiB of BAR0 at 0x700000, shows physical memory at the address in
 * 0x1700 (bits 39:16, and in 25:24 which memory). The driver's first and last
 * resort.
 *
 * BAR1 and BAR2 (PCI's third: BAR3) are windows into an address space each, as
 * page tables say; the registers name their instance blocks:
 *
 *	0x1704, 0x1714   31: on; 29:28: memory; 27:0: instance block >> 12
 *	0x1710           1:0 and 3:2: not bound yet, nobody waits long for that
 *
 * Buffers of the user's are mapped in BAR1, as is USERD, by which channels are
 * told that there is work (fifo.c): a write there rings their bell. BAR2 is for
 * the driver's own structures: page tables, instance blocks.
 *
 * An access to what is not mapped is answered with all ones on hardware. No
 * driver does that, so it is a finding.
 *
 * 0x70000, 0x70004, 0x70010: flush writes, drop and write back the L2 cache;
 * bits 1:0 say that it is still going on. There is no cache here.
 *
 * Known from: nouveau nvkm/subdev/bar/gf100.c, gm107.c, g84.c, instmem/nv50.c,
 * ltc/gf100.c; envytools rnndb/bus/pbus.xml.
 */
#include <string.h>

#include "gpu.h"

#define BAR_ON BIT(31)

struct bar {
	struct vm vm[3];		/* [1] and [2] */
	enum bar_mode mode[3];
};

static uint64_t pramin_address(struct gpu *gpu, uint32_t offset, enum aperture *aper)
{
	uint32_t window = *reg_at(gpu, 0x1700);

	*aper = (window >> 24) & 3;
	return ((uint64_t)(window & 0xffffff) << 16) + (offset & 0xfffff);
}

static uint64_t pramin_read(struct gpu *gpu, uint32_t offset, unsigned int size)
{
	enum aperture aper;
	uint64_t addr = pramin_address(gpu, offset, &aper), value = 0;

	memory_read(gpu, aper, addr, &value, size);
	return value;
}

static void pramin_write(struct gpu *gpu, uint32_t offset, unsigned int size, uint64_t value)
{
	enum aperture aper;
	uint64_t addr = pramin_address(gpu, offset, &aper);

	count_written(gpu, size);
	memory_write(gpu, aper, addr, &value, size);
}

static const struct window pramin = {
	.name = "PRAMIN",
	.from = 0x700000,
	.to = 0x800000,
	.read = pramin_read,
	.write = pramin_write,
};

static void bind(struct gpu *gpu, int bar, uint32_t value)
{
	gpu->bar->mode[bar] = BAR_OFF;
	if (!(value & BAR_ON))
		return;
	if ((value >> 28) & 3) {
		report(gpu, "bad instance block", "BAR%d's is in system memory: 0x%08x", bar, value);
		return;
	}
	if (vm_from_instance(gpu, (uint64_t)(value & 0x0fffffff) << 12, &gpu->bar->vm[bar])) {
		gpu->bar->mode[bar] = BAR_VIRTUAL;
		trace_vm_seen(gpu, &gpu->bar->vm[bar]);
	}
}

static void write_bar1(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	bind(gpu, 1, value);
}

static void write_bar2(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	bind(gpu, 2, value);
}

static const struct client clients[] = {
	[1] = { .name = "BAR1", .priv = true },
	[2] = { .name = "BAR2", .priv = true },
};

static void bar_fault(struct gpu *gpu, int bar, uint64_t offset, const struct vm_fault *fault)
{
	report_walk(gpu, &gpu->bar->vm[bar], fault->va, "access to an unmapped address",
		    "BAR%d+0x%llx: %s", bar, (unsigned long long)offset,
		    fault_reason_name(fault->reason));
}

uint64_t bar_read(struct gpu *gpu, int bar, uint64_t offset, unsigned int size)
{
	struct vm_fault fault;
	uint64_t value = 0;

	if (gpu->bar->mode[bar] == BAR_PHYSICAL) {
		memory_read(gpu, APER_VRAM, offset, &value, size);
		return value;
	}
	if (gpu->bar->mode[bar] != BAR_VIRTUAL) {
		report(gpu, "access to a window that is off", "read of BAR%d+0x%llx", bar,
		       (unsigned long long)offset);
		return ~0ull;
	}
	if (!vm_read(gpu, &gpu->bar->vm[bar], offset, &value, size, &clients[bar], &fault)) {
		bar_fault(gpu, bar, offset, &fault);
		return ~0ull;
	}
	return value;
}

void bar_write(struct gpu *gpu, int bar, uint64_t offset, unsigned int size, uint64_t value)
{
	struct vm_fault fault;
	unsigned int id;
	uint32_t reg;

	if (gpu->bar->mode[bar] != BAR_VIRTUAL) {
		report(gpu, "access to a window that is off", "write of BAR%d+0x%llx", bar,
		       (unsigned long long)offset);
		return;
	}
	if (bar == 2)
		count_written(gpu, size);
	if (!vm_write(gpu, &gpu->bar->vm[bar], offset, &value, size, &clients[bar], &fault)) {
		bar_fault(gpu, bar, offset, &fault);
		return;
	}
	if (bar == 1 && fifo_userd_hit(gpu, offset, &id, &reg) && reg == 0x8c)
		fifo_doorbell(gpu, id);
}

void bar_window(struct gpu *gpu, int bar, uint64_t pdb, enum bar_mode mode)
{
	gpu->bar->mode[bar] = mode;
	gpu->bar->vm[bar] = (struct vm){
		.pdb = pdb,
		.aper = APER_VRAM,
		.limit = (bar == 1 ? gpu->chip->bar1_size : gpu->chip->bar3_size) - 1,
		.big64 = true,
	};
	if (mode == BAR_VIRTUAL)
		trace_vm_seen(gpu, &gpu->bar->vm[bar]);
}

/* Everything is always flushed: the busy bits read 0. */
static const struct reg regs[] = {
	{ 0x001700, .name = "PRAMIN_WINDOW" },
	{ 0x001704, .name = "BAR1_INSTANCE", .write = write_bar1 },
	{ 0x001710, .name = "BAR_BIND_STATUS", .read = reg_read_zero, .flags = REG_RO },
	{ 0x001714, .name = "BAR2_INSTANCE", .write = write_bar2 },
	{ 0x070000, .name = "FLUSH", .read = reg_read_zero },
	{ 0x070004, .name = "L2_INVALIDATE", .read = reg_read_zero },
	{ 0x070010, .name = "L2_WRITE_BACK", .read = reg_read_zero },
};

const struct block block_bar = {
	.name = "PBUS.BAR",
	.known_from = "nouveau bar/gf100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	.window = &pramin,
	BLOCK_STATE(bar),
};

/* Turing: firmware binds the windows. Until then BAR2 shows physical memory. */
static const struct reg regs_tu102[] = {
	{ 0x001700, .name = "PRAMIN_WINDOW" },
	{ 0x070000, .name = "FLUSH", .read = reg_read_zero },
};

const struct block block_bar_tu102 = {
	.name = "PBUS.BAR",
	.known_from = "nouveau bar/r535.c (r535_bar_new_), bar/tu102.c",
	.regs = regs_tu102,
	.count = ARRAY_SIZE(regs_tu102),
	.window = &pramin,
	BLOCK_STATE(bar),
};
