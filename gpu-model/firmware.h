/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The firmware files that the driver loads, a list for each generation.
 */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>

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

/* What a chip's falcons run, and what of it the driver loads from files. */
struct firmware {
	const char *name;
	const char *known_from;
	const struct ctxsw_ops *ctxsw;	/* how PGRAPH's answers: gpu.h */
	const struct firmware_file *files;
	unsigned int file_count;
};

extern const struct firmware firmware_nouveau;	/* nouveau brings its own */
extern const struct firmware firmware_gm200;	/* through the secure boot on the PMU */

/* Writes what nouveau loads for @chip below @dir; false after one line on stderr. */
bool firmware_write(const char *dir, const char *chip);

#endif
