/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef VFIO_USER_H
#define VFIO_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gpu;

enum vfio_user_result {
	VFIO_USER_HANDLED,	/* there may be more */
	VFIO_USER_NOTHING,	/* no message is there */
	VFIO_USER_CLOSED,	/* the client has gone, between two messages */
	VFIO_USER_BROKEN,	/* what is wrong with it was said on stderr */
};

/* Serves @gpu on @sock, which stays the caller's. */
void vfio_user_init(int sock, struct gpu *gpu);
void vfio_user_fini(void);
/* Handles the next message. */
enum vfio_user_result vfio_user_handle(void);

/* Guest memory that no file descriptor came for; false: the client refuses. */
bool vfio_user_dma_read(uint64_t addr, void *buf, size_t len);
bool vfio_user_dma_write(uint64_t addr, const void *buf, size_t len);

#endif
