// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * VM_INIT: which areas the kernel may keep, and when it is too late for a VM.
 */
#include <errno.h>
#include <xf86drm.h>

#include "vmbind-test.h"

static void good(void)
{
	want(try_vm_init(device_open(), KERNEL_ADDR, KERNEL_SIZE), 0);
	want(try_vm_init(device_open(), 4 * GIB, 512 * MIB), 0);
}

/*
 * With the GSP, nouveau of Linux 6.12 takes 512 MiB at a multiple of 4 GiB out of the
 * kernel's area for the firmware. An area without such a place gives ENOSPC there, and
 * all such areas do. Other drivers, and other cards, accept them all.
 */
static void small(void)
{
	static const struct {
		uint64_t addr, size;
	} areas[] = {
		{ PAGE, 256 * MIB }, { 4 * GIB, 512 * MIB - PAGE },
		{ 4 * GIB + PAGE, 4 * GIB - PAGE }, { 8 * GIB - 512 * MIB, 512 * MIB },
	};
	int expected = 0;
	unsigned int i;

	if (dev.family >= NV_TURING && !dev.large_pages)
		expected = try_vm_init(device_open(), areas[0].addr, areas[0].size);
	if (expected == -ENOSPC)
		note("the firmware's place is taken out of the kernel's area");
	else
		expected = 0;
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		want(try_vm_init(device_open(), areas[i].addr, areas[i].size), expected);
}

static void overflow(void)
{
	want(try_vm_init(device_open(), ~0ull - PAGE + 1, 2 * PAGE), -EINVAL);
	want(try_vm_init(device_open(), 1ull << 63, 1ull << 63), -EINVAL);
}

static void beyond_va_space(void)
{
	want(try_vm_init(device_open(), NV_VA_END, PAGE), -EINVAL);
	want(try_vm_init(device_open(), NV_VA_END - PAGE, 2 * PAGE), -EINVAL);
	want(try_vm_init(device_open(), 0, NV_VA_END + PAGE), -EINVAL);
}

/* The MMU's width is 40 bits before Pascal, and more than VM_INIT's since. */
static void mmu_end(void)
{
	want(try_vm_init(device_open(), dev.va_end - 4 * GIB, 4 * GIB), 0);
	if (dev.va_end == NV_VA_END)
		want(try_vm_init(device_open(), 1ull << 40, GIB), 0);
}

/*
 * Linux 6.12 to 7.3 free the inside of a structure here, and what happens then
 * is up to the next allocations.
 */
static void beyond_mmu(void)
{
	unsigned int i;

	if (dev.va_end == NV_VA_END)
		skip("the MMU is wider than what VM_INIT takes");
	for (i = 0; i < 8; i++) {
		want(try_vm_init(device_open(), dev.va_end, GIB), -EINVAL);
		want(try_vm_init(device_open(), dev.va_end - GIB, 2 * GIB), -EINVAL);
		want(try_vm_init(device_open(), 1ull << 45, GIB), -EINVAL);
		client_open();
	}
}

static void after_gem_new(void)
{
	int fd = device_open();

	bo_new(fd, PAGE, NV_GART);
	want(try_vm_init(fd, KERNEL_ADDR, KERNEL_SIZE), -ENOSYS);
}

static void after_channel_alloc(void)
{
	int fd = device_open();
	int32_t id;

	want(try_channel_alloc(fd, NV_ENGINE_GR, &id), 0);
	want(try_vm_init(fd, KERNEL_ADDR, KERNEL_SIZE), -ENOSYS);
}

static void without(void)
{
	int fd = device_open();
	struct nv_exec exec = { 0 };
	struct bo bo;

	want(try_op(fd, op_unmap(0x100000, PAGE)), -ENOSYS);
	want(try_bind(fd, NULL, 0), -ENOSYS);
	want(try_exec_raw(fd, &exec), -ENOSYS);
	bo = bo_new(fd, PAGE, NV_GART);
	want(try_map(0x100000, &bo, 0, PAGE), -ENOSYS);
}

static void pushbuf_with(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct nv_gem_pushbuf req = { .channel = (uint32_t)ch.id };

	want(drmCommandWriteRead(fd, NV_GEM_PUSHBUF, &req, sizeof(req)), -ENOSYS);
}

static void many(void)
{
	unsigned int i;
	int fd[24];

	for (i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = client_open();
	for (i = 0; i < ARRAY_SIZE(fd); i++) {
		struct bo bo = bo_new(fd[i], PAGE, NV_GART);

		want(try_map(0x100000, &bo, 0, PAGE), 0);
	}
}

static void after_other_clients(void)
{
	/* What another client did must not take the VM from this one. */
	int other = device_open(), fd = device_open();

	bo_new(other, PAGE, NV_GART);
	want(try_vm_init(fd, KERNEL_ADDR, KERNEL_SIZE), 0);
}

const struct test tests_vm_init[] = {
	{ "vm-init/good", "makes two VMs", good },
	{ "vm-init/small", "small kernel areas, and where the firmware needs a part of them", small },
	{ "vm-init/overflow", "kernel areas beyond 2^64", overflow },
	{ "vm-init/beyond-va-space", "kernel areas beyond 2^47", beyond_va_space },
	{ "vm-init/mmu-end", "kernel areas at the MMU's end", mmu_end },
	{ "vm-init/beyond-mmu", "kernel areas beyond the MMU's end; the driver may spoil memory",
	  beyond_mmu, TEST_DANGEROUS },
	{ "vm-init/after-gem-new", "a VM after a buffer", after_gem_new },
	{ "vm-init/after-channel-alloc", "a VM after a channel", after_channel_alloc },
	{ "vm-init/without", "VM_BIND and EXEC without a VM", without },
	{ "vm-init/pushbuf", "GEM_PUSHBUF with a VM", pushbuf_with },
	{ "vm-init/many-clients", "24 clients with a VM each", many },
	{ "vm-init/other-client", "a VM while another client has none", after_other_clients },
	{ 0 }
};
