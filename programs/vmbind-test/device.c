// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Which GPU is tested, and what it is. Tests work on exactly one render node:
 * the one named, or the first that nouveau drives. Here a failure is told in
 * one line with its remedy and ends the program with 2, as no test has begun.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "vmbind-test.h"

struct device dev;

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;

	fputs("vmbind-test: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

/* Whether @fd is nouveau's; its version goes into dev. */
static bool is_nouveau(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool is = version && !strcmp(version->name, "nouveau");

	if (is) {
		dev.version[0] = version->version_major;
		dev.version[1] = version->version_minor;
		dev.version[2] = version->version_patchlevel;
	}
	drmFreeVersion(version);
	return is;
}

static int open_first(void)
{
	char denied[64] = "";
	unsigned int others = 0;
	unsigned int more = 0;
	int chosen = -1;
	glob_t nodes;
	size_t i;

	if (glob("/dev/dri/renderD*", 0, NULL, &nodes))
		die("no render node in /dev/dri; load a kernel driver for the GPU: modprobe nouveau");
	for (i = 0; i < nodes.gl_pathc; i++) {
		int fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);

		if (fd < 0) {
			if (errno == EACCES)
				snprintf(denied, sizeof(denied), "%s", nodes.gl_pathv[i]);
			continue;
		}
		if (chosen < 0 && is_nouveau(fd)) {
			snprintf(dev.node, sizeof(dev.node), "%s", nodes.gl_pathv[i]);
			chosen = fd;
			continue;
		}
		if (chosen >= 0) {
			unsigned int version[3];

			memcpy(version, dev.version, sizeof(version));
			more += is_nouveau(fd);
			memcpy(dev.version, version, sizeof(version));
		}
		others++;
		close(fd);
	}
	globfree(&nodes);
	if (chosen < 0 && *denied)
		die("you may not open %s; add yourself to its group, often: adduser %s render",
		    denied, getenv("USER") ? getenv("USER") : "USER");
	if (chosen < 0)
		die("no nouveau render node among %u in /dev/dri; load the driver: modprobe nouveau",
		    others);
	if (more)
		printf("# %u more of nouveau's render nodes are left alone; --device names one\n",
		       more);
	return chosen;
}

static int open_named(const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("cannot open %s: %s; name a node of /dev/dri that you may use",
		    node, strerror(errno));
	if (!is_nouveau(fd))
		die("%s is not nouveau's; leave --device out to have one chosen", node);
	snprintf(dev.node, sizeof(dev.node), "%s", node);
	return fd;
}

static void find_sysfs(int fd)
{
	char pattern[160];
	struct stat st;
	glob_t found;

	if (fstat(fd, &st))
		return;
	snprintf(dev.sysfs, sizeof(dev.sysfs), "/sys/dev/char/%u:%u/device",
		 major(st.st_rdev), minor(st.st_rdev));
	snprintf(pattern, sizeof(pattern), "%s/drm/card[0-9]*", dev.sysfs);
	if (glob(pattern, 0, NULL, &found))
		return;
	snprintf(dev.card, sizeof(dev.card), "/dev/dri%s", strrchr(found.gl_pathv[0], '/'));
	globfree(&found);
}

static void find_package(void)
{
	FILE *f = fopen("/sys/module/nouveau/version", "r");

	if (f && fgets(dev.package, sizeof(dev.package), f)) {
		dev.package[strcspn(dev.package, "\n")] = 0;
		dev.packaged = true;
	}
	if (f)
		fclose(f);
}

void device_choose(const char *node)
{
	struct nvif_device_info info;
	uint64_t value;
	int ret;
	int fd;

	fd = node ? open_named(node) : open_first();
	find_sysfs(fd);
	find_package();

	if (dev.version[0] == 1 &&
	    (dev.version[1] < 3 || (dev.version[1] == 3 && dev.version[2] < 1)))
		die("nouveau %u.%u.%u of %s has no VM_BIND, which begins with 1.3.1; load a newer driver",
		    dev.version[0], dev.version[1], dev.version[2], dev.node);
	dev.large_pages = dev.version[0] > 1 || dev.version[1] > 4 ||
			  (dev.version[1] == 4 && dev.version[2] >= 1);
	ret = try_nvif_device_info(fd, &info);
	if (ret)
		die("%s does not tell what it is: %s; the driver is older than VM_BIND or broken",
		    dev.node, errname(ret));
	dev.chipset = info.chipset;
	dev.family = info.family;
	snprintf(dev.chip, sizeof(dev.chip), "%.16s", info.chip);
	snprintf(dev.name, sizeof(dev.name), "%.64s", info.name);
	if (dev.family < NV_KEPLER)
		die("%s is a %s, and VM_BIND is tested from Kepler on; name another node by --device",
		    dev.node, dev.chip);
	if (try_param(fd, NV_PARAM_FB_SIZE, &value) == 0)
		dev.vram = value;
	/* MMUs before Pascal's have addresses of 40 bits. */
	dev.va_end = dev.family < NV_PASCAL ? 1ull << 40 : NV_VA_END;
	/* Second-generation Maxwell began with sparse page table entries. */
	dev.sparse = dev.chipset >= 0x120;
	close(fd);
}

int device_open(void)
{
	int fd = open(dev.node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fail("cannot open %s again: %s", dev.node, strerror(errno));
	return fd;
}

int try_param(int fd, uint64_t param, uint64_t *value)
{
	struct nv_getparam req = { .param = param };
	int ret = drmCommandWriteRead(fd, NV_GETPARAM, &req, sizeof(req));

	*value = req.value;
	return ret;
}

uint64_t device_param(int fd, uint64_t param)
{
	uint64_t value;
	int ret = try_param(fd, param, &value);

	if (ret)
		fail("GETPARAM %u: %s", (unsigned int)param, errname(ret));
	return value;
}
