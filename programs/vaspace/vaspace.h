/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Pictures of GPU address spaces.
 *
 *	main.c     the command line
 *	util.c     what every file needs
 *	trace.c    reads a trace and keeps what concerns one address space
 *	live.c     what is mapped at a moment; makes mappings into spans of time
 *	gpuvas.c   reads a debugfs file and draws it
 *	axis.c     a scale that leaves out where nothing is
 *	picture.c  draws spans and events
 *	svg.c      writes elements
 */
#ifndef VASPACE_H
#define VASPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* --- for every file: util.c ------------------------------------------------ */

/* One line on stderr, and the end. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void *grow(void *array, size_t count, size_t *room, size_t size);

FILE *open_input(const char *path);
/* 1 and a line without its end; 0 at the end of the file. */
int read_line(FILE *file, const char *path, char **line, size_t *room, unsigned long *number);

/* --- what is drawn: trace.c ----------------------------------------------- */

enum backing {
	VRAM,
	SYSTEM,			/* coherent: the GPU snoops the CPU's caches */
	SYSTEM_NONCOHERENT,
	SPARSE,			/* nothing: reads as zero */
	BACKINGS,
};

/* A mapping, from when it came to when it went. Times are in microseconds. */
struct span {
	uint64_t from, to;
	uint64_t va, end;
	uint64_t addr;		/* physical */
	uint64_t page;
	uint32_t memory;	/* number of the piece of memory behind it */
	uint8_t backing, kind;
	bool ro, priv;
	bool open;		/* still there at the end */
};

enum what {
	BIND,			/* page tables changed */
	INVALIDATE,
	EXEC,
	COPY,
	SEMAPHORE,
	FAULT,
	EVENT_KINDS,
};

struct event {
	uint64_t time;
	uint64_t va, other;	/* of a copy: to, from */
	uint64_t size;
	uint32_t channel;
	uint8_t what;
	bool write;		/* of a fault */
	uint32_t reason;
};

struct scene {
	char chip[24];
	uint64_t pdb;
	uint64_t from, to;	/* the part of time that is shown */
	unsigned int others;	/* address spaces besides this one */
	struct span *spans;
	size_t n_spans, spans_room;
	struct event *events;
	size_t n_events, events_room;
	uint64_t peak;		/* bytes backed by memory at once */
	uint32_t memories;
};

struct wish {
	bool has_from, has_to, has_pdb;
	uint64_t from, to, pdb;
};

void trace_read(const char *path, const struct wish *wish, struct scene *scene);
void trace_list(const char *path);

/* --- what is mapped at a moment: live.c ------------------------------------ */

struct live;

struct live *live_new(struct scene *scene);
void live_free(struct live *live);
/* Makes a mapping; what was there before ends. */
void live_map(struct live *live, const struct span *span);
void live_unmap(struct live *live, uint64_t va, uint64_t end, uint64_t time);
/* Ends all that is left. */
void live_finish(struct live *live, uint64_t time);

/* --- scales: axis.c --------------------------------------------------------- */

struct segment {
	uint64_t from, to;
	double at, end;		/* where it is drawn */
	bool gap;		/* left out: a fixed width whatever its length */
};

struct axis {
	struct segment *list;
	size_t count;
	uint64_t unit;		/* positions are told apart down to this */
};

/* Marks what the axis has to show; used says that something is in between. */
struct stretch {
	uint64_t from, to;
};

/*
 * For addresses: every stretch gets room, large ones more, but not in
 * proportion. At most @max positions are told apart.
 */
void axis_addresses(struct axis *axis, struct stretch *list, size_t n, size_t max, double at,
		    double gap, double step, double least, double most);
/* For time: in proportion, but where nothing happens for long. */
void axis_time(struct axis *axis, const uint64_t *times, size_t n, uint64_t from, uint64_t to,
	       double at, double end, double gap);
double axis_place(const struct axis *axis, uint64_t value);
void axis_free(struct axis *axis);

/* --- elements: svg.c --------------------------------------------------------- */

void svg_begin(FILE *out, double width, double height, const char *title, const char *about);
void svg_end(FILE *out);
void svg_text(FILE *out, double x, double y, const char *class, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* A rectangle; its title, if any, shows when it is pointed at. */
void svg_rect(FILE *out, double x, double y, double w, double h, const char *class,
	      const char *fmt, ...) __attribute__((format(printf, 7, 8)));
void svg_line(FILE *out, double x, double y, double x2, double y2, const char *class);
/* 4096 -> 4 KiB */
const char *bytes_text(uint64_t size, char buf[32]);

/* --- pictures: picture.c, gpuvas.c ------------------------------------------- */

void picture(FILE *out, const struct scene *scene);
void gpuvas(const char *path, FILE *out);

#endif
