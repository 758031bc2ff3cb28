/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SOCKET_MAX_FDS 8

/* File descriptors that came with a message; whoever keeps one sets it to -1. */
struct fds {
	int fd[SOCKET_MAX_FDS];
	unsigned int count;
};

/* How long a peer may stop in the middle of a message. */
extern int socket_patience_ms;

/*
 * Up to @len bytes, and in @fds, behind those it holds already, what came with
 * them. Without @wait, -EAGAIN if there is nothing. 0 is the end of the stream,
 * -EMSGSIZE too many descriptors, -ETIMEDOUT a peer that stopped half-way.
 */
ssize_t socket_recv(int sock, void *buf, size_t len, struct fds *fds, bool wait);
bool socket_send(int sock, const void *buf, size_t len);
void fds_close(struct fds *fds);

/* A listening socket at @path, or -1 after one line on stderr. */
int socket_listen(const char *path);

#endif
