/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef LOOP_H
#define LOOP_H

#include <signal.h>
#include <stdbool.h>

struct gpu;

/* Signals that end the loop; blocked but while it waits. */
void loop_init(void);
/* The next client of @listener, which gets no other; -1: told to end instead. */
int loop_accept(int listener);
/* Lines that are read from @fd go to gpu_control() from now on. */
void loop_control(int fd);
/* Serves one client to its end; false: it was not a clean one. */
bool loop_run(int sock, struct gpu *gpu);

#endif
