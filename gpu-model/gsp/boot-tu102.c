// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Programs for the GSP's and SEC2's falcons on Turing, and its RISC-V core.
 *
 * The driver writes words into a falcon's memory, through ports (falcon.c): the booter
 * as a whole, of FWSEC a loader, which fetches code and data from system memory. What
 * the loader has to fetch begins the falcon's data.
 *
 *	+0x408     SEC2: 20: a debug board, whose programs have other signatures
 *	0x111240   the core; 0: it runs
 *	0x1112b4   interrupts that the core leaves to the driver
 *
 * Known from: nouveau gsp/tu102.c (tu102_gsp_fwsec_load_bld, tu102_gsp_booter_ctor),
 * falcon/gm200.c (gm200_flcn_fw_load), falcon/tu102.c (tu102_flcn_riscv_active).
 */
#include "gsp.h"

#define GSP_FBIF 0x110600
#define FBIF_SYSTEM 5			/* physical, coherent */

/* What the driver writes into the falcon's memory for the loader. */
struct fwsec_loader {
	uint32_t reserved[4];
	uint32_t signature[4];
	uint32_t dma;
	uint32_t code_lo, code_hi;
	uint32_t open_offset, open_size;
	uint32_t secure_offset, secure_size;
	uint32_t entry;
	uint32_t data_lo, data_hi;
	uint32_t data_size;
};

static const char *fwsec(struct gpu *gpu, uint8_t *data)
{
	struct fwsec_loader loader;
	uint8_t code[FWSEC_CODE];
	uint64_t code_at, data_at;

	memcpy(&loader, gpu->gsp->falcon.dmem.data, sizeof(loader));
	code_at = (uint64_t)loader.code_hi << 32 | loader.code_lo;
	data_at = (uint64_t)loader.data_hi << 32 | loader.data_lo;
	if (!gpu->gsp->falcon.running)
		return "no loader";
	if (loader.dma > 7 || *reg_at(gpu, GSP_FBIF + loader.dma * 4) != FBIF_SYSTEM)
		return "its DMA does not go to system memory";
	if (loader.open_size + loader.secure_size != FWSEC_CODE || loader.data_size != FWSEC_DATA ||
	    loader.secure_offset != FWSEC_SECURE)
		return "sizes that are not those of the VBIOS";
	if (!memory_read(gpu, APER_SYS_NONCOHERENT, code_at, code, sizeof(code)) ||
	    !memory_read(gpu, APER_SYS_NONCOHERENT, data_at, data, FWSEC_DATA))
		return "code or data are not there";
	if (!firmware_is(code, sizeof(code), FIRMWARE_FWSEC_CODE, 0))
		return "code that is not that of the VBIOS";
	return fwsec_data_is_ours(data) ? NULL : "data that are not those of the VBIOS";
}

/* The ends of its data: the signature is between them. */
static bool is_booter(const uint8_t *data, enum firmware_part part)
{
	uint32_t first = FIRMWARE_BOOTER_DATA / 4, last = FIRMWARE_BOOTER_DATA_SIZE - 4;

	return firmware_is(data, 4, part, first) && firmware_is(data + last, 4, part, first + last / 4);
}

static const char *booter(struct gpu *gpu, enum firmware_part *part)
{
	const uint8_t *data = gpu->gsp->sec2.dmem.data;

	if (!firmware_is(data + FIRMWARE_BOOTER_PATCH, FIRMWARE_AES_SIGNATURE,
			 FIRMWARE_BOOTER_SIGNATURE, 0))
		return "no signature";
	for (*part = FIRMWARE_BOOTER_LOAD; *part <= FIRMWARE_BOOTER_UNLOAD; (*part)++)
		if (is_booter(data, *part))
			return NULL;
	return "not one of the booters";
}

static const char *core(struct gpu *gpu)
{
	(void)gpu;
	return NULL;
}

static void reset(struct gpu *gpu, uint32_t base)
{
	(void)gpu;
	(void)base;
}

const struct gsp_boot gsp_boot_tu102 = {
	.name = "programs through ports",
	.known_from = "nouveau gsp/tu102.c, falcon/gm200.c (gm200_flcn_fw_load)",
	.riscv_cpuctl = GSP + 0x1240,
	.riscv_active = BIT(0),
	.riscv_irq_mask = GSP + 0x12b4,
	.fwsec = fwsec,
	.booter = booter,
	.core = core,
	.reset = reset,
};

static const struct reg regs[] = {
	{ GSP + 0x1240, .name = "RISCV_CPUCTL", .flags = REG_RO },
	{ GSP + 0x12b4, .name = "RISCV_IRQ_MASK", .flags = REG_RO },
	{ SEC2 + 0x408, .name = "DEBUG", .flags = REG_RO },
};

const struct block block_gsp_tu102 = {
	.name = "GSP.RISCV",
	.known_from = "nouveau gsp/tu102.c (tu102_gsp_flcn), sec2/tu102.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};
