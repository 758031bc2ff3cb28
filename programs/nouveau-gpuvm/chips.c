// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * PCI device IDs come in runs, one or two for each chip. They are read where no
 * driver is there to tell what the GPU is; tests/tool.t compares them to pci.ids.
 */
#include "tool.h"

static const struct chip chips[] = {
	{ 0x06c0, 0x06df, "gf100", FERMI },
	{ 0x0dc0, 0x0ddf, "gf106", FERMI },
	{ 0x0de0, 0x0dff, "gf108", FERMI },
	{ 0x0e20, 0x0e3f, "gf104", FERMI },
	{ 0x0f00, 0x0f1f, "gf108", FERMI },
	{ 0x0fc0, 0x0fff, "gk107", KEPLER },
	{ 0x1000, 0x103f, "gk110", KEPLER },
	{ 0x1040, 0x107f, "gf119", FERMI },
	{ 0x1080, 0x1099, "gf110", FERMI },
	{ 0x109a, 0x109f, "gf100", FERMI },
	{ 0x1140, 0x117f, "gf117", FERMI },
	{ 0x1180, 0x11bf, "gk104", KEPLER },
	{ 0x11c0, 0x11ff, "gk106", KEPLER },
	{ 0x1200, 0x123f, "gf114", FERMI },
	{ 0x1240, 0x127f, "gf116", FERMI },
	{ 0x1280, 0x12ff, "gk208", KEPLER },
	{ 0x1340, 0x137f, "gm108", MAXWELL },
	{ 0x1380, 0x13bf, "gm107", MAXWELL },
	{ 0x13c0, 0x13ff, "gm204", MAXWELL },
	{ 0x1400, 0x147f, "gm206", MAXWELL },
	{ 0x15f0, 0x15ff, "gp100", PASCAL },
	{ 0x1600, 0x167f, "gm204", MAXWELL },
	{ 0x1720, 0x172f, "gp100", PASCAL },
	{ 0x1740, 0x177f, "gm108", MAXWELL },
	{ 0x1780, 0x17bf, "gm107", MAXWELL },
	{ 0x17c0, 0x17ff, "gm200", MAXWELL },
	{ 0x1b00, 0x1b7f, "gp102", PASCAL },
	{ 0x1b80, 0x1bff, "gp104", PASCAL },
	{ 0x1c00, 0x1c7f, "gp106", PASCAL },
	{ 0x1c80, 0x1cff, "gp107", PASCAL },
	{ 0x1d00, 0x1d7f, "gp108", PASCAL },
	{ 0x1d80, 0x1dff, "gv100", VOLTA },
	{ 0x1e00, 0x1e7f, "tu102", TURING },
	{ 0x1e80, 0x1eff, "tu104", TURING },
	{ 0x1f00, 0x1f7f, "tu106", TURING },
	{ 0x1f80, 0x1fff, "tu117", TURING },
	{ 0x2080, 0x20ff, "ga100", AMPERE },
	{ 0x2180, 0x21ff, "tu116", TURING },
	{ 0x2200, 0x227f, "ga102", AMPERE },
	{ 0x2300, 0x23ff, "gh100", LATER },
	{ 0x2400, 0x247f, "ga103", AMPERE },
	{ 0x2480, 0x24ff, "ga104", AMPERE },
	{ 0x2500, 0x257f, "ga106", AMPERE },
	{ 0x2580, 0x25ff, "ga107", AMPERE },
	{ 0x2680, 0x26ff, "ad102", ADA },
	{ 0x2700, 0x277f, "ad103", ADA },
	{ 0x2780, 0x27ff, "ad104", ADA },
	{ 0x2800, 0x287f, "ad106", ADA },
	{ 0x2880, 0x28ff, "ad107", ADA },
	{ 0x2900, 0x293f, "gb100", LATER },
	{ 0x2b80, 0x2bff, "gb202", LATER },
	{ 0x2c00, 0x2c7f, "gb203", LATER },
	{ 0x2d00, 0x2d7f, "gb206", LATER },
	{ 0x2d80, 0x2dff, "gb207", LATER },
	{ 0x2f00, 0x2f7f, "gb205", LATER },
};

static const struct chip older = { 0, 0, "older than gf100", TESLA_OR_OLDER };

const struct chip *chip_find(uint16_t device)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(chips); i++) {
		if (device >= chips[i].first && device <= chips[i].last)
			return &chips[i];
	}
	/* Fermi was the first to have IDs above these; older ones have a few up there. */
	if (device < 0x06c0 || (device > 0x06df && device < 0x0dc0) ||
	    (device >= 0x10c0 && device < 0x10e0))
		return &older;
	return NULL;
}

const char *family_name(enum family family)
{
	static const char *const names[] = {
		"Tesla or older", "Fermi", "Kepler", "Maxwell", "Pascal", "Volta", "Turing",
		"Ampere", "Ada", "later than Ada",
	};

	return names[family];
}
