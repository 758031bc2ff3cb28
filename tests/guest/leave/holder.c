// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// holder HOW NODE: a client of nouveau whose card the driver leaves meanwhile.  NODE
// is the render node, HOW is
//
//	buffers   buffers, and nothing else
//	mapped    buffers that the CPU has mapped
//	channel   buffers and a channel
//	vm        a VM with buffers in it
//	all       a VM, a channel and buffers that the CPU has mapped
//	export    all, and another device (vgem) has imported a buffer
//
// Prints "ready", waits for a line, and checks that the calls of the driver fail and that
// what the client has mapped can still be used.  Prints "done" when all of it is closed.

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <drm.h>

#include "uapi.h"

#define SIZE	(1u << 20)
#define VA	0x40000000ull

enum { IN_VRAM, IN_HOST, BUFFERS };

struct buffer {
	uint32_t handle;
	char *map;
};

static int card;

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	exit(1);
}

static int call(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret && (errno == EINTR || errno == EAGAIN));
	return ret ? -errno : 0;
}

/* A call of the driver; @size: bytes of @arg */
static int driver_call(enum nv_ioctl nr, void *arg, size_t size)
{
	return call(card, _IOC(_IOC_READ | _IOC_WRITE, DRM_IOCTL_BASE,
			       DRM_COMMAND_BASE + nr, size), arg);
}

static void must(const char *what, int err)
{
	if (err)
		fail("%s: %s", what, strerror(-err));
}

static struct buffer buffer_new(uint32_t domain, bool mapped)
{
	struct nv_gem_new new = {
		.info = { .size = SIZE, .domain = domain | NV_MAPPABLE },
		.align = 4096,
	};
	struct buffer b = {};

	must("GEM_NEW", driver_call(NV_GEM_NEW, &new, sizeof(new)));
	b.handle = new.info.handle;
	if (!mapped)
		return b;
	b.map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, card,
		     (off_t)new.info.map_handle);
	if (b.map == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	/* The second half is touched when the card is gone. */
	memset(b.map, 1, SIZE / 2);
	return b;
}

static void vm_new(void)
{
	/* Before Pascal the MMU ends at 2^40. */
	struct nv_vm_init init = { .kernel_addr = 1ull << 38, .kernel_size = 1ull << 38 };

	must("VM_INIT", driver_call(NV_VM_INIT, &init, sizeof(init)));
}

static void vm_map(uint64_t va, const struct buffer *b)
{
	struct nv_bind_op op = {
		.op = NV_OP_MAP, .handle = b->handle, .addr = va, .range = SIZE,
	};
	struct nv_vm_bind bind = { .op_count = 1, .op_ptr = (uintptr_t)&op };

	must("VM_BIND", driver_call(NV_VM_BIND, &bind, sizeof(bind)));
}

static void channel_new(void)
{
	struct nv_channel_alloc alloc = { .fb_ctxdma = ~0u, .tt_ctxdma = NV_ENGINE_GR };

	must("CHANNEL_ALLOC", driver_call(NV_CHANNEL_ALLOC, &alloc, sizeof(alloc)));
}

static int vgem_open(void)
{
	char path[32], name[16];
	int i, fd;

	for (i = 0; i < 8; i++) {
		struct drm_version version = { .name = name, .name_len = sizeof(name) };

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!call(fd, DRM_IOCTL_VERSION, &version) && version.name_len == 4 &&
		    !memcmp(name, "vgem", 4))
			return fd;
		close(fd);
	}
	fail("there is no vgem");
}

/* Another device imports the buffer; the driver pins the buffer in main memory. */
static int export(const struct buffer *b)
{
	struct drm_prime_handle prime = { .handle = b->handle, .flags = DRM_CLOEXEC | DRM_RDWR };
	int other = vgem_open();

	must("PRIME_HANDLE_TO_FD", call(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));
	must("PRIME_FD_TO_HANDLE", call(other, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
	close(prime.fd);
	return other;
}

/* Every call of the driver says that there is no device. */
static void without_card(struct buffer *b, bool mapped)
{
	struct nv_gem_new new = { .info = { .size = SIZE, .domain = NV_GART }, .align = 4096 };
	struct nv_gem_cpu_prep prep = { .handle = b->handle };
	struct { uint64_t words[4]; } nvif = {};
	int err;

	err = driver_call(NV_GEM_NEW, &new, sizeof(new));
	if (err != -ENODEV)
		fail("GEM_NEW without a card: %d", err);
	err = driver_call(NV_GEM_CPU_PREP, &prep, sizeof(prep));
	if (err != -ENODEV)
		fail("GEM_CPU_PREP without a card: %d", err);
	/* The driver does not pass these to drm_ioctl(), which looks for the device. */
	err = driver_call(NV_NVIF, &nvif, sizeof(nvif));
	if (err != -ENODEV)
		fail("NVIF without a card: %d", err);
	if (!mapped)
		return;
	memset(b->map, 2, SIZE);
	if (b->map[SIZE - 1] != 2)
		fail("what was mapped cannot be written");
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	bool exports = !strcmp(how, "export");
	bool all = exports || !strcmp(how, "all");
	bool vm = all || !strcmp(how, "vm");
	bool channel = all || !strcmp(how, "channel");
	bool mapped = all || !strcmp(how, "mapped");
	struct buffer b[BUFFERS];
	int other = -1;
	char line[8];
	int i;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc != 3)
		fail("usage: holder HOW NODE");
	card = open(argv[2], O_RDWR | O_CLOEXEC);
	if (card < 0)
		fail("%s: %s", argv[2], strerror(errno));
	if (vm)
		vm_new();
	if (channel)
		channel_new();
	b[IN_VRAM] = buffer_new(NV_VRAM, mapped);
	b[IN_HOST] = buffer_new(NV_GART, mapped);
	for (i = 0; vm && i < BUFFERS; i++)
		vm_map(VA + i * 16ull * SIZE, &b[i]);
	if (exports)
		other = export(&b[IN_HOST]);
	puts("ready");
	if (!fgets(line, sizeof(line), stdin))
		fail("nobody said go");

	for (i = 0; i < BUFFERS; i++)
		without_card(&b[i], mapped);
	if (other >= 0)
		close(other);
	/* The mappings hold the buffers longer than the file. */
	close(card);
	for (i = 0; mapped && i < BUFFERS; i++)
		munmap(b[i].map, SIZE);
	puts("done");
	return 0;
}
