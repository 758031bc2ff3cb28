// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Commands for the GPU. A header names a method (its address by 4), how many
 * words follow for it and the ones after it, and the subchannel that they are
 * for; methods below 0x100 are the host's own, on any subchannel.
 *
 * Copies: NVIDIA's open-gpu-doc, classes/dma-copy: the methods used here have
 * been the same since A0B5 (Kepler). Host semaphores: manuals of the GPFIFO
 * classes, A06F and later. Subchannel 4 is the copy engine's by convention of
 * the hardware from Kepler on.
 */
#include "vmbind-test.h"

enum host_method {
	HOST_SET_OBJECT = 0x0000,
	HOST_NOP = 0x0008,
	HOST_SEMAPHORE_ADDRESS_HIGH = 0x0010,	/* low, payload, operation follow */
};

enum host_semaphore {
	SEMAPHORE_ACQUIRE = 1,
	SEMAPHORE_RELEASE = 2,
	SEMAPHORE_SWITCH = 1 << 12,		/* another channel may run meanwhile */
	SEMAPHORE_32_BITS = 1 << 24,		/* no timestamp beside it */
};

enum copy_method {
	COPY_LAUNCH = 0x0300,
	COPY_SRC_HIGH = 0x0400,			/* up to the line count in a row */
	COPY_DST_HIGH = 0x0408,
	COPY_PITCH_SRC = 0x0410,
	COPY_REMAP_CONST_A = 0x0700,
	COPY_REMAP_COMPONENTS = 0x0708,
};

enum copy_launch {
	LAUNCH_PIPELINED = 1,
	LAUNCH_NON_PIPELINED = 2,
	LAUNCH_FLUSH = 1 << 2,
	LAUNCH_SRC_PITCH = 1 << 7,
	LAUNCH_DST_PITCH = 1 << 8,
	LAUNCH_MULTI_LINE = 1 << 9,
	LAUNCH_REMAP = 1 << 10,
};

/* One component of four bytes, which is the constant A. */
#define REMAP_CONST_A_32 (4u | 3u << 16)

#define SUBCHANNEL_COPY 4

static void word(struct channel *ch, uint32_t value)
{
	if (ch->cur >= (ch->bo.size - PAGE) / 4)
		fail("the test wrote more commands than there is room for");
	ch->bo.map[ch->cur++] = value;
}

static void method(struct channel *ch, unsigned int address, unsigned int words)
{
	word(ch, 1u << 29 | words << 16 | SUBCHANNEL_COPY << 13 | address / 4);
}

static void launch(struct channel *ch, uint32_t flags)
{
	/* The first one waits for what came before it, which may be a fill. */
	method(ch, COPY_LAUNCH, 1);
	word(ch, LAUNCH_NON_PIPELINED | LAUNCH_FLUSH | LAUNCH_DST_PITCH | flags);
}

static void set_object(struct channel *ch)
{
	if (ch->cur > ch->begin)
		return;
	method(ch, HOST_SET_OBJECT, 1);
	word(ch, (uint32_t)ch->copy_class);
}

void push_copy_lines(struct channel *ch, uint64_t dst, uint32_t dst_pitch, uint64_t src,
		     uint32_t src_pitch, uint32_t len, uint32_t lines)
{
	set_object(ch);
	method(ch, COPY_SRC_HIGH, 8);
	word(ch, (uint32_t)(src >> 32));
	word(ch, (uint32_t)src);
	word(ch, (uint32_t)(dst >> 32));
	word(ch, (uint32_t)dst);
	word(ch, src_pitch);
	word(ch, dst_pitch);
	word(ch, len);
	word(ch, lines);
	launch(ch, LAUNCH_SRC_PITCH | (lines > 1 ? LAUNCH_MULTI_LINE : 0));
}

void push_copy(struct channel *ch, uint64_t dst, uint64_t src, uint64_t len)
{
	/* Lines of a page are copied faster than one that is as long as all. */
	if (len > PAGE && len % PAGE == 0)
		push_copy_lines(ch, dst, PAGE, src, PAGE, PAGE, (uint32_t)(len / PAGE));
	else
		push_copy_lines(ch, dst, (uint32_t)len, src, (uint32_t)len, (uint32_t)len, 1);
}

void push_fill(struct channel *ch, uint64_t dst, uint64_t len, uint32_t value)
{
	uint64_t line = len > PAGE && len % PAGE == 0 ? PAGE : len;
	uint32_t lines = (uint32_t)(len / line);

	set_object(ch);
	method(ch, COPY_REMAP_CONST_A, 1);
	word(ch, value);
	method(ch, COPY_REMAP_COMPONENTS, 1);
	word(ch, REMAP_CONST_A_32);
	method(ch, COPY_DST_HIGH, 2);
	word(ch, (uint32_t)(dst >> 32));
	word(ch, (uint32_t)dst);
	method(ch, COPY_PITCH_SRC, 4);
	word(ch, (uint32_t)line);
	word(ch, (uint32_t)line);
	/* Remapped, a line is counted in elements, a pitch still in bytes. */
	word(ch, (uint32_t)(line / 4));
	word(ch, lines);
	launch(ch, LAUNCH_SRC_PITCH | LAUNCH_REMAP | (lines > 1 ? LAUNCH_MULTI_LINE : 0));
}

void push_nop(struct channel *ch)
{
	method(ch, HOST_NOP, 1);
	word(ch, 0);
}

static void semaphore(struct channel *ch, uint64_t va, uint32_t value, uint32_t operation)
{
	set_object(ch);
	method(ch, HOST_SEMAPHORE_ADDRESS_HIGH, 4);
	word(ch, (uint32_t)(va >> 32));
	word(ch, (uint32_t)va);
	word(ch, value);
	word(ch, operation);
}

void push_acquire(struct channel *ch, uint64_t va, uint32_t value)
{
	semaphore(ch, va, value, SEMAPHORE_ACQUIRE | SEMAPHORE_SWITCH);
}

void push_release(struct channel *ch, uint64_t va, uint32_t value)
{
	semaphore(ch, va, value, SEMAPHORE_RELEASE | SEMAPHORE_32_BITS);
}
