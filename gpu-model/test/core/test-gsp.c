// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * RM's queues and objects, from the driver's side: what a driver sends is written
 * to the guest's memory by hand, right and wrong.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "gsp/gsp.h"
#include "transport/dma.h"
#include "transport/pci.h"

#define GUEST 0x100000ull
#define GUEST_SIZE 0x200000
#define SHM GUEST
#define CMDQ 0x1000ull
#define STATQ 0x41000ull
#define ENTRIES 63

#define CLIENT 0xc1d00001
#define DEVICE 0xde1d0000
#define SUBDEVICE 0x5d1d0000

#define FREE 10
#define CONTINUATION 71
#define CONTROL 76
#define ALLOC 103
#define INIT_DONE 0x1001

static uint32_t put, sequence;

static uint64_t entry(uint64_t queue, uint32_t index)
{
	return SHM + queue + 0x1000 + (uint64_t)(index % ENTRIES) * 0x1000;
}

static uint32_t guest_rd(uint64_t addr)
{
	return memory_rd32(card, APER_SYS_COHERENT, addr);
}

static void guest_wr(uint64_t addr, uint32_t value)
{
	memory_wr32(card, APER_SYS_COHERENT, addr, value);
}

/* A card whose RM has been told all that it has to be told, and runs. */
static void start(void)
{
	struct gpu_chip_info info;
	uint8_t args[256] = { 0 };
	unsigned int n;
	int guest;

	card_new("tu102", 1);
	for (n = 0; gpu_chip_info(n, &info) && strcmp(info.name, "tu102"); n++)
		;
	guest = memfd_create("guest", MFD_CLOEXEC);
	check(guest >= 0 && !ftruncate(guest, GUEST_SIZE));
	check_eq(dma_map(GUEST, GUEST_SIZE, true, true, guest, 0), 0);
	close(guest);
	pci_init(&info, card);
	pci_config_write(4, 2, 6);
	guest_wr(SHM + CMDQ + 0x04, 0x1000 + ENTRIES * 0x1000);
	guest_wr(SHM + CMDQ + 0x08, 0x1000);
	guest_wr(SHM + CMDQ + 0x0c, ENTRIES);
	guest_wr(SHM + CMDQ + 0x18, 0x20);
	guest_wr(SHM + CMDQ + 0x1c, 0x1000);
	store64(args, 0x00, SHM);
	store64(args, 0x10, CMDQ);
	store64(args, 0x18, STATQ);
	put = 0;
	sequence = 0;
	check(queue_open(card, args));
	card->gsp->running = true;
	card->gsp->told_system = true;
	card->gsp->told_registry = true;
	rm_start(card);
	check_eq(gpu_failures(card), 0);
}

static void end(void)
{
	card_free();
	pci_fini();
	dma_unmap_all();
}

/* The driver has read all answers. */
static void read_all(void)
{
	guest_wr(SHM + CMDQ + 0x20, guest_rd(SHM + STATQ + 0x10));
}

static void seal(uint32_t first, uint32_t count)
{
	uint32_t sum = 0, i, at;

	guest_wr(entry(CMDQ, first) + 0x20, 0);
	for (i = 0; i < count; i++)
		for (at = 0; at < 0x1000; at += 4)
			sum ^= guest_rd(entry(CMDQ, first + i) + at);
	guest_wr(entry(CMDQ, first) + 0x20, sum);
}

/* Writes a message, but does not tell RM of it. */
static void write_message(uint32_t function, const void *data, uint32_t length)
{
	uint32_t count = (0x50 + length + 0xfff) / 0x1000, i;
	const uint8_t *from = data;

	for (i = 0; i < count * 0x400; i++)
		guest_wr(entry(CMDQ, put + i / 0x400) + i % 0x400 * 4, 0);
	guest_wr(entry(CMDQ, put) + 0x24, sequence++);
	guest_wr(entry(CMDQ, put) + 0x28, count);
	guest_wr(entry(CMDQ, put) + 0x30, 0x03000000);
	guest_wr(entry(CMDQ, put) + 0x34, 0x43505256);
	guest_wr(entry(CMDQ, put) + 0x38, 32 + length);
	guest_wr(entry(CMDQ, put) + 0x3c, function);
	guest_wr(entry(CMDQ, put) + 0x48, 1000 + sequence);
	for (i = 0; i < length; i += 4)
		guest_wr(entry(CMDQ, put + (0x50 + i) / 0x1000) + (0x50 + i) % 0x1000, load32(from, i));
	seal(put, count);
}

static void ring(uint32_t count)
{
	put = (put + count) % ENTRIES;
	guest_wr(SHM + CMDQ + 0x10, put);
	wr(0x110c00, 0);
}

static void tell(uint32_t function, const void *data, uint32_t length)
{
	write_message(function, data, length);
	ring((0x50 + length + 0xfff) / 0x1000);
}

/* A word of the last answer's data. */
static uint32_t answered(uint32_t at)
{
	uint32_t last = (guest_rd(SHM + STATQ + 0x10) + ENTRIES - 1) % ENTRIES;

	return guest_rd(entry(STATQ, last) + 0x50 + at);
}

/* Returns RM's status. */
static uint32_t alloc(uint32_t parent, uint32_t handle, uint32_t class, uint32_t size)
{
	uint32_t data[8 + 128] = { CLIENT, parent, handle, class, 0, size };

	read_all();
	tell(ALLOC, data, 32 + size);
	return answered(16);
}

static void release(uint32_t handle)
{
	uint32_t data[4] = { CLIENT, 0, handle };

	read_all();
	tell(FREE, data, sizeof(data));
}

static uint32_t ask(uint32_t handle, uint32_t command, uint32_t size)
{
	uint32_t data[6 + 1024] = { CLIENT, handle, command, 0, size };

	read_all();
	tell(CONTROL, data, 24 + size);
	return answered(12);
}

static void tree(void)
{
	start();
	check_eq(alloc(0, CLIENT, 0x0000, 108), 0);
	check_eq(alloc(CLIENT, DEVICE, 0x0080, 56), 0);
	check_eq(alloc(DEVICE, SUBDEVICE, 0x2080, 4), 0);
	check_eq(gpu_failures(card), 0);
}

/* One finding, which says @what. */
static void found(const char *what)
{
	fflush(said_file);
	check_eq(gpu_failures(card), 1);
	if (!strstr(said, what))
		printf("# said: %s\n", said);
	check(strstr(said, what));
}

static void case_starts(void)
{
	start();
	check_eq(guest_rd(SHM + STATQ + 0x10), 1);
	check_eq(guest_rd(entry(STATQ, 0) + 0x3c), INIT_DONE);
	check_eq(rd(0x110008), 0x40);
}

static void case_answers(void)
{
	tree();
	check_eq(ask(SUBDEVICE, 0x20802a08, 4), 0);
	check_eq(answered(24), 0x5000);
	check_eq(guest_rd(SHM + STATQ + 0x20), put);
}

/* The vector is raised once, until the driver has cleared the interrupt. */
static void case_interrupt(void)
{
	start();
	wr(0x110004, 0x40);
	check_eq(rd(0x110008), 0);
	*reg_at(card, 0x1112b4) = 0x40;
	check_eq(alloc(0, CLIENT, 0x0000, 108), 0);
	check_eq(rd(0xb81000 + VECTOR_GSP / 32 * 4), BIT(VECTOR_GSP % 32));
	wr(0xb81000 + VECTOR_GSP / 32 * 4, BIT(VECTOR_GSP % 32));
	check_eq(alloc(CLIENT, DEVICE, 0x0080, 56), 0);
	check_eq(rd(0xb81000 + VECTOR_GSP / 32 * 4), 0);
	wr(0x110004, 0x40);
	check_eq(alloc(DEVICE, SUBDEVICE, 0x2080, 4), 0);
	check_eq(rd(0xb81000 + VECTOR_GSP / 32 * 4), BIT(VECTOR_GSP % 32));
}

static void case_unknown_function(void)
{
	uint32_t data[4] = { 0 };

	start();
	tell(199, data, sizeof(data));
	found("unknown RM function: function 199 with 16 bytes");
}

static void case_unknown_class(void)
{
	tree();
	check_eq(alloc(DEVICE, 0x1234, 0xbeef, 0), RM_INVALID_CLASS);
	found("unknown RM class: class 0xbeef");
}

static void case_unknown_control(void)
{
	tree();
	check_eq(ask(SUBDEVICE, 0x20809999, 4), RM_NOT_SUPPORTED);
	found("unknown RM control: 0x20809999 with 4 bytes, to 0x5d1d0000");
}

static void case_wrong_size(void)
{
	tree();
	check_eq(ask(SUBDEVICE, 0x20802a08, 8), RM_INVALID_ARGUMENT);
	found("CE_GET_FAULT_METHOD_BUFFER_SIZE takes 4 bytes");
}

static void case_wrong_class(void)
{
	tree();
	check_eq(ask(DEVICE, 0x20802a08, 4), RM_INVALID_ARGUMENT);
	found("RM object of a wrong class");
}

static void case_wrong_parent(void)
{
	tree();
	check_eq(alloc(CLIENT, 0x1234, 0x2080, 4), RM_INVALID_PARENT);
	found("RM object of a wrong class");
}

static void case_handle_twice(void)
{
	tree();
	check_eq(alloc(DEVICE, SUBDEVICE, 0x2080, 4), RM_DUPLICATE);
	found("RM handle used twice");
}

static void case_handle_again(void)
{
	tree();
	release(SUBDEVICE);
	check_eq(alloc(DEVICE, SUBDEVICE, 0x2080, 4), 0);
	check_eq(gpu_failures(card), 0);
}

static void case_free_twice(void)
{
	tree();
	release(SUBDEVICE);
	check_eq(gpu_failures(card), 0);
	release(SUBDEVICE);
	found("RM object freed twice");
}

static void case_free_unknown(void)
{
	tree();
	release(0x1234);
	found("unknown RM object: FREE names 0x00001234");
}

static void case_child_of_freed(void)
{
	tree();
	release(DEVICE);
	check_eq(gpu_failures(card), 0);
	check_eq(ask(SUBDEVICE, 0x20802a08, 4), RM_NOT_FOUND);
	found("RM object used after it was freed");
}

static void case_left_at_end(void)
{
	start();
	check_eq(alloc(0, CLIENT, 0x0000, 108), 0);
	gsp_halted(card);
	found("RM object left at the end");
}

static void case_checksum(void)
{
	uint32_t data[8 + 27] = { CLIENT, 0, CLIENT, 0, 0, 108 };

	start();
	write_message(ALLOC, data, sizeof(data));
	guest_wr(entry(CMDQ, put) + 0xffc, 1);
	ring(1);
	found("bad checksum of an RM message");
	check_eq(guest_rd(SHM + STATQ + 0x10), 1);
}

static void case_sequence(void)
{
	tree();
	sequence += 3;
	release(SUBDEVICE);
	found("bad sequence of an RM message: 6, expected 3");
}

static void case_signature(void)
{
	uint32_t data[4] = { CLIENT, 0, CLIENT };

	tree();
	write_message(FREE, data, sizeof(data));
	guest_wr(entry(CMDQ, put) + 0x34, 0x12345678);
	seal(put, 1);
	ring(1);
	found("bad RM message");
}

static void case_length(void)
{
	uint32_t data[4] = { CLIENT, 0, CLIENT };

	tree();
	write_message(FREE, data, sizeof(data));
	guest_wr(entry(CMDQ, put) + 0x38, 0x1000);
	seal(put, 1);
	ring(1);
	found("bad RM message");
}

static void case_entries_missing(void)
{
	uint32_t data[4] = { CLIENT, 0, CLIENT };

	tree();
	write_message(FREE, data, sizeof(data));
	guest_wr(entry(CMDQ, put) + 0x28, 2);
	seal(put, 1);
	ring(1);
	found("bad RM message: 2 entries, 1 were written");
}

static void case_index(void)
{
	tree();
	guest_wr(SHM + CMDQ + 0x10, ENTRIES);
	wr(0x110c00, 0);
	found("bad RM queue: write index 63");
}

/* Around the end, twice and more. */
static void case_wraps(void)
{
	unsigned int i;

	tree();
	for (i = 0; i < 2 * ENTRIES; i++) {
		check_eq(ask(SUBDEVICE, 0x20801112, 3212), 0);
		check_eq(alloc(DEVICE, 0x1000 + i, 0x90f1, 48), 0);
	}
	check_eq(guest_rd(SHM + STATQ + 0x20), put);
	check_eq(gpu_failures(card), 0);
}

/* Two entries that are on both sides of the end. */
static void case_wraps_inside(void)
{
	static uint8_t registry[0x1000];

	tree();
	while (put != ENTRIES - 1)
		check_eq(ask(SUBDEVICE, 0x20802a08, 4), 0);
	store32(registry, 0, 8 + 16 + 0xf00);
	store32(registry, 4, 1);
	store32(registry, 8, 8 + 16 + 0xe00);
	tell(73, registry, 8 + 16 + 0xf00 + 0x80);
	check_eq(put, 0);
	check_eq(ask(SUBDEVICE, 0x20802a08, 4), 0);
	tell(73, registry, sizeof(registry));
	check_eq(gpu_failures(card), 0);
}

/* The driver reads nothing: RM has no place left. */
static void case_full(void)
{
	uint32_t data[4] = { CLIENT };
	unsigned int i;

	tree();
	read_all();
	for (i = 0; i < ENTRIES - 1; i++)
		tell(FREE, data, sizeof(data));
	check_eq(gpu_failures(card), 0);
	tell(FREE, data, sizeof(data));
	found("RM queue full");
}

static void case_continuation(void)
{
	uint32_t data[8 + 27] = { CLIENT, 0, CLIENT, 0, 0, 108 };

	start();
	read_all();
	tell(ALLOC, data, 64);
	check_eq(guest_rd(SHM + STATQ + 0x10), 1);
	tell(CONTINUATION, (uint8_t *)data + 64, 64);
	check_eq(guest_rd(SHM + STATQ + 0x10), 1);
	tell(CONTINUATION, (uint8_t *)data + 128, sizeof(data) - 128);
	check_eq(answered(16), 0);
	check_eq(guest_rd(SHM + STATQ + 0x10), 2);
	check_eq(gpu_failures(card), 0);
}

static void case_continuation_of_nothing(void)
{
	uint32_t data[4] = { 0 };

	tree();
	tell(CONTINUATION, data, sizeof(data));
	found("bad continuation record: 16 bytes, expected 0 at most");
}

static void case_continuation_too_long(void)
{
	uint32_t data[8 + 27] = { CLIENT, 0, CLIENT, 0, 0, 108 };

	start();
	tell(ALLOC, data, 64);
	tell(CONTINUATION, data, 128);
	found("bad continuation record: 128 bytes, expected 76 at most");
}

static void case_continuation_missing(void)
{
	uint32_t data[8 + 27] = { CLIENT, 0, CLIENT, 0, 0, 108 };

	start();
	tell(ALLOC, data, 64);
	tell(ALLOC, data, sizeof(data));
	found("message before the last one was whole");
}

static void case_registry(void)
{
	uint32_t data[8] = { 32, 1, 4000, 1, 0, 4 };

	tree();
	tell(73, data, sizeof(data));
	found("bad SET_REGISTRY");
}

/* RM that refuses is no finding, and what it refused does not exist. */
static void case_refuses(void)
{
	tree();
	card->config.refuse = 0x20802a08;
	check_eq(ask(SUBDEVICE, 0x20802a08, 4), RM_NO_MEMORY);
	check_eq(ask(SUBDEVICE, 0x20800a42, 1284), 0);
	card->config.refuse = 0x90f1;
	check_eq(alloc(DEVICE, 0x90f10000, 0x90f1, 48), RM_NO_MEMORY);
	card->config.refuse = 0;
	check_eq(alloc(DEVICE, 0x90f10000, 0x90f1, 48), 0);
	check_eq(gpu_failures(card), 0);
}

#define SPACE 0x90f10000
#define DIRECTORY 0x200000
#define SET_DIRECTORY 0x00801813
#define UNSET_DIRECTORY 0x00801814

/* An address space whose directory is the driver's, or RM's. */
static uint32_t space(bool external)
{
	uint32_t data[8 + 12] = { CLIENT, DEVICE, SPACE, 0x90f1, 0, 48, 0, 0, 0, external ? BIT(3) : 0 };

	tree();
	read_all();
	tell(ALLOC, data, sizeof(data));
	return answered(16);
}

/* Returns RM's status. */
static uint32_t set_directory(uint32_t at, uint32_t entries)
{
	uint32_t data[6 + 8] = { CLIENT, DEVICE, SET_DIRECTORY, 0, 32, 0, at, 0, entries, 0, SPACE };

	read_all();
	tell(CONTROL, data, sizeof(data));
	return answered(12);
}

static uint32_t unset_directory(void)
{
	uint32_t data[6 + 2] = { CLIENT, DEVICE, UNSET_DIRECTORY, 0, 8, 0, SPACE };

	read_all();
	tell(CONTROL, data, sizeof(data));
	return answered(12);
}

/* Returns RM's status for a channel on the copy engine, with @directory in its block. */
static uint32_t make_channel(uint64_t directory)
{
	static const uint64_t inst = 0x300000, userd = 0x310000;
	const struct rm_layout *layout = rm_layout(card);
	uint32_t size = layout->channel.size;
	static uint8_t data[32 + 0x400];

	memset(data, 0, sizeof(data));
	store32(data, 0, CLIENT);
	store32(data, 4, DEVICE);
	store32(data, 8, 0xf1f00000);
	store32(data, 12, card->chip->class_host);
	store32(data, 20, size);
	store32(data + 32, layout->channel.gp_entries, 8);
	store32(data + 32, layout->channel.vas, SPACE);
	store32(data + 32, layout->channel.engine, 9);
	store64(data + 32, layout->channel.instance, inst);
	store64(data + 32, layout->channel.instance + layout->channel.mem_size, 0x1000);
	store32(data + 32, layout->channel.instance + layout->channel.mem_space, 2);
	store64(data + 32, layout->channel.userd, userd);
	store32(data + 32, layout->channel.userd + layout->channel.mem_space, 2);
	store64(data + 32, layout->channel.ramfc, inst);
	put64(inst + 0x200, directory | 0xc00);
	put64(inst + 0x208, BIT64(49) - 1);
	read_all();
	tell(ALLOC, data, 32 + size);
	return answered(16);
}

static void case_directory(void)
{
	check_eq(space(true), 0);
	check_eq(set_directory(DIRECTORY, 4), 0);
	check_eq(make_channel(DIRECTORY), 0);
	release(0xf1f00000);
	check_eq(unset_directory(), 0);
	release(SPACE);
	check_eq(gpu_failures(card), 0);
}

static void case_directory_of_rm(void)
{
	check_eq(space(false), 0);
	check_eq(make_channel(DIRECTORY), 0);
	check_eq(gpu_failures(card), 0);
	check_eq(set_directory(DIRECTORY, 4), RM_NOT_SUPPORTED);
	found("SET_PAGE_DIRECTORY names 0x90f10000 of class 0x90f1, which is no address space of");
}

static void case_directory_missing(void)
{
	check_eq(space(true), 0);
	check_eq(make_channel(DIRECTORY), RM_INVALID_ARGUMENT);
	found("bad channel: channel 0: its address space has no page directory");
}

static void case_directory_other(void)
{
	check_eq(space(true), 0);
	check_eq(set_directory(DIRECTORY, 4), 0);
	check_eq(make_channel(DIRECTORY + 0x1000), RM_INVALID_ARGUMENT);
	found("bad channel: channel 0: its instance block has another page directory");
}

static void case_directory_entries(void)
{
	check_eq(space(true), 0);
	check_eq(set_directory(DIRECTORY, 512), RM_INVALID_ARGUMENT);
	found("bad page directory: object 0x90f10000: 512 entries at 0x200000");
}

static void case_directory_nowhere(void)
{
	check_eq(space(true), 0);
	check_eq(set_directory(0xf0000000, 4), RM_INVALID_ARGUMENT);
	found("bad page directory: object 0x90f10000: 4 entries at 0xf0000000");
}

static void case_directory_in_use(void)
{
	check_eq(space(true), 0);
	check_eq(set_directory(DIRECTORY, 4), 0);
	check_eq(make_channel(DIRECTORY), 0);
	unset_directory();
	found("bad page directory: object 0x90f10000 loses it, channel 0 uses it");
}

static void case_directory_not_set(void)
{
	check_eq(space(true), 0);
	check_eq(unset_directory(), RM_INVALID_ARGUMENT);
	found("bad page directory: object 0x90f10000 has none");
}

/* Of two context buffers, the second one without an address; returns RM's status. */
static uint32_t promote(bool nonmapped)
{
	uint8_t data[24 + 0x400] = { 0 }, *params = data + 24, *entry;
	const struct rm_layout *layout;

	check_eq(space(false), 0);
	check_eq(make_channel(DIRECTORY), 0);
	layout = rm_layout(card);
	entry = params + layout->promote.entry;
	store32(data, 0, CLIENT);
	store32(data, 4, SUBDEVICE);
	store32(data, 8, 0x2080012b);
	store32(data, 16, layout->promote.size);
	store32(params, layout->promote.client, CLIENT);
	store32(params, layout->promote.object, 0xf1f00000);
	store32(params, layout->promote.count, 2);
	store64(entry, layout->promote.va, 0x1234000);
	entry += layout->promote.stride;
	store32(entry, layout->promote.id, 0x10);
	entry[layout->promote.nonmapped] = nonmapped;
	read_all();
	tell(CONTROL, data, 24 + layout->promote.size);
	return answered(12);
}

static void case_promote(void)
{
	check_eq(promote(true), 0);
	check_eq(get32(0x300000 + 0x210), 0x1234004);
	check_eq(gpu_failures(card), 0);
}

static void case_promote_no_address(void)
{
	check_eq(promote(false), RM_INVALID_ARGUMENT);
	found("bad channel: channel 0: context buffer 16 has no address");
}

#define CASE(name, function) { name, function, end }

static const struct test_case cases[] = {
	CASE("starts", case_starts),
	CASE("answers", case_answers),
	CASE("interrupt", case_interrupt),
	CASE("unknown-function", case_unknown_function),
	CASE("unknown-class", case_unknown_class),
	CASE("unknown-control", case_unknown_control),
	CASE("wrong-size", case_wrong_size),
	CASE("wrong-class", case_wrong_class),
	CASE("wrong-parent", case_wrong_parent),
	CASE("handle-twice", case_handle_twice),
	CASE("handle-again", case_handle_again),
	CASE("free-twice", case_free_twice),
	CASE("free-unknown", case_free_unknown),
	CASE("child-of-freed", case_child_of_freed),
	CASE("left-at-end", case_left_at_end),
	CASE("checksum", case_checksum),
	CASE("sequence", case_sequence),
	CASE("signature", case_signature),
	CASE("length", case_length),
	CASE("entries-missing", case_entries_missing),
	CASE("index", case_index),
	CASE("wraps", case_wraps),
	CASE("wraps-inside", case_wraps_inside),
	CASE("full", case_full),
	CASE("continuation", case_continuation),
	CASE("continuation-of-nothing", case_continuation_of_nothing),
	CASE("continuation-too-long", case_continuation_too_long),
	CASE("continuation-missing", case_continuation_missing),
	CASE("registry", case_registry),
	CASE("refuses", case_refuses),
	CASE("promote", case_promote),
	CASE("promote-no-address", case_promote_no_address),
	CASE("directory", case_directory),
	CASE("directory-of-rm", case_directory_of_rm),
	CASE("directory-missing", case_directory_missing),
	CASE("directory-other", case_directory_other),
	CASE("directory-entries", case_directory_entries),
	CASE("directory-nowhere", case_directory_nowhere),
	CASE("directory-in-use", case_directory_in_use),
	CASE("directory-not-set", case_directory_not_set),
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
