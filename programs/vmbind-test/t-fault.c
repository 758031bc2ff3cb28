// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Work that goes wrong: the GPU's access to an address where nothing is. The
 * channel dies of it, and nobody else does.
 */
#include <errno.h>
#include <unistd.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define NOWHERE 0x666600000000ull

struct scene {
	int fd;
	struct channel ch, other;
	struct stage st;
};

static struct scene scene_new(void)
{
	struct scene s = { .fd = client_open() };

	s.ch = channel_new(s.fd, 0);
	s.other = channel_new(s.fd, 1);
	s.st = stage_new(s.fd, 64 * KIB);
	return s;
}

static uint64_t nowhere(void)
{
	return NOWHERE % dev.va_end;
}

/* The channel is dead, its fence tells, and the rest of the client lives. */
static void is_dead(struct scene *s, struct nv_sync sig)
{
	struct nv_exec probe = { .channel = (uint32_t)s->ch.id };
	uint64_t until = now_ms() + 5000;
	struct channel fresh;
	int status;
	int ret;

	syncobj_wait(s->fd, sig.handle);
	status = syncobj_status(s->fd, sig.handle);
	/* The news may take another moment than the fence. */
	do {
		ret = try_exec_raw(s->fd, &probe);
		if (ret)
			break;
		sleep_ms(20);
	} while (now_ms() < until);
	want(ret, -ENODEV);
	want(try_submit(&s->ch, NULL, 0, NULL, 0), -ENODEV);
	fail_if(status != -ENODEV,
		"the fence of the work that failed says %s, expected ENODEV",
		status == 1 ? "success" : errname(status));

	push_fill(&s->other, s->st.va, 4096, 0x11111111);
	finish(&s->other);
	constant_check(s->st.bo.map, 0x11111111, 1024, "the other channel");
	fresh = channel_new(s->fd, 2);
	push_fill(&fresh, s->st.va, 4096, 0x22222222);
	finish(&fresh);
	constant_check(s->st.bo.map, 0x22222222, 1024, "a new channel");
	want(try_channel_free(s->fd, s->ch.id), 0);
	push_fill(&fresh, s->st.va, 4096, 0x33333333);
	finish(&fresh);
	constant_check(s->st.bo.map, 0x33333333, 1024, "a new channel without the dead one");
}

static struct nv_sync kill_by_copy(struct scene *s, uint64_t dst, uint64_t src)
{
	struct nv_sync sig = sync_binary(syncobj_new(s->fd));

	push_copy(&s->ch, dst, src, PAGE);
	submit(&s->ch, NULL, 0, &sig, 1);
	return sig;
}

static void reads(void)
{
	struct scene s = scene_new();

	is_dead(&s, kill_by_copy(&s, s.st.va, nowhere()));
}

static void writes(void)
{
	struct scene s = scene_new();

	is_dead(&s, kill_by_copy(&s, nowhere(), s.st.va));
}

/* Beside a mapping, whose page table has the entry that is not valid. */
static void beside(void)
{
	struct scene s = scene_new();
	struct bo bo = bo_new(s.fd, 2 * PAGE, NV_VRAM);

	map(VA, &bo, 0, 2 * PAGE);
	unmap(s.fd, VA + PAGE, PAGE);
	push_fill(&s.other, VA, 4096, 0x12344321);
	finish(&s.other);
	is_dead(&s, kill_by_copy(&s, VA + PAGE, s.st.va));
	gpu_check_constant(&s.other, &s.st, VA, 0x12344321, PAGE, "the page beside");
}

/* Commands at an address where nothing is. */
static void commands(void)
{
	struct scene s = scene_new();
	struct nv_sync sig = sync_binary(syncobj_new(s.fd));
	struct nv_exec_push push = { .va = nowhere(), .va_len = 64 };
	struct nv_exec req = {
		.channel = (uint32_t)s.ch.id, .push_count = 1, .push_ptr = (uintptr_t)&push,
		.sig_count = 1, .sig_ptr = (uintptr_t)&sig,
	};

	want(try_exec_raw(s.fd, &req), 0);
	is_dead(&s, sig);
}

/* Work behind the fault is never done; its fences are signalled all the same. */
static void queue_behind(void)
{
	struct scene s = scene_new();
	struct nv_sync sig[5];
	struct nv_sync mapped = sync_binary(syncobj_new(s.fd));
	struct nv_bind_op op;
	struct bo bo = bo_new(s.fd, PAGE, NV_VRAM);
	unsigned int i;

	sig[0] = kill_by_copy(&s, nowhere(), s.st.va);
	for (i = 1; i < ARRAY_SIZE(sig); i++) {
		int ret;

		sig[i] = sync_binary(syncobj_new(s.fd));
		push_nop(&s.ch);
		ret = try_submit(&s.ch, NULL, 0, &sig[i], 1);
		if (ret == -ENODEV)
			break;
		want(ret, 0);
	}
	debug("%u execs came before the channel's end was known", i - 1);
	/* A bind that waits for dead work is done. */
	op = op_map(VA, &bo, 0, PAGE);
	want(try_bind_async(s.fd, &op, 1, &sig[i - 1], 1, &mapped, 1), 0);
	while (i-- > 0)
		syncobj_wait(s.fd, sig[i].handle);
	syncobj_wait(s.fd, mapped.handle);
	gpu_write(&s.other, &s.st, VA, 1, 0, PAGE);
	gpu_check(&s.other, &s.st, VA, 1, 0, PAGE, "what was mapped behind dead work");
}

static void other_clients(void)
{
	struct scene a = scene_new();
	struct scene b = scene_new();
	struct nv_sync sig;
	unsigned int i;

	sig = kill_by_copy(&a, nowhere(), a.st.va);
	for (i = 0; i < 20; i++) {
		push_fill(&b.ch, b.st.va, 4096, i + 1);
		finish(&b.ch);
		constant_check(b.st.bo.map, i + 1, 1024, "another client's work");
	}
	is_dead(&a, sig);
	push_fill(&b.ch, b.st.va, 4096, 99);
	finish(&b.ch);
}

/* Dead channels one after the other; the last client is as good as the first. */
static void again(void)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		struct scene s = scene_new();

		is_dead(&s, kill_by_copy(&s, nowhere() + i * GIB, s.st.va));
		close(s.fd);
	}
}

const struct test tests_fault[] = {
	{ "fault/read", "reads an address where nothing is: a channel dies", reads },
	{ "fault/write", "writes to an address where nothing is: a channel dies", writes },
	{ "fault/beside", "writes right beside a mapping: a channel dies", beside },
	{ "fault/commands", "commands where nothing is: a channel dies", commands },
	{ "fault/queue-behind", "work behind a fault: a channel dies", queue_behind },
	{ "fault/other-clients", "another client works while a channel dies", other_clients },
	{ "fault/again", "five channels die one after the other", again },
	{ 0 }
};
