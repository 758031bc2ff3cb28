// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The name by which people know a card: the list of PCI IDs has it behind the chip's
 * own, as in "GP106 [GeForce GTX 1060 6GB]".
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Room for the @len bytes at @text. */
static void put(char *name, size_t room, const char *text, size_t len)
{
	snprintf(name, room, "%.*s", (int)len, text);
}

/* The rest of the line of @device, below NVIDIA's line */
static const char *line_of(const char *ids, uint16_t device, size_t *len)
{
	const char *at = strstr(ids, "\n10de ");
	char key[8];

	snprintf(key, sizeof(key), "\t%04x ", device);
	for (at = at ? strchr(at + 1, '\n') : NULL; at; at = strchr(at, '\n')) {
		at++;
		/* The next vendor's line has no tab; comments are between all lines. */
		if (*at != '\t' && *at != '#' && *at != '\n')
			return NULL;
		if (!starts(at, key))
			continue;
		at += strlen(key);
		at += strspn(at, " ");
		*len = strcspn(at, "\n");
		return at;
	}
	return NULL;
}

void card_name(char *name, size_t room, uint16_t device)
{
	static const char *const files[] = {
		"/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids", "/usr/share/pci.ids",
	};
	const char *line = NULL, *open, *end;
	char *ids = NULL;
	char chip[32];
	size_t i, len = 0;

	*name = 0;
	for (i = 0; i < ARRAY_SIZE(files) && !line; i++) {
		free(ids);
		ids = root_read(NULL, "%s", files[i]);
		line = ids ? line_of(ids, device, &len) : NULL;
	}
	if (line) {
		open = memchr(line, '[', len);
		end = open ? memchr(open, ']', len - (size_t)(open - line)) : NULL;
		if (end && open > line) {
			put(chip, sizeof(chip), line, (size_t)(open - line) - (open[-1] == ' '));
			snprintf(name, room, "%.*s (%s)", (int)(end - open - 1), open + 1, chip);
		} else {
			put(name, room, line, len);
		}
	}
	free(ids);
}
