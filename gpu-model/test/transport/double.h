/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A GPU for the transport's tests: storage, and a few registers of BAR0 that make
 * it do what a real one does: use the guest's memory, interrupt.
 */
#ifndef DOUBLE_H
#define DOUBLE_H

#include "model.h"

enum double_register {
	DOUBLE_DMA_ADDR = 0x1000,	/* 64 bits */
	DOUBLE_DMA_DATA = 0x1008,	/* 64 bits */
	DOUBLE_DMA_LENGTH = 0x1010,	/* of DMA_DATA that is used, or of a block */
	DOUBLE_DMA_READ = 0x1014,	/* written: DATA = memory; reads 1 if that worked */
	DOUBLE_DMA_WRITE = 0x1018,	/* written: memory = DATA; reads 1 ... */
	DOUBLE_MSI = 0x1020,		/* written: a message is sent */
	DOUBLE_INTX = 0x1024,		/* the line's level */
	DOUBLE_RESETS = 0x1028,		/* how often it was reset */
	DOUBLE_LATER = 0x102c,		/* written: 1 ms later COUNT goes up */
	DOUBLE_COUNT = 0x1030,
	DOUBLE_LAST = 0x1040,		/* size << 32 | offset of the write before, 64 bits */
	DOUBLE_DMA_BLOCK = 0x2000,	/* 8 KiB, used if LENGTH is above 8 */
};

extern const struct gpu_chip_info double_info;

#endif
