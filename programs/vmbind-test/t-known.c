// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What upstream's driver is known to do wrong (read in Linux 6.12 and later),
 * by letters. A test passes if the driver at hand does better; else it tells
 * what it saw, and is counted apart from failures, unless --fixed asks for it.
 * Letter b is a call that user space does not see: every list of binds that
 * fails late makes it, bind/unwind for one; a kernel with lock checking tells.
 * Letter e is in t-share.c.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

static void second_vm(void)
{
	int fd = client_open();
	int ret = try_vm_init(fd, KERNEL_ADDR, KERNEL_SIZE);
	struct channel ch;
	struct stage st;

	if (!ret)
		known("a second VM_INIT succeeds; the first VM is lost to the kernel");
	debug("a second VM_INIT: %s", errname(ret));
	/* The first is still good. */
	ch = channel_new(fd, 0);
	st = stage_new(fd, PAGE);
	push_fill(&ch, st.va, PAGE, 0x600d600d);
	finish(&ch);
	constant_check(st.bo.map, 0x600d600d, PAGE / 4, "the first VM");
}

static void on_signal(int unused)
{
	(void)unused;
}

struct waiter {
	pthread_t thread;
	int fd;
	struct bo *bo;
	int ret;
	volatile bool done;
};

static void *bind_thread(void *arg)
{
	struct waiter *w = arg;

	w->ret = try_map(VA + GIB, w->bo, 0, PAGE);
	w->done = true;
	return NULL;
}

/* A synchronous bind behind one that waits, and a signal in the middle of it. */
static void interrupted(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct channel gate = channel_new(client_open(), 0);
	struct bo bo = bo_new(gate.fd, 64 * KIB, NV_VRAM);
	struct nv_bind_op op = op_map(VA, &bo, 0, bo.size);
	struct nv_sync held = sync_binary(syncobj_new(gate.fd));
	struct waiter w = { .fd = gate.fd, .bo = &bo };
	bool early;

	sigaction(SIGUSR1, &action, NULL);
	push_acquire(&gate, channel_word_va(&gate, 0), 1);
	submit(&gate, NULL, 0, &held, 1);
	want(try_bind_async(gate.fd, &op, 1, &held, 1, NULL, 0), 0);
	if (pthread_create(&w.thread, NULL, bind_thread, &w))
		fail("no thread");
	sleep_ms(300);
	fail_if(w.done, "a synchronous bind did not wait for those before it");
	pthread_kill(w.thread, SIGUSR1);
	sleep_ms(300);
	early = w.done;
	*channel_word(&gate, 0) = 1;
	pthread_join(w.thread, NULL);
	finish(&gate);
	if (early)
		known("a signal makes a synchronous bind return %s before it is done",
		      errname(w.ret));
	want(w.ret, 0);
}

static void empty_map(void)
{
	int fd = client_open();
	struct bo bo = bo_new(fd, 64 * KIB, NV_VRAM);
	int ret = try_map(VA, &bo, 0, 0);

	if (!ret) {
		unmap(fd, VA, 64 * KIB);
		known("a map of 0 bytes succeeds");
	}
	want(ret, -EINVAL);
	want(try_map(VA, &bo, 0, bo.size), 0);
}

static void empty_sparse(void)
{
	int fd = client_open();
	int ret;

	ret = try_op(fd, op_sparse(VA, 0));
	if (!ret)
		known("a sparse region of 0 bytes succeeds");
	want(ret, -EINVAL);
}

/* Bits without a meaning, that may get one: each structure's. */
static void unknown_bits(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct bo bo = bo_new(ch.fd, 64 * KIB, NV_VRAM);
	struct nv_bind_op op = op_map(VA, &bo, 0, PAGE);
	struct nv_vm_bind bind = { .op_count = 1, .op_ptr = (uintptr_t)&op };
	struct nv_exec_push push = { .va = ch.va, .va_len = 8 };
	struct nv_exec exec = {
		.channel = (uint32_t)ch.id, .push_count = 1, .push_ptr = (uintptr_t)&push,
	};
	struct nv_sync sig = sync_binary(ch.sync);
	char accepted[120] = "";
	int ret;

#define TRY(call, name) do {						\
	ret = call;							\
	if (!ret)							\
		strcat(accepted, " " name);				\
	else								\
		want(ret, -EINVAL);					\
} while (0)

	bind.flags = 1u << 31;
	TRY(try_bind_raw(ch.fd, &bind), "VM_BIND.flags");
	bind.flags = 0;
	op.flags = 1u << 30;
	TRY(try_bind_raw(ch.fd, &bind), "op.flags");
	op.flags = 0;
	op.pad = 5;
	TRY(try_bind_raw(ch.fd, &bind), "op.pad");
	push_nop(&ch);
	push.flags = 1u << 31;
	TRY(try_exec_raw(ch.fd, &exec), "push.flags");
	sig.flags |= 1u << 20;
	TRY(try_bind_async(ch.fd, NULL, 0, NULL, 0, &sig, 1), "sync.flags");
#undef TRY
	if (*accepted)
		known("unknown bits are accepted in:%s", accepted);
}

/* Not in the lists: the operations' inner numbers are taken for operations. */
static void inner_ops(void)
{
	int fd = client_open();
	struct nv_bind_op op = op_sparse(VA, 64 * KIB);
	int ret;

	op.op = 2;
	op.flags = 0;
	ret = try_op(fd, op);
	if (!ret)
		known("operation 2, which there is not, makes a sparse region");
	want(ret, -EINVAL);
	op.op = 3;
	ret = try_op(fd, op);
	if (ret == -ENOENT)
		known("operation 3, which there is not, looks for a sparse region");
	want(ret, -EINVAL);
}

const struct test tests_known[] = {
	{ "known/a-second-vm", "a second VM_INIT; the driver may leak", second_vm,
	  TEST_DANGEROUS },
	{ "known/c-interrupted", "a signal during a synchronous bind", interrupted },
	{ "known/d-empty-map", "a map of 0 bytes", empty_map },
	{ "known/d-empty-sparse", "a sparse region of 0 bytes; the driver may spoil its tree",
	  empty_sparse, TEST_DANGEROUS },
	{ "known/f-unknown-bits", "flags that have no meaning", unknown_bits },
	{ "known/inner-operations", "operations 2 and 3", inner_ops },
	{ 0 }
};
