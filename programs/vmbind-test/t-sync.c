// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The syncobjs that VM_BIND and EXEC are given: which are refused, and how.
 */
#include <errno.h>
#include <xf86drm.h>

#include "vmbind-test.h"

/* Tries a list of syncobjs with VM_BIND or with EXEC. */
struct subject {
	int fd;
	struct channel *ch;
};

static int try_sync(const struct subject *s, const struct nv_sync *waits,
		    unsigned int wait_count, const struct nv_sync *sigs,
		    unsigned int sig_count)
{
	if (s->ch)
		return try_submit(s->ch, waits, wait_count, sigs, sig_count);
	return try_bind_async(s->fd, NULL, 0, waits, wait_count, sigs, sig_count);
}

static void bad_waits(const struct subject *s)
{
	struct nv_sync wait = sync_binary(syncobj_new(s->fd));
	struct nv_sync sig = sync_binary(syncobj_new(s->fd));
	struct nv_sync waits[2];
	uint32_t t;

	/* Without a fence in it. */
	want(try_sync(s, &wait, 1, &sig, 1), -EINVAL);
	/* Types there are two of. */
	wait.flags = 2;
	want(try_sync(s, &wait, 1, &sig, 1), -EOPNOTSUPP);
	wait.flags = 0xf;
	want(try_sync(s, &wait, 1, &sig, 1), -EOPNOTSUPP);
	wait = sync_binary(0);
	want(try_sync(s, &wait, 1, &sig, 1), -ENOENT);
	wait = sync_point(0x7fffffff, 1);
	want(try_sync(s, &wait, 1, &sig, 1), -ENOENT);
	/* A timeline that has not got as far as to have the point. */
	t = syncobj_new(s->fd);
	wait = sync_point(t, 1);
	want(try_sync(s, &wait, 1, &sig, 1), -EINVAL);
	waits[0] = sync_point(t, 5);
	want(try_sync(s, NULL, 0, waits, 1), 0);
	wait = sync_point(t, 6);
	want(try_sync(s, &wait, 1, &sig, 1), -EINVAL);
	wait = sync_point(t, 4);
	want(try_sync(s, &wait, 1, NULL, 0), 0);
	/* A good one first is not enough. */
	waits[1] = sync_binary(0x7fffffff);
	want(try_sync(s, waits, 2, &sig, 1), -ENOENT);
	/* What was refused signals nothing. */
	want(try_syncobj_wait(s->fd, sig.handle, 0), -EINVAL);
}

static void bad_sigs(const struct subject *s)
{
	struct nv_sync sigs[2] = {
		sync_binary(syncobj_new(s->fd)), sync_binary(syncobj_new(s->fd)),
	};

	sigs[1].flags = 2;
	want(try_sync(s, NULL, 0, sigs, 2), -EINVAL);
	sigs[1].flags = 0xf;
	want(try_sync(s, NULL, 0, sigs, 2), -EINVAL);
	sigs[1] = sync_binary(0);
	want(try_sync(s, NULL, 0, sigs, 2), -ENOENT);
	sigs[1] = sync_point(0x7fffffff, 3);
	want(try_sync(s, NULL, 0, sigs, 2), -ENOENT);
	want(try_syncobj_wait(s->fd, sigs[0].handle, 0), -EINVAL);
}

/* A syncobj is its client's own. */
static void foreign(const struct subject *s)
{
	int other = device_open();
	struct nv_sync sync;
	uint32_t handle = 0;
	unsigned int i;

	for (i = 0; i < 32; i++)
		handle = syncobj_new(other);
	sync = sync_binary(handle);
	want(try_sync(s, &sync, 1, NULL, 0), -ENOENT);
	want(try_sync(s, NULL, 0, &sync, 1), -ENOENT);
}

/* One syncobj twice, the same for waiting and for signalling, 64 of them. */
static void many(const struct subject *s)
{
	struct nv_sync syncs[64];
	uint32_t t = syncobj_new(s->fd);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(syncs); i++)
		syncs[i] = sync_point(t, i + 1);
	want(try_sync(s, NULL, 0, syncs, ARRAY_SIZE(syncs)), 0);
	want(try_sync(s, syncs, ARRAY_SIZE(syncs), NULL, 0), 0);
	timeline_wait(s->fd, t, ARRAY_SIZE(syncs));
	syncs[0] = sync_binary(syncobj_new(s->fd));
	want(try_sync(s, NULL, 0, syncs, 1), 0);
	syncs[1] = syncs[0];
	want(try_sync(s, syncs, 2, syncs, 2), 0);
	syncobj_wait(s->fd, syncs[0].handle);
	fail_if(syncobj_status(s->fd, syncs[0].handle) != 1,
		"the fence ended with %s", errname(syncobj_status(s->fd, syncs[0].handle)));
}

static void signalled_by_cpu(const struct subject *s)
{
	struct nv_sync wait = sync_binary(syncobj_new(s->fd));
	struct nv_sync sig = sync_binary(syncobj_new(s->fd));
	uint32_t t = syncobj_new(s->fd);
	uint64_t point = 8;

	fail_if(drmSyncobjSignal(s->fd, &wait.handle, 1), "cannot signal a syncobj");
	want(try_sync(s, &wait, 1, &sig, 1), 0);
	syncobj_wait(s->fd, sig.handle);
	fail_if(drmSyncobjTimelineSignal(s->fd, &t, &point, 1), "cannot signal a timeline");
	wait = sync_point(t, 8);
	sig = sync_point(t, 9);
	want(try_sync(s, &wait, 1, &sig, 1), 0);
	timeline_wait(s->fd, t, 9);
	/* A point of a timeline that is not for waiting is point 0: its last. */
	wait = sync_binary(t);
	want(try_sync(s, &wait, 1, NULL, 0), 0);
}

static struct subject binds(void)
{
	return (struct subject){ .fd = client_open() };
}

static struct subject execs(void)
{
	static struct channel ch;

	ch = channel_new(client_open(), 0);
	return (struct subject){ .fd = ch.fd, .ch = &ch };
}

static void bind_bad_waits(void)
{
	struct subject s = binds();

	bad_waits(&s);
}

static void exec_bad_waits(void)
{
	struct subject s = execs();

	bad_waits(&s);
}

static void bind_bad_sigs(void)
{
	struct subject s = binds();

	bad_sigs(&s);
}

static void exec_bad_sigs(void)
{
	struct subject s = execs();

	bad_sigs(&s);
}

static void bind_foreign(void)
{
	struct subject s = binds();

	foreign(&s);
}

static void exec_foreign(void)
{
	struct subject s = execs();

	foreign(&s);
}

static void bind_many(void)
{
	struct subject s = binds();

	many(&s);
}

static void exec_many(void)
{
	struct subject s = execs();

	many(&s);
}

static void bind_signalled_by_cpu(void)
{
	struct subject s = binds();

	signalled_by_cpu(&s);
}

static void exec_signalled_by_cpu(void)
{
	struct subject s = execs();

	signalled_by_cpu(&s);
}

const struct test tests_sync[] = {
	{ "sync/bind-bad-waits", "binds that wait for what is not there", bind_bad_waits },
	{ "sync/exec-bad-waits", "execs that wait for what is not there", exec_bad_waits },
	{ "sync/bind-bad-signals", "binds that signal what is not there", bind_bad_sigs },
	{ "sync/exec-bad-signals", "execs that signal what is not there", exec_bad_sigs },
	{ "sync/bind-foreign", "binds with another client's syncobj", bind_foreign },
	{ "sync/exec-foreign", "execs with another client's syncobj", exec_foreign },
	{ "sync/bind-many", "a bind with 64 syncobjs, and with one twice", bind_many },
	{ "sync/exec-many", "an exec with 64 syncobjs, and with one twice", exec_many },
	{ "sync/bind-cpu-signal", "binds that wait for the CPU's signal", bind_signalled_by_cpu },
	{ "sync/exec-cpu-signal", "execs that wait for the CPU's signal", exec_signalled_by_cpu },
	{ 0 }
};
