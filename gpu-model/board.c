// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is around the engines: straps, fuses, clocks, sensors, pins, the bus that
 * carries register accesses, and the table of what engines there are.
 *
 * The model has no clocks to change and no temperature. These registers are
 * kept as written; the few that have to answer something do.
 *
 *	0x022700   PTOP, the table of engines, up to 64 words, three for each:
 *	           1:0 what it is; 31 more follow
 *	           1  23:12 registers; 2: 9:3 fault id; 29:26 which of its type
 *	           2  5: 29:26 engine; 4: 24:21 runlist; 3: 19:15 interrupt line;
 *	              2: 13:9 reset line
 *	           3  30:2 type
 *	0x02240c   1: the card is set up
 *	0x021c00   copy engines that are not there; 0x021c04: 0: no display
 *	0x101000   straps; 6 and 22: the crystal, 27 MHz
 *
 * Known from: nouveau nvkm/subdev (top/gk104.c, devinit, fuse, gpio, i2c, therm,
 * volt, clk, privring, bus/gf100.c); envytools rnndb/bus, rnndb/io, rnndb/pm.
 */
#include "gpu.h"

/* --- PTOP ----------------------------------------------------------------- */

static uint32_t read_top(struct gpu *gpu, uint32_t addr)
{
	unsigned int n = (addr - 0x22700) / 4;
	const struct chip_engine *e;

	if (n / 3 >= gpu->chip->engine_count)
		return 0;
	e = &gpu->chip->engines[n / 3];
	switch (n % 3) {
	case 0:
		return BIT(31) | 1 | BIT(2) | e->fault << 3 | e->addr | e->top_inst << 26;
	case 1:
		return BIT(31) | 2 | BIT(5) | (n / 3) << 26 | BIT(4) | e->runlist << 21 | BIT(3) |
		       e->intr << 15 | BIT(2) | e->reset << 9;
	default:
		return 3 | e->top_type << 2;
	}
}

static const struct reg regs_top[] = {
	{ 0x022700, 64, .name = "ENGINES", .read = read_top, .flags = REG_RO },
};

const struct block block_top = {
	.name = "PTOP",
	.known_from = "nouveau top/gk104.c",
	.regs = regs_top,
	.count = ARRAY_SIZE(regs_top),
};

/* --- the rest ------------------------------------------------------------- */

static const struct reg regs_pbus[] = {
	{ 0x001100, .name = "INTR", .write = reg_write_clear },
	{ 0x001140, .name = "INTR_EN" },
	{ 0x009084, .name = "FAULT_ADDR" },
	{ 0x009088, .name = "FAULT_DATA" },
};

const struct block block_pbus = {
	.name = "PBUS",
	.known_from = "nouveau bus/gf100.c",
	.regs = regs_pbus,
	.count = ARRAY_SIZE(regs_pbus),
};

static const struct reg regs[] = {
	/* pins, and the lines to monitors: interrupts that never come */
	{ 0x00dc00, .name = "GPIO_INTR_0", .write = reg_write_clear },
	{ 0x00dc08, .name = "GPIO_INTR_EN_0" },
	{ 0x00dc60, .name = "AUX_INTR", .write = reg_write_clear },
	{ 0x00dc68, .name = "AUX_INTR_EN" },
	{ 0x00dc80, .name = "GPIO_INTR_1", .write = reg_write_clear },
	{ 0x00dc88, .name = "GPIO_INTR_EN_1" },
	/* the fan's revolutions */
	{ 0x00e720, .name = "FAN_TACH_CTRL" },
	{ 0x00e724, .name = "FAN_TACH_PERIOD" },
	{ 0x00e728, .name = "FAN_TACH_COUNT" },
	/* the sensor: 0x20460 as Pascal reads it, 29: valid, 16:3 degrees in 1/32 */
	{ 0x020000, .name = "THERM_CTRL" },
	{ 0x020008, .name = "THERM_CALIBRATION" },
	{ 0x020100, .name = "THERM_INTR", .write = reg_write_clear },
	{ 0x020340, 2, .name = "VOLTAGE_PWM", .reset = 1 },
	{ 0x020400, .name = "THERM_TEMPERATURE", .reset = 40, .flags = REG_RO },
	{ 0x020460, .name = "THERM_SENSOR", .reset = 0x20000000 | 40 << 8, .flags = REG_RO },
	{ 0x021000, .name = "FUSE_CTRL" },
	REG_RANGE(0x021100, 0x021600, "FUSE"),
	{ 0x022400, .name = "FUSE_ENABLE" },
	{ 0x02240c, .name = "POSTED", .reset = 2, .flags = REG_RO },
	{ 0x022500, .name = "DISABLED_UNITS", .reset = 1, .flags = REG_RO },
	{ 0x101000, .name = "STRAPS", .reset = 0x00400000, .flags = REG_RO },
	/* the speedo, a measure of how fast the chip is, behind a fuse */
	{ 0x122634, .name = "FUSE_SPEEDO_ENABLE" },
	/* VGA's CRT controller, of which the driver unlocks the extended part */
	{ 0x6013d4, .name = "CRTC", .flags = REG_ANY_SIZE },
};

static const struct reg regs_privring[] = {
	{ 0x122310, 4, .name = "TIMEOUT_HUB" },
	{ 0x122348, .name = "TIMEOUT_DECODE" },
	{ 0x122358, .name = "TIMEOUT_COMMAND" },
	{ 0x1223b0, .name = "TIMEOUT_MASTER" },
	{ 0x120058, .name = "INTR", .flags = REG_RO },
};

const struct block block_privring = {
	.name = "PRIVRING",
	.known_from = "nouveau privring/gk104.c, gm200.c",
	.regs = regs_privring,
	.count = ARRAY_SIZE(regs_privring),
};

/* Kepler and the first Maxwell: the clock tree, all on the crystal. */
static const struct reg regs_clocks[] = {
	{ 0x00e800, 2, .name = "VCO0" },
	{ 0x00e820, 2, .name = "VCO1" },
	REG_RANGE(0x132000, 0x132040, "MEMORY_PLL"),
	REG_RANGE(0x137000, 0x137100, "PLL"),
	{ 0x137100, .name = "PLL_SELECT" },
	REG_RANGE(0x137120, 0x137160, "PLL_SOURCE"),
	REG_RANGE(0x137160, 0x1371d0, "SOURCE"),
	REG_RANGE(0x1371d0, 0x137250, "DIVIDER"),
	REG_RANGE(0x137250, 0x1372c0, "CLOCK"),
	{ 0x1373f4, .name = "MEMORY_SELECT" },
};

const struct block block_clocks = {
	.name = "PCLOCK",
	.known_from = "nouveau clk/gk104.c",
	.regs = regs_clocks,
	.count = ARRAY_SIZE(regs_clocks),
};

const struct block block_board = {
	.name = "BOARD",
	.known_from = "nouveau devinit, fuse, gpio/gk104.c, i2c/gk104.c, therm, volt/gk104.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};
