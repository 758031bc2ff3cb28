// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What keeps nouveau from being loaded, or from driving a display, on purpose:
 * lines in modprobe.d and words on the kernel's command line. Drivers of others
 * leave the former behind.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* nouveau as the first word of @rest, and what follows it */
static char *of_nouveau(char *rest)
{
	rest += strspn(rest, " \t");
	if (!starts(rest, "nouveau") || !strchr(" \t\r", rest[7]))
		return NULL;
	return rest + 7 + strspn(rest + 7, " \t\r");
}

static bool blocks(char *line)
{
	char *rest;

	line += strspn(line, " \t");
	if (starts(line, "blacklist "))
		return of_nouveau(line + strlen("blacklist "));
	if (starts(line, "install ")) {
		rest = of_nouveau(line + strlen("install "));
		return rest && (strstr(rest, "/false") || strstr(rest, "/true") ||
				!strcmp(rest, "false") || !strcmp(rest, "true"));
	}
	if (starts(line, "alias ") || starts(line, "options ")) {
		rest = of_nouveau(strchr(line, ' '));
		return rest && (!strcmp(rest, "off") || strstr(rest, "modeset=0"));
	}
	return false;
}

bool blocked_by_file(char *where, size_t room, bool *proprietary)
{
	static const char *const dirs[] = {
		"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
		"/usr/lib/modprobe.d", "/lib/modprobe.d",
	};
	size_t d, i;

	for (d = 0; d < ARRAY_SIZE(dirs); d++) {
		char **files = root_list("%s", dirs[d]);
		bool found = false;

		for (i = 0; files[i] && !found; i++) {
			char *text, *line, *next;
			unsigned int number = 1;
			const char *dot = strrchr(files[i], '.');

			if (!dot || strcmp(dot, ".conf"))
				continue;
			text = root_read(NULL, "%s/%s", dirs[d], files[i]);
			for (line = text; line && !found; line = next, number++) {
				next = strchr(line, '\n');
				if (next)
					*next++ = 0;
				found = blocks(line);
				if (!found)
					continue;
				snprintf(where, room, "%s/%s:%u", dirs[d], files[i], number);
				*proprietary = strcasestr(files[i], "nvidia");
			}
			free(text);
		}
		list_free(files);
		if (found)
			return true;
	}
	return false;
}

/* Calls @is with each word of the kernel's command line until it says yes */
static bool any_word(char *word, size_t room, bool (*is)(char *))
{
	char *text = root_read(NULL, "/proc/cmdline");
	char *w, *save;

	for (w = text ? strtok_r(text, BLANKS, &save) : NULL; w; w = strtok_r(NULL, BLANKS, &save)) {
		snprintf(word, room, "%s", w);
		if (is(w)) {
			free(text);
			return true;
		}
	}
	free(text);
	return false;
}

static bool is_blacklist(char *word)
{
	char *value = strchr(word, '='), *name, *save;

	if (!value)
		return false;
	*value++ = 0;
	if (strcmp(word, "modprobe.blacklist") && strcmp(word, "module_blacklist") &&
	    strcmp(word, "rd.driver.blacklist") && strcmp(word, "driver.blacklist"))
		return false;
	for (name = strtok_r(value, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		if (!strcmp(name, "nouveau"))
			return true;
	}
	return false;
}

static bool is_off(char *word)
{
	return !strcmp(word, "nomodeset") || !strcmp(word, "nouveau.modeset=0") ||
	       !strcmp(word, "nouveau.noaccel=1");
}

bool blocked_by_cmdline(char *word, size_t room)
{
	return any_word(word, room, is_blacklist);
}

bool modesetting_off(char *word, size_t room)
{
	return any_word(word, room, is_off);
}
