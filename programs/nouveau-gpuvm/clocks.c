// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who sets the clocks of a GPU.  From Turing on the GSP does, a processor of the GPU
 * with firmware of NVIDIA's own; Turing and Ampere run without the GSP, too, at the
 * clocks of the boot.  Chips from the second Maxwell to Volta take only signed firmware
 * for their clocks, which NVIDIA has not published.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The last NvGspRm= of nouveau's parameter config in @options: 1, 0, or -1 for none */
static int gsp_of(const char *options)
{
	static const char key[] = "NvGspRm=";
	const char *at;
	int is = -1;

	for (at = strstr(options, key); at; at = strstr(at + 1, key)) {
		const char *value = at + strlen(key);

		is = !(starts(value, "0") || starts(value, "false") || starts(value, "off") ||
		       starts(value, "no"));
	}
	return is;
}

/*
 * nouveau takes the GSP if an option says so.  Without an option, ours does, and the
 * kernel's own does if the kernel's configuration says so.  A nouveau that knows a newer
 * release of the GSP's firmware has no such configuration any more, and takes the GSP by
 * itself; in between is one that has both.
 */
static enum clocks look(const struct module *m, const char *release, bool by_itself)
{
	static const char *const configs[] = {
		"/lib/modules/%s/build/include/config/auto.conf", "/lib/modules/%s/config", "/boot/config-%s",
	};
	char *text = module_options();
	int gsp = gsp_of(text);
	bool on = gsp > 0 || m->ours, off = false;
	char path[PATH_MAX];
	size_t i;

	free(text);
	if (!gsp)
		return CLOCKS_GSP_OFF;
	for (i = 0; i < ARRAY_SIZE(configs) && !on && !off; i++) {
		snprintf(path, sizeof(path), configs[i], release);
		text = root_read(NULL, "%s", path);
		on = text && strstr(text, "CONFIG_DRM_NOUVEAU_GSP_DEFAULT=y");
		off = text && strstr(text, "# CONFIG_DRM_NOUVEAU_GSP_DEFAULT is not set");
		free(text);
	}
	return on || (by_itself && !off) ? CLOCKS_BY_GSP : CLOCKS_WITHOUT_GSP;
}

enum clocks clocks_of(const struct chip *chip, const struct module *m, const char *release)
{
	const struct shelf shelf = { release, NULL };
	char example[128];
	enum clocks clocks;

	if (!chip || chip->family < KEPLER)
		return CLOCKS_UNKNOWN;
	if (chip->family == KEPLER || !strcmp(chip->name, "gm107") || !strcmp(chip->name, "gm108"))
		return CLOCKS_BY_HAND;
	if (chip->family < TURING)
		return CLOCKS_OF_BOOT;
	if (chip->family >= ADA)
		return firmware_for_gsp(chip, m) ? CLOCKS_BY_GSP : CLOCKS_UNKNOWN;
	/* nouveau before Linux 6.7 does not know the GSP. */
	if (!firmware_for_gsp(chip, m))
		return CLOCKS_OF_BOOT;
	clocks = look(m, release, firmware_for_newer_gsp(chip, m));
	if (clocks == CLOCKS_BY_GSP &&
	    firmware_missing(chip, m, &shelf, true, example, sizeof(example)))
		return CLOCKS_GSP_LACKS;
	return clocks;
}

const char *clocks_text(enum clocks clocks)
{
	static const char *const texts[] = {
		[CLOCKS_UNKNOWN] = "", [CLOCKS_BY_HAND] = "you set them, in debugfs: dri/*/pstate",
		[CLOCKS_OF_BOOT] = "those of the boot; nouveau cannot change them",
		[CLOCKS_BY_GSP] = "the GSP sets them",
		[CLOCKS_WITHOUT_GSP] = "those of the boot; nouveau does not use the GSP",
		[CLOCKS_GSP_OFF] = "those of the boot; NvGspRm=0 switches the GSP off",
		[CLOCKS_GSP_LACKS] = "those of the boot; the GSP's firmware is missing",
	};

	return texts[clocks];
}
