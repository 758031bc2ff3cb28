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

/* Until @fd has something to read or @timeout has passed; false: told to end. */
static bool wait_for(int fd, const struct timespec *timeout)
{
	struct pollfd in = { fd, POLLIN, 0 };

	ppoll(&in, 1, timeout, &while_waiting);
	return !told_to_end;
}

int loop_accept(int listener)
{
	/* A client that takes no replies is not waited for without end. */
	struct timeval patience = { .tv_sec = 10 };
	int sock;

	if (!wait_for(listener, NULL))
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
		if (result == VFIO_USER_NOTHING && !wait_for(sock, timeout))
			break;
		result = vfio_user_handle();
	}
	vfio_user_fini();
	dma_unmap_all();
	return result != VFIO_USER_BROKEN;
}
