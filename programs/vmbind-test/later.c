// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Something to happen while the test itself is inside of an ioctl: a thread.
 */
#include <pthread.h>
#include <string.h>

#include "vmbind-test.h"

static struct {
	pthread_t thread;
	unsigned int ms;
	void (*run)(void *arg);
	void *arg;
} task;

static void *thread_run(void *unused)
{
	(void)unused;
	sleep_ms(task.ms);
	task.run(task.arg);
	return NULL;
}

void later(unsigned int ms, void (*run)(void *), void *arg)
{
	int error;

	task.ms = ms;
	task.run = run;
	task.arg = arg;
	error = pthread_create(&task.thread, NULL, thread_run, NULL);
	if (error)
		fail("no thread: %s", strerror(error));
}

void later_join(void)
{
	pthread_join(task.thread, NULL);
}
