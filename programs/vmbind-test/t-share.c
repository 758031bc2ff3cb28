// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Buffers of more than one client: by file descriptor (PRIME) and by name
 * (flink), and those that may not be shared.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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

/* --- with another device: vgem, whose buffers are in main memory ----------- */

#define IMPORTED (6 * MIB)

static int other_open(void)
{
	int other = -1;
	glob_t nodes;
	size_t i;

	if (!glob("/dev/dri/renderD*", 0, NULL, &nodes)) {
		for (i = 0; i < nodes.gl_pathc && other < 0; i++) {
			int fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
			drmVersionPtr version = fd < 0 ? NULL : drmGetVersion(fd);

			if (version && !strcmp(version->name, "vgem"))
				other = fd;
			else if (fd >= 0)
				close(fd);
			drmFreeVersion(version);
		}
		globfree(&nodes);
	}
	if (other >= 0)
		return other;
	skip("there is no other device that you may open; load one: modprobe vgem");
}

/* The driver pins the buffer in main memory until its handle there is closed. */
static uint32_t other_import(int other, const struct bo *bo)
{
	struct bo theirs;
	int dmabuf;

	want(try_export(bo, &dmabuf), 0);
	theirs = import(other, dmabuf, bo->size);
	close(dmabuf);
	return theirs.handle;
}

/* Where a buffer is mapped: in pages of 2 MiB, 64 KiB and 4 KiB. */
static const struct {
	uint64_t va, offset, range;
} places[] = {
	{ VA, 0, IMPORTED },
	{ VA + GIB + 64 * KIB, 64 * KIB, MIB },
	{ VA + 2 * GIB, 3 * MIB + PAGE, 17 * PAGE },
};

static struct bo placed_new(struct channel *ch, struct stage *st, uint32_t id)
{
	struct bo bo = bo_new(ch->fd, IMPORTED, NV_VRAM);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		map(places[i].va, &bo, places[i].offset, places[i].range);
	gpu_write(ch, st, VA, id, 0, IMPORTED);
	return bo;
}

static void places_check(struct channel *ch, struct stage *st, uint32_t id, const char *what)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		gpu_check(ch, st, places[i].va, id, places[i].offset / 4, places[i].range, what);
}

/* Does work that uses the mappings succeed?  On drivers with the fault the channel dies. */
static void places_used(struct channel *ch, struct stage *st)
{
	push_copy(ch, st->va, VA, PAGE);
	checked();
	if (try_finish(ch))
		known("work with a buffer that another device has imported fails");
}

static void imported_map(void)
{
	int other = other_open();
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);
	struct bo bo = placed_new(&ch, &st, 1);
	unsigned int turn;

	for (turn = 0; turn < 2; turn++) {
		uint32_t handle = other_import(other, &bo);

		places_used(&ch, &st);
		places_check(&ch, &st, 1, "a buffer that another device has imported");
		/* What is mapped now is where the buffer is. */
		map(VA + 3 * GIB, &bo, 2 * MIB, 4 * MIB);
		gpu_check(&ch, &st, VA + 3 * GIB, 1, 2 * MIB / 4, 4 * MIB,
			  "a mapping made after another device imported the buffer");
		drmCloseBufferHandle(other, handle);
		places_check(&ch, &st, 1, "a buffer after another device had it");
		gpu_check(&ch, &st, VA + 3 * GIB, 1, 2 * MIB / 4, 4 * MIB,
			  "a mapping made before the buffer came back");
		unmap(ch.fd, VA + 3 * GIB, 4 * MIB);
	}
	/* Written through one address, read through the others. */
	gpu_write(&ch, &st, VA, 2, 0, IMPORTED);
	places_check(&ch, &st, 2, "a buffer that came back");
}

/* Binds of a buffer that is not mapped yet where it is pinned. */
static void imported_cut(void)
{
	int other = other_open();
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);
	struct bo bo = placed_new(&ch, &st, 1);
	struct bo host = bo_new(ch.fd, 64 * KIB, NV_GART);
	uint64_t hole = VA + 2 * MIB + 68 * KIB;
	uint32_t handle = other_import(other, &bo);
	const struct nv_bind_op ops[] = {
		op_unmap(hole, PAGE),
		/* What the first has left, in the same call */
		op_unmap(hole + 64 * KIB, 64 * KIB),
		op_map(VA + IMPORTED - MIB, &host, 0, 64 * KIB),
		op_map(VA + GIB + 512 * KIB, &bo, 0, 64 * KIB),
	};

	checked();
	if (try_bind(ch.fd, ops, ARRAY_SIZE(ops)))
		known("a bind that cuts a buffer that another device has imported fails");
	places_used(&ch, &st);
	gpu_check(&ch, &st, VA, 1, 0, hole - VA, "below the hole");
	gpu_check(&ch, &st, hole + PAGE, 1, (hole + PAGE - VA) / 4, 60 * KIB, "behind the hole");
	gpu_check(&ch, &st, hole + 128 * KIB, 1, (hole + 128 * KIB - VA) / 4, MIB,
		  "behind the second hole");
	gpu_write(&ch, &st, VA + IMPORTED - MIB, 3, 0, 64 * KIB);
	gpu_check(&ch, &st, VA + IMPORTED - MIB + 64 * KIB, 1, (IMPORTED - MIB + 64 * KIB) / 4,
		  MIB - 64 * KIB, "behind what is mapped over it");
	gpu_check(&ch, &st, VA + GIB + 512 * KIB, 1, 0, 64 * KIB, "the buffer over itself");
	drmCloseBufferHandle(other, handle);
	gpu_check(&ch, &st, VA, 1, 0, hole - VA, "below the hole, when the buffer is back");
	gpu_check(&ch, &st, hole + 128 * KIB, 1, (hole + 128 * KIB - VA) / 4, MIB,
		  "behind the second hole, when the buffer is back");
	unmap(ch.fd, VA, IMPORTED);
	map(VA, &bo, 0, IMPORTED);
	gpu_check(&ch, &st, VA, 1, 0, IMPORTED, "the buffer, mapped again");
}

static void gate_open(void *word)
{
	*(volatile uint32_t *)word = 1;
}

/* A buffer is not taken from work that has begun. */
static void imported_busy(void)
{
	int other = other_open();
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);
	struct bo bo = placed_new(&ch, &st, 1);
	struct nv_sync sig = sync_binary(ch.sync);

	push_acquire(&ch, channel_word_va(&ch, 0), 1);
	push_copy(&ch, st.va, VA, MIB);
	submit(&ch, NULL, 0, &sig, 1);
	later(300, gate_open, (void *)channel_word(&ch, 0));
	other_import(other, &bo);
	later_join();
	syncobj_wait(ch.fd, ch.sync);
	checked();
	if (syncobj_status(ch.fd, ch.sync) < 0)
		known("work dies when another device imports the buffer that it uses");
	pattern_check(st.bo.map, 1, 0, MIB / 4, "what work read that had begun");
	ch.begin = 0;
	ch.cur = 0;
	places_used(&ch, &st);
	places_check(&ch, &st, 1, "a buffer that another device has imported");
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
	{ "share/imported-map", "another device (vgem) imports a mapped buffer, twice", imported_map },
	{ "share/imported-cut", "binds parts of a buffer that another device has", imported_cut,
	  TEST_CUTS },
	{ "share/imported-busy", "another device imports a buffer that work uses", imported_busy },
	{ "share/name", "two clients and a buffer with a name", name_shared },
	{ "share/private-name", "opens another's private buffer by name", name_no_share },
	{ "known/e-private-name-without-vm", "the same without a VM", name_without_vm },
	{ 0 }
};
