// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vfio-user, message by message: what a right client is answered, and that each
 * kind of wrong message ends the server with one line and status 3.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../tap.h"
#include "client.h"
#include "double.h"
#include "transport/pci.h"
#include "transport/socket.h"

struct map { uint32_t argsz, flags; uint64_t offset, addr, size; };
struct unmap { uint32_t argsz, flags; uint64_t addr, size; };
struct info { uint32_t argsz, flags, regions, irqs; };
struct region_info { uint32_t argsz, flags, index, cap_offset; uint64_t size, offset; };
struct irq_info { uint32_t argsz, flags, index, count; };
struct irq_set { uint32_t argsz, flags, index, start, count; uint8_t data[4]; };
struct access { uint64_t offset; uint32_t region, count; uint8_t data[16]; };
struct write_one { uint64_t offset; uint32_t region, count; uint64_t data; };
struct write_multi { uint64_t count; struct write_one write[4]; };

/* --- the version --------------------------------------------------------- */

/* Version 0.@minor, and capabilities with their NUL, if there are any. */
struct proposal {
	uint16_t major, minor;
	char json[200];
};

static size_t propose(struct proposal *p, uint16_t minor, const char *json)
{
	*p = (struct proposal){ .minor = minor };
	if (!json)
		return 4;
	snprintf(p->json, sizeof(p->json), "%s", json);
	return 4 + strlen(p->json) + 1;
}

/* What the server answers to a proposal: its JSON, or "" for none. */
static const char *answer_to(uint16_t minor, const char *json)
{
	static char reply[512];
	struct proposal p;
	size_t len = propose(&p, minor, json);
	uint32_t n;

	client_start();
	memset(reply, 0xff, sizeof(reply));
	n = client_ask(CMD_VERSION, &p, len, reply, sizeof(reply));
	check(n >= 4 && n <= len);
	check(!memcmp(reply, "\0\0\0\0", 4));
	check(n == 4 || reply[n - 1] == '\0');
	check_eq(client_end(), 0);
	check(!*client_stderr());
	return n == 4 ? "" : reply + 4;
}

static void case_version(void)
{
	const char *json;

	json = answer_to(0, "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":1048576,"
			    "\"max_dma_maps\":65535,\"pgsizes\":4096,\"write_multiple\":true}}");
	check(!strcmp(json, "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":4096,"
			    "\"write_multiple\":true}}"));
	client_cleanup();
	/* What is not offered is not taken. */
	json = answer_to(0, "{\"capabilities\":{\"max_msg_fds\":8, \"write_multiple\" : false, "
			    "\"max_data_xfer_size\" : 65536, \"pgsizes\":4096}}");
	check(strstr(json, "max_data_xfer_size") && !strstr(json, "write_multiple"));
	client_cleanup();
	/* No room for an answer, and nothing to answer to. */
	check(!*answer_to(0, "{\"capabilities\":{}}"));
	client_cleanup();
	check(!*answer_to(0, NULL));
	client_cleanup();
	/* A newer minor version than ours. */
	check(!*answer_to(7, NULL));
}

/* --- what the device is -------------------------------------------------- */

static void case_info(void)
{
	struct info i = { sizeof(i), 0, 0, 0 };
	struct info big = { 1000, 0, 0, 0 };

	client_start_agreed();
	check_eq(client_ask(CMD_GET_INFO, &i, sizeof(i), &i, sizeof(i)), sizeof(i));
	check_eq(i.argsz, sizeof(i));
	check_eq(i.flags, 3);
	check_eq(i.regions, 9);
	check_eq(i.irqs, 5);
	check_eq(client_ask(CMD_GET_INFO, &big, sizeof(big), &i, sizeof(i)), sizeof(i));
	check_eq(i.argsz, sizeof(i));
	check_eq(client_end(), 0);
}

static void case_region_info(void)
{
	static const uint64_t size[9] = { 16 << 20, 256 << 20, 0, 32 << 20, 0, 0, 0, 256, 0 };
	unsigned int n;

	client_start_agreed();
	for (n = 0; n < 9; n++) {
		struct region_info r = { .argsz = sizeof(r), .index = n };

		check_eq(client_ask(CMD_REGION_INFO, &r, sizeof(r), &r, sizeof(r)), sizeof(r));
		check_eq(r.argsz, sizeof(r));
		check_eq(r.index, n);
		check_eq(r.size, size[n]);
		check_eq(r.flags, size[n] ? 3 : 0);
		check_eq(r.cap_offset, 0);
		check_eq(r.offset, 0);
	}
	check_eq(client_end(), 0);
}

static void case_irq_info(void)
{
	static const struct { uint32_t count, flags; } want[5] = { { 1, 7 }, { 1, 9 } };
	unsigned int n;

	client_start_agreed();
	for (n = 0; n < 5; n++) {
		struct irq_info i = { .argsz = sizeof(i), .index = n };

		check_eq(client_ask(CMD_IRQ_INFO, &i, sizeof(i), &i, sizeof(i)), sizeof(i));
		check_eq(i.index, n);
		check_eq(i.count, want[n].count);
		check_eq(i.flags, want[n].flags);
	}
	check_eq(client_end(), 0);
}

/* --- reads and writes ---------------------------------------------------- */

static void case_read_write(void)
{
	client_start_agreed();
	client_write(0, 0x100, 4, 0x12345678);
	check_eq(client_read(0, 0x100, 4), 0x12345678);
	check_eq(client_read(0, 0x102, 2), 0x1234);
	check_eq(client_read(0, 0x101, 1), 0x56);
	client_write(0, 0x108, 8, 0x1122334455667788);
	check_eq(client_read(0, 0x108, 8), 0x1122334455667788);
	check_eq(client_read(0, DOUBLE_LAST, 8), 8ull << 32 | 0x108);
	/* The last bytes of a BAR, and another BAR. */
	client_write(0, 0xfffffc, 4, 7);
	check_eq(client_read(0, 0xfffffc, 4), 7);
	client_write(1, 0xffffff8, 8, 9);
	check_eq(client_read(1, 0xffffff8, 8), 9);
	check_eq(client_read(3, 0x1fffff8, 8), 9);
	check_eq(client_end(), 0);
}

/* What crosses an alignment is carried out in aligned pieces. */
static void case_unaligned(void)
{
	client_start_agreed();
	client_write(0, 0x101, 4, 0xaabbccdd);
	check_eq(client_read(0, DOUBLE_LAST, 8), 1ull << 32 | 0x104);
	check_eq(client_read(0, 0x100, 8), 0xaabbccdd00);
	check_eq(client_read(0, 0x102, 3), 0xaabbcc);
	check_eq(client_end(), 0);
}

static void case_long_read(void)
{
	struct access a = { 0x2000, 0, 4096, { 0 } };
	static uint8_t reply[16 + 4096];

	client_start_agreed();
	client_write(0, 0x2ffc, 4, 0x55aa55aa);
	check_eq(client_ask(CMD_READ, &a, 16, reply, sizeof(reply)), sizeof(reply));
	check(!memcmp(reply + sizeof(reply) - 4, "\xaa\x55\xaa\x55", 4));
	check(!memcmp(reply, &a, 16));
	check_eq(client_end(), 0);
}

static void case_posted(void)
{
	struct access a = { 0x100, 0, 4, { 1, 2, 3, 4 } };

	client_start_agreed();
	client_send(CMD_WRITE, FLAG_NO_REPLY, &a, 20, NULL, 0);
	check(!client_has_message());
	/* In order with what comes behind it. */
	check_eq(client_read(0, 0x100, 4), 0x04030201);
	/* Nor is there an error to what is not supported. */
	client_send(CMD_FEATURE, FLAG_NO_REPLY, &a, 16, NULL, 0);
	check(!client_has_message());
	check_eq(client_end(), 0);
}

static void case_write_multi(void)
{
	struct write_multi m = { 4, {
		{ 0x100, 0, 4, 1 }, { 0x100, 0, 1, 0xff }, { 0x108, 0, 8, -1 }, { 0x104, 0, 4, 2 },
	} };
	struct client_message msg;
	uint64_t count;

	client_start_agreed();
	check_eq(client_ask(CMD_WRITE_MULTI, &m, sizeof(m), &count, sizeof(count)), 8);
	check_eq(count, 4);
	check_eq(client_read(0, 0x100, 8), 0x2000000ff);
	check_eq(client_read(0, 0x108, 8), -1);
	m.write[0].data = 5;
	m.count = 1;
	client_send(CMD_WRITE_MULTI, FLAG_NO_REPLY, &m, 32, NULL, 0);
	check(!client_has_message());
	check_eq(client_read(0, 0x100, 4), 5);
	m.count = 0;
	check_eq(client_ask(CMD_WRITE_MULTI, &m, 8, &count, sizeof(count)), 8);

	/* One of them is wrong: none is done. */
	m.count = 2;
	m.write[0] = (struct write_one){ DOUBLE_LATER, 0, 4, 1 };
	m.write[1].offset = 16 << 20;
	client_send(CMD_WRITE_MULTI, 0, &m, 8 + 48, NULL, 0);
	check(!client_receive(&msg));
	check_eq(client_end(), 3);
}

static void case_reset(void)
{
	client_start_agreed();
	client_write(PCI_CONFIG, 4, 2, 6);
	check_eq(client_read(PCI_CONFIG, 4, 2), 6);
	client_ask(CMD_RESET, NULL, 0, NULL, 0);
	check_eq(client_read(PCI_CONFIG, 4, 2), 0);
	check_eq(client_read(0, DOUBLE_RESETS, 4), 1);
	check_eq(client_end(), 0);
}

static void case_unsupported(void)
{
	static const uint16_t commands[] = {
		CMD_REGION_IO_FDS, CMD_DIRTY_PAGES, CMD_FEATURE, CMD_MIG_READ, CMD_MIG_WRITE,
	};
	struct access a = { 0 };
	unsigned int i;

	client_start_agreed();
	for (i = 0; i < COUNT(commands); i++)
		check_eq(client_error(commands[i], &a, 16), ENOTSUP);
	check_eq(client_end(), 0);
}

/* --- the guest's memory -------------------------------------------------- */

static bool double_dma(bool write, uint64_t addr, uint64_t len)
{
	uint64_t reg = write ? DOUBLE_DMA_WRITE : DOUBLE_DMA_READ;

	client_write(0, DOUBLE_DMA_ADDR, 8, addr);
	client_write(0, DOUBLE_DMA_LENGTH, 4, len);
	client_write(0, reg, 4, 1);
	return client_read(0, reg, 4);
}

static uint32_t unmap(uint64_t addr, uint64_t size, uint32_t flags)
{
	struct unmap u = { sizeof(u), flags, addr, size };

	return client_error(CMD_DMA_UNMAP, &u, sizeof(u));
}

static void case_map(void)
{
	struct unmap u = { sizeof(u), 0, 0x100000, 0x3000 }, reply;
	struct map again = { sizeof(again), 3, 0, 0x102000, 0x2000 };
	int fd = client_memory(0x5000);
	uint64_t word = 0x1122334455667788;

	client_start_agreed();
	check(!double_dma(false, 0x100000, 8));
	check(pwrite(fd, &word, 8, 0x1ff8) == 8);
	client_map(0x100000, 0x3000, 3, fd, 0x1000);
	check(double_dma(false, 0x100ff8, 8));
	check_eq(client_read(0, DOUBLE_DMA_DATA, 8), word);
	client_write(0, DOUBLE_DMA_DATA, 8, 42);
	check(double_dma(true, 0x102ff8, 8));
	check(pread(fd, &word, 8, 0x3ff8) == 8);
	check_eq(word, 42);
	/* Over an end. */
	check(!double_dma(false, 0x102ffc, 8));
	check(!double_dma(false, 0xffffc, 8));
	/* Over an existing one, and what is none. */
	check_eq(client_error(CMD_DMA_MAP, &again, sizeof(again)), EEXIST);
	check_eq(unmap(0x100000, 0x1000, 0), ENOENT);
	check_eq(unmap(0x101000, 0x2000, 0), ENOENT);
	check_eq(unmap(0x200000, 0x3000, 0), ENOENT);
	/* The reply is what was asked. */
	check_eq(client_ask(CMD_DMA_UNMAP, &u, sizeof(u), &reply, sizeof(reply)), sizeof(u));
	check(!memcmp(&u, &reply, sizeof(u)));
	check(!double_dma(false, 0x100ff8, 8));
	check_eq(client_end(), 0);
	check(!*client_stderr());
	close(fd);
}

static void case_unmap_all(void)
{
	struct unmap u = { sizeof(u), 2, 0, 0 }, reply;
	int fd = client_memory(0x2000);

	client_start_agreed();
	client_map(0x100000, 0x1000, 3, fd, 0);
	client_map(0x300000, 0x1000, 3, fd, 0x1000);
	check(double_dma(false, 0x300000, 8));
	client_ask(CMD_DMA_UNMAP, &u, sizeof(u), &reply, sizeof(reply));
	check(!double_dma(false, 0x100000, 8));
	check(!double_dma(false, 0x300000, 8));
	check_eq(client_end(), 0);
	close(fd);
}

/* Three in a burst: each file belongs to its own message. */
static void case_map_burst(void)
{
	struct {
		uint16_t id, command;
		uint32_t size, flags, error;
		struct map map;
	} msg[3];
	struct client_message reply;
	int fd[3], i;
	uint64_t word;

	client_start_agreed();
	/* The server is held up, so that all of them wait in its socket. */
	kill(client_pid, SIGSTOP);
	for (i = 0; i < 3; i++) {
		fd[i] = client_memory(0x1000);
		word = 100 + (uint64_t)i;
		check(pwrite(fd[i], &word, 8, 0) == 8);
		memset(&msg[i], 0, sizeof(msg[i]));
		msg[i].id = (uint16_t)i;
		msg[i].command = CMD_DMA_MAP;
		msg[i].size = sizeof(msg[i]);
		msg[i].map = (struct map){ 32, 3, 0, 0x100000 + 0x1000 * (uint64_t)i, 0x1000 };
	}
	client_send_raw(&msg[0], sizeof(msg[0]), &fd[0], 1);
	client_send_raw(&msg[1], sizeof(msg[1]), NULL, 0);
	client_send_raw(&msg[2], sizeof(msg[2]), &fd[2], 1);
	kill(client_pid, SIGCONT);
	for (i = 0; i < 3; i++) {
		check(client_receive(&reply));
		check_eq(reply.id, i);
		check_eq(reply.flags, FLAG_REPLY);
	}
	for (i = 0; i < 3; i += 2) {
		check(double_dma(false, msg[i].map.addr, 8));
		check_eq(client_read(0, DOUBLE_DMA_DATA, 8), 100 + i);
	}
	check_eq(client_end(), 0);
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

struct transfer { uint64_t addr, count; uint8_t data[8192]; };

/* A range without a file: the server asks, and minds what comes in between. */
static void case_dma_messages(void)
{
	static const char agree[] = "\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":1000}}";
	struct access go = { DOUBLE_DMA_READ, 0, 4, { 1 } }, read = { 0x100, 0, 4, { 0 } };
	static struct transfer t;
	static struct client_message msg;
	uint8_t answer[256];
	uint16_t write_id, read_id;
	unsigned int i;

	client_start();
	client_ask(CMD_VERSION, agree, sizeof(agree), answer, sizeof(answer));
	client_map(0x100000, 0x4000, 3, -1, 0);
	client_write(0, 0x100, 4, 77);
	client_write(0, DOUBLE_DMA_ADDR, 8, 0x100008);
	client_write(0, DOUBLE_DMA_LENGTH, 4, 1500);

	write_id = client_send(CMD_WRITE, 0, &go, 20, NULL, 0);
	check(client_receive(&msg));
	check_eq(msg.command, CMD_DMA_READ);
	check_eq(msg.flags, 0);
	check_eq(msg.length, 16);
	memcpy(&t, msg.payload, 16);
	check_eq(t.addr, 0x100008);
	check_eq(t.count, 1000);
	/* A command before the reply: it has to wait. */
	read_id = client_send(CMD_READ, 0, &read, 16, NULL, 0);
	check(!client_has_message());
	for (i = 0; i < 1000; i++)
		t.data[i] = (uint8_t)i;
	msg.size = 16 + 16 + 1000;
	msg.flags = FLAG_REPLY;
	memcpy(msg.payload, &t, 16 + 1000);
	client_send_raw(&msg, msg.size, NULL, 0);
	check(client_receive(&msg));
	check_eq(msg.command, CMD_DMA_READ);
	memcpy(&t, msg.payload, 16);
	check_eq(t.addr, 0x100008 + 1000);
	check_eq(t.count, 500);
	memset(t.data, 0xee, 500);
	msg.size = 16 + 16 + 500;
	msg.flags = FLAG_REPLY;
	memcpy(msg.payload, &t, 16 + 500);
	client_send_raw(&msg, msg.size, NULL, 0);
	/* Now both replies, in order. */
	check(client_receive(&msg));
	check_eq(msg.id, write_id);
	check(client_receive(&msg));
	check_eq(msg.id, read_id);
	memcpy(&read, msg.payload, 20);
	check_eq(read.data[0], 77);
	check_eq(client_read(0, DOUBLE_DMA_READ, 4), 1);
	check_eq(client_read(0, DOUBLE_DMA_BLOCK + 999, 4), 0xeeeeee00 | (999 & 0xff));

	/* Written, with an error this time. */
	go.offset = DOUBLE_DMA_WRITE;
	client_write(0, DOUBLE_DMA_LENGTH, 4, 4);
	client_write(0, DOUBLE_DMA_DATA, 4, 0x01020304);
	client_send(CMD_WRITE, 0, &go, 20, NULL, 0);
	check(client_receive(&msg));
	check_eq(msg.command, CMD_DMA_WRITE);
	check_eq(msg.length, 16 + 4);
	check(!memcmp(msg.payload + 16, "\4\3\2\1", 4));
	msg.size = 16;
	msg.flags = FLAG_REPLY | FLAG_ERROR;
	msg.error = EFAULT;
	client_send_raw(&msg, msg.size, NULL, 0);
	check(client_receive(&msg));
	check_eq(client_read(0, DOUBLE_DMA_WRITE, 4), 0);
	check_eq(client_end(), 0);
	check(!*client_stderr());
}

/* --- interrupts ---------------------------------------------------------- */

#define NONE 1
#define BOOL 2
#define EVENTFD 4
#define MASK 8
#define UNMASK 0x10
#define TRIGGER 0x20

static uint32_t set_irqs(uint32_t kind, uint32_t flags, uint32_t count, int fd, int boolean)
{
	struct irq_set s = { 20, flags, kind, 0, count, { (uint8_t)boolean } };
	struct client_message msg;

	client_send(CMD_SET_IRQS, 0, &s, 20 + (flags & BOOL ? count : 0), &fd, fd >= 0);
	check(client_receive(&msg));
	return msg.flags & FLAG_ERROR ? msg.error : 0;
}

static uint64_t signals(int fd)
{
	uint64_t count = 0;

	if (read(fd, &count, sizeof(count)) < 0)
		count = 0;
	return count;
}

static void case_msi(void)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	client_start_agreed();
	check_eq(set_irqs(PCI_IRQ_MSI, EVENTFD | TRIGGER, 1, fd, 0), 0);
	/* Neither enabled, nor allowed to write to memory. */
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 0);
	client_write(PCI_CONFIG, 0x6a, 2, 1);
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 0);
	client_write(PCI_CONFIG, 0x04, 2, 4);
	client_write(0, DOUBLE_MSI, 4, 1);
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 2);
	/* By hand. */
	check_eq(set_irqs(PCI_IRQ_MSI, NONE | TRIGGER, 1, -1, 0), 0);
	check_eq(signals(fd), 1);
	check_eq(set_irqs(PCI_IRQ_MSI, BOOL | TRIGGER, 1, -1, 0), 0);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_MSI, BOOL | TRIGGER, 1, -1, 1), 0);
	check_eq(signals(fd), 1);
	/* Not to be masked. */
	check_eq(set_irqs(PCI_IRQ_MSI, NONE | MASK, 1, -1, 0), ENOTSUP);
	/* Taken away in either way. */
	check_eq(set_irqs(PCI_IRQ_MSI, EVENTFD | TRIGGER, 1, -1, 0), 0);
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_MSI, EVENTFD | TRIGGER, 1, fd, 0), 0);
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 1);
	check_eq(set_irqs(PCI_IRQ_MSI, NONE | TRIGGER, 0, -1, 0), 0);
	client_write(0, DOUBLE_MSI, 4, 1);
	check_eq(signals(fd), 0);
	check_eq(client_end(), 0);
	close(fd);
}

static void case_intx(void)
{
	int fd = eventfd(0, EFD_NONBLOCK);

	client_start_agreed();
	/* Up before anybody listens. */
	client_write(0, DOUBLE_INTX, 4, 1);
	check_eq(client_read(PCI_CONFIG, 0x06, 2) & 8, 8);
	check_eq(set_irqs(PCI_IRQ_INTX, EVENTFD | TRIGGER, 1, fd, 0), 0);
	check_eq(signals(fd), 1);
	/* Masked until said otherwise, then looked at again. */
	client_write(0, DOUBLE_INTX, 4, 0);
	check_eq(client_read(PCI_CONFIG, 0x06, 2) & 8, 0);
	client_write(0, DOUBLE_INTX, 4, 1);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_INTX, NONE | UNMASK, 1, -1, 0), 0);
	check_eq(signals(fd), 1);
	client_write(0, DOUBLE_INTX, 4, 0);
	check_eq(set_irqs(PCI_IRQ_INTX, BOOL | UNMASK, 1, -1, 1), 0);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_INTX, NONE | MASK, 1, -1, 0), 0);
	client_write(0, DOUBLE_INTX, 4, 1);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_INTX, BOOL | UNMASK, 1, -1, 0), 0);
	check_eq(signals(fd), 0);
	check_eq(set_irqs(PCI_IRQ_INTX, NONE | UNMASK, 1, -1, 0), 0);
	check_eq(signals(fd), 1);
	/* Off by the command register. */
	client_write(PCI_CONFIG, 0x04, 2, 0x400);
	check_eq(set_irqs(PCI_IRQ_INTX, NONE | UNMASK, 1, -1, 0), 0);
	check_eq(signals(fd), 0);
	client_write(PCI_CONFIG, 0x04, 2, 0);
	check_eq(signals(fd), 1);
	/* And by MSI. */
	client_write(PCI_CONFIG, 0x6a, 2, 1);
	check_eq(set_irqs(PCI_IRQ_INTX, NONE | UNMASK, 1, -1, 0), 0);
	check_eq(signals(fd), 0);
	/* A second eventfd, for masking, is not had. */
	check_eq(set_irqs(PCI_IRQ_INTX, EVENTFD | UNMASK, 1, fd, 0), ENOTSUP);
	check_eq(client_end(), 0);
	close(fd);
}

/* --- the loop ------------------------------------------------------------ */

static void case_deadline(void)
{
	unsigned int tries;

	client_start_agreed();
	client_write(0, DOUBLE_LATER, 4, 1);
	check_eq(client_read(0, DOUBLE_COUNT, 4), 0);
	for (tries = 0; tries < 200 && !client_read(0, DOUBLE_COUNT, 4); tries++)
		usleep(10000);
	check_eq(client_read(0, DOUBLE_COUNT, 4), 1);
	/* Also with nobody talking to it. */
	client_write(0, DOUBLE_LATER, 4, 1);
	usleep(100000);
	check_eq(client_read(0, DOUBLE_COUNT, 4), 2);
	check_eq(client_end(), 0);
}

static void case_told_to_end(void)
{
	client_start_agreed();
	kill(client_pid, SIGTERM);
	check_eq(client_end(), 0);
	check(!*client_stderr());
}

/* --- malformed messages -------------------------------------------------- */

/* The server ends: nothing more is said to the client, one line on stderr. */
static void ends_with(const char *what)
{
	struct client_message msg;
	const char *text;

	check(!client_receive(&msg));
	check_eq(client_end(), 3);
	text = client_stderr();
	if (!strstr(text, what) || strncmp(text, "gpu-model: malformed ", 21) ||
	    strchr(text, '\n') != text + strlen(text) - 1) {
		printf("# it says: %s# and should say: %s\n", text, what);
		check(false);
	}
	client_cleanup();
}

/* A command with @len bytes at @payload, which ends all. */
static void wrong(uint16_t command, const void *payload, size_t len, const char *what)
{
	client_start_agreed();
	client_send(command, 0, payload, len, NULL, 0);
	ends_with(what);
}

static void wrong_fds(uint16_t command, const void *payload, size_t len, unsigned int count,
		      const char *what)
{
	int fds[64];
	unsigned int i;

	for (i = 0; i < count; i++)
		fds[i] = 1;
	client_start_agreed();
	client_send(command, 0, payload, len, fds, count);
	ends_with(what);
}

struct header { uint16_t id, command; uint32_t size, flags, error; };

static void wrong_header(struct header header, size_t len, const char *what)
{
	client_start_agreed();
	client_send_raw(&header, len, NULL, 0);
	if (len < 16)
		shutdown(client_sock, SHUT_WR);
	ends_with(what);
}

static void case_bad_header(void)
{
	struct info i = { sizeof(i), 0, 0, 0 };

	wrong_header((struct header){ 1, CMD_RESET, 15, 0, 0 }, 16, "size is 15");
	wrong_header((struct header){ 1, CMD_RESET, 0, 0, 0 }, 16, "size is 0");
	wrong_header((struct header){ 1, CMD_RESET, 16 + 16385, 0, 0 }, 16, "size is 16401");
	wrong_header((struct header){ 1, CMD_RESET, 0xffffffff, 0, 0 }, 16, "size is 4294967295");
	wrong_header((struct header){ 1, CMD_RESET, 16, 2, 0 }, 16, "flags 0x2");
	wrong_header((struct header){ 1, CMD_RESET, 16, 0x40, 0 }, 16, "flags 0x40");
	wrong_header((struct header){ 1, CMD_RESET, 16, 0x20, 0 }, 16, "flags 0x20");
	wrong_header((struct header){ 1, CMD_RESET, 16, 1, 0 }, 16, "a reply to nothing");
	wrong_header((struct header){ 1, 0, 16, 0, 0 }, 16, "command 0");
	wrong_header((struct header){ 1, CMD_DMA_READ, 16, 0, 0 }, 16, "command 11");
	wrong_header((struct header){ 1, CMD_DMA_WRITE, 16, 0, 0 }, 16, "command 12");
	wrong_header((struct header){ 1, 19, 16, 0, 0 }, 16, "command 19");
	wrong_header((struct header){ 1, 65535, 16, 0, 0 }, 16, "command 65535");
	wrong_header((struct header){ 1, CMD_RESET, 16, 0, 0 }, 7, "ends 9 bytes early");

	client_start_agreed();
	client_send_raw(&(struct header){ 1, CMD_GET_INFO, 32, 0, 0 }, 16, NULL, 0);
	client_send_raw(&i, 5, NULL, 0);
	shutdown(client_sock, SHUT_WR);
	ends_with("ends 11 bytes early");

	/* Or the client just stops. */
	client_start_agreed();
	client_send_raw(&(struct header){ 1, CMD_GET_INFO, 32, 0, 0 }, 16, NULL, 0);
	ends_with("16 bytes of it do not come");
}

static void case_bad_version(void)
{
	struct info i = { sizeof(i), 0, 0, 0 };
	struct proposal p;

	client_start();
	client_send(CMD_GET_INFO, 0, &i, sizeof(i), NULL, 0);
	ends_with("the version comes first");
	client_start();
	client_send(CMD_VERSION, 0, "\0\0", 2, NULL, 0);
	ends_with("2 bytes of data");
	client_start();
	client_send(CMD_VERSION, 0, "\1\0\0\0", 4, NULL, 0);
	ends_with("version 1.0");
	client_start();
	client_send(CMD_VERSION, 0, "\0\0\0\0{}", 6, NULL, 0);
	ends_with("do not end with a NUL");
	client_start();
	client_send(CMD_VERSION, 0, "\0\0\0\0{\0}", 8, NULL, 0);
	ends_with("do not end with a NUL");
	client_start();
	client_send(CMD_VERSION, 0, &p, propose(&p, 0, "{\"max_data_xfer_size\":\"x\"}"), NULL, 0);
	ends_with("max_data_xfer_size");
	wrong(CMD_VERSION, "\0\0\0\0", 4, "a second one");
}

static void case_bad_map(void)
{
	struct map m = { sizeof(m), 3, 0, 0x1000, 0x1000 }, bad;
	struct unmap u = { sizeof(u), 0, 0x1000, 0x1000 };
	int fd = client_memory(0x2000);

	wrong(CMD_DMA_MAP, &m, 31, "31 bytes of data, it takes 32");
	wrong(CMD_DMA_MAP, &m, 0, "0 bytes of data");
	bad = m;
	bad.argsz = 31;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "argsz is 31");
	bad = m;
	bad.flags = 0;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "flags 0x0");
	bad = m;
	bad.flags = 7;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "flags 0x7");
	bad = m;
	bad.size = 0;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "0x0 bytes at 0x1000");
	bad = m;
	bad.addr = -0x1000ull;
	bad.size = 0x1001;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "0x1001 bytes at 0xfffffffffffff000");
	bad = m;
	bad.offset = 0x1000;
	wrong(CMD_DMA_MAP, &bad, sizeof(bad), "no file descriptor");
	wrong_fds(CMD_DMA_MAP, &m, sizeof(m), 2, "2 file descriptors");
	wrong_fds(CMD_DMA_MAP, &m, sizeof(m), SOCKET_MAX_FDS + 1, "more than 8 file descriptors");
	/* No file of memory; one that is too short for it. */
	client_start_agreed();
	client_send(CMD_DMA_MAP, 0, &m, sizeof(m), &client_sock, 1);
	ends_with("not in its file");
	bad = m;
	bad.offset = 0x1001;
	client_start_agreed();
	client_send(CMD_DMA_MAP, 0, &bad, sizeof(bad), &fd, 1);
	ends_with("not in its file");
	bad = m;
	bad.offset = -0x1000ull;
	client_start_agreed();
	client_send(CMD_DMA_MAP, 0, &bad, sizeof(bad), &fd, 1);
	ends_with("not in its file");
	close(fd);

	wrong(CMD_DMA_UNMAP, &u, 23, "23 bytes of data");
	u.flags = 1;
	wrong(CMD_DMA_UNMAP, &u, sizeof(u), "flags 0x1");
	u.flags = 0;
	wrong_fds(CMD_DMA_UNMAP, &u, sizeof(u), 1, "1 file descriptors");
}

static void case_bad_info(void)
{
	struct info i = { sizeof(i), 0, 0, 0 };
	struct region_info r = { .argsz = sizeof(r) };
	struct irq_info q = { .argsz = sizeof(q) };

	wrong(CMD_GET_INFO, &i, 15, "15 bytes of data");
	i.argsz = 15;
	wrong(CMD_GET_INFO, &i, sizeof(i), "argsz is 15");
	wrong(CMD_REGION_INFO, &r, 31, "31 bytes of data");
	wrong(CMD_REGION_INFO, &r, 0, "0 bytes of data");
	r.index = 9;
	wrong(CMD_REGION_INFO, &r, sizeof(r), "region 9, there are 9");
	r.argsz = 0;
	wrong(CMD_REGION_INFO, &r, sizeof(r), "argsz is 0");
	wrong(CMD_IRQ_INFO, &q, 15, "15 bytes of data");
	q.index = 5;
	wrong(CMD_IRQ_INFO, &q, sizeof(q), "kind 5, there are 5");
	q.argsz = 4;
	wrong(CMD_IRQ_INFO, &q, sizeof(q), "argsz is 4");
	wrong(CMD_RESET, &q, 4, "4 bytes of data, it takes 0");
	wrong_fds(CMD_RESET, NULL, 0, 1, "1 file descriptors");
}

static void case_bad_set_irqs(void)
{
	const struct irq_set s = { 20, EVENTFD | TRIGGER, PCI_IRQ_MSI, 0, 1, { 0 } };
	struct irq_set bad;

	wrong(CMD_SET_IRQS, &s, 19, "19 bytes of data");
	wrong(CMD_SET_IRQS, &s, 21, "21 bytes of data for 1 interrupts");
	bad = s;
	bad.argsz = 19;
	wrong(CMD_SET_IRQS, &bad, 20, "argsz is 19");
	bad = s;
	bad.flags = TRIGGER;
	wrong(CMD_SET_IRQS, &bad, 20, "flags 0x20");
	bad = s;
	bad.flags = EVENTFD;
	wrong(CMD_SET_IRQS, &bad, 20, "flags 0x4");
	bad = s;
	bad.flags = EVENTFD | NONE | TRIGGER;
	wrong(CMD_SET_IRQS, &bad, 20, "flags 0x25");
	bad = s;
	bad.flags = NONE | TRIGGER | MASK;
	wrong(CMD_SET_IRQS, &bad, 20, "flags 0x29");
	bad = s;
	bad.flags |= 0x40;
	wrong(CMD_SET_IRQS, &bad, 20, "flags 0x64");
	bad = s;
	bad.index = 5;
	wrong(CMD_SET_IRQS, &bad, 20, "kind 5");
	bad = s;
	bad.index = PCI_IRQ_MSIX;
	wrong(CMD_SET_IRQS, &bad, 20, "1 interrupts from 0, there are 0");
	bad = s;
	bad.start = 1;
	wrong(CMD_SET_IRQS, &bad, 20, "1 interrupts from 1, there are 1");
	bad = s;
	bad.start = 0xffffffff;
	bad.count = 2;
	wrong(CMD_SET_IRQS, &bad, 20, "from 4294967295");
	bad = s;
	bad.flags = BOOL | TRIGGER;
	wrong(CMD_SET_IRQS, &bad, 20, "20 bytes of data for 1 interrupts");
	wrong_fds(CMD_SET_IRQS, &s, 20, 2, "2 file descriptors for 1");
	bad = s;
	bad.flags = NONE | TRIGGER;
	wrong_fds(CMD_SET_IRQS, &bad, 20, 1, "1 file descriptors for 1");
}

static void case_bad_access(void)
{
	const struct access a = { 0x100, 0, 4, { 0 } };
	struct access bad;
	struct write_multi m = { 1, { { 0x100, 0, 4, 0 } } };

	wrong(CMD_READ, &a, 15, "15 bytes of data");
	wrong(CMD_READ, &a, 20, "20 bytes of data");
	bad = a;
	bad.region = 9;
	wrong(CMD_READ, &bad, 16, "region 9");
	bad = a;
	bad.region = 2;
	wrong(CMD_READ, &bad, 16, "region 2");
	bad = a;
	bad.region = PCI_ROM;
	wrong(CMD_READ, &bad, 16, "region 6");
	bad = a;
	bad.region = 0xffffffff;
	wrong(CMD_READ, &bad, 16, "region 4294967295");
	bad = a;
	bad.count = 0;
	wrong(CMD_READ, &bad, 16, "0 bytes at once");
	bad = a;
	bad.count = 4097;
	wrong(CMD_READ, &bad, 16, "4097 bytes at once");
	bad = a;
	bad.offset = 16 << 20;
	wrong(CMD_READ, &bad, 16, "4 bytes at 0x1000000 of region 0");
	bad = a;
	bad.offset = (16 << 20) - 3;
	wrong(CMD_READ, &bad, 16, "4 bytes at 0xfffffd");
	bad = a;
	bad.offset = -2ull;
	wrong(CMD_READ, &bad, 16, "4 bytes at 0xfffffffffffffffe");
	bad = a;
	bad.region = PCI_CONFIG;
	bad.offset = 253;
	wrong(CMD_READ, &bad, 16, "4 bytes at 0xfd of region 7, it has 0x100");
	wrong_fds(CMD_READ, &a, 16, 1, "1 file descriptors");

	wrong(CMD_WRITE, &a, 15, "15 bytes of data");
	wrong(CMD_WRITE, &a, 19, "3 bytes of data for 4");
	wrong(CMD_WRITE, &a, 21, "5 bytes of data for 4");
	bad = a;
	bad.offset = 16 << 20;
	wrong(CMD_WRITE, &bad, 20, "4 bytes at 0x1000000");
	bad = a;
	bad.count = 0xffffffff;
	wrong(CMD_WRITE, &bad, 20, "4294967295 bytes at once");

	wrong(CMD_WRITE_MULTI, &m, 7, "7 bytes of data");
	wrong(CMD_WRITE_MULTI, &m, 31, "1 writes in 23 bytes");
	m.count = 2;
	wrong(CMD_WRITE_MULTI, &m, 32, "2 writes in 24 bytes");
	m.count = 0x1000000000000001;
	wrong(CMD_WRITE_MULTI, &m, 32, "writes in 24 bytes");
	m.count = 1;
	m.write[0].count = 9;
	wrong(CMD_WRITE_MULTI, &m, 32, "write of 9 bytes in 8");
	m.write[0].count = 4;
	m.write[0].region = 2;
	wrong(CMD_WRITE_MULTI, &m, 32, "region 2");
}

/* The server asks for memory; its client answers nonsense. */
static void ask_memory(struct client_message *msg)
{
	struct access go = { DOUBLE_DMA_READ, 0, 4, { 1 } };

	client_start_agreed();
	client_map(0x100000, 0x1000, 3, -1, 0);
	client_write(0, DOUBLE_DMA_ADDR, 8, 0x100000);
	client_write(0, DOUBLE_DMA_LENGTH, 4, 8);
	client_send(CMD_WRITE, FLAG_NO_REPLY, &go, 20, NULL, 0);
	check(client_receive(msg));
	msg->flags = FLAG_REPLY;
}

static void case_bad_dma_reply(void)
{
	struct client_message msg;
	int fd = 1;

	ask_memory(&msg);
	msg.size = 16 + 16 + 7;
	client_send_raw(&msg, msg.size, NULL, 0);
	ends_with("23 bytes of data, 24 were asked for");
	ask_memory(&msg);
	msg.size = 16 + 16 + 9;
	client_send_raw(&msg, msg.size, NULL, 0);
	ends_with("25 bytes of data");
	ask_memory(&msg);
	msg.size = 16;
	client_send_raw(&msg, msg.size, NULL, 0);
	ends_with("0 bytes of data");
	ask_memory(&msg);
	msg.size = 16 + 16 + 8;
	msg.id++;
	client_send_raw(&msg, msg.size, NULL, 0);
	ends_with("a reply to nothing");
	ask_memory(&msg);
	msg.size = 16 + 16 + 8;
	msg.command = CMD_DMA_WRITE;
	client_send_raw(&msg, msg.size, NULL, 0);
	ends_with("a reply to nothing");
	ask_memory(&msg);
	msg.size = 16 + 16 + 8;
	client_send_raw(&msg, msg.size, &fd, 1);
	ends_with("1 file descriptors");
	/* None at all. */
	ask_memory(&msg);
	ends_with("no answer comes");
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{ "version", case_version, client_cleanup },
		{ "info", case_info, client_cleanup },
		{ "region-info", case_region_info, client_cleanup },
		{ "irq-info", case_irq_info, client_cleanup },
		{ "read-write", case_read_write, client_cleanup },
		{ "unaligned", case_unaligned, client_cleanup },
		{ "long-read", case_long_read, client_cleanup },
		{ "posted", case_posted, client_cleanup },
		{ "write-multi", case_write_multi, client_cleanup },
		{ "reset", case_reset, client_cleanup },
		{ "unsupported", case_unsupported, client_cleanup },
		{ "map", case_map, client_cleanup },
		{ "unmap-all", case_unmap_all, client_cleanup },
		{ "map-burst", case_map_burst, client_cleanup },
		{ "dma-messages", case_dma_messages, client_cleanup },
		{ "msi", case_msi, client_cleanup },
		{ "intx", case_intx, client_cleanup },
		{ "deadline", case_deadline, client_cleanup },
		{ "told-to-end", case_told_to_end, client_cleanup },
		{ "bad-header", case_bad_header, client_cleanup },
		{ "bad-version", case_bad_version, client_cleanup },
		{ "bad-map", case_bad_map, client_cleanup },
		{ "bad-info", case_bad_info, client_cleanup },
		{ "bad-set-irqs", case_bad_set_irqs, client_cleanup },
		{ "bad-access", case_bad_access, client_cleanup },
		{ "bad-dma-reply", case_bad_dma_reply, client_cleanup },
	};

	socket_patience_ms = 300;
	return tap_main(argc, argv, cases, COUNT(cases));
}
