// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A VBIOS, as small as a driver can use: the ROM at 0x300000.
 *
 * A PCI ROM image with the table of tables ("BIT") that drivers look for:
 *
 *	i   version of the VBIOS
 *	I   scripts that set up the card; none, as it is set up ("posted")
 *	P   performance: at 4 the table of memory clocks, at 0xc of voltages
 *	p   programs for the PMU (later Maxwell and up): one, the interpreter of
 *	    the scripts (type 4), that nobody runs as there are none; from Turing
 *	    on a second, FWSEC (type 0x85), that the GSP's falcon runs
 *
 * A board with connectors has more of them, from 0x300 on (display/board.c).
 *
 * Known from: open-gpu-doc's BIOS-Information-Table and DCB; nouveau
 * nvkm/subdev/bios (shadowrom.c, bit.c, pcir.c, rammap.c, volt.c,
 * pmu.c).
 */
#include <string.h>

#include "gpu.h"
#include "gsp/fwsec.h"

#define ROM_BASE 0x300000
#define ROM_END 0x400000

struct rom {
	uint8_t data[128 * 1024];
};

#define IMAGE_SIZE 0x1800
#define PCIR 0x40
#define BIT_TABLE 0x80
#define TABLE_I 0x100
#define TABLE_II 0x120
#define TABLE_P 0x140
#define TABLE_PMU_REF 0x200
#define RAMMAP 0x220
#define VOLT 0x240
#define PMU_TABLE 0x260
#define PMU_PROGRAM 0x280
#define FWSEC 0x800
#define FWSEC_HEADER 60
#define FWSEC_HEADER_V3 0x2c

void rom_put8(struct gpu *gpu, unsigned int at, uint8_t value)
{
	gpu->rom->data[at] = value;
}

void rom_put16(struct gpu *gpu, unsigned int at, uint16_t value)
{
	rom_put8(gpu, at, (uint8_t)value);
	rom_put8(gpu, at + 1, (uint8_t)(value >> 8));
}

void rom_put32(struct gpu *gpu, unsigned int at, uint32_t value)
{
	rom_put16(gpu, at, (uint16_t)value);
	rom_put16(gpu, at + 2, (uint16_t)(value >> 16));
}

void rom_bit_entry(struct gpu *gpu, char id, uint8_t version, uint16_t length, uint16_t offset)
{
	unsigned int n = gpu->rom->data[BIT_TABLE + 10]++;
	unsigned int at = BIT_TABLE + 12 + n * 6;

	rom_put8(gpu, at, (uint8_t)id);
	rom_put8(gpu, at + 1, version);
	rom_put16(gpu, at + 2, length);
	rom_put16(gpu, at + 4, offset);
}

static void image(struct gpu *gpu)
{
	rom_put16(gpu, 0, 0xaa55);
	rom_put8(gpu, 2, IMAGE_SIZE / 512);
	rom_put16(gpu, 0x18, PCIR);
	memcpy(&gpu->rom->data[PCIR], "PCIR", 4);
	rom_put16(gpu, PCIR + 0x04, 0x10de);
	rom_put16(gpu, PCIR + 0x06, gpu->chip->pci_device);
	rom_put16(gpu, PCIR + 0x0a, 0x18);
	rom_put8(gpu, PCIR + 0x0e, 0x02);
	rom_put8(gpu, PCIR + 0x0f, 0x03);
	rom_put16(gpu, PCIR + 0x10, IMAGE_SIZE / 512);
	rom_put8(gpu, PCIR + 0x15, 0x80);		/* the last image */

	memcpy(&gpu->rom->data[BIT_TABLE], "\xff\xb8" "BIT", 5);
	rom_put8(gpu, BIT_TABLE + 6, 0x00);
	rom_put8(gpu, BIT_TABLE + 7, 0x01);		/* version 1.0 */
	rom_put8(gpu, BIT_TABLE + 8, 12);		/* header */
	rom_put8(gpu, BIT_TABLE + 9, 6);		/* each entry */
}

static void tables(struct gpu *gpu)
{
	rom_bit_entry(gpu, 'i', 2, 16, TABLE_I);
	rom_bit_entry(gpu, 'I', 1, 28, TABLE_II);
	rom_bit_entry(gpu, 'P', 2, 0x80, TABLE_P);
	rom_put32(gpu, TABLE_I, 0x82000000 | (gpu->chip->boot0 >> 20 & 0xff) << 16);
	rom_put32(gpu, TABLE_P + 0x04, RAMMAP);
	rom_put32(gpu, TABLE_P + 0x0c, VOLT);

	/* Memory clocks: version 1.1, a header and no entries. */
	rom_put8(gpu, RAMMAP, 0x11);
	rom_put8(gpu, RAMMAP + 1, 0x15);
	rom_put8(gpu, RAMMAP + 2, 0x11);
	rom_put8(gpu, RAMMAP + 3, 0x0c);
	/* Voltages: version 4.0, a header; 0.9 V, in no steps. */
	rom_put8(gpu, VOLT, 0x40);
	rom_put8(gpu, VOLT + 1, 0x12);
	rom_put32(gpu, VOLT + 4, 900000);
}

static void pmu_tables(struct gpu *gpu)
{
	tables(gpu);
	rom_bit_entry(gpu, 'p', 2, 4, TABLE_PMU_REF);
	rom_put32(gpu, TABLE_PMU_REF, PMU_TABLE);
	rom_put8(gpu, PMU_TABLE, 1);
	rom_put8(gpu, PMU_TABLE + 1, 4);	/* header */
	rom_put8(gpu, PMU_TABLE + 2, 6);	/* each entry */
	rom_put8(gpu, PMU_TABLE + 3, 1);
	rom_put8(gpu, PMU_TABLE + 4, 4);	/* runs the scripts */
	rom_put32(gpu, PMU_TABLE + 6, PMU_PROGRAM);
}

/* Words that no other program has, so that the model sees which one is loaded. */
static void put_program(struct gpu *gpu, unsigned int at, enum firmware_part part, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size / 4; i++)
		rom_put32(gpu, at + i * 4, firmware_word(part, i));
}

/* A second program of the table, at @code. */
static void put_fwsec(struct gpu *gpu, unsigned int code)
{
	unsigned int data = code + FWSEC_CODE;

	rom_put8(gpu, PMU_TABLE + 3, 2);
	rom_put8(gpu, PMU_TABLE + 10, 0x85);
	rom_put32(gpu, PMU_TABLE + 12, FWSEC);
	put_program(gpu, code, FIRMWARE_FWSEC_CODE, FWSEC_CODE);
	put_program(gpu, data, FIRMWARE_FWSEC_DATA, FWSEC_DATA);
	/* A table of interfaces with one, the mapper. */
	rom_put32(gpu, data + FWSEC_INTERFACE, 1 | 4 << 8 | 8 << 16 | 1 << 24);
	rom_put32(gpu, data + FWSEC_INTERFACE + 4, 4);
	rom_put32(gpu, data + FWSEC_INTERFACE + 8, FWSEC_MAPPER);
	memset(&gpu->rom->data[data + FWSEC_MAPPER], 0, FWSEC_MAPPER_SIZE);
	memcpy(&gpu->rom->data[data + FWSEC_MAPPER], "DMAP", 4);
	rom_put16(gpu, data + FWSEC_MAPPER + 4, 3);
	rom_put16(gpu, data + FWSEC_MAPPER + 6, FWSEC_MAPPER_SIZE);
	rom_put32(gpu, data + FWSEC_MAPPER + 8, FWSEC_INPUT);
	rom_put32(gpu, data + FWSEC_MAPPER + 12, FWSEC_INPUT_SIZE);
}

/* How to load FWSEC: version 2 of the header. */
static void fwsec_tables(struct gpu *gpu)
{
	pmu_tables(gpu);
	rom_put32(gpu, FWSEC, FWSEC_HEADER << 16 | 2 << 8 | 1);
	rom_put32(gpu, FWSEC + 4, FWSEC_CODE + FWSEC_DATA);
	rom_put32(gpu, FWSEC + 8, FWSEC_CODE + FWSEC_DATA);
	rom_put32(gpu, FWSEC + 16, FWSEC_INTERFACE);
	rom_put32(gpu, FWSEC + 24, FWSEC_CODE);
	rom_put32(gpu, FWSEC + 32, FWSEC_SECURE);
	rom_put32(gpu, FWSEC + 36, FWSEC_CODE - FWSEC_SECURE);
	rom_put32(gpu, FWSEC + 40, FWSEC_CODE);
	rom_put32(gpu, FWSEC + 48, FWSEC_DATA);
	put_fwsec(gpu, FWSEC + FWSEC_HEADER);
}

/* Version 3: signatures are between the header and the program. */
static void signed_fwsec_tables(struct gpu *gpu)
{
	unsigned int at = FWSEC + FWSEC_HEADER_V3, count;

	pmu_tables(gpu);
	for (count = 0; FWSEC_VERSIONS >> count; count++, at += FIRMWARE_RSA_SIGNATURE)
		put_program(gpu, at, FIRMWARE_FWSEC_SIGNATURE + count, FIRMWARE_RSA_SIGNATURE);
	rom_put32(gpu, FWSEC, (at - FWSEC) << 16 | 3 << 8 | 1);
	rom_put32(gpu, FWSEC + 4, FWSEC_CODE + FWSEC_DATA_MOST);
	rom_put32(gpu, FWSEC + 8, FWSEC_SIGNATURE);
	rom_put32(gpu, FWSEC + 12, FWSEC_INTERFACE);
	rom_put32(gpu, FWSEC + 20, FWSEC_CODE);
	rom_put32(gpu, FWSEC + 32, FWSEC_DATA_MOST);
	rom_put16(gpu, FWSEC + 36, FWSEC_ENGINE);
	rom_put8(gpu, FWSEC + 38, FWSEC_UCODE);
	rom_put8(gpu, FWSEC + 39, (uint8_t)count);
	rom_put16(gpu, FWSEC + 40, FWSEC_VERSIONS);
	put_fwsec(gpu, at);
}

const struct boot_ops boot_gf100 = {
	.name = "scripts that the driver runs",
	.known_from = "nouveau devinit/gf100.c (gf100_devinit_preinit), bios/bit.c",
	.rom = tables,
};

const struct boot_ops boot_gm200 = {
	.name = "scripts that the PMU runs",
	.known_from = "nouveau devinit/gm200.c (gm200_devinit_post), bios/pmu.c",
	.rom = pmu_tables,
};

const struct boot_ops boot_tu102 = {
	.name = "FWSEC on the GSP",
	.known_from = "nouveau gsp/fwsec.c (nvkm_gsp_fwsec_init), bios/pmu.c",
	.rom = fwsec_tables,
	.gsp = &gsp_boot_tu102,
};

const struct boot_ops boot_ga102 = {
	.name = "FWSEC on the GSP, signed by RSA",
	.known_from = "nouveau gsp/fwsec.c (nvkm_gsp_fwsec_v3), bios/pmu.c",
	.rom = signed_fwsec_tables,
	.gsp = &gsp_boot_ga102,
};

static void init(struct gpu *gpu)
{
	unsigned int i;
	uint8_t sum = 0;

	image(gpu);
	gpu->chip->boot->rom(gpu);
	board_tables(gpu);
	for (i = 0; i < IMAGE_SIZE; i++)
		sum += gpu->rom->data[i];
	rom_put8(gpu, IMAGE_SIZE - 1, (uint8_t)-sum);
}

static uint64_t read(struct gpu *gpu, uint32_t offset, unsigned int size)
{
	uint64_t value = 0;

	if (offset + size <= sizeof(gpu->rom->data))
		memcpy(&value, gpu->rom->data + offset, size);
	return value;
}

static const struct window window = {
	.name = "ROM",
	.from = ROM_BASE,
	.to = ROM_END,
	.read = read,
};

const struct block block_rom = {
	.name = "PROM",
	.known_from = "nouveau bios/shadowrom.c",
	.window = &window,
	BLOCK_STATE(rom),
	.init = init,
};
