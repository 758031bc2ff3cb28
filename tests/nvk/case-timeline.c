// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Timeline semaphores: the CPU and the queue make each other wait.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vk.h"

#define SECOND 1000000000ull

static VkSemaphore timeline_new(struct device *d, uint64_t value)
{
	VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
		.initialValue = value,
	};
	VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	VkSemaphore s;

	if (!d->timeline)
		skip("the device says it has no timeline semaphores");
	CHECK(vkCreateSemaphore(d->dev, &info, NULL, &s));
	return s;
}

static uint64_t value_of(struct device *d, VkSemaphore s)
{
	uint64_t value;

	CHECK(vkGetSemaphoreCounterValue(d->dev, s, &value));
	return value;
}

static VkResult wait_for(struct device *d, VkSemaphore s, uint64_t value, uint64_t ns)
{
	VkSemaphoreWaitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.semaphoreCount = 1,
		.pSemaphores = &s,
		.pValues = &value,
	};

	return vkWaitSemaphores(d->dev, &info, ns);
}

static void signal_from_cpu(struct device *d, VkSemaphore s, uint64_t value)
{
	VkSemaphoreSignalInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
		.semaphore = s,
		.value = value,
	};

	CHECK(vkSignalSemaphore(d->dev, &info));
}

/* wait and signal are 0 where there is nothing to wait for or to signal */
static void submit(struct device *d, VkCommandBuffer cmd, VkSemaphore on, uint64_t wait,
		   VkSemaphore then, uint64_t signal)
{
	const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = wait ? 1 : 0,
		.pWaitSemaphoreValues = &wait,
		.signalSemaphoreValueCount = signal ? 1 : 0,
		.pSignalSemaphoreValues = &signal,
	};
	VkSubmitInfo info = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = &values,
		.waitSemaphoreCount = wait ? 1 : 0,
		.pWaitSemaphores = &on,
		.pWaitDstStageMask = &stage,
		.commandBufferCount = cmd ? 1 : 0,
		.pCommandBuffers = &cmd,
		.signalSemaphoreCount = signal ? 1 : 0,
		.pSignalSemaphores = &then,
	};

	CHECK(vkQueueSubmit(d->queue, 1, &info, VK_NULL_HANDLE));
}

/* A submit that waits for the CPU must not have run before; then it must. */
static void case_host_signal(struct device *d)
{
	VkSemaphore s = timeline_new(d, 5);
	uint8_t before[4096], after[4096];
	VkCommandBuffer cmd = cmd_begin(d);
	struct timespec moment = { .tv_nsec = 200000000 };
	struct buffer b;

	memset(before, 0x11, sizeof(before));
	memset(after, 0x22, sizeof(after));
	buffer_new(d, &b, sizeof(before), d->host_type);
	memset(b.map, 0x11, sizeof(before));
	vkCmdFillBuffer(cmd, b.buf, 0, VK_WHOLE_SIZE, 0x22222222);
	cmd_end(cmd);
	if (value_of(d, s) != 5)
		fail("a semaphore made with 5 says %llu", (unsigned long long)value_of(d, s));
	submit(d, cmd, s, 7, s, 9);
	nanosleep(&moment, NULL);
	if (value_of(d, s) != 5)
		fail("nobody signalled, but it says %llu", (unsigned long long)value_of(d, s));
	check_bytes("before the signal", b.map, before, sizeof(before));
	if (wait_for(d, s, 9, SECOND / 10) != VK_TIMEOUT)
		fail("a wait for what cannot come did not time out");
	signal_from_cpu(d, s, 6);
	nanosleep(&moment, NULL);
	check_bytes("after a signal that was not enough", b.map, before, sizeof(before));
	signal_from_cpu(d, s, 7);
	CHECK(wait_for(d, s, 9, 30 * SECOND));
	check_bytes("after the signal", b.map, after, sizeof(after));
	if (value_of(d, s) != 9)
		fail("signalled with 9, but it says %llu", (unsigned long long)value_of(d, s));
}

/*
 * Links of a chain, each a submit that waits for the one before and copies on
 * what that one wrote; all are queued before the first may start.
 */
static void case_chain(struct device *d)
{
	enum { LINKS = 40, SIZE = 8192 };
	VkSemaphore s = timeline_new(d, 0);
	uint8_t *want = bytes(SIZE), *got = bytes(SIZE);
	struct buffer b[LINKS + 1];
	unsigned int i;

	pattern(want, SIZE, 31);
	for (i = 0; i <= LINKS; i++)
		buffer_new(d, &b[i], SIZE, i % 2 ? d->host_type : d->vram_type);
	buffer_write(d, &b[0], 0, want, SIZE);
	for (i = 0; i < LINKS; i++) {
		VkCommandBuffer cmd = cmd_begin(d);

		cmd_copy(cmd, &b[i], 0, &b[i + 1], 0, SIZE);
		cmd_barrier(cmd);
		vkCmdFillBuffer(cmd, b[i + 1].buf, 16 * i, 4, i);
		cmd_end(cmd);
		submit(d, cmd, s, i + 1, s, i + 2);
	}
	signal_from_cpu(d, s, 1);
	for (i = 0; i < LINKS; i++) {
		memcpy(want + 16 * i, &(uint32_t){ i }, 4);
		if (i % 2)
			continue;
		/* What the value promises is there, however far the rest is. */
		CHECK(wait_for(d, s, i + 2, 30 * SECOND));
		memcpy(got, b[i + 1].map, SIZE);
		check_bytes("a link of the chain", got, want, SIZE);
	}
	CHECK(wait_for(d, s, LINKS + 1, 30 * SECOND));
	if (value_of(d, s) != LINKS + 1)
		fail("the chain ended with %llu", (unsigned long long)value_of(d, s));
	buffer_check(d, &b[LINKS], 0, want, SIZE, "the end of the chain");
}

/* The CPU answers each step of the queue: neither may run ahead. */
static void case_ping_pong(struct device *d)
{
	enum { ROUNDS = 30 };
	VkSemaphore ping = timeline_new(d, 0), pong = timeline_new(d, 0);
	struct buffer b;
	uint32_t i;

	buffer_new(d, &b, 256, d->host_type);
	memset(b.map, 0, 256);
	for (i = 1; i <= ROUNDS; i++) {
		VkCommandBuffer cmd = cmd_begin(d);

		vkCmdFillBuffer(cmd, b.buf, 4 * i, 4, 0x1000 + i);
		cmd_end(cmd);
		submit(d, cmd, ping, i, pong, i);
	}
	for (i = 1; i <= ROUNDS; i++) {
		uint32_t got[2], want[2] = { 0x1000 + i, 0 };

		signal_from_cpu(d, ping, i);
		CHECK(wait_for(d, pong, i, 30 * SECOND));
		memcpy(got, b.map + 4 * i, sizeof(got));
		check_bytes("this round and the next", got, want, sizeof(want));
	}
}

/* A submit without commands only passes a signal on. */
static void case_empty(struct device *d)
{
	VkSemaphore s = timeline_new(d, 0);
	uint8_t want[64], got[64];
	VkCommandBuffer cmd = cmd_begin(d);
	struct buffer b;

	memset(want, 0x44, sizeof(want));
	buffer_new(d, &b, sizeof(want), d->host_type);
	vkCmdFillBuffer(cmd, b.buf, 0, VK_WHOLE_SIZE, 0x44444444);
	cmd_end(cmd);
	submit(d, cmd, s, 0, s, 10);
	submit(d, VK_NULL_HANDLE, s, 10, s, 20);
	submit(d, VK_NULL_HANDLE, s, 20, s, 0x100000000ull);
	CHECK(wait_for(d, s, 0x100000000ull, 30 * SECOND));
	memcpy(got, b.map, sizeof(got));
	check_bytes("behind three signals", got, want, sizeof(want));
}

const struct vk_case timeline_cases[] = {
	{ "timeline-host-signal", case_host_signal },
	{ "timeline-chain", case_chain },
	{ "timeline-ping-pong", case_ping_pong },
	{ "timeline-empty-submit", case_empty },
	{ }
};
