// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The firmware containers, taken apart by nouveau's rules: all offsets lie inside
 * of the file, the driver's additions fit, and nothing but zeroes is in there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "firmware.h"

static char dir[32];
static uint32_t word[4096];
static uint32_t size;

static void begin(const char *chip)
{
	snprintf(dir, sizeof(dir), "/tmp/firmware.XXXXXX");
	check(mkdtemp(dir));
	check(firmware_write(dir, chip));
}

static void end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	check_eq(system(command), 0);
}

static bool load(const char *chip, const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/nvidia/%s/%s.bin", dir, chip, name);
	f = fopen(path, "r");
	if (!f)
		return false;
	memset(word, 0, sizeof(word));
	size = (uint32_t)fread(word, 1, sizeof(word), f);
	fclose(f);
	return true;
}

static void check_zero(uint32_t offset, uint32_t len)
{
	uint32_t i;

	check(offset <= size && len <= size - offset);
	for (i = offset; i < offset + len; i++)
		check_eq(((uint8_t *)word)[i], 0);
}

/* Returns where the header is. */
static uint32_t *check_container(void)
{
	check_eq(word[0], 0x3b1d14f0);
	check_eq(word[2], size);
	check(word[3] % 4 == 0 && word[3] < size);
	check_zero(word[4], word[5]);
	return word + word[3] / 4;
}

static void check_secured(const char *chip, const char *name)
{
	uint32_t *header, *load_header, image, image_size, apps;

	check(load(chip, name));
	header = check_container();
	image = word[4];
	image_size = word[5];
	/* Signatures: debug, production, where they go. */
	check_zero(header[0], header[1]);
	check_zero(header[2], header[3]);
	check_eq(header[1], header[3]);
	check_eq(header[3] % 4, 0);
	check(header[4] + header[3] <= image_size);
	check_eq(header[5], 0);
	/* How it is loaded. */
	check(header[6] + header[7] <= image);
	load_header = word + header[6] / 4;
	check(load_header[0] + load_header[1] <= image_size);
	check(load_header[2] + load_header[3] <= image_size);
	apps = load_header[4];
	check_eq(header[7], 20 + 8 * apps);
	check(apps == 1 && load_header[5] + load_header[6] <= image_size);
	check_eq(load_header[5] % 0x100, 0);
	/* The signature goes into the data; the driver's descriptor fits there. */
	check(header[4] >= load_header[2]);
	check(load_header[3] >= 0x288);
}

static void case_acr(void)
{
	uint32_t *header;

	begin("gp100");
	check_secured("gp100", "acr/ucode_load");
	check_secured("gp100", "acr/ucode_unload");
	check(load("gp100", "acr/bl"));
	header = check_container();
	check_eq(header[2], 0);
	check(header[3] && header[3] <= word[5]);
}

static void case_gr(void)
{
	static const char *const names[] = { "fecs", "gpccs" };
	char name[64];
	unsigned int i;

	begin("gm206");
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "gr/%s_bl", names[i]);
		check(load("gm206", name));
		/* Copied in units of 256 bytes. */
		check(((check_container()[3] + 255) & ~255u) <= size - word[4]);
		snprintf(name, sizeof(name), "gr/%s_sig", names[i]);
		check(load("gm206", name));
		check_eq(size, 76);
		check_eq(word[18], 2 + i);
		check_zero(0, 64);
		snprintf(name, sizeof(name), "gr/%s_inst", names[i]);
		check(load("gm206", name) && size);
		check_zero(0, size);
		snprintf(name, sizeof(name), "gr/%s_data", names[i]);
		check(load("gm206", name) && size);
		check_zero(0, size);
	}
	/* Less than an entry, and yet not empty. */
	check(load("gm206", "gr/sw_ctx") && size && size < 8);
	check(load("gm206", "gr/sw_nonctx") && size && size < 8);
	check(load("gm206", "gr/sw_bundle_init") && size && size < 8);
	check(load("gm206", "gr/sw_method_init") && size && size < 8);
}

static void case_none_needed(void)
{
	begin("gm107");
	check(!load("gm107", "acr/bl"));
	check_eq(rmdir(dir), 0);
	check(mkdir(dir, 0700) == 0);
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{ "acr", case_acr, end },
		{ "gr", case_gr, end },
		{ "none-needed", case_none_needed, end },
	};

	return tap_main(argc, argv, cases, COUNT(cases));
}
