// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * seeds protocol|core DIR: what the fuzzers begin with. On standard output, a line
 * "NAME<tab>PATTERN" for each thing that a seed must reach: a basic regular
 * expression that a line of its trace matches (GPU_MODEL_FUZZ_TRACE).
 *
 * For the protocol, sessions as QEMU has them. For the GPU, the shortest driver
 * there can be, for each chip: page tables, BAR1, a channel on each runlist with
 * copies, semaphores and what goes wrong; mutations of that get further than any
 * row of random bytes. The formats are at the top of protocol.c and core.c.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chips.h"
#include "fifo.h"

static uint8_t out[1 << 20];
static size_t length;
static const char *dir;

/* What the seed at hand must reach; save() prints it. */
static const char *reached[16];
static unsigned int reaches;

static void reach(const char *pattern)
{
	if (reaches == sizeof(reached) / sizeof(reached[0]))
		abort();
	reached[reaches++] = pattern;
}

static void put(const void *data, size_t len)
{
	if (len > sizeof(out) - length)
		abort();
	memcpy(out + length, data, len);
	length += len;
}

static void save(const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(out, length, 1, f) != 1 || fclose(f)) {
		fprintf(stderr, "seeds: cannot write %s; make the directory first\n", path);
		exit(1);
	}
	if (!reaches) {
		fprintf(stderr, "seeds: %s does not say what it must reach\n", name);
		exit(1);
	}
	length = 0;
	while (reaches)
		printf("%s\t%s\n", name, reached[--reaches]);
}

/* --- the protocol -------------------------------------------------------- */

static void message(uint8_t command, uint8_t flags, uint8_t fds, const void *payload, size_t len)
{
	put((uint8_t []){ command, flags, fds, (uint8_t)len, (uint8_t)(len >> 8) }, 5);
	put(payload, len);
}

/* A message of 32-bit words. */
#define words(command, flags, fds, ...)							\
	message(command, flags, fds, (const uint32_t []){ __VA_ARGS__ },		\
		sizeof((const uint32_t []){ __VA_ARGS__ }))

static void agree(void)
{
	static const char version[] = "\0\0\0\0{\"capabilities\":{\"max_msg_fds\":8,"
		"\"max_data_xfer_size\":1048576,\"pgsizes\":4096,\"write_multiple\":true}}";

	message(1, 0, 0, version, sizeof(version));
}

static void seeds_protocol(void)
{
	uint8_t fill[161] = { 0 };
	unsigned int i;

	agree();
	words(4, 0, 0, 16, 0, 0, 0);
	for (i = 0; i < 9; i++)
		words(5, 0, 0, 32, 0, i, 0, 0, 0, 0, 0);
	for (i = 0; i < 5; i++)
		words(7, 0, 0, 16, 0, i, 0);
	reach("^sent command=4 error=0: 00000010 00000003 00000009 00000005");
	reach("^sent command=5 error=0: 00000020 00000003 00000001 00000000 10000000");
	reach("^sent command=7 error=0: 00000010 00000009 00000001 00000001");
	save("info");

	agree();
	words(2, 0, 0x11, 32, 3, 0, 0, 0x100000, 0, 0x10000, 0);
	words(2, 0, 0, 32, 1, 0, 0, 0x200000, 0, 0x10000, 0);
	words(2, 0, 0x31, 32, 3, 0, 0, 0x300000, 0, 64, 0);
	words(3, 0, 0, 24, 0, 0x200000, 0, 0x10000, 0);
	words(3, 0, 0, 24, 2, 0, 0, 0, 0);
	reach("^sent command=2 error=0:");
	reach("^sent command=3 error=0: 00000018 00000000 00200000 00000000 00010000");
	reach("^sent command=3 error=0: 00000018 00000002");
	save("map");

	agree();
	words(8, 0, 0x21, 20, 0x24, 1, 0, 1);
	words(10, 0x10, 0, 0x68, 0, 7, 4, 0x810005);
	words(10, 0x10, 0, 4, 0, 7, 4, 6);
	words(10, 0, 0, 0x1020, 0, 0, 4, 1);
	words(8, 0, 0, 20, 0x21, 1, 0, 0);
	words(8, 0, 0x21, 20, 0x24, 0, 0, 1);
	words(10, 0, 0, 0x1024, 0, 0, 4, 1);
	words(8, 0, 0, 20, 0x11, 0, 0, 1);
	message(13, 0, 0, "", 0);
	reach("^sent command=8 error=0:");
	reach("^sent command=10 error=0: 00001020");
	reach("^sent command=13 error=0:");
	save("interrupts");

	/*
	 * A DMA by the double; by messages, so that the next one has to be its reply. A
	 * message's number is the count of bytes left, and this reply's has to be 0.
	 */
	fill[8] = 1;
	fill[12] = sizeof(fill) - 16;
	agree();
	words(2, 0, 0, 32, 3, 0, 0, 0x100000, 0, 0x10000, 0);
	words(10, 0, 0, 0x1000, 0, 0, 8, 0x100000, 0);
	words(10, 0, 0, 0x1010, 0, 0, 4, 8);
	words(10, 0, 0, 0x1014, 0, 0, 4, 1);
	words(9, 0, 0, 0x1014, 0, 0, 4);
	words(11, 1, 0, 0x100000, 0, 8, 0, 1, 2);
	words(15, 0x10, 0, 2, 0, 0x100, 0, 0, 4, 5, 0, 0x104, 0, 0, 4, 6, 0);
	message(10, 0x10, 0, fill, sizeof(fill));
	reach("^sent command=11 error=0: 00100000 00000000 00000008");
	/* The DMA succeeded: the double has written 1 there. */
	reach("^sent command=9 error=0: 00001014 00000000 00000000 00000004 00000001");
	save("accesses");
}

/* --- the GPU ------------------------------------------------------------- */

static void op(uint8_t code, uint32_t where, uint32_t what)
{
	put(&code, 1);
	put(&where, 4);
	put(&what, 4);
}

static void wr(uint32_t reg, uint32_t value) { op(0, reg, value); }
static void rd(uint32_t reg) { op(1, reg, 0); }
static void vram(uint32_t addr, uint32_t value) { op(4, addr, value); }
static void wait_us(uint32_t us) { op(6, us, 0); }

static void vram64(uint32_t addr, uint64_t value)
{
	vram(addr, (uint32_t)value);
	vram(addr + 4, (uint32_t)(value >> 32));
}

/* Where things are: in VRAM, and at the same virtual addresses. */
#define INSTANCE 0x10000
#define DIRECTORY 0x20000
#define TABLES 0x30000
#define RUNLIST 0x80000
#define USERD 0x100000
#define RING 0x110000
#define PUSH 0x120000
#define CONTEXT 0x180000		/* of the graphics engine, so much: 0x10000 */
#define DATA 0x200000
#define MAPPED 0x400000		/* so much */

/* What a driver has to know of a chip beforehand, the model's table of it says. */
static const struct chip *chip;

/* The runlist of an engine; of copy engines, one that shares it with no other. */
static uint32_t runlist_of(enum engine_type type)
{
	unsigned int i = chip->engine_count;

	while (i--)
		if (chip->engines[i].type == type)
			return chip->engines[i].runlist;
	abort();
}

static void put_in_vram(uint64_t addr, uint64_t value)
{
	vram64((uint32_t)addr, value);
}

static void page_tables(void)
{
	chip->mmu->example(&(struct mmu_example){
		.pdb = DIRECTORY,
		.tables = TABLES,
		.mapped = MAPPED,
		.page = DATA,
		.dma = 0x100000,
		.put = put_in_vram,
	});
}

static void instance(uint32_t at)
{
	vram64(at + 0x200, DIRECTORY | chip->mmu->pdb_flags);
	vram64(at + 0x208, 0xffffffffff);
	vram64(at + 0x210, CONTEXT | 4);
}

/* A channel that is ready to take GP_PUT. */
static void channel(uint32_t id, uint32_t runlist)
{
	uint32_t at = INSTANCE + 0x1000 + id * 0x1000, userd = USERD + id * 0x200;

	instance(at);
	vram64(at + 0x08, userd);
	vram(at + 0x10, 0xface);
	vram(at + 0x48, RING + id * 0x1000);
	vram(at + 0x4c, 9 << 16);
	vram(at + 0xe4, 0x20);
	wr(0x800000 + id * 8, 0x80000000 | at >> 12);
	vram64(RUNLIST + runlist * 0x1000, id | (uint64_t)(at >> 12) << 32);
	wr(0x800004 + id * 8, 0x400);
	wr(0x2270, (RUNLIST + runlist * 0x1000) >> 12);
	wr(0x2274, runlist << 20 | 1);
	wait_us(100);
}

static uint32_t push_at, ring_at;

static void begin_push(void)
{
	push_at = PUSH;
	ring_at = 0;
}

static void method(uint32_t subchannel, uint32_t first, unsigned int count, const uint32_t *data)
{
	unsigned int i;

	vram(push_at, 1u << 29 | count << 16 | subchannel << 13 | first >> 2);
	push_at += 4;
	for (i = 0; i < count; i++, push_at += 4)
		vram(push_at, data[i]);
}

#define METHOD(subchannel, first, ...)						\
	method(subchannel, first, sizeof((const uint32_t []){ __VA_ARGS__ }) / 4,	\
	       (const uint32_t []){ __VA_ARGS__ })

/* What was pushed since the last time is the channel's next segment. */
static void kick(uint32_t id, uint32_t from)
{
	vram(RING + id * 0x1000 + ring_at * 8, from);
	vram(RING + id * 0x1000 + ring_at * 8 + 4, (push_at - from) / 4 << 10);
	ring_at++;
	op(2, USERD + id * 0x200 + 0x8c, ring_at);
	wait_us(2000);
	op(7, 1, 0);
	op(7, 1, 0);
	wait_us(50000);
}

/* Begins a seed for chip->name. */
static void begin_chip(void)
{
	uint8_t first = (uint8_t)fuzz_byte(chip->name);
	unsigned int i;

	if (first == FUZZ_BYTES) {
		fprintf(stderr, "seeds: no byte picks %s; chips.h needs more of them\n", chip->name);
		exit(1);
	}
	put(&first, 1);
	wr(0x200, 0xffffffff);
	for (i = 0; i < chip->intr->unmask_count; i++)
		wr(chip->intr->unmask[i].addr, chip->intr->unmask[i].value);
	wr(0x2140, 0xffffffff);
	wr(0x204, 0xffffffff);
	page_tables();
	instance(INSTANCE);
	wr(0x1704, 0x80000000 | INSTANCE >> 12);
	wr(0x1714, 0x80000000 | INSTANCE >> 12);
	wr(0x2254, 0x10000000 | USERD >> 12);
	begin_push();
}

static void save_for_chip(const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", what, chip->name);
	save(name);
}

static void seed_copy(void)
{
	uint32_t runlist = runlist_of(ENGINE_CE), from;

	begin_chip();
	channel(1, runlist);
	from = push_at;
	METHOD(4, 0, chip->class_ce[0]);
	METHOD(4, 0x400, 0, DATA, 0, DATA + 0x10000, 0x100, 0x100, 0x100, 4);
	METHOD(4, 0x240, 0, DATA + 0x20000, 1);
	METHOD(4, 0x300, 0x38a);
	METHOD(0, 0x10, 0, DATA + 0x30000, 5, 0x1000002);
	METHOD(0, 0x20, 0);
	METHOD(0, 0x10, 0, DATA + 0x30000, 5, 0x1001);
	kick(1, from);
	/* Filled, and block-linear. */
	from = push_at;
	METHOD(4, 0x700, 0x11223344, 0, 0x34444);
	METHOD(4, 0x70c, 0x110, 64, 64, 1, 0, 0);
	METHOD(4, 0x728, 0x110, 64, 64, 1, 0, 0);
	METHOD(4, 0x418, 64, 8);
	METHOD(4, 0x300, 0x782);
	METHOD(4, 0x300, 0x202);
	kick(1, from);
	/* Through the small page tables; then where there is none. */
	from = push_at;
	METHOD(4, 0x400, 0, MAPPED, 0, MAPPED + 0x1000, 0x100, 0x100, 0x100, 1);
	METHOD(4, 0x300, 0x18a);
	METHOD(4, 0x408, 0, 0x8000000);
	METHOD(4, 0x300, 0x18a);
	kick(1, from);
	rd(0x2100);
	rd(0x259c);
	rd(0x100);
	wr(0x259c, ~0u);
	wr(0x2100, ~0u);
	wr(0x262c, 1u << runlist);
	/* Taken away, and its pages. */
	wr(0x2634, 1);
	wait_us(100);
	wr(0x800004 + 8, 0x800);
	wr(0x2274, runlist << 20);
	wait_us(100);
	wr(0x800000 + 8, 0);
	vram64(DIRECTORY, 0);
	wr(0x100cb8, DIRECTORY >> 8);
	if (regs_listed(chip, 0x100cec))
		wr(0x100cec, 0);
	wr(0x100cbc, 0x80000001);
	wait_us(1000);

	reach(" map pdb=0x20000 va=0x0 size=0x400000 ");
	if (chip->mmu->has_sparse)
		reach(" sparse pdb=0x20000 va=0x40[0-9a-f]* ");
	reach(" bind ch=1 ");
	reach(" copy .*dst=0x210000");
	reach(" sem ch=1 va=0x230000 value=0x5 op=acquire");
	reach(" fault ch=1 va=0x8000000 ");
	reach(" unmap .*va=0x0 ");
	reach(" unbind ch=1 ");
	save_for_chip("copy");
}

/* The graphics engine's classes, a macro, what is in line. */
static void seed_graphics(void)
{
	uint32_t runlist = runlist_of(ENGINE_GR), from;

	begin_chip();
	channel(2, runlist);
	from = push_at;
	METHOD(0, 0, chip->class_3d);
	METHOD(1, 0, chip->class_compute);
	METHOD(2, 0, chip->class_i2m);
	METHOD(2, 0x180, 16, 1, 0, DATA);
	METHOD(2, 0x1b0, 0x11);
	METHOD(2, 0x1b4, 1);
	METHOD(2, 0x1b4, 2);
	METHOD(2, 0x1b4, 3);
	METHOD(2, 0x1b4, 4);
	METHOD(3, 0, chip->class_2d);
	/* "The next method is the report's value; send the parameter; end." */
	METHOD(0, 0x114, 0);
	METHOD(0, 0x118, 0x6c2u << 14 | 0x21);
	METHOD(0, 0x118, 1 << 11 | 0x80 | 0x41);
	METHOD(0, 0x118, 0x11);
	METHOD(0, 0x11c, 0);
	METHOD(0, 0x120, 0);
	METHOD(0, 0x3800, 7);
	METHOD(0, 0x1b00, 0, DATA + 0x1000);
	METHOD(0, 0x1b0c, 0x1000f000);
	METHOD(0, 0x78, 0);
	METHOD(0, 0x04, 0);
	kick(2, from);
	rd(pbdma_base(runlist) + 0x108);
	wr(pbdma_base(runlist) + 0x108, ~0u);

	reach(" bind ch=2 ");
	reach(" inline ch=2 dst=0x200000 len=0x10 ");
	/* The 7 was the macro's. */
	reach(" sem ch=2 va=0x201000 value=0x7 op=report");
	save_for_chip("graphics");
}

/* Falcons, the graphics engine's handshakes, the timer, a reset. */
static void seed_falcons(void)
{
	const struct ctxsw_ops *ctxsw = chip->firmware->ctxsw;
	static char bound[64];

	begin_chip();
	wr(0x10a10c, 0);
	wr(0x10a180, 0x1000000);
	wr(0x10a184, 0x12345678);
	wr(0x10a1c0, 0x1000000);
	wr(0x10a1c4, 0x12345678);
	if (regs_listed(chip, 0x10a480))
		wr(0x10a480, 0x90000000 | INSTANCE >> 12);
	wr(0x10a104, 0);
	wr(0x10a100, 2);
	wait_us(1000);
	rd(0x10a100);
	wr(0x409180, 0x1000000);
	wr(0x409184, 0x12345678);
	wr(0x409100, 2);
	wr(0x409130, 2);
	wait_us(1000);
	wr(0x409500, 0x80000000 | INSTANCE >> 12);
	if (ctxsw->size) {
		wr(0x409504, ctxsw->size);
		wait_us(1000);
		rd(0x409800);
		reach("^read 0x409800: 0x10000$");
	}
	wr(0x409504, ctxsw->bind);
	wait_us(1000);
	rd(0x409800);
	/* The context of the channel is the current one. */
	rd(0x409b00);
	snprintf(bound, sizeof(bound), "^read 0x409800: 0x%x$",
		 (ctxsw->size ? 0x10000 : ctxsw->ready) | ctxsw->bound);
	reach(bound);
	reach("^read 0x409b00: 0x80000010$");
	wr(0x9140, 1);
	wr(0x9410, 0);
	wr(0x9400, 0);
	wr(0x9420, 1000);
	wait_us(10000);
	rd(0x9100);
	rd(0x9400);
	reach("^read 0x009100: 0x1$");
	rd(0x300000);
	wr(0x1700, 0x10);
	rd(0x700000);
	reach("^read 0x300000: 0x[0-9a-f]*aa55$");
	op(7, 0, 0);
	rd(0x409b00);
	reach("^read 0x409b00: 0x0$");
	save_for_chip("falcons");
}

/*
 * A chip whose channels RM makes: no row of registers gets RM to run, as its image is
 * longer than an input. Interrupts, invalidates, doorbells and falcons are reached.
 */
static void seed_rm(void)
{
	uint8_t first = (uint8_t)fuzz_byte(chip->name);
	static char boot0[64];
	unsigned int i;

	put(&first, 1);
	for (i = 0; i < chip->intr->unmask_count; i++)
		wr(chip->intr->unmask[i].addr, chip->intr->unmask[i].value);
	rd(0);
	wr(0x110180, 0x1000000);
	wr(0x110184, 0x12345678);
	wr(0x1101c0, 0x3000000);
	wr(0x1101c4, 0x12345678);
	wr(0x1101c0, 0x2000000);
	rd(0x1101c4);
	wr(0xb830a0, DIRECTORY >> 8);
	wr(0xb830b0, 0x80000001);
	rd(0xb830b0);
	wait_us(100000);
	rd(0xb830b0);
	wr(0x110c00, 0);
	snprintf(boot0, sizeof(boot0), "^read 0x000000: 0x%x$", chip->boot0);
	reach(boot0);
	reach("^read 0x1101c4: 0x12345678$");
	reach("^read 0xb830b0: 0x80000001$");
	reach("^read 0xb830b0: 0x1$");
	save_for_chip("rm");
}

static void seeds_core(void)
{
	struct gpu_chip_info info;
	unsigned int n;

	for (n = 0; gpu_chip_info(n, &info); n++) {
		chip = chip_find(info.name);
		if (chip->firmware->rm) {
			seed_rm();
			continue;
		}
		seed_copy();
		seed_graphics();
		seed_falcons();
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 || (strcmp(argv[1], "protocol") && strcmp(argv[1], "core"))) {
		fprintf(stderr, "seeds: usage: seeds protocol|core DIR\n");
		return 2;
	}
	dir = argv[2];
	if (!strcmp(argv[1], "core"))
		seeds_core();
	else
		seeds_protocol();
	return 0;
}
