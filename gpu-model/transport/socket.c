// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Bytes and file descriptors over a UNIX socket.
 *
 * The kernel ties descriptors to the bytes they were sent with: a read that ends
 * before those bytes does not return them, one that reaches them returns them
 * and goes no further. So a reader that never asks for bytes of two messages at
 * once knows which message a descriptor belongs to.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"

/* A client in the middle of a message has nothing else to wait for. */
int socket_patience_ms = 10000;

void fds_close(struct fds *fds)
{
	unsigned int i;

	for (i = 0; i < fds->count; i++)
		if (fds->fd[i] >= 0)
			close(fds->fd[i]);
	fds->count = 0;
}

/* Takes over the descriptors that came; false: there are too many. */
static bool take_fds(struct msghdr *msg, struct fds *fds)
{
	bool fits = !(msg->msg_flags & MSG_CTRUNC);
	struct cmsghdr *c;
	size_t i, n;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (fds->count < SOCKET_MAX_FDS) {
				fds->fd[fds->count++] = fd;
			} else {
				close(fd);
				fits = false;
			}
		}
	}
	return fits;
}

ssize_t socket_recv(int sock, void *buf, size_t len, struct fds *fds, bool wait)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(SOCKET_MAX_FDS * sizeof(int))];
	} control;
	struct iovec iov = { buf, len };
	struct msghdr msg;
	struct pollfd poll_in = { sock, POLLIN, 0 };
	ssize_t n;

	for (;;) {
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n >= 0)
			return take_fds(&msg, fds) ? n : -EMSGSIZE;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || !wait)
			return -errno;
		n = poll(&poll_in, 1, socket_patience_ms);
		if (n == 0)
			return -ETIMEDOUT;
	}
}

bool socket_send(int sock, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	while (len) {
		n = send(sock, p, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

int socket_listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int sock;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		fprintf(stderr, "gpu-model: the socket's path has %zu characters, %zu fit; change to its directory\n",
			strlen(path), sizeof(addr.sun_path) - 1);
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path));
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || bind(sock, (struct sockaddr *)&addr, sizeof(addr)) || listen(sock, 1)) {
		if (errno == EADDRINUSE)
			fprintf(stderr, "gpu-model: %s exists; remove it or name another\n", path);
		else
			fprintf(stderr, "gpu-model: no socket %s: %s\n", path, strerror(errno));
		if (sock >= 0)
			close(sock);
		return -1;
	}
	return sock;
}
