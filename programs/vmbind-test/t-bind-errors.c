// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * VM_BIND: what it has to refuse, and that nothing of what it refused is left.
 */
#include <errno.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

/* A client with a buffer of four pages. */
static struct bo four_pages(void)
{
	return bo_new(client_open(), 4 * PAGE, NV_GART);
}

static void sync_waits(void)
{
	struct bo bo = four_pages();
	struct nv_bind_op op = op_map(VA, &bo, 0, PAGE);
	struct nv_sync sync = sync_binary(syncobj_new(bo.fd));
	struct nv_vm_bind req = {
		.op_count = 1, .op_ptr = (uintptr_t)&op,
		.wait_count = 1, .wait_ptr = (uintptr_t)&sync,
	};

	want(try_bind_raw(bo.fd, &req), -EINVAL);
	req.wait_count = 0;
	req.sig_count = 1;
	req.sig_ptr = (uintptr_t)&sync;
	want(try_bind_raw(bo.fd, &req), -EINVAL);
	req.wait_count = 1;
	want(try_bind_raw(bo.fd, &req), -EINVAL);
	/* Nothing is signalled by what was refused. */
	want(try_syncobj_wait(bo.fd, sync.handle, 0), -EINVAL);
}

static void unknown_op(void)
{
	struct bo bo = four_pages();
	struct nv_bind_op op = op_map(VA, &bo, 0, PAGE);

	op.op = 4;
	want(try_op(bo.fd, op), -EINVAL);
	op.op = 0x100;
	want(try_op(bo.fd, op), -EINVAL);
	op.op = ~0u;
	want(try_op(bo.fd, op), -EINVAL);
}

static void unaligned(void)
{
	struct bo bo = four_pages();

	want(try_map(VA + 1, &bo, 0, PAGE), -EINVAL);
	want(try_map(VA + 0x800, &bo, 0, PAGE), -EINVAL);
	want(try_map(VA, &bo, 0, PAGE - 1), -EINVAL);
	want(try_map(VA, &bo, 0, 0x200), -EINVAL);
	want(try_map(VA, &bo, 0x10, PAGE), -EINVAL);
	want(try_map(VA, &bo, 0x800, PAGE), -EINVAL);
	want(try_op(bo.fd, op_unmap(VA + 0x20, PAGE)), -EINVAL);
	want(try_op(bo.fd, op_unmap(VA, PAGE + 0x20)), -EINVAL);
	want(try_op(bo.fd, op_sparse(VA + 0x20, PAGE)), -EINVAL);
	want(try_op(bo.fd, op_unsparse(VA, PAGE + 4)), -EINVAL);
}

static void kernel_area(void)
{
	struct bo bo = four_pages();
	const uint64_t end = KERNEL_ADDR + KERNEL_SIZE;

	want(try_map(KERNEL_ADDR, &bo, 0, PAGE), -EINVAL);
	want(try_map(KERNEL_ADDR - PAGE, &bo, 0, 2 * PAGE), -EINVAL);
	want(try_map(end - PAGE, &bo, 0, PAGE), -EINVAL);
	want(try_map(end - PAGE, &bo, 0, 2 * PAGE), -EINVAL);
	want(try_op(bo.fd, op_unmap(KERNEL_ADDR, KERNEL_SIZE)), -EINVAL);
	want(try_op(bo.fd, op_unmap(KERNEL_ADDR - GIB, KERNEL_SIZE + 2 * GIB)), -EINVAL);
	want(try_op(bo.fd, op_sparse(KERNEL_ADDR, 64 * KIB)), -EINVAL);
	/* Right beside it all is well. */
	want(try_map(KERNEL_ADDR - PAGE, &bo, 0, PAGE), 0);
	want(try_map(end, &bo, 0, PAGE), 0);
}

static void va_end(void)
{
	struct bo bo = four_pages();

	want(try_map(NV_VA_END, &bo, 0, PAGE), -EINVAL);
	want(try_map(NV_VA_END - PAGE, &bo, 0, 2 * PAGE), -EINVAL);
	want(try_map(~0ull - PAGE + 1, &bo, 0, PAGE), -EINVAL);
	want(try_map(~0ull - PAGE + 1, &bo, 0, 2 * PAGE), -EINVAL);
	want(try_op(bo.fd, op_unmap(NV_VA_END, PAGE)), -EINVAL);
	want(try_op(bo.fd, op_unmap(NV_VA_END - PAGE, 2 * PAGE)), -EINVAL);
	want(try_op(bo.fd, op_unmap(PAGE, ~0ull - PAGE + 1)), -EINVAL);
	want(try_map(dev.va_end, &bo, 0, PAGE), -EINVAL);
	want(try_map(dev.va_end - PAGE, &bo, 0, 2 * PAGE), -EINVAL);
	want(try_map(dev.va_end - PAGE, &bo, 0, PAGE), 0);
}

static void outside_of_bo(void)
{
	struct bo bo = four_pages();

	want(try_map(VA, &bo, bo.size, PAGE), -EINVAL);
	want(try_map(VA, &bo, bo.size + PAGE, PAGE), -EINVAL);
	want(try_map(VA, &bo, ~0ull - PAGE + 1, PAGE), -EINVAL);
	want(try_map(VA, &bo, 0, bo.size + PAGE), -EINVAL);
	want(try_map(VA, &bo, PAGE, bo.size), -EINVAL);
	want(try_map(VA, &bo, bo.size - PAGE, 2 * PAGE), -EINVAL);
	want(try_map(VA, &bo, bo.size - PAGE, PAGE), 0);
	want(try_map(VA, &bo, 0, bo.size), 0);
}

static void cpu_only(void)
{
	struct bo bo = bo_new(client_open(), PAGE, NV_CPU);

	want(try_map(VA, &bo, 0, PAGE), -EINVAL);
}

static void bad_handle(void)
{
	struct bo bo = four_pages();
	struct bo none = bo;
	struct bo other;

	none.handle = 0;
	want(try_map(VA, &none, 0, PAGE), -ENOENT);
	none.handle = 0x7fffffff;
	want(try_map(VA, &none, 0, PAGE), -ENOENT);
	none = bo;
	bo_close(&bo);
	want(try_map(VA, &none, 0, PAGE), -ENOENT);
	/* A handle is its client's own. */
	other = bo_new(client_open(), PAGE, NV_GART);
	other.fd = bo.fd;
	want(try_map(VA, &other, 0, PAGE), -ENOENT);
}

static void empty(void)
{
	struct bo bo = four_pages();
	struct nv_sync sig = sync_binary(syncobj_new(bo.fd));

	want(try_op(bo.fd, op_unmap(VA, PAGE)), 0);
	want(try_op(bo.fd, op_unmap(PAGE, KERNEL_ADDR - PAGE)), 0);
	want(try_bind(bo.fd, NULL, 0), 0);
	want(try_bind_async(bo.fd, NULL, 0, NULL, 0, &sig, 1), 0);
	syncobj_wait(bo.fd, sig.handle);
}

static void pointers(void)
{
	struct bo bo = four_pages();
	struct nv_bind_op op = op_map(VA, &bo, 0, PAGE);
	struct nv_vm_bind req = { .op_count = 1, .op_ptr = 0 };

	want(try_bind_raw(bo.fd, &req), -EFAULT);
	req.op_ptr = 0x10;
	want(try_bind_raw(bo.fd, &req), -EFAULT);
	req.op_ptr = 1ull << 63;
	want(try_bind_raw(bo.fd, &req), -EFAULT);
	req.op_count = 4096;
	want(try_bind_raw(bo.fd, &req), -EFAULT);
	req = (struct nv_vm_bind){
		.op_count = 1, .op_ptr = (uintptr_t)&op, .flags = NV_BIND_ASYNC,
		.wait_count = 1, .wait_ptr = 0x10,
	};
	want(try_bind_raw(bo.fd, &req), -EFAULT);
	req.wait_count = 0;
	req.sig_count = 7;
	req.sig_ptr = 0x10;
	want(try_bind_raw(bo.fd, &req), -EFAULT);
}

/* What no kernel has the memory for; upstream's warns of it in its log. */
static void overflow(void)
{
	struct bo bo = four_pages();
	struct nv_vm_bind req = { .op_count = ~0u, .op_ptr = 0x10 };
	int ret = try_bind_raw(bo.fd, &req);

	/* Where a size has 32 bits, the bytes are not even a number. */
	if (ret != -EOVERFLOW)
		want(ret, -ENOMEM);
}

/* New places, splits of both kinds, a merge-like overlap, an unmap. */
static void unwind_ops(struct nv_bind_op *ops, const struct shadow *s)
{
	ops[0] = op_map(VA, &s->bo[2], 0, 2 * PAGE);
	ops[1] = op_map(VA + 6 * PAGE, &s->bo[2], 2 * PAGE, 2 * PAGE);
	ops[2] = op_unmap(VA + 17 * PAGE, 2 * PAGE);
	ops[3] = op_map(VA + 10 * PAGE, &s->bo[3], 0, 8 * PAGE);
	ops[4] = op_unmap(VA, 32 * PAGE);
	ops[5] = op_map(VA + 4 * PAGE, &s->bo[2], 0, 8 * PAGE);
	ops[6] = op_map(VA + 26 * PAGE, &s->bo[3], 8 * PAGE, 4 * PAGE);
	ops[7] = op_unmap(VA + 27 * PAGE, PAGE);
	ops[8] = op_map(VA + 30 * PAGE, &s->bo[0], 0, 2 * PAGE);
}

/*
 * A list of which operation number @bad fails. What the window held before, it
 * has to hold after it, and it is free where nothing was.
 */
static void unwind(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 256 * KIB);
	struct shadow s;
	struct nv_bind_op first[2];
	struct nv_bind_op ops[9];
	unsigned int bad;

	shadow_init(&s, &ch, &st, VA, 32, 16, NV_GART);
	first[0] = shadow_map(&s, 4, 0, 0, 8);
	first[1] = shadow_map(&s, 16, 1, 4, 8);
	want(try_bind(fd, first, 2), 0);
	shadow_check(&s, "before");

	for (bad = 0; bad < ARRAY_SIZE(ops); bad++) {
		unwind_ops(ops, &s);
		ops[bad] = op_fails_late();
		want(try_bind(fd, ops, ARRAY_SIZE(ops)), -ENOENT);
		shadow_check(&s, "after a list that failed late");
		/* There is no such operation. */
		ops[bad].op = 7;
		want(try_bind(fd, ops, ARRAY_SIZE(ops)), -EINVAL);
		shadow_check(&s, "after a list that failed");
	}
	/* What was unwound left no page table entry and no node in the way. */
	unwind_ops(ops, &s);
	want(try_bind(fd, ops, ARRAY_SIZE(ops)), 0);
	shadow_unmap(&s, 0, 32);
	shadow_map(&s, 4, 2, 0, 8);
	shadow_map(&s, 26, 3, 8, 4);
	shadow_unmap(&s, 27, 1);
	shadow_map(&s, 30, 0, 0, 2);
	shadow_check(&s, "after the same list without a fault");
}

/* What a failed list would have unmapped, or split, is known to the driver still. */
static void unwind_unmap(void)
{
	int fd = client_open();
	struct channel ch[2] = { channel_new(fd, 0), channel_new(fd, 1) };
	struct stage st = stage_new(fd, 64 * KIB);
	struct bo bo = bo_new(fd, 64 * KIB, NV_GART);
	struct nv_bind_op ops[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ch); i++) {
		map(VA, &bo, 0, bo.size);
		if (i == 0)
			ops[0] = op_unmap(VA, bo.size);
		else
			ops[0] = op_unmap(VA + 4 * PAGE, PAGE);
		ops[1] = op_map(VA + MIB, &bo, 0, bo.size);
		ops[2] = op_fails_late();
		want(try_bind(fd, ops, ARRAY_SIZE(ops)), -ENOENT);
		gpu_write(&ch[i], &st, VA, i, 0, bo.size);
		unmap(fd, VA, bo.size);
		push_copy(&ch[i], VA, st.va, PAGE);
		fail_if(!try_finish(&ch[i]),
			"a write to what was unmapped after a list that failed went well");
	}
}

/* The same with a handle that is bad, which is found before any work. */
static void unwind_early(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 256 * KIB);
	struct nv_bind_op ops[3], first;
	struct shadow s;
	unsigned int bad;

	shadow_init(&s, &ch, &st, VA, 16, 16, NV_GART);
	first = shadow_map(&s, 0, 0, 0, 8);
	want(try_op(fd, first), 0);
	for (bad = 0; bad < ARRAY_SIZE(ops); bad++) {
		ops[0] = op_map(VA + 2 * PAGE, &s.bo[1], 0, 2 * PAGE);
		ops[1] = op_map(VA + 8 * PAGE, &s.bo[2], 0, 2 * PAGE);
		ops[2] = op_map(VA + 6 * PAGE, &s.bo[3], 0, 4 * PAGE);
		ops[bad].handle = 0x7fffffff;
		want(try_bind(fd, ops, ARRAY_SIZE(ops)), -ENOENT);
		ops[bad].handle = s.bo[0].handle;
		ops[bad].bo_offset = 1ull << 40;
		want(try_bind(fd, ops, ARRAY_SIZE(ops)), -EINVAL);
		shadow_check(&s, "after a list with a bad handle or offset");
	}
}

/* A buffer of which only refused mappings were made goes with its handle. */
static void unwind_memory(void)
{
	int fd = client_open();
	uint64_t before, after;
	unsigned int i;

	/* The first may leave page tables, which stay. */
	for (i = 0; i < 2; i++) {
		struct bo bo = bo_new(fd, 8 * MIB, NV_VRAM);
		struct nv_bind_op ops[2] = {
			op_map(VA, &bo, 0, 8 * MIB), op_fails_late(),
		};
		uint64_t until = now_ms() + 5000;

		if (i == 0)
			before = device_param(fd, NV_PARAM_VRAM_USED) - 8 * MIB;
		want(try_bind(fd, ops, 2), -ENOENT);
		bo_close(&bo);
		do {
			after = device_param(fd, NV_PARAM_VRAM_USED);
			if (after < before + 4 * MIB)
				break;
			sleep_ms(20);
		} while (now_ms() < until);
		fail_if(after >= before + 4 * MIB,
			"8 MiB of VRAM that were never mapped are still used");
	}
}

const struct test tests_bind_errors[] = {
	{ "bind/sync-with-syncobjs", "synchronous binds with syncobjs", sync_waits },
	{ "bind/unknown-op", "operations that there are not", unknown_op },
	{ "bind/unaligned", "addresses, sizes and offsets inside of pages", unaligned },
	{ "bind/kernel-area", "maps at the kernel's own area", kernel_area },
	{ "bind/va-end", "maps at the end of the address space", va_end },
	{ "bind/outside-of-bo", "maps what is outside of a buffer", outside_of_bo },
	{ "bind/cpu-only", "maps a buffer that the GPU cannot reach", cpu_only },
	{ "bind/bad-handle", "maps handles that there are not", bad_handle },
	{ "bind/nothing", "unmaps nothing; binds without operations", empty },
	{ "bind/bad-pointer", "pointers to nowhere", pointers },
	{ "bind/overflow", "2^32 - 1 operations; the driver may warn in the log", overflow,
	  TEST_DANGEROUS },
	{ "bind/unwind", "lists of 9 operations of which one fails late", unwind },
	{ "bind/unwind-unmap", "unmaps after lists that failed: channels die", unwind_unmap },
	{ "bind/unwind-early", "lists of 3 operations of which one fails early", unwind_early },
	{ "bind/unwind-memory", "maps 8 MiB of VRAM in lists that fail", unwind_memory },
	{ 0 }
};
