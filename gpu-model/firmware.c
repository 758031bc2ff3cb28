// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Made-up firmware.
 *
 * From the second generation of Maxwell on, PGRAPH's falcons start only what
 * NVIDIA has signed: nouveau loads their firmware, and the secure boot programs
 * (ACR) that check it, from files. The model runs none of it: it does by itself
 * what these programs would do (acr.c, fecs.c). But the driver wants the files,
 * takes them apart and lays them out in memory, which the model then looks at.
 *
 * So these are containers as nouveau reads them, and nothing but zeroes in them:
 *
 *	acr/bl, acr/ucode_load, acr/ucode_unload
 *		"heavily secured" programs: nvkm/falcon/fw.c (ctor_hs), nvfw/hs.h
 *	gr/{fecs,gpccs}_{bl,inst,data,sig}
 *		"lightly secured" ones: nvkm/subdev/acr/lsfw.c, nvfw/acr.h
 *	gr/sw_{ctx,nonctx,bundle_init,method_init}
 *		lists of register and method values: nvkm/engine/gr/gk20a.c. They
 *		hold no entry: a file that is less than one, as the kernel takes no
 *		empty file.
 *	gsp/booter_{load,unload}
 *		programs for SEC2, with signatures: nvkm/falcon/fw.c (ctor_hs_v2)
 *	gsp/bootloader, gsp/gsp
 *		what RM boots of: an image in an ELF file: nvkm/subdev/gsp/r535.c
 *
 * In those of the GSP every word is another one (firmware_word): the model sees
 * whether the driver put all of it where it belongs.
 */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "firmware.h"
#include "gpu.h"
#include "gsp/gsp.h"

/* Container of NVIDIA's earlier releases. */
#define MAGIC 0x3b1d14f0
#define MAGIC_GSP 0x10de	/* of the GSP's and the booters' */

struct container {
	uint32_t magic, version, size;
	uint32_t header_offset;
	uint32_t data_offset, data_size;
};

struct secured_header {
	uint32_t debug_sig_offset, debug_sig_size;
	uint32_t sig_offset, sig_size;
	uint32_t patch_loc;		/* where in the data the signature goes */
	uint32_t patch_sig;
	uint32_t load_offset, load_size;
};

struct load_header {
	uint32_t code_offset, code_size;	/* not secured */
	uint32_t data_offset, data_size;
	uint32_t apps;
	uint32_t app_offset, app_size;		/* secured */
};

struct loader_header {
	uint32_t start_tag;		/* its address in the falcon, in 256 bytes */
	uint32_t dmem_offset;
	uint32_t code_offset, code_size;
	uint32_t data_offset, data_size;
};

struct signature {
	uint8_t production_keys[2][16];
	uint8_t debug_keys[2][16];
	uint32_t has_production, has_debug;
	uint32_t falcon;
};

#define SIGNATURE 16

#define CODE 0x100
/* A descriptor of memory regions begins the data; the driver fills it in. */
#define DATA 0x300

struct secured {
	struct container container;
	struct secured_header header;
	struct load_header load;
	uint8_t debug_sig[SIGNATURE], sig[SIGNATURE];
	uint8_t data[CODE + CODE + DATA];
};

struct loader {
	struct container container;
	struct loader_header header;
	uint8_t data[CODE];
};

#define CONTAINER(type, number) {				\
	.magic = number,					\
	.version = 1,						\
	.size = sizeof(struct type),				\
	.header_offset = offsetof(struct type, header),		\
	.data_offset = offsetof(struct type, data),		\
	.data_size = sizeof(((struct type *)0)->data),		\
}

static const void *make_secured(const struct firmware_file *file, size_t *size)
{
	static const struct secured image = {
		.container = CONTAINER(secured, MAGIC),
		.header = {
			.debug_sig_offset = offsetof(struct secured, debug_sig),
			.debug_sig_size = SIGNATURE,
			.sig_offset = offsetof(struct secured, sig),
			.sig_size = SIGNATURE,
			.patch_loc = CODE + CODE,
			.load_offset = offsetof(struct secured, load),
			.load_size = sizeof(struct load_header),
		},
		.load = {
			.code_size = CODE,
			.data_offset = CODE + CODE,
			.data_size = DATA,
			.apps = 1,
			.app_offset = CODE,
			.app_size = CODE,
		},
	};

	(void)file;
	*size = sizeof(image);
	return &image;
}

static const void *make_loader(const struct firmware_file *file, size_t *size)
{
	static const struct loader image = {
		.container = CONTAINER(loader, MAGIC),
		.header = { .start_tag = 0x7e, .code_size = CODE },
	};

	(void)file;
	*size = sizeof(image);
	return &image;
}

static const uint8_t zero[0x400];

static const void *make_code(const struct firmware_file *file, size_t *size)
{
	(void)file;
	*size = sizeof(zero);
	return zero;
}

static const void *make_data(const struct firmware_file *file, size_t *size)
{
	(void)file;
	*size = 0x100;
	return zero;
}

static const void *make_signature(const struct firmware_file *file, size_t *size)
{
	static struct signature sig;

	sig = (struct signature){ .has_production = 1, .falcon = file->falcon };
	*size = sizeof(sig);
	return &sig;
}

static const void *make_empty_list(const struct firmware_file *file, size_t *size)
{
	(void)file;
	*size = sizeof(uint32_t);
	return zero;
}

/* --- the GSP ---------------------------------------------------------------- */

#define RELEASE "535.113.01"

void firmware_fill(void *data, size_t size, uint32_t part)
{
	uint8_t *at = data;
	uint32_t i;

	for (i = 0; i < size / 4; i++) {
		uint32_t word = firmware_word(part, i);

		memcpy(at + i * 4, &word, 4);
	}
}

bool firmware_is(const void *data, size_t size, uint32_t part, uint32_t first)
{
	const uint8_t *at = data;
	uint32_t i;

	for (i = 0; i < size / 4; i++) {
		uint32_t word = firmware_word(part, first + i);

		if (memcmp(at + i * 4, &word, 4))
			return false;
	}
	return true;
}

struct booter_header {
	uint32_t sig_offset, sig_size;
	uint32_t patch_loc, patch_sig;		/* these lie where the offsets say */
	uint32_t meta_offset, meta_size;
	uint32_t num_sig;
	uint32_t load_offset, load_size;
};

struct booter {
	struct container container;
	struct booter_header header;
	uint32_t patch_loc, patch_sig, num_sig;
	uint32_t fuse_version, engine, ucode;
	struct load_header load;
	uint8_t sig[2 * FIRMWARE_RSA_SIGNATURE];
	uint8_t data[FIRMWARE_BOOTER_DATA + FIRMWARE_BOOTER_DATA_SIZE];
};

/* One signature by AES, or two by RSA: for the version that is older than ours, for ours. */
static const void *make_booter(enum firmware_part part, bool rsa, size_t *size)
{
	uint32_t sig_size = rsa ? FIRMWARE_RSA_SIGNATURE : FIRMWARE_AES_SIGNATURE;
	uint32_t count = rsa ? 2 : 1, i;
	static struct booter image;

	image = (struct booter){
		.container = CONTAINER(booter, MAGIC_GSP),
		.header = {
			.sig_offset = offsetof(struct booter, sig),
			.sig_size = sig_size * count,
			.patch_loc = offsetof(struct booter, patch_loc),
			.patch_sig = offsetof(struct booter, patch_sig),
			.meta_offset = offsetof(struct booter, fuse_version),
			.meta_size = 12,
			.num_sig = offsetof(struct booter, num_sig),
			.load_offset = offsetof(struct booter, load),
			.load_size = sizeof(struct load_header),
		},
		.patch_loc = FIRMWARE_BOOTER_DATA + FIRMWARE_BOOTER_PATCH,
		.num_sig = count,
		.fuse_version = count,
		.engine = FIRMWARE_BOOTER_ENGINE,
		.ucode = FIRMWARE_BOOTER_UCODE,
		.load = {
			.code_size = FIRMWARE_BOOTER_APP,
			.data_offset = FIRMWARE_BOOTER_DATA,
			.data_size = FIRMWARE_BOOTER_DATA_SIZE,
			.apps = 1,
			.app_offset = FIRMWARE_BOOTER_APP,
			.app_size = FIRMWARE_BOOTER_DATA - FIRMWARE_BOOTER_APP,
		},
	};
	for (i = 0; i < count; i++)
		firmware_fill(image.sig + i * sig_size, sig_size, FIRMWARE_BOOTER_SIGNATURE + i);
	firmware_fill(image.data, sizeof(image.data), part);
	*size = sizeof(image);
	return &image;
}

static const void *make_booter_load(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_booter(FIRMWARE_BOOTER_LOAD, false, size);
}

static const void *make_booter_unload(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_booter(FIRMWARE_BOOTER_UNLOAD, false, size);
}

static const void *make_booter_load_rsa(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_booter(FIRMWARE_BOOTER_LOAD, true, size);
}

static const void *make_booter_unload_rsa(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_booter(FIRMWARE_BOOTER_UNLOAD, true, size);
}

/* The program that the RISC-V core starts; its header has 21 words. */
struct bootloader {
	struct container container;
	uint32_t header[21];
	uint8_t data[0x1000];
};

static const void *make_bootloader(const struct firmware_file *file, size_t *size)
{
	static struct bootloader image;

	(void)file;
	image = (struct bootloader){
		.container = CONTAINER(bootloader, MAGIC_GSP),
		.header = {
			[0] = 5,
			[7] = FIRMWARE_APP_VERSION,
			[8] = 0x100,		/* manifest, */
			[10] = 0x200,		/* data, */
			[12] = 0x300,		/* code */
		},
	};
	firmware_fill(image.data, sizeof(image.data), FIRMWARE_LOADER);
	*size = sizeof(image);
	return &image;
}

/* Large enough that the table of its pages has three levels. */
#define RM_PAGES 1100
#define RM_PAGE 0x1000

enum section { SECTION_NONE, SECTION_IMAGE, SECTION_SIGNATURE, SECTION_NAMES, SECTIONS };

struct rm_file {
	Elf64_Ehdr header;
	Elf64_Shdr section[SECTIONS];
	char names[0x80];
	uint8_t signature[FIRMWARE_SIGNATURE_SIZE];
	uint8_t image[RM_PAGES * RM_PAGE];
};

static void name_section(struct rm_file *rm, enum section n, const char *name, size_t offset,
			 size_t size)
{
	size_t at = 1 + 0x20 * (n - 1);

	snprintf(rm->names + at, 0x20, "%s", name);
	rm->section[n].sh_name = (uint32_t)at;
	rm->section[n].sh_type = n == SECTION_NAMES ? SHT_STRTAB : SHT_PROGBITS;
	rm->section[n].sh_offset = offset;
	rm->section[n].sh_size = size;
}

static const void *make_rm(const char *signature, size_t *size)
{
	static struct rm_file rm;
	uint32_t page;

	memset(&rm, 0, offsetof(struct rm_file, image));
	memcpy(rm.header.e_ident, ELFMAG, SELFMAG);
	rm.header.e_ident[EI_CLASS] = ELFCLASS64;
	rm.header.e_ident[EI_DATA] = ELFDATA2LSB;
	rm.header.e_ident[EI_VERSION] = EV_CURRENT;
	rm.header.e_type = ET_REL;
	rm.header.e_machine = EM_RISCV;
	rm.header.e_version = EV_CURRENT;
	rm.header.e_shoff = offsetof(struct rm_file, section);
	rm.header.e_ehsize = sizeof(Elf64_Ehdr);
	rm.header.e_shentsize = sizeof(Elf64_Shdr);
	rm.header.e_shnum = SECTIONS;
	rm.header.e_shstrndx = SECTION_NAMES;
	name_section(&rm, SECTION_IMAGE, ".fwimage", offsetof(struct rm_file, image), sizeof(rm.image));
	name_section(&rm, SECTION_SIGNATURE, signature, offsetof(struct rm_file, signature),
		     sizeof(rm.signature));
	name_section(&rm, SECTION_NAMES, ".shstrtab", offsetof(struct rm_file, names),
		     sizeof(rm.names));
	firmware_fill(rm.signature, sizeof(rm.signature), FIRMWARE_SIGNATURE);
	for (page = 0; page < RM_PAGES; page++)
		firmware_fill(rm.image + page * RM_PAGE, RM_PAGE, page);
	*size = sizeof(rm);
	return &rm;
}

static const void *make_rm_tu10x(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_rm(".fwsignature_tu10x", size);
}

static const void *make_rm_tu11x(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_rm(".fwsignature_tu11x", size);
}

static const void *make_rm_ga10x(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_rm(".fwsignature_ga10x", size);
}

static const void *make_rm_ad10x(const struct firmware_file *file, size_t *size)
{
	(void)file;
	return make_rm(".fwsignature_ad10x", size);
}

/* --- what each generation needs -------------------------------------------- */

/* Up to the first Maxwell nouveau has firmware for all falcons in itself. */
const struct firmware firmware_nouveau = {
	.name = "nouveau's own",
	.known_from = "nouveau gr/gk104.c (gk104_gr_fecs_ucode), gr/gm107.c, pmu/gk104.c",
	.ctxsw = &ctxsw_nouveau,
};

static const struct firmware_file files_gm200[] = {
	{ "acr/bl", FALCON_PMU, make_loader },
	{ "acr/ucode_load", FALCON_PMU, make_secured },
	{ "acr/ucode_unload", FALCON_PMU, make_secured },
	{ "gr/fecs_bl", FALCON_FECS, make_loader },
	{ "gr/fecs_inst", FALCON_FECS, make_code },
	{ "gr/fecs_data", FALCON_FECS, make_data },
	{ "gr/fecs_sig", FALCON_FECS, make_signature },
	{ "gr/gpccs_bl", FALCON_GPCCS, make_loader },
	{ "gr/gpccs_inst", FALCON_GPCCS, make_code },
	{ "gr/gpccs_data", FALCON_GPCCS, make_data },
	{ "gr/gpccs_sig", FALCON_GPCCS, make_signature },
	{ "gr/sw_ctx", FALCON_FECS, make_empty_list },
	{ "gr/sw_nonctx", FALCON_FECS, make_empty_list },
	{ "gr/sw_bundle_init", FALCON_FECS, make_empty_list },
	{ "gr/sw_method_init", FALCON_FECS, make_empty_list },
};

const struct firmware firmware_gm200 = {
	.name = "secure boot on the PMU",
	.known_from = "nouveau acr/gm200.c (gm200_acr_load_fwif), gr/gm200.c (gm200_gr_fecs_acr)",
	.ctxsw = &ctxsw_nvidia,
	.files = files_gm200,
	.file_count = ARRAY_SIZE(files_gm200),
};

/* The loader of FWSEC is Turing's alone. */
#define FILES_TURING(rm) { \
	{ "acr/bl", FALCON_PMU, make_loader }, \
	{ "gsp/booter_load-" RELEASE, FALCON_PMU, make_booter_load }, \
	{ "gsp/booter_unload-" RELEASE, FALCON_PMU, make_booter_unload }, \
	{ "gsp/bootloader-" RELEASE, FALCON_PMU, make_bootloader }, \
	{ "gsp/gsp-" RELEASE, FALCON_PMU, rm }, \
}

#define FILES_AMPERE(rm) { \
	{ "gsp/booter_load-" RELEASE, FALCON_PMU, make_booter_load_rsa }, \
	{ "gsp/booter_unload-" RELEASE, FALCON_PMU, make_booter_unload_rsa }, \
	{ "gsp/bootloader-" RELEASE, FALCON_PMU, make_bootloader }, \
	{ "gsp/gsp-" RELEASE, FALCON_PMU, rm }, \
}

static const struct firmware_file files_tu102[] = FILES_TURING(make_rm_tu10x);
static const struct firmware_file files_tu116[] = FILES_TURING(make_rm_tu11x);
static const struct firmware_file files_ga102[] = FILES_AMPERE(make_rm_ga10x);
static const struct firmware_file files_ad102[] = FILES_AMPERE(make_rm_ad10x);

#define FIRMWARE_RM(chip) { \
	.name = "RM " RELEASE " on the GSP", \
	.known_from = "nouveau gsp/" #chip ".c (" #chip "_gsp_r535_113_01), gsp/r535.c (r535_gsp_load)", \
	.rm = &layout_r535, \
	.files = files_##chip, \
	.file_count = ARRAY_SIZE(files_##chip), \
}

const struct firmware firmware_tu102 = FIRMWARE_RM(tu102);
const struct firmware firmware_tu116 = FIRMWARE_RM(tu116);
const struct firmware firmware_ga102 = FIRMWARE_RM(ga102);
const struct firmware firmware_ad102 = FIRMWARE_RM(ad102);

/* --- files ----------------------------------------------------------------- */

/* The directories above a file. */
static bool make_directories(char *path)
{
	char *at = path;

	while ((at = strchr(at + 1, '/'))) {
		*at = '\0';
		if (mkdir(path, 0777) && errno != EEXIST) {
			fprintf(stderr, "gpu-model: cannot make %s: %s\n", path, strerror(errno));
			return false;
		}
		*at = '/';
	}
	return true;
}

static bool write_file(const char *dir, const char *chip, const struct firmware_file *file)
{
	bool right = false;
	char path[4096];
	const void *data;
	size_t size;
	FILE *f;
	int n;

	n = snprintf(path, sizeof(path), "%s/nvidia/%s/%s.bin", dir, chip, file->name);
	if (n <= 0 || (size_t)n >= sizeof(path)) {
		fprintf(stderr, "gpu-model: the path %s is too long\n", dir);
		return false;
	}
	if (!make_directories(path))
		return false;
	data = file->make(file, &size);
	f = fopen(path, "we");
	if (f) {
		right = fwrite(data, size, 1, f) == 1;
		right = !fclose(f) && right;
	}
	if (!right)
		fprintf(stderr, "gpu-model: cannot write %s: %s\n", path, strerror(errno));
	return right;
}

bool firmware_write(const char *dir, const char *name)
{
	const struct chip *chip = chip_find(name);
	unsigned int i;

	for (i = 0; chip && i < chip->firmware->file_count; i++)
		if (!write_file(dir, chip->name, &chip->firmware->files[i]))
			return false;
	return chip;
}
