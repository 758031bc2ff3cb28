// SPDX-License-Identifier: GPL-2.0 OR MIT
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "double.h"
#include "transport/loop.h"
#include "transport/pci.h"
#include "transport/socket.h"

int client_sock = -1;
int client_pid;
static FILE *said;
static uint16_t next_id = 100;

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void serve(int sock)
{
	struct gpu *gpu = gpu_new(&(struct gpu_config){ .chip = "double" });
	bool right;

	loop_init();
	pci_init(&double_info, gpu);
	right = loop_run(sock, gpu);
	pci_fini();
	gpu_free(gpu);
	close(sock);
	fflush(NULL);
	exit(right ? 0 : 3);
}

void client_start(void)
{
	int pair[2];

	said = tmpfile();
	if (!said || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("no socket");
	fflush(stdout);
	client_pid = fork();
	if (client_pid < 0)
		die("no process");
	if (!client_pid) {
		close(pair[0]);
		dup2(fileno(said), STDERR_FILENO);
		serve(pair[1]);
	}
	close(pair[1]);
	client_sock = pair[0];
}

void client_start_agreed(void)
{
	static const char version[] = "\0\0\0\0{\"capabilities\":{\"max_msg_fds\":8,"
		"\"max_data_xfer_size\":1048576,\"pgsizes\":4096,\"write_multiple\":true}}";
	char reply[256];

	client_start();
	client_ask(CMD_VERSION, version, sizeof(version), reply, sizeof(reply));
}

int client_end(void)
{
	int status;

	if (client_sock >= 0)
		close(client_sock);
	client_sock = -1;
	if (waitpid(client_pid, &status, 0) != client_pid)
		die("no child");
	client_pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *client_stderr(void)
{
	static char text[65536];
	size_t n;

	rewind(said);
	n = fread(text, 1, sizeof(text) - 1, said);
	text[n] = '\0';
	return text;
}

void client_cleanup(void)
{
	if (client_sock >= 0)
		close(client_sock);
	client_sock = -1;
	if (client_pid) {
		kill(client_pid, SIGKILL);
		waitpid(client_pid, NULL, 0);
		client_pid = 0;
	}
	if (said) {
		/* Of a server that a sanitizer ended, say. */
		const char *text = client_stderr();

		if (strstr(text, "ERROR") || strstr(text, "runtime error"))
			printf("# %s\n", text);
		fclose(said);
		said = NULL;
	}
}

void client_send_raw(const void *data, size_t len, const int *fds, unsigned int fd_count)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(64 * sizeof(int))];
	} control;
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd_count) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, fd_count * sizeof(int));
	}
	/* A server that has gone is what some tests are about. */
	if (sendmsg(client_sock, &msg, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		die("cannot send");
}

uint16_t client_send(uint16_t command, uint32_t flags, const void *payload, size_t len,
		     const int *fds, unsigned int fd_count)
{
	struct client_message msg = {
		.id = next_id++, .command = command, .size = (uint32_t)(16 + len), .flags = flags,
	};

	if (len)
		memcpy(msg.payload, payload, len);
	client_send_raw(&msg, 16 + len, fds, fd_count);
	return msg.id;
}

static bool receive_all(void *buf, size_t len)
{
	ssize_t n = len ? recv(client_sock, buf, len, MSG_WAITALL) : 0;

	if (n < 0 && errno != ECONNRESET)
		die("cannot receive");
	return n == (ssize_t)len;
}

bool client_receive(struct client_message *msg)
{
	if (!receive_all(msg, 16))
		return false;
	msg->length = msg->size - 16;
	if (msg->size < 16 || msg->length > sizeof(msg->payload)) {
		errno = EMSGSIZE;
		die("a reply");
	}
	return receive_all(msg->payload, msg->length);
}

bool client_has_message(void)
{
	struct pollfd in = { client_sock, POLLIN, 0 };

	return poll(&in, 1, 200) == 1;
}

static void ask(uint16_t command, const void *payload, size_t len, struct client_message *msg)
{
	uint16_t id = client_send(command, 0, payload, len, NULL, 0);

	if (!client_receive(msg) || msg->id != id || msg->command != command ||
	    !(msg->flags & FLAG_REPLY)) {
		errno = EPROTO;
		die("no right reply");
	}
}

uint32_t client_ask(uint16_t command, const void *payload, size_t len, void *reply, size_t space)
{
	struct client_message msg;

	ask(command, payload, len, &msg);
	if (msg.flags != FLAG_REPLY || msg.length > space) {
		errno = msg.error ? (int)msg.error : EMSGSIZE;
		die("a reply");
	}
	if (msg.length)
		memcpy(reply, msg.payload, msg.length);
	return msg.length;
}

uint32_t client_error(uint16_t command, const void *payload, size_t len)
{
	struct client_message msg;

	ask(command, payload, len, &msg);
	return msg.flags == (FLAG_REPLY | FLAG_ERROR) && !msg.length ? msg.error : 0;
}

struct access { uint64_t offset; uint32_t region, count; uint64_t data; };

uint64_t client_read(uint32_t region, uint64_t offset, uint32_t size)
{
	struct access a = { offset, region, size, 0 }, reply = { 0 };

	client_ask(CMD_READ, &a, 16, &reply, sizeof(reply));
	return reply.data;
}

void client_write(uint32_t region, uint64_t offset, uint32_t size, uint64_t value)
{
	struct access a = { offset, region, size, value }, reply;

	client_ask(CMD_WRITE, &a, 16 + size, &reply, sizeof(reply));
}

int client_memory(size_t size)
{
	int fd = memfd_create("guest", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		die("no memory");
	return fd;
}

void client_map(uint64_t addr, uint64_t size, uint32_t flags, int fd, uint64_t offset)
{
	struct { uint32_t argsz, flags; uint64_t offset, addr, size; } map = {
		32, flags, offset, addr, size,
	};
	struct client_message msg;

	client_send(CMD_DMA_MAP, 0, &map, sizeof(map), &fd, fd >= 0);
	if (!client_receive(&msg) || msg.flags != FLAG_REPLY) {
		errno = (int)msg.error;
		die("cannot map");
	}
}
