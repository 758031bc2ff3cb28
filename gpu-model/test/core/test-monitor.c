// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Monitors, through the pins that lead to them: EDID, DisplayPort, plugs.
 */
#include "card.h"
#include "display/board.h"

#define DVI 0
#define DP 1
#define HDMI 2

static void make(const char *chip, const char *monitors)
{
	card_new_as((struct gpu_config){ .chip = chip, .seed = 1, .board = "desktop", .monitors = monitors });
}

/* --- I2C, bit by bit ---------------------------------------------------------- */

static uint32_t wires;		/* the port's register */

static void drive(bool scl, bool sda)
{
	wr(wires, 4 | sda << 1 | scl);
}

static bool sda(void)
{
	return rd(wires) >> 5 & 1;
}

static void i2c_start(void)
{
	drive(true, true);
	drive(true, false);
	drive(false, false);
}

static void i2c_stop(void)
{
	drive(false, false);
	drive(true, false);
	drive(true, true);
}

static void bit_out(bool bit)
{
	drive(false, bit);
	drive(true, bit);
	drive(false, bit);
}

static bool bit_in(void)
{
	bool bit;

	drive(false, true);
	drive(true, true);
	bit = sda();
	drive(false, true);
	return bit;
}

/* Whether somebody took it. */
static bool byte_out(uint8_t byte)
{
	int i;

	for (i = 7; i >= 0; i--)
		bit_out(byte >> i & 1);
	return !bit_in();
}

static uint8_t byte_in(bool more)
{
	uint8_t byte = 0;
	int i;

	for (i = 0; i < 8; i++)
		byte = (uint8_t)(byte << 1 | bit_in());
	bit_out(!more);
	return byte;
}

static bool read_edid(unsigned int port, uint8_t from, uint8_t *to, unsigned int size)
{
	unsigned int i;

	wires = 0xd014 + port * 0x20;
	i2c_start();
	if (!byte_out(0xa0) || !byte_out(from)) {
		i2c_stop();
		return false;
	}
	i2c_start();
	if (!byte_out(0xa1))
		return false;
	for (i = 0; i < size; i++)
		to[i] = byte_in(i + 1 < size);
	i2c_stop();
	/* Nobody pulls when it is over. */
	return sda();
}

static uint8_t sum(const uint8_t *block)
{
	uint8_t total = 0;
	unsigned int i;

	for (i = 0; i < EDID_BLOCK; i++)
		total += block[i];
	return total;
}

static void edid_by_i2c(void)
{
	static const uint8_t magic[8] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	uint8_t edid[256], again[3];

	make("gm107", "dvi,hdmi");
	check(read_edid(0, 0, edid, 128));
	check(!memcmp(edid, magic, 8));
	check_eq(sum(edid), 0);
	check_eq(edid[126], 0);
	/* 65 MHz, 1024 of 1344 by 768 of 806 */
	check_eq(edid[54] | edid[55] << 8, 6500);
	check_eq(edid[56] | (edid[58] & 0xf0) << 4, 1024);
	check_eq(edid[57] | (edid[58] & 0x0f) << 8, 320);
	check_eq(edid[59] | (edid[61] & 0xf0) << 4, 768);
	check_eq(edid[60] | (edid[61] & 0x0f) << 8, 38);
	/* From the middle, and on from there. */
	check(read_edid(0, 8, again, 3));
	check(!memcmp(again, edid + 8, 3));
	check(read_edid(2, 0, edid, 255));
	edid[255] = 0;
	read_edid(2, 255, edid + 255, 1);
	check_eq(sum(edid), 0);
	check_eq(edid[126], 1);
	check_eq(edid[128], 2);
	check_eq(sum(edid + 128), 0);
	check_eq(gpu_failures(card), 0);
}

static void nobody_there(void)
{
	uint8_t byte;

	make("gm107", "dp");
	check(!read_edid(0, 0, &byte, 1));
	/* Another address on a port with a monitor; a port without a connector. */
	board_plug(card, DVI, true);
	check(read_edid(0, 0, &byte, 1));
	i2c_start();
	check(!byte_out(0xa4));
	i2c_stop();
	check(!read_edid(3, 0, &byte, 1));
	/* Unplugged in the middle of a byte: the wire is let go. */
	wires = 0xd014;
	i2c_start();
	byte_out(0xa0);
	byte_out(0);
	i2c_start();
	byte_out(0xa1);
	check(!sda());
	board_plug(card, DVI, false);
	check(sda());
	check_eq(gpu_failures(card), 0);
}

/* --- AUX ------------------------------------------------------------------------ */

static uint32_t aux;		/* the port's registers */

/* The status; a negative @size reads. */
static uint32_t transfer(unsigned int request, uint32_t addr, void *data, int size)
{
	unsigned int n = (unsigned int)(size < 0 ? -size : size), i;
	uint32_t words[4] = { 0 };

	if (size > 0)
		memcpy(words, data, n);
	for (i = 0; i < 4; i++)
		wr(aux + i * 4, words[i]);
	wr(aux + 0x20, addr);
	wr(aux + 0x24, request << 12 | (n ? n - 1 : 0x100) | BIT(16));
	check(!(rd(aux + 0x24) & BIT(16)));
	for (i = 0; i < 4; i++)
		words[i] = rd(aux + 0x10 + i * 4);
	if (size < 0)
		memcpy(data, words, n);
	return rd(aux + 0x28);
}

static uint8_t dpcd(uint32_t addr)
{
	uint8_t byte = 0;

	check_eq(transfer(AUX_READ, addr, &byte, -1) & 0x000f011f, 1);
	return byte;
}

static void set_dpcd(uint32_t addr, uint8_t value)
{
	check_eq(transfer(AUX_WRITE, addr, &value, 1) & 0x000f0100, 0);
}

/* What SOR 1 sends: @rate in 270 Mbit/s, a mask of lanes, a pattern on each. */
static void send(unsigned int rate, unsigned int lanes, unsigned int pattern)
{
	wr(0x612b00, rate << 18);
	wr(0x61c90c, lanes << 16);
	wr(0x61c910, pattern * 0x01010101);
}

static void train(unsigned int rate, unsigned int lanes)
{
	set_dpcd(0x100, (uint8_t)rate);
	set_dpcd(0x101, (uint8_t)(0x80 | lanes));
	send(rate, BIT(lanes) - 1, 1);
	set_dpcd(0x102, 0x21);
}

static void equalize(unsigned int rate, unsigned int lanes)
{
	send(rate, BIT(lanes) - 1, 2);
	set_dpcd(0x102, 0x22);
}

static void link_training(void)
{
	make("gm107", "dp");
	aux = 0xe4c0 + 0x50;
	check_eq(dpcd(0x000), 0x12);
	check_eq(dpcd(0x001), 0x0a);
	check_eq(dpcd(0x002), 0x84);
	train(0x0a, 4);
	check_eq(dpcd(0x202), 0x11);
	check_eq(dpcd(0x203), 0x11);
	check_eq(dpcd(0x204), 0);
	check(!monitor_trained(board_monitor(card, DP)));
	equalize(0x0a, 4);
	check_eq(dpcd(0x202), 0x77);
	check_eq(dpcd(0x203), 0x77);
	check_eq(dpcd(0x204), 1);
	send(0x0a, 0xf, 0x10);
	set_dpcd(0x102, 0);
	check(monitor_trained(board_monitor(card, DP)));
	/* Two lanes: the others say nothing. */
	train(0x06, 2);
	check_eq(dpcd(0x202), 0x11);
	check_eq(dpcd(0x203), 0);
	check_eq(gpu_failures(card), 0);
}

static void link_not_trained(void)
{
	make("gm107", "dp");
	aux = 0xe4c0 + 0x50;
	/* The source says pattern 1 and sends another. */
	train(0x0a, 4);
	set_dpcd(0x101, 0x84);
	send(0x0a, 0xf, 2);
	check_eq(dpcd(0x202), 0);
	/* Another rate, too few lanes, a rate that the sink has not. */
	train(0x0a, 4);
	send(0x06, 0xf, 1);
	check_eq(dpcd(0x202), 0);
	train(0x0a, 4);
	send(0x0a, 0x3, 1);
	check_eq(dpcd(0x202), 0);
	train(0x14, 4);
	check_eq(dpcd(0x202), 0);
	/* Equalization without a lock. */
	set_dpcd(0x100, 0x0a);
	equalize(0x0a, 4);
	check_eq(dpcd(0x202), 0);
	check_eq(dpcd(0x204), 0);
	/* Off, or unplugged: it begins anew. */
	train(0x0a, 4);
	check_eq(dpcd(0x202), 0x11);
	equalize(0x0a, 4);
	check_eq(dpcd(0x204), 1);
	check(monitor_trained(board_monitor(card, DP)));
	set_dpcd(0x600, 2);
	check(!monitor_trained(board_monitor(card, DP)));
	/* Capabilities are not written. */
	set_dpcd(0x001, 0x14);
	check_eq(dpcd(0x001), 0x0a);
	check_eq(gpu_failures(card), 0);
}

/* A bad cable: four lanes do not lock, the high rate does not equalize, two slow lanes work. */
static void weak_link(void)
{
	make("gm107", "dp");
	aux = 0xe4c0 + 0x50;
	check(gpu_control(card, "weaken dp"));
	train(0x06, 4);
	check_eq(dpcd(0x202), 0);
	train(0x0a, 2);
	check_eq(dpcd(0x202), 0x11);
	equalize(0x0a, 2);
	check_eq(dpcd(0x204), 0);
	train(0x06, 2);
	check_eq(dpcd(0x202), 0x11);
	equalize(0x06, 2);
	check_eq(dpcd(0x204), 1);
	check(monitor_trained(board_monitor(card, DP)));
	/* A good one */
	check(gpu_control(card, "unplug dp"));
	check(gpu_control(card, "plug dp"));
	train(0x0a, 4);
	check_eq(dpcd(0x202), 0x11);
	check_eq(gpu_failures(card), 0);
}

static void edid_by_aux(void)
{
	uint8_t edid[128], at = 0;
	unsigned int i;

	make("gm107", "dp");
	aux = 0xe4c0 + 0x50;
	check_eq(transfer(AUX_I2C_WRITE | AUX_I2C_MORE, 0x50, &at, 1) & 0x000f0100, 0);
	for (i = 0; i < 128; i += 16)
		check_eq(transfer(AUX_I2C_READ | AUX_I2C_MORE, 0x50, edid + i, -16) & 0x000f011f, 16);
	check_eq(sum(edid), 0);
	check_eq(edid[1], 0xff);
	/* No other device; no sink. */
	check_eq(transfer(AUX_I2C_WRITE, 0x51, &at, 1) >> 16 & 0xf, AUX_I2C_NACK);
	check(rd(aux + 0x28) & BIT(28));
	board_plug(card, DP, false);
	check(!(rd(aux + 0x28) & BIT(28)));
	check_eq(transfer(AUX_READ, 0, &at, -1) & 0x100, 0x100);
	check_eq(gpu_failures(card), 0);
}

/* The same port, where the second Maxwell has it, and behind a route. */
static void aux_of_gm206(void)
{
	make("gm206", "dp");
	aux = 0xd930 + 0x50;
	check_eq(dpcd(0x000), 0x12);
	train(0x0a, 4);
	check_eq(dpcd(0x202), 0);
	wr(0x612308 + 0x100, 2);
	check_eq(dpcd(0x202), 0x11);
	wr(aux + 0x24, 2u << 20);
	check_eq(rd(aux + 0x24) >> 24 & 3, 2);
	check_eq(gpu_failures(card), 0);
}

static void too_long(void)
{
	uint8_t data[16];

	make("gm107", "dp");
	aux = 0xe4c0 + 0x50;
	wr(aux + 0x24, AUX_READ << 12 | 16 | BIT(16));
	check_eq(gpu_failures(card), 1);
	fflush(said_file);
	check(strstr(said, "STRICT: display: bad AUX transfer"));
	check_eq(transfer(AUX_READ, 0, data, -16) & 0x1f, 16);
	check_eq(gpu_failures(card), 1);
}

/* --- plugs ------------------------------------------------------------------------ */

static bool interrupted(void)
{
	return rd(0x100) & BIT(21);
}

static void plugs(void)
{
	make("gm107", "hdmi");
	check_eq(rd(0xd614) & 0x4000, 0);
	check_eq(rd(0xd618) & 0x4000, 0);
	check_eq(rd(0xd61c) & 0x4000, 0x4000);
	check(!interrupted());
	wr(0xdc08, BIT(1) | BIT(17));
	board_plug(card, DVI, true);
	check(interrupted());
	check_eq(rd(0xdc00), BIT(1));
	check_eq(rd(0xd614) & 0x4000, 0x4000);
	wr(0xdc00, BIT(1));
	check(!interrupted());
	/* Again is no change. */
	board_plug(card, DVI, true);
	check(!interrupted());
	board_plug(card, DVI, false);
	check_eq(rd(0xdc00), BIT(17));
	wr(0xdc00, BIT(17));
	/* DisplayPort tells by AUX too. */
	board_plug(card, DP, true);
	check(!interrupted());
	wr(0xdc68, 0x30);
	check(interrupted());
	check_eq(rd(0xdc60), 1 << 4);
	wr(0xdc60, 1 << 4);
	check(!interrupted());
	board_plug(card, DP, false);
	check_eq(rd(0xdc60), 2 << 4);
	check(interrupted());
	check_eq(gpu_failures(card), 0);
}

static void names(void)
{
	check(board_names("dvi", "dvi"));
	check(board_names("hdmi,dvi", "dvi"));
	check(!board_names("hdmi,dvix", "dvi"));
	check(!board_names("", "dvi"));
	check(!board_names("dp", "dvi"));
	check(gpu_has_board("desktop"));
	check(!gpu_has_board("deskto"));
}

static const struct test_case cases[] = {
	{ "edid-by-i2c", edid_by_i2c, card_free },
	{ "nobody-there", nobody_there, card_free },
	{ "link-training", link_training, card_free },
	{ "link-not-trained", link_not_trained, card_free },
	{ "weak-link", weak_link, card_free },
	{ "edid-by-aux", edid_by_aux, card_free },
	{ "aux-of-gm206", aux_of_gm206, card_free },
	{ "too-long", too_long, card_free },
	{ "plugs", plugs, card_free },
	{ "names", names, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
