// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Clients that end in the middle of their work, and work that does not end.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#include "vmbind-test.h"

#define VA 0x40000000ull
#define SHARED_VA 0x50000000ull

/* A page of memory that all have mapped, with semaphores in it. */
struct shared {
	struct bo bo;
	int dmabuf;
};

static struct shared shared_new(int fd)
{
	struct shared s = { .bo = bo_new(fd, PAGE, NV_GART | NV_COHERENT | NV_MAPPABLE) };

	bo_map(&s.bo)[0] = 0;
	if (drmPrimeHandleToFD(fd, s.bo.handle, DRM_CLOEXEC, &s.dmabuf))
		fail("no dma-buf: %s", errname(errno));
	return s;
}

/*
 * A client whose channel waits for the shared word, with binds and execs that
 * wait for the channel. It tells through the pipe when all is queued.
 */
__attribute__((noreturn))
static void victim(const struct shared *s, int ready)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0), other = channel_new(fd, 1);
	struct bo sem = { .fd = fd, .size = PAGE };
	struct bo bo = bo_new(fd, MIB, NV_VRAM);
	struct bo private = bo_new(fd, MIB, NV_VRAM | NV_NO_SHARE);
	struct nv_sync held = sync_binary(syncobj_new(fd));
	struct nv_sync done = sync_binary(syncobj_new(fd));
	unsigned int i;

	if (drmPrimeFDToHandle(fd, s->dmabuf, &sem.handle))
		fail("a dma-buf cannot be imported: %s", errname(errno));
	map(SHARED_VA, &sem, 0, PAGE);
	map(VA + GIB, &private, 0, MIB);
	push_acquire(&ch, SHARED_VA, 1);
	submit(&ch, NULL, 0, &held, 1);
	for (i = 0; i < 20; i++) {
		struct nv_bind_op ops[2] = {
			op_map(VA + i * MIB, &bo, 0, MIB),
			op_unmap(VA + GIB + i * PAGE, PAGE),
		};

		want(try_bind_async(fd, ops, 2, &held, 1, &done, 1), 0);
		push_nop(&other);
		submit(&other, &done, 1, NULL, 0);
	}
	bo_close(&bo);
	if (write(ready, "", 1) != 1)
		fail("nobody waits for this process");
	for (;;)
		pause();
}

static pid_t start_victim(const struct shared *s)
{
	char byte;
	pid_t pid;
	int p[2];

	if (pipe(p))
		fail("no pipe: %s", errname(errno));
	pid = fork();
	if (pid < 0)
		fail("no process: %s", errname(errno));
	if (pid == 0) {
		close(p[0]);
		victim(s, p[1]);
	}
	close(p[1]);
	if (read(p[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		if (result->verdict != NONE)
			_exit(0);
		fail("the process to be killed died by itself");
	}
	close(p[0]);
	return pid;
}

/* While it goes and after it, the tester's own client works. */
static void works(struct channel *ch, struct stage *st, uint32_t value)
{
	push_fill(ch, st->va, 4096, value);
	finish(ch);
	constant_check(st->bo.map, value, 1024, "the surviving client's work");
}

static void with_queue(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 64 * KIB);
	unsigned int turn;

	for (turn = 0; turn < 3; turn++) {
		struct shared s = shared_new(fd);
		pid_t pid = start_victim(&s);

		works(&ch, &st, 1);
		kill(pid, SIGKILL);
		sleep_ms(100);
		/* Its channel is let go, as the kernel may wait for it. */
		s.bo.map[0] = 1;
		works(&ch, &st, 2);
		fail_if(waitpid(pid, NULL, 0) != pid, "the killed process does not end");
		works(&ch, &st, 3);
		close(s.dmabuf);
		bo_close(&s.bo);
	}
}

/* The same, with a channel that nobody lets go: the driver has to. */
static void forever(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0);
	struct stage st = stage_new(fd, 64 * KIB);
	struct shared s = shared_new(fd);
	pid_t pid = start_victim(&s);
	uint64_t began = now_ms();

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) != pid) {
		works(&ch, &st, 4);
		sleep_ms(500);
		fail_if(now_ms() - began > 60000,
			"a killed process with work that never ends is there after 60 s");
	}
	note("the killed process ended after %llu ms", (unsigned long long)(now_ms() - began));
	works(&ch, &st, 5);
}

/* Memory of a client that was killed comes back. */
static void memory_returns(void)
{
	int fd = client_open();
	uint64_t before = device_param(fd, NV_PARAM_VRAM_USED);
	uint64_t until, used;
	unsigned int turn;

	for (turn = 0; turn < 3; turn++) {
		struct shared s = shared_new(fd);
		pid_t pid = start_victim(&s);

		kill(pid, SIGKILL);
		sleep_ms(50);
		s.bo.map[0] = 1;
		waitpid(pid, NULL, 0);
		close(s.dmabuf);
		bo_close(&s.bo);
	}
	until = now_ms() + 5000;
	do {
		used = device_param(fd, NV_PARAM_VRAM_USED);
		if (used < before + 2 * MIB)
			return;
		sleep_ms(100);
	} while (now_ms() < until);
	fail("three killed clients had 6 MiB of VRAM, and of it are left %llu KiB",
	     (unsigned long long)(used - before) / KIB);
}

/* Work that does not end in 10 s: the driver ends the channel. */
static void timeout(void)
{
	int fd = client_open();
	struct channel ch = channel_new(fd, 0), other = channel_new(fd, 1);
	struct stage st = stage_new(fd, 64 * KIB);
	struct nv_sync sig = sync_binary(syncobj_new(fd));
	struct nv_sync mapped = sync_binary(syncobj_new(fd));
	struct nv_exec probe = { .channel = (uint32_t)ch.id };
	struct bo bo = bo_new(fd, 64 * KIB, NV_VRAM);
	struct nv_bind_op op = op_map(VA, &bo, 0, bo.size);
	uint64_t began = now_ms(), took;
	int status;

	push_acquire(&ch, channel_word_va(&ch, 0), 1);
	submit(&ch, NULL, 0, &sig, 1);
	want(try_bind_async(fd, &op, 1, &sig, 1, &mapped, 1), 0);
	while (try_syncobj_wait(fd, sig.handle, 1000) == -ETIME) {
		works(&other, &st, 6);
		fail_if(now_ms() - began > 40000,
			"work that does not end is not ended in 40 s");
	}
	took = now_ms() - began;
	status = syncobj_status(fd, sig.handle);
	note("it was ended after %llu ms with %s", (unsigned long long)took,
	     status == 1 ? "success" : errname(status));
	fail_if(took < 5000, "work was ended after %llu ms already", (unsigned long long)took);
	want(try_exec_raw(fd, &probe), -ENODEV);
	/* The driver's own fence has ENODEV, the scheduler's, for the job, either. */
	fail_if(status != -ENODEV && status != -ECANCELED,
		"the fence of work that was ended says %s, expected ENODEV or ECANCELED",
		status == 1 ? "success" : errname(status));
	/* What waited for it goes on. */
	syncobj_wait(fd, mapped.handle);
	gpu_write(&other, &st, VA, 1, 0, bo.size);
	gpu_check(&other, &st, VA, 1, 0, bo.size, "what was mapped behind work that was ended");
}

/* A client that only closes its file, with work under way. */
static void close_busy(void)
{
	unsigned int turn, i;

	for (turn = 0; turn < 5; turn++) {
		int fd = client_open();
		struct channel ch = channel_new(fd, 0);
		struct bo bo = bo_new(fd, 2 * MIB, NV_VRAM);

		for (i = 0; i < 30; i++) {
			struct nv_bind_op op = op_map(VA + i * MIB, &bo, 0, MIB);

			want(try_bind_async(fd, &op, 1, NULL, 0, NULL, 0), 0);
			push_fill(&ch, ch.va + 128 * KIB, 64 * KIB, i);
			submit(&ch, NULL, 0, NULL, 0);
		}
		bo_unmap(&ch.bo);
		close(fd);
	}
}

const struct test tests_kill[] = {
	{ "kill/queued-binds", "kills a process whose binds wait", with_queue, TEST_CUTS },
	{ "kill/memory-returns", "kills three processes that have 2 MiB each", memory_returns,
	  TEST_CUTS },
	{ "kill/close-busy", "closes files with work under way", close_busy },
	{ "kill/forever", "kills a process whose work never ends", forever,
	  TEST_SLOW | TEST_CUTS, 90 },
	{ "kill/timeout", "work that never ends: a channel dies", timeout, TEST_SLOW, 90 },
	{ 0 }
};
