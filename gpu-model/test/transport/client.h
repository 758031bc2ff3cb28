/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The client's side of vfio-user, for tests: as right or as wrong as they like.
 * The server is a process of its own, so that its end can be looked at.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CMD_VERSION = 1, CMD_DMA_MAP, CMD_DMA_UNMAP, CMD_GET_INFO, CMD_REGION_INFO,
	CMD_REGION_IO_FDS, CMD_IRQ_INFO, CMD_SET_IRQS, CMD_READ, CMD_WRITE, CMD_DMA_READ,
	CMD_DMA_WRITE, CMD_RESET, CMD_DIRTY_PAGES, CMD_WRITE_MULTI, CMD_FEATURE,
	CMD_MIG_READ, CMD_MIG_WRITE,
};

#define FLAG_REPLY 0x01
#define FLAG_NO_REPLY 0x10
#define FLAG_ERROR 0x20

struct client_message {
	uint16_t id, command;
	uint32_t size, flags, error;
	uint8_t payload[16384];
	uint32_t length;
};

extern int client_sock;
extern int client_pid;

/* A server with nothing said to it; or one that has agreed on the version. */
void client_start(void);
void client_start_agreed(void);
/* Ends the connection if it is open; what the server exits with, -1: a signal. */
int client_end(void);
/* What it has said on stderr, when it has ended. */
const char *client_stderr(void);
/* Kills what is left of a case. */
void client_cleanup(void);

void client_send_raw(const void *data, size_t len, const int *fds, unsigned int fd_count);
/* Returns the id. */
uint16_t client_send(uint16_t command, uint32_t flags, const void *payload, size_t len,
		     const int *fds, unsigned int fd_count);
/* The next message of the server; false: there is none, the connection is closed. */
bool client_receive(struct client_message *msg);
/* Whether one is there. */
bool client_has_message(void);
/* Sends a command and takes its reply, which has no error; the reply's length. */
uint32_t client_ask(uint16_t command, const void *payload, size_t len, void *reply, size_t space);
/* ... which has one: the errno. */
uint32_t client_error(uint16_t command, const void *payload, size_t len);

uint64_t client_read(uint32_t region, uint64_t offset, uint32_t size);
void client_write(uint32_t region, uint64_t offset, uint32_t size, uint64_t value);
/* Memory at @addr of the guest: a file, of which the fd is returned. */
int client_memory(size_t size);
void client_map(uint64_t addr, uint64_t size, uint32_t flags, int fd, uint64_t offset);

#endif
