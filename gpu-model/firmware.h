/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The firmware files that the driver loads, a list for each generation.
 */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the headers of the secure boot number them. */
enum falcon_id {
	FALCON_PMU = 0,
	FALCON_FECS = 2,
	FALCON_GPCCS = 3,
};

struct firmware_file {
	const char *name;		/* below nvidia/CHIP/, without ".bin" */
	enum falcon_id falcon;		/* that it is for */
	/* Makes up what is in it; the next call may write over that. */
	const void *(*make)(const struct firmware_file *file, size_t *size);
};

struct ctxsw_ops;
struct rm_layout;

/* What the GSP boots of, where the model has to see that the driver loaded it. */
enum firmware_part {
	FIRMWARE_FWSEC_CODE = 0x10000,
	FIRMWARE_FWSEC_DATA,
	FIRMWARE_LOADER,
	FIRMWARE_SIGNATURE,
	FIRMWARE_BOOTER_LOAD,
	FIRMWARE_BOOTER_UNLOAD,
	/* The first of them; the others have the next numbers. */
	FIRMWARE_BOOTER_SIGNATURE = 0x10100,
	FIRMWARE_FWSEC_SIGNATURE = 0x10200,
};

/* Word @i of a page of RM's image (from 0), or of one of the above. */
static inline uint32_t firmware_word(uint32_t part, uint32_t i)
{
	uint32_t word = (part + 1) * 0x9e3779b1u ^ (i + 1) * 0x85ebca6bu;

	return (word ^ word >> 15) * 0xc2b2ae35u;
}

/* The same as bytes, however they lie; @first: the first of the words. */
bool firmware_is(const void *data, size_t size, uint32_t part, uint32_t first);
void firmware_fill(void *data, size_t size, uint32_t part);

/* A booter's image: code, the part of it that is signed, data. */
#define FIRMWARE_BOOTER_APP 0x100
#define FIRMWARE_BOOTER_DATA 0x200
#define FIRMWARE_BOOTER_DATA_SIZE 0x200
#define FIRMWARE_BOOTER_PATCH 0x40	/* in the data: where the signature goes */
#define FIRMWARE_BOOTER_ENGINE 1	/* SEC2, as the boot ROM numbers engines */
#define FIRMWARE_BOOTER_UCODE 3
/* Turing's falcons check a signature by AES, later ones by RSA. */
#define FIRMWARE_AES_SIGNATURE 16
#define FIRMWARE_RSA_SIGNATURE 384
#define FIRMWARE_SIGNATURE_SIZE 0x1000
#define FIRMWARE_APP_VERSION 0x1234

/* What a chip's falcons run, and what of it the driver loads from files. */
struct firmware {
	const char *name;
	const char *known_from;
	const struct ctxsw_ops *ctxsw;	/* how PGRAPH's answers: gpu.h; NULL: RM does */
	const struct rm_layout *rm;	/* RM's messages: gsp/gsp.h; NULL: no RM */
	const struct firmware_file *files;
	unsigned int file_count;
};

extern const struct firmware firmware_nouveau;	/* nouveau brings its own */
extern const struct firmware firmware_gm200;	/* through the secure boot on the PMU */

/* RM on the GSP, release 535.113.01 */
extern const struct firmware firmware_tu102;
extern const struct firmware firmware_tu116;
extern const struct firmware firmware_ga102;
extern const struct firmware firmware_ad102;

/* Writes what nouveau loads for @chip below @dir; false after one line on stderr. */
bool firmware_write(const char *dir, const char *chip);

#endif
