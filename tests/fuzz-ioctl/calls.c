// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The calls of a program.
 *
 * Slots are shared by the threads without a lock: that two threads race for
 * what is in them is wanted. What the GPU is made to do is harmless, as only
 * commands of ours are put into memory, and all other memory is zero, which as
 * a command does nothing: copies and fills of zeros, semaphores that are
 * released with zero.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "fuzz.h"
#include "uapi.h"

#define CLIENTS 3
#define BOS 8
#define CHANNELS 3
#define SYNCS 6
#define DMABUFS 3
#define LIST 1024

struct slots {
	const char *node;
	int client[CLIENTS];
	bool has_vm[CLIENTS];
	struct {
		uint32_t handle;
		uint64_t size, map_handle;
		uint32_t *map;
		uint64_t mapped;
	} bo[CLIENTS][BOS];
	int32_t channel[CLIENTS][CHANNELS];
	uint32_t sync[CLIENTS][SYNCS];
	int dmabuf[DMABUFS];
	int sync_file;
};

/* A thread, with the lists that it is collecting. */
struct runner {
	struct slots *s;
	struct nv_bind_op ops[LIST];
	struct nv_sync waits[LIST], sigs[LIST];
	struct nv_exec_push pushes[LIST];
	unsigned int op_count, wait_count, sig_count, push_count;
};

static int fd_of(struct runner *r, uint64_t client)
{
	return r->s->client[client % CLIENTS];
}

#define BO(r, c, b) ((r)->s->bo[(c) % CLIENTS][(b) % BOS])
#define CHANNEL(r, c, h) ((r)->s->channel[(c) % CLIENTS][(h) % CHANNELS])
#define SYNC(r, c, n) ((r)->s->sync[(c) % CLIENTS][(n) % SYNCS])

static int call_ioctl(int fd, unsigned long nr, void *arg)
{
	/* As often as a signal asks; none are sent here. */
	return ioctl(fd, nr, arg) ? -errno : 0;
}

static int command(int fd, unsigned int nr, void *arg, size_t size)
{
	unsigned long request = DRM_IOC(DRM_IOC_READ | DRM_IOC_WRITE, DRM_IOCTL_BASE,
					DRM_COMMAND_BASE + nr, size);

	if (fd < 0)
		return NOTHING;
	return call_ioctl(fd, request, arg);
}

static int do_open(struct runner *r, const uint64_t *a)
{
	int *slot = &r->s->client[a[0] % CLIENTS];

	/* One that is there stays open, but has no slot any more. */
	*slot = open(r->s->node, O_RDWR | O_CLOEXEC);
	r->s->has_vm[a[0] % CLIENTS] = false;
	return *slot < 0 ? -errno : 0;
}

static int do_close(struct runner *r, const uint64_t *a)
{
	int fd = fd_of(r, a[0]);

	if (fd < 0)
		return NOTHING;
	r->s->client[a[0] % CLIENTS] = -1;
	return close(fd) ? -errno : 0;
}

static int do_vm_init(struct runner *r, const uint64_t *a)
{
	struct nv_vm_init req = { .kernel_addr = a[1], .kernel_size = a[2] };

	/* What harms kernels whose driver is upstream's; a second VM, for one. */
	if (careful && (a[1] > 1ull << 39 || a[2] > 1ull << 39 ||
			__atomic_exchange_n(&r->s->has_vm[a[0] % CLIENTS], true,
					    __ATOMIC_SEQ_CST)))
		return NOTHING;
	return command(fd_of(r, a[0]), NV_VM_INIT, &req, sizeof(req));
}

static int do_bo(struct runner *r, const uint64_t *a)
{
	struct nv_gem_new req = {
		.info = {
			.size = a[2] > 4 << 20 && a[2] < 1ull << 46 ? 4 << 20 : a[2],
			.domain = (uint32_t)a[3], .tile_flags = (uint32_t)a[4],
		},
	};
	int ret = command(fd_of(r, a[0]), NV_GEM_NEW, &req, sizeof(req));

	if (!ret) {
		BO(r, a[0], a[1]).handle = req.info.handle;
		BO(r, a[0], a[1]).size = req.info.size;
		BO(r, a[0], a[1]).map_handle = req.info.map_handle;
		BO(r, a[0], a[1]).map = NULL;
	}
	return ret;
}

static int do_bo_close(struct runner *r, const uint64_t *a)
{
	struct drm_gem_close req = { .handle = BO(r, a[0], a[1]).handle };

	return call_ioctl(fd_of(r, a[0]), DRM_IOCTL_GEM_CLOSE, &req);
}

static int do_info(struct runner *r, const uint64_t *a)
{
	struct nv_gem_info req = { .handle = BO(r, a[0], a[1]).handle };

	return command(fd_of(r, a[0]), NV_GEM_INFO, &req, sizeof(req));
}

static int do_prep(struct runner *r, const uint64_t *a)
{
	struct nv_gem_cpu_prep req = {
		.handle = BO(r, a[0], a[1]).handle, .flags = (uint32_t)a[2],
	};

	return command(fd_of(r, a[0]), NV_GEM_CPU_PREP, &req, sizeof(req));
}

static int do_fini(struct runner *r, const uint64_t *a)
{
	uint32_t handle = BO(r, a[0], a[1]).handle;

	return command(fd_of(r, a[0]), NV_GEM_CPU_FINI, &handle, sizeof(handle));
}

static int do_mmap(struct runner *r, const uint64_t *a)
{
	uint64_t size = BO(r, a[0], a[1]).size;
	void *map;

	if (fd_of(r, a[0]) < 0 || !size || size > 4 << 20)
		return NOTHING;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(r, a[0]),
		   (off_t)BO(r, a[0], a[1]).map_handle);
	if (map == MAP_FAILED)
		return -errno;
	BO(r, a[0], a[1]).mapped = size;
	BO(r, a[0], a[1]).map = map;
	return 0;
}

/* Kinds of commands: nothing, a fill with 0, a copy, a semaphore's release. */
static unsigned int commands(uint32_t *to, uint64_t kind, uint64_t addr, uint64_t addr2)
{
	unsigned int n = 0;

	switch (kind % 4) {
	case 1:
	case 2:
		to[n++] = 0x20088000 | 0x400 / 4;	/* source, destination, pitches, size */
		to[n++] = (uint32_t)(addr2 >> 32);
		to[n++] = (uint32_t)addr2;
		to[n++] = (uint32_t)(addr >> 32);
		to[n++] = (uint32_t)addr;
		to[n++] = 4096;
		to[n++] = 4096;
		to[n++] = kind % 4 == 1 ? 1024 : 4096;
		to[n++] = 1 + (uint32_t)(addr2 >> 12) % 4;
		if (kind % 4 == 1) {
			to[n++] = 0x20038000 | 0x700 / 4;	/* constants 0, 4 bytes of them */
			to[n++] = 0;
			to[n++] = 0;
			to[n++] = 4 | 3 << 16;
		}
		to[n++] = 0x20018000 | 0x300 / 4;
		to[n++] = 2 | 1 << 2 | 3 << 7 | 1 << 9 | (kind % 4 == 1 ? 1 << 10 : 0);
		break;
	case 3:
		to[n++] = 0x20040000 | 0x10 / 4;
		to[n++] = (uint32_t)(addr >> 32);
		to[n++] = (uint32_t)addr & ~3u;
		to[n++] = 0;
		to[n++] = 2 | 1 << 24;
		break;
	}
	return n;
}

/* A buffer with commands, mapped at an address, and pushed. */
static int do_commands(struct runner *r, const uint64_t *a)
{
	uint64_t client = a[0] % CLIENTS, page = a[1] % 16;
	uint64_t va = 0x60000000 + client * 0x100000 + page * 0x1000;
	struct nv_gem_new gem = { .info = { .size = 0x1000, .domain = NV_GART | NV_COHERENT } };
	struct nv_bind_op op = { .addr = va, .range = 0x1000 };
	struct nv_vm_bind bind = { .op_count = 1, .op_ptr = (uintptr_t)&op };
	unsigned int words;
	uint32_t *map;
	int ret;

	ret = command(fd_of(r, client), NV_GEM_NEW, &gem, sizeof(gem));
	if (ret)
		return ret;
	map = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(r, client),
		   (off_t)gem.info.map_handle);
	if (map == MAP_FAILED)
		return -errno;
	words = commands(map, a[2], a[3], a[4]);
	munmap(map, 0x1000);
	op.handle = gem.info.handle;
	ret = command(fd_of(r, client), NV_VM_BIND, &bind, sizeof(bind));
	if (ret)
		return ret;
	if (words && r->push_count < LIST) {
		r->pushes[r->push_count].va = va;
		r->pushes[r->push_count].va_len = words * 4;
		r->pushes[r->push_count++].flags = 0;
	}
	return 0;
}

static int do_export(struct runner *r, const uint64_t *a)
{
	if (fd_of(r, a[0]) < 0)
		return NOTHING;
	return drmPrimeHandleToFD(fd_of(r, a[0]), BO(r, a[0], a[1]).handle,
				  DRM_CLOEXEC | DRM_RDWR, &r->s->dmabuf[a[2] % DMABUFS]) ?
		-errno : 0;
}

static int do_import(struct runner *r, const uint64_t *a)
{
	int dmabuf = r->s->dmabuf[a[1] % DMABUFS];
	uint32_t handle;

	if (fd_of(r, a[0]) < 0 || dmabuf < 0)
		return NOTHING;
	if (drmPrimeFDToHandle(fd_of(r, a[0]), dmabuf, &handle))
		return -errno;
	BO(r, a[0], a[2]).handle = handle;
	BO(r, a[0], a[2]).size = 0;
	return 0;
}

static int do_dmabuf_close(struct runner *r, const uint64_t *a)
{
	int fd = r->s->dmabuf[a[0] % DMABUFS];

	if (fd < 0)
		return NOTHING;
	r->s->dmabuf[a[0] % DMABUFS] = -1;
	return close(fd) ? -errno : 0;
}

static int do_poll(struct runner *r, const uint64_t *a)
{
	struct pollfd p = { .fd = r->s->dmabuf[a[0] % DMABUFS], .events = POLLIN | POLLOUT };

	return p.fd < 0 ? NOTHING : poll(&p, 1, (int)(a[1] % 12)) < 0 ? -errno : 0;
}

static int do_channel(struct runner *r, const uint64_t *a)
{
	struct nv_channel_alloc req = { .fb_ctxdma = ~0u, .tt_ctxdma = (uint32_t)a[2] };
	int ret;

	if (careful && a[2] == NV_ENGINE_CE)
		return NOTHING;
	ret = command(fd_of(r, a[0]), NV_CHANNEL_ALLOC, &req, sizeof(req));
	if (!ret)
		CHANNEL(r, a[0], a[1]) = req.channel;
	return ret;
}

static int do_channel_free(struct runner *r, const uint64_t *a)
{
	struct nv_channel_free req = { .channel = CHANNEL(r, a[0], a[1]) };

	return command(fd_of(r, a[0]), NV_CHANNEL_FREE, &req, sizeof(req));
}

static int do_object(struct runner *r, const uint64_t *a)
{
	static const int32_t classes[] = { 0xa0b5, 0xb0b5, 0xc0b5, 0xc1b5 };
	static uint64_t name = 0x1000;
	int ret = NOTHING;
	unsigned int i;

	if (a[2]) {
		struct nvif_new req = {
			.head = { .type = NVIF_NEW, .owner = 0xff, .route = 0xff,
				  .token = (uint64_t)CHANNEL(r, a[0], a[1]) },
			.object = __sync_fetch_and_add(&name, a[2] % 3),
			.oclass = (int32_t)(a[2] & 0xffff), .handle = (uint32_t)a[2],
		};

		return command(fd_of(r, a[0]), NV_NVIF, &req, sizeof(req));
	}
	/* The one that the chip has; the others are refused. */
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		struct nvif_new req = {
			.head = { .type = NVIF_NEW, .owner = 0xff, .route = 0xff,
				  .token = (uint64_t)CHANNEL(r, a[0], a[1]) },
			.object = __sync_fetch_and_add(&name, 1),
			.oclass = classes[i], .handle = (uint32_t)classes[i],
		};

		ret = command(fd_of(r, a[0]), NV_NVIF, &req, sizeof(req));
		if (ret == 0 || ret == NOTHING)
			break;
	}
	return ret;
}

/* A head and whatever follows it, of a length that is not right either. */
static int do_nvif(struct runner *r, const uint64_t *a)
{
	uint64_t room[32];
	struct nvif_head *head = (struct nvif_head *)room;
	struct rng rng = { .state = a[4] };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(room); i++)
		room[i] = rng_next(&rng) >> rng_below(&rng, 64);
	*head = (struct nvif_head){
		.type = (uint8_t)(a[2] % 9), .owner = 0xff,
		.route = a[3] % 3 ? 0xff : (uint8_t)(a[3] % 3),
		.token = (uint64_t)CHANNEL(r, a[0], a[1]), .object = a[4] % 0x1010,
	};
	/* Versions are mostly right, so that what is behind them is looked at. */
	((uint8_t *)room)[sizeof(*head)] = 0;
	return command(fd_of(r, a[0]), NV_NVIF, room, 8 + a[3] % (sizeof(room) - 8));
}

static int do_getparam(struct runner *r, const uint64_t *a)
{
	struct nv_getparam req = { .param = a[1] };

	return command(fd_of(r, a[0]), NV_GETPARAM, &req, sizeof(req));
}

static int do_op(struct runner *r, const uint64_t *a)
{
	struct nv_bind_op *op;
	unsigned int i, count = (unsigned int)(a[5] >> 56) + 1;

	/* The client is the one that bind names; handles are mostly the first's. */
	for (i = 0; i < count && r->op_count < LIST; i++) {
		op = &r->ops[r->op_count++];
		*op = (struct nv_bind_op){
			.op = (uint32_t)a[0], .flags = (uint32_t)a[1], .addr = a[2] + i * a[3],
			.range = a[3], .bo_offset = a[5] & ~(0xffull << 56),
			/* Filled in by bind. */
			.handle = (uint32_t)(a[4] % BOS),
		};
		if (careful && !a[3] && (a[1] & NV_OP_SPARSE || a[0] > 1))
			op->range = 0x1000;
	}
	return NOTHING;
}

static void add_sync(struct nv_sync *list, unsigned int *count, const uint64_t *a)
{
	if (*count == LIST)
		return;
	list[(*count)++] = (struct nv_sync){
		.handle = (uint32_t)(a[0] % SYNCS), .point = a[1], .flags = (uint32_t)a[2],
	};
}

static int do_wait(struct runner *r, const uint64_t *a)
{
	add_sync(r->waits, &r->wait_count, a);
	return NOTHING;
}

static int do_sig(struct runner *r, const uint64_t *a)
{
	add_sync(r->sigs, &r->sig_count, a);
	return NOTHING;
}

static int do_push(struct runner *r, const uint64_t *a)
{
	uint64_t va = a[0];
	uint64_t i;

	/* Where commands of ours are, or may be, or where nothing is. */
	if (va >> 28 == 4)
		va = 0x60000000 + (va & 0xf000);
	else if (va < 1ull << 40)
		va = 0x6666600000;

	for (i = 0; i < a[2] % 700 && r->push_count < LIST; i++) {
		r->pushes[r->push_count++] = (struct nv_exec_push){
			.va = va, .va_len = (uint32_t)a[1] & ~3u, .flags = (uint32_t)a[3],
		};
	}
	return NOTHING;
}

static void fill_in(struct runner *r, uint64_t client)
{
	unsigned int i;

	for (i = 0; i < r->op_count; i++)
		r->ops[i].handle = BO(r, client, r->ops[i].handle).handle;
	for (i = 0; i < r->wait_count; i++)
		r->waits[i].handle = SYNC(r, client, r->waits[i].handle);
	for (i = 0; i < r->sig_count; i++)
		r->sigs[i].handle = SYNC(r, client, r->sigs[i].handle);
}

static int do_bind(struct runner *r, const uint64_t *a)
{
	struct nv_vm_bind req = {
		.op_count = r->op_count, .op_ptr = (uintptr_t)r->ops, .flags = (uint32_t)a[1],
		.wait_count = r->wait_count, .wait_ptr = (uintptr_t)r->waits,
		.sig_count = r->sig_count, .sig_ptr = (uintptr_t)r->sigs,
	};
	int ret;

	fill_in(r, a[0]);
	/* Seldom a pointer to where nothing is. */
	if (a[2] % 64 == 1)
		req.op_ptr = a[2];
	if (a[2] % 64 == 2)
		req.sig_ptr = a[2];
	ret = command(fd_of(r, a[0]), NV_VM_BIND, &req, sizeof(req));
	r->op_count = 0;
	r->wait_count = 0;
	r->sig_count = 0;
	return ret;
}

static int do_exec(struct runner *r, const uint64_t *a)
{
	struct nv_exec req = {
		.channel = (uint32_t)CHANNEL(r, a[0], a[1]),
		.push_count = r->push_count, .push_ptr = (uintptr_t)r->pushes,
		.wait_count = r->wait_count, .wait_ptr = (uintptr_t)r->waits,
		.sig_count = r->sig_count, .sig_ptr = (uintptr_t)r->sigs,
	};
	int ret;

	fill_in(r, a[0]);
	if (a[2] % 64 == 1)
		req.push_ptr = a[2];
	if (a[2] % 64 == 2)
		req.wait_ptr = a[2];
	ret = command(fd_of(r, a[0]), NV_EXEC, &req, sizeof(req));
	r->push_count = 0;
	r->wait_count = 0;
	r->sig_count = 0;
	return ret;
}

static int do_sync(struct runner *r, const uint64_t *a)
{
	struct drm_syncobj_create req = { .flags = (uint32_t)a[2] };
	int ret = call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_CREATE, &req);

	if (!ret)
		SYNC(r, a[0], a[1]) = req.handle;
	return ret;
}

static int do_sync_destroy(struct runner *r, const uint64_t *a)
{
	struct drm_syncobj_destroy req = { .handle = SYNC(r, a[0], a[1]) };

	return call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_DESTROY, &req);
}

static int64_t in_ms(uint64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec + (int64_t)(ms % 12) * 1000000;
}

static int do_sync_wait(struct runner *r, const uint64_t *a)
{
	uint32_t handles[2] = { SYNC(r, a[0], a[1]), SYNC(r, a[0], a[1] + 1) };
	struct drm_syncobj_wait req = {
		.handles = (uintptr_t)handles, .count_handles = 1 + a[1] % 2,
		.timeout_nsec = in_ms(a[2]), .flags = (uint32_t)a[3],
	};

	return call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_WAIT, &req);
}

static int do_timeline_wait(struct runner *r, const uint64_t *a)
{
	uint32_t handle = SYNC(r, a[0], a[1]);
	uint64_t point = a[4];
	struct drm_syncobj_timeline_wait req = {
		.handles = (uintptr_t)&handle, .points = (uintptr_t)&point, .count_handles = 1,
		.timeout_nsec = in_ms(a[2]), .flags = (uint32_t)a[3],
	};

	return call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &req);
}

static int sync_array(struct runner *r, const uint64_t *a, unsigned long nr)
{
	uint32_t handle = SYNC(r, a[0], a[1]);
	struct drm_syncobj_array req = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return call_ioctl(fd_of(r, a[0]), nr, &req);
}

static int do_signal(struct runner *r, const uint64_t *a)
{
	return sync_array(r, a, DRM_IOCTL_SYNCOBJ_SIGNAL);
}

static int do_reset(struct runner *r, const uint64_t *a)
{
	return sync_array(r, a, DRM_IOCTL_SYNCOBJ_RESET);
}

static int timeline_array(struct runner *r, const uint64_t *a, unsigned long nr)
{
	uint32_t handle = SYNC(r, a[0], a[1]);
	uint64_t point = a[2];
	struct drm_syncobj_timeline_array req = {
		.handles = (uintptr_t)&handle, .points = (uintptr_t)&point, .count_handles = 1,
		.flags = (uint32_t)a[3],
	};

	return call_ioctl(fd_of(r, a[0]), nr, &req);
}

static int do_timeline_signal(struct runner *r, const uint64_t *a)
{
	return timeline_array(r, a, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL);
}

static int do_query(struct runner *r, const uint64_t *a)
{
	return timeline_array(r, a, DRM_IOCTL_SYNCOBJ_QUERY);
}

static int do_transfer(struct runner *r, const uint64_t *a)
{
	struct drm_syncobj_transfer req = {
		.src_handle = SYNC(r, a[0], a[1]), .dst_handle = SYNC(r, a[0], a[2]),
		.src_point = a[3], .dst_point = a[4],
	};

	return call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_TRANSFER, &req);
}

static int do_sync_file(struct runner *r, const uint64_t *a)
{
	struct drm_syncobj_handle req = {
		.handle = SYNC(r, a[0], a[1]), .fd = -1,
		.flags = a[2] & 1 ? DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE : 0,
	};
	int ret = call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &req);

	if (!ret)
		r->s->sync_file = req.fd;
	return ret;
}

static int do_sync_import(struct runner *r, const uint64_t *a)
{
	struct drm_syncobj_handle req = {
		.handle = SYNC(r, a[0], a[1]), .fd = r->s->sync_file,
		.flags = a[2] & 1 ? DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE : 0,
	};
	int ret;

	if (req.fd < 0)
		return NOTHING;
	ret = call_ioctl(fd_of(r, a[0]), DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &req);
	if (!ret && !(a[2] & 1))
		SYNC(r, a[0], a[1]) = req.handle;
	return ret;
}

static int do_sleep(struct runner *r, const uint64_t *a)
{
	(void)r;
	usleep((useconds_t)(a[0] % 12) * 1000);
	return NOTHING;
}

/* Any of the driver's numbers with any bytes and any length. */
static int do_raw(struct runner *r, const uint64_t *a)
{
	uint64_t room[32];
	struct rng rng = { .state = a[3] };
	unsigned int nr = (unsigned int)(a[1] % 0x48);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(room); i++)
		room[i] = rng_next(&rng) >> rng_below(&rng, 64);
	/* What is known to harm upstream's, and what asks for all memory. */
	if (nr == NV_VM_INIT && careful)
		return NOTHING;
	if (nr == NV_CHANNEL_ALLOC && careful)
		room[0] = ~0u | 1ull << 32;
	if (nr == NV_GEM_NEW)
		room[1] %= 4 << 20;
	if (nr == NV_VM_BIND || nr == NV_EXEC) {
		room[0] &= 0xffffffff00000fffull;
		room[1] &= 0x00000fff00000fffull;
	}
	return command(fd_of(r, a[0]), nr, room, a[2] % sizeof(room) & ~3ull);
}

#define C ARG_CLIENT
#define B ARG_BO
#define H ARG_CHANNEL
#define S ARG_SYNC

const struct call_kind call_kinds[] = {
	{ "open", { C }, 2, do_open },
	{ "close", { C }, 1, do_close },
	{ "vm_init", { C, ARG_ADDR, ARG_SIZE }, 1, do_vm_init },
	{ "bo", { C, B, ARG_SIZE, ARG_DOMAIN, ARG_TILE }, 8, do_bo },
	{ "bo_close", { C, B }, 4, do_bo_close },
	{ "info", { C, B }, 1, do_info },
	{ "prep", { C, B, ARG_WAIT_FLAGS }, 2, do_prep },
	{ "fini", { C, B }, 1, do_fini },
	{ "mmap", { C, B }, 2, do_mmap },
	{ "commands", { C, ARG_COUNT, ARG_COMMAND, ARG_ADDR, ARG_ADDR }, 8, do_commands },
	{ "export", { C, B, ARG_DMABUF }, 2, do_export },
	{ "import", { C, ARG_DMABUF, B }, 2, do_import },
	{ "dmabuf_close", { ARG_DMABUF }, 1, do_dmabuf_close },
	{ "poll", { ARG_DMABUF, ARG_MS }, 1, do_poll },
	{ "channel", { C, H, ARG_ENGINE }, 3, do_channel },
	{ "channel_free", { C, H }, 2, do_channel_free },
	{ "object", { C, H, ARG_POINT }, 3, do_object },
	{ "nvif", { C, H, ARG_COUNT, ARG_RAW, ARG_RAW }, 2, do_nvif },
	{ "getparam", { C, ARG_PARAM }, 1, do_getparam },
	{ "op", { ARG_OP, ARG_OP_FLAGS, ARG_ADDR, ARG_SIZE, B, ARG_OFFSET }, 40, do_op },
	{ "wait", { S, ARG_POINT, ARG_SYNC_FLAGS }, 6, do_wait },
	{ "sig", { S, ARG_POINT, ARG_SYNC_FLAGS }, 8, do_sig },
	{ "push", { ARG_ADDR, ARG_SIZE, ARG_COUNT, ARG_PUSH_FLAGS }, 3, do_push },
	{ "bind", { C, ARG_BIND_FLAGS, ARG_RAW }, 24, do_bind },
	{ "exec", { C, H, ARG_RAW }, 14, do_exec },
	{ "sync", { C, S, ARG_PUSH_FLAGS }, 3, do_sync },
	{ "sync_destroy", { C, S }, 2, do_sync_destroy },
	{ "sync_wait", { C, S, ARG_MS, ARG_WAIT_FLAGS }, 4, do_sync_wait },
	{ "timeline_wait", { C, S, ARG_MS, ARG_WAIT_FLAGS, ARG_POINT }, 3, do_timeline_wait },
	{ "signal", { C, S }, 2, do_signal },
	{ "reset", { C, S }, 1, do_reset },
	{ "timeline_signal", { C, S, ARG_POINT, ARG_PUSH_FLAGS }, 2, do_timeline_signal },
	{ "query", { C, S, ARG_POINT, ARG_PUSH_FLAGS }, 1, do_query },
	{ "transfer", { C, S, S, ARG_POINT, ARG_POINT }, 2, do_transfer },
	{ "sync_file", { C, S, ARG_PUSH_FLAGS }, 1, do_sync_file },
	{ "sync_import", { C, S, ARG_PUSH_FLAGS }, 1, do_sync_import },
	{ "sleep", { ARG_MS }, 1, do_sleep },
	{ "raw", { C, ARG_NR, ARG_RAW, ARG_RAW }, 2, do_raw },
};

const unsigned int call_kind_count = ARRAY_SIZE(call_kinds);

/* --- running ------------------------------------------------------------- */

struct thread {
	const struct program *program;
	struct outcome *outcome;
	struct runner runner;
	unsigned int number;
};

static void *thread_run(void *arg)
{
	struct thread *t = arg;
	unsigned int i;

	for (i = 0; i < t->program->count; i++) {
		const struct call *c = &t->program->calls[i];

		if (c->thread == t->number)
			t->outcome->result[i] = call_kinds[c->kind].run(&t->runner, c->args);
	}
	return NULL;
}

void program_run(const struct program *p, const char *node, struct outcome *outcome)
{
	static struct thread threads[MAX_THREADS];
	static struct slots slots;
	pthread_t id[MAX_THREADS];
	unsigned int i, count = 1;

	memset(&slots, 0, sizeof(slots));
	slots.node = node;
	slots.sync_file = -1;
	for (i = 0; i < CLIENTS; i++)
		slots.client[i] = -1;
	for (i = 0; i < DMABUFS; i++)
		slots.dmabuf[i] = -1;
	for (i = 0; i < p->count; i++) {
		outcome->result[i] = NOTHING;
		if (p->calls[i].thread >= count)
			count = p->calls[i].thread + 1u;
	}
	memset(threads, 0, sizeof(threads));
	for (i = 0; i < count; i++) {
		threads[i].program = p;
		threads[i].outcome = outcome;
		threads[i].number = i;
		threads[i].runner.s = &slots;
		if (pthread_create(&id[i], NULL, thread_run, &threads[i]))
			abort();
	}
	for (i = 0; i < count; i++)
		pthread_join(id[i], NULL);
}

const char *canary(const char *node)
{
	struct nv_vm_init vm = { .kernel_addr = 1ull << 38, .kernel_size = 1ull << 38 };
	struct nv_channel_alloc chan = { .fb_ctxdma = ~0u, .tt_ctxdma = NV_ENGINE_GR };
	struct nv_gem_new gem = { .info = { .size = 0x1000, .domain = NV_GART | NV_COHERENT } };
	struct nv_bind_op op = { .addr = 0x40000000, .range = 0x1000 };
	struct nv_vm_bind bind = { .op_count = 1, .op_ptr = (uintptr_t)&op };
	struct nv_exec_push push = { .va = 0x40000000, .va_len = 20 };
	struct nv_sync sig = { .flags = NV_SYNC_BINARY };
	struct nv_exec exec = {
		.push_count = 1, .push_ptr = (uintptr_t)&push, .sig_count = 1,
		.sig_ptr = (uintptr_t)&sig,
	};
	int fd = open(node, O_RDWR | O_CLOEXEC);
	uint32_t *map;

	if (fd < 0)
		return "the node cannot be opened";
	if (command(fd, NV_VM_INIT, &vm, sizeof(vm)))
		return "no VM";
	if (command(fd, NV_CHANNEL_ALLOC, &chan, sizeof(chan)))
		return "no channel";
	if (command(fd, NV_GEM_NEW, &gem, sizeof(gem)))
		return "no buffer";
	op.handle = gem.info.handle;
	if (command(fd, NV_VM_BIND, &bind, sizeof(bind)))
		return "no mapping";
	map = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   (off_t)gem.info.map_handle);
	if (map == MAP_FAILED)
		return "no CPU mapping";
	/* The GPU clears a word. */
	map[512] = 0x12345678;
	commands(map, 3, op.addr + 2048, 0);
	if (drmSyncobjCreate(fd, 0, &sig.handle))
		return "no syncobj";
	exec.channel = (uint32_t)chan.channel;
	if (command(fd, NV_EXEC, &exec, sizeof(exec)))
		return "no EXEC";
	if (drmSyncobjWait(fd, &sig.handle, 1, in_ms(0) + 20000000000ll, 0, NULL))
		return "the GPU's work does not end";
	if (map[512])
		return "the GPU's work was not done";
	munmap(map, 0x1000);
	close(fd);
	return NULL;
}
