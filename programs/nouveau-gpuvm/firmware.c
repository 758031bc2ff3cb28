// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module itself names all the firmware that it may ask for; a chip needs what
 * lies in its own directory. The kernel looks for it in four places, and takes it
 * compressed as well.
 *
 * Firmware of the GSP has its release in its name, NAME-535.113.01.bin. A module may
 * know several releases: all files of one of them are enough.
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

/* Whether @file is below @below in the chip's directory; @below is "" or "gsp/" */
static bool is_of(const char *file, const struct chip *chip, const char *below)
{
	char dir[48];

	snprintf(dir, sizeof(dir), "nvidia/%s/%s", chip->name, below);
	return starts(file, dir);
}

bool firmware_for_gsp(const struct chip *chip, const struct module *m)
{
	size_t i;

	for (i = 0; m->firmware && m->firmware[i]; i++) {
		if (is_of(m->firmware[i], chip, "gsp/"))
			return true;
	}
	return false;
}

/* The files without the GSP's; a chip from Ada on has no others. */
static unsigned int missing_others(const struct chip *chip, const struct module *m,
				   const char *release, char *example, size_t room)
{
	unsigned int missing = 0;
	size_t i;

	for (i = 0; m->firmware && m->firmware[i]; i++) {
		const char *name = m->firmware[i];

		if (!is_of(name, chip, "") || is_of(name, chip, "gsp/") || there(name, release))
			continue;
		if (!missing++)
			snprintf(example, room, "%s", name);
	}
	return missing;
}

static const char *release_of(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash ? dash : "";
}

/* How many files the release that lacks fewest lacks */
static unsigned int missing_gsp(const struct chip *chip, const struct module *m,
				const char *release, char *example, size_t room)
{
	unsigned int fewest = 0;
	bool any = false;
	size_t i, k;

	for (i = 0; m->firmware && m->firmware[i]; i++) {
		const char *first = m->firmware[i], *lacks = NULL;
		unsigned int missing = 0;

		if (!is_of(first, chip, "gsp/"))
			continue;
		for (k = 0; m->firmware[k]; k++) {
			const char *name = m->firmware[k];

			if (!is_of(name, chip, "gsp/") || strcmp(release_of(name), release_of(first)) ||
			    there(name, release))
				continue;
			missing++;
			lacks = name;
		}
		if (any && missing >= fewest)
			continue;
		any = true;
		fewest = missing;
		if (lacks)
			snprintf(example, room, "%s", lacks);
	}
	return fewest;
}

unsigned int firmware_missing(const struct chip *chip, const struct module *m, const char *release,
			      bool gsp, char *example, size_t room)
{
	*example = 0;
	return gsp ? missing_gsp(chip, m, release, example, room) :
		missing_others(chip, m, release, example, room);
}
