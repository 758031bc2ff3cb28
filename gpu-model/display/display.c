// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PDISPLAY: the registers of the display engine, and its interrupts.
 *
 *	0x610010	the display's memory (hash table, contexts), >> 8 | 9
 *	0x610088	what is pending: 0 a notifier, 1 an error, 20 the supervisor,
 *			24 and up a head's vertical blank
 *	0x61008c/90	notifiers by channel, and which matter; 0x61009c/a0 errors;
 *			0x6100ac/b0 the supervisor's stages; 0x6100bc/c0 + 0x800 h heads
 *	0x6101b4, ...	what the driver copies from the capabilities of heads and
 *			outputs (0x616104, 0x61a000, 0x61c000)
 *	0x612004	which heads (3:0), DACs (7:4) and SORs (15:8) there are
 *	0x612200, 0x614140, 0x612300	clocks of heads, their PLLs, clocks of SORs
 *	0x616xxx	a head's timing and what it does for HDMI and DisplayPort
 *	0x61cxxx	a SOR: 4 power, 0x34 power of its lanes, 0x10c a DisplayPort
 *			link, 0x110 its training pattern, 0x118 to 0x13c how lanes are driven
 *	0x640000	the channels (channel.c)
 *	0x690000	packets of HDMI; 0x10ec00 what audio has to know (ELD)
 *
 * Levels all: interrupts stay until what they tell of is acknowledged.
 *
 * Known from: nouveau disp (gf119.c, gk104.c, gm107.c, gm200.c, gp100.c, nv50.c, g94.c),
 * devinit/gf100.c (gf100_devinit_pll_set); envytools rnndb/display.
 */
#include "display.h"
#include "board.h"

#define EACH_HEAD DISPLAY_HEADS, 0x800
#define CAPS_SORS 8		/* of those that there are not, too */
#define CAPS_DACS 4

void display_intr(struct gpu *gpu)
{
	const struct display *d = gpu->display;
	uint32_t pending = 0;
	unsigned int h;

	if (d->notified & *reg_at(gpu, 0x610090))
		pending |= BIT(0);
	if (d->errors & *reg_at(gpu, 0x6100a0))
		pending |= BIT(1);
	if (d->stages & *reg_at(gpu, 0x6100b0))
		pending |= BIT(20);
	for (h = 0; h < DISPLAY_HEADS; h++)
		if (d->head[h].pending & *reg_at(gpu, 0x6100c0 + h * 0x800))
			pending |= BIT(24 + h);
	*reg_at(gpu, 0x610088) = pending;
	intr_set(gpu, INTR_DISPLAY, pending);
}

static uint32_t *pending_at(struct gpu *gpu, uint32_t addr)
{
	switch (addr) {
	case 0x61008c:
		return &gpu->display->notified;
	case 0x61009c:
		return &gpu->display->errors;
	case 0x6100ac:
		return &gpu->display->stages;
	default:
		return &gpu->display->head[(addr - 0x6100bc) / 0x800].pending;
	}
}

static uint32_t read_pending(struct gpu *gpu, uint32_t addr)
{
	return *pending_at(gpu, addr);
}

static void write_pending(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*pending_at(gpu, addr) &= ~value;
	display_intr(gpu);
}

static uint32_t read_units(struct gpu *gpu, uint32_t addr)
{
	(void)gpu;
	(void)addr;
	return (BIT(DISPLAY_HEADS) - 1) | (BIT(DISPLAY_SORS) - 1) << 8;
}

static uint32_t read_heads(struct gpu *gpu, uint32_t addr)
{
	(void)gpu;
	(void)addr;
	return DISPLAY_HEADS;
}

/* 31: the stage that the supervisor asked for is done. */
static void write_supervisor(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	(void)addr;
	if (value & BIT(31))
		core_supervised(gpu);
}

/* The channel goes on after an error was looked at. */
static void write_error(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	unsigned int ch = (addr - 0x6101f0) / 12;

	*reg_at(gpu, addr) = value & ~BIT(31);
	if ((addr - 0x6101f0) % 12 || !(value & BIT(31)))
		return;
	gpu->display->channel[ch].stopped = false;
	channel_run(gpu, ch);
}

/* 31: start; what starts is done at once. */
static void write_start(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value & ~BIT(31);
}

static const struct reg regs[] = {
	{ 0x022448, .name = "HEADS", .read = read_heads, .flags = REG_RO },
	{ 0x610010, .name = "INSTANCE" },
	{ 0x610088, .name = "INTR", .flags = REG_RO },
	{ 0x61008c, .name = "NOTIFIED", .read = read_pending, .write = write_pending },
	{ 0x610090, .name = "NOTIFIED_EN", .write = reg_write_intr_en },
	{ 0x61009c, .name = "ERROR", .read = read_pending, .write = write_pending },
	{ 0x6100a0, .name = "ERROR_EN", .write = reg_write_intr_en },
	{ 0x6100ac, .name = "SUPERVISOR", .read = read_pending, .write = write_pending },
	{ 0x6100b0, .name = "SUPERVISOR_EN", .write = reg_write_intr_en },
	{ 0x6100bc, EACH_HEAD, .name = "HEAD_INTR", .read = read_pending, .write = write_pending },
	{ 0x6100c0, EACH_HEAD, .name = "HEAD_INTR_EN", .write = reg_write_intr_en },
	{ 0x6101b4, EACH_HEAD, .name = "HEAD_CAPS_0" },
	{ 0x6101b8, EACH_HEAD, .name = "HEAD_CAPS_1" },
	{ 0x6101bc, EACH_HEAD, .name = "HEAD_CAPS_2" },
	{ 0x6101c0, CAPS_DACS, 0x800, .name = "DAC_CAPS" },
	{ 0x6301c4, CAPS_SORS, 0x800, .name = "SOR_CAPS" },
	{ 0x6101d0, .name = "SUPERVISOR_DONE", .write = write_supervisor },
	{ 0x6101d4, EACH_HEAD, .name = "SUPERVISOR_HEAD" },
	{ 0x6101f0, DISPLAY_CHANNELS * 3, .name = "CHANNEL_ERROR", .write = write_error },
	{ 0x610490, DISPLAY_CHANNELS, 0x10, .name = "CHANNEL", .read = channel_read_control,
	  .write = channel_write_control },
	{ 0x610494, DISPLAY_CHANNELS, 0x10, .name = "CHANNEL_PUSH" },
	{ 0x610498, DISPLAY_CHANNELS, 0x10, .name = "CHANNEL_UNK8" },
	{ 0x61049c, DISPLAY_CHANNELS, 0x10, .name = "CHANNEL_UNKC" },
	{ 0x612004, .name = "UNITS", .read = read_units, .flags = REG_RO },
	{ 0x612200, EACH_HEAD, .name = "HEAD_CLOCK_DIVIDER" },
	{ 0x612300, DISPLAY_SORS, 0x800, .name = "SOR_CLOCK" },
	{ 0x614140, EACH_HEAD, .name = "HEAD_PLL_CTRL" },
	{ 0x614144, EACH_HEAD, .name = "HEAD_PLL" },
	{ 0x61414c, EACH_HEAD, .name = "HEAD_PLL_UNKC" },
	{ 0x614150, EACH_HEAD, .name = "HEAD_PLL_FRACTION" },
	{ 0x616104, EACH_HEAD, .name = "HEAD_HAS_0", .flags = REG_RO },
	{ 0x616108, EACH_HEAD, .name = "HEAD_HAS_1", .flags = REG_RO },
	{ 0x61610c, EACH_HEAD, .name = "HEAD_HAS_2", .flags = REG_RO },
	{ 0x616308, EACH_HEAD, .name = "HEAD_UNDERFLOW" },
	{ 0x616340, EACH_HEAD, .name = "HEAD_LINE", .read = head_read_position, .flags = REG_RO },
	{ 0x616344, EACH_HEAD, .name = "HEAD_PIXEL", .read = head_read_position, .flags = REG_RO },
	{ 0x616548, EACH_HEAD, .name = "HEAD_AUDIO_DEVICE" },
	{ 0x616588, EACH_HEAD, .name = "HEAD_DP_SLOTS" },
	{ 0x61658c, EACH_HEAD, .name = "HEAD_DP_PBN" },
	{ 0x616610, EACH_HEAD, .name = "HEAD_DP_WATERMARK" },
	{ 0x616618, EACH_HEAD, .name = "HEAD_DP_AUDIO", .write = write_start },
	{ 0x616620, EACH_HEAD, .name = "HEAD_DP_AUDIO_H" },
	{ 0x616624, EACH_HEAD, .name = "HEAD_DP_AUDIO_V" },
	{ 0x616798, EACH_HEAD, .name = "HEAD_HDMI" },
	{ 0x6194e8, .name = "VBIOS_OWNS" },
	/* where in VRAM the VBIOS put a copy of itself: nowhere */
	{ 0x619f04, .name = "VBIOS_COPY", .flags = REG_RO },
	{ 0x61a000, CAPS_DACS, 0x800, .name = "DAC_HAS", .flags = REG_RO },
	{ 0x61c000, CAPS_SORS, 0x800, .name = "SOR_HAS", .flags = REG_RO },
	{ 0x61c004, DISPLAY_SORS, 0x800, .name = "SOR_POWER", .write = write_start },
	{ 0x61c008, DISPLAY_SORS, 0x800, .name = "SOR_SCRIPT_0" },
	{ 0x61c00c, DISPLAY_SORS, 0x800, .name = "SOR_SCRIPT_1" },
	{ 0x61c030, DISPLAY_SORS, 0x800, .name = "SOR_SEQUENCER" },
	{ 0x61c034, DISPLAY_SORS, 0x800, .name = "SOR_LANES", .write = write_start },
	{ 0x61c10c, DISPLAY_SORS, 0x800, .name = "SOR_DP" },
	{ 0x61c110, DISPLAY_SORS, 0x800, .name = "SOR_DP_PATTERN" },
	{ 0x61c118, DISPLAY_SORS, 0x800, .name = "SOR_DP_DRIVE" },
	{ 0x61c120, DISPLAY_SORS, 0x800, .name = "SOR_DP_PREEMPHASIS" },
	{ 0x61c130, DISPLAY_SORS, 0x800, .name = "SOR_DP_POWER" },
	{ 0x61c13c, DISPLAY_SORS, 0x800, .name = "SOR_DP_POSTCURSOR" },
	{ 0x61c5bc, DISPLAY_SORS, 0x800, .name = "SOR_SCRAMBLING" },
	{ 0x640000, DISPLAY_CHANNELS * 0x400, .name = "ARMED", .read = channel_read,
	  .write = channel_write },
	{ 0x660000, DISPLAY_CHANNELS * 0x400, .name = "ASSEMBLY", .read = channel_read,
	  .write = channel_write },
	{ 0x690000, 7, .name = "HDMI_AVI_0" },
	{ 0x690400, 7, .name = "HDMI_AVI_1" },
	{ 0x690080, DISPLAY_HEADS, 0x400, .name = "HDMI_AUDIO" },
	{ 0x6900c0, DISPLAY_HEADS, 0x400, .name = "HDMI_GCP" },
	{ 0x6900cc, DISPLAY_HEADS, 0x400, .name = "HDMI_GCP_DATA" },
	{ 0x690100, 7, .name = "HDMI_VENDOR_0" },
	{ 0x690500, 7, .name = "HDMI_VENDOR_1" },
	{ 0x10ec00, DISPLAY_SORS * 12, .name = "AUDIO" },
};

static void finish(struct gpu *gpu)
{
	if (gpu->config.screenshot)
		display_picture(gpu, gpu->config.screenshot);
}

static void fini(struct gpu *gpu)
{
	unsigned int h;

	for (h = 0; h < DISPLAY_HEADS; h++)
		sched_cancel(gpu, &gpu->display->head[h].frame);
	intr_set(gpu, INTR_DISPLAY, false);
}

bool display_fitted(const struct gpu *gpu)
{
	return gpu->board;
}

const struct block block_display = {
	.name = "PDISPLAY",
	.known_from = "nouveau disp/gf119.c, gk104.c, gm107.c, gm200.c, gp100.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(display),
	.fitted = display_fitted,
	.fini = fini,
	.intr = display_intr,
	.finish = finish,
};

/* --- what says that there is a display ---------------------------------------- */

static const struct reg regs_gk104[] = {
	{ 0x022500, .name = "DISABLED_UNITS", .flags = REG_RO },
};

const struct block block_display_gk104 = {
	.name = "FUSES",
	.known_from = "nouveau devinit/gf100.c (gf100_devinit_disable)",
	.regs = regs_gk104,
	.count = ARRAY_SIZE(regs_gk104),
	.fitted = display_fitted,
};

static const struct reg regs_gm107[] = {
	{ 0x021c04, .name = "DISABLED_DISPLAY", .flags = REG_RO },
};

const struct block block_display_gm107 = {
	.name = "FUSES",
	.known_from = "nouveau devinit/gm107.c (gm107_devinit_disable)",
	.regs = regs_gm107,
	.count = ARRAY_SIZE(regs_gm107),
	.fitted = display_fitted,
};

/* From the second Maxwell on any SOR can drive any connector, and not all can do audio. */
static const struct reg regs_gm200[] = {
	{ 0x021c04, .name = "DISABLED_DISPLAY", .flags = REG_RO },
	{ 0x08a15c, .name = "AUDIO_OVERRIDE", .flags = REG_RO },
	{ 0x101034, .name = "AUDIO_SORS", .reset = 0xf, .flags = REG_RO },
	{ 0x10ebb0, .name = "AUDIO_SORS_GP100", .reset = 0xf00, .flags = REG_RO },
	{ 0x612308, 4, 0x100, .name = "ROUTE_A" },
	{ 0x612388, 4, 0x100, .name = "ROUTE_B" },
};

const struct block block_display_gm200 = {
	.name = "FUSES",
	.known_from = "nouveau devinit/gm107.c, disp/gm200.c (gm200_sor_route_set), disp/gp100.c",
	.regs = regs_gm200,
	.count = ARRAY_SIZE(regs_gm200),
	.fitted = display_fitted,
};
