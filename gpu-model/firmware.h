/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdbool.h>

/* Writes what nouveau loads for @chip below @dir; false after one line on stderr. */
bool firmware_write(const char *dir, const char *chip);

#endif
