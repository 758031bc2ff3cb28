// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffers of more than one client: by file descriptor (PRIME) and by name
 * (flink), and those that may not be shared.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

static void no_share_needs_vm(void)
{
	struct bo bo;

	want(try_bo_new(device_open(), PAGE, NV_GART | NV_NO_SHARE, &bo), -EINVAL);
	want(try_bo_new(device_open(), PAGE, NV_VRAM | NV_NO_SHARE, &bo), -EINVAL);
}

static int try_export(const struct bo *bo, int *dmabuf)
{
	return drmPrimeHandleToFD(bo->fd, bo->handle, DRM_CLOEXEC | DRM_RDWR, dmabuf) ?
		-errno : 0;
}

static void no_share_export(void)
{
	struct bo bo = bo_new(client_open(), PAGE, NV_GART | NV_NO_SHARE);
	int dmabuf;

	want(try_export(&bo, &dmabuf), -EPERM);
	/* It is good for all else. */
	map(VA, &bo, 0, PAGE);
}

static struct bo import(int fd, int dmabuf, uint64_t size)
{
	struct bo bo = { .fd = fd, .size = size };

	if (drmPrimeFDToHandle(fd, dmabuf, &bo.handle))
		fail("a dma-buf cannot be imported: %s", errname(errno));
	return bo;
}

static void prime(uint32_t domain)
{
	int a = client_open(), b = client_open();
	struct channel ch_a = channel_new(a, 0), ch_b = channel_new(b, 0);
	struct stage st_a = stage_new(a, 256 * KIB), st_b = stage_new(b, 256 * KIB);
	struct bo bo = bo_new(a, 256 * KIB, domain);
	struct bo theirs, again;
	int dmabuf;

	want(try_export(&bo, &dmabuf), 0);
	theirs = import(b, dmabuf, bo.size);
	again = import(b, dmabuf, bo.size);
	fail_if(theirs.handle != again.handle, "the same dma-buf has two handles");
	fail_if(lseek(dmabuf, 0, SEEK_END) != (off_t)bo.size,
		"the dma-buf is not as large as the buffer");
	map(VA, &bo, 0, bo.size);
	map(VA + GIB, &theirs, 0, bo.size);
	gpu_write(&ch_a, &st_a, VA, 1, 0, bo.size);
	gpu_check(&ch_b, &st_b, VA + GIB, 1, 0, bo.size, "a shared buffer by its importer");
	gpu_write(&ch_b, &st_b, VA + GIB, 2, 0, bo.size);
	gpu_check(&ch_a, &st_a, VA, 2, 0, bo.size, "a shared buffer by its exporter");
	/* It lives as long as the last who has it. */
	close(a);
	close(dmabuf);
	gpu_check(&ch_b, &st_b, VA + GIB, 2, 0, bo.size, "a shared buffer without its exporter");
	bo_close(&theirs);
	gpu_check(&ch_b, &st_b, VA + GIB, 2, 0, bo.size, "a shared buffer without its handle");
}

static void prime_gart(void)
{
	prime(NV_GART);
}

static void prime_vram(void)
{
	prime(NV_VRAM);
}

/* Between clients with and without a VM. */
static void prime_without_vm(void)
{
	int with = client_open(), without = device_open();
	struct bo bo = bo_new(without, 64 * KIB, NV_GART);
	struct channel ch = channel_new(with, 0);
	struct stage st = stage_new(with, 64 * KIB);
	struct bo theirs, mine;
	int dmabuf;

	want(try_export(&bo, &dmabuf), 0);
	theirs = import(with, dmabuf, bo.size);
	map(VA, &theirs, 0, bo.size);
	gpu_write(&ch, &st, VA, 1, 0, bo.size);
	pattern_check(bo_map(&bo), 1, 0, bo.size / 4, "what a client with a VM wrote");
	close(dmabuf);
	mine = bo_new(with, 64 * KIB, NV_VRAM);
	want(try_export(&mine, &dmabuf), 0);
	import(without, dmabuf, mine.size);
}

static void cpu_mmap_dmabuf(void)
{
	int fd = client_open();
	struct bo bo = bo_new(fd, 64 * KIB, NV_GART);
	struct bo same;
	int dmabuf;

	want(try_export(&bo, &dmabuf), 0);
	same = import(fd, dmabuf, bo.size);
	fail_if(same.handle != bo.handle,
		"a client's own dma-buf comes back with another handle");
	close(dmabuf);
	map(VA, &same, 0, PAGE);
}

/* --- by name: the primary node, as the render node has no names ------------ */

static int card_open(void)
{
	int fd;

	if (!*dev.card)
		skip("the GPU has no primary node");
	fd = open(dev.card, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		skip("%s cannot be opened: %s", dev.card, strerror(errno));
	return fd;
}

/* Who comes second asks the first for permission, if that one may give it. */
static int second_open(int first)
{
	int fd = card_open();
	drm_magic_t magic;

	if (drmGetMagic(fd, &magic) || drmAuthMagic(first, magic))
		skip("%s is held by someone else: %s", dev.card, strerror(errno));
	return fd;
}

static uint32_t flink(const struct bo *bo)
{
	struct drm_gem_flink req = { .handle = bo->handle };

	if (drmIoctl(bo->fd, DRM_IOCTL_GEM_FLINK, &req))
		skip("a buffer gets no name: %s", strerror(errno));
	return req.name;
}

static int try_open_name(int fd, uint32_t name, struct bo *bo)
{
	struct drm_gem_open req = { .name = name };
	int ret = drmIoctl(fd, DRM_IOCTL_GEM_OPEN, &req) ? -errno : 0;

	*bo = (struct bo){ .fd = fd, .handle = req.handle, .size = req.size };
	return ret;
}

static void name_shared(void)
{
	int a = card_open(), b = second_open(a);
	struct channel ch;
	struct stage st;
	struct bo bo, theirs;

	want(try_vm_init(a, KERNEL_ADDR, KERNEL_SIZE), 0);
	want(try_vm_init(b, KERNEL_ADDR, KERNEL_SIZE), 0);
	bo = bo_new(a, 64 * KIB, NV_GART | NV_COHERENT);
	want(try_open_name(b, flink(&bo), &theirs), 0);
	ch = channel_new(b, 0);
	st = stage_new(b, 64 * KIB);
	map(VA, &theirs, 0, theirs.size);
	gpu_write(&ch, &st, VA, 1, 0, 64 * KIB);
	pattern_check(bo_map(&bo), 1, 0, 64 * KIB / 4, "a buffer shared by name");
}

static void name_no_share(void)
{
	int a = card_open(), b = second_open(a);
	struct bo bo, theirs;

	want(try_vm_init(a, KERNEL_ADDR, KERNEL_SIZE), 0);
	want(try_vm_init(b, KERNEL_ADDR, KERNEL_SIZE), 0);
	bo = bo_new(a, PAGE, NV_GART | NV_NO_SHARE);
	want(try_open_name(b, flink(&bo), &theirs), -EPERM);
	/* The buffer has not suffered. */
	map(VA, &bo, 0, PAGE);
}

/* Fault e. */
static void name_without_vm(void)
{
	int a = card_open(), b = second_open(a);
	struct bo bo, theirs;
	int ret;

	want(try_vm_init(a, KERNEL_ADDR, KERNEL_SIZE), 0);
	bo = bo_new(a, PAGE, NV_GART | NV_NO_SHARE);
	ret = try_open_name(b, flink(&bo), &theirs);
	if (!ret)
		known("a client without a VM opens another's private buffer by its name");
	want(ret, -EPERM);
}

const struct test tests_share[] = {
	{ "share/private-needs-vm", "private buffers without a VM", no_share_needs_vm },
	{ "share/private-export", "exports a private buffer", no_share_export },
	{ "share/prime-gart", "two clients and a buffer in the GART", prime_gart },
	{ "share/prime-vram", "two clients and a buffer in VRAM", prime_vram },
	{ "share/prime-without-vm", "clients with and without a VM share", prime_without_vm },
	{ "share/prime-own", "imports what the client exported itself", cpu_mmap_dmabuf },
	{ "share/name", "two clients and a buffer with a name", name_shared },
	{ "share/private-name", "opens another's private buffer by name", name_no_share },
	{ "known/e-private-name-without-vm", "the same without a VM", name_without_vm },
	{ 0 }
};
