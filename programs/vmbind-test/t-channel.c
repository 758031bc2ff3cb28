// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Several channels at once: of a client, of several clients and processes.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define CHANNELS 4

static void side_by_side(void)
{
	int fd = client_open();
	struct channel ch[CHANNELS];
	struct stage st = stage_new(fd, 256 * KIB);
	struct bo bo = bo_new(fd, MIB, NV_VRAM);
	unsigned int i, turn;

	for (i = 0; i < CHANNELS; i++)
		ch[i] = channel_new(fd, i);
	map(VA, &bo, 0, bo.size);
	/* Each has a quarter of the stage and of the buffer. */
	for (turn = 0; turn < 8; turn++) {
		for (i = 0; i < CHANNELS; i++) {
			uint64_t offset = i * 64 * KIB;

			pattern_write(st.bo.map + offset / 4, turn * 4 + i, 0, 64 * KIB / 4);
			push_copy(&ch[i], VA + offset, st.va + offset, 64 * KIB);
			push_copy(&ch[i], VA + 512 * KIB + offset, VA + offset, 64 * KIB);
			submit(&ch[i], NULL, 0, NULL, 0);
		}
		for (i = 0; i < CHANNELS; i++)
			finish(&ch[i]);
		memset(st.bo.map, 0x55, st.bo.size);
		push_copy(&ch[0], st.va, VA + 512 * KIB, 256 * KIB);
		finish(&ch[0]);
		for (i = 0; i < CHANNELS; i++)
			pattern_check(st.bo.map + i * 64 * KIB / 4, turn * 4 + i, 0,
				      64 * KIB / 4, "one of four channels' work");
	}
}

/* Channels that hand on to each other by semaphores in memory. */
static void relay(void)
{
	int fd = client_open();
	struct channel ch[CHANNELS];
	struct stage st = stage_new(fd, 256 * KIB);
	unsigned int i;

	for (i = 0; i < CHANNELS; i++)
		ch[i] = channel_new(fd, i);
	pattern_write(st.bo.map, 3, 0, 1024);
	/* The last waits for the one before it, and that one too: none goes yet. */
	for (i = CHANNELS; i-- > 0;) {
		push_acquire(&ch[i], channel_word_va(&ch[0], i), 1);
		push_copy(&ch[i], st.va + (i + 1) * PAGE, st.va + i * PAGE, PAGE);
		push_release(&ch[i], channel_word_va(&ch[0], i + 1), 1);
		submit(&ch[i], NULL, 0, NULL, 0);
	}
	sleep_ms(50);
	fail_if(*channel_word(&ch[0], CHANNELS), "a channel did not wait for its semaphore");
	*channel_word(&ch[0], 0) = 1;
	for (i = 0; i < CHANNELS; i++)
		finish(&ch[i]);
	pattern_check(st.bo.map + CHANNELS * 1024, 3, 0, 1024, "what went through four channels");
}

/* The same by syncobjs, with EXEC. */
static void chain(void)
{
	int fd = client_open();
	struct channel ch[CHANNELS];
	struct stage st = stage_new(fd, 256 * KIB);
	uint32_t t = syncobj_new(fd);
	unsigned int i;

	for (i = 0; i < CHANNELS; i++)
		ch[i] = channel_new(fd, i);
	pattern_write(st.bo.map, 4, 0, 1024);
	for (i = 0; i < 40; i++) {
		struct nv_sync wait = sync_point(t, i), sig = sync_point(t, i + 1);
		struct channel *c = &ch[i % CHANNELS];

		push_copy(c, st.va + (i + 1) * PAGE, st.va + i * PAGE, PAGE);
		submit(c, &wait, i ? 1 : 0, &sig, 1);
	}
	timeline_wait(fd, t, 40);
	pattern_check(st.bo.map + 40 * 1024, 4, 0, 1024, "what went through 40 execs");
}

static void alloc_free(void)
{
	int fd = client_open();
	struct stage st = stage_new(fd, 64 * KIB);
	unsigned int i;

	for (i = 0; i < 12; i++) {
		struct channel ch = channel_new(fd, 0);

		push_fill(&ch, st.va, 64 * KIB, i + 1);
		finish(&ch);
		constant_check(st.bo.map, i + 1, 64 * KIB / 4, "a channel's fill");
		channel_free(&ch);
	}
}

/* Freed with work in it: the work is done, or never; nothing hangs. */
static void free_busy(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct channel other = channel_new(fd, 1);
	struct stage st = stage_new(fd, 256 * KIB);
	struct nv_sync sig = sync_binary(syncobj_new(fd));
	unsigned int i;

	for (i = 0; i < 20; i++) {
		push_fill(&ch, st.va, 256 * KIB, i);
		submit(&ch, NULL, 0, &sig, 1);
	}
	want(try_channel_free(fd, ch.id), 0);
	syncobj_wait(fd, sig.handle);
	push_fill(&other, st.va, 256 * KIB, 0x77);
	finish(&other);
	constant_check(st.bo.map, 0x77, 256 * KIB / 4, "another channel's fill");
}

static void let_go(void *gate)
{
	*channel_word(gate, 0) = 1;
}

/*
 * Freed while its work waits for another channel. The kernel may wait for that
 * one: it is let go from another thread.
 */
static void free_waiting(void)
{
	int fd = client_open();
	struct channel gate = channel_new(fd, 0);
	struct channel ch = channel_new(fd, 1);
	struct nv_sync held = sync_binary(syncobj_new(fd));
	struct nv_sync sig = sync_binary(syncobj_new(fd));

	push_acquire(&gate, channel_word_va(&gate, 0), 1);
	submit(&gate, NULL, 0, &held, 1);
	push_nop(&ch);
	submit(&ch, &held, 1, &sig, 1);
	later(300, let_go, &gate);
	want(try_channel_free(fd, ch.id), 0);
	later_join();
	finish(&gate);
	syncobj_wait(fd, sig.handle);
	note("the fence of the work ended with %s", errname(syncobj_status(fd, sig.handle) < 0 ?
		syncobj_status(fd, sig.handle) : 0));
}

/* A copy engine's own channel. */
static void copy_engine(void)
{
	int fd = client_open();
	struct channel ch = channel_new_engine(fd, 0, NV_ENGINE_CE);
	struct stage st = stage_new(fd, 256 * KIB);
	struct bo bo = bo_new(fd, 256 * KIB, NV_VRAM);
	unsigned int i;

	map(VA, &bo, 0, bo.size);
	for (i = 0; i < 4; i++) {
		struct nv_sync sig = sync_binary(ch.sync);

		pattern_write(st.bo.map, i, 0, st.bo.size / 4);
		push_copy(&ch, VA, st.va, st.bo.size);
		submit(&ch, NULL, 0, &sig, 1);
		if (try_syncobj_wait(fd, ch.sync, 4000))
			known("the fence of a copy engine's channel is not signalled in 4 s");
		gpu_check(&ch, &st, VA, i, 0, st.bo.size, "a copy engine's work");
	}
}

static void worker(unsigned int n, unsigned int turns)
{
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, 64 * KIB);
	struct bo bo = bo_new(ch.fd, 256 * KIB, NV_VRAM);
	unsigned int i;

	for (i = 0; i < turns; i++) {
		uint64_t va = VA + random_below(1 << 20) * PAGE;

		map(va, &bo, 0, bo.size);
		gpu_write(&ch, &st, va, n * 16 + i % 16, 0, bo.size);
		gpu_check(&ch, &st, va, n * 16 + i % 16, 0, bo.size, "a process' own buffer");
		unmap(ch.fd, va, bo.size);
	}
}

static void processes(void)
{
	pid_t pid[CHANNELS];
	unsigned int i;
	int status;

	/* Each leaves its verdict where the first failure stays to be seen. */
	for (i = 0; i < CHANNELS; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			seed += i;
			worker(i, 6);
			_exit(0);
		}
		if (pid[i] < 0)
			fail("no process: %s", errname(errno));
	}
	for (i = 0; i < CHANNELS; i++) {
		waitpid(pid[i], &status, 0);
		fail_if(status, "a process died");
	}
	if (result->verdict != NONE)
		_exit(0);
}

/*
 * With the GSP, Linux 6.12 gave channels ids eight times as high as it has room for: the
 * 257th made the kernel panic. A driver may run out of channels or of memory if it says
 * so. The last channel of each client works; the very last then fails, and no other.
 */
static void many(void)
{
	struct channel ch[3];
	struct stage st[3];
	unsigned int clients = 0, total = 0, i;
	int32_t id[99];
	int ret = 0;

	while (clients < ARRAY_SIZE(ch) && !ret) {
		int fd = client_open();

		st[clients] = stage_new(fd, 64 * KIB);
		for (i = 0; i < ARRAY_SIZE(id); i++) {
			ret = try_channel_alloc(fd, NV_ENGINE_GR, &id[i]);
			if (ret)
				break;
		}
		total += i;
		if (ret) {
			note("%u channels are possible: %s", total, errname(ret));
			fail_if(ret != -ENOSPC && ret != -ENOMEM, "CHANNEL_ALLOC: %s",
				errname(ret));
			fail_if(total < 100, "only %u channels are possible", total);
			/* Room for one that works. */
			if (i < 10)
				break;
			while (i > ARRAY_SIZE(id) / 10)
				want(try_channel_free(fd, id[--i]), 0);
		}
		ch[clients++] = channel_new(fd, 0);
		total++;
	}
	for (i = 0; i < clients; i++) {
		push_fill(&ch[i], st[i].va, 64 * KIB, i + 1);
		finish(&ch[i]);
		constant_check(st[i].bo.map, i + 1, 64 * KIB / 4, "one of many channels' fill");
	}
	i = clients - 1;
	push_copy(&ch[i], st[i].va, 0x6666000000ull, PAGE);
	want(try_finish(&ch[i]), -ENODEV);
	while (i--) {
		push_fill(&ch[i], st[i].va, 64 * KIB, i + 0x10);
		finish(&ch[i]);
		constant_check(st[i].bo.map, i + 0x10, 64 * KIB / 4,
			       "a fill after another of many channels failed");
	}
}

const struct test tests_channel[] = {
	{ "channel/side-by-side", "four channels of a client copy at once", side_by_side },
	{ "channel/relay", "four channels hand on by semaphores", relay },
	{ "channel/chain", "40 execs on four channels, one after the other", chain },
	{ "channel/alloc-free", "12 channels one after the other", alloc_free },
	{ "channel/free-busy", "frees a channel that has work", free_busy },
	{ "channel/free-waiting", "frees a channel whose work waits", free_waiting },
	{ "channel/copy-engine", "a channel of a copy engine's own; before Ampere the driver "
	  "may write beyond an array", copy_engine,
	  TEST_DANGEROUS_BEFORE_AMPERE, 90 },
	{ "channel/many", "300 channels of three clients; with GSP the driver may make the kernel "
	  "panic", many, TEST_DANGEROUS_WITH_GSP, 120 },
	{ "channel/processes", "four processes at once", processes },
	{ 0 }
};
