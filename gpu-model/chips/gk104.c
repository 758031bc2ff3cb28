// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GK104, the first Kepler (GeForce GTX 680): channels without groups, runlists
 * that name channels alone.
 *
 * Known from: nouveau engine/device/base.c (nve4_chipset, nvkm_device_ctor: which
 * blocks, the number in BOOT_0); envytools docs/hw/pciid.rst (PCI's number); and as
 * said beside the values. How many GPCs, runlists and MiB there are is the model's
 * choice: as few as a driver can work with.
 */
#include "../gpu.h"

static const struct block *const blocks[] = {
	&block_pmc,
	&block_pmc_gk104,
	&block_rom,
	&block_pbus,
	&block_privring,
	&block_bar,
	&block_fifo,
	&block_pbdma,
	&block_timer,
	&block_board,
	&block_clocks,
	&block_top,
	&block_fb,
	&block_fb_gk104,
	&block_tlb,
	&block_ltc_gk104,
	&block_pci,
	&block_ce_gk104,
	&block_pmu_gk104,
	&block_gr,
	&block_fecs,
	&block_display,
	&block_display_gk104,
	&block_pins,
	&block_aux_gk104,
};

/*
 * Types: nouveau top/gk104.c (gk104_top_parse). Fault ids and clients: fifo/gk104.c
 * (gk104_fifo_mmu_fault_engine, gk104_fifo_mmu_fault_hubclient). Lines of reset and
 * interrupt: envytools rnndb/bus/pmc.xml.
 */
static const struct chip_engine engines[] = {
	{ ENGINE_GR, 0, .runlist = 0, .fault = 0x00, .reset = 12, .intr = 12, .client = 0x04,
	  .top_type = 0, .addr = 0x400000 },
	{ ENGINE_CE, 2, .runlist = 0, .fault = 0x1b, .reset = 21, .intr = 7, .client = 0x18,
	  .top_type = 3, .addr = 0x106000 },
	{ ENGINE_CE, 0, .runlist = 1, .fault = 0x15, .reset = 6, .intr = 5, .client = 0x01,
	  .top_type = 1, .addr = 0x104000 },
};

static const struct chip gk104 = {
	.name = "gk104",
	.title = "GK104 (GeForce GTX 680)",
	.boot0 = 0x0e4000a2,
	.pci_device = 0x1180,
	.mmu = &mmu_gf100,
	.boot = &boot_gf100,
	.intr = &intr_gk104,
	.host = &host_gk104,
	.fault = &fault_gk104,
	.firmware = &firmware_nouveau,
	.blocks = blocks,
	.block_count = ARRAY_SIZE(blocks),
	.engines = engines,
	.engine_count = ARRAY_SIZE(engines),
	.runlists = 2,
	.pbdmas = 2,
	/* nouveau fifo/gk104.c (gk104_fifo_chid_nr) */
	.channels = 4096,
	/*
	 * open-gpu-doc classes: cla097.h, cla0c0.h, cla040.h, cl902d.h, cla0b5.h;
	 * nouveau gr/gk104.c (gk104_gr), ce/gk104.c (gk104_ce)
	 */
	.class_3d = 0xa097,
	.class_compute = 0xa0c0,
	.class_i2m = 0xa040,
	.class_2d = 0x902d,
	.class_ce = { 0xa0b5 },
	.vram_mib = 512,
	.bar1_size = 256 * MiB,
	.bar3_size = 32 * MiB,
	.gpcs = 1,
	.tpcs = 2,
};

CHIP(gk104);
