// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * NVK is Mesa's Vulkan driver on top of nouveau: a library, which says its version
 * in words, and a file that tells the Vulkan loader of it.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tool.h"

#define LIBRARY "libvulkan_nouveau.so"

/* "Mesa 25.1", wherever in the library it stands */
static void read_version(struct mesa *m, int fd)
{
	static const char sign[] = "Mesa ";
	const char *text, *at;
	struct stat st;
	size_t left;

	if (fstat(fd, &st) || st.st_size < 16)
		return;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return;
	at = text;
	left = (size_t)st.st_size;
	while (!m->major && (at = memmem(at, left, sign, sizeof(sign) - 1))) {
		char number[16] = "";

		at += sizeof(sign) - 1;
		left = (size_t)st.st_size - (size_t)(at - text);
		memcpy(number, at, left < 8 ? left : 8);
		if (sscanf(number, "%2d.%2d.", &m->major, &m->minor) != 2)
			m->major = 0;
	}
	munmap((void *)text, (size_t)st.st_size);
}

static bool try(struct mesa *m, const char *dir)
{
	int fd = root_open(O_RDONLY, "%s/" LIBRARY, dir);

	if (fd < 0)
		return false;
	m->nvk = true;
	read_version(m, fd);
	close(fd);
	return true;
}

/* The loader knows NVK only by a file of this name. */
static bool announced(void)
{
	static const char *const dirs[] = {
		"/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d",
	};
	bool is = false;
	size_t d, i;

	for (d = 0; d < ARRAY_SIZE(dirs); d++) {
		char **files = root_list("%s", dirs[d]);

		for (i = 0; files[i]; i++)
			is |= starts(files[i], "nouveau_icd.");
		list_free(files);
	}
	return is;
}

void mesa_find(struct mesa *m)
{
	static const char *const dirs[] = { "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib" };
	char **triplets;
	char path[PATH_MAX];
	size_t i;

	memset(m, 0, sizeof(*m));
	if (!announced())
		return;
	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (try(m, dirs[i]))
			return;
	}
	triplets = root_list("/usr/lib");
	for (i = 0; triplets[i] && !m->nvk; i++) {
		snprintf(path, sizeof(path), "/usr/lib/%s", triplets[i]);
		if (strstr(triplets[i], "-linux-gnu"))
			try(m, path);
	}
	list_free(triplets);
}
