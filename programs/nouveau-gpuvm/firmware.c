// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module itself names all the firmware that it may ask for; a chip needs what
 * lies in its own directory. The kernel looks for it in four places, and takes it
 * compressed as well.
 */
#include <string.h>

#include "tool.h"

static bool there(const char *name, const char *release)
{
	static const char *const ends[] = { "", ".xz", ".zst" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		if (root_has("/lib/firmware/updates/%s/%s%s", release, name, ends[i]) ||
		    root_has("/lib/firmware/updates/%s%s", name, ends[i]) ||
		    root_has("/lib/firmware/%s/%s%s", release, name, ends[i]) ||
		    root_has("/lib/firmware/%s%s", name, ends[i]))
			return true;
	}
	return false;
}

unsigned int firmware_missing(const struct chip *chip, const struct module *m, const char *release,
			      char *example, size_t room)
{
	char dir[32], acr[40], gsp[40];
	unsigned int missing = 0;
	bool either = false;
	size_t i;

	*example = 0;
	snprintf(dir, sizeof(dir), "nvidia/%s/", chip->name);
	snprintf(acr, sizeof(acr), "%sacr/", dir);
	snprintf(gsp, sizeof(gsp), "%sgsp/", dir);
	/* Turing and Ampere have a GSP, and do without it unless told otherwise. */
	for (i = 0; m->firmware && m->firmware[i]; i++)
		either |= starts(m->firmware[i], acr);
	for (i = 0; m->firmware && m->firmware[i]; i++) {
		const char *name = m->firmware[i];

		if (!starts(name, dir) || (either && starts(name, gsp)) || there(name, release))
			continue;
		if (!missing++)
			snprintf(example, room, "%s", name);
	}
	return missing;
}
