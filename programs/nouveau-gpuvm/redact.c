// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A report goes to strangers. Out of each line goes what tells a machine or a
 * person from others: its names, its users, where they live, addresses and
 * identifiers of hardware, disks and file systems.
 */
#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static char **names;
static const char **instead;
static size_t count;

static void hide(const char *name, const char *by)
{
	/* A name of two letters is in half of the words there are. */
	if (!name || strlen(name) < 3 || !strcmp(name, "root") || !strcmp(name, "localhost"))
		return;
	names = grow(names, count, sizeof(*names));
	instead = grow(instead, count, sizeof(*instead));
	names[count] = copy(name);
	instead[count++] = by;
}

/* People have numbers from 1000 on. */
static void hide_users(void)
{
	char *text = root_read(NULL, "/etc/passwd");
	char *line, *save;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char name[64] = "";
		unsigned long id = 0;

		if (sscanf(line, "%63[^:]:%*[^:]:%lu:", name, &id) == 2 && id >= 1000 && id < 65000)
			hide(name, "USER");
	}
	free(text);
}

void redact_begin(void)
{
	char name[256];
	char **ids;
	size_t i;

	root_line(name, sizeof(name), "/etc/hostname");
	hide(name, "HOST");
	if (root_line(name, sizeof(name), "/proc/sys/kernel/hostname")) {
		hide(name, "HOST");
		name[strcspn(name, ".")] = 0;
		hide(name, "HOST");
	}
	root_line(name, sizeof(name), "/etc/machine-id");
	hide(name, "ID");
	hide_users();
	if (root_is_real()) {
		hide(getenv("USER"), "USER");
		hide(getenv("SUDO_USER"), "USER");
		hide(getenv("LOGNAME"), "USER");
	}
	ids = root_list("/sys/class/dmi/id");
	for (i = 0; ids[i]; i++) {
		if ((strstr(ids[i], "serial") || strstr(ids[i], "uuid") || strstr(ids[i], "asset")) &&
		    root_line(name, sizeof(name), "/sys/class/dmi/id/%s", ids[i]))
			hide(name, "SERIAL");
	}
	list_free(ids);
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Hex digits in @groups of so many, with @between: the length, or 0 */
static size_t grouped(const char *at, const unsigned char *groups, const char *between)
{
	const char *begin = at;
	size_t g, i;

	for (g = 0; groups[g]; g++) {
		if (g && !strchr(between, *at++))
			return 0;
		for (i = 0; i < groups[g]; i++) {
			if (!isxdigit((unsigned char)*at++))
				return 0;
		}
	}
	return word_char(*at) ? 0 : (size_t)(at - begin);
}

static size_t home(const char *at)
{
	static const char *const dirs[] = { "/home/", "/Users/", "/var/home/", "/run/user/", "/media/" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (starts(at, dirs[i]))
			return strcspn(at, " \t\"':;,)");
	}
	return 0;
}

static size_t quad(const char *at)
{
	const char *begin = at;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		size_t digits;

		if (i && *at++ != '.')
			return 0;
		digits = strspn(at, "0123456789");
		if (!digits || digits > 3)
			return 0;
		at += digits;
	}
	return word_char(*at) || *at == '.' || *at == '-' || *at == '+' ? 0 : (size_t)(at - begin);
}

static size_t serial(const char *at)
{
	size_t word, gap;

	if (strncasecmp(at, "serial", 6))
		return 0;
	word = strcspn(at, ":= \t");
	gap = strspn(at + word, ":= \t");
	if (!gap || !at[word + gap] || word > 16)
		return 0;
	return word + gap + strcspn(at + word + gap, " \t,;");
}

static size_t uuid(const char *at)
{
	return grouped(at, (const unsigned char[]) { 8, 4, 4, 4, 12, 0 }, "-");
}

static size_t mac(const char *at)
{
	return grouped(at, (const unsigned char[]) { 2, 2, 2, 2, 2, 2, 0 }, ":-");
}

static size_t id(const char *at)
{
	return grouped(at, (const unsigned char[]) { 32, 0 }, "");
}

/* What begins at @at and has to go: its length, or 0; and what takes its place. */
static size_t secret(const char *at, bool begins, const char **by)
{
	static const struct {
		size_t (*length)(const char *at);
		const char *by;
	} kinds[] = {
		{ uuid, "UUID" }, { mac, "MAC" }, { id, "ID" }, { quad, "ADDRESS" },
		{ serial, "serial SERIAL" },
	};
	size_t i, len;

	*by = "HOME";
	len = home(at);
	if (len || !begins)
		return len;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		*by = kinds[i].by;
		len = kinds[i].length(at);
		if (len)
			return len;
	}
	for (i = 0; i < count; i++) {
		len = strlen(names[i]);
		*by = instead[i];
		if (!strncmp(at, names[i], len) && !word_char(at[len]))
			return len;
	}
	return 0;
}

const char *redact(const char *line)
{
	static char out[4096];
	const char *at = line, *by;
	size_t len = 0;

	while (*at && len < sizeof(out) - 16) {
		size_t skip = secret(at, at == line || !word_char(at[-1]), &by);

		if (skip) {
			len += (size_t)sprintf(out + len, "%s", by);
			at += skip;
		} else {
			out[len++] = *at++;
		}
	}
	out[len] = 0;
	return out;
}
