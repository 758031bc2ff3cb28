// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The one loop: the guest's messages, and the GPU's own work when it is due.
 *
 * Messages are handled as long as there are some, without asking poll() in
 * between; before each, work that has become due is done. So a guest that keeps
 * writing cannot stop the engines, and engines with endless work leave the guest
 * its turn.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "dma.h"
#include "loop.h"
#include "pci.h"
#include "vfio-user.h"

static volatile sig_atomic_t told_to_end;
static sigset_t while_waiting;

static void on_signal(int number)
{
	(void)number;
	told_to_end = 1;
}

void loop_init(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGHUP);
	sigprocmask(SIG_BLOCK, &ours, &while_waiting);
	sigdelset(&while_waiting, SIGTERM);
	sigdelset(&while_waiting, SIGINT);
	sigdelset(&while_waiting, SIGHUP);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int control = -1;
static char line[4096];
static size_t line_length;

void loop_control(int fd)
{
	control = fd;
}

/* What there is to read, line by line. */
static void run_control(struct gpu *gpu)
{
	ssize_t got = read(control, line + line_length, sizeof(line) - 1 - line_length);
	char *end;

	if (got <= 0)
		return;
	line_length += (size_t)got;
	line[line_length] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		gpu_control(gpu, line);
		line_length -= (size_t)(end + 1 - line);
		memmove(line, end + 1, line_length + 1);
	}
	/* Longer than a line can be. */
	if (line_length == sizeof(line) - 1)
		line_length = 0;
}

/*
 * Until @fd or, if there is a GPU, the control has something to read, or @timeout has
 * passed; false: told to end.
 */
static bool wait_for(int fd, const struct timespec *timeout, struct gpu *gpu)
{
	struct pollfd in[2] = { { fd, POLLIN, 0 }, { gpu ? control : -1, POLLIN, 0 } };

	/* What the guest has sent already comes first: a picture has to have it. */
	if (ppoll(in, 2, timeout, &while_waiting) > 0 && !in[0].revents && in[1].revents & POLLIN)
		run_control(gpu);
	return !told_to_end;
}

int loop_accept(int listener)
{
	/* A client that takes no replies is not waited for without end. */
	struct timeval patience = { .tv_sec = 10 };
	int sock;

	if (!wait_for(listener, NULL, NULL))
		return -1;
	sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (sock >= 0)
		setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return sock;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Does what is due; how long there is until the next, NULL: nothing waits. */
static struct timespec *run_due(struct gpu *gpu, struct timespec *left)
{
	uint64_t due = gpu_deadline(gpu), time;

	if (!due)
		return NULL;
	time = now();
	if (due <= time) {
		gpu_run(gpu);
		due = gpu_deadline(gpu);
		if (!due)
			return NULL;
		time = now();
	}
	due = due > time ? due - time : 0;
	left->tv_sec = (time_t)(due / 1000000000u);
	left->tv_nsec = (long)(due % 1000000000u);
	return left;
}

bool loop_run(int sock, struct gpu *gpu)
{
	enum vfio_user_result result = VFIO_USER_HANDLED;
	struct timespec left, *timeout;

	vfio_user_init(sock, gpu);
	while (result == VFIO_USER_HANDLED || result == VFIO_USER_NOTHING) {
		timeout = run_due(gpu, &left);
		if (result == VFIO_USER_NOTHING && !wait_for(sock, timeout, gpu))
			break;
		result = vfio_user_handle();
	}
	vfio_user_fini();
	dma_unmap_all();
	return result != VFIO_USER_BROKEN;
}
