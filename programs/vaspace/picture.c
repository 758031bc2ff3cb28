// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Draws an address space over time: addresses upwards, time to the right, what
 * happened in lanes below. Where more happens than a screen has room for,
 * neighbours in time become one and say how many they are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vaspace.h"

#define WIDTH 1200.0
#define LEFT 128.0
#define RIGHT 1184.0
#define TOP 92.0
#define LANE 17.0
#define ADDRESSES 280		/* positions that are told apart, at most */
#define RECTS 6000		/* rectangles for mappings, at most */
#define SHADES 5

static const char *const what_names[EVENT_KINDS] = {
	"page tables", "invalidate", "exec", "copy", "semaphore", "fault",
};

static const char *const backing_names[BACKINGS] = {
	"VRAM", "system memory", "system memory, not coherent", "sparse",
};

static const char backing_class[BACKINGS] = { 'v', 'c', 'n', 's' };

struct box {
	double x, end, y, bottom;
	const struct span *span;
	unsigned long count;
	uint64_t from, to;
};

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* --- axes -------------------------------------------------------------------- */

static void make_axes(const struct scene *scene, struct axis *va, struct axis *time)
{
	size_t i, n = 0, faults = 0;
	struct stretch *list = calloc(scene->n_spans + 16, sizeof(*list));
	uint64_t *times = calloc(scene->n_events + 1, sizeof(*times));

	if (!list || !times)
		die("no memory for %zu mappings", scene->n_spans);
	for (i = 0; i < scene->n_spans; i++)
		list[n++] = (struct stretch){ scene->spans[i].va, scene->spans[i].end };
	/* Where a fault hit nothing there is a place for it. */
	for (i = 0; i < scene->n_events; i++) {
		const struct event *e = &scene->events[i];

		times[i] = e->time;
		if (e->what == FAULT && faults < 16 && e->va < UINT64_MAX - 4096) {
			list[n++] = (struct stretch){ e->va & ~4095ull, (e->va & ~4095ull) + 4096 };
			faults++;
		}
	}
	axis_addresses(va, list, n, ADDRESSES, TOP, 26, 15, 200, 620);
	axis_time(time, times, scene->n_events, scene->from, scene->to, LEFT, RIGHT, 34);
	free(list);
	free(times);
}

static void draw_addresses(FILE *out, const struct axis *va)
{
	double *placed = calloc(va->count + 1, sizeof(*placed));
	size_t i, j, n = 0;
	unsigned int pass;
	char size[32];

	if (!placed)
		die("no memory");
	for (i = 0; i < va->count; i++) {
		const struct segment *s = &va->list[i];

		if (!s->gap)
			continue;
		svg_line(out, LEFT, (s->at + s->end) / 2, RIGHT, (s->at + s->end) / 2, "brk");
		svg_text(out, LEFT - 8, (s->at + s->end) / 2 + 3.5, "soft mono end", "%s unused",
			 bytes_text(s->to - s->from, size));
		placed[n++] = (s->at + s->end) / 2;
	}
	/* Starts of patches first, others where there is room. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < va->count; i++) {
			const struct segment *s = &va->list[i];

			if (s->gap || (!pass && i && !va->list[i - 1].gap))
				continue;
			for (j = 0; j < n; j++)
				if (fabs(placed[j] - s->at) < 12)
					break;
			if (j < n && (pass || fabs(placed[j] - s->at) < 9))
				continue;
			placed[n++] = s->at;
			svg_line(out, LEFT, s->at, RIGHT, s->at, "grid");
			svg_text(out, LEFT - 8, s->at + 3.5, "mono end", "0x%llx",
				 (unsigned long long)s->from);
			if (n > va->count)
				break;
		}
	}
	free(placed);
}

static void time_text(char *text, size_t size, uint64_t us, uint64_t step)
{
	unsigned int digits = 6;

	while (digits && step % 10 == 0) {
		step /= 10;
		digits--;
	}
	snprintf(text, size, "%.*f s", digits, us / 1e6);
}

static void length_text(char *text, size_t size, uint64_t us)
{
	if (us < 1000)
		snprintf(text, size, "%llu µs", (unsigned long long)us);
	else if (us < 1000000)
		snprintf(text, size, "%.3g ms", us / 1e3);
	else
		snprintf(text, size, "%.3g s", us / 1e6);
}

static void draw_times(FILE *out, const struct axis *time, double top, double bottom)
{
	static const unsigned int nice[] = { 1, 2, 5 };
	double free_from = LEFT - 40;
	char text[48];
	size_t i;

	for (i = 0; i < time->count; i++) {
		const struct segment *s = &time->list[i];
		uint64_t step = 1, t;
		unsigned int n = 0;

		if (s->gap) {
			double middle = (s->at + s->end) / 2;

			svg_line(out, middle, top, middle, bottom, "brk");
			length_text(text, sizeof(text), s->to - s->from);
			svg_text(out, middle, bottom + 27, "soft mid", "%s", text);
			continue;
		}
		/* 1, 2, 5, 10, 20 ...: the first with room for its labels */
		while (step < s->to - s->from && (s->end - s->at) * (double)step * nice[n] <
		       86 * (double)(s->to - s->from)) {
			n = (n + 1) % ARRAY_SIZE(nice);
			if (!n)
				step *= 10;
		}
		step *= nice[n];
		for (t = (s->from + step - 1) / step * step; t <= s->to; t += step) {
			double x = axis_place(time, t);

			svg_line(out, x, top, x, bottom + 4, "grid");
			time_text(text, sizeof(text), t, step);
			if (x - 26 < free_from || x > RIGHT - 12)
				continue;
			svg_text(out, x, bottom + 15, "mid", "%s", text);
			free_from = x + 30;
		}
	}
}

/* --- mappings ---------------------------------------------------------------- */

static int by_place(const void *a_, const void *b_)
{
	const struct box *a = a_, *b = b_;

	if (a->y != b->y)
		return a->y < b->y ? -1 : 1;
	if (a->bottom != b->bottom)
		return a->bottom < b->bottom ? -1 : 1;
	if (a->span->backing != b->span->backing)
		return a->span->backing < b->span->backing ? -1 : 1;
	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->end < b->end ? -1 : a->end > b->end;
}

static int by_area(const void *a_, const void *b_)
{
	const struct box *a = a_, *b = b_;
	double d = (b->end - b->x) * (b->bottom - b->y) - (a->end - a->x) * (a->bottom - a->y);

	return d < 0 ? -1 : d > 0;
}

/* Neighbours closer than @near become one, if they are short themselves. */
static size_t merge(struct box *boxes, size_t n, double near)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++) {
		struct box *b = &boxes[i], *last = kept ? &boxes[kept - 1] : NULL;

		if (last && last->y == b->y && last->bottom == b->bottom &&
		    last->span->backing == b->span->backing && b->x - last->end < near &&
		    (b->end - b->x < 2 * near || last->end - last->x < 2 * near)) {
			if (b->end > last->end)
				last->end = b->end;
			if (b->to > last->to)
				last->to = b->to;
			last->count += b->count;
			continue;
		}
		boxes[kept++] = *b;
	}
	return kept;
}

static void draw_box(FILE *out, const struct box *b)
{
	const struct span *s = b->span;
	char class[8], size[32], page[32] = "";
	double w = clamp(b->end - b->x, 1, WIDTH), h = clamp(b->bottom - b->y, 1, 2000);

	if (s->backing == SPARSE)
		snprintf(class, sizeof(class), "m s");
	else
		snprintf(class, sizeof(class), "m %c%u", backing_class[s->backing],
			 s->memory % SHADES);
	bytes_text(s->end - s->va, size);
	if (s->page)
		bytes_text(s->page, page);
	if (b->count > 1) {
		svg_rect(out, b->x, b->y, w, h, class,
			 "%lu mappings, %s, around 0x%llx\n%.6f s to %.6f s", b->count,
			 backing_names[s->backing], (unsigned long long)s->va, b->from / 1e6,
			 b->to / 1e6);
		return;
	}
	if (s->backing == SPARSE)
		svg_rect(out, b->x, b->y, w, h, class,
			 "sparse: reads as zero\n0x%llx to 0x%llx (%s)%s%s\n%.6f s %s %.6f s",
			 (unsigned long long)s->va, (unsigned long long)s->end, size,
			 s->page ? ", pages of " : "", page, s->from / 1e6,
			 s->open ? "and on at" : "to", s->to / 1e6);
	else
		svg_rect(out, b->x, b->y, w, h, class,
			 "%s at 0x%llx, piece %u\n0x%llx to 0x%llx (%s), pages of %s, kind 0x%02x%s%s\n%.6f s %s %.6f s",
			 backing_names[s->backing], (unsigned long long)s->addr, s->memory,
			 (unsigned long long)s->va, (unsigned long long)s->end, size, page,
			 s->kind, s->ro ? ", read-only" : "", s->priv ? ", privileged" : "",
			 s->from / 1e6, s->open ? "and on at" : "to", s->to / 1e6);
	if (w < 58 || h < 11)
		return;
	if (s->kind && w > 120)
		svg_text(out, b->x + 4, b->y + h / 2 + 3.5, s->backing == SPARSE ? "in" : "in on",
			 "%s, kind 0x%02x", size, s->kind);
	else
		svg_text(out, b->x + 4, b->y + h / 2 + 3.5, s->backing == SPARSE ? "in" : "in on",
			 "%s", size);
}

static void draw_spans(FILE *out, const struct scene *scene, const struct axis *va,
		       const struct axis *time)
{
	struct box *boxes = calloc(scene->n_spans ? scene->n_spans : 1, sizeof(*boxes));
	size_t i, n = scene->n_spans;
	unsigned long left_out = 0;
	double near;

	if (!boxes)
		die("no memory for %zu rectangles", n);
	for (i = 0; i < n; i++) {
		const struct span *s = &scene->spans[i];

		boxes[i] = (struct box){
			.x = axis_place(time, s->from < scene->from ? scene->from : s->from),
			.end = axis_place(time, s->to),
			.y = axis_place(va, (s->end + va->unit - 1) & ~(va->unit - 1)),
			.bottom = axis_place(va, s->va & ~(va->unit - 1)),
			.span = s, .count = 1, .from = s->from, .to = s->to,
		};
	}
	qsort(boxes, n, sizeof(*boxes), by_place);
	for (near = 0.4; near < 64; near *= 2) {
		if (near < 0.5 || n > RECTS)
			n = merge(boxes, n, near);
	}
	/* If that was not enough, the smallest ones are not seen anyway. */
	qsort(boxes, n, sizeof(*boxes), by_area);
	for (i = RECTS; i < n; i++)
		left_out += boxes[i].count;
	for (i = 0; i < n && i < RECTS; i++)
		draw_box(out, &boxes[i]);
	if (left_out)
		svg_text(out, RIGHT, TOP - 6, "soft end", "%lu of the smallest are not drawn",
			 left_out);
	free(boxes);
}

/* --- events ------------------------------------------------------------------ */

static void event_text(char *text, size_t size, const struct event *e, unsigned long count,
		       const struct event *last)
{
	unsigned long long va = e->va, other = e->other;
	char bytes[32];

	if (count > 1) {
		snprintf(text, size, "%lu times %s\n%.6f s to %.6f s", count, what_names[e->what],
			 e->time / 1e6, last->time / 1e6);
		return;
	}
	bytes_text(e->size, bytes);
	switch (e->what) {
	case BIND:
		snprintf(text, size, "page tables: %s changed\n%.6f s", bytes, e->time / 1e6);
		break;
	case EXEC:
		snprintf(text, size, "exec at 0x%llx, %s, channel %u\n%.6f s", va, bytes,
			 e->channel, e->time / 1e6);
		break;
	case COPY:
		snprintf(text, size, "copy of %s from 0x%llx to 0x%llx, channel %u\n%.6f s", bytes,
			 other, va, e->channel, e->time / 1e6);
		break;
	case FAULT:
		snprintf(text, size, "fault: %s at 0x%llx, reason 0x%x, channel %u\n%.6f s",
			 e->write ? "write" : "read", va, e->reason, e->channel, e->time / 1e6);
		break;
	default:
		snprintf(text, size, "%s\n%.6f s", what_names[e->what], e->time / 1e6);
	}
}

/* A bar for each half pixel in which something happened, higher for more. */
static void draw_lane(FILE *out, const struct scene *scene, const struct axis *time, double top,
		      enum what what)
{
	const struct event *first = NULL, *last = NULL;
	unsigned long count = 0;
	char class[4], text[256];
	double x = 0;
	size_t i;

	snprintf(class, sizeof(class), "e%d", what);
	for (i = 0; i <= scene->n_events; i++) {
		const struct event *e = i < scene->n_events ? &scene->events[i] : NULL;
		double at;

		if (e && e->what != what)
			continue;
		at = e ? axis_place(time, e->time) : 0;
		if (count && (!e || at - x >= 1.5)) {
			double h = clamp(4 + 1.5 * log2(count), 4, LANE - 4);

			event_text(text, sizeof(text), first, count, last);
			svg_rect(out, x, top + LANE - 2 - h, 1.5, h, class, "%s", text);
			count = 0;
		}
		if (!e)
			break;
		if (!count++) {
			x = at;
			first = e;
		}
		last = e;
	}
}

/* Where copies read and wrote; one mark for what would lie on another. */
static void draw_copies(FILE *out, const struct scene *scene, const struct axis *va,
			const struct axis *time, double bottom)
{
	const double cell = 4;
	size_t wide = (size_t)((RIGHT - LEFT) / cell) + 2;
	size_t high = (size_t)((bottom - TOP) / cell) + 2;
	uint8_t *seen = calloc(wide * high, 1);
	unsigned int side;
	size_t i;

	if (!seen)
		die("no memory");
	for (i = 0; i < scene->n_events; i++) {
		const struct event *e = &scene->events[i];

		if (e->what != COPY)
			continue;
		for (side = 0; side < 2; side++) {
			uint64_t at = side ? e->va : e->other;
			double x = axis_place(time, e->time), y = axis_place(va, at);
			size_t c = (size_t)clamp((x - LEFT) / cell, 0, wide - 1) +
				   wide * (size_t)clamp((y - TOP) / cell, 0, high - 1);

			/* A fill reads nothing, though its source is some address. */
			if (!at || seen[c] & 1u << side)
				continue;
			seen[c] |= 1u << side;
			fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"/>\n",
				side ? "to" : "at", x, y, side ? "1.6" : "2.1");
		}
	}
	free(seen);
}

static void draw_faults(FILE *out, const struct scene *scene, const struct axis *va,
			const struct axis *time, double bottom)
{
	unsigned int drawn = 0;
	char text[256];
	size_t i;

	for (i = 0; i < scene->n_events && drawn < 200; i++) {
		const struct event *e = &scene->events[i];
		double x, y;

		if (e->what != FAULT)
			continue;
		x = axis_place(time, e->time);
		y = axis_place(va, e->va);
		event_text(text, sizeof(text), e, 1, e);
		svg_line(out, x, TOP, x, bottom, "xl");
		fprintf(out, "<path class=\"x\" d=\"M%.1f %.1fl8 8m0 -8l-8 8\"/>\n", x - 4, y - 4);
		svg_rect(out, x - 6, y - 6, 12, 12, "hit", "%s", text);
		drawn++;
	}
}

/* --- all of it ----------------------------------------------------------------- */

static void legend(FILE *out, const struct scene *scene)
{
	bool there[BACKINGS] = { false }, copies = false;
	double x = LEFT, y = 68;
	unsigned int b, shade;
	char class[8];
	size_t i;

	for (i = 0; i < scene->n_spans; i++)
		there[scene->spans[i].backing] = true;
	for (i = 0; i < scene->n_events; i++)
		copies |= scene->events[i].what == COPY;
	for (b = 0; b < BACKINGS; b++) {
		if (!there[b])
			continue;
		if (b == SPARSE) {
			svg_rect(out, x, y - 9, 24, 11, "m s", NULL);
			x += 24;
		} else {
			for (shade = 0; shade < SHADES; shade++, x += 8) {
				snprintf(class, sizeof(class), "m %c%u", backing_class[b], shade);
				svg_rect(out, x, y - 9, 8, 11, class, NULL);
			}
		}
		svg_text(out, x + 6, y, NULL, "%s", backing_names[b]);
		x += 6 + 6.2 * strlen(backing_names[b]) + 22;
	}
	if (copies) {
		fprintf(out, "<circle class=\"at\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.1\"/>\n", x,
			y - 4);
		svg_text(out, x + 7, y, NULL, "copied from");
		x += 88;
		fprintf(out, "<circle class=\"to\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.6\"/>\n", x,
			y - 4);
		svg_text(out, x + 7, y, NULL, "copied to");
		x += 76;
	}
	svg_text(out, RIGHT, y, "soft end", "one shade for each piece of memory");
}

void picture(FILE *out, const struct scene *scene)
{
	unsigned long count[EVENT_KINDS] = { 0 };
	double bottom, lanes_end, height;
	struct axis va, time;
	char title[160], about[256], peak[32];
	unsigned int w, lanes = 0;
	size_t i;

	for (i = 0; i < scene->n_events; i++)
		count[scene->events[i].what]++;
	for (w = 0; w < EVENT_KINDS; w++)
		lanes += count[w] != 0;
	make_axes(scene, &va, &time);
	bottom = va.count ? va.list[0].at : TOP + 40;
	lanes_end = bottom + 8 + lanes * LANE;
	height = lanes_end + 40;

	snprintf(title, sizeof(title), "GPU address space 0x%llx%s%s",
		 (unsigned long long)scene->pdb, scene->chip[0] ? " of " : "", scene->chip);
	snprintf(about, sizeof(about),
		 "%zu mappings of %u pieces of memory, at most %s at once; %lu execs, %lu copies, %lu faults",
		 scene->n_spans, scene->memories, bytes_text(scene->peak, peak), count[EXEC],
		 count[COPY], count[FAULT]);
	svg_begin(out, WIDTH, height, title, about);
	svg_text(out, LEFT, 30, "h", "%s", title);
	svg_text(out, LEFT, 48, "soft", "%s", about);
	svg_text(out, RIGHT, 30, "soft end", "%.6f s to %.6f s", scene->from / 1e6,
		 scene->to / 1e6);
	legend(out, scene);
	svg_rect(out, LEFT, TOP, RIGHT - LEFT, bottom - TOP, "band", NULL);
	draw_times(out, &time, TOP, lanes_end);
	draw_addresses(out, &va);
	if (!scene->n_spans)
		svg_text(out, (LEFT + RIGHT) / 2, (TOP + bottom) / 2 + 4, "soft mid",
			 "nothing is mapped in this time");
	draw_spans(out, scene, &va, &time);
	draw_copies(out, scene, &va, &time, bottom);
	draw_faults(out, scene, &va, &time, bottom);
	for (w = 0, lanes = 0; w < EVENT_KINDS; w++) {
		double top = bottom + 8 + lanes * LANE;

		if (!count[w])
			continue;
		svg_text(out, LEFT - 8, top + LANE - 4, "end", "%s", what_names[w]);
		svg_line(out, LEFT, top + LANE - 1.5, RIGHT, top + LANE - 1.5, "grid");
		draw_lane(out, scene, &time, top, w);
		lanes++;
	}
	svg_end(out);
	axis_free(&va);
	axis_free(&time);
}
