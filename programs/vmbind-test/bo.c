// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffers: GEM objects of nouveau, and the CPU's mapping of them.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>

#include "vmbind-test.h"

int try_bo_new(int fd, uint64_t size, uint32_t domain, struct bo *bo)
{
	/* VRAM need not be in one piece, as with Mesa. */
	struct nv_gem_new req = {
		.info = { .domain = domain, .size = size, .tile_flags = NV_TILE_NONCONTIG },
	};
	int ret = drmCommandWriteRead(fd, NV_GEM_NEW, &req, sizeof(req));

	*bo = (struct bo){
		.fd = fd,
		.handle = req.info.handle,
		.domain = domain,
		.size = req.info.size,
		.map_handle = req.info.map_handle,
	};
	return ret;
}

struct bo bo_new(int fd, uint64_t size, uint32_t domain)
{
	struct bo bo;
	int ret = try_bo_new(fd, size, domain, &bo);

	if (ret)
		fail("GEM_NEW: 0x%llx bytes in domain 0x%x: %s", (unsigned long long)size,
		     domain, errname(ret));
	return bo;
}

uint32_t *bo_map(struct bo *bo)
{
	if (!bo->map) {
		void *map;

		if (bo->size > SIZE_MAX)
			fail("a buffer of 0x%llx bytes does not fit this program's addresses",
			     (unsigned long long)bo->size);
		map = mmap(NULL, (size_t)bo->size, PROT_READ | PROT_WRITE, MAP_SHARED, bo->fd,
			   (off_t)bo->map_handle);
		if (map == MAP_FAILED)
			fail("mmap of a buffer: %s", errname(errno));
		bo->map = map;
	}
	return bo->map;
}

void bo_unmap(struct bo *bo)
{
	if (bo->map)
		munmap(bo->map, (size_t)bo->size);
	bo->map = NULL;
}

void bo_close(struct bo *bo)
{
	bo_unmap(bo);
	drmCloseBufferHandle(bo->fd, bo->handle);
	bo->handle = 0;
}

int try_cpu_prep(const struct bo *bo, uint32_t flags)
{
	struct nv_gem_cpu_prep req = { .handle = bo->handle, .flags = flags };

	return drmCommandWrite(bo->fd, NV_GEM_CPU_PREP, &req, sizeof(req));
}

int try_gem_info(int fd, uint32_t handle, struct nv_gem_info *info)
{
	*info = (struct nv_gem_info){ .handle = handle };
	return drmCommandWriteRead(fd, NV_GEM_INFO, info, sizeof(*info));
}
