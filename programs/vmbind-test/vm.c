// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * VM_INIT and VM_BIND.
 */
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "vmbind-test.h"

static uint64_t user_pointer(const void *p)
{
	return (uintptr_t)p;
}

int try_vm_init(int fd, uint64_t addr, uint64_t size)
{
	struct nv_vm_init req = { .kernel_addr = addr, .kernel_size = size };

	return drmCommandWriteRead(fd, NV_VM_INIT, &req, sizeof(req));
}

int client_open(void)
{
	int fd = device_open();
	int ret = try_vm_init(fd, KERNEL_ADDR, KERNEL_SIZE);

	if (ret)
		fail("VM_INIT: %s", errname(ret));
	return fd;
}

struct nv_bind_op op_map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range)
{
	return (struct nv_bind_op){
		.op = NV_OP_MAP, .handle = bo->handle, .addr = va, .bo_offset = offset,
		.range = range,
	};
}

struct nv_bind_op op_unmap(uint64_t va, uint64_t range)
{
	return (struct nv_bind_op){ .op = NV_OP_UNMAP, .addr = va, .range = range };
}

struct nv_bind_op op_sparse(uint64_t va, uint64_t range)
{
	return (struct nv_bind_op){
		.op = NV_OP_MAP, .flags = NV_OP_SPARSE, .addr = va, .range = range,
	};
}

struct nv_bind_op op_unsparse(uint64_t va, uint64_t range)
{
	return (struct nv_bind_op){
		.op = NV_OP_UNMAP, .flags = NV_OP_SPARSE, .addr = va, .range = range,
	};
}

/* Far from all that tests map, and inside of what every supported MMU has. */
struct nv_bind_op op_fails_late(void)
{
	return op_unsparse(768 * GIB, PAGE);
}

int try_bind_raw(int fd, const struct nv_vm_bind *req)
{
	struct nv_vm_bind copy = *req;

	return drmCommandWriteRead(fd, NV_VM_BIND, &copy, sizeof(copy));
}

int try_bind(int fd, const struct nv_bind_op *ops, unsigned int count)
{
	struct nv_vm_bind req = { .op_count = count, .op_ptr = user_pointer(ops) };

	return try_bind_raw(fd, &req);
}

int try_bind_async(int fd, const struct nv_bind_op *ops, unsigned int count,
		   const struct nv_sync *waits, unsigned int wait_count,
		   const struct nv_sync *sigs, unsigned int sig_count)
{
	struct nv_vm_bind req = {
		.op_count = count,
		.flags = NV_BIND_ASYNC,
		.wait_count = wait_count,
		.sig_count = sig_count,
		.wait_ptr = user_pointer(waits),
		.sig_ptr = user_pointer(sigs),
		.op_ptr = user_pointer(ops),
	};

	return try_bind_raw(fd, &req);
}

int try_op(int fd, struct nv_bind_op op)
{
	return try_bind(fd, &op, 1);
}

int try_map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range)
{
	return try_op(bo->fd, op_map(va, bo, offset, range));
}

void map(uint64_t va, const struct bo *bo, uint64_t offset, uint64_t range)
{
	int ret = try_map(va, bo, offset, range);

	if (ret)
		fail("VM_BIND: map 0x%llx bytes at 0x%llx: %s", (unsigned long long)range,
		     (unsigned long long)va, errname(ret));
}

void unmap(int fd, uint64_t va, uint64_t range)
{
	int ret = try_op(fd, op_unmap(va, range));

	if (ret)
		fail("VM_BIND: unmap 0x%llx bytes at 0x%llx: %s", (unsigned long long)range,
		     (unsigned long long)va, errname(ret));
}
