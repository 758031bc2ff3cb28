// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * NVK is Mesa's Vulkan driver on top of nouveau: a library, which says its version
 * in words, and a file in JSON that tells the Vulkan loader of it. The loader looks for
 * such files in some directories, or takes those of VK_DRIVER_FILES. Flatpak's
 * programs have a Mesa of their own, and those in the Debian that mesa-root makes.
 */
#include <elf.h>
#include <fcntl.h>
#include <json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tool.h"

#define LIBRARY "libvulkan_nouveau.so"

/* "Mesa 25.1", wherever in the library it stands */
static void read_version(const char *text, size_t size, int *major, int *minor)
{
	static const char sign[] = "Mesa ";
	const char *at = text;
	size_t left = size;

	*major = 0;
	*minor = 0;
	while (!*major && (at = memmem(at, left, sign, sizeof(sign) - 1))) {
		char number[16] = "";

		at += sizeof(sign) - 1;
		left = size - (size_t)(at - text);
		memcpy(number, at, left < 8 ? left : 8);
		if (sscanf(number, "%2d.%2d.", major, minor) != 2)
			*major = 0;
	}
}

/* Takes the library into account, if it is there; says so. */
static bool take(struct mesa *m, const char *path, const char *whose)
{
	int fd = root_open(O_RDONLY, "%s", path);
	int major, minor;
	const char *text;
	struct stat st;
	bool is32;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) || st.st_size < 16) {
		close(fd);
		return false;
	}
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (text == MAP_FAILED)
		return false;
	is32 = !memcmp(text, ELFMAG, SELFMAG) && text[EI_CLASS] == ELFCLASS32;
	read_version(text, (size_t)st.st_size, &major, &minor);
	munmap((void *)text, (size_t)st.st_size);
	if (is32) {
		m->nvk32 = true;
		return true;
	}
	if (!m->nvk || major > m->major || (major == m->major && minor > m->minor)) {
		m->nvk = true;
		m->major = major;
		m->minor = minor;
		m->whose = whose;
	}
	return true;
}

/* A library without a directory is looked for as ld.so does it. */
static void take_by_name(struct mesa *m, const char *name)
{
	static const char *const dirs[] = {
		"/usr/local/lib64", "/usr/local/lib", "/usr/lib64", "/usr/lib", "/usr/lib32",
	};
	char path[PATH_MAX];
	char **triplets;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%.255s", dirs[i], name);
		take(m, path, NULL);
	}
	triplets = root_list("/usr/lib");
	for (i = 0; triplets[i]; i++) {
		snprintf(path, sizeof(path), "/usr/lib/%.255s/%.255s", triplets[i], name);
		if (strstr(triplets[i], "-linux-gnu"))
			take(m, path, NULL);
	}
	list_free(triplets);
}

/* The library that a file of the loader names */
static void read_manifest(struct mesa *m, const char *path)
{
	struct json_object *file, *icd, *library;
	char *text = root_read(NULL, "%s", path);
	const char *name = LIBRARY;
	char beside[PATH_MAX];

	if (!text)
		return;
	file = json_tokener_parse(text);
	if (json_object_object_get_ex(file, "ICD", &icd) &&
	    json_object_object_get_ex(icd, "library_path", &library))
		name = json_object_get_string(library);
	if (name && *name == '/') {
		take(m, name, NULL);
	} else if (name && strchr(name, '/')) {
		snprintf(beside, sizeof(beside), "%.*s/%.1024s",
			 (int)(strrchr(path, '/') - path), path, name);
		take(m, beside, NULL);
	} else if (name) {
		take_by_name(m, name);
	}
	json_object_put(file);
	free(text);
}

static void read_dir(struct mesa *m, const char *dir)
{
	char **files = root_list("%s", dir);
	char path[PATH_MAX];
	size_t i;

	for (i = 0; files[i]; i++) {
		snprintf(path, sizeof(path), "%s/%.255s", dir, files[i]);
		if (strstr(files[i], "nouveau") && strstr(files[i], ".json"))
			read_manifest(m, path);
	}
	list_free(files);
}

/* Files and directories, with colons between them */
static void read_list(struct mesa *m, const char *list)
{
	char *all = copy(list);
	char *path, *save;
	struct stat st;

	for (path = strtok_r(all, ":", &save); path; path = strtok_r(NULL, ":", &save)) {
		if (root_stat(&st, "%s", path) && S_ISDIR(st.st_mode))
			read_dir(m, path);
		else if (strstr(path, "nouveau"))
			read_manifest(m, path);
	}
	free(all);
}

/* The runtimes' Mesa is in .../ARCH/BRANCH/active/files, below a name of its own. */
static void read_flatpak(struct mesa *m)
{
	static const char base[] = "/var/lib/flatpak/runtime/org.freedesktop.Platform.GL.default/x86_64";
	char **branches = root_list("%s", base);
	char path[PATH_MAX];
	size_t i;

	for (i = 0; branches[i]; i++) {
		snprintf(path, sizeof(path), "%s/%.255s/active/files/lib/" LIBRARY, base, branches[i]);
		take(m, path, "Flatpak's runtime");
	}
	list_free(branches);
}

void mesa_find(struct mesa *m)
{
	static const char *const dirs[] = {
		"/etc/xdg/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d",
		"/usr/share/vulkan/icd.d",
	};
	/* This process's variables say nothing of a system in a directory. */
	const char *files = root_is_real() ? getenv("VK_DRIVER_FILES") : NULL;
	const char *more = root_is_real() ? getenv("VK_ADD_DRIVER_FILES") : NULL;
	size_t i;

	memset(m, 0, sizeof(*m));
	if (!files && root_is_real())
		files = getenv("VK_ICD_FILENAMES");
	if (files && *files) {
		read_list(m, files);
	} else {
		for (i = 0; i < ARRAY_SIZE(dirs); i++)
			read_dir(m, dirs[i]);
		if (more)
			read_list(m, more);
	}
	read_flatpak(m);
	take(m, MESA_ROOT "/root/usr/lib/x86_64-linux-gnu/" LIBRARY, MESA_ROOT);
}
