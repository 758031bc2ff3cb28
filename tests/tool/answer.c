// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Loaded before libdrm, makes a plain file answer like a render node: it holds
 * "NAME MAJOR.MINOR.PATCH PUSH_MAX", and PUSH_MAX 0 is a driver without VM_BIND.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

static int read_answer(int fd, char *name, int *v, int *push_max)
{
	char text[64] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 &&
	       sscanf(text, "%31s %d.%d.%d %d", name, v, v + 1, v + 2, push_max) == 5;
}

drmVersionPtr drmGetVersion(int fd)
{
	drmVersionPtr version = calloc(1, sizeof(*version));
	char name[32];
	int v[3], max;

	if (!version || !read_answer(fd, name, v, &max)) {
		free(version);
		errno = ENOTTY;
		return NULL;
	}
	version->name = strdup(name);
	version->name_len = (int)strlen(name);
	version->version_major = v[0];
	version->version_minor = v[1];
	version->version_patchlevel = v[2];
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	if (version)
		free(version->name);
	free(version);
}

int drmCommandWriteRead(int fd, unsigned long command, void *data, unsigned long size)
{
	uint64_t *param = data;
	char name[32];
	int v[3], max;

	if (command || size != 16 || !read_answer(fd, name, v, &max))
		return -EINVAL;
	if (param[0] != 17 || !max)
		return -EINVAL;
	param[1] = (uint64_t)max;
	return 0;
}
