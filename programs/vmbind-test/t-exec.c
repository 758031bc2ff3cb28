// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * EXEC: its limits, and what it refuses.
 */
#include <errno.h>
#include <string.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

static void unknown_channel(void)
{
	int fd = client_open();
	struct nv_exec req = { .channel = 12345 };
	int32_t id;

	want(try_exec_raw(fd, &req), -ENOENT);
	req.channel = ~0u;
	want(try_exec_raw(fd, &req), -ENOENT);
	want(try_channel_alloc(fd, NV_ENGINE_GR, &id), 0);
	req.channel = (uint32_t)id;
	want(try_exec_raw(fd, &req), 0);
	/* A channel is its client's own. */
	want(try_exec_raw(client_open(), &req), -ENOENT);
	want(try_channel_free(fd, id), 0);
	want(try_exec_raw(fd, &req), -ENOENT);
	want(try_channel_free(fd, id), -ENOENT);
}

static void no_push(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct nv_exec req = { .channel = (uint32_t)ch.id };
	unsigned int i;

	/* What Mesa asks with to see whether the channel is alive. */
	for (i = 0; i < 20; i++)
		want(try_exec_raw(ch.fd, &req), 0);
	finish(&ch);
}

static void push_count(void)
{
	struct channel ch = channel_new(client_open(), 0);
	unsigned int max = (unsigned int)device_param(ch.fd, NV_PARAM_EXEC_PUSH_MAX);
	struct nv_exec_push *push = calloc(max + 1, sizeof(*push));
	struct nv_sync sig = sync_binary(syncobj_new(ch.fd));
	struct nv_exec req = {
		.channel = (uint32_t)ch.id, .push_ptr = (uintptr_t)push,
		.sig_count = 1, .sig_ptr = (uintptr_t)&sig,
	};
	volatile uint32_t *word = channel_word(&ch, 0);
	unsigned int i;

	/* Each push writes its number; they are all done, and in order. */
	for (i = 0; i <= max; i++) {
		unsigned int begin = ch.cur;

		if (i + 1 < max)
			push_nop(&ch);
		else
			push_release(&ch, channel_word_va(&ch, 0), i + 1);
		push[i].va = ch.va + begin * 4;
		push[i].va_len = (ch.cur - begin) * 4;
		push[i].flags = i % 2 ? NV_PUSH_NO_PREFETCH : 0;
	}
	req.push_count = max + 1;
	want(try_exec_raw(ch.fd, &req), -EINVAL);
	want(try_syncobj_wait(ch.fd, sig.handle, 0), -EINVAL);
	req.push_count = ~0u;
	want(try_exec_raw(ch.fd, &req), -EINVAL);
	req.push_count = max;
	want(try_exec_raw(ch.fd, &req), 0);
	syncobj_wait(ch.fd, sig.handle);
	fail_if(*word != max, "of %u pushes the last wrote %u", max, *word);
	/* And once more than the ring has room for at a time. */
	for (i = 0; i < 4; i++)
		want(try_exec_raw(ch.fd, &req), 0);
	syncobj_wait(ch.fd, sig.handle);
}

static void va_len(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct nv_exec_push push = { .va = ch.va, .va_len = NV_PUSH_MAX_BYTES + 1 };
	struct nv_exec req = {
		.channel = (uint32_t)ch.id, .push_count = 1, .push_ptr = (uintptr_t)&push,
	};

	want(try_exec_raw(ch.fd, &req), -EINVAL);
	push.va_len = ~0u;
	want(try_exec_raw(ch.fd, &req), -EINVAL);
	finish(&ch);
}

/* Commands that do nothing, @len bytes of them in one push, and one that does. */
static void long_push(uint32_t len)
{
	struct channel ch = channel_new(client_open(), 0);
	struct bo bo = bo_new(ch.fd, 8 * MIB, NV_GART | NV_COHERENT | NV_MAPPABLE);
	struct nv_sync sig = sync_binary(syncobj_new(ch.fd));
	struct nv_exec_push push[2] = { { .va = VA, .va_len = len } };
	struct nv_exec req = {
		.channel = (uint32_t)ch.id, .push_count = 2, .push_ptr = (uintptr_t)push,
		.sig_count = 1, .sig_ptr = (uintptr_t)&sig,
	};
	uint32_t *words = bo_map(&bo);
	unsigned int i;

	push_nop(&ch);
	for (i = 0; i < len / 4; i += 2)
		memcpy(words + i, ch.bo.map, 8);
	map(VA, &bo, 0, bo.size);
	ch.begin = ch.cur;
	push_release(&ch, channel_word_va(&ch, 0), 77);
	push[1].va = ch.va + ch.begin * 4;
	push[1].va_len = (ch.cur - ch.begin) * 4;
	want(try_exec_raw(ch.fd, &req), 0);
	syncobj_wait(ch.fd, sig.handle);
	fail_if(*channel_word(&ch, 0) != 77,
		"what comes after a push of 0x%x bytes was not done", len);
}

static void a_mebibyte(void)
{
	long_push(MIB);
}

static void longest(void)
{
	/* Of whole commands. */
	long_push((NV_PUSH_MAX_BYTES & ~3u) - 4);
}

static void pointers(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct nv_exec req = { .channel = (uint32_t)ch.id, .push_count = 1 };

	want(try_exec_raw(ch.fd, &req), -EFAULT);
	req.push_ptr = 1ull << 63;
	want(try_exec_raw(ch.fd, &req), -EFAULT);
	req.push_count = 0;
	req.wait_count = 1;
	req.wait_ptr = 0x10;
	want(try_exec_raw(ch.fd, &req), -EFAULT);
	req.wait_count = 0;
	req.sig_count = 2;
	req.sig_ptr = 0x10;
	want(try_exec_raw(ch.fd, &req), -EFAULT);
	finish(&ch);
}

static void copy_sizes(void)
{
	static const uint32_t sizes[] = { 4, 12, 256, 4096, 4100, 65536, 65540, 1 << 20 };
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, 2 * MIB);
	uint32_t *got = st.bo.map + MIB / 4;
	unsigned int i;

	/* The tester's own foundation: a copy writes this many bytes, no more. */
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint32_t len = sizes[i] < MIB ? sizes[i] : (uint32_t)MIB - 4;

		pattern_write(st.bo.map, i + 1, 0, MIB / 4);
		memset(got, 0x55, MIB);
		push_copy(&ch, st.va + MIB, st.va, len);
		finish(&ch);
		pattern_check(got, i + 1, 0, len / 4, "a copy");
		constant_check(got + len / 4, 0x55555555, (MIB - len) / 4, "behind a copy");
	}
}

static void fill(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, MIB);

	memset(st.bo.map, 0x55, st.bo.size);
	push_fill(&ch, st.va + 4096, 4, 0x12345678);
	push_fill(&ch, st.va + 8192, 512 * KIB, 0x9abcdef0);
	finish(&ch);
	constant_check(st.bo.map, 0x55555555, 1024, "before a fill");
	constant_check(st.bo.map + 1024, 0x12345678, 1, "a fill of a word");
	constant_check(st.bo.map + 1025, 0x55555555, 1023, "between fills");
	constant_check(st.bo.map + 2048, 0x9abcdef0, 512 * KIB / 4, "a fill");
	constant_check(st.bo.map + 2048 + 512 * KIB / 4, 0x55555555,
		       (MIB - 512 * KIB - 8192) / 4, "behind a fill");
}

static void order(void)
{
	struct channel ch = channel_new(client_open(), 0);
	struct stage st = stage_new(ch.fd, 256 * KIB);
	unsigned int i;

	/* A chain of copies that each need the one before, in 50 EXECs. */
	pattern_write(st.bo.map, 9, 0, 1024);
	for (i = 1; i < 51; i++) {
		push_copy(&ch, st.va + i * PAGE, st.va + (i - 1) * PAGE, PAGE);
		submit(&ch, NULL, 0, NULL, 0);
	}
	finish(&ch);
	for (i = 1; i < 51; i++)
		pattern_check(st.bo.map + i * 1024, 9, 0, 1024, "a link of a chain of copies");
}

const struct test tests_exec[] = {
	{ "exec/unknown-channel", "EXEC on channels that are not there", unknown_channel },
	{ "exec/no-push", "EXECs without a push", no_push },
	{ "exec/push-count", "EXECs with as many pushes as may be", push_count },
	{ "exec/push-length", "EXECs with pushes that are too long", va_len },
	{ "exec/long-push", "1 MiB of commands that do nothing", a_mebibyte },
	{ "exec/longest-push", "8 MiB of commands that do nothing", longest, TEST_SLOW },
	{ "exec/bad-pointer", "pointers to nowhere", pointers },
	{ "exec/copy", "copies of 4 bytes to 1 MiB", copy_sizes },
	{ "exec/fill", "fills of 4 bytes and 512 KiB", fill },
	{ "exec/order", "50 EXECs that need each the one before", order },
	{ 0 }
};
