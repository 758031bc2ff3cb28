// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Programs for the falcons of GA102 and TU102: what the driver does to make FWSEC and the
 * booters run, and each step of it left out or done wrong.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "gsp/gsp.h"
#include "transport/dma.h"
#include "transport/pci.h"

#define GUEST 0x100000ull
#define GUEST_SIZE 0x20000
#define IMAGE GUEST			/* the program's */
#define META (GUEST + 0x10000)		/* what the booter is to load, */
#define LOADER (GUEST + 0x11000)
#define SIGNATURE (GUEST + 0x12000)

#define ROM 0x300000
#define CODE_COMMAND 0x614		/* 256 bytes of signed code */
#define DATA_COMMAND 0x600

/* What the driver does; a case changes a part of it. */
static struct plan {
	uint32_t code_command, data_command, fbif;
	uint32_t core;			/* the core that is selected, before the falcon starts */
	uint32_t algorithm, engine, ucode, signature;
	unsigned int version;		/* of the signature, from 0 */
	uint32_t boot;
	uint32_t spoiled_code;		/* one word more than is needed, */
	uint32_t spoiled_data;		/* ... or one that is wrong, at these offsets + 1 */
} plan;

static void start(const char *chip)
{
	struct gpu_chip_info info;
	unsigned int n;
	int guest;

	card_new(chip, 1);
	for (n = 0; gpu_chip_info(n, &info) && strcmp(info.name, chip); n++)
		;
	guest = memfd_create("guest", MFD_CLOEXEC);
	check(guest >= 0 && !ftruncate(guest, GUEST_SIZE));
	check_eq(dma_map(GUEST, GUEST_SIZE, true, true, guest, 0), 0);
	close(guest);
	pci_init(&info, card);
	pci_config_write(4, 2, 6);
}

static void end(void)
{
	card_free();
	pci_fini();
	dma_unmap_all();
}

static void to_guest(uint64_t at, const void *data, size_t size)
{
	check(memory_write(card, APER_SYS_COHERENT, at, data, size));
}

/* A program in the guest's memory, as a file or the VBIOS has it. */
struct program {
	uint32_t falcon;
	uint32_t code, code_size, data, data_size;	/* offsets in the image */
	uint32_t run;					/* where the code runs */
	uint32_t signature;				/* where in the data it goes */
};

/* The driver's way, but for what the plan changes. */
static void run(const struct program *p)
{
	uint32_t base = p->falcon, at, word;

	wr(base + 0x3c0, 1);
	wr(base + 0x3c0, 0);
	check_eq(rd(base + 0x0f4) & (BIT(31) | BIT(12)), BIT(31));
	if (plan.spoiled_code) {
		word = memory_rd32(card, APER_SYS_COHERENT, IMAGE + p->code + plan.spoiled_code - 1);
		memory_wr32(card, APER_SYS_COHERENT, IMAGE + p->code + plan.spoiled_code - 1, ~word);
	}
	if (plan.spoiled_data) {
		word = memory_rd32(card, APER_SYS_COHERENT, IMAGE + p->data + plan.spoiled_data - 1);
		memory_wr32(card, APER_SYS_COHERENT, IMAGE + p->data + plan.spoiled_data - 1, ~word);
	}
	wr(base + 0x600, plan.fbif);
	wr(base + 0x110, IMAGE >> 8);
	wr(base + 0x128, 0);
	for (at = 0; at < p->code_size; at += 0x100) {
		wr(base + 0x114, at);
		wr(base + 0x11c, p->run + at);
		wr(base + 0x118, plan.code_command);
		check(rd(base + 0x118) & 2);
	}
	wr(base + 0x110, (IMAGE + p->data) >> 8);
	for (at = 0; at < p->data_size; at += 0x100) {
		wr(base + 0x114, at);
		wr(base + 0x11c, at);
		wr(base + 0x118, plan.data_command);
	}
	wr(base + 0x1210, plan.signature);
	wr(base + 0x119c, plan.engine);
	wr(base + 0x1198, plan.ucode);
	wr(base + 0x1180, plan.algorithm);
	wr(base + 0x104, plan.boot);
	if (plan.core)
		wr(base + 0x1668, plan.core);
	wr(base + 0x100, 2);
	check(rd(base + 0x100) & 0x10);
}

static uint8_t rom8(uint32_t at)
{
	return (uint8_t)gpu_read(card, GPU_BAR0, ROM + at, 1);
}

static uint32_t rom32(uint32_t at)
{
	return (uint32_t)gpu_read(card, GPU_BAR0, ROM + at, 4);
}

/* Where the VBIOS has the header of FWSEC; found as nouveau finds it. */
static uint32_t fwsec_header(void)
{
	uint32_t bit, i, table;

	for (bit = 0; rom32(bit + 2) != 0x00544942; bit++)
		check(bit < 0x1000);
	for (i = 0; rom8(bit + 12 + i * 6) != 'p'; i++)
		check(i < rom8(bit + 10));
	table = rom32(rom32(bit + 12 + i * 6 + 4) & 0xffff);
	for (i = 0; rom8(table + rom8(table + 1) + i * rom8(table + 2)) != 0x85; i++)
		check(i < rom8(table + 3));
	return rom32(table + rom8(table + 1) + i * rom8(table + 2) + 2);
}

/* Makes the plan that is right for FWSEC; the caller may change it and then runs. */
static struct program fwsec(uint32_t command)
{
	uint32_t header = fwsec_header(), size = rom32(header) >> 16, i;
	struct program p = {
		.falcon = GSP,
		.code_size = rom32(header + 20),
		.data = rom32(header + 20),
		.data_size = rom32(header + 32),
		.signature = rom32(header + 8),
	};
	uint32_t frts = (uint32_t)(card->vram_size - 2 * MiB), mapper, input;
	const uint32_t what[] = { 1, 24, 0, 0, 0, 2, 1, 20, frts >> 12, MiB >> 12, 2 };

	check_eq(rom32(header) & 0xffff, 0x301);
	check_eq(rom8(header + 39), 2);
	check_eq(size, 0x2c + 2 * 384);
	check_eq(rom32(header + 4), p.code_size + p.data_size);
	for (i = 0; i < p.data + p.data_size; i += 4)
		memory_wr32(card, APER_SYS_COHERENT, IMAGE + i, rom32(header + size + i));
	for (i = 0; i < 384; i += 4)
		memory_wr32(card, APER_SYS_COHERENT, IMAGE + p.data + p.signature + i,
			    rom32(header + 0x2c + plan.version * 384 + i));
	mapper = memory_rd32(card, APER_SYS_COHERENT, IMAGE + p.data + rom32(header + 12) + 8);
	memory_wr32(card, APER_SYS_COHERENT, IMAGE + p.data + mapper + 44, command);
	input = memory_rd32(card, APER_SYS_COHERENT, IMAGE + p.data + mapper + 8);
	/* Of the VBIOS nothing; a region of 1 MiB in VRAM. */
	to_guest(IMAGE + p.data + input, what, sizeof(what));
	plan.signature = p.signature;
	plan.engine = rom32(header + 36) & 0xffff;
	plan.ucode = rom8(header + 38);
	return p;
}

static void plan_of(unsigned int version)
{
	plan = (struct plan){ .code_command = CODE_COMMAND, .data_command = DATA_COMMAND, .fbif = 5,
			      .algorithm = 1, .version = version };
}

static const struct firmware_file *file(const char *name)
{
	const struct firmware *fw = card->chip->firmware;
	unsigned int i;

	for (i = 0; i < fw->file_count; i++)
		if (strstr(fw->files[i].name, name))
			return &fw->files[i];
	abort();
}

/* The same for a booter, of its file. */
static struct program booter(const char *name)
{
	const struct firmware_file *from = file(name);
	const uint8_t *data;
	uint32_t header, load, count;
	struct program p;
	size_t size;

	data = from->make(from, &size);
	header = load32(data, 12);
	load = load32(data, header + 28);
	count = load32(data, load32(data, header + 24));
	check_eq(count, 2);
	p = (struct program){
		.falcon = SEC2,
		.code = load32(data, load + 20),
		.code_size = load32(data, load + 24),
		.run = load32(data, load + 20),
		.data = load32(data, load + 8),
		.data_size = load32(data, load + 12),
		.signature = load32(data, load32(data, header + 8)) - load32(data, load + 8),
	};
	to_guest(IMAGE, data + load32(data, 16), load32(data, 20));
	to_guest(IMAGE + p.data + p.signature,
		 data + load32(data, header) + plan.version * (load32(data, header + 4) / count),
		 load32(data, header + 4) / count);
	plan.signature = p.signature;
	plan.engine = load32(data, load32(data, header + 16) + 4);
	plan.ucode = load32(data, load32(data, header + 16) + 8);
	plan.boot = p.run;
	return p;
}

/* One finding, which says @what. */
static void found(const char *what)
{
	fflush(said_file);
	check_eq(gpu_failures(card), 1);
	if (!strstr(said, what))
		printf("# said: %s\n", said);
	check(strstr(said, what));
}

/* Which of two signatures is right is what the fuse says: nouveau's two rules. */
static unsigned int by_fuse(uint32_t fuse, uint32_t versions)
{
	unsigned int newest = 32 - (unsigned int)__builtin_clz(fuse);

	return (unsigned int)__builtin_popcount(versions & (BIT(newest) - 1));
}

static void frts_made(const char *chip)
{
	struct program p;

	start(chip);
	plan_of(by_fuse(rd(0x8241c0 + 8 * 4), 3));
	p = fwsec(FWSEC_FRTS);
	run(&p);
	check_eq(gpu_failures(card), 0);
	check_eq(rd(GSP + 0x040), 0);
	check_eq(rd(0x1438) >> 16, 0);
	check_eq(rd(0x1fa824), (card->vram_size - 2 * MiB) >> 8);
	check_eq(rd(0x1fa828), (card->vram_size - MiB - 0x20000) >> 8);
}

static void case_frts(void) { frts_made("ga102"); }
static void case_frts_ad102(void) { frts_made("ad102"); }

/* FWSEC does not run, and what the driver waits for says so. */
static void refused(const struct program *p, const char *what)
{
	run(p);
	found(what);
	check(rd(p->falcon + 0x040));
	check_eq(rd(0x1fa828), 0);
}

static void case_older_signature(void)
{
	struct program p;

	start("ga102");
	plan_of(0);
	p = fwsec(FWSEC_FRTS);
	refused(&p, "the GSP: a signature that does not fit the fuse");
}

static void case_signature_elsewhere(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.signature += 4;
	refused(&p, "the GSP: the boot ROM is told of a signature elsewhere");
}

static void case_other_program(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.ucode++;
	refused(&p, "the GSP: the boot ROM is told of another program");
}

static void case_no_algorithm(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.algorithm = 0;
	refused(&p, "the GSP: the boot ROM is told of another program");
}

static void case_open_code(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.code_command &= ~0xcu;
	refused(&p, "the GSP: code that is not loaded as signed");
}

static void case_other_code(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.spoiled_code = 0x1fc + 1;
	refused(&p, "the GSP: code that is none of ours");
}

static void case_other_data(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.spoiled_data = 0x1fc + 1;
	refused(&p, "the GSP: data that are not those of the VBIOS");
}

static void case_starts_elsewhere(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.boot = 0x100;
	refused(&p, "the GSP: it starts elsewhere");
}

static void case_wrong_core(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	plan.core = 0x111;
	refused(&p, "the GSP: the falcon is not selected");
}

/* A reset takes what was loaded, and selects the falcon. */
static void case_reset(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = fwsec(FWSEC_FRTS);
	run(&p);
	check_eq(gpu_failures(card), 0);
	wr(GSP + 0x1668, 0x111);
	check_eq(rd(GSP + 0x1668), 0x111);
	wr(GSP + 0x3c0, 1);
	wr(GSP + 0x3c0, 0);
	check_eq(rd(GSP + 0x1668), 0x100);
	wr(GSP + 0x100, 2);
	found("the GSP: code that is none of ours");
}

/* --- DMA ------------------------------------------------------------------- */

static void dma(uint32_t to, uint32_t from, uint32_t command)
{
	wr(GSP + 0x600, 5);
	wr(GSP + 0x110, IMAGE >> 8);
	wr(GSP + 0x114, to);
	wr(GSP + 0x11c, from);
	wr(GSP + 0x118, command);
	check(rd(GSP + 0x118) & 2);
}

static void case_dma_unaligned(void)
{
	start("ga102");
	dma(0x80, 0, DATA_COMMAND);
	found("bad DMA of a falcon: the GSP: command 0x00000600, to 0x80: not whole blocks");
}

static void case_dma_beyond(void)
{
	start("ga102");
	dma(0x8000, 0, DATA_COMMAND);
	found("bad DMA of a falcon: the GSP: command 0x00000600, to 0x8000: not whole blocks");
}

static void case_dma_command(void)
{
	start("ga102");
	dma(0, 0, 0x500);
	found("bad DMA of a falcon: the GSP: command 0x00000500, to 0x0: a command that");
}

static void case_dma_out(void)
{
	start("ga102");
	dma(0, 0, DATA_COMMAND | BIT(5));
	found("bad DMA of a falcon: the GSP: command 0x00000620, to 0x0: out of");
}

static void case_dma_nowhere(void)
{
	start("ga102");
	dma(0, GUEST_SIZE, DATA_COMMAND);
	check(gpu_failures(card));
	fflush(said_file);
	check(strstr(said, "there is no such memory"));
}

static void case_dma_entry(void)
{
	start("ga102");
	wr(GSP + 0x604, 4);
	dma(0, 0, DATA_COMMAND | 1 << 12);
	found("bad DMA of a falcon: the GSP: command 0x00001600, to 0x0: it does not go to system");
}

/* --- booters --------------------------------------------------------------- */

static unsigned int booter_version(void)
{
	/* Of two, the newest is the last; a fuse of 1 wants version 1 of 2 at least. */
	return 2 - (32 - (unsigned int)__builtin_clz(rd(0x824140 + 2 * 4)));
}

static void case_unload(void)
{
	struct program p;

	start("ga102");
	plan_of(booter_version());
	p = booter("booter_unload");
	*reg_at(card, 0x1fa828) = 0x1234;
	run(&p);
	check_eq(gpu_failures(card), 0);
	check_eq(rd(SEC2 + 0x040), 0);
	check_eq(rd(0x1fa828), 0);
}

static void case_booter_older(void)
{
	struct program p;

	start("ga102");
	plan_of(0);
	p = booter("booter_unload");
	refused(&p, "SEC2: a signature that does not fit the fuse");
}

static void case_booter_data(void)
{
	struct program p;

	start("ga102");
	plan_of(1);
	p = booter("booter_unload");
	plan.spoiled_data = 0x1fc + 1;
	refused(&p, "SEC2: data that are none of ours");
}

/* What has no signature of RM's: the booter does not get as far as the image. */
static void describe_rm(void)
{
	const struct rm_layout *layout = rm_layout(card);
	uint64_t frts = card->vram_size - 2 * MiB;
	static uint8_t page[0x1000];
	uint8_t meta[256] = { 0 };

	store64(meta, 0, 0xdc3aae21371a60b3ull);
	store64(meta, layout->wpr_meta.fb_size, card->vram_size);
	store64(meta, layout->wpr_meta.reserved, 32 * MiB);
	store64(meta, layout->wpr_meta.wpr, 33 * MiB);
	store64(meta, layout->wpr_meta.heap, 34 * MiB);
	store64(meta, layout->wpr_meta.frts, frts);
	store64(meta, layout->wpr_meta.frts_size, MiB);
	store64(meta, layout->wpr_meta.wpr_end, frts + MiB);
	store64(meta, layout->wpr_meta.loader, LOADER);
	store64(meta, layout->wpr_meta.loader_size, sizeof(page));
	store64(meta, layout->wpr_meta.signature, SIGNATURE);
	store64(meta, layout->wpr_meta.signature_size, sizeof(page));
	to_guest(META, meta, sizeof(meta));
	firmware_fill(page, sizeof(page), FIRMWARE_LOADER);
	to_guest(LOADER, page, sizeof(page));
	firmware_fill(page, sizeof(page), FIRMWARE_SIGNATURE);
	to_guest(SIGNATURE, page, sizeof(page));
	*reg_at(card, 0x1fa824) = (uint32_t)(frts >> 8);
}

/* RM needs the RISC-V core, which the driver selects. */
static void case_core_not_selected(void)
{
	struct program p;

	start("ga102");
	describe_rm();
	plan_of(1);
	p = booter("booter_load");
	wr(SEC2 + 0x040, META);
	wr(SEC2 + 0x044, 0);
	run(&p);
	found("bad RM image: the RISC-V core is not selected");
	check(rd(SEC2 + 0x040));
	check(!(rd(GSP + 0x1388) & 0x80));
}

/* --- Turing ---------------------------------------------------------------- */

/* Words into a falcon's memory, through its port. */
static void port(uint32_t index, uint32_t at, const uint32_t *words, uint32_t count)
{
	uint32_t i;

	wr(index, BIT(24) | at);
	for (i = 0; i < count; i++)
		wr(index + 4, words[i]);
}

/* FWSEC in the guest's memory, and its loader in the falcon's; the caller may change it. */
static void turing_fwsec(uint32_t fbif, bool loader)
{
	uint32_t frts, mapper, input, header, code, data, size, i;

	start("tu102");
	header = fwsec_header();
	check_eq(rom32(header), 60 << 16 | 2 << 8 | 1);
	code = rom32(header + 24);
	data = rom32(header + 40);
	size = rom32(header + 48);
	check_eq(rom32(header + 4), code + size);
	for (i = 0; i < code + size; i += 4)
		memory_wr32(card, APER_SYS_COHERENT, IMAGE + i, rom32(header + 60 + i));
	mapper = memory_rd32(card, APER_SYS_COHERENT, IMAGE + data + rom32(header + 16) + 8);
	memory_wr32(card, APER_SYS_COHERENT, IMAGE + data + mapper + 44, FWSEC_FRTS);
	input = memory_rd32(card, APER_SYS_COHERENT, IMAGE + data + mapper + 8);
	frts = (uint32_t)(card->vram_size - 2 * MiB);
	to_guest(IMAGE + data + input, (const uint32_t[]){ 1, 24, 0, 0, 0, 2 }, 24);
	to_guest(IMAGE + data + input + 24, (const uint32_t[]){ 1, 20, frts >> 12, MiB >> 12, 2 }, 20);
	wr(GSP + 0x3c0, 1);
	wr(GSP + 0x3c0, 0);
	if (loader)
		port(GSP + 0x180, 0, &(const uint32_t){ 1 }, 1);
	wr(GSP + 0x610, fbif);
	port(GSP + 0x1c0, 0, (const uint32_t[]){
		0, 0, 0, 0, 0, 0, 0, 0, 4, IMAGE, 0, 0, code - rom32(header + 36), rom32(header + 32),
		rom32(header + 36), 0, (uint32_t)IMAGE + data, 0, size }, 19);
}

static void case_turing_frts(void)
{
	turing_fwsec(5, true);
	wr(GSP + 0x100, 2);
	check_eq(gpu_failures(card), 0);
	check_eq(rd(GSP + 0x040), 0);
	check_eq(rd(0x1fa824), (card->vram_size - 2 * MiB) >> 8);
}

static void turing_refused(uint32_t base, const char *what)
{
	wr(base + 0x100, 2);
	found(what);
	check(rd(base + 0x040));
}

static void case_turing_no_loader(void)
{
	turing_fwsec(5, false);
	turing_refused(GSP, "the GSP: no loader");
}

static void case_turing_no_dma(void)
{
	turing_fwsec(4, true);
	turing_refused(GSP, "the GSP: its DMA does not go to system memory");
}

static void case_turing_other_code(void)
{
	turing_fwsec(5, true);
	memory_wr32(card, APER_SYS_COHERENT, IMAGE + 0x1fc, 0);
	turing_refused(GSP, "the GSP: code that is not that of the VBIOS");
}

static void case_turing_other_data(void)
{
	turing_fwsec(5, true);
	memory_wr32(card, APER_SYS_COHERENT, IMAGE + 0x200 + 0x1fc, 0);
	turing_refused(GSP, "the GSP: data that are not those of the VBIOS");
}

/* The data of a booter in SEC2's memory, with its signature or without. */
static void turing_booter(const char *name, bool is_signed)
{
	const struct firmware_file *from;
	static uint32_t words[0x200 / 4];
	const uint8_t *data;
	uint32_t header, load;
	size_t size;

	start("tu102");
	from = file(name);
	data = from->make(from, &size);
	header = load32(data, 12);
	load = load32(data, header + 28);
	check_eq(load32(data, load32(data, header + 24)), 1);
	check_eq(load32(data, load + 12), sizeof(words));
	memcpy(words, data + load32(data, 16) + load32(data, load + 8), sizeof(words));
	if (is_signed)
		memcpy((uint8_t *)words + load32(data, load32(data, header + 8)) - load32(data, load + 8),
		       data + load32(data, header), load32(data, header + 4));
	port(SEC2 + 0x1c0, 0, words, COUNT(words));
}

static void case_turing_unload(void)
{
	turing_booter("booter_unload", true);
	*reg_at(card, 0x1fa828) = 0x1234;
	wr(SEC2 + 0x100, 2);
	check_eq(gpu_failures(card), 0);
	check_eq(rd(0x1fa828), 0);
}

static void case_turing_unsigned(void)
{
	turing_booter("booter_unload", false);
	turing_refused(SEC2, "SEC2: no signature");
}

static void case_turing_other_booter(void)
{
	turing_booter("booter_unload", true);
	port(SEC2 + 0x1c0, 0x1fc, &(const uint32_t){ 0 }, 1);
	turing_refused(SEC2, "SEC2: not one of the booters");
}

/* --- interrupts ------------------------------------------------------------ */

/* If the driver asks, the GSP repeats the interrupt of a pending cause, and of no other. */
static void case_retrigger(void)
{
	uint32_t leaf = 0xb81000 + VECTOR_GSP / 32 * 4, bit = BIT(VECTOR_GSP % 32);

	start("ga102");
	*reg_at(card, GSP + 0x1528) = 0x40;
	gsp_interrupt(card);
	check_eq(rd(leaf), bit);
	wr(leaf, bit);
	gsp_interrupt(card);
	check_eq(rd(leaf), 0);
	wr(GSP + 0x3e8, 1);
	check_eq(rd(leaf), bit);
	wr(leaf, bit);
	wr(GSP + 0x004, 0x40);
	wr(GSP + 0x3e8, 1);
	check_eq(rd(leaf), 0);
}

#define CASE(name, function) { name, function, end }

static const struct test_case cases[] = {
	CASE("frts", case_frts),
	CASE("frts-ad102", case_frts_ad102),
	CASE("older-signature", case_older_signature),
	CASE("signature-elsewhere", case_signature_elsewhere),
	CASE("other-program", case_other_program),
	CASE("no-algorithm", case_no_algorithm),
	CASE("open-code", case_open_code),
	CASE("other-code", case_other_code),
	CASE("other-data", case_other_data),
	CASE("starts-elsewhere", case_starts_elsewhere),
	CASE("wrong-core", case_wrong_core),
	CASE("reset", case_reset),
	CASE("dma-unaligned", case_dma_unaligned),
	CASE("dma-beyond", case_dma_beyond),
	CASE("dma-command", case_dma_command),
	CASE("dma-out", case_dma_out),
	CASE("dma-nowhere", case_dma_nowhere),
	CASE("dma-entry", case_dma_entry),
	CASE("unload", case_unload),
	CASE("booter-older", case_booter_older),
	CASE("booter-data", case_booter_data),
	CASE("core-not-selected", case_core_not_selected),
	CASE("turing-frts", case_turing_frts),
	CASE("turing-no-loader", case_turing_no_loader),
	CASE("turing-no-dma", case_turing_no_dma),
	CASE("turing-other-code", case_turing_other_code),
	CASE("turing-other-data", case_turing_other_data),
	CASE("turing-unload", case_turing_unload),
	CASE("turing-unsigned", case_turing_unsigned),
	CASE("turing-other-booter", case_turing_other_booter),
	CASE("retrigger", case_retrigger),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
