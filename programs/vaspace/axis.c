// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A scale that leaves out where nothing is.
 *
 * An address space has 47 bits and uses a few patches of it, from 4 KiB to many
 * GiB; a program waits for minutes and then does all in a moment. So an axis is
 * a list of segments, each with its own scale, and gaps in between, which have
 * the same small width however long they are.
 */
#include <math.h>
#include <stdlib.h>

#include "vaspace.h"

#define GAP_BYTES 0x100000ull	/* shorter ones between mappings are drawn */

static int by_value(const void *a_, const void *b_)
{
	uint64_t a = *(const uint64_t *)a_, b = *(const uint64_t *)b_;

	return a < b ? -1 : a > b;
}

static int by_from(const void *a_, const void *b_)
{
	const struct stretch *a = a_, *b = b_;

	return a->from < b->from ? -1 : a->from > b->from;
}

static size_t distinct(const uint64_t *sorted, size_t n, unsigned int shift)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += !i || sorted[i] >> shift != sorted[i - 1] >> shift;
	return count;
}

static void add(struct axis *axis, size_t *room, uint64_t from, uint64_t to, bool gap)
{
	struct segment *s;

	axis->list = grow(axis->list, axis->count, room, sizeof(*s));
	s = &axis->list[axis->count++];
	s->from = from;
	s->to = to;
	s->at = 0;
	s->end = 0;
	s->gap = gap;
}

void axis_addresses(struct axis *axis, struct stretch *list, size_t n, size_t max, double at,
		    double gap, double step, double least, double most)
{
	uint64_t *edges = calloc(n ? 2 * n : 1, sizeof(*edges)), unit, reach, last;
	unsigned int shift = 12;		/* of a page */
	size_t i, next, edge_count = 0, room = 0;
	double sum = 0, scale, gaps = 0;

	axis->list = NULL;
	axis->count = 0;
	if (!edges)
		die("no memory for %zu addresses", n);
	for (i = 0; i < n; i++) {
		edges[edge_count++] = list[i].from;
		edges[edge_count++] = list[i].to;
	}
	qsort(edges, edge_count, sizeof(*edges), by_value);
	qsort(list, n, sizeof(*list), by_from);
	while (shift < 60 && distinct(edges, edge_count, shift) > max)
		shift++;
	unit = 1ull << shift;
	axis->unit = unit;

	/* From edge to edge; a segment is used if a stretch reaches over it. */
	reach = 0;
	next = 0;
	last = edge_count ? edges[0] & ~(unit - 1) : 0;
	for (i = 0; i <= edge_count; i++) {
		uint64_t edge;
		bool used;

		if (i < edge_count)
			edge = edges[i] & ~(unit - 1);
		else
			edge = edge_count ? (edges[edge_count - 1] + unit - 1) & ~(unit - 1) : 0;
		if (edge <= last)
			continue;
		while (next < n && list[next].from < edge) {
			if (list[next].to > reach)
				reach = list[next].to;
			next++;
		}
		used = reach > last;
		add(axis, &room, last, edge, !used && edge - last > GAP_BYTES);
		last = edge;
	}
	free(edges);

	for (i = 0; i < axis->count; i++) {
		struct segment *s = &axis->list[i];

		if (s->gap)
			gaps += gap;
		else
			sum += s->end = 1 + 0.35 * log2((s->to - s->from) / (double)unit + 1);
	}
	scale = step;
	if (sum * scale + gaps < least)
		scale = (least - gaps) / (sum > 0 ? sum : 1);
	if (sum * scale > most)
		scale = most / sum;
	/* Low addresses are at the bottom: from the top, the last segment first. */
	for (i = axis->count; i-- > 0; ) {
		struct segment *s = &axis->list[i];
		double size = s->gap ? gap : s->end * scale;

		s->end = at;
		at += size;
		s->at = at;
	}
}

void axis_time(struct axis *axis, const uint64_t *times, size_t n, uint64_t from, uint64_t to,
	       double at, double end, double gap)
{
	uint64_t active = to - from, pause, last, t;
	size_t i, room = 0, gaps = 0;
	unsigned int round;
	double scale;

	axis->unit = 1;
	/* What is long depends on what is left when all that is longer is out. */
	for (round = 0; round < 4; round++) {
		pause = active / 20 > 1000 ? active / 20 : 1000;
		active = 0;
		gaps = 0;
		last = from;
		for (i = 0; i <= n; i++) {
			t = i < n ? times[i] : to;
			if (t - last > pause)
				gaps++;
			else
				active += t - last;
			last = t;
		}
	}
	/* The edges of a gap stay, so that what is there does not stick to it. */
	axis->list = NULL;
	axis->count = 0;
	active = 0;
	last = from;
	for (i = 0; i <= n; i++) {
		uint64_t edge = pause / 8;

		t = i < n ? times[i] : to;
		if (t - last <= pause || gaps > 40) {
			last = t;
			continue;
		}
		add(axis, &room, axis->count ? axis->list[axis->count - 1].to : from, last + edge,
		    false);
		add(axis, &room, last + edge, t - edge, true);
		last = t;
	}
	add(axis, &room, axis->count ? axis->list[axis->count - 1].to : from, to, false);
	gaps = axis->count / 2;
	for (i = 0; i < axis->count; i += 2)
		active += axis->list[i].to - axis->list[i].from;
	scale = (end - at - gaps * gap) / (active ? active : 1);
	for (i = 0; i < axis->count; i++) {
		struct segment *s = &axis->list[i];

		s->at = at;
		at += s->gap ? gap : (s->to - s->from) * scale;
		s->end = at;
	}
}

double axis_place(const struct axis *axis, uint64_t value)
{
	size_t low = 0, high = axis->count;
	const struct segment *s;

	if (!axis->count)
		return 0;
	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (axis->list[middle].from <= value)
			low = middle;
		else
			high = middle;
	}
	s = &axis->list[low];
	if (value <= s->from)
		return s->at;
	if (value >= s->to)
		return s->end;
	return s->at + (s->end - s->at) * (double)(value - s->from) / (double)(s->to - s->from);
}

void axis_free(struct axis *axis)
{
	free(axis->list);
	axis->list = NULL;
	axis->count = 0;
}
