// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Maps, seen by the GPU: the right memory, all of it, and not any more once it
 * is unmapped.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vmbind-test.h"

#define VA 0x40000000ull

struct scene {
	int fd;
	struct channel ch;
	struct stage st;
};

static struct scene scene_new(uint64_t stage)
{
	struct scene s = { .fd = client_open() };

	s.ch = channel_new(s.fd, 0);
	s.st = stage_new(s.fd, stage);
	return s;
}

/* What the GPU wrote through the VM the CPU sees, and the reverse. */
static void cpu_sees(uint32_t domain, uint64_t size)
{
	struct scene s = scene_new(size);
	struct bo bo = bo_new(s.fd, size, domain | NV_MAPPABLE);
	uint32_t *words = bo_map(&bo);
	unsigned int i;

	map(VA, &bo, 0, size);
	gpu_write(&s.ch, &s.st, VA, 5, 0, size);
	pattern_check(words, 5, 0, size / 4, "what the GPU wrote, by the CPU");
	for (i = 0; i < size / 4; i++)
		words[i] = pattern(6, i);
	/* Reading back brings what is still on its way. */
	(void)*(volatile uint32_t *)words;
	gpu_check(&s.ch, &s.st, VA, 6, 0, size, "what the CPU wrote, by the GPU");
}

static void cpu_gart(void)
{
	cpu_sees(NV_GART | NV_COHERENT, 256 * KIB);
}

static void cpu_vram(void)
{
	/* Small: a read of VRAM by the CPU takes long. */
	cpu_sees(NV_VRAM, 8 * KIB);
}

static void sizes(uint32_t domain)
{
	static const uint64_t size[] = {
		PAGE, 3 * PAGE, 64 * KIB, 68 * KIB, 128 * KIB, MIB, 2 * MIB,
		2 * MIB + PAGE, 6 * MIB + 4 * PAGE,
	};
	struct scene s = scene_new(MIB);
	struct bo bo[ARRAY_SIZE(size)];
	uint64_t va = VA;
	unsigned int i;

	/* Side by side without a gap, so that few are aligned. */
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		bo[i] = bo_new(s.fd, size[i], domain);
		map(va, &bo[i], 0, size[i]);
		gpu_write(&s.ch, &s.st, va, i + 1, 0, size[i]);
		va += size[i];
	}
	va = VA;
	for (i = 0; i < ARRAY_SIZE(size); i++) {
		gpu_check(&s.ch, &s.st, va, i + 1, 0, size[i], "a buffer among others");
		va += size[i];
	}
}

static void sizes_gart(void)
{
	sizes(NV_GART);
}

static void sizes_vram(void)
{
	sizes(NV_VRAM);
}

/* All of a buffer, then parts of it elsewhere at other offsets. */
static void offsets(uint32_t domain)
{
	const uint64_t size = 4 * MIB;
	struct scene s = scene_new(MIB);
	struct bo bo = bo_new(s.fd, size, domain);
	unsigned int i;

	map(VA, &bo, 0, size);
	gpu_write(&s.ch, &s.st, VA, 1, 0, size);
	for (i = 0; i < 24; i++) {
		uint64_t offset = random_below((uint32_t)(size / PAGE)) * PAGE;
		uint64_t room = size - offset;
		uint64_t range = (random_below((uint32_t)(room / PAGE)) + 1) * PAGE;
		uint64_t va = VA + 2 * GIB + random_below(1 << 16) * PAGE;

		debug("0x%llx bytes of offset 0x%llx at 0x%llx", (unsigned long long)range,
		      (unsigned long long)offset, (unsigned long long)va);
		map(va, &bo, offset, range);
		gpu_check(&s.ch, &s.st, va, 1, offset / 4, range, "a part of a buffer");
		unmap(s.fd, va, range);
	}
}

static void offsets_gart(void)
{
	offsets(NV_GART);
}

static void offsets_vram(void)
{
	offsets(NV_VRAM);
}

static void alias(void)
{
	struct scene s = scene_new(256 * KIB);
	struct bo bo = bo_new(s.fd, 256 * KIB, NV_VRAM | NV_GART);
	unsigned int i;

	for (i = 0; i < 8; i++)
		map(VA + i * GIB, &bo, 0, bo.size);
	/* Two places of one buffer that overlap in it. */
	map(VA + 8 * GIB, &bo, 64 * KIB, 128 * KIB);
	for (i = 0; i < 8; i++) {
		gpu_write(&s.ch, &s.st, VA + i * GIB, i + 1, 0, bo.size);
		gpu_check(&s.ch, &s.st, VA + (i + 3) % 8 * GIB, i + 1, 0, bo.size,
			  "what was written by another address");
		gpu_check(&s.ch, &s.st, VA + 8 * GIB, i + 1, 64 * KIB / 4, 128 * KIB,
			  "a part that was written by another address");
	}
	/* The same buffer twice in one row. */
	map(VA + 9 * GIB, &bo, 0, bo.size);
	map(VA + 9 * GIB + bo.size, &bo, 0, bo.size);
	gpu_check(&s.ch, &s.st, VA + 9 * GIB + bo.size, 8, 0, bo.size, "the second in a row");
}

/* After a remap the address means the new buffer, to reads and to writes. */
static void remap(uint32_t domain)
{
	struct scene s = scene_new(256 * KIB);
	uint32_t id[2] = { 1, 2 };
	struct bo bo[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		bo[i] = bo_new(s.fd, 256 * KIB, domain);
		map(VA + (i + 1) * GIB, &bo[i], 0, bo[i].size);
		gpu_write(&s.ch, &s.st, VA + (i + 1) * GIB, id[i], 0, bo[i].size);
	}
	for (i = 0; i < 16; i++) {
		unsigned int now = i % 2;
		uint64_t size = bo[now].size;

		/* With and without an unmap in between. */
		if (i % 3 == 1)
			unmap(s.fd, VA, size);
		map(VA, &bo[now], 0, size);
		gpu_check(&s.ch, &s.st, VA, id[now], 0, size, "the new buffer");
		id[now] = i + 9;
		gpu_write(&s.ch, &s.st, VA, id[now], 0, size);
		gpu_check(&s.ch, &s.st, VA + (now + 1) * GIB, id[now], 0, size,
			  "the new buffer by its other address");
		gpu_check(&s.ch, &s.st, VA + (2 - now) * GIB, id[1 - now], 0, size,
			  "the old buffer, which must not have changed");
	}
}

static void remap_gart(void)
{
	remap(NV_GART);
}

static void remap_vram(void)
{
	remap(NV_VRAM);
}

/* What is unmapped the GPU cannot write: the channel dies of it. */
static void unmapped_is_gone(void)
{
	struct scene s = scene_new(64 * KIB);
	struct bo bo = bo_new(s.fd, 64 * KIB, NV_VRAM);
	struct channel second = channel_new(s.fd, 1);
	int ret;

	map(VA, &bo, 0, bo.size);
	/* The page table stays, for what is mapped beside it. */
	map(VA + bo.size, &bo, 0, PAGE);
	map(VA + GIB, &bo, 0, bo.size);
	gpu_write(&s.ch, &s.st, VA, 3, 0, bo.size);
	unmap(s.fd, VA, bo.size);
	pattern_write(s.st.bo.map, 4, 0, 1024);
	push_copy(&s.ch, VA, s.st.va, PAGE);
	ret = try_finish(&s.ch);
	gpu_check(&second, &s.st, VA + GIB, 3, 0, bo.size, "a buffer, after a write where it was");
	fail_if(!ret, "a write to an unmapped address went well");
}

static void handle_closed(void)
{
	struct scene s = scene_new(MIB);
	struct bo bo = bo_new(s.fd, MIB, NV_VRAM);
	struct bo other;

	map(VA, &bo, 0, MIB);
	bo_close(&bo);
	gpu_write(&s.ch, &s.st, VA, 1, 0, MIB);
	/* Were its memory free, this would get it. */
	other = bo_new(s.fd, MIB, NV_VRAM);
	map(VA + GIB, &other, 0, MIB);
	gpu_write(&s.ch, &s.st, VA + GIB, 2, 0, MIB);
	gpu_check(&s.ch, &s.st, VA, 1, 0, MIB, "a mapped buffer without a handle");
	unmap(s.fd, VA, MIB);
	gpu_check(&s.ch, &s.st, VA + GIB, 2, 0, MIB, "another buffer");
}

/* One ioctl that maps, maps over it, and unmaps a part of that. */
static void many_steps(void)
{
	struct scene s = scene_new(256 * KIB);
	struct nv_bind_op ops[6];
	struct shadow w;

	shadow_init(&w, &s.ch, &s.st, VA, 32, 32, NV_VRAM);
	ops[0] = shadow_map(&w, 0, 0, 0, 32);
	ops[1] = shadow_map(&w, 8, 1, 3, 16);
	ops[2] = shadow_unmap(&w, 12, 6);
	ops[3] = shadow_map(&w, 13, 2, 30, 2);
	ops[4] = shadow_map(&w, 0, 3, 8, 4);
	ops[5] = shadow_unmap(&w, 31, 1);
	want(try_bind(s.fd, ops, ARRAY_SIZE(ops)), 0);
	shadow_check(&w, "six steps in one ioctl");
}

static void highest(void)
{
	struct scene s = scene_new(64 * KIB);
	struct bo bo = bo_new(s.fd, 64 * KIB, NV_VRAM);
	const uint64_t places[] = {
		PAGE, 2 * MIB - PAGE, 0x38000000 - PAGE, KERNEL_ADDR - PAGE,
		KERNEL_ADDR + KERNEL_SIZE, dev.va_end - 64 * KIB, dev.va_end - PAGE,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		uint64_t range = PAGE;

		if (places[i] + 64 * KIB <= dev.va_end &&
		    (places[i] + 64 * KIB <= KERNEL_ADDR || places[i] >= KERNEL_ADDR))
			range = 64 * KIB;
		want(try_map(places[i], &bo, 0, range), 0);
		gpu_write(&s.ch, &s.st, places[i], i + 1, 0, range);
		gpu_check(&s.ch, &s.st, places[i], i + 1, 0, range, "an address at a border");
		unmap(s.fd, places[i], range);
	}
}

static void gem_info(void)
{
	int fd = client_open();
	struct bo bo = bo_new(fd, 2 * MIB, NV_VRAM);
	struct nv_gem_info info;

	want(try_gem_info(fd, bo.handle, &info), 0);
	fail_if(info.offset,
		"GEM_INFO tells an address, 0x%llx, that only VM_BIND can give",
		(unsigned long long)info.offset);
	fail_if(info.size != 2 * MIB || info.domain != NV_VRAM || info.handle != bo.handle,
		"GEM_INFO: size 0x%llx, domain 0x%x", (unsigned long long)info.size, info.domain);
	map(VA, &bo, 0, bo.size);
	want(try_gem_info(fd, bo.handle, &info), 0);
	fail_if(info.offset,
		"GEM_INFO tells an address, 0x%llx, once it is mapped",
		(unsigned long long)info.offset);
	want(try_gem_info(fd, 0x7fffffff, &info), -ENOENT);
}

/* The kind, how memory is tiled, belongs to the mapping. */
static void kind(void)
{
	struct scene s = scene_new(256 * KIB);
	/* Tiled memory without compression, for all formats. */
	const uint32_t generic = dev.family >= NV_TURING ? 0x06 : 0xfe;
	struct nv_bind_op op;
	struct bo bo;

	bo = bo_new(s.fd, 256 * KIB, NV_VRAM);
	op = op_map(VA, &bo, 0, bo.size);
	op.flags = generic;
	want(try_op(s.fd, op), 0);
	gpu_write(&s.ch, &s.st, VA, 1, 0, bo.size);
	gpu_check(&s.ch, &s.st, VA, 1, 0, bo.size, "tiled memory");
	/* The same addresses in a row again after it. */
	map(VA, &bo, 0, bo.size);
	gpu_write(&s.ch, &s.st, VA, 2, 0, bo.size);
	gpu_check(&s.ch, &s.st, VA, 2, 0, bo.size, "memory of kind 0 where it had another");
}

/*
 * A kind that no chip has may be refused by the bind or, as nouveau does, leave
 * nothing mapped; the GPU must not get to the memory as if it were of another.
 */
static void no_such_kind(void)
{
	struct scene s = scene_new(64 * KIB);
	struct bo bo = bo_new(s.fd, 64 * KIB, NV_VRAM);
	struct channel second = channel_new(s.fd, 1);
	struct nv_bind_op op = op_map(VA, &bo, 0, bo.size);
	int ret;

	op.flags = 0xff;
	ret = try_op(s.fd, op);
	fail_if(ret && ret != -EINVAL, "mapped with kind 0xff: %s", errname(ret));
	note("the bind says %s", ret ? errname(ret) : "nothing");
	pattern_write(s.st.bo.map, 1, 0, 1024);
	push_copy(&s.ch, VA, s.st.va, PAGE);
	fail_if(!try_finish(&s.ch),
		"a write to memory of kind 0xff, which there is not, went well");
	/* It can be mapped over. */
	map(VA, &bo, 0, bo.size);
	gpu_write(&second, &s.st, VA, 2, 0, bo.size);
	gpu_check(&second, &s.st, VA, 2, 0, bo.size, "memory of kind 0 where it had a wrong one");
}

static void two_vms(void)
{
	struct scene a = scene_new(256 * KIB);
	struct scene b = scene_new(256 * KIB);
	struct bo bo_a = bo_new(a.fd, 256 * KIB, NV_VRAM);
	struct bo bo_b = bo_new(b.fd, 256 * KIB, NV_VRAM);

	/* The same address means another memory to each. */
	map(VA, &bo_a, 0, bo_a.size);
	map(VA, &bo_b, 0, bo_b.size);
	gpu_write(&a.ch, &a.st, VA, 1, 0, bo_a.size);
	gpu_write(&b.ch, &b.st, VA, 2, 0, bo_b.size);
	gpu_check(&a.ch, &a.st, VA, 1, 0, bo_a.size, "the first client's memory");
	gpu_check(&b.ch, &b.st, VA, 2, 0, bo_b.size, "the second client's memory");
	close(b.fd);
	gpu_check(&a.ch, &a.st, VA, 1, 0, bo_a.size, "its memory without the second");
}

const struct test tests_map[] = {
	{ "map/cpu-gart", "256 KiB of memory, by CPU and GPU", cpu_gart },
	{ "map/cpu-vram", "8 KiB of VRAM, by CPU and GPU", cpu_vram },
	{ "map/sizes-gart", "buffers of 4 KiB to 6 MiB in the GART", sizes_gart },
	{ "map/sizes-vram", "buffers of 4 KiB to 6 MiB in VRAM", sizes_vram },
	{ "map/offsets-gart", "24 parts of 4 MiB in the GART", offsets_gart },
	{ "map/offsets-vram", "24 parts of 4 MiB in VRAM", offsets_vram },
	{ "map/alias", "one buffer at 11 places", alias },
	{ "map/remap-gart", "two buffers in turn at an address, in the GART", remap_gart },
	{ "map/remap-vram", "two buffers in turn at an address, in VRAM", remap_vram },
	{ "map/unmapped-is-gone", "writes where a buffer was: the channel dies", unmapped_is_gone },
	{ "map/handle-closed", "a buffer of which only the mapping is left", handle_closed },
	{ "map/many-steps", "maps over maps in one ioctl", many_steps, TEST_CUTS },
	{ "map/borders", "maps at borders of the address space", highest },
	{ "map/gem-info", "asks for addresses of buffers", gem_info },
	{ "map/kind", "a mapping of tiled memory", kind },
	{ "map/no-such-kind", "a mapping of a kind that there is not: the channel dies",
	  no_such_kind },
	{ "map/two-vms", "two clients that use the same address", two_vms },
	{ 0 }
};
