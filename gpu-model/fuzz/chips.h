/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The byte that picks a chip in an input of the GPU's fuzzer, by the chip's name:
 * the order of the model's own list is the linker's, and changes. A chip keeps its
 * byte, so that kept inputs keep their meaning; a new chip goes to the end.
 */
#ifndef FUZZ_CHIPS_H
#define FUZZ_CHIPS_H

static const char *const fuzz_chips[] = { "gp100", "gm107", "gm206", "gk104" };

#define FUZZ_CHIPS (sizeof(fuzz_chips) / sizeof(fuzz_chips[0]))

#endif
