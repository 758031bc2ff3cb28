// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * NVIF, the one ioctl with structures inside of it: what the device is, what
 * classes a channel knows, and an object of such a class. Objects are named by
 * user space, with any number that is not taken; a channel's number goes into
 * token, and route says that it is there.
 */
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "vmbind-test.h"

#define OWNER_ANY 0xff
#define ROUTE_CHANNEL 0xff
#define DEVICE_OBJECT 0x64657600

int try_nvif_device_info(int fd, struct nvif_device_info *info)
{
	struct nvif_new_device new = {
		.new = {
			.head = { .type = NVIF_NEW, .owner = OWNER_ANY },
			.object = DEVICE_OBJECT,
			.oclass = NVIF_CLASS_DEVICE,
		},
		.device = ~0ull,
	};
	struct nvif_mthd_info mthd = {
		.head = { .type = NVIF_MTHD, .owner = OWNER_ANY, .object = DEVICE_OBJECT },
	};
	struct nvif_head del = {
		.type = NVIF_DEL, .owner = OWNER_ANY, .object = DEVICE_OBJECT,
	};
	int ret;

	ret = drmCommandWriteRead(fd, NV_NVIF, &new, sizeof(new));
	if (ret)
		return ret;
	ret = drmCommandWriteRead(fd, NV_NVIF, &mthd, sizeof(mthd));
	if (!ret)
		*info = mthd.info;
	drmCommandWriteRead(fd, NV_NVIF, &del, sizeof(del));
	return ret;
}

unsigned int nvif_channel_classes(int fd, int channel, struct nvif_class_entry *classes,
				  unsigned int max)
{
	struct nvif_sclass req = {
		.head = {
			.type = NVIF_SCLASS, .owner = OWNER_ANY, .route = ROUTE_CHANNEL,
			.token = channel,
		},
		.count = ARRAY_SIZE(req.oclass),
	};
	unsigned int count;
	int ret;

	ret = drmCommandWriteRead(fd, NV_NVIF, &req, sizeof(req));
	if (ret)
		fail("NVIF: no classes of channel %d: %s", channel, errname(ret));
	count = req.count < ARRAY_SIZE(req.oclass) ? req.count : ARRAY_SIZE(req.oclass);
	if (count > max)
		count = max;
	memcpy(classes, req.oclass, count * sizeof(*classes));
	return count;
}

int nvif_channel_object(int fd, int channel, int32_t oclass)
{
	static uint64_t object = 0x6f626a00;
	struct nvif_new req = {
		.head = {
			.type = NVIF_NEW, .owner = OWNER_ANY, .route = ROUTE_CHANNEL,
			.token = channel,
		},
		.route = ROUTE_CHANNEL,
		.token = channel,
		.object = object,
		.handle = (uint32_t)object,
		.oclass = oclass,
	};

	object++;
	return drmCommandWriteRead(fd, NV_NVIF, &req, sizeof(req));
}
