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
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "firmware.h"
#include "gpu.h"

/* Container of NVIDIA's earlier releases. */
#define MAGIC 0x3b1d14f0

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

#define CONTAINER(type) {					\
	.magic = MAGIC,						\
	.version = 1,						\
	.size = sizeof(struct type),				\
	.header_offset = offsetof(struct type, header),		\
	.data_offset = offsetof(struct type, data),		\
	.data_size = sizeof(((struct type *)0)->data),		\
}

static const void *make_secured(const struct firmware_file *file, size_t *size)
{
	static const struct secured image = {
		.container = CONTAINER(secured),
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
		.container = CONTAINER(loader),
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
