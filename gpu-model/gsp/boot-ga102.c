// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Programs for the GSP's and SEC2's falcons from GA102 on, and the GSP's RISC-V core.
 *
 * The driver brings code and data into a falcon by DMA, 256 bytes at a time. When the
 * falcon starts, its boot ROM checks a signature (RSA, 3072 bits) that the driver has
 * put into the data, and runs the code if that is right. The firmware has a signature
 * for each version of a program that may run; a fuse says which is the oldest, and the
 * driver takes the signature that fits.
 *
 *	+0x0f4           31: it may be reset; 12: its memory is being cleared; 10: there
 *	                 is a RISC-V core
 *	+0x110, +0x128   where from, in 256 bytes: low, high
 *	+0x114           where to, in its memory
 *	+0x11c           plus where from, in bytes; for code this is where it will run
 *	+0x118           go: 10:8 size, 6 is 256 bytes; 5 out of its memory; 4 code, 3:2
 *	                 signed; 14:12 which entry of FBIF leads there. 1: idle
 *	+0x3e8           raise the interrupt again if something is pending
 *	+0x1180          the signature's algorithm, 1: RSA
 *	+0x1198, +0x119c of what program, for which engine
 *	+0x1210          where in the data the signature is
 *	+0x1388          the RISC-V core; 7: it runs
 *	+0x1528          interrupts that the core leaves to the driver
 *	+0x1668          4: RISC-V, else falcon; 0: the switch is done; 8: fetch
 *	0x824140 + 4n    fuses of SEC2's program n + 1; 0x8241c0 + 4n of the GSP's
 *
 * The GSP's interrupt is a pulse. If a cause is still pending when the driver has
 * handled the interrupt, the GSP sends another one only if the driver asks (+0x3e8).
 *
 * Known from: nouveau falcon/ga102.c, falcon/ga100.c (ga100_flcn_fw_signature),
 * gsp/ga102.c; open-gpu-kernel-modules src/nvidia/src/kernel/gpu/gsp/arch/ampere
 * (kernel_gsp_falcon_ga102.c), src/nvidia/src/kernel/gpu/falcon/arch/ampere,
 * src/common/inc/swref/published/ampere/ga102 (dev_falcon_v4.h, dev_riscv_pri.h: what
 * the registers are after a reset).
 */
#include "gsp.h"

#define IRQ_STAT 0x008
#define HWCFG2 0x0f4
#define HWCFG2_RISCV BIT(10)
#define HWCFG2_RESET_READY BIT(31)
#define BOOT_VECTOR 0x104
#define DMA_BASE 0x110
#define DMA_TO 0x114
#define DMA_COMMAND 0x118
#define DMA_IDLE BIT(1)
#define DMA_SECURE(c) ((c) >> 2 & 3)
#define DMA_CODE BIT(4)
#define DMA_OUT BIT(5)
#define DMA_SIZE(c) ((c) >> 8 & 7)
#define DMA_ENTRY(c) ((c) >> 12 & 7)
#define DMA_COMMAND_KNOWN 0x773cu
#define DMA_FROM 0x11c
#define DMA_BASE_HIGH 0x128
#define FBIF 0x600
#define FBIF_SYSTEM 5			/* physical, coherent */
#define BROM_ALGORITHM 0x1180
#define BROM_UCODE 0x1198
#define BROM_ENGINE 0x119c
#define BROM_SIGNATURE 0x1210
#define CORE_SELECT 0x1668
#define CORE_DONE BIT(0)
#define CORE_RISCV BIT(4)
#define CORE_FETCH BIT(8)

#define BLOCK 0x100u

/* Of the two versions that there are, the fuse allows the newer one alone. */
#define FUSE 1u
#define SIGNATURE_FITS 1		/* the last of two */

static struct falcon *falcon_of(struct gpu *gpu, uint32_t base)
{
	return base == GSP ? &gpu->gsp->falcon : &gpu->gsp->sec2;
}

static struct code_blocks *code_of(struct gpu *gpu, uint32_t base)
{
	return &gpu->gsp->code[base == SEC2];
}

/* --- DMA ------------------------------------------------------------------- */

/* What is wrong with a transfer; NULL: it is done. */
static const char *transfer(struct gpu *gpu, uint32_t base, uint32_t command)
{
	struct falcon *falcon = falcon_of(gpu, base);
	struct falcon_mem *mem = command & DMA_CODE ? &falcon->imem : &falcon->dmem;
	uint32_t to = *reg_at(gpu, base + DMA_TO), from = *reg_at(gpu, base + DMA_FROM);
	uint64_t at = ((uint64_t)(*reg_at(gpu, base + DMA_BASE_HIGH) & 0x1ff) << 32 |
		       *reg_at(gpu, base + DMA_BASE)) << 8;
	struct code_blocks *code = code_of(gpu, base);
	uint8_t block[BLOCK];

	if (command & ~DMA_COMMAND_KNOWN || DMA_SIZE(command) != 6)
		return "a command that the model does not know";
	if (command & DMA_OUT)
		return "out of the falcon's memory";
	if (to % BLOCK || from % BLOCK || to > mem->size - BLOCK)
		return "not whole blocks of the falcon's memory";
	if (*reg_at(gpu, base + FBIF + DMA_ENTRY(command) * 4) != FBIF_SYSTEM)
		return "it does not go to system memory";
	if (*reg_at(gpu, base + CORE_SELECT) & CORE_RISCV)
		return "the falcon is not selected";
	if (!memory_read(gpu, APER_SYS_COHERENT, at + from, block, BLOCK))
		return "there is no such memory";
	memcpy(mem->data + to, block, BLOCK);
	if (command & DMA_CODE) {
		code->tag[to / BLOCK] = from / BLOCK;
		code->secure[to / BLOCK] = DMA_SECURE(command);
	}
	return NULL;
}

static void write_dma_command(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t base = addr & ~0xfffu;
	const char *wrong = transfer(gpu, base, value);

	if (wrong)
		report(gpu, "bad DMA of a falcon", "%s: command 0x%08x, to 0x%x: %s",
		       base == GSP ? "the GSP" : "SEC2", value, *reg_at(gpu, base + DMA_TO), wrong);
	*reg_at(gpu, addr) = value | DMA_IDLE;
}

/* --- the boot ROM ---------------------------------------------------------- */

/* What is needed of a program that the boot ROM lets run. */
struct signed_program {
	enum firmware_part code;
	uint32_t code_at;		/* in the program's image: it runs there, too */
	uint32_t code_size;
	uint32_t engine, ucode;
	uint32_t signature_at;		/* in the data */
	enum firmware_part signature;	/* the first of them */
};

static const char *boot_rom(struct gpu *gpu, uint32_t base, const struct signed_program *program)
{
	const struct falcon *falcon = falcon_of(gpu, base);
	const struct code_blocks *code = code_of(gpu, base);
	uint32_t i;

	if (*reg_at(gpu, base + CORE_SELECT) & CORE_RISCV)
		return "the falcon is not selected";
	if (!firmware_is(falcon->imem.data, program->code_size, program->code, program->code_at / 4))
		return "code that is none of ours";
	for (i = 0; i < program->code_size / BLOCK; i++)
		if (!code->secure[i] || code->tag[i] != program->code_at / BLOCK + i)
			return "code that is not loaded as signed, or to run elsewhere";
	if (*reg_at(gpu, base + BOOT_VECTOR) != program->code_at)
		return "it starts elsewhere";
	if (*reg_at(gpu, base + BROM_ALGORITHM) != 1 ||
	    *reg_at(gpu, base + BROM_ENGINE) != program->engine ||
	    *reg_at(gpu, base + BROM_UCODE) != program->ucode)
		return "the boot ROM is told of another program";
	if (*reg_at(gpu, base + BROM_SIGNATURE) != program->signature_at)
		return "the boot ROM is told of a signature elsewhere";
	if (!firmware_is(falcon->dmem.data + program->signature_at, FIRMWARE_RSA_SIGNATURE,
			 program->signature + SIGNATURE_FITS, 0))
		return "a signature that does not fit the fuse";
	return NULL;
}

static const char *fwsec(struct gpu *gpu, uint8_t *data)
{
	static const struct signed_program program = {
		.code = FIRMWARE_FWSEC_CODE,
		.code_size = FWSEC_CODE,
		.engine = FWSEC_ENGINE,
		.ucode = FWSEC_UCODE,
		.signature_at = FWSEC_SIGNATURE,
		.signature = FIRMWARE_FWSEC_SIGNATURE,
	};
	const char *wrong = boot_rom(gpu, GSP, &program);

	memcpy(data, gpu->gsp->falcon.dmem.data, FWSEC_DATA_MOST);
	if (!wrong && !fwsec_data_is_ours(data))
		wrong = "data that are not those of the VBIOS";
	return wrong;
}

static const char *booter(struct gpu *gpu, enum firmware_part *part)
{
	struct signed_program program = {
		.code_at = FIRMWARE_BOOTER_APP,
		.code_size = FIRMWARE_BOOTER_DATA - FIRMWARE_BOOTER_APP,
		.engine = FIRMWARE_BOOTER_ENGINE,
		.ucode = FIRMWARE_BOOTER_UCODE,
		.signature_at = FIRMWARE_BOOTER_PATCH,
		.signature = FIRMWARE_BOOTER_SIGNATURE,
	};
	const uint8_t *data = gpu->gsp->sec2.dmem.data;
	uint32_t after = FIRMWARE_BOOTER_PATCH + FIRMWARE_RSA_SIGNATURE, first = FIRMWARE_BOOTER_DATA / 4;
	const char *wrong;

	/* The data say which booter this is. If the code is the other's, boot_rom() reports it. */
	*part = firmware_is(data, 4, FIRMWARE_BOOTER_LOAD, first) ? FIRMWARE_BOOTER_LOAD :
								    FIRMWARE_BOOTER_UNLOAD;
	program.code = *part;
	wrong = boot_rom(gpu, SEC2, &program);
	if (!wrong && (!firmware_is(data, FIRMWARE_BOOTER_PATCH, *part, first) ||
		       !firmware_is(data + after, FIRMWARE_BOOTER_DATA_SIZE - after, *part,
				    first + after / 4)))
		wrong = "data that are none of ours";
	return wrong;
}

static const char *core(struct gpu *gpu)
{
	if (*reg_at(gpu, GSP + CORE_SELECT) & CORE_RISCV)
		return NULL;
	return "the RISC-V core is not selected";
}

static void reset(struct gpu *gpu, uint32_t base)
{
	*reg_at(gpu, base + CORE_SELECT) = CORE_FETCH;
}

const struct gsp_boot gsp_boot_ga102 = {
	.name = "programs by DMA, which the boot ROM checks",
	.known_from = "nouveau falcon/ga102.c, gsp/ga102.c",
	.riscv_cpuctl = GSP + 0x1388,
	.riscv_active = BIT(7),
	.riscv_irq_mask = GSP + 0x1528,
	.fwsec = fwsec,
	.booter = booter,
	.core = core,
	.reset = reset,
};

/* --- registers ------------------------------------------------------------- */

static void write_core_select(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = (value & (CORE_RISCV | CORE_FETCH)) | CORE_DONE;
}

static void write_retrigger(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t base = addr & ~0xfffu;

	if (value & 1 && *reg_at(gpu, base + IRQ_STAT) & *reg_at(gpu, GSP + 0x1528))
		intr_set_line(gpu, VECTOR_GSP, true);
}

#define FALCON_GA102(base) \
	{ (base) + HWCFG2, .name = "HWCFG2", .reset = HWCFG2_RESET_READY | HWCFG2_RISCV, \
	  .flags = REG_RO }, \
	{ (base) + DMA_BASE, .name = "DMA_BASE" }, \
	{ (base) + DMA_TO, .name = "DMA_TO" }, \
	{ (base) + DMA_COMMAND, .name = "DMA_COMMAND", .write = write_dma_command, \
	  .reset = DMA_IDLE }, \
	{ (base) + DMA_FROM, .name = "DMA_FROM" }, \
	{ (base) + DMA_BASE_HIGH, .name = "DMA_BASE_HIGH" }, \
	{ (base) + BROM_ALGORITHM, .name = "BROM_ALGORITHM" }, \
	{ (base) + BROM_UCODE, .name = "BROM_UCODE" }, \
	{ (base) + BROM_ENGINE, .name = "BROM_ENGINE" }, \
	{ (base) + BROM_SIGNATURE, .name = "BROM_SIGNATURE" }, \
	{ (base) + CORE_SELECT, .name = "CORE_SELECT", .write = write_core_select, \
	  .reset = CORE_FETCH }

static const struct reg regs[] = {
	FALCON_GA102(GSP),
	FALCON_GA102(SEC2),
	{ GSP + 0x3e8, .name = "INTR_RETRIGGER", .write = write_retrigger },
	{ GSP + 0x1388, .name = "RISCV_CPUCTL", .flags = REG_RO },
	{ GSP + 0x1528, .name = "RISCV_IRQ_MASK", .flags = REG_RO },
	{ 0x824140, 16, .name = "FUSE_SEC2_UCODE", .reset = FUSE, .flags = REG_RO },
	{ 0x8241c0, 16, .name = "FUSE_GSP_UCODE", .reset = FUSE, .flags = REG_RO },
};

const struct block block_gsp_ga102 = {
	.name = "GSP.RISCV",
	.known_from = "nouveau falcon/ga102.c, gsp/ga102.c (ga102_gsp_flcn), sec2/ga102.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
};
