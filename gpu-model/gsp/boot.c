// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * How RM comes to run on the GSP, and ends.
 *
 * The GSP and SEC2 have a falcon each, the GSP a RISC-V core too. boot-*.c has what a
 * generation changes: how a program gets into a falcon, and the core's registers.
 * The driver
 *
 *	1 runs FWSEC, from the VBIOS, on the GSP's falcon: FWSEC makes FRTS, a region
 *	  at the end of VRAM, and protects it (WPR2, 0x1fa824 and 0x1fa828)
 *	2 writes where RM finds its arguments to the GSP's mailbox (+0x40, +0x44)
 *	3 runs the booter on SEC2, with the address of the "WPR metadata" in the
 *	  mailbox: a description of RM's image, its signature, its bootloader and where
 *	  in VRAM each goes. The booter checks all of it, widens WPR2 and starts the
 *	  RISC-V core (+0x1240)
 *	4 waits for RM's first event
 *
 * and at the end tells RM, waits for bit 31 of the mailbox, runs FWSEC with another
 * command and the unloading booter, after which WPR2 is gone.
 *
 * The programs are not run here: they are ours (firmware.c, vbios.c), and the model
 * checks that each word of them is where the hardware would look for it.
 *
 *	+0x008          interrupts, +0x004 clears; 6: RM has sent something
 *	+0x100          1: start; 4: halted
 *	+0x3c0          reset
 *	0x1438, 0x1454  what FWSEC's two commands have to say: 0 is good
 *	0x110c00        doorbell of the queue
 *
 * Known from: nouveau gsp/r535.c (r535_gsp_init, r535_gsp_fini), gsp/tu102.c,
 * gsp/fwsec.c, falcon/gm200.c; open-gpu-kernel-modules
 * src/nvidia/src/kernel/gpu/gsp/arch/turing.
 */
#include "fwsec.h"
#include "gsp.h"

#define IRQ_CLEAR 0x004
#define IRQ_STAT 0x008
#define IRQ_RM BIT(6)
#define MAILBOX0 0x040
#define MAILBOX1 0x044
#define CPUCTL 0x100
#define CPUCTL_START BIT(1)
#define CPUCTL_HALTED BIT(4)
#define RESET 0x3c0

#define GSP_OS (GSP + 0x080)

#define FRTS_SCRATCH 0x001438
#define SB_SCRATCH 0x001454
#define WPR2_LOW 0x1fa824
#define WPR2_HIGH 0x1fa828
#define WPR2_UNIT 0x20000ull		/* the last unit is what HIGH names */

#define PAGE 0x1000u
#define RM_OWN (4 * MiB)		/* below the reserved part: RM's page directories */
#define BOOT_TIME 20000000ull		/* ns; the real one takes more */

#define WPR_META_MAGIC 0xdc3aae21371a60b3ull
#define ID_RMARGS 0x524d41524753ull	/* "RMARGS" */

static const struct gsp_boot *ops(const struct gpu *gpu)
{
	return gpu->chip->boot->gsp;
}

static const enum aperture sys = APER_SYS_COHERENT;

/* --- interrupts ------------------------------------------------------------ */

/* The vector is raised when the bit rises; more messages add nothing. */
void gsp_interrupt(struct gpu *gpu)
{
	uint32_t *stat = reg_at(gpu, GSP + IRQ_STAT);

	if (*stat & IRQ_RM)
		return;
	*stat |= IRQ_RM;
	if (*reg_at(gpu, ops(gpu)->riscv_irq_mask) & IRQ_RM)
		intr_set_line(gpu, VECTOR_GSP, true);
}

static void write_irq_clear(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, (addr & ~0xfffu) + IRQ_STAT) &= ~value;
}

/* --- FWSEC ----------------------------------------------------------------- */

/* Its mapper and its input are the driver's to change. */
bool fwsec_data_is_ours(const uint8_t *data)
{
	uint32_t i;

	for (i = FWSEC_INPUT + FWSEC_INPUT_SIZE; i < FWSEC_DATA; i += 4)
		if (load32(data, i) != firmware_word(FIRMWARE_FWSEC_DATA, i / 4))
			return false;
	return load32(data, 0) == firmware_word(FIRMWARE_FWSEC_DATA, 0);
}

static void make_frts(struct gpu *gpu, const uint8_t *input)
{
	/* Two headers: of the input, then of the region. */
	const uint8_t *frts = input + 24;
	uint64_t at = (uint64_t)load32(frts, 8) << 12, size = (uint64_t)load32(frts, 12) << 12;

	if (load32(input, 0) != 1 || load32(input, 4) != 24 || load32(frts, 0) != 1 ||
	    load32(frts, 4) != 20 || load32(frts, 16) != 2 || !size || at & (WPR2_UNIT - 1) ||
	    size & (WPR2_UNIT - 1) || !memory_exists(gpu, APER_VRAM, at, size)) {
		report(gpu, "bad FWSEC command", "FRTS at 0x%llx, 0x%llx bytes, memory %u",
		       (unsigned long long)at, (unsigned long long)size, load32(frts, 16));
		*reg_at(gpu, FRTS_SCRATCH) = 1u << 16;
		return;
	}
	*reg_at(gpu, WPR2_LOW) = (uint32_t)(at >> 8);
	*reg_at(gpu, WPR2_HIGH) = (uint32_t)((at + size - WPR2_UNIT) >> 8);
	*reg_at(gpu, FRTS_SCRATCH) = 0;
}

static void run_fwsec(struct gpu *gpu)
{
	uint8_t data[FWSEC_DATA_MOST];
	const char *wrong = ops(gpu)->fwsec(gpu, data);
	uint32_t command;

	if (wrong) {
		report(gpu, "falcon started without firmware", "the GSP: %s", wrong);
		*reg_at(gpu, GSP + MAILBOX0) = 0xffffffff;
		return;
	}
	command = load32(data, FWSEC_MAPPER + FWSEC_MAPPER_COMMAND);
	switch (command) {
	case FWSEC_FRTS:
		make_frts(gpu, data + FWSEC_INPUT);
		break;
	case FWSEC_SB:
		*reg_at(gpu, SB_SCRATCH) = 0;
		break;
	default:
		report(gpu, "bad FWSEC command", "0x%x", command);
		break;
	}
	*reg_at(gpu, GSP + MAILBOX0) = 0;
}

/* --- the booters ----------------------------------------------------------- */

/* The image is behind a table of three levels, whose entries are addresses. */
static bool check_image(struct gpu *gpu, uint64_t root, uint64_t size)
{
	uint64_t count = size / PAGE, n, level1;
	uint8_t page[PAGE];

	level1 = memory_rd64(gpu, sys, root);
	for (n = 0; n < count; n++) {
		uint64_t level2 = memory_rd64(gpu, sys, level1 + n / 512 * 8);
		uint64_t at = memory_rd64(gpu, sys, level2 + n % 512 * 8);

		if (!memory_read(gpu, sys, at, page, sizeof(page)))
			return false;
		if (!firmware_is(page, sizeof(page), (uint32_t)n, 0)) {
			report(gpu, "bad RM image", "page %llu, at 0x%llx, is another one",
			       (unsigned long long)n, (unsigned long long)at);
			return false;
		}
	}
	return count;
}

/* What is wrong with the places in VRAM; NULL: nothing. */
static const char *check_places(struct gpu *gpu, const uint8_t *meta)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint64_t reserved = load64(meta, layout->wpr_meta.reserved);
	uint64_t wpr = load64(meta, layout->wpr_meta.wpr);
	uint64_t frts = load64(meta, layout->wpr_meta.frts);
	uint64_t end = load64(meta, layout->wpr_meta.wpr_end);

	if (load64(meta, layout->wpr_meta.fb_size) != gpu->vram_size)
		return "another size of VRAM";
	if (reserved < RM_OWN || reserved > wpr || wpr > load64(meta, layout->wpr_meta.heap) ||
	    frts > end || wpr > frts || end > gpu->vram_size)
		return "parts that overlap";
	if (frts + load64(meta, layout->wpr_meta.frts_size) != end)
		return "FRTS is not the last part";
	if (*reg_at(gpu, WPR2_LOW) != (uint32_t)(frts >> 8))
		return "FRTS is not where FWSEC made it";
	return NULL;
}

static bool check_part(struct gpu *gpu, const uint8_t *meta, unsigned int at, unsigned int size,
		       enum firmware_part part)
{
	uint8_t buf[0x1000];

	return load64(meta, size) == sizeof(buf) &&
	       memory_read(gpu, sys, load64(meta, at), buf, sizeof(buf)) &&
	       firmware_is(buf, sizeof(buf), part, 0);
}

static bool load_rm(struct gpu *gpu)
{
	const struct rm_layout *layout = rm_layout(gpu);
	uint64_t at = (uint64_t)*reg_at(gpu, SEC2 + MAILBOX1) << 32 | *reg_at(gpu, SEC2 + MAILBOX0);
	uint8_t *meta = gpu->gsp->wpr_meta;
	const char *wrong;

	if (!memory_read(gpu, sys, at, meta, layout->wpr_meta.size))
		return false;
	if (load64(meta, 0) != WPR_META_MAGIC) {
		report(gpu, "bad RM image", "no WPR metadata at 0x%llx", (unsigned long long)at);
		return false;
	}
	wrong = check_places(gpu, meta);
	if (!wrong && !check_part(gpu, meta, layout->wpr_meta.loader, layout->wpr_meta.loader_size,
				  FIRMWARE_LOADER))
		wrong = "another bootloader";
	if (!wrong && !check_part(gpu, meta, layout->wpr_meta.signature,
				  layout->wpr_meta.signature_size, FIRMWARE_SIGNATURE))
		wrong = "another signature";
	if (!wrong)
		wrong = ops(gpu)->core(gpu);
	if (wrong) {
		report(gpu, "bad RM image", "%s", wrong);
		return false;
	}
	if (!check_image(gpu, load64(meta, layout->wpr_meta.image),
			 load64(meta, layout->wpr_meta.image_size)))
		return false;
	*reg_at(gpu, WPR2_LOW) = (uint32_t)(load64(meta, layout->wpr_meta.wpr) >> 8);
	*reg_at(gpu, WPR2_HIGH) =
		(uint32_t)((load64(meta, layout->wpr_meta.wpr_end) - WPR2_UNIT) >> 8);
	*reg_at(gpu, ops(gpu)->riscv_cpuctl) = ops(gpu)->riscv_active;
	sched_after(gpu, &gpu->gsp->boot, BOOT_TIME);
	return true;
}

static void run_booter(struct gpu *gpu)
{
	enum firmware_part part;
	const char *wrong = ops(gpu)->booter(gpu, &part);
	bool right = false;

	if (wrong) {
		report(gpu, "falcon started without firmware", "SEC2: %s", wrong);
	} else if (part == FIRMWARE_BOOTER_LOAD) {
		right = load_rm(gpu);
	} else {
		if (gpu->gsp->running)
			report(gpu, "RM unloaded while it runs", "the booter was started");
		*reg_at(gpu, WPR2_LOW) = 0;
		*reg_at(gpu, WPR2_HIGH) = 0;
		right = true;
	}
	*reg_at(gpu, SEC2 + MAILBOX0) = right ? 0 : 0xffffffff;
}

/* --- RM -------------------------------------------------------------------- */

/* RM's arguments are one of the regions that the GSP's mailbox leads to. */
static bool find_args(struct gpu *gpu, uint8_t *args)
{
	uint64_t list = (uint64_t)*reg_at(gpu, GSP + MAILBOX1) << 32 | *reg_at(gpu, GSP + MAILBOX0);
	uint8_t region[32];
	unsigned int i;

	for (i = 0; i < 16; i++) {
		if (!memory_read(gpu, sys, list + i * sizeof(region), region, sizeof(region)) ||
		    !load64(region, 0))
			return false;
		if (load64(region, 0) == ID_RMARGS)
			return memory_read(gpu, sys, load64(region, 8), args, rm_layout(gpu)->args.size);
	}
	return false;
}

static void boot(struct gpu *gpu, struct work *work)
{
	static const uint8_t zero[2 * PAGE];
	struct gsp *gsp = gpu->gsp;
	uint8_t args[256];

	(void)work;
	if (*reg_at(gpu, GSP_OS) != FIRMWARE_APP_VERSION)
		report(gpu, "bad RM image", "version 0x%x was not told", FIRMWARE_APP_VERSION);
	if (!find_args(gpu, args)) {
		report(gpu, "bad RM arguments", "no RMARGS");
		return;
	}
	if (args[rm_layout(gpu)->args.resumed]) {
		report(gpu, "launch that is not modelled", "RM is told to resume");
		return;
	}
	if (!queue_open(gpu, args))
		return;
	gsp->usable = load64(gsp->wpr_meta, rm_layout(gpu)->wpr_meta.reserved) - RM_OWN;
	gsp->bar1_pdb = gsp->usable;
	gsp->bar2_pdb = gsp->usable + PAGE;
	memory_write(gpu, APER_VRAM, gsp->usable, zero, sizeof(zero));
	tlb_invalidate(gpu, true, 0);
	bar_window(gpu, 1, gsp->bar1_pdb, BAR_VIRTUAL);
	bar_window(gpu, 2, gsp->bar2_pdb, BAR_PHYSICAL);
	gsp->running = true;
	*reg_at(gpu, ops(gpu)->riscv_irq_mask) = IRQ_RM;
	rm_start(gpu);
}

void gsp_halted(struct gpu *gpu)
{
	gpu->gsp->running = false;
	gpu->gsp->told_system = false;
	gpu->gsp->told_registry = false;
	objects_end(gpu, true);
	bar_window(gpu, 1, 0, BAR_OFF);
	bar_window(gpu, 2, 0, BAR_PHYSICAL);
	*reg_at(gpu, ops(gpu)->riscv_irq_mask) = 0;
	*reg_at(gpu, GSP + MAILBOX0) = BIT(31);
}

/* --- registers ------------------------------------------------------------- */

static void write_cpuctl(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	if (!(value & CPUCTL_START))
		return;
	*reg_at(gpu, addr) = CPUCTL_HALTED;
	if (addr == GSP + CPUCTL)
		run_fwsec(gpu);
	else
		run_booter(gpu);
}

static void write_reset(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	uint32_t base = addr & ~0xfffu;
	bool begins = value & 1 && !(*reg_at(gpu, addr) & 1);

	*reg_at(gpu, addr) = value;
	if (!begins)
		return;
	*reg_at(gpu, base + CPUCTL) = CPUCTL_HALTED;
	*reg_at(gpu, base + IRQ_STAT) = 0;
	ops(gpu)->reset(gpu, base);
	if (base == SEC2) {
		falcon_reset(&gpu->gsp->sec2);
		return;
	}
	falcon_reset(&gpu->gsp->falcon);
	if (gpu->gsp->running) {
		report(gpu, "GSP reset while RM runs", "the driver has not told RM to end");
		gsp_halted(gpu);
	}
	sched_cancel(gpu, &gpu->gsp->boot);
	*reg_at(gpu, ops(gpu)->riscv_cpuctl) = 0;
}

static void write_doorbell(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	*reg_at(gpu, addr) = value;
	queue_run(gpu);
}

#define BOOT_REGS(base) \
	FALCON_REGS(base), \
	{ (base) + IRQ_CLEAR, .name = "INTR_CLEAR", .write = write_irq_clear }, \
	{ (base) + MAILBOX0, 2, .name = "MAILBOX" }, \
	{ (base) + 0x048, .name = "INTERFACES" }, \
	{ (base) + 0x080, .name = "OS" }, \
	{ (base) + 0x084, .name = "RM" }, \
	{ (base) + CPUCTL, .name = "CPUCTL", .write = write_cpuctl, .reset = CPUCTL_HALTED }, \
	{ (base) + 0x104, .name = "BOOT_VECTOR" }, \
	{ (base) + 0x10c, .name = "DMA_CTRL" }, \
	{ (base) + 0x12c, .name = "HWCFG1", .reset = 0x4436, .flags = REG_RO }, \
	{ (base) + RESET, .name = "RESET", .write = write_reset }, \
	{ (base) + 0x600, 8, .name = "FBIF" }, \
	{ (base) + 0x624, .name = "FBIF_CTRL" }

static const struct reg regs[] = {
	BOOT_REGS(GSP),
	{ 0x110c00, .name = "QUEUE_DOORBELL", .write = write_doorbell },
	{ FRTS_SCRATCH, .name = "FRTS_RESULT", .flags = REG_RO },
	{ SB_SCRATCH, .name = "SB_RESULT", .flags = REG_RO },
	{ WPR2_LOW, .name = "WPR2_LOW", .flags = REG_RO },
	{ WPR2_HIGH, .name = "WPR2_HIGH", .flags = REG_RO },
};

static void init(struct gpu *gpu)
{
	gpu->gsp->boot.run = boot;
	falcon_init(gpu, &gpu->gsp->falcon, GSP);
	falcon_init(gpu, &gpu->gsp->sec2, SEC2);
	bar_window(gpu, 2, 0, BAR_PHYSICAL);
}

static void fini(struct gpu *gpu)
{
	queue_close(gpu);
	objects_end(gpu, false);
	falcon_fini(gpu, &gpu->gsp->falcon);
	falcon_fini(gpu, &gpu->gsp->sec2);
}

const struct block block_gsp = {
	.name = "GSP",
	.known_from = "nouveau gsp/r535.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(gsp),
	.init = init,
	.fini = fini,
};

static const struct reg regs_sec2[] = {
	BOOT_REGS(SEC2),
};

/* Its falcon is part of the GSP's state. */
const struct block block_sec2 = {
	.name = "SEC2",
	.known_from = "nouveau gsp/r535.c (r535_gsp_booter_load)",
	.regs = regs_sec2,
	.count = ARRAY_SIZE(regs_sec2),
};
