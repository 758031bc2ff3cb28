// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PFB and LTC: the memory controllers and the L2 cache.
 *
 * What the driver wants to know is how much memory there is: how many partitions
 * (0x22438), and for each its size in MiB (0x11020c + 0x1000 p; Pascal: 0x90020c
 * + 0x4000 p). The model has one, with one cache of two slices. Compression tags
 * can be cleared (0x17e26c) and that is done at once.
 *
 * Known from: nouveau nvkm/subdev/fb (gf100.c, gm200.c, gp100.c, ramgf100.c,
 * ramgk104.c, ramgm200.c, ramgp100.c), ltc (gf100.c, gk104.c, gm107.c);
 * envytools rnndb/memory.
 */
#include "gpu.h"

static uint32_t read_size(struct gpu *gpu, uint32_t addr)
{
	(void)addr;
	return (uint32_t)(gpu->vram_size / MiB);
}

static const struct reg regs[] = {
	{ 0x022438, .name = "PARTITIONS", .reset = 1, .flags = REG_RO },
	{ 0x02243c, .name = "MEMORY_CONTROLLERS", .reset = 1, .flags = REG_RO },
	{ 0x022554, .name = "DISABLED_PARTITIONS", .flags = REG_RO },
	{ 0x100800, 2, .name = "ACTIVE_LTCS", .reset = 1, .flags = REG_RO },
	{ 0x100c10, .name = "SYSMEM_FLUSH_PAGE" },
	{ 0x100cc4, .name = "MMU_PRI_LEVEL" },
	{ 0x100cc8, .name = "MMU_DEBUG_WRITE" },
	{ 0x100ccc, .name = "MMU_DEBUG_READ" },
};

const struct block block_fb = {
	.name = "PFB",
	.known_from = "nouveau fb/gf100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};

/* Kepler and Maxwell: GDDR5 controllers, which the driver initialises. */
static const struct reg regs_gk104[] = {
	{ 0x11020c, .name = "PARTITION_SIZE", .read = read_size, .flags = REG_RO },
	{ 0x110204, .name = "PARTITION_CONFIG", .flags = REG_RO },
	{ 0x120074, .name = "ROPS", .reset = 1, .flags = REG_RO },
	{ 0x10ecc0, .name = "UNK_ECC0" },
	REG_RANGE(0x10f000, 0x110000, "GDDR5"),
};

const struct block block_fb_gk104 = {
	.name = "PFB.RAM",
	.known_from = "nouveau fb/ramgk104.c",
	.regs = regs_gk104,
	.count = ARRAY_SIZE(regs_gk104),
};

static const struct reg regs_gm107[] = {
	{ 0x021c00, .name = "DISABLED_COPY_ENGINES", .flags = REG_RO },
	{ 0x021c04, .name = "DISABLED_DISPLAY", .reset = 1, .flags = REG_RO },
	{ 0x021c14, .name = "DISABLED_PARTITIONS", .flags = REG_RO },
};

const struct block block_fb_gm107 = {
	.name = "FUSES",
	.known_from = "nouveau devinit/gm107.c, fb/ramgm107.c",
	.regs = regs_gm107,
	.count = ARRAY_SIZE(regs_gm107),
};

static const struct reg regs_gm200[] = {
	{ 0x021d38, .name = "DISABLED_FBPS", .flags = REG_RO },
	{ 0x021d70, .name = "DISABLED_LTCS", .flags = REG_RO },
	{ 0x022450, .name = "LTCS_PER_FBP", .reset = 1, .flags = REG_RO },
	{ 0x022458, .name = "CONTROLLERS_PER_FBP", .reset = 1, .flags = REG_RO },
	{ 0x12006c, .name = "LTCS", .reset = 1, .flags = REG_RO },
};

const struct block block_fb_gm200 = {
	.name = "PFB",
	.known_from = "nouveau fb/ramgm200.c",
	.regs = regs_gm200,
	.count = ARRAY_SIZE(regs_gm200),
};

static const struct reg regs_gp100[] = {
	{ 0x90020c, .name = "PARTITION_SIZE", .read = read_size, .flags = REG_RO },
	{ 0x100c14, .name = "REMAPPER" },
	{ 0x10ecc0, .name = "UNK_ECC0" },
	{ 0x1fac80, .name = "HSHUB_MMU_CTRL" },
	{ 0x1facc4, 3, .name = "HSHUB_MMU" },
	REG_RANGE(0x9a0000, 0x9a1000, "HBM"),
};

const struct block block_fb_gp100 = {
	.name = "PFB.RAM",
	.known_from = "nouveau fb/gp100.c, fb/ramgp100.c",
	.regs = regs_gp100,
	.count = ARRAY_SIZE(regs_gp100),
};

/* The driver of RM wants to know how much there is, and where it may flush to. */
static uint32_t read_amount(struct gpu *gpu, uint32_t addr)
{
	uint32_t mib = (uint32_t)(gpu->vram_size / MiB), scale = 0;

	(void)addr;
	for (; mib > 63; mib /= 2)
		scale++;
	return mib << 4 | scale;
}

static const struct reg regs_tu102[] = {
	{ 0x021c00, .name = "DISABLED_COPY_ENGINES", .flags = REG_RO },
	{ 0x021c04, .name = "DISABLED_DISPLAY", .reset = 1, .flags = REG_RO },
	{ 0x100c10, .name = "SYSMEM_FLUSH_PAGE" },
	{ 0x100ce0, .name = "AMOUNT", .read = read_amount, .flags = REG_RO },
	{ 0x101000, .name = "STRAPS", .reset = 0x00400000, .flags = REG_RO },
	{ 0x118128, .name = "DEVINIT_MASK", .reset = 1, .flags = REG_RO },
	{ 0x118234, .name = "DEVINIT_PROGRESS", .reset = 0xff, .flags = REG_RO },
	{ 0x6013d4, .name = "CRTC", .flags = REG_ANY_SIZE },
};

const struct block block_fb_tu102 = {
	.name = "PFB",
	.known_from = "nouveau fb/tu102.c, gsp/tu102.c (tu102_gsp_vga_workspace_addr), devinit/tu102.c",
	.regs = regs_tu102,
	.count = ARRAY_SIZE(regs_tu102),
};

/* Later chips say how much there is in MiB, and have other fuses. */
static const struct reg regs_ga102[] = {
	{ 0x100c10, .name = "SYSMEM_FLUSH_PAGE" },
	{ 0x101000, .name = "STRAPS", .reset = 0x00400000, .flags = REG_RO },
	{ 0x118128, .name = "DEVINIT_MASK", .reset = 1, .flags = REG_RO },
	{ 0x118234, .name = "DEVINIT_PROGRESS", .reset = 0xff, .flags = REG_RO },
	{ 0x1183a4, .name = "AMOUNT", .read = read_size, .flags = REG_RO },
	{ 0x6013d4, .name = "CRTC", .flags = REG_ANY_SIZE },
	{ 0x820c04, .name = "DISABLED_DISPLAY", .reset = 1, .flags = REG_RO },
};

const struct block block_fb_ga102 = {
	.name = "PFB",
	.known_from = "nouveau fb/ga102.c (ga102_fb_vidmem_size), devinit/ga100.c (ga100_devinit_disable), devinit/tu102.c",
	.regs = regs_ga102,
	.count = ARRAY_SIZE(regs_ga102),
};

/* --- L2 ------------------------------------------------------------------- */

static const struct reg ltc_gk104[] = {
	{ 0x141020, 2, 0x400, .name = "SLICE_INTR" },
	{ 0x1410c8, 2, 0x400, .name = "SLICE_TAGS_BUSY", .read = reg_read_zero, .flags = REG_RO },
	{ 0x17e000, .name = "ACTIVE" },
	{ 0x17e820, .name = "INTR_EN" },
	{ 0x17e8c0, .name = "TAGS_CONFIG" },
	{ 0x17e8c8, .name = "TAGS_CLEAR" },
	{ 0x17e8cc, 2, .name = "TAGS_RANGE" },
	{ 0x17e8d4, 2, .name = "TAGS_BASE" },
	{ 0x17e8dc, .name = "SLICES", .reset = 2u << 28, .flags = REG_RO },
	{ 0x17e91c, .name = "EVICTION" },
	{ 0x17ea44, 6, .name = "ZBC" },
};

const struct block block_ltc_gk104 = {
	.name = "LTC",
	.known_from = "nouveau ltc/gf100.c, ltc/gk104.c",
	.regs = ltc_gk104,
	.count = ARRAY_SIZE(ltc_gk104),
};

static const struct reg ltc_gm107[] = {
	{ 0x14040c, 2, 0x200, .name = "SLICE_INTR" },
	{ 0x14046c, 2, 0x200, .name = "SLICE_TAGS_BUSY", .read = reg_read_zero, .flags = REG_RO },
	{ 0x17e264, .name = "TAGS_CONFIG" },
	{ 0x17e26c, .name = "TAGS_CLEAR" },
	{ 0x17e270, 2, .name = "TAGS_RANGE" },
	{ 0x17e278, 2, .name = "TAGS_BASE" },
	{ 0x17e280, .name = "SLICES", .reset = 2u << 28, .flags = REG_RO },
	{ 0x17e338, 6, .name = "ZBC" },
	{ 0x17e91c, .name = "EVICTION" },
};

const struct block block_ltc_gm107 = {
	.name = "LTC",
	.known_from = "nouveau ltc/gm107.c",
	.regs = ltc_gm107,
	.count = ARRAY_SIZE(ltc_gm107),
};
