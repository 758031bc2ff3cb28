/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef DMA_H
#define DMA_H

#include "model.h"

/*
 * @fd: memory to be mapped at @offset, else -1 for memory that is reached by
 * messages. 0, or an errno: EEXIST if some of it is mapped already, EINVAL for
 * what can be no memory. @fd stays the caller's.
 */
int dma_map(uint64_t addr, uint64_t size, bool readable, bool writable, int fd, uint64_t offset);
/* 0, or ENOENT: no such mapping. */
int dma_unmap(uint64_t addr, uint64_t size);
void dma_unmap_all(void);

#endif
