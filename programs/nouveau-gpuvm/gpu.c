// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * NVIDIA's GPUs on the PCI bus, the driver each has, and what the driver says of
 * itself when its render node is asked. Asking is all: nothing is allocated, and a
 * GPU without a node is not touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "tool.h"

#define DEVICES "/sys/bus/pci/devices"

/* nouveau's GETPARAM, and the one parameter that only a driver with VM_BIND knows */
#define NOUVEAU_GETPARAM 0x00
#define EXEC_PUSH_MAX 17

static unsigned long hex(const char *slot, const char *file)
{
	char line[32];

	root_line(line, sizeof(line), DEVICES "/%s/%s", slot, file);
	return strtoul(line, NULL, 16);
}

static void ask(struct gpu *g)
{
	struct { uint64_t param, value; } param = { .param = EXEC_PUSH_MAX };
	drmVersionPtr version;
	int fd;

	fd = root_open(O_RDWR, "/dev/dri/%s", g->node);
	if (fd < 0) {
		g->error = errno;
		return;
	}
	version = drmGetVersion(fd);
	if (version) {
		snprintf(g->answer, sizeof(g->answer), "%s", version->name);
		g->version[0] = version->version_major;
		g->version[1] = version->version_minor;
		g->version[2] = version->version_patchlevel;
		/* The number is another driver's something else. */
		if (!strcmp(g->answer, "nouveau") &&
		    !drmCommandWriteRead(fd, NOUVEAU_GETPARAM, &param, sizeof(param)))
			g->push_max = (int)param.value;
	} else {
		g->error = errno ? errno : EIO;
	}
	drmFreeVersion(version);
	close(fd);
}

static void look(struct gpu *g)
{
	char **nodes;
	size_t i;

	g->device = (uint16_t)hex(g->slot, "device");
	g->chip = chip_find(g->device);
	card_name(g->name, sizeof(g->name), g->device);
	root_link(g->driver, sizeof(g->driver), DEVICES "/%s/driver", g->slot);
	nodes = root_list(DEVICES "/%s/drm", g->slot);
	for (i = 0; nodes[i]; i++) {
		if (starts(nodes[i], "renderD"))
			snprintf(g->node, sizeof(g->node), "%s", nodes[i]);
	}
	list_free(nodes);
	if (*g->node)
		ask(g);
}

void gpus_find(struct gpus *all)
{
	char **slots = root_list(DEVICES);
	size_t i;

	memset(all, 0, sizeof(*all));
	for (i = 0; slots[i]; i++) {
		struct gpu *g;

		/* Display controllers; a GPU's audio is a device of its own. */
		if (hex(slots[i], "vendor") != 0x10de || hex(slots[i], "class") >> 16 != 3)
			continue;
		all->g = grow(all->g, all->count, sizeof(*all->g));
		g = &all->g[all->count++];
		memset(g, 0, sizeof(*g));
		snprintf(g->slot, sizeof(g->slot), "%s", slots[i]);
		look(g);
	}
	list_free(slots);
}

bool gpu_answers(const struct gpus *all)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->g[i].push_max > 0)
			return true;
	}
	return false;
}
