// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Boards, and the tables of the VBIOS that describe them to the driver.
 *
 *	DCB	(0x36) outputs: 3:0 type (2 TMDS, 6 DisplayPort, 14 the end), 7:4 the
 *		port's entry in the CCB, 11:8 heads, 15:12 connector, 27:24 output;
 *		the second word: 5:4 links; DisplayPort: 23:21 rate, 27:24 lanes
 *	CCB	ports: byte 3 type (5 I2C, 6 AUX), byte 0 which one; byte 1: 0 its pins
 *		can be I2C's too, 7:1 which pins
 *	GPIO	lines: 5:0 line, 15:8 what it is for (7, 8, 81, ... plugs), 28:27 and
 *		30:29 how it means yes
 *	connectors: byte 0 type, then which plug line (12, 13, ...)
 *	BIT C	limits of PLLs
 *	BIT U	scripts for outputs: when they go off (twice), and when they go on, by
 *		protocol and clock (twice)
 *	BIT d	DisplayPort: scripts around the training, and how to drive lanes
 *
 * A real board's scripts set the output's analog side up. Those here leave two values
 * in the SOR, by which the model knows that they were run (output.c).
 *
 * Known from: open-gpu-doc's DCB (Device Control Block 4.x) and BIOS-Information-Table;
 * nouveau bios (dcb.c, conn.c, gpio.c, i2c.c, pll.c, disp.c, dp.c, init.c).
 */
#include <string.h>

#include "display.h"
#include "board.h"

static const struct board boards[] = {
	{
		.name = "desktop",
		.connector = {
			{ "dvi", MONITOR_DVI, .port = 0, .line = 1, .or = 0 },
			{ "dp", MONITOR_DP, .port = 1, .line = 2, .or = 1 },
			{ "hdmi", MONITOR_HDMI, .port = 2, .line = 3, .or = 2 },
		},
		.connectors = 3,
	},
	{
		.name = "no-plls",
		.connector = { { "dvi", MONITOR_DVI, .port = 0, .line = 1, .or = 0 } },
		.connectors = 1,
		.no_plls = true,
	},
};

const struct board *board_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(boards); i++)
		if (!strcmp(boards[i].name, name))
			return &boards[i];
	return NULL;
}

bool gpu_has_board(const char *name)
{
	return board_find(name);
}

static int find_connector(const struct board *board, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < board->connectors; i++) {
		const char *other = board->connector[i].name;

		if (strlen(other) == length && !strncmp(other, name, length))
			return (int)i;
	}
	return -1;
}

bool gpu_has_connectors(const char *list)
{
	size_t length;

	for (; *list; list += length + (list[length] == ',')) {
		length = strcspn(list, ",");
		if (find_connector(&boards[0], list, length) < 0)
			return false;
	}
	return true;
}

bool gpu_control(struct gpu *gpu, const char *line)
{
	static const char *const verbs[] = { "unplug ", "plug ", "picture ", "weaken " };
	unsigned int verb;
	const char *what;
	int connector;

	for (verb = 0; verb < ARRAY_SIZE(verbs); verb++)
		if (!strncmp(line, verbs[verb], strlen(verbs[verb])))
			break;
	if (!gpu->board || verb == ARRAY_SIZE(verbs)) {
		fprintf(stderr, "gpu-model: --control: what is this: %s\n", line);
		return false;
	}
	what = line + strlen(verbs[verb]);
	if (verb == 2)
		return display_picture(gpu, what);
	connector = find_connector(gpu->board, what, strlen(what));
	if (connector < 0) {
		fprintf(stderr, "gpu-model: --control: no connector %s\n", what);
		return false;
	}
	if (verb == 3)
		monitor_weaken(board_monitor(gpu, (unsigned int)connector));
	else
		board_plug(gpu, (unsigned int)connector, verb == 1);
	return true;
}

bool board_names(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (list) {
		if (!strncmp(list, name, length) && (!list[length] || list[length] == ','))
			return true;
		list = strchr(list, ',');
		list += list ? 1 : 0;
	}
	return false;
}

/* --- where the tables are -------------------------------------------------------- */

#define DCB 0x300
#define DCB_HEADER 0x1b
#define DCB_ENTRIES 8
#define CCB 0x380
#define GPIO 0x3a0
#define CONNECTORS 0x3c0
#define PLLS_REF 0x3e0
#define PLLS 0x400
#define PLL_LIMITS 0x480
#define OUTPUTS_REF 0x4a0
#define OUTPUTS 0x4b0
#define OUTPUT 0x500		/* 0x40 each: the output, its scripts by clock */
#define OUTPUT_SIZE 0x40
#define SCRIPTS 0x600		/* 0x10 each */
#define DP_REF 0x680
#define DP 0x690
#define DP_OUTPUT 0x700
#define DP_RATES 0x730

#define SCRIPT_NOTHING (SCRIPTS + 0x00)
#define SCRIPT_OFF_1 (SCRIPTS + 0x10)
#define SCRIPT_OFF_2 (SCRIPTS + 0x20)
#define SCRIPT_ON_2 (SCRIPTS + 0x30)
#define SCRIPT_ON_3 (SCRIPTS + 0x40)

static uint32_t heads_mask(void)
{
	return BIT(DISPLAY_HEADS) - 1;
}

/* Version, size of the header, entries, size of an entry. */
static void header(struct gpu *gpu, unsigned int at, uint8_t version, uint8_t size, uint8_t entries,
		   uint8_t entry)
{
	rom_put8(gpu, at, version);
	rom_put8(gpu, at + 1, size);
	rom_put8(gpu, at + 2, entries);
	rom_put8(gpu, at + 3, entry);
}

/* --- connectors ------------------------------------------------------------------- */

static void put_dcb(struct gpu *gpu, const struct board *board)
{
	unsigned int i;

	rom_put16(gpu, 0x36, DCB);
	header(gpu, DCB, 0x40, DCB_HEADER, DCB_ENTRIES, 8);
	rom_put16(gpu, DCB + 4, CCB);
	rom_put32(gpu, DCB + 6, 0x4edcbdcb);
	rom_put16(gpu, DCB + 10, GPIO);
	rom_put16(gpu, DCB + 20, CONNECTORS);
	for (i = 0; i < DCB_ENTRIES; i++) {
		unsigned int at = DCB + DCB_HEADER + i * 8;
		const struct connector *c;

		if (i >= board->connectors) {
			rom_put32(gpu, at, 0xe);
			continue;
		}
		c = &board->connector[i];
		rom_put32(gpu, at, (connector_is_dp(c) ? 6u : 2u) | i << 4 | heads_mask() << 8 |
			  i << 12 | i << 16 | BIT(c->or) << 24);
		rom_put32(gpu, at + 4, 1u << 4 | (connector_is_dp(c) ? 1u << 21 | 0xfu << 24 : 0));
	}
}

static void put_connectors(struct gpu *gpu, const struct board *board)
{
	static const uint8_t type[] = { [MONITOR_DVI] = 0x31, [MONITOR_HDMI] = 0x61, [MONITOR_DP] = 0x46 };
	/* What a line is for, by the plug's number. */
	static const uint8_t plug[] = { 0x07, 0x08, 0x51 };
	/* Where a connector says which plug it has: a mask, in three bytes. */
	static const uint8_t bit[] = { 12, 13, 16 };
	unsigned int i;

	header(gpu, CCB, 0x40, 5, BOARD_CONNECTORS, 4);
	header(gpu, GPIO, 0x40, 6, BOARD_CONNECTORS, 4);
	header(gpu, CONNECTORS, 0x40, 5, BOARD_CONNECTORS, 4);
	for (i = 0; i < board->connectors; i++) {
		const struct connector *c = &board->connector[i];

		rom_put32(gpu, CCB + 5 + i * 4, c->port |
			  (connector_is_dp(c) ? 6u << 24 | (c->port << 1 | 1) << 8 : 5u << 24));
		/* an input; up means that there is a plug */
		rom_put32(gpu, GPIO + 6 + i * 4, c->line | (uint32_t)plug[i] << 8 | 2u << 27 | 3u << 29);
		rom_put32(gpu, CONNECTORS + 5 + i * 4, type[c->link] | BIT(bit[i]));
	}
}

/* --- clocks ------------------------------------------------------------------------ */

static void put_plls(struct gpu *gpu)
{
	/* What the memory's two are is not used, but the driver wants them. */
	static const struct { uint8_t type; uint32_t reg; } plls[] = {
		{ 0x80, 0x614140 }, { 0x81, 0x614940 }, { 0x82, 0x615140 }, { 0x83, 0x615940 },
		{ 0x0c, 0x132020 }, { 0x04, 0x132000 },
	};
	unsigned int i, at;

	rom_bit_entry(gpu, 'C', 2, 4, PLLS_REF);
	rom_put32(gpu, PLLS_REF, PLLS);
	/* For these the size of an entry comes before how many there are. */
	header(gpu, PLLS, 0x40, 4, 11, ARRAY_SIZE(plls));
	for (i = 0; i < ARRAY_SIZE(plls); i++) {
		at = PLLS + 4 + i * 11;
		rom_put8(gpu, at, plls[i].type);
		rom_put16(gpu, at + 1, PLL_LIMITS);
		rom_put32(gpu, at + 3, plls[i].reg);
		rom_put16(gpu, at + 9, 27);	/* MHz that come in */
	}
	/* MHz that the oscillator makes, and what it takes; then N, M, P, each from and to */
	rom_put16(gpu, PLL_LIMITS, 800);
	rom_put16(gpu, PLL_LIMITS + 2, 1620);
	rom_put16(gpu, PLL_LIMITS + 4, 13);
	rom_put16(gpu, PLL_LIMITS + 6, 27);
	rom_put8(gpu, PLL_LIMITS + 8, 1);
	rom_put8(gpu, PLL_LIMITS + 9, 255);
	rom_put8(gpu, PLL_LIMITS + 10, 8);
	rom_put8(gpu, PLL_LIMITS + 11, 255);
	rom_put8(gpu, PLL_LIMITS + 12, 1);
	rom_put8(gpu, PLL_LIMITS + 13, 63);
}

/* --- scripts ------------------------------------------------------------------------ */

#define OP_END 0x71
#define OP_WRITE 0x7a		/* a register and a value */
#define OF_SOR BIT(30)		/* in the register's number: the SOR that the script is for */

static void put_script(struct gpu *gpu, unsigned int at, uint32_t reg, uint32_t value)
{
	rom_put8(gpu, at, OP_WRITE);
	rom_put32(gpu, at + 1, OF_SOR | reg);
	rom_put32(gpu, at + 5, value);
	rom_put8(gpu, at + 9, OP_END);
}

static void put_scripts(struct gpu *gpu)
{
	rom_put8(gpu, SCRIPT_NOTHING, OP_END);
	put_script(gpu, SCRIPT_OFF_1, 0x61c008, 0);
	put_script(gpu, SCRIPT_OFF_2, 0x61c00c, 0);
	put_script(gpu, SCRIPT_ON_2, 0x61c00c, SCRIPT_STAGE_2);
	put_script(gpu, SCRIPT_ON_3, 0x61c008, SCRIPT_STAGE_3);
}

/* Which output an entry is for: its heads, its first link, itself. */
static uint16_t output_mask(const struct connector *c)
{
	return (uint16_t)(heads_mask() << 8 | 1 << 6 | BIT(c->or));
}

static void put_outputs(struct gpu *gpu, const struct board *board)
{
	unsigned int i;

	rom_bit_entry(gpu, 'U', 1, 2, OUTPUTS_REF);
	rom_put16(gpu, OUTPUTS_REF, OUTPUTS);
	/* Here, too; and the size of an output's own header. */
	header(gpu, OUTPUTS, 0x22, 5, 2, (uint8_t)board->connectors);
	rom_put8(gpu, OUTPUTS + 4, 12);
	for (i = 0; i < board->connectors; i++) {
		const struct connector *c = &board->connector[i];
		unsigned int at = OUTPUT + i * OUTPUT_SIZE;

		rom_put16(gpu, OUTPUTS + 5 + i * 2, (uint16_t)at);
		rom_put16(gpu, at, connector_is_dp(c) ? 6 : 2);
		rom_put16(gpu, at + 2, output_mask(c));
		rom_put8(gpu, at + 5, 1);	/* one entry by protocol */
		rom_put16(gpu, at + 6, SCRIPT_NOTHING);
		rom_put16(gpu, at + 8, SCRIPT_OFF_1);
		rom_put16(gpu, at + 10, SCRIPT_OFF_2);
		/* any protocol, no flags; scripts by clock, from 0 kHz on */
		rom_put8(gpu, at + 12, 0xff);
		rom_put16(gpu, at + 14, (uint16_t)(at + 0x20));
		rom_put16(gpu, at + 16, (uint16_t)(at + 0x28));
		rom_put16(gpu, at + 0x22, SCRIPT_ON_2);
		rom_put16(gpu, at + 0x2a, SCRIPT_ON_3);
	}
}

static void put_dp(struct gpu *gpu, const struct board *board)
{
	unsigned int i, n = 0, at;

	rom_bit_entry(gpu, 'd', 1, 2, DP_REF);
	rom_put16(gpu, DP_REF, DP);
	/* Here, too; header of an output, then how lanes are driven: ten ways of one sort */
	header(gpu, DP, 0x40, 9, 2, 1);
	rom_put8(gpu, DP + 4, 0x12);
	rom_put8(gpu, DP + 5, 1);
	rom_put8(gpu, DP + 6, 4);
	rom_put8(gpu, DP + 7, 10);
	for (i = 0; i < board->connectors; i++) {
		const struct connector *c = &board->connector[i];

		if (!connector_is_dp(c) || n++)
			continue;
		at = DP_OUTPUT;
		rom_put16(gpu, DP + 9, (uint16_t)at);
		rom_put16(gpu, at, 6);
		rom_put16(gpu, at + 2, output_mask(c));
		rom_put16(gpu, at + 5, SCRIPT_NOTHING);
		rom_put16(gpu, at + 7, SCRIPT_NOTHING);
		/* by rate, from 0 on: the same */
		rom_put16(gpu, at + 9, DP_RATES);
		rom_put8(gpu, DP_RATES, 0);
		rom_put16(gpu, DP_RATES + 1, SCRIPT_NOTHING);
		rom_put16(gpu, at + 11, SCRIPT_NOTHING);
		rom_put16(gpu, at + 13, SCRIPT_NOTHING);
		rom_put16(gpu, at + 15, SCRIPT_NOTHING);
	}
}

void board_tables(struct gpu *gpu)
{
	if (!gpu->board)
		return;
	put_dcb(gpu, gpu->board);
	put_connectors(gpu, gpu->board);
	if (!gpu->board->no_plls)
		put_plls(gpu);
	put_scripts(gpu);
	put_outputs(gpu, gpu->board);
	put_dp(gpu, gpu->board);
}
