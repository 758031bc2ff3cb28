/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * PDISPLAY's state, for the files of this directory.
 *
 * Each channel has two copies of what its methods were set to: the assembly, which
 * the push buffer changes, and the armed state, which the hardware works by. UPDATE
 * makes the first the second (channel.c, core.c).
 */
#ifndef DISPLAY_H
#define DISPLAY_H

#include "../gpu.h"

#define DISPLAY_HEADS 2		/* fewer than the chips have */
#define DISPLAY_SORS 3		/* a mask says which ones there are */
#define DISPLAY_CHANNELS 17
#define CHANNEL_WORDS 0x400

/* Channels by number: one for the core, then one for each of four heads. */
enum {
	CHANNEL_CORE = 0,
	CHANNEL_BASE = 1,
	CHANNEL_OVERLAY = 5,
	CHANNEL_OVERLAY_PIO = 9,
	CHANNEL_CURSOR_PIO = 13,
};

/* Methods of the core, those of a head with the head's number. */
#define CORE_UPDATE 0x080
#define CORE_NOTIFIER_CONTROL 0x084
#define CORE_NOTIFIER_CONTEXT 0x088
#define CORE_CAPABILITIES 0x08c
#define SOR_CONTROL(or) (0x200 + (or) * 0x20)
#define HEAD(h, method) ((method) + (h) * 0x300)
#define HEAD_OUTPUT 0x404
#define HEAD_CONTROL 0x408
#define HEAD_OVERSCAN 0x410
#define HEAD_RASTER_SIZE 0x414
#define HEAD_SYNC_END 0x418
#define HEAD_BLANK_END 0x41c
#define HEAD_BLANK_START 0x420
#define HEAD_BLANK2 0x424
#define HEAD_BASE_COLOR 0x42c
#define HEAD_CRC_CONTEXT 0x438
#define HEAD_LUT 0x448
#define HEAD_LUT_OFFSET 0x44c
#define HEAD_CLOCK 0x450
#define HEAD_CLOCK_MODE 0x454
#define HEAD_LUT_CONTEXT 0x45c
#define HEAD_CURSOR 0x480
#define HEAD_CURSOR_OFFSET 0x484
#define HEAD_CURSOR_CONTEXT 0x48c
#define HEAD_VIEW_POINT 0x4b0
#define HEAD_VIEW_IN 0x4b8
#define HEAD_VIEW_OUT 0x4c0

/* Methods of base and overlay channels. */
#define WINDOW_UPDATE 0x080
#define WINDOW_PRESENT 0x084
#define WINDOW_SEMAPHORE 0x088
#define WINDOW_ACQUIRE 0x08c
#define WINDOW_RELEASE 0x090
#define WINDOW_SEMAPHORE_CONTEXT 0x094
#define WINDOW_NOTIFIER 0x0a0
#define WINDOW_NOTIFIER_CONTEXT 0x0a4
#define WINDOW_SURFACE_CONTEXT 0x0c0
#define BASE_LUT 0x0e0
#define BASE_LUT_OFFSET 0x0e4
#define BASE_OUTPUT_LUT 0x0e8
#define BASE_LUT_CONTEXT 0x0fc
#define OVERLAY_POINT_IN 0x0e0
#define OVERLAY_SIZE_IN 0x0e4
#define OVERLAY_SIZE_OUT 0x0e8
#define WINDOW_OFFSET 0x400
#define WINDOW_SIZE 0x408
#define WINDOW_STORAGE 0x40c
#define WINDOW_PARAMS 0x410

/* The immediate channels. */
#define PIO_FREE 0x008
#define PIO_UPDATE 0x080
#define PIO_POINT 0x084

struct channel_state {
	bool on;
	uint32_t push;			/* where the push buffer is, as the driver wrote it */
	uint32_t put, get;		/* in bytes from there */
	uint32_t method, count;		/* of the method header at hand */
	bool fixed;			/* all data goes to one method */
	bool waits;			/* UPDATE was fetched and has not taken effect */
	bool with_core;			/* ... and takes effect with the core's */
	bool stopped;			/* by an error */
	uint32_t flips;
	uint32_t assembly[CHANNEL_WORDS], armed[CHANNEL_WORDS];
};

struct head {
	struct work frame;
	uint64_t vblank;		/* when the last began */
	uint32_t frames;
	bool underflow;			/* reported */
	uint32_t pending;		/* 0x6100bc */
	uint32_t changes;		/* what the supervisor reads in 0x6101d4 */
};

struct display {
	struct channel_state channel[DISPLAY_CHANNELS];
	struct head head[DISPLAY_HEADS];
	uint32_t notified, errors;	/* 0x61008c, 0x61009c */
	uint32_t stages;		/* 0x6100ac */
	unsigned int stage;		/* of the supervisor that the core waits for; 0: none */
	uint32_t interlock;		/* of the core's UPDATE that waits */
};

/* An object of the display's hash table: a part of VRAM. */
struct dma_object {
	uint64_t start, limit;		/* the last byte */
	unsigned int kind;
};

/* --- display.c ------------------------------------------------------------ */

void display_intr(struct gpu *gpu);

/* --- channel.c ------------------------------------------------------------ */

static inline bool is_core(unsigned int ch)
{
	return ch == CHANNEL_CORE;
}

static inline bool is_window(unsigned int ch)
{
	return ch >= CHANNEL_BASE && ch < CHANNEL_OVERLAY_PIO;
}

static inline bool is_base(unsigned int ch)
{
	return ch >= CHANNEL_BASE && ch < CHANNEL_OVERLAY;
}

/* The head that a channel other than the core's belongs to. */
static inline unsigned int channel_head(unsigned int ch)
{
	return (ch - 1) & 3;
}

const char *channel_name(unsigned int ch);
uint32_t channel_read(struct gpu *gpu, uint32_t addr);
void channel_write(struct gpu *gpu, uint32_t addr, uint32_t value);
uint32_t channel_read_control(struct gpu *gpu, uint32_t addr);
void channel_write_control(struct gpu *gpu, uint32_t addr, uint32_t value);
/* Fetches and runs methods until the end or an UPDATE that has to wait. */
void channel_run(struct gpu *gpu, unsigned int ch);
/* Tells the driver that the hardware refuses a method. */
enum display_error {
	ERROR_PUSH_BUFFER = 1,
	ERROR_METHOD = 3,
	ERROR_ARGUMENT = 4,
	ERROR_STATE = 5,
	ERROR_HANDLE = 7,
};

void channel_error(struct gpu *gpu, unsigned int ch, enum display_error error, uint32_t method,
		   uint32_t value);
/* The object that @ch knows as @handle; false: there is none, and @what needs it. */
bool channel_object(struct gpu *gpu, unsigned int ch, uint32_t handle, const char *what,
		    struct dma_object *object);
/* The same, and no report. */
bool channel_find_object(struct gpu *gpu, unsigned int ch, uint32_t handle,
			 struct dma_object *object);
/* Writes a word of a notifier, if @handle names one. */
void channel_notify(struct gpu *gpu, unsigned int ch, uint32_t handle, uint32_t offset,
		    uint32_t value);

/* --- core.c --------------------------------------------------------------- */

void core_method(struct gpu *gpu, uint32_t method, uint32_t value);
/* Another channel's UPDATE may be what the core's waits for. */
void core_interlock(struct gpu *gpu);
/* A frame begins on @h: what waited for one takes effect. */
void core_frame(struct gpu *gpu, unsigned int h);
/* The driver is done with a stage of the supervisor. */
void core_supervised(struct gpu *gpu);

/* --- window.c ------------------------------------------------------------- */

void window_method(struct gpu *gpu, unsigned int ch, uint32_t method, uint32_t value);
/* The assembly of @ch becomes what is shown. */
void window_flip(struct gpu *gpu, unsigned int ch);
void window_frame(struct gpu *gpu, unsigned int ch);

/* --- head.c --------------------------------------------------------------- */

/* The armed value of a head's method. */
uint32_t head_armed(struct gpu *gpu, unsigned int h, uint32_t method);
/* The heads to which outputs belong in this state of the core. */
uint32_t head_owners(const uint32_t *state);
/* Whether the head has an output. */
bool head_on(struct gpu *gpu, unsigned int h);
uint64_t head_frame_ns(struct gpu *gpu, unsigned int h);
/* The core's state was armed: heads go on, off, or at another pace. */
void head_update(struct gpu *gpu);
uint32_t head_read_position(struct gpu *gpu, uint32_t addr);

/* --- output.c ------------------------------------------------------------- */

/* Whether the outputs are set up as a mode needs them, when it is armed. */
void output_check(struct gpu *gpu, unsigned int h);
/* --- scanout.c ------------------------------------------------------------ */

struct surface {
	uint64_t addr;
	uint32_t width, height;
	bool pitch_linear;
	uint32_t pitch;			/* bytes; of a block-linear one too */
	unsigned int block_height;	/* log2, in GOBs */
	unsigned int format, bytes;
};

/* The surface of a window's @state; false, and if @strict a report: it makes no sense. */
bool scanout_surface(struct gpu *gpu, unsigned int ch, const uint32_t *state, bool strict,
		     struct surface *surface);
/* What the monitor on @h shows, in rows of 0xrrggbb; the caller frees it. NULL: nothing. */
uint32_t *scanout_picture(struct gpu *gpu, unsigned int h, uint32_t *width, uint32_t *height);

#endif
