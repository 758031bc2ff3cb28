// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Asynchronous binds, and the order between binds and execs that syncobjs make.
 */
#include <errno.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define SIZE (64 * KIB)

struct scene {
	int fd;
	struct channel ch;	/* works */
	struct channel gate;	/* is held up by open() and let go by release() */
	struct stage st;
	struct bo bo[2];	/* full of the patterns 1 and 2 */
	struct nv_sync held;	/* signalled when the gate is let go */
};

static struct scene scene_new(void)
{
	struct scene s = { .fd = client_open() };
	unsigned int i;

	s.ch = channel_new(s.fd, 0);
	s.gate = channel_new(s.fd, 1);
	s.st = stage_new(s.fd, SIZE);
	for (i = 0; i < 2; i++) {
		s.bo[i] = bo_new(s.fd, SIZE, NV_VRAM);
		map(VA + i * GIB, &s.bo[i], 0, SIZE);
		gpu_write(&s.ch, &s.st, VA + i * GIB, i + 1, 0, SIZE);
		unmap(s.fd, VA + i * GIB, SIZE);
	}
	s.held = sync_binary(syncobj_new(s.fd));
	return s;
}

/* From here to release() there is a fence that is not signalled. */
static void hold(struct scene *s)
{
	*channel_word(&s->gate, 0) = 0;
	push_acquire(&s->gate, channel_word_va(&s->gate, 0), 1);
	submit(&s->gate, NULL, 0, &s->held, 1);
	fail_if(syncobj_signalled(s->fd, s->held.handle),
		"a channel went on although its semaphore was not released");
}

static void release(struct scene *s)
{
	*channel_word(&s->gate, 0) = 1;
}

static void signals(void)
{
	struct scene s = scene_new();
	struct nv_bind_op op = op_map(VA, &s.bo[0], 0, SIZE);
	struct nv_sync sig = sync_binary(syncobj_new(s.fd));
	uint32_t t = syncobj_new(s.fd);
	struct nv_sync sigs[3] = { sig, sync_point(t, 3), sync_point(t, 7) };

	want(try_bind_async(s.fd, &op, 1, NULL, 0, sigs, 3), 0);
	syncobj_wait(s.fd, sig.handle);
	timeline_wait(s.fd, t, 7);
	fail_if(syncobj_status(s.fd, sig.handle) != 1,
		"the bind's fence says %s", errname(syncobj_status(s.fd, sig.handle)));
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "what was mapped asynchronously");
}

/* Binds are done in the order in which they came. */
static void in_order(void)
{
	struct scene s = scene_new();
	unsigned int i;

	for (i = 0; i < 60; i++) {
		struct nv_bind_op op = op_map(VA, &s.bo[i % 2], 0, SIZE);

		if (i % 5 == 4)
			op = op_unmap(VA, SIZE);
		want(try_bind_async(s.fd, &op, 1, NULL, 0, NULL, 0), 0);
	}
	/* A synchronous one at another place comes after all of them. */
	map(VA + GIB, &s.bo[0], 0, SIZE);
	map(VA, &s.bo[1], 0, SIZE);
	gpu_check(&s.ch, &s.st, VA, 2, 0, SIZE, "after 60 asynchronous binds");
	gpu_check(&s.ch, &s.st, VA + GIB, 1, 0, SIZE, "another place");
}

/* A bind has to wait for an exec; until then the old buffer is there. */
static void bind_waits_for_exec(void)
{
	struct scene s = scene_new();
	struct nv_bind_op op = op_map(VA, &s.bo[1], 0, SIZE);
	struct nv_sync done = sync_binary(syncobj_new(s.fd));

	map(VA, &s.bo[0], 0, SIZE);
	hold(&s);
	want(try_bind_async(s.fd, &op, 1, &s.held, 1, &done, 1), 0);
	sleep_ms(100);
	fail_if(syncobj_signalled(s.fd, done.handle), "the bind did not wait");
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "while the bind waits");
	release(&s);
	syncobj_wait(s.fd, done.handle);
	gpu_check(&s.ch, &s.st, VA, 2, 0, SIZE, "after the bind");
}

/* An exec has to wait for a bind that has to wait for an exec. */
static void exec_waits_for_bind(void)
{
	struct scene s = scene_new();
	uint32_t t = syncobj_new(s.fd);
	struct nv_sync mapped = sync_point(t, 1), copied = sync_point(t, 2);
	struct nv_bind_op op = op_map(VA, &s.bo[1], 0, SIZE);

	hold(&s);
	want(try_bind_async(s.fd, &op, 1, &s.held, 1, &mapped, 1), 0);
	memset(s.st.bo.map, 0x55, SIZE);
	push_copy(&s.ch, s.st.va, VA, SIZE);
	submit(&s.ch, &mapped, 1, &copied, 1);
	sleep_ms(100);
	fail_if(timeline_signalled(s.fd, t, 1) || timeline_signalled(s.fd, t, 2),
		"the bind or the exec did not wait");
	constant_check(s.st.bo.map, 0x55555555, SIZE / 4, "before the copy");
	release(&s);
	timeline_wait(s.fd, t, 2);
	pattern_check(s.st.bo.map, 2, 0, SIZE / 4, "the copy that waited for the map");
}

/* Maps, copies and unmaps one after the other without the CPU's waiting. */
static void ping_pong(void)
{
	struct scene s = scene_new();
	struct bo out = bo_new(s.fd, 32 * PAGE, NV_GART | NV_COHERENT | NV_MAPPABLE);
	uint32_t t = syncobj_new(s.fd);
	uint64_t point = 0;
	unsigned int i;

	map(VA + GIB, &out, 0, out.size);
	memset(bo_map(&out), 0x55, out.size);
	for (i = 0; i < 32; i++) {
		struct nv_bind_op op = op_map(VA, &s.bo[i % 2], i % 16 * PAGE, PAGE);
		struct nv_sync before = sync_point(t, point), after = sync_point(t, point + 1);

		want(try_bind_async(s.fd, &op, 1, &before, point ? 1 : 0, &after, 1), 0);
		push_copy(&s.ch, VA + GIB + i * PAGE, VA, PAGE);
		before.point = point + 1;
		after.point = point + 2;
		submit(&s.ch, &before, 1, &after, 1);
		op = op_unmap(VA, PAGE);
		before.point = point + 2;
		after.point = point + 3;
		want(try_bind_async(s.fd, &op, 1, &before, 1, &after, 1), 0);
		point += 3;
	}
	timeline_wait(s.fd, t, point);
	for (i = 0; i < 32; i++)
		pattern_check(out.map + i * 1024, i % 2 + 1, i % 16 * 1024, 1024,
			      "one of 32 pages that were mapped in turn");
}

/* One timeline, points that come late, and a wait for each. */
static void timeline(void)
{
	struct scene s = scene_new();
	uint32_t t = syncobj_new(s.fd);
	unsigned int i;

	hold(&s);
	for (i = 1; i <= 10; i++) {
		struct nv_bind_op op = op_map(VA + i * PAGE, &s.bo[0], i * PAGE, PAGE);
		struct nv_sync sig = sync_point(t, i * 10);

		want(try_bind_async(s.fd, &op, 1, &s.held, i == 5, &sig, 1), 0);
	}
	timeline_wait(s.fd, t, 40);
	want(try_timeline_wait(s.fd, t, 41, 100), -ETIME);
	want(try_timeline_wait(s.fd, t, 100, 100), -ETIME);
	want(try_timeline_wait(s.fd, t, 101, 100), -EINVAL);
	release(&s);
	timeline_wait(s.fd, t, 100);
	gpu_check(&s.ch, &s.st, VA + PAGE, 1, 1024, 10 * PAGE, "ten pages");
}

/* What a bind that still waits has changed is there for the next bind. */
static void queued_state(void)
{
	struct scene s = scene_new();
	struct nv_bind_op ops[2];

	map(VA, &s.bo[0], 0, SIZE);
	hold(&s);
	/* Queued: the first unmaps the middle, the second maps over the end. */
	ops[0] = op_unmap(VA + 4 * PAGE, 4 * PAGE);
	want(try_bind_async(s.fd, &ops[0], 1, &s.held, 1, NULL, 0), 0);
	ops[1] = op_map(VA + 6 * PAGE, &s.bo[1], 0, 4 * PAGE);
	want(try_bind_async(s.fd, &ops[1], 1, NULL, 0, NULL, 0), 0);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "while both binds wait");
	release(&s);
	/* A synchronous bind comes last. */
	want(try_bind(s.fd, NULL, 0), 0);
	gpu_check(&s.ch, &s.st, VA, 1, 0, 4 * PAGE, "the head");
	gpu_check(&s.ch, &s.st, VA + 6 * PAGE, 2, 0, 4 * PAGE, "the new map");
	gpu_check(&s.ch, &s.st, VA + 10 * PAGE, 1, 10 * 1024, SIZE - 10 * PAGE, "the tail");
}

/* A failing bind among queued ones changes nothing and signals nothing. */
static void failure_between(void)
{
	struct scene s = scene_new();
	struct nv_sync sig = sync_binary(syncobj_new(s.fd));
	struct nv_bind_op ops[2];

	hold(&s);
	ops[0] = op_map(VA, &s.bo[0], 0, SIZE);
	want(try_bind_async(s.fd, ops, 1, &s.held, 1, NULL, 0), 0);
	ops[0] = op_map(VA + PAGE, &s.bo[1], 0, PAGE);
	ops[1] = op_fails_late();
	want(try_bind_async(s.fd, ops, 2, NULL, 0, &sig, 1), -ENOENT);
	want(try_syncobj_wait(s.fd, sig.handle, 0), -EINVAL);
	release(&s);
	want(try_bind(s.fd, NULL, 0), 0);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "the good bind's memory");
}

/* A handle may be closed as soon as its map is queued. */
static void close_queued(void)
{
	struct scene s = scene_new();
	struct nv_bind_op op = op_map(VA, &s.bo[0], 0, SIZE);
	struct nv_sync done = sync_binary(syncobj_new(s.fd));

	hold(&s);
	want(try_bind_async(s.fd, &op, 1, &s.held, 1, &done, 1), 0);
	bo_close(&s.bo[0]);
	release(&s);
	syncobj_wait(s.fd, done.handle);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "a buffer closed before it was mapped");
}

/* A syncobj may be gone as soon as it was given. */
static void destroy_syncobj(void)
{
	struct scene s = scene_new();
	struct nv_bind_op op = op_map(VA, &s.bo[0], 0, SIZE);
	struct nv_sync done = sync_binary(syncobj_new(s.fd));
	struct nv_sync other = sync_binary(syncobj_new(s.fd));

	hold(&s);
	want(try_bind_async(s.fd, &op, 1, &s.held, 1, &other, 1), 0);
	syncobj_destroy(s.fd, s.held.handle);
	want(try_bind_async(s.fd, NULL, 0, &other, 1, &done, 1), 0);
	syncobj_destroy(s.fd, other.handle);
	release(&s);
	syncobj_wait(s.fd, done.handle);
	gpu_check(&s.ch, &s.st, VA, 1, 0, SIZE, "mapped with syncobjs that are gone");
}

/* 200 binds wait for one exec, and one exec for all of them. */
static void fan(void)
{
	struct scene s = scene_new();
	struct nv_sync sig[64];
	unsigned int i;

	hold(&s);
	for (i = 0; i < 200; i++) {
		struct nv_bind_op op = op_map(VA + i * PAGE, &s.bo[i % 2], i % 16 * PAGE, PAGE);

		if (i < ARRAY_SIZE(sig))
			sig[i] = sync_binary(syncobj_new(s.fd));
		want(try_bind_async(s.fd, &op, 1, &s.held, 1,
				    &sig[i < ARRAY_SIZE(sig) ? i : 0], i < ARRAY_SIZE(sig)), 0);
	}
	memset(s.st.bo.map, 0x55, SIZE);
	push_copy(&s.ch, s.st.va, VA + 10 * PAGE, PAGE);
	push_copy(&s.ch, s.st.va + PAGE, VA + 63 * PAGE, PAGE);
	submit(&s.ch, sig, ARRAY_SIZE(sig), NULL, 0);
	release(&s);
	finish(&s.ch);
	pattern_check(s.st.bo.map, 1, 10 * 1024, 1024, "the 10th of 200");
	pattern_check(s.st.bo.map + 1024, 2, 15 * 1024, 1024, "the 63rd of 200");
	want(try_bind(s.fd, NULL, 0), 0);
	gpu_check(&s.ch, &s.st, VA + 199 * PAGE, 2, 7 * 1024, PAGE, "the last of 200");
}

const struct test tests_async[] = {
	{ "async/signals", "a bind that signals three syncobjs", signals },
	{ "async/in-order", "60 binds at one place", in_order },
	{ "async/bind-waits-for-exec", "a bind behind an exec that is held up",
	  bind_waits_for_exec },
	{ "async/exec-waits-for-bind", "an exec behind a bind behind an exec",
	  exec_waits_for_bind },
	{ "async/ping-pong", "32 times map, copy and unmap without the CPU", ping_pong },
	{ "async/timeline", "ten points of a timeline", timeline },
	{ "async/queued-state", "binds on what binds before them will leave", queued_state,
	  TEST_CUTS },
	{ "async/failure-between", "a bind that fails among queued ones", failure_between },
	{ "async/close-queued", "closes a buffer that is about to be mapped", close_queued },
	{ "async/destroy-syncobj", "destroys syncobjs that are waited for", destroy_syncobj },
	{ "async/fan", "200 binds behind an exec", fan },
	{ 0 }
};
