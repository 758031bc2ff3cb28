// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fuzzer of the vfio-user server: any bytes, as messages.
 *
 * The input is a row of messages, framed so that a mutation of one leaves the
 * next alone:
 *
 *	command  1 byte
 *	how      1 byte: 0x3f flags of the header, 0x40 the size in the header is
 *	         not the right one but two more bytes
 *	fds      1 byte: how many, and of what (1 memory, 2 eventfd, 3 memory that is
 *	         too short)
 *	length   2 bytes, and so much payload
 *
 * The socket is this file's (in place of socket.c), the GPU the transport tests'
 * double, so that all there is to crash is the transport.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../test/transport/double.h"
#include "transport/dma.h"
#include "transport/pci.h"
#include "transport/socket.h"
#include "transport/vfio-user.h"

static FILE *trace;		/* GPU_MODEL_FUZZ_TRACE: what is sent */
static const uint8_t *input;
static size_t input_left;
static struct gpu *gpu;
static int memory, event, short_memory;

/* The message that is being read: header and payload, and its descriptors. */
static uint8_t message[16 + 65536];
static size_t message_size, message_at;
static unsigned int message_fds, message_fd_kind;

static bool next_message(void)
{
	uint32_t size, length;

	if (input_left < 5)
		return false;
	length = input[3] | (uint32_t)input[4] << 8;
	if (length > input_left - 5)
		length = (uint32_t)(input_left - 5);
	memset(message, 0, 16);
	message[0] = (uint8_t)input_left;
	message[2] = input[0];
	size = 16 + length;
	if (input[1] & 0x40 && length >= 2)
		size = input[5] | (uint32_t)input[6] << 8;
	memcpy(message + 4, &size, 4);
	message[8] = input[1] & 0x3f;
	memcpy(message + 16, input + 5, length);
	message_size = 16 + length;
	message_at = 0;
	message_fds = input[2] & 0x0f;
	message_fd_kind = input[2] >> 4 & 3;
	input += 5 + length;
	input_left -= 5 + length;
	return true;
}

ssize_t socket_recv(int sock, void *buf, size_t len, struct fds *fds, bool wait)
{
	(void)sock;
	(void)wait;
	if (message_at == message_size && !next_message())
		return 0;
	for (; message_fds; message_fds--) {
		if (fds->count == SOCKET_MAX_FDS)
			return -EMSGSIZE;
		fds->fd[fds->count++] = dup(message_fd_kind == 1 ? memory :
					    message_fd_kind == 2 ? event : short_memory);
	}
	if (len > message_size - message_at)
		len = message_size - message_at;
	memcpy(buf, message + message_at, len);
	message_at += len;
	return (ssize_t)len;
}

bool socket_send(int sock, const void *buf, size_t len)
{
	volatile uint8_t sum = 0;
	size_t i;

	/* A sanitizer sees whether all of it was there to be sent. */
	(void)sock;
	for (i = 0; i < len; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)buf)[i]);
	if (trace && len >= 16) {
		const uint8_t *header = buf;

		fprintf(trace, "sent command=%u error=%u:", header[2], header[12]);
		for (i = 16; i + 4 <= len; i += 4) {
			uint32_t word;

			memcpy(&word, header + i, 4);
			fprintf(trace, " %08x", word);
		}
		fprintf(trace, "\n");
	}
	return true;
}

void fds_close(struct fds *fds)
{
	unsigned int i;

	for (i = 0; i < fds->count; i++)
		if (fds->fd[i] >= 0)
			close(fds->fd[i]);
	fds->count = 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("GPU_MODEL_FUZZ_TRACE");

	(void)argc;
	(void)argv;
	trace = name ? fopen(name, "w") : NULL;
	/* What it says of each message is known. */
	stderr = fopen("/dev/null", "w");
	memory = memfd_create("memory", MFD_CLOEXEC);
	short_memory = memfd_create("short", MFD_CLOEXEC);
	event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (!stderr || ftruncate(memory, 1 << 20) || ftruncate(short_memory, 100))
		abort();
	gpu = gpu_new(NULL);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum vfio_user_result result;

	input = data;
	input_left = size;
	message_size = 0;
	message_at = 0;
	message_fds = 0;
	pci_init(&double_info, gpu);
	vfio_user_init(-1, gpu);
	do
		result = vfio_user_handle();
	while (result == VFIO_USER_HANDLED);
	if (result == VFIO_USER_NOTHING)
		abort();
	vfio_user_fini();
	dma_unmap_all();
	pci_fini();
	return 0;
}
