// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Channels: queues of commands of one engine, and EXEC that fills them.
 *
 * Mesa's own way is taken: the channel of the graphics engine, whose copy
 * engine does the copies; a class for it is made by NVIF from what the channel
 * says that it knows. The commands lie in a buffer of ours in the GART.
 */
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

#include "vmbind-test.h"

#define COMMAND_BYTES (256 * KIB)
#define COMMAND_WORDS ((COMMAND_BYTES - PAGE) / 4)

int try_channel_alloc(int fd, uint32_t engine, int32_t *id)
{
	struct nv_channel_alloc req = { .fb_ctxdma = ~0u, .tt_ctxdma = engine };
	int ret = drmCommandWriteRead(fd, NV_CHANNEL_ALLOC, &req, sizeof(req));

	*id = req.channel;
	return ret;
}

int try_channel_free(int fd, int32_t id)
{
	struct nv_channel_free req = { .channel = id };

	return drmCommandWrite(fd, NV_CHANNEL_FREE, &req, sizeof(req));
}

/* The newest of the copy engine's classes that the channel knows. */
static int32_t copy_class(int fd, int32_t channel)
{
	struct nvif_class_entry classes[64];
	unsigned int count = nvif_channel_classes(fd, channel, classes, ARRAY_SIZE(classes));
	int32_t best = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		/* From Kepler on: A0B5, and before it 85B5 and 90B5. */
		if ((classes[i].oclass & 0xff) == 0xb5 && classes[i].oclass >= 0xa0b5 &&
		    classes[i].oclass > best)
			best = classes[i].oclass;
	}
	if (!best)
		fail("channel %d has no class of a copy engine", channel);
	return best;
}

struct channel channel_new_engine(int fd, unsigned int n, uint32_t engine)
{
	struct channel ch = { .fd = fd, .va = CHANNEL_VA + n * CHANNEL_STEP };
	int ret;

	ret = try_channel_alloc(fd, engine, &ch.id);
	if (ret)
		fail("CHANNEL_ALLOC: %s", errname(ret));
	ch.copy_class = copy_class(fd, ch.id);
	ret = nvif_channel_object(fd, ch.id, ch.copy_class);
	if (ret)
		fail("NVIF: no object of class 0x%x: %s", (unsigned int)ch.copy_class,
		     errname(ret));
	ch.bo = bo_new(fd, COMMAND_BYTES, NV_GART | NV_COHERENT | NV_MAPPABLE | NV_NO_SHARE);
	memset(bo_map(&ch.bo), 0, ch.bo.size);
	map(ch.va, &ch.bo, 0, ch.bo.size);
	ch.sync = syncobj_new(fd);
	debug("channel %d, class %04X", ch.id, (unsigned int)ch.copy_class);
	return ch;
}

struct channel channel_new(int fd, unsigned int n)
{
	return channel_new_engine(fd, n, NV_ENGINE_GR);
}

void channel_free(struct channel *ch)
{
	int ret = try_channel_free(ch->fd, ch->id);

	if (ret)
		fail("CHANNEL_FREE: %s", errname(ret));
	unmap(ch->fd, ch->va, ch->bo.size);
	bo_close(&ch->bo);
	drmSyncobjDestroy(ch->fd, ch->sync);
}

volatile uint32_t *channel_word(struct channel *ch, unsigned int n)
{
	/* 16 bytes apart, as a semaphore may be as large. */
	return ch->bo.map + COMMAND_WORDS + n * 4;
}

uint64_t channel_word_va(struct channel *ch, unsigned int n)
{
	return ch->va + COMMAND_WORDS * 4 + n * 16;
}

int try_exec_raw(int fd, const struct nv_exec *req)
{
	struct nv_exec copy = *req;

	return drmCommandWriteRead(fd, NV_EXEC, &copy, sizeof(copy));
}

int try_submit(struct channel *ch, const struct nv_sync *waits, unsigned int wait_count,
	       const struct nv_sync *sigs, unsigned int sig_count)
{
	struct nv_exec_push push = {
		.va = ch->va + ch->begin * 4,
		.va_len = (ch->cur - ch->begin) * 4,
	};
	struct nv_exec req = {
		.channel = ch->id,
		.push_count = push.va_len ? 1 : 0,
		.wait_count = wait_count,
		.sig_count = sig_count,
		.wait_ptr = (uintptr_t)waits,
		.sig_ptr = (uintptr_t)sigs,
		.push_ptr = (uintptr_t)&push,
	};

	if (ch->cur > COMMAND_WORDS)
		fail("the test wrote more commands than there is room for");
	ch->begin = ch->cur;
	__sync_synchronize();
	return try_exec_raw(ch->fd, &req);
}

void submit(struct channel *ch, const struct nv_sync *waits, unsigned int wait_count,
	    const struct nv_sync *sigs, unsigned int sig_count)
{
	int ret = try_submit(ch, waits, wait_count, sigs, sig_count);

	if (ret)
		fail("EXEC on channel %d: %s", ch->id, errname(ret));
}

int try_finish(struct channel *ch)
{
	struct nv_sync sig = sync_binary(ch->sync);
	int ret;

	ret = try_submit(ch, NULL, 0, &sig, 1);
	if (ret)
		return ret;
	syncobj_wait(ch->fd, ch->sync);
	/* Everything before is done as well: a channel keeps the order. */
	ch->begin = 0;
	ch->cur = 0;
	ret = syncobj_status(ch->fd, ch->sync);
	return ret < 0 ? ret : 0;
}

void finish(struct channel *ch)
{
	int ret = try_finish(ch);

	if (ret)
		fail("work on channel %d: %s", ch->id, errname(ret));
}
