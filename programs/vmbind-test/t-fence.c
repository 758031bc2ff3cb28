// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Who else has to wait for VM_BIND and EXEC: the fences that they leave at the
 * buffers. An exec may write to every buffer that is mapped, so that all wait
 * for it; a bind only keeps the memory in its place, so that nobody does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

struct scene {
	int fd;
	struct channel gate;
	struct bo bo;
	int dmabuf;
	struct nv_sync held;
};

static struct scene scene_new(uint32_t domain)
{
	struct scene s = { .fd = client_open(), .dmabuf = -1 };

	s.gate = channel_new(s.fd, 0);
	s.bo = bo_new(s.fd, 64 * KIB, domain);
	if (!(domain & NV_NO_SHARE) &&
	    drmPrimeHandleToFD(s.fd, s.bo.handle, DRM_CLOEXEC, &s.dmabuf))
		fail("no dma-buf: %s", errname(errno));
	s.held = sync_binary(syncobj_new(s.fd));
	return s;
}

static void hold(struct scene *s)
{
	push_acquire(&s->gate, channel_word_va(&s->gate, 0), 1);
	submit(&s->gate, NULL, 0, &s->held, 1);
}

static void release(struct scene *s)
{
	*channel_word(&s->gate, 0) = 1;
}

/* Whether a reader of the buffer would have to wait; the same for a writer. */
static bool busy(int dmabuf, uint32_t who)
{
	struct dma_buf_export_sync_file req = { .flags = who, .fd = -1 };
	int status;

	if (ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &req)) {
		if (errno == ENOTTY)
			skip("this kernel exports no fences of a dma-buf");
		fail("no fences of a dma-buf: %s", errname(errno));
	}
	status = sync_file_status(req.fd);
	close(req.fd);
	return status == 0;
}

static void exec_is_write(void)
{
	struct scene s = scene_new(NV_GART);

	map(VA, &s.bo, 0, s.bo.size);
	hold(&s);
	fail_if(!busy(s.dmabuf, DMA_BUF_SYNC_READ) || !busy(s.dmabuf, DMA_BUF_SYNC_WRITE),
		"a buffer that is mapped does not wait for an exec");
	want(try_cpu_prep(&s.bo, NV_PREP_NOWAIT), -EBUSY);
	want(try_cpu_prep(&s.bo, NV_PREP_NOWAIT | NV_PREP_WRITE), -EBUSY);
	release(&s);
	want(try_cpu_prep(&s.bo, NV_PREP_WRITE), 0);
	fail_if(busy(s.dmabuf, DMA_BUF_SYNC_READ), "a buffer waits for an exec that is over");
}

static void bind_is_bookkeep(void)
{
	struct scene s = scene_new(NV_GART);
	struct nv_bind_op op = op_map(VA, &s.bo, 0, s.bo.size);
	struct nv_sync done = sync_binary(syncobj_new(s.fd));

	/* The exec comes first: it must not know of the buffer. */
	hold(&s);
	want(try_bind_async(s.fd, &op, 1, &s.held, 1, &done, 1), 0);
	fail_if(busy(s.dmabuf, DMA_BUF_SYNC_READ) || busy(s.dmabuf, DMA_BUF_SYNC_WRITE),
		"a buffer waits for its bind");
	want(try_cpu_prep(&s.bo, NV_PREP_NOWAIT | NV_PREP_WRITE), 0);
	fail_if(syncobj_signalled(s.fd, done.handle), "the bind did not wait");
	release(&s);
	syncobj_wait(s.fd, done.handle);
}

static void unmapped_is_free(void)
{
	struct scene s = scene_new(NV_GART);

	map(VA, &s.bo, 0, s.bo.size);
	unmap(s.fd, VA, s.bo.size);
	hold(&s);
	fail_if(busy(s.dmabuf, DMA_BUF_SYNC_WRITE),
		"a buffer that is unmapped waits for an exec");
	release(&s);
	finish(&s.gate);
}

static void no_share(void)
{
	struct scene s = scene_new(NV_GART | NV_NO_SHARE);

	/* It shares the VM's fences, mapped or not. */
	hold(&s);
	want(try_cpu_prep(&s.bo, NV_PREP_NOWAIT), -EBUSY);
	release(&s);
	want(try_cpu_prep(&s.bo, 0), 0);
}

static void poll_dmabuf(void)
{
	struct scene s = scene_new(NV_GART);
	struct pollfd p = { .fd = s.dmabuf, .events = POLLIN };

	map(VA, &s.bo, 0, s.bo.size);
	fail_if(poll(&p, 1, 0) != 1, "a dma-buf that is idle is not ready");
	hold(&s);
	fail_if(poll(&p, 1, 100) != 0, "a dma-buf is ready while an exec may write to it");
	release(&s);
	fail_if(poll(&p, 1, 20000) != 1, "a dma-buf is not ready after the exec");
}

const struct test tests_fence[] = {
	{ "fence/exec-is-write", "looks at a mapped buffer while an exec is held up",
	  exec_is_write },
	{ "fence/bind-is-bookkeep", "looks at a buffer while its bind is held up",
	  bind_is_bookkeep },
	{ "fence/unmapped", "looks at an unmapped buffer while an exec is held up",
	  unmapped_is_free },
	{ "fence/no-share", "looks at a private buffer while an exec is held up", no_share },
	{ "fence/poll", "polls a dma-buf while an exec is held up", poll_dmabuf },
	{ 0 }
};
