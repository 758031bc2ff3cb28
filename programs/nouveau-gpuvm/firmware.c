// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module itself names all the firmware that it may ask for, and the package's source
 * has the list before the module is built; a chip needs what lies in its own directory.
 * The kernel looks for it in four places, and takes it compressed as well.  A nouveau in
 * the initramfs asks before the file system of the machine is there: what is not in the
 * initramfs too is missing then.
 *
 * Firmware of the GSP has its release in its name, NAME-535.113.01.bin. A module may
 * know several releases: all files of one of them are enough.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

char **firmware_of_source(const char *version)
{
	char *text = root_read(NULL, "/var/lib/dkms/" PACKAGE "/%s/source/compat/firmware", version);
	char **names = NULL, *line, *save;
	size_t count = 0;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		names = grow(names, count, sizeof(*names));
		names[count++] = copy(line);
	}
	if (count) {
		names = grow(names, count, sizeof(*names));
		names[count] = NULL;
	}
	free(text);
	return names;
}

static bool there(const char *name, const struct shelf *shelf)
{
	static const char *const ends[] = { "", ".xz", ".zst" };
	char dirs[4][192], path[PATH_MAX];
	size_t i, k;

	snprintf(dirs[0], sizeof(dirs[0]), "updates/%s/", shelf->release);
	snprintf(dirs[1], sizeof(dirs[1]), "updates/");
	snprintf(dirs[2], sizeof(dirs[2]), "%s/", shelf->release);
	*dirs[3] = 0;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		for (k = 0; k < ARRAY_SIZE(dirs); k++) {
			snprintf(path, sizeof(path), "%s%s%s", dirs[k], name, ends[i]);
			if (shelf->image ? image_has(shelf->image, path) :
			    root_has("/lib/firmware/%s", path))
				return true;
		}
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

static const char *release_of(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash ? dash : "";
}

bool firmware_for_newer_gsp(const struct chip *chip, const struct module *m)
{
	size_t i;

	for (i = 0; m->firmware && m->firmware[i]; i++) {
		if (is_of(m->firmware[i], chip, "gsp/") &&
		    strcmp(release_of(m->firmware[i]), "-535.113.01.bin"))
			return true;
	}
	return false;
}

/* The files without the GSP's; a chip from Ada on has no others. */
static unsigned int missing_others(const struct chip *chip, const struct module *m,
				   const struct shelf *shelf, char *example, size_t room)
{
	unsigned int missing = 0;
	size_t i;

	for (i = 0; m->firmware && m->firmware[i]; i++) {
		const char *name = m->firmware[i];

		if (!is_of(name, chip, "") || is_of(name, chip, "gsp/") || there(name, shelf))
			continue;
		if (!missing++)
			snprintf(example, room, "%s", name);
	}
	return missing;
}

/* How many files the release that lacks fewest lacks */
static unsigned int missing_gsp(const struct chip *chip, const struct module *m,
				const struct shelf *shelf, char *example, size_t room)
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
			    there(name, shelf))
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

unsigned int firmware_missing(const struct chip *chip, const struct module *m,
			      const struct shelf *shelf, bool gsp, char *example, size_t room)
{
	*example = 0;
	return gsp ? missing_gsp(chip, m, shelf, example, room) :
		missing_others(chip, m, shelf, example, room);
}
