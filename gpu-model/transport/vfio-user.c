// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The server's side of vfio-user, the protocol by which QEMU leaves a PCI device
 * to another process. Known from QEMU's docs/interop/vfio-user.rst, and from
 * what QEMU does:
 *
 * - A message that asks for no reply (flag 0x10: posted writes, batches of them)
 *   must get none, nor an error.
 * - QEMU reads a reply into the buffer it sent the request from. A longer one
 *   ends the connection, but for what a region's read returns.
 * - Versions 0.0, with the capabilities as a string that ends with a NUL.
 *
 * A message that no right client sends ends the connection with one line. What
 * the protocol has an error for (a range that is mapped already, a command that
 * a server may leave out) is answered with it. Every length is checked before
 * anything behind it is looked at.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dma.h"
#include "pci.h"
#include "socket.h"
#include "vfio-user.h"

/* Bytes of one read or write, as this server asks its client to keep to. */
#define MAX_TRANSFER 4096
#define MAX_PAYLOAD 16384

enum command {
	VERSION = 1,
	DMA_MAP,
	DMA_UNMAP,
	GET_INFO,
	GET_REGION_INFO,
	GET_REGION_IO_FDS,
	GET_IRQ_INFO,
	SET_IRQS,
	REGION_READ,
	REGION_WRITE,
	DMA_READ,
	DMA_WRITE,
	RESET,
	DIRTY_PAGES,
	REGION_WRITE_MULTI,
	FEATURE,
	MIG_DATA_READ,
	MIG_DATA_WRITE,
	COMMANDS
};

#define FLAG_TYPE 0x0f
#define TYPE_COMMAND 0x00
#define TYPE_REPLY 0x01
#define FLAG_NO_REPLY 0x10
#define FLAG_ERROR 0x20
#define FLAGS_KNOWN 0x3f

struct header {
	uint16_t id;
	uint16_t command;
	uint32_t size;		/* with this header */
	uint32_t flags;
	uint32_t error;
};

struct message {
	struct header header;
	uint8_t payload[MAX_PAYLOAD];
	uint32_t length;	/* of the payload */
	struct fds fds;
	struct message *next;
};

/* Payloads, or how they begin. */
struct version { uint16_t major, minor; };
struct map { uint32_t argsz, flags; uint64_t offset, addr, size; };
struct unmap { uint32_t argsz, flags; uint64_t addr, size; };
struct info { uint32_t argsz, flags, regions, irqs; };
struct region_info { uint32_t argsz, flags, index, cap_offset; uint64_t size, offset; };
struct irq_info { uint32_t argsz, flags, index, count; };
struct irq_set { uint32_t argsz, flags, index, start, count; };
struct access { uint64_t offset; uint32_t region, count; };
struct write_one { struct access access; uint8_t data[8]; };
struct transfer { uint64_t addr, count; };

#define MAP_READ 0x1
#define MAP_WRITE 0x2
#define UNMAP_ALL 0x2
#define INFO_RESET_PCI 0x3
#define REGION_READ_WRITE 0x3
#define IRQ_EVENTFD 0x1
#define IRQ_MASKABLE 0x2
#define IRQ_AUTOMASKED 0x4
#define IRQ_NORESIZE 0x8
#define SET_NONE 0x01
#define SET_BOOL 0x02
#define SET_EVENTFD 0x04
#define SET_DATA 0x07
#define SET_MASK 0x08
#define SET_UNMASK 0x10
#define SET_TRIGGER 0x20
#define SET_ACTION 0x38

static struct {
	int sock;
	struct gpu *gpu;
	bool agreed;			/* on the version */
	bool broken;
	uint64_t client_transfer;	/* most bytes of one DMA message */
	uint16_t next_id;
	struct message *queue, **queue_end;
} server;

static const char *command_name(unsigned int command)
{
	static const char *const name[COMMANDS] = {
		[VERSION] = "VERSION",
		[DMA_MAP] = "DMA_MAP",
		[DMA_UNMAP] = "DMA_UNMAP",
		[GET_INFO] = "DEVICE_GET_INFO",
		[GET_REGION_INFO] = "DEVICE_GET_REGION_INFO",
		[GET_REGION_IO_FDS] = "DEVICE_GET_REGION_IO_FDS",
		[GET_IRQ_INFO] = "DEVICE_GET_IRQ_INFO",
		[SET_IRQS] = "DEVICE_SET_IRQS",
		[REGION_READ] = "REGION_READ",
		[REGION_WRITE] = "REGION_WRITE",
		[DMA_READ] = "DMA_READ",
		[DMA_WRITE] = "DMA_WRITE",
		[RESET] = "DEVICE_RESET",
		[DIRTY_PAGES] = "DIRTY_PAGES",
		[REGION_WRITE_MULTI] = "REGION_WRITE_MULTI",
		[FEATURE] = "DEVICE_FEATURE",
		[MIG_DATA_READ] = "MIG_DATA_READ",
		[MIG_DATA_WRITE] = "MIG_DATA_WRITE",
	};

	return command < COMMANDS && name[command] ? name[command] : "unknown";
}

/* Says what is wrong with a message, once. */
__attribute__((format(printf, 2, 3)))
static bool malformed(const struct message *msg, const char *fmt, ...)
{
	char what[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (!server.broken)
		fprintf(stderr, "gpu-model: malformed %s message: %s; the connection ends here\n",
			command_name(msg->header.command), what);
	server.broken = true;
	return false;
}

/* --- messages ------------------------------------------------------------ */

/* Reads exactly @len bytes of a message that has begun. */
static bool receive_rest(struct message *msg, void *buf, size_t len)
{
	uint8_t *to = buf;
	ssize_t n;

	while (len) {
		n = socket_recv(server.sock, to, len, &msg->fds, true);
		if (n == -EMSGSIZE)
			return malformed(msg, "more than %d file descriptors", SOCKET_MAX_FDS);
		if (n == -ETIMEDOUT)
			return malformed(msg, "%zu bytes of it do not come", len);
		if (n <= 0)
			return malformed(msg, "it ends %zu bytes early", len);
		to += n;
		len -= (size_t)n;
	}
	return true;
}

static enum vfio_user_result receive(struct message *msg, bool wait)
{
	struct header *h = &msg->header;
	ssize_t n;

	memset(h, 0, sizeof(*h));
	msg->fds.count = 0;
	msg->length = 0;
	n = socket_recv(server.sock, h, sizeof(*h), &msg->fds, wait);
	if (n == -EAGAIN)
		return VFIO_USER_NOTHING;
	if (n == 0 || n == -ECONNRESET)
		return VFIO_USER_CLOSED;
	if (n == -ETIMEDOUT) {
		malformed(msg, "no answer comes");
		return VFIO_USER_BROKEN;
	}
	if (n == -EMSGSIZE) {
		malformed(msg, "more than %d file descriptors", SOCKET_MAX_FDS);
		return VFIO_USER_BROKEN;
	}
	if (n < 0) {
		fprintf(stderr, "gpu-model: cannot read from the client: %s\n", strerror((int)-n));
		return VFIO_USER_BROKEN;
	}
	if (!receive_rest(msg, (uint8_t *)h + n, sizeof(*h) - (size_t)n))
		return VFIO_USER_BROKEN;
	if (h->size < sizeof(*h)) {
		malformed(msg, "its size is %u, less than its header's", h->size);
		return VFIO_USER_BROKEN;
	}
	if (h->size - sizeof(*h) > MAX_PAYLOAD) {
		malformed(msg, "its size is %u, more than %zu", h->size,
			  sizeof(*h) + MAX_PAYLOAD);
		return VFIO_USER_BROKEN;
	}
	if (h->flags & ~FLAGS_KNOWN || (h->flags & FLAG_TYPE) > TYPE_REPLY) {
		malformed(msg, "flags 0x%x", h->flags);
		return VFIO_USER_BROKEN;
	}
	msg->length = h->size - (uint32_t)sizeof(*h);
	if (!receive_rest(msg, msg->payload, msg->length))
		return VFIO_USER_BROKEN;
	return VFIO_USER_HANDLED;
}

/* The client is gone: what it wanted to know does not matter. */
static bool send_message(const struct header *h, const void *payload, size_t len)
{
	uint8_t buf[sizeof(*h) + MAX_PAYLOAD];

	memcpy(buf, h, sizeof(*h));
	if (len)
		memcpy(buf + sizeof(*h), payload, len);
	return socket_send(server.sock, buf, sizeof(*h) + len);
}

static bool reply(const struct message *msg, const void *payload, size_t len)
{
	struct header h = {
		.id = msg->header.id,
		.command = msg->header.command,
		.size = (uint32_t)(sizeof(h) + len),
		.flags = TYPE_REPLY,
	};

	if (!(msg->header.flags & FLAG_NO_REPLY))
		send_message(&h, payload, len);
	return true;
}

static bool reply_error(const struct message *msg, int error)
{
	struct header h = {
		.id = msg->header.id,
		.command = msg->header.command,
		.size = sizeof(h),
		.flags = TYPE_REPLY | FLAG_ERROR,
		.error = (uint32_t)error,
	};

	if (!(msg->header.flags & FLAG_NO_REPLY))
		send_message(&h, NULL, 0);
	return true;
}

/* Whether the payload has just this length; a copy of it then is in @to. */
static bool take(const struct message *msg, void *to, size_t len)
{
	if (msg->length != len)
		return malformed(msg, "%u bytes of data, it takes %zu", msg->length, len);
	if (len)
		memcpy(to, msg->payload, len);
	return true;
}

/* ... or at least it. */
static bool take_first(const struct message *msg, void *to, size_t len)
{
	if (msg->length < len)
		return malformed(msg, "%u bytes of data, it takes %zu or more", msg->length, len);
	memcpy(to, msg->payload, len);
	return true;
}

/* --- what the client asks ------------------------------------------------ */

/*
 * The number behind "NAME": in a client's capabilities. They are flat enough for
 * this; whoever sends other JSON gets the defaults.
 */
static bool capability(const char *json, const char *name, const char **value)
{
	const char *at = strstr(json, name);

	if (!at || at == json || at[-1] != '"')
		return false;
	at += strlen(name);
	if (*at++ != '"')
		return false;
	at += strspn(at, " \t\r\n");
	if (*at++ != ':')
		return false;
	*value = at + strspn(at, " \t\r\n");
	return true;
}

static bool do_version(struct message *msg)
{
	struct {
		struct version version;
		char json[128];
	} answer = { { 0, 0 }, "" };
	struct version v;
	const char *json, *value;
	bool multi = false;
	size_t len = 0, space;

	if (!take_first(msg, &v, sizeof(v)))
		return false;
	if (server.agreed)
		return malformed(msg, "a second one");
	if (v.major != 0)
		return malformed(msg, "version %u.%u, this is 0.0", v.major, v.minor);
	space = msg->length - sizeof(v);
	if (space) {
		json = (const char *)msg->payload + sizeof(v);
		if (memchr(json, 0, space) != json + space - 1)
			return malformed(msg, "its capabilities do not end with a NUL");
		if (capability(json, "write_multiple", &value))
			multi = !strncmp(value, "true", 4);
		if (capability(json, "max_data_xfer_size", &value)) {
			server.client_transfer = strtoull(value, NULL, 10);
			if (!server.client_transfer)
				return malformed(msg, "max_data_xfer_size is no number");
		}
		snprintf(answer.json, sizeof(answer.json),
			 "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%d%s}}",
			 SOCKET_MAX_FDS, MAX_TRANSFER, multi ? ",\"write_multiple\":true" : "");
		len = strlen(answer.json) + 1;
		/* The client has no room for more than it sent. */
		if (len > space)
			len = 0;
	}
	server.agreed = true;
	return reply(msg, &answer, sizeof(answer.version) + len);
}

static bool do_map(struct message *msg)
{
	struct map m;
	int err;

	if (!take(msg, &m, sizeof(m)))
		return false;
	if (m.argsz < sizeof(m))
		return malformed(msg, "argsz is %u", m.argsz);
	if (m.flags & ~(uint32_t)(MAP_READ | MAP_WRITE) || !m.flags)
		return malformed(msg, "flags 0x%x", m.flags);
	if (msg->fds.count > 1)
		return malformed(msg, "%u file descriptors", msg->fds.count);
	if (!m.size || m.addr + (m.size - 1) < m.addr)
		return malformed(msg, "0x%llx bytes at 0x%llx", (unsigned long long)m.size,
				 (unsigned long long)m.addr);
	if (!msg->fds.count && m.offset)
		return malformed(msg, "an offset, but no file descriptor");
	err = dma_map(m.addr, m.size, m.flags & MAP_READ, m.flags & MAP_WRITE,
		      msg->fds.count ? msg->fds.fd[0] : -1, m.offset);
	if (err == EINVAL)
		return malformed(msg, "0x%llx bytes at 0x%llx are not in its file",
				 (unsigned long long)m.size, (unsigned long long)m.offset);
	return err ? reply_error(msg, err) : reply(msg, NULL, 0);
}

static bool do_unmap(struct message *msg)
{
	struct unmap u;
	int err = 0;

	if (!take(msg, &u, sizeof(u)))
		return false;
	if (u.flags & ~(uint32_t)UNMAP_ALL)
		return malformed(msg, "flags 0x%x", u.flags);
	if (u.flags & UNMAP_ALL)
		dma_unmap_all();
	else
		err = dma_unmap(u.addr, u.size);
	return err ? reply_error(msg, err) : reply(msg, &u, sizeof(u));
}

static bool do_info(struct message *msg)
{
	struct info i;

	if (!take(msg, &i, sizeof(i)))
		return false;
	if (i.argsz < sizeof(i))
		return malformed(msg, "argsz is %u", i.argsz);
	i = (struct info){ sizeof(i), INFO_RESET_PCI, PCI_REGIONS, PCI_IRQS };
	return reply(msg, &i, sizeof(i));
}

static bool do_region_info(struct message *msg)
{
	struct region_info r;

	if (!take(msg, &r, sizeof(r)))
		return false;
	if (r.argsz < sizeof(r))
		return malformed(msg, "argsz is %u", r.argsz);
	if (r.index >= PCI_REGIONS)
		return malformed(msg, "region %u, there are %u", r.index, PCI_REGIONS);
	r = (struct region_info){
		.argsz = sizeof(r),
		.index = r.index,
		.size = pci_region_size(r.index),
		.flags = pci_region_size(r.index) ? REGION_READ_WRITE : 0,
	};
	return reply(msg, &r, sizeof(r));
}

static bool do_irq_info(struct message *msg)
{
	struct irq_info i;

	if (!take(msg, &i, sizeof(i)))
		return false;
	if (i.argsz < sizeof(i))
		return malformed(msg, "argsz is %u", i.argsz);
	if (i.index >= PCI_IRQS)
		return malformed(msg, "interrupts of kind %u, there are %u", i.index, PCI_IRQS);
	i.argsz = sizeof(i);
	i.count = pci_irqs(i.index);
	i.flags = 0;
	if (i.count)
		i.flags = IRQ_EVENTFD |
			  (i.index == PCI_IRQ_INTX ? IRQ_MASKABLE | IRQ_AUTOMASKED : IRQ_NORESIZE);
	return reply(msg, &i, sizeof(i));
}

static bool one_bit(uint32_t value)
{
	return value && !(value & (value - 1));
}

static bool do_set_irqs(struct message *msg)
{
	struct irq_set s;
	uint32_t data, action;
	bool act = true;

	if (!take_first(msg, &s, sizeof(s)))
		return false;
	data = s.flags & SET_DATA;
	action = s.flags & SET_ACTION;
	if (s.argsz < sizeof(s))
		return malformed(msg, "argsz is %u", s.argsz);
	if (s.flags & ~(uint32_t)(SET_DATA | SET_ACTION) || !one_bit(data) || !one_bit(action))
		return malformed(msg, "flags 0x%x", s.flags);
	if (s.index >= PCI_IRQS)
		return malformed(msg, "interrupts of kind %u, there are %u", s.index, PCI_IRQS);
	/* One at most, so a sum cannot overflow behind this. */
	if (s.start > pci_irqs(s.index) || s.count > pci_irqs(s.index) - s.start)
		return malformed(msg, "%u interrupts from %u, there are %u", s.count, s.start,
				 pci_irqs(s.index));
	if (msg->length - sizeof(s) != (data == SET_BOOL ? s.count : 0))
		return malformed(msg, "%u bytes of data for %u interrupts", msg->length, s.count);
	if (msg->fds.count && (data != SET_EVENTFD || msg->fds.count != s.count))
		return malformed(msg, "%u file descriptors for %u interrupts", msg->fds.count,
				 s.count);

	if (!s.count) {
		/* All of this kind go off. */
		if (data == SET_NONE && action == SET_TRIGGER)
			pci_irq_signal_by(s.index, -1);
		return reply(msg, NULL, 0);
	}
	if (action == SET_TRIGGER && data == SET_EVENTFD) {
		pci_irq_signal_by(s.index, msg->fds.count ? msg->fds.fd[0] : -1);
		if (msg->fds.count)
			msg->fds.fd[0] = -1;
		return reply(msg, NULL, 0);
	}
	/* Neither has the line a second eventfd, nor are messages masked here. */
	if (data == SET_EVENTFD || (action != SET_TRIGGER && s.index != PCI_IRQ_INTX))
		return reply_error(msg, ENOTSUP);
	if (data == SET_BOOL)
		act = msg->payload[sizeof(s)];
	if (act && action == SET_TRIGGER)
		pci_irq_trigger(s.index);
	else if (act)
		pci_irq_mask(action == SET_MASK);
	return reply(msg, NULL, 0);
}

/* An access's region has to be there, and all of it inside. */
static bool check_access(const struct message *msg, const struct access *a)
{
	uint64_t size = 0;

	if (a->region < PCI_REGIONS)
		size = pci_region_size(a->region);
	if (!size)
		return malformed(msg, "region %u, the device has no such", a->region);
	if (!a->count || a->count > MAX_TRANSFER)
		return malformed(msg, "%u bytes at once, %d are the most", a->count, MAX_TRANSFER);
	if (a->offset >= size || a->count > size - a->offset)
		return malformed(msg, "%u bytes at 0x%llx of region %u, it has 0x%llx", a->count,
				 (unsigned long long)a->offset, a->region,
				 (unsigned long long)size);
	return true;
}

static bool do_read(struct message *msg)
{
	struct {
		struct access access;
		uint8_t data[MAX_TRANSFER];
	} r;

	if (!take(msg, &r.access, sizeof(r.access)) || !check_access(msg, &r.access))
		return false;
	pci_region_read(r.access.region, r.access.offset, r.data, r.access.count);
	return reply(msg, &r, sizeof(r.access) + r.access.count);
}

static bool do_write(struct message *msg)
{
	struct access a;

	if (!take_first(msg, &a, sizeof(a)) || !check_access(msg, &a))
		return false;
	if (msg->length - sizeof(a) != a.count)
		return malformed(msg, "%zu bytes of data for %u", msg->length - sizeof(a), a.count);
	pci_region_write(a.region, a.offset, msg->payload + sizeof(a), a.count);
	return reply(msg, &a, sizeof(a));
}

static bool do_write_multi(struct message *msg)
{
	struct write_one w;
	const uint8_t *at;
	uint64_t count, i;

	if (!take_first(msg, &count, sizeof(count)))
		return false;
	if ((msg->length - sizeof(count)) % sizeof(w) ||
	    count != (msg->length - sizeof(count)) / sizeof(w))
		return malformed(msg, "%llu writes in %zu bytes", (unsigned long long)count,
				 msg->length - sizeof(count));
	/* All are looked at before the first is done. */
	for (i = 0, at = msg->payload + sizeof(count); i < count; i++, at += sizeof(w)) {
		memcpy(&w, at, sizeof(w));
		if (!check_access(msg, &w.access))
			return false;
		if (w.access.count > sizeof(w.data))
			return malformed(msg, "write of %u bytes in 8", w.access.count);
	}
	for (i = 0, at = msg->payload + sizeof(count); i < count; i++, at += sizeof(w)) {
		memcpy(&w, at, sizeof(w));
		pci_region_write(w.access.region, w.access.offset, w.data, w.access.count);
	}
	return reply(msg, &count, sizeof(count));
}

static bool do_reset(struct message *msg)
{
	if (!take(msg, NULL, 0))
		return false;
	pci_reset();
	gpu_reset(server.gpu);
	return reply(msg, NULL, 0);
}

static bool do_unsupported(struct message *msg)
{
	return reply_error(msg, ENOTSUP);
}

static bool dispatch(struct message *msg)
{
	static bool (*const commands[COMMANDS])(struct message *msg) = {
		[VERSION] = do_version,
		[DMA_MAP] = do_map,
		[DMA_UNMAP] = do_unmap,
		[GET_INFO] = do_info,
		[GET_REGION_INFO] = do_region_info,
		[GET_REGION_IO_FDS] = do_unsupported,
		[GET_IRQ_INFO] = do_irq_info,
		[SET_IRQS] = do_set_irqs,
		[REGION_READ] = do_read,
		[REGION_WRITE] = do_write,
		[RESET] = do_reset,
		[DIRTY_PAGES] = do_unsupported,
		[REGION_WRITE_MULTI] = do_write_multi,
		[FEATURE] = do_unsupported,
		[MIG_DATA_READ] = do_unsupported,
		[MIG_DATA_WRITE] = do_unsupported,
	};
	unsigned int command = msg->header.command;

	if (command >= COMMANDS || !commands[command])
		return malformed(msg, "command %u is no client's", command);
	if ((msg->header.flags & FLAG_TYPE) != TYPE_COMMAND)
		return malformed(msg, "a reply to nothing");
	if (msg->header.flags & FLAG_ERROR)
		return malformed(msg, "flags 0x%x", msg->header.flags);
	if (!server.agreed && command != VERSION)
		return malformed(msg, "the version comes first");
	if (msg->fds.count && command != DMA_MAP && command != SET_IRQS)
		return malformed(msg, "%u file descriptors", msg->fds.count);
	return commands[command](msg);
}

/* --- what the device asks ------------------------------------------------ */

/*
 * Sends a command and waits for its reply. Commands of the client that come
 * before are kept for later: one is being carried out. A client that waits for
 * that one without looking at its socket does not answer; it is given up after
 * socket.c's patience.
 */
static struct message *ask(enum command which, const void *payload, size_t len)
{
	struct header h = {
		.id = server.next_id++,
		.command = (uint16_t)which,
		.size = (uint32_t)(sizeof(h) + len),
		.flags = TYPE_COMMAND,
	};
	struct message *msg;

	if (server.broken || !send_message(&h, payload, len))
		return NULL;
	for (;;) {
		msg = malloc(sizeof(*msg));
		if (!msg)
			return NULL;
		if (receive(msg, true) != VFIO_USER_HANDLED) {
			server.broken = true;
			break;
		}
		if ((msg->header.flags & FLAG_TYPE) == TYPE_COMMAND) {
			msg->next = NULL;
			*server.queue_end = msg;
			server.queue_end = &msg->next;
			continue;
		}
		if (msg->header.id != h.id || msg->header.command != h.command) {
			malformed(msg, "a reply to nothing");
			break;
		}
		if (msg->fds.count) {
			malformed(msg, "%u file descriptors", msg->fds.count);
			break;
		}
		if (msg->header.flags & FLAG_ERROR)
			break;
		return msg;
	}
	fds_close(&msg->fds);
	free(msg);
	return NULL;
}

static size_t transfer_size(size_t len)
{
	if (len > MAX_TRANSFER)
		len = MAX_TRANSFER;
	if (len > server.client_transfer)
		len = (size_t)server.client_transfer;
	return len;
}

bool vfio_user_dma_read(uint64_t addr, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len) {
		struct transfer t = { addr, transfer_size(len) };
		struct message *msg = ask(DMA_READ, &t, sizeof(t));
		bool right;

		if (!msg)
			return false;
		right = msg->length == sizeof(t) + t.count;
		if (right)
			memcpy(to, msg->payload + sizeof(t), t.count);
		else
			malformed(msg, "%u bytes of data, %zu were asked for", msg->length,
				  (size_t)(sizeof(t) + t.count));
		free(msg);
		if (!right)
			return false;
		addr += t.count;
		to += t.count;
		len -= t.count;
	}
	return true;
}

bool vfio_user_dma_write(uint64_t addr, const void *buf, size_t len)
{
	const uint8_t *from = buf;

	while (len) {
		struct {
			struct transfer transfer;
			uint8_t data[MAX_TRANSFER];
		} w = { .transfer = { addr, transfer_size(len) } };
		struct message *msg;

		memcpy(w.data, from, w.transfer.count);
		msg = ask(DMA_WRITE, &w, sizeof(w.transfer) + w.transfer.count);
		if (!msg)
			return false;
		free(msg);
		addr += w.transfer.count;
		from += w.transfer.count;
		len -= w.transfer.count;
	}
	return true;
}

/* --- the connection ------------------------------------------------------ */

void vfio_user_init(int sock, struct gpu *gpu)
{
	memset(&server, 0, sizeof(server));
	server.sock = sock;
	server.gpu = gpu;
	server.client_transfer = 1 << 20;
	server.queue_end = &server.queue;
}

void vfio_user_fini(void)
{
	struct message *msg;

	while ((msg = server.queue)) {
		server.queue = msg->next;
		fds_close(&msg->fds);
		free(msg);
	}
	server.queue_end = &server.queue;
}

enum vfio_user_result vfio_user_handle(void)
{
	static struct message own;
	struct message *msg = server.queue;
	enum vfio_user_result result = VFIO_USER_HANDLED;

	if (msg) {
		server.queue = msg->next;
		if (!server.queue)
			server.queue_end = &server.queue;
	} else {
		msg = &own;
		result = receive(msg, false);
	}
	if (result == VFIO_USER_HANDLED && !dispatch(msg))
		result = VFIO_USER_BROKEN;
	/* What became of a question that was asked on the way counts too. */
	if (server.broken && result == VFIO_USER_HANDLED)
		result = VFIO_USER_BROKEN;
	fds_close(&msg->fds);
	if (msg != &own)
		free(msg);
	return result;
}
