/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The GSP's state, for the files of this directory.
 *
 *	boot.c     the way from the VBIOS to a running RM, and back
 *	boot-*.c   how a program gets into a falcon, and what starts the RISC-V core
 *	queue.c    messages in system memory
 *	rm.c       which functions, classes and controls RM knows
 *	objects.c  the objects that the driver has made
 *	vaspace.c  the address spaces that channels have
 *	channel.c  RM's channels, which the FIFO runs
 *	layout.c   where the messages' fields are, a table for each release
 */
#ifndef GSP_H
#define GSP_H

#include <string.h>

#include "../gpu.h"
#include "fwsec.h"

#define GSP 0x110000u
#define SEC2 0x840000u

/* Interrupt vectors. RM tells the driver of them, so any would do. */
#define VECTOR_NONSTALL 8	/* of runlist 0; the next runlists follow */
#define VECTOR_STALL 64		/* of the first engine; the next engines follow */
#define VECTOR_GSP 150

/* RM's status codes. */
enum rm_status {
	RM_OK = 0x00,
	RM_DUPLICATE = 0x19,
	RM_INVALID_ARGUMENT = 0x1f,
	RM_INVALID_CLASS = 0x22,
	RM_INVALID_PARENT = 0x36,
	RM_NO_MEMORY = 0x51,
	RM_NOT_SUPPORTED = 0x56,
	RM_NOT_FOUND = 0x57,
};

#define CLASS_VASPACE 0x90f1

/* --- layout.c ------------------------------------------------------------- */

/* Where fields are, in bytes. A release of the firmware has one such table. */
struct rm_layout {
	const char *release;
	const char *known_from;
	struct { uint16_t size, shm, cmdq, statq, resumed; } args;
	struct {
		uint16_t size, image, image_size, loader, loader_size, signature, signature_size;
		uint16_t reserved, wpr, heap, frts, frts_size, wpr_end, fb_size;
	} wpr_meta;
	struct {
		uint16_t size, gpc_mask, tpc, tpc_stride, tpc_mask, regions, region, region_stride;
		uint16_t limit, reserved, compressed, iso, bar1, bar2, client, device, subdevice;
	} static_info;
	struct { uint16_t size, bar1, bar3, mirror; } system_info;
	struct {
		uint16_t size, gp_offset, gp_entries, flags, vas, engine;
		uint16_t instance, userd, ramfc, mem_size, mem_space;
	} channel;
	struct { uint16_t size, entry, stride, vector_stall, vector_nonstall; } kernel_table;
	struct { uint16_t size, count, entry, stride, type, runlist, pri; } device_info;
	struct {
		uint16_t size, client, object, count, entry, stride, limit, va, id, nonmapped;
	} promote;
	struct { uint16_t size, stride; } context_buffers;
	/* Engines as the kernel table numbers them. */
	uint16_t index_gsp, index_gr, index_copy;
};

extern const struct rm_layout layout_r535;

/* --- queue.c -------------------------------------------------------------- */

#define RPC_HEADER 32
#define RPC_MOST (1u << 20)	/* bytes of data, with all continuation records */

struct rpc {
	uint32_t function;
	uint32_t sequence;
	uint32_t length;		/* of the data */
	uint8_t *data;
};

static inline uint32_t load32(const uint8_t *data, uint32_t at)
{
	uint32_t value;

	memcpy(&value, data + at, sizeof(value));
	return value;
}

static inline uint64_t load64(const uint8_t *data, uint32_t at)
{
	uint64_t value;

	memcpy(&value, data + at, sizeof(value));
	return value;
}

static inline void store32(uint8_t *data, uint32_t at, uint32_t value)
{
	memcpy(data + at, &value, sizeof(value));
}

static inline void store64(uint8_t *data, uint32_t at, uint64_t value)
{
	memcpy(data + at, &value, sizeof(value));
}

/* RM finds its queues where @args, RM's arguments, say. */
bool queue_open(struct gpu *gpu, const uint8_t *args);
void queue_close(struct gpu *gpu);
/* RM takes all that the driver has sent. */
void queue_run(struct gpu *gpu);
/* RM sends; @answered is the sequence of the message that is answered, or 0. */
void queue_send(struct gpu *gpu, uint32_t function, uint32_t answered, const uint8_t *data,
		uint32_t length);

/* --- rm.c ----------------------------------------------------------------- */

struct rm_object {
	struct rm_object *next;
	uint32_t client, handle, parent, class;
	bool freed;			/* remembered, to report who still uses it */
	bool own;			/* RM's, not the driver's */
	int channel;			/* id of a channel, or -1 */
	uint32_t engine;		/* of a channel, */
	uint32_t vas;			/* ... and its address space */
	bool external;			/* of an address space: its directory is the driver's, */
	uint64_t directory;		/* ... which the driver has named; 0: not yet */
};

/* A message is whole: RM does what it says. */
void rm_call(struct gpu *gpu, struct rpc *rpc);
/* The bytes that a message's data have, all continuation records included. */
uint32_t rm_whole(struct gpu *gpu, const struct rpc *rpc);
const struct rm_layout *rm_layout(struct gpu *gpu);
void rm_start(struct gpu *gpu);

/* --- objects.c ------------------------------------------------------------ */

/* The object; a finding and NULL if there is none (any more). @what: who asks. */
struct rm_object *object_find(struct gpu *gpu, uint32_t client, uint32_t handle,
			      const char *what);
struct rm_object *object_add(struct gpu *gpu, uint32_t client, uint32_t parent, uint32_t handle,
			     uint32_t class, enum rm_status *status);
void object_free(struct gpu *gpu, uint32_t client, uint32_t handle);
/* RM ends: reports what the driver left, forgets all. */
void objects_end(struct gpu *gpu, bool strict);	/* else the power goes */

/* --- vaspace.c ------------------------------------------------------------ */

enum rm_status vaspace_new(struct gpu *gpu, struct rm_object *object, const uint8_t *params);
enum rm_status vaspace_set(struct gpu *gpu, struct rm_object *device, uint8_t *params);
enum rm_status vaspace_unset(struct gpu *gpu, struct rm_object *device, uint8_t *params);
/* What keeps a channel with this instance block from using it; NULL: nothing. */
const char *vaspace_fits(struct gpu *gpu, const struct rm_object *object, uint64_t inst);

/* --- channel.c ------------------------------------------------------------ */

enum rm_status channel_new(struct gpu *gpu, struct rm_object *object, const uint8_t *params);
void channel_free(struct gpu *gpu, struct rm_object *object);
enum rm_status channel_bind(struct gpu *gpu, struct rm_object *object, uint8_t *params);
enum rm_status channel_schedule(struct gpu *gpu, struct rm_object *object, uint8_t *params);
enum rm_status channel_promote(struct gpu *gpu, struct rm_object *object, uint8_t *params);
/* RM's number of an engine. */
uint32_t channel_engine_type(const struct chip_engine *engine);

/* --- boot.c --------------------------------------------------------------- */

/*
 * How a generation's falcons are given a program, and what the GSP's RISC-V core shows.
 * The programs are not run: the model looks whether the driver did all that makes them run.
 */
struct gsp_boot {
	const char *name;
	const char *known_from;
	uint32_t riscv_cpuctl;		/* the register, */
	uint32_t riscv_active;		/* ... and its bit that says that the core runs */
	uint32_t riscv_irq_mask;
	/* What keeps the GSP's falcon from running FWSEC; NULL: it runs, with these data. */
	const char *(*fwsec)(struct gpu *gpu, uint8_t data[FWSEC_DATA_MOST]);
	/* What keeps SEC2 from running a booter; NULL: it runs this one. */
	const char *(*booter)(struct gpu *gpu, enum firmware_part *part);
	/* What keeps the RISC-V core from running RM; NULL: nothing does. */
	const char *(*core)(struct gpu *gpu);
	/* The falcon at  is reset, beside its memory. */
	void (*reset)(struct gpu *gpu, uint32_t base);
};

/* What FWSEC has in its data, but for its input and the signature, is ours. */
bool fwsec_data_is_ours(const uint8_t *data);
/* RM has something for the driver. */
void gsp_interrupt(struct gpu *gpu);
/* RM is gone: the driver may take the GSP down. */
void gsp_halted(struct gpu *gpu);

/* What DMA has brought into a falcon's code memory, in blocks of 256 bytes. */
#define CODE_BLOCKS 256

struct code_blocks {
	uint32_t tag[CODE_BLOCKS];	/* the address at which it runs / 256, */
	bool secure[CODE_BLOCKS];	/* ... and whether it may hold a signed program */
};

struct gsp {
	struct falcon falcon, sec2;
	struct code_blocks code[2];	/* boot-ga102.c: of these two */
	struct work boot;
	bool running;			/* RM takes messages */
	uint8_t wpr_meta[256];
	/* queue.c */
	uint64_t cmdq, statq;
	uint32_t entries;
	uint32_t cmd_get, stat_put;
	uint32_t cmd_sequence, stat_sequence;
	struct rpc partial;		/* of continuation records, so far */
	uint32_t partial_whole;
	/* rm.c, objects.c */
	struct rm_object *objects;
	uint32_t made_up;		/* the last handle that RM chose */
	bool told_system, told_registry;
	uint64_t bar1_pdb, bar2_pdb;
	uint64_t usable;		/* bytes of VRAM that RM leaves to the driver */
};

#endif
