// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * EDID: what a monitor says of itself. Made here of a few facts, the maker "NGV" and
 * its modes among them; each link has a name of its own.
 *
 * HDMI's has a second block (CEA-861): it takes sound, two channels of PCM, and it is
 * HDMI by the vendor block of HDMI Licensing.
 *
 * Known from: VESA's E-EDID standard, release A (1.4); CEA-861-D, sections 7.5 and 7.7;
 * VESA's DMT standard (the modes).
 */
#include <string.h>

#include "monitor.h"

/* DMT 10h and 09h: 1024x768 and 800x600, at 60 Hz. */
static const struct timing timings[] = {
	{ 65000, 1024, 24, 136, 320, 768, 3, 6, 38 },
	{ 40000, 800, 40, 128, 256, 600, 1, 4, 28 },
};

static uint8_t low(unsigned int value)
{
	return (uint8_t)value;
}

/* Four bits of each, the first above. */
static uint8_t pair(unsigned int first, unsigned int second)
{
	return (uint8_t)((first & 0xf) << 4 | (second & 0xf));
}

static void put_timing(uint8_t *at, const struct timing *t)
{
	const unsigned int width_mm = 340, height_mm = 255;

	at[0] = low(t->khz / 10);
	at[1] = low(t->khz / 10 >> 8);
	at[2] = low(t->width);
	at[3] = low(t->h_blank);
	at[4] = pair(t->width >> 8, t->h_blank >> 8);
	at[5] = low(t->height);
	at[6] = low(t->v_blank);
	at[7] = pair(t->height >> 8, t->v_blank >> 8);
	at[8] = low(t->h_front);
	at[9] = low(t->h_sync);
	at[10] = pair(t->v_front, t->v_sync);
	at[11] = (uint8_t)((t->h_front >> 8 & 3) << 6 | (t->h_sync >> 8 & 3) << 4 |
			   (t->v_front >> 4 & 3) << 2 | (t->v_sync >> 4 & 3));
	at[12] = low(width_mm);
	at[13] = low(height_mm);
	at[14] = pair(width_mm >> 8, height_mm >> 8);
	at[17] = 0x18;			/* separate sync, both pulses negative */
}

/* A descriptor of text: 13 characters, ended by a line feed. */
static void put_name(uint8_t *at, const char *name)
{
	size_t length = strlen(name);

	at[3] = 0xfc;
	memset(at + 5, ' ', 13);
	memcpy(at + 5, name, length);
	at[5 + length] = '\n';
}

static void put_limits(uint8_t *at)
{
	static const uint8_t limits[] = {
		56, 76,			/* Hz, frames */
		30, 61,			/* kHz, lines */
		17,			/* 170 MHz, pixels */
		0x01,			/* nothing but these limits */
		'\n', ' ', ' ', ' ', ' ', ' ', ' ',
	};

	at[3] = 0xfd;
	memcpy(at + 5, limits, sizeof(limits));
}

static void put_sum(uint8_t *block)
{
	uint8_t sum = 0;
	unsigned int i;

	for (i = 0; i < EDID_BLOCK - 1; i++)
		sum += block[i];
	block[EDID_BLOCK - 1] = (uint8_t)-sum;
}

static void make_base(struct monitor *monitor)
{
	static const char *const name[] = {
		[MONITOR_DVI] = "Model DVI", [MONITOR_HDMI] = "Model HDMI", [MONITOR_DP] = "Model DP",
	};
	/* Five bits a letter, A is 1. */
	const unsigned int maker = ('N' - '@') << 10 | ('G' - '@') << 5 | ('V' - '@');
	/* sRGB's primaries and white point, ten bits each: x and y of red, green, blue, white */
	static const uint16_t chromaticity[8] = { 655, 338, 307, 614, 154, 61, 320, 337 };
	uint8_t *edid = monitor->edid;
	unsigned int i;

	memset(edid + 1, 0xff, 6);
	edid[8] = (uint8_t)(maker >> 8);
	edid[9] = low(maker);
	edid[10] = low(1 + monitor->link);	/* product */
	edid[12] = 1;				/* serial number */
	edid[16] = 1;				/* week and year (since 1990) of production */
	edid[17] = 35;
	edid[18] = 1;
	edid[19] = 4;
	edid[20] = 0x80 | 2 << 4 | (monitor->link == MONITOR_DP ? 5 : monitor->link == MONITOR_HDMI ? 2 : 1);
	edid[21] = 34;				/* cm */
	edid[22] = 26;
	edid[23] = 120;				/* gamma 2.2 */
	edid[24] = 0x06;			/* sRGB, and the first timing is the native one */
	for (i = 0; i < 8; i++) {
		edid[25 + i / 4] |= (uint8_t)((chromaticity[i] & 3) << (6 - i % 4 * 2));
		edid[27 + i] = (uint8_t)(chromaticity[i] >> 2);
	}
	edid[35] = 0x01;			/* 800x600, */
	edid[36] = 0x08;			/* ... 1024x768 at 60 Hz */
	memset(edid + 38, 0x01, 16);		/* no more of the standard timings */
	put_timing(edid + 54, &timings[0]);
	put_timing(edid + 72, &timings[1]);
	put_name(edid + 90, name[monitor->link]);
	put_limits(edid + 108);
	edid[126] = monitor->link == MONITOR_HDMI;
	put_sum(edid);
}

static void make_cea(uint8_t *block)
{
	uint8_t *at = block + 4;

	block[0] = 0x02;
	block[1] = 3;
	block[3] = 0x40;			/* it takes sound */
	/* sound: PCM, two channels, 32 to 48 kHz, 16 to 24 bits */
	*at++ = 1 << 5 | 3;
	*at++ = 1 << 3 | 1;
	*at++ = 0x07;
	*at++ = 0x07;
	/* speakers: front left and right */
	*at++ = 4 << 5 | 3;
	*at++ = 0x01;
	*at++ = 0;
	*at++ = 0;
	/* HDMI: its number, and where the monitor is in the tree of them, 1.0.0.0 */
	*at++ = 3 << 5 | 5;
	*at++ = 0x03;
	*at++ = 0x0c;
	*at++ = 0x00;
	*at++ = 0x10;
	*at++ = 0x00;
	block[2] = (uint8_t)(at - block);
	put_sum(block);
}

void edid_make(struct monitor *monitor)
{
	make_base(monitor);
	if (monitor->link == MONITOR_HDMI)
		make_cea(monitor->edid + EDID_BLOCK);
}
