// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Syncobjs, binary and timeline, and the fences in them.
 */
#include <errno.h>
#include <linux/sync_file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "vmbind-test.h"

/* What has to happen happens in less, on the slowest machine. */
#define SOON_MS 30000

uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static int64_t deadline(unsigned int ms)
{
	return (int64_t)(now_ms() + ms) * 1000000;
}

uint32_t syncobj_new(int fd)
{
	uint32_t handle;

	if (drmSyncobjCreate(fd, 0, &handle))
		fail("no syncobj: %s", errname(errno));
	return handle;
}

void syncobj_destroy(int fd, uint32_t handle)
{
	if (drmSyncobjDestroy(fd, handle))
		fail("a syncobj cannot be destroyed: %s", errname(errno));
}

struct nv_sync sync_binary(uint32_t handle)
{
	return (struct nv_sync){ .flags = NV_SYNC_BINARY, .handle = handle };
}

struct nv_sync sync_point(uint32_t handle, uint64_t point)
{
	return (struct nv_sync){
		.flags = NV_SYNC_TIMELINE, .handle = handle, .point = point,
	};
}

int try_syncobj_wait(int fd, uint32_t handle, unsigned int ms)
{
	return drmSyncobjWait(fd, &handle, 1, ms ? deadline(ms) : 0, 0, NULL);
}

int try_timeline_wait(int fd, uint32_t handle, uint64_t point, unsigned int ms)
{
	return drmSyncobjTimelineWait(fd, &handle, &point, 1, ms ? deadline(ms) : 0, 0, NULL);
}

bool syncobj_signalled(int fd, uint32_t handle)
{
	return try_syncobj_wait(fd, handle, 0) == 0;
}

bool timeline_signalled(int fd, uint32_t handle, uint64_t point)
{
	return try_timeline_wait(fd, handle, point, 0) == 0;
}

void syncobj_wait(int fd, uint32_t handle)
{
	int ret = try_syncobj_wait(fd, handle, SOON_MS);

	if (ret)
		fail("a fence is not signalled: %s", errname(ret));
}

void timeline_wait(int fd, uint32_t handle, uint64_t point)
{
	int ret = try_timeline_wait(fd, handle, point, SOON_MS);

	if (ret)
		fail("point %llu of a timeline is not signalled: %s",
		     (unsigned long long)point, errname(ret));
}

int sync_file_status(int sync_file)
{
	struct sync_file_info info = { 0 };

	if (ioctl(sync_file, SYNC_IOC_FILE_INFO, &info))
		fail("no state of a sync file: %s", errname(errno));
	return info.status;
}

int syncobj_status(int fd, uint32_t handle)
{
	int sync_file;
	int status;

	if (drmSyncobjExportSyncFile(fd, handle, &sync_file))
		fail("no sync file of a syncobj: %s", errname(errno));
	status = sync_file_status(sync_file);
	close(sync_file);
	return status;
}
