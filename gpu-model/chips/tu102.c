// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * TU102: Turing, on a GeForce RTX 2080 Ti.
 *
 * RM on the GSP does what the driver did on chips before: engines, channels, faults.
 * So there are few registers, and the engines below are what RM tells of.
 *
 * Known from: nouveau engine/device/base.c (nv162_chipset); facts of real cards:
 * envytools, PCI ids. The sizes are made up: small, as a driver can work with.
 */
#include "../gpu.h"

static const struct block *const blocks[] = {
	&block_vfn,
	&block_rom,
	&block_bar_tu102,
	&block_fifo_tu102,
	&block_timer,
	&block_fb_tu102,
	&block_tlb_tu102,
	&block_pci,
	&block_pci_gp100,
	&block_gsp,
	&block_gsp_tu102,
	&block_sec2,
};

/*
 * As many as a driver can work with. RM numbers graphics and copy engines (nouveau
 * fifo/r535.c, r535_fifo_runl_ctor); the rest is not told to the driver.
 */
static const struct chip_engine engines[] = {
	{ ENGINE_GR, 0, .runlist = 0 },
	{ ENGINE_CE, 2, .runlist = 0 },
	{ ENGINE_CE, 0, .runlist = 1 },
};

static const struct chip tu102 = {
	.name = "tu102",
	.title = "TU102 (GeForce RTX 2080 Ti)",
	.boot0 = 0x162000a1,
	.pci_device = 0x1e04,
	.mmu = &mmu_tu102,
	.boot = &boot_tu102,
	.intr = &intr_tu102,
	.host = &host_tu102,
	.fault = &fault_gp100,
	.firmware = &firmware_tu102,
	.blocks = blocks,
	.block_count = ARRAY_SIZE(blocks),
	.engines = engines,
	.engine_count = ARRAY_SIZE(engines),
	.runlists = 2,
	.pbdmas = 2,
	/* nouveau fifo/r535.c (r535_fifo_runl_ctor) */
	.channels = 2048,
	/*
	 * open-gpu-doc classes: clc46f.h, clc597.h, clc5c0.h, cla140.h, cl902d.h, clc5b5.h;
	 * nouveau gr/tu102.c, ce/tu102.c, fifo/tu102.c
	 */
	.class_host = 0xc46f,
	.class_3d = 0xc597,
	.class_compute = 0xc5c0,
	.class_i2m = 0xa140,
	.class_2d = 0x902d,
	.class_ce = { 0xc5b5 },
	.ce_wide_origin = true,
	.mme_opaque = true,
	.vram_mib = 512,
	/* nouveau gsp/r535.c (r535_gsp_wpr_meta_init) asks for 122 MiB. */
	.firmware_mib = 160,
	.bar1_size = 256 * MiB,
	.bar3_size = 32 * MiB,
	.gpcs = 1,
	.tpcs = 2,
};

CHIP(tu102);
