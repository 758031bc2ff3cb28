// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The installed kernels: a directory in /lib/modules with modules in it. What
 * DKMS has made of them is read from its own directory; dkms itself takes longer
 * to answer than this tool may.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

#define DKMS "/var/lib/dkms/" PACKAGE

static enum headers find_headers(const char *release)
{
	if (!root_has("/lib/modules/%s/build/Makefile", release))
		return HEADERS_NONE;
	if (!root_has("/lib/modules/%s/build/Module.symvers", release) ||
	    (!root_has("/lib/modules/%s/build/include/config/auto.conf", release) &&
	     !root_has("/lib/modules/%s/build/.config", release)))
		return HEADERS_PARTIAL;
	return HEADERS_WHOLE;
}

/* Whether dkms keeps a nouveau for the kernel in @version's directory */
static bool built_in(const char *version, const char *release)
{
	char **archs = root_list(DKMS "/%s/%s", version, release);
	bool is = false;
	size_t i, j;

	for (i = 0; archs[i]; i++) {
		char **files = root_list(DKMS "/%s/%s/%s/module", version, release, archs[i]);

		for (j = 0; files[j]; j++)
			is |= starts(files[j], "nouveau.ko");
		list_free(files);
	}
	list_free(archs);
	return is;
}

/* Only the first cause tells something, and only if the log is about this kernel. */
static bool build_failed(const char *version, const char *release, char *why, size_t room)
{
	char *log = root_read(NULL, DKMS "/%s/build/make.log", version);
	static const char *const signs[] = {
		"No space left", "error: ", "Error: ", "ERROR: ", "undefined", "cannot build",
	};
	char *line, *save, about[192];
	bool failed = false;

	if (!log)
		return false;
	snprintf(about, sizeof(about), " for kernel %s ", release);
	line = strtok_r(log, "\n", &save);
	if (line && strstr(line, about)) {
		failed = true;
		snprintf(why, room, "its log says nothing of why");
		while ((line = strtok_r(NULL, "\n", &save))) {
			size_t i;

			for (i = 0; i < ARRAY_SIZE(signs) && !strstr(line, signs[i]); i++)
				;
			if (i == ARRAY_SIZE(signs))
				continue;
			snprintf(why, room, "%s", line);
			break;
		}
	}
	free(log);
	return failed;
}

static void find_built(struct kernels *all, struct kernel *k)
{
	char **versions = root_list(DKMS);
	size_t i;

	for (i = 0; versions[i]; i++) {
		if (starts(versions[i], "kernel-"))
			continue;
		if (built_in(versions[i], k->release)) {
			k->built = BUILT_YES;
			snprintf(k->built_version, sizeof(k->built_version), "%s", versions[i]);
		} else if (k->built == BUILT_NO &&
			   build_failed(versions[i], k->release, k->why, sizeof(k->why))) {
			k->built = BUILT_FAILED;
		}
	}
	list_free(versions);
	(void)all;
}

static void find_source(struct kernels *all)
{
	char **versions = root_list(DKMS);
	size_t i;

	for (i = 0; versions[i]; i++) {
		if (root_has(DKMS "/%s/source/dkms.conf", versions[i]))
			snprintf(all->source, sizeof(all->source), "%s", versions[i]);
	}
	list_free(versions);
}

/* dkms-settle writes the reason into the override, and removes both when it is gone. */
static bool find_waiting(void)
{
	static const char reason[] = "# until: key";
	char *text = root_read(NULL, "/etc/depmod.d/" PACKAGE ".conf");
	bool waits = false;
	char *line, *save;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		waits |= !strcmp(line, reason);
	free(text);
	return waits;
}

bool kernel_waits(const struct kernels *all, const struct kernel *k)
{
	return all->waits_for_key && k->built == BUILT_YES && k->chosen.found && !k->chosen.ours;
}

bool kernel_installed(const char *release)
{
	return *release && *release != '.' && !strchr(release, '/') &&
	       (root_has("/lib/modules/%s/kernel", release) ||
		root_has("/lib/modules/%s/modules.builtin", release));
}

static unsigned int milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned int)now.tv_sec * 1000 + (unsigned int)(now.tv_nsec / 1000000);
}

static void look_into(struct kernel *k, unsigned int ms, unsigned int until)
{
	unsigned int now = milliseconds();

	if (ms && (int)(until - now) <= 0)
		now = until - 1;
	k->initramfs = initramfs_look(k->release, &k->chosen, ms ? until - now : 0,
				      k->initramfs_file, sizeof(k->initramfs_file));
}

void kernels_find(struct kernels *all, unsigned int ms)
{
	unsigned int until = milliseconds() + ms;
	char **releases;
	size_t i;

	memset(all, 0, sizeof(*all));
	if (!root_line(all->running, sizeof(all->running), "/proc/sys/kernel/osrelease") &&
	    root_is_real()) {
		struct utsname name;

		uname(&name);
		snprintf(all->running, sizeof(all->running), "%s", name.release);
	}
	find_source(all);
	all->waits_for_key = find_waiting();
	releases = root_list("/lib/modules");
	for (i = 0; releases[i]; i++) {
		struct kernel *k;

		if (!kernel_installed(releases[i]))
			continue;
		all->k = grow(all->k, all->count, sizeof(*all->k));
		k = &all->k[all->count++];
		memset(k, 0, sizeof(*k));
		snprintf(k->release, sizeof(k->release), "%s", releases[i]);
		k->running = !strcmp(k->release, all->running);
		k->headers = find_headers(k->release);
		find_built(all, k);
		module_chosen(&k->chosen, k->release);
	}
	list_free(releases);
	/* The running one first: the others may find no time left. */
	for (i = 0; i < all->count; i++) {
		if (!all->k[i].running)
			continue;
		all->current = &all->k[i];
		look_into(all->current, ms, until);
	}
	for (i = 0; i < all->count; i++) {
		if (!all->k[i].running)
			look_into(&all->k[i], ms, until);
	}
}

/* --- the compiler --------------------------------------------------------------- */

bool in_path(const char *name)
{
	static const char *const dirs[] = {
		"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
	};
	size_t i;

	if (*name == '/')
		return root_has("%s", name);
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_has("%s/%s", dirs[i], name))
			return true;
	}
	return false;
}

/* Debian's headers say it in make's words; those of others take what cc there is. */
static bool from_variables(const struct kernel *k, char *name, size_t room)
{
	char *text = root_read(NULL, "/lib/modules/%s/build/.kernelvariables", k->release);
	char host[96] = "", *line, *save;
	struct utsname machine;

	if (!text)
		return false;
	*name = 0;
	uname(&machine);
	snprintf(host, sizeof(host), "%s-linux-gnu-", machine.machine);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *value, *prefix;

		line += strspn(line, " \t");
		if (starts(line, "override "))
			line += strlen("override ");
		value = strchr(line, '=');
		if (!starts(line, "CC") || strspn(line + 2, " \t:?") != (size_t)(value - line - 2))
			continue;
		value += 1 + strspn(value + 1, " \t");
		prefix = strstr(value, "$(CROSS_COMPILE)");
		if (prefix)
			value = prefix + strlen("$(CROSS_COMPILE)");
		snprintf(name, room, "%s", value);
		name[strcspn(name, " \t")] = 0;
	}
	free(text);
	/* The same compiler under the name that says what it is for */
	if (*name && !in_path(name)) {
		char crossed[256];

		snprintf(crossed, sizeof(crossed), "%s%s", host, name);
		if (in_path(crossed))
			snprintf(name, room, "%s", crossed);
	}
	return *name;
}

bool kernel_compiler(const struct kernel *k, char *name, size_t room)
{
	char *config;

	if (from_variables(k, name, room))
		return in_path(name);
	config = root_read(NULL, "/lib/modules/%s/build/include/config/auto.conf", k->release);
	snprintf(name, room, "%s", config && strstr(config, "CONFIG_CC_IS_CLANG=y") ? "clang" : "gcc");
	free(config);
	return in_path(name);
}

/* --- what the sources think of a kernel --------------------------------------------- */

bool kernel_refused(const struct kernels *all, const struct kernel *k, char *why, size_t room)
{
	char script[PATH_MAX], kdir[PATH_MAX], conf[PATH_MAX] = "/nonexistent";
	int status, pipes[2];
	pid_t pid;
	FILE *from;

	if (!root_outside(script, "/usr/src/" PACKAGE "-%s/compat/supported", all->source) ||
	    !root_outside(kdir, "/lib/modules/%s/build", k->release))
		return false;
	root_outside(conf, "/etc/" PACKAGE ".conf");
	if (pipe2(pipes, O_CLOEXEC))
		return false;
	pid = fork();
	if (!pid) {
		dup2(pipes[1], 2);
		setenv("NGV_CONF", conf, 1);
		execl(script, script, kdir, k->release, (char *)NULL);
		_exit(126);
	}
	close(pipes[1]);
	*why = 0;
	from = fdopen(pipes[0], "r");
	if (from && fgets(why, (int)room, from))
		why[strcspn(why, "\n")] = 0;
	if (from)
		fclose(from);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 77 && *why;
}
