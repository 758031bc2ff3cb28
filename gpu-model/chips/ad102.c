// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * AD102: Ada, on a GeForce RTX 4090.
 *
 * As GA102 (ga102.c), with classes of its own and its own signature of RM. nouveau has
 * no other way to drive it than with RM.
 *
 * Known from: nouveau engine/device/base.c (nv192_chipset); facts of real cards:
 * envytools, PCI ids. The sizes are made up: small, as a driver can work with.
 */
#include "../gpu.h"

static const struct block *const blocks[] = {
	&block_vfn,
	&block_rom,
	&block_bar_tu102,
	&block_fifo_tu102,
	&block_timer,
	&block_fb_ga102,
	&block_tlb_tu102,
	&block_pci,
	&block_pci_gp100,
	&block_gsp,
	&block_gsp_ga102,
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

static const struct chip ad102 = {
	.name = "ad102",
	.title = "AD102 (GeForce RTX 4090)",
	.boot0 = 0x192000a1,
	.pci_device = 0x2684,
	/* nouveau's list has tu102_mmu_new, tu102_bar_new, tu102_fault_new, gp100_pci_new. */
	.mmu = &mmu_tu102,
	.boot = &boot_ga102,
	/* vfn/ga100.c: tu102_vfn_intr */
	.intr = &intr_tu102,
	.host = &host_tu102,
	.fault = &fault_gp100,
	.firmware = &firmware_ad102,
	.blocks = blocks,
	.block_count = ARRAY_SIZE(blocks),
	.engines = engines,
	.engine_count = ARRAY_SIZE(engines),
	.runlists = 2,
	.pbdmas = 2,
	/* nouveau fifo/r535.c (r535_fifo_runl_ctor) */
	.channels = 2048,
	/*
	 * open-gpu-kernel-modules src/common/sdk/nvidia/inc/class/clc56f.h; open-gpu-doc
	 * classes: clc997.h, clc9c0.h, cla140.h, cl902d.h; nouveau fifo/ga102.c
	 * (ga102_fifo), gr/ad102.c (ad102_gr), ce/ga102.c (ga102_ce): channels and copies
	 * are Ampere's
	 */
	.class_host = 0xc56f,
	.class_3d = 0xc997,
	.class_compute = 0xc9c0,
	.class_i2m = 0xa140,
	.class_2d = 0x902d,
	.class_ce = { 0xc6b5, 0xc7b5 },
	.ce_wide_origin = true,
	.mme_opaque = true,
	.vram_mib = 512,
	/* nouveau gsp/r535.c (r535_gsp_wpr_meta_init) asks for 141 MiB (gsp/ad102.c). */
	.firmware_mib = 176,
	.bar1_size = 256 * MiB,
	.bar3_size = 32 * MiB,
	.gpcs = 1,
	.tpcs = 2,
};

CHIP(ad102);
