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

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The chips whose secure boot runs on the PMU, by nouveau's acr/gm200.c. */
static const char *const secure[] = { "gm200", "gm204", "gm206", "gp100" };

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

#define FALCON_FECS 2
#define FALCON_GPCCS 3
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

static bool write_file(const char *dir, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *file = NULL;
	bool right = false;
	int n;

	n = snprintf(path, sizeof(path), "%s/%s.bin", dir, name);
	if (n > 0 && (size_t)n < sizeof(path))
		file = fopen(path, "we");
	else
		errno = ENAMETOOLONG;
	if (file) {
		right = fwrite(data, size, 1, file) == 1;
		right = !fclose(file) && right;
	}
	if (!right)
		fprintf(stderr, "gpu-model: cannot write %s: %s\n", path, strerror(errno));
	return right;
}

static bool write_secured(const char *dir, const char *name)
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

	return write_file(dir, name, &image, sizeof(image));
}

static bool write_loader(const char *dir, const char *name)
{
	static const struct loader image = {
		.container = CONTAINER(loader),
		.header = { .start_tag = 0x7e, .code_size = CODE },
	};

	return write_file(dir, name, &image, sizeof(image));
}

static bool write_falcon(const char *dir, const char *falcon, uint32_t id)
{
	static const uint8_t zero[0x400];
	struct signature sig = { .has_production = 1, .falcon = id };
	char name[64];

	snprintf(name, sizeof(name), "gr/%s_bl", falcon);
	if (!write_loader(dir, name))
		return false;
	snprintf(name, sizeof(name), "gr/%s_inst", falcon);
	if (!write_file(dir, name, zero, sizeof(zero)))
		return false;
	snprintf(name, sizeof(name), "gr/%s_data", falcon);
	if (!write_file(dir, name, zero, 0x100))
		return false;
	snprintf(name, sizeof(name), "gr/%s_sig", falcon);
	return write_file(dir, name, &sig, sizeof(sig));
}

/* A directory and those above it. */
static bool make_directory(const char *format, const char *dir, const char *chip)
{
	char path[4096];
	char *at = path;
	int n = snprintf(path, sizeof(path), format, dir, chip);

	if (n <= 0 || (size_t)n >= sizeof(path)) {
		fprintf(stderr, "gpu-model: the path %s is too long\n", dir);
		return false;
	}
	do {
		at = strchr(at + 1, '/');
		if (at)
			*at = '\0';
		if (mkdir(path, 0777) && errno != EEXIST) {
			fprintf(stderr, "gpu-model: cannot make %s: %s\n", path, strerror(errno));
			return false;
		}
		if (at)
			*at = '/';
	} while (at);
	return true;
}

bool firmware_write(const char *dir, const char *chip)
{
	static const char *const lists[] = {
		"gr/sw_ctx", "gr/sw_nonctx", "gr/sw_bundle_init", "gr/sw_method_init",
	};
	static const uint32_t no_entry;
	char top[4096];
	bool needed = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(secure); i++)
		needed |= !strcmp(chip, secure[i]);
	if (!needed)
		return true;
	if (!make_directory("%s/nvidia/%s/acr", dir, chip) ||
	    !make_directory("%s/nvidia/%s/gr", dir, chip))
		return false;
	snprintf(top, sizeof(top), "%s/nvidia/%s", dir, chip);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		if (!write_file(top, lists[i], &no_entry, sizeof(no_entry)))
			return false;
	return write_loader(top, "acr/bl") && write_secured(top, "acr/ucode_load") &&
	       write_secured(top, "acr/ucode_unload") && write_falcon(top, "fecs", FALCON_FECS) &&
	       write_falcon(top, "gpccs", FALCON_GPCCS);
}
