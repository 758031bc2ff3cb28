/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Between the transport and the GPU.
 *
 * The transport (main.c, vfio-user.c, dma.c, pci.c) knows PCI and the guest, and
 * nothing of NVIDIA; the GPU knows nothing of sockets. This header is all that
 * they say to each other. There is one thread and one device: the transport
 * calls gpu_*() between two messages of the guest, the GPU calls the rest from
 * inside of these.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* --- the GPU, as the transport uses it ----------------------------------- */

struct gpu;

struct gpu_config {
	const char *chip;	/* a name that gpu_chip_info() lists */
	uint64_t seed;		/* of all random delays and choices */
	bool lenient;		/* unknown registers are plain storage */
	unsigned int vram_mib;	/* 0: what the chip has */
	const char *board;	/* a name that gpu_has_board() knows; NULL: no connectors */
	const char *monitors;	/* connectors that are plugged, by commas; NULL: the first */
	const char *screenshot;	/* a PNG file, written at the end; NULL: none */
	uint32_t refuse;	/* RM refuses this class or control; 0: none */
	FILE *trace;		/* NULL: none */
	FILE *counts;		/* NULL: none */
	FILE *log;		/* reports; NULL: stderr */
};

/* What PCI has to know of a chip. */
struct gpu_chip_info {
	const char *name;	/* the chip's, small letters */
	const char *title;	/* ... and a card that has it */
	uint16_t device;	/* PCI id; the vendor is 0x10de */
	uint8_t revision;
	uint64_t bar1_size;	/* powers of two */
	uint64_t bar3_size;
};

/* The @n-th chip; false: there are no more. */
bool gpu_chip_info(unsigned int n, struct gpu_chip_info *info);

/* Whether there is a board of this name. */
bool gpu_has_board(const char *name);
/* Whether boards have all connectors that @list names, with commas between them. */
bool gpu_has_connectors(const char *list);

/* As after power-on; NULL after one line on stderr if that is impossible. */
struct gpu *gpu_new(const struct gpu_config *config);
/* What is found only at the end is reported here: ask gpu_failures() after it. */
void gpu_finish(struct gpu *gpu);
void gpu_free(struct gpu *gpu);
/* A function level or bus reset: registers and engines, not the VRAM. */
void gpu_reset(struct gpu *gpu);
/*
 * What somebody at the desk does: "plug NAME" and "unplug NAME" of a connector, "picture
 * FILE" of the screen. False after one line on stderr.
 */
bool gpu_control(struct gpu *gpu, const char *line);
/* The size and the CRC-32 of all pixels (red, green, blue) of a PNG file. */
bool gpu_picture_sum(const char *path, uint32_t *width, uint32_t *height, uint32_t *sum);
/* How many findings were reported. */
unsigned int gpu_failures(struct gpu *gpu);

/* By PCI's numbers. */
enum gpu_bar {
	GPU_BAR0 = 0,		/* registers, 16 MiB */
	GPU_BAR1 = 1,		/* VRAM through page tables, doorbells */
	GPU_BAR3 = 3,		/* the driver's own window: nouveau's "BAR2" */
};

/* @size is 1, 2, 4 or 8, @offset a multiple of it and inside of the BAR. */
uint64_t gpu_read(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size);
void gpu_write(struct gpu *gpu, enum gpu_bar bar, uint64_t offset, unsigned int size,
	       uint64_t value);

/* CLOCK_MONOTONIC, ns: when gpu_run() is to be called next; 0: nothing to do. */
uint64_t gpu_deadline(struct gpu *gpu);
void gpu_run(struct gpu *gpu);

/* --- the guest's memory, as the GPU uses it: dma.c ----------------------- */

/* False: not all of it is memory (that is mapped for writing). */
bool dma_read(uint64_t addr, void *buf, size_t len);
bool dma_write(uint64_t addr, const void *buf, size_t len);
bool dma_mapped(uint64_t addr, size_t len);

/* --- PCI, as the GPU uses it: pci.c -------------------------------------- */

/* Config space, which nouveau also reaches through BAR0 at 0x88000. */
uint32_t pci_config_read(unsigned int offset, unsigned int size);
void pci_config_write(unsigned int offset, unsigned int size, uint32_t value);
/* Whether the guest lets the device reach memory; without it DMA is a finding. */
bool pci_bus_master(void);
/* Whether interrupts are messages (MSI) now, or else the line INTA. */
bool pci_msi_enabled(void);
/* Sends one message; nothing happens if MSI is off or the guest listens not. */
void pci_msi_send(void);
/* The level of INTA; it is remembered while MSI is on or INTx is masked. */
void pci_intx_set(bool asserted);

#endif
