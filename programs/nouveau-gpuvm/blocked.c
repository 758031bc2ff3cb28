// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What keeps the kernel from loading nouveau, or from driving a display, on purpose:
 * lines in modprobe.d and words on the kernel's command line; and the options of
 * nouveau, which stand there too. Drivers of others leave the former behind; libkmod
 * reads them, as it does for modprobe.
 */
#include <errno.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* As modprobe reads them: of two files of one name the first directory's counts. */
static const char *const dirs[] = {
	"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d", "/lib/modprobe.d",
};

/* A file of configuration, and its copy */
struct staged {
	char *copy;
	char *name;
	const char *dir;
};

/* The command of an install line does nothing. */
static bool does_nothing(const char *command)
{
	static const char *const nothing[] = { "false", "true", ":", "exit" };
	char word[PATH_MAX];
	const char *name;
	size_t i;

	command += strspn(command, " \t");
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(command, " \t;&|"), command);
	name = strrchr(word, '/');
	name = name ? name + 1 : word;
	for (i = 0; i < ARRAY_SIZE(nothing); i++) {
		if (!strcmp(name, nothing[i]))
			return true;
	}
	return false;
}

/* The last modeset= counts, as it does in the kernel. */
static bool switched_off(const char *options, bool was)
{
	const char *at;

	for (at = strstr(options, "modeset="); at; at = strstr(at + 1, "modeset=")) {
		if (at == options || strchr(" \t\"", at[-1]))
			was = at[strlen("modeset=")] == '0';
	}
	return was;
}

/* The kind of line that keeps nouveau away, or NULL. */
static const char *kind_of(struct kmod_ctx *ctx)
{
	static const struct {
		const char *kind;
		struct kmod_config_iter *(*get)(const struct kmod_ctx *ctx);
	} lists[] = {
		{ "blacklist", kmod_config_get_blacklists },
		{ "install", kmod_config_get_install_commands },
		{ "alias", kmod_config_get_aliases },
		{ "options", kmod_config_get_options },
	};
	bool off = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct kmod_config_iter *iter = lists[i].get(ctx);
		bool found = false;

		while (iter && !found && kmod_config_iter_next(iter)) {
			const char *key = kmod_config_iter_get_key(iter);
			const char *value = kmod_config_iter_get_value(iter);

			if (!key || strcmp(key, "nouveau"))
				continue;
			if (i == 0)
				found = true;
			else if (i == 1)
				found = value && does_nothing(value);
			else if (i == 2)
				found = value && !strncmp(value, "off", 3) && !strcspn(value + 3, " \t");
			else if (value)
				off = switched_off(value, off);
		}
		kmod_config_iter_free_iter(iter);
		if (found || off)
			return lists[i].kind;
	}
	return NULL;
}

/* What libkmod makes of files and directories, NULL at the end */
static struct kmod_ctx *kmod_open(const char *const *paths)
{
	/* What is wrong in these files is modprobe's to say. */
	setenv("KMOD_LOG", "0", 1);
	return kmod_new(NULL, paths);
}

/* What keeps nouveau away by this configuration, or NULL */
static const char *ask(const char *const *paths)
{
	struct kmod_ctx *ctx = kmod_open(paths);
	const char *kind;

	if (!ctx)
		return NULL;
	kind = kind_of(ctx);
	kmod_unref(ctx);
	return kind;
}

/* @all, a blank and @text; frees @all. */
static char *append(char *all, const char *text)
{
	char *both = need(strlen(all) + strlen(text) + 2);

	sprintf(both, "%s %s", all, text);
	free(all);
	return both;
}

/* The number of the line of @kind about nouveau; the last, if there are some. */
static unsigned int line_of(char *text, const char *kind)
{
	unsigned int number = 1, found = 0;
	char *line, *next, *word, *save;

	for (line = text; line; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (!strcmp(kind, "options") && !strstr(line, "modeset="))
			continue;
		word = strtok_r(line, " \t\r", &save);
		if (!word || strcmp(word, kind))
			continue;
		word = strtok_r(NULL, " \t\r", &save);
		if (word && !strcmp(word, "nouveau") && (!found || !strcmp(kind, "options")))
			found = number;
	}
	return found;
}

/* A copy: links in a root that is not this machine's lead elsewhere here. */
static bool stage_file(const char *to, const char *dir, const char *name)
{
	size_t len = 0;
	char *text = root_read(&len, "%s/%s", dir, name);
	FILE *f = text ? fopen(to, "w") : NULL;
	bool is = f && fwrite(text, 1, len, f) == len;

	if (f)
		is &= !fclose(f);
	free(text);
	return is;
}

static bool is_masked(size_t d, const char *name)
{
	while (d--) {
		if (root_has("%s/%s", dirs[d], name))
			return true;
	}
	return false;
}

/* All that modprobe would read in one directory; its names keep libkmod's order. */
static size_t stage_all(const char *stage, struct staged **all)
{
	char path[PATH_MAX];
	size_t count = 0, d, i;

	*all = NULL;
	for (d = 0; d < ARRAY_SIZE(dirs); d++) {
		char **files = root_list("%s", dirs[d]);

		for (i = 0; files[i]; i++) {
			const char *dot = strrchr(files[i], '.');

			if (!dot || strcmp(dot, ".conf") || is_masked(d, files[i]))
				continue;
			snprintf(path, sizeof(path), "%s/%.255s", stage, files[i]);
			if (!stage_file(path, dirs[d], files[i]))
				continue;
			*all = grow(*all, count, sizeof(**all));
			(*all)[count].copy = copy(path);
			(*all)[count].name = copy(files[i]);
			(*all)[count++].dir = dirs[d];
		}
		list_free(files);
	}
	return count;
}

/* Whether @f is the file with the line of @kind; says where. */
static bool is_in(const struct staged *f, const char *kind, char *where, size_t room)
{
	const char *alone = ask((const char *[]){ f->copy, NULL });
	char *text;
	unsigned int line;

	if (!alone || strcmp(alone, kind))
		return false;
	text = root_read(NULL, "%s/%s", f->dir, f->name);
	line = text ? line_of(text, kind) : 0;
	free(text);
	/* Every answer has the kernel's command line in it, which has no line. */
	if (!line && ask((const char *[]){ NULL }))
		return false;
	snprintf(where, room, line ? "%s/%s:%u" : "%s/%s", f->dir, f->name, line);
	return true;
}

/* Copies of all files of configuration, for libkmod */
struct config {
	char stage[64];
	struct staged *all;
	size_t count;
};

/* On a system that needs help the first place may be full, or read-only. */
static bool config_begin(struct config *c)
{
	static const char *const places[] = { "/tmp", "/dev/shm", "/run" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(c->stage, sizeof(c->stage), "%s/" PACKAGE "-XXXXXX", places[i]);
		if (mkdtemp(c->stage)) {
			c->count = stage_all(c->stage, &c->all);
			return true;
		}
	}
	return false;
}

static void config_end(struct config *c)
{
	size_t i;

	for (i = 0; i < c->count; i++) {
		unlink(c->all[i].copy);
		free(c->all[i].copy);
		free(c->all[i].name);
	}
	free(c->all);
	rmdir(c->stage);
}

bool blocked_by_file(char *where, size_t room, bool *proprietary)
{
	struct config c;
	const char *kind;
	bool found = false;
	size_t i;

	if (!config_begin(&c))
		die("cannot write /tmp: %s; free disk space there", strerror(errno));
	kind = ask((const char *[]){ c.stage, NULL });
	for (i = 0; i < c.count; i++) {
		if (kind && !found && is_in(&c.all[i], kind, where, room)) {
			found = true;
			*proprietary = strcasestr(c.all[i].name, "nvidia");
		}
	}
	config_end(&c);
	return found;
}

/* The options that libkmod finds for nouveau, in order, with blanks between them */
static char *options_in(const char *const *paths)
{
	struct kmod_ctx *ctx = kmod_open(paths);
	struct kmod_config_iter *iter = ctx ? kmod_config_get_options(ctx) : NULL;
	char *all = copy("");

	while (iter && kmod_config_iter_next(iter)) {
		const char *key = kmod_config_iter_get_key(iter);
		const char *value = kmod_config_iter_get_value(iter);

		if (key && value && !strcmp(key, "nouveau"))
			all = append(all, value);
	}
	kmod_config_iter_free_iter(iter);
	kmod_unref(ctx);
	return all;
}

char *module_options(void)
{
	char *all = NULL, *here, *text, *word, *save;
	struct config c;

	if (config_begin(&c)) {
		all = options_in((const char *[]){ c.stage, NULL });
		config_end(&c);
		/* libkmod ends with the command line of the kernel that runs here. */
		here = options_in((const char *[]){ NULL });
		if (strlen(here) <= strlen(all) && !strcmp(all + strlen(all) - strlen(here), here))
			all[strlen(all) - strlen(here)] = 0;
		free(here);
	}
	if (!all)
		all = copy("");
	text = root_read(NULL, "/proc/cmdline");
	for (word = text ? strtok_r(text, BLANKS, &save) : NULL; word; word = strtok_r(NULL, BLANKS, &save)) {
		if (starts(word, "nouveau."))
			all = append(all, word + strlen("nouveau."));
	}
	free(text);
	return all;
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
