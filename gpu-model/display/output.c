// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Outputs: whether a SOR and a head's clock are set up for the mode that is armed.
 *
 * The hardware would show nothing, or the wrong thing, and tell nobody. To the model
 * each of these is a finding: the SOR has no power; it speaks another protocol than
 * the connector's; the PLL runs at another frequency than the mode wants; the VBIOS's
 * scripts were not run; the DisplayPort link was not trained.
 *
 * The PLL makes 27 MHz * (N + (f + 4096) / 8192) / (M * P), of 0x614144 (21:16 P, 15:8
 * N, 7:0 M) and 0x614150 (31:16 f, signed).
 *
 * Known from: nouveau disp/nv50.c (nv50_sor_power), disp/gf119.c, disp/gm107.c,
 * disp/gm200.c, devinit/gf100.c (gf100_devinit_pll_set), clk/pllgt215.c.
 */
#include "display.h"
#include "board.h"

#define REFERENCE_HZ 27000000ull

static uint32_t sor(struct gpu *gpu, unsigned int or, uint32_t reg)
{
	return *reg_at(gpu, reg + or * 0x800);
}

/* Which SOR drives the connector; -1: none. */
static int sor_of(struct gpu *gpu, const struct connector *connector)
{
	uint32_t route;

	if (!regs_listed(gpu->chip, 0x612308))
		return (int)connector->or;
	route = *reg_at(gpu, 0x612308 + connector->or * 0x100);
	return (int)(route & 0xf) - 1;
}

static const struct connector *connector_of(struct gpu *gpu, unsigned int or)
{
	unsigned int i;

	for (i = 0; i < gpu->board->connectors; i++)
		if (sor_of(gpu, &gpu->board->connector[i]) == (int)or)
			return &gpu->board->connector[i];
	return NULL;
}

void output_signal(struct gpu *gpu, const struct connector *connector, struct dp_signal *signal)
{
	int or = sor_of(gpu, connector);
	uint32_t lanes;

	*signal = (struct dp_signal){ 0 };
	if (or < 0)
		return;
	lanes = sor(gpu, (unsigned int)or, 0x61c10c) >> 16 & 0xf;
	signal->lanes = (unsigned int)__builtin_popcount(lanes);
	signal->rate = sor(gpu, (unsigned int)or, 0x612300) >> 18 & 0x1f;
	/* 0x10 in a lane's byte: a picture, no pattern. */
	signal->pattern = sor(gpu, (unsigned int)or, 0x61c110) & 0x0f;
}

static uint64_t pll_hz(struct gpu *gpu, unsigned int h)
{
	uint32_t pll = *reg_at(gpu, 0x614144 + h * 0x800);
	int fraction = (int16_t)(*reg_at(gpu, 0x614150 + h * 0x800) >> 16) + 4096;
	uint64_t n = (uint64_t)((int)(pll >> 8 & 0xff) * 8192 + fraction);
	uint64_t divisor = (uint64_t)(pll & 0xff) * (pll >> 16 & 0x3f);

	return divisor ? REFERENCE_HZ * n / (8192 * divisor) : 0;
}

static void check_clock(struct gpu *gpu, unsigned int h)
{
	uint64_t wanted = head_armed(gpu, h, HEAD_CLOCK) & 0x3fffffff;
	uint64_t hz = pll_hz(gpu, h);

	/* Nobody can know then how to make it. */
	if (gpu->board->no_plls)
		return;
	/* A PLL cannot make every frequency; monitors take half a percent. */
	if (hz > wanted + wanted / 200 || hz < wanted - wanted / 200)
		report(gpu, "display: wrong pixel clock", "head %u wants %llu Hz, its PLL makes %llu Hz",
		       h, (unsigned long long)wanted, (unsigned long long)hz);
}

static void check_sor(struct gpu *gpu, unsigned int or, uint32_t control)
{
	const struct connector *connector = connector_of(gpu, or);
	bool displayport = (control >> 8 & 0xe) == 8;
	unsigned int index;

	if (!(sor(gpu, or, 0x61c004) & 1))
		report(gpu, "display: output without power", "SOR %u", or);
	if (!connector) {
		report(gpu, "display: output without a connector", "SOR %u", or);
		return;
	}
	if (displayport != connector_is_dp(connector))
		report(gpu, "display: wrong protocol", "%u of SOR %u, at connector %s", control >> 8 & 0xf,
		       or, connector->name);
	if (sor(gpu, or, 0x61c00c) != SCRIPT_STAGE_2 || sor(gpu, or, 0x61c008) != SCRIPT_STAGE_3)
		report(gpu, "display: mode set without the scripts of the VBIOS", "SOR %u, connector %s", or,
		       connector->name);
	index = (unsigned int)(connector - gpu->board->connector);
	/* Who is unplugged in the middle of it cannot be trained. */
	if (displayport && board_monitor(gpu, index)->plugged &&
	    !monitor_trained(board_monitor(gpu, index)))
		report(gpu, "display: DisplayPort link not trained", "SOR %u, connector %s", or,
		       connector->name);
}

void output_check(struct gpu *gpu, unsigned int h)
{
	const uint32_t *armed = gpu->display->channel[CHANNEL_CORE].armed;
	unsigned int or;

	for (or = 0; or < DISPLAY_SORS; or++) {
		uint32_t control = armed[SOR_CONTROL(or) / 4];

		if (!(control & BIT(h)))
			continue;
		check_sor(gpu, or, control);
		check_clock(gpu, h);
	}
}
