// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A still picture, of what debugfs says of a real card: /sys/kernel/debug/dri/N/gpuvas.
 *
 * For each program the kernel's GPUVM lists its mappings and nouveau its sparse
 * regions:
 *
 *	DRM GPU VA space (NAME) [0xSTART;0xEND]
 *	Kernel reserved node [0xSTART;0xEND]
 *	 VAs | start | range | end | object | object offset
 *	     | 0x... | 0x... | 0x... | 0x... | 0x...
 *	 VA regions  | start | range | end
 *	             | 0x... | 0x... | 0x...
 *
 * A column for each address space, addresses upwards. An object is a buffer: the
 * same one has the same number and colour wherever it is mapped.
 */
#include <stdlib.h>
#include <string.h>

#include "vaspace.h"

#define COLUMN 300.0
#define TOP 96.0
#define MOST_COLUMNS 24

struct mapping {
	uint64_t va, end, object, offset;
	unsigned int column;
	bool region;
};

struct column {
	char name[64];
	uint64_t start, end, kernel, kernel_end;
	size_t mappings, regions;
	uint64_t bytes;
};

struct still {
	struct mapping *list;
	size_t count, room;
	struct column *columns;
	size_t n_columns, columns_room;
	uint64_t *objects;
	size_t n_objects, objects_room;
};

static bool hex(const char **text, uint64_t *value)
{
	char *end;

	while (**text == ' ' || **text == '|')
		++*text;
	if (strncmp(*text, "0x", 2))
		return false;
	*value = strtoull(*text, &end, 16);
	if (end == *text + 2)
		return false;
	*text = end;
	return true;
}

/* "... [0xA;0xB]" */
static bool bounds(const char *line, uint64_t *from, uint64_t *to)
{
	const char *at = strrchr(line, '[');

	if (!at++ || !hex(&at, from) || *at++ != ';' || !hex(&at, to))
		return false;
	return *at == ']' && *from <= *to;
}

static bool blank(const char *line)
{
	return line[strspn(line, " -")] == 0;
}

static void plain(char *to, size_t size, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < size && i < len; i++)
		to[i] = from[i] >= ' ' && from[i] < 127 ? from[i] : '?';
	to[i] = 0;
}

static void read_still(const char *path, struct still *still)
{
	FILE *file = open_input(path);
	unsigned long number = 0;
	struct column *c = NULL;
	char *line = NULL;
	size_t room = 0;

	while (read_line(file, path, &line, &room, &number)) {
		uint64_t value[5];
		const char *at = line;
		unsigned int n;

		if (blank(line) || !strncmp(line, " VAs |", 6) ||
		    !strncmp(line, " VA regions ", 12))
			continue;
		if (!strncmp(line, "DRM GPU VA space (", 18)) {
			const char *close = strrchr(line, ')');

			still->columns = grow(still->columns, still->n_columns,
					      &still->columns_room, sizeof(*c));
			c = &still->columns[still->n_columns++];
			memset(c, 0, sizeof(*c));
			if (!close || close < line + 18 || !bounds(line, &c->start, &c->end))
				die("%s:%lu: not an address space of gpuvas", path, number);
			plain(c->name, sizeof(c->name), line + 18, close - line - 18);
			continue;
		}
		if (!strncmp(line, "Kernel reserved node ", 21) && c) {
			if (!bounds(line, &c->kernel, &c->kernel_end))
				die("%s:%lu: not the kernel's part of gpuvas", path, number);
			continue;
		}
		for (n = 0; n < 5 && hex(&at, &value[n]); n++)
			;
		if (!c || *at || (n != 3 && n != 5))
			die("%s:%lu: `%.40s' is not of debugfs' gpuvas; give a copy of that file",
			    path, number, line);
		if (!value[1] || value[0] + value[1] != value[2])
			die("%s:%lu: start, range and end do not fit", path, number);
		still->list = grow(still->list, still->count, &still->room, sizeof(*still->list));
		still->list[still->count++] = (struct mapping){
			.va = value[0], .end = value[2], .object = n == 5 ? value[3] : 0,
			.offset = n == 5 ? value[4] : 0, .region = n == 3,
			.column = (unsigned int)(c - still->columns),
		};
		if (n == 5) {
			c->mappings++;
			c->bytes += value[1];
		} else {
			c->regions++;
		}
	}
	free(line);
	fclose(file);
	if (!c)
		die("%s: no address space in it; is a program using VM_BIND running?", path);
}

static int by_number(const void *a_, const void *b_)
{
	uint64_t a = *(const uint64_t *)a_, b = *(const uint64_t *)b_;

	return a < b ? -1 : a > b;
}

static void number_objects(struct still *still)
{
	size_t i, kept = 0;

	for (i = 0; i < still->count; i++) {
		if (still->list[i].region)
			continue;
		still->objects = grow(still->objects, still->n_objects, &still->objects_room,
				      sizeof(*still->objects));
		still->objects[still->n_objects++] = still->list[i].object;
	}
	qsort(still->objects, still->n_objects, sizeof(*still->objects), by_number);
	for (i = 0; i < still->n_objects; i++)
		if (!kept || still->objects[kept - 1] != still->objects[i])
			still->objects[kept++] = still->objects[i];
	still->n_objects = kept;
}

static size_t object_number(const struct still *still, uint64_t object)
{
	const uint64_t *found = bsearch(&object, still->objects, still->n_objects, sizeof(object),
					by_number);

	return found ? (size_t)(found - still->objects) + 1 : 0;
}

static void column_axis(const struct still *still, unsigned int c, struct axis *axis)
{
	struct stretch *list = calloc(still->count + 1, sizeof(*list));
	const struct column *column = &still->columns[c];
	size_t i, n = 0;

	if (!list)
		die("no memory for %zu mappings", still->count);
	for (i = 0; i < still->count; i++)
		if (still->list[i].column == c)
			list[n++] = (struct stretch){ still->list[i].va, still->list[i].end };
	if (column->kernel < column->kernel_end)
		list[n++] = (struct stretch){ column->kernel, column->kernel_end };
	axis_addresses(axis, list, n, 400, TOP, 24, 16, 60, 4000);
	free(list);
}

static void draw_mapping(FILE *out, const struct still *still, const struct mapping *m,
			 const struct axis *axis, double left, double right)
{
	static const char *const classes[] = {
		"m v0", "m c0", "m n0", "m v2", "m c2", "m n2", "m v3", "m c3", "m n3",
	};
	double y = axis_place(axis, m->end), bottom = axis_place(axis, m->va);
	double h = bottom - y < 1 ? 1 : bottom - y;
	char size[32], offset[32];
	size_t object;

	bytes_text(m->end - m->va, size);
	if (m->region) {
		svg_rect(out, left - 5, y, right - left + 10, h, "m s",
			 "sparse region\n0x%llx to 0x%llx (%s)", (unsigned long long)m->va,
			 (unsigned long long)m->end, size);
		return;
	}
	object = object_number(still, m->object);
	svg_rect(out, left, y, right - left, h, classes[object % ARRAY_SIZE(classes)],
		 "object %zu from 0x%llx on\n0x%llx to 0x%llx (%s)", object,
		 (unsigned long long)m->offset, (unsigned long long)m->va,
		 (unsigned long long)m->end, size);
	if (h >= 11)
		svg_text(out, left + 5, y + h / 2 + 3.5, "in on", "object %zu%s%s, %s", object,
			 m->offset ? " + " : "", m->offset ? bytes_text(m->offset, offset) : "",
			 size);
}

static void draw_column(FILE *out, const struct still *still, unsigned int c,
			const struct axis *axis, double x)
{
	const struct column *column = &still->columns[c];
	double left = x + 120, right = x + COLUMN - 24, placed = 1e9;
	char size[32];
	size_t i;

	svg_text(out, x + 20, TOP - 26, NULL, "%s", column->name);
	svg_text(out, x + 20, TOP - 11, "soft", "%zu mappings, %s; %zu sparse", column->mappings,
		 bytes_text(column->bytes, size), column->regions);
	for (i = 0; i < axis->count; i++) {
		const struct segment *s = &axis->list[i];

		if (s->gap) {
			double middle = (s->at + s->end) / 2;

			svg_line(out, left, middle, right, middle, "brk");
			if (placed - middle < 10)
				continue;
			svg_text(out, left - 10, middle + 3.5, "soft mono end", "%s unused",
				 bytes_text(s->to - s->from, size));
			placed = middle;
		} else if (placed - s->at >= 10) {
			svg_text(out, left - 10, s->at + 3.5, "mono end", "0x%llx",
				 (unsigned long long)s->from);
			placed = s->at;
		}
	}
	if (column->kernel < column->kernel_end) {
		double y = axis_place(axis, column->kernel_end);
		double h = axis_place(axis, column->kernel) - y;

		svg_rect(out, left, y, right - left, h, "m k",
			 "the kernel's part\n0x%llx to 0x%llx",
			 (unsigned long long)column->kernel,
			 (unsigned long long)column->kernel_end);
		if (h >= 11)
			svg_text(out, left + 5, y + h / 2 + 3.5, "in", "kernel");
	}
	/* Regions lie behind what is mapped in them. */
	for (i = 0; i < still->count; i++)
		if (still->list[i].column == c && still->list[i].region)
			draw_mapping(out, still, &still->list[i], axis, left, right);
	for (i = 0; i < still->count; i++)
		if (still->list[i].column == c && !still->list[i].region)
			draw_mapping(out, still, &still->list[i], axis, left, right);
}

void gpuvas(const char *path, FILE *out)
{
	struct still still = { 0 };
	double bottom = TOP + 60, width;
	struct axis *axes;
	char about[128];
	size_t c, shown, mappings = 0;

	read_still(path, &still);
	number_objects(&still);
	shown = still.n_columns < MOST_COLUMNS ? still.n_columns : MOST_COLUMNS;
	axes = calloc(shown, sizeof(*axes));
	if (!axes)
		die("no memory");
	for (c = 0; c < shown; c++) {
		column_axis(&still, (unsigned int)c, &axes[c]);
		if (axes[c].count && axes[c].list[0].at > bottom)
			bottom = axes[c].list[0].at;
	}
	for (c = 0; c < still.n_columns; c++)
		mappings += still.columns[c].mappings;
	width = shown * COLUMN > 480 ? shown * COLUMN : 480;
	snprintf(about, sizeof(about), "%zu mappings of %zu objects in %zu address spaces%s",
		 mappings, still.n_objects, still.n_columns,
		 shown < still.n_columns ? ", not all of them drawn" : "");
	svg_begin(out, width, bottom + 24, "GPU address spaces", about);
	svg_text(out, 20, 26, "h", "GPU address spaces");
	svg_text(out, 20, 44, "soft", "%s", about);
	for (c = 0; c < shown; c++) {
		draw_column(out, &still, (unsigned int)c, &axes[c], c * COLUMN);
		axis_free(&axes[c]);
	}
	svg_end(out);
	free(axes);
	free(still.list);
	free(still.columns);
	free(still.objects);
}
