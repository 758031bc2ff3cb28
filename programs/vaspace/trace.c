// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Reads a trace of gpu-model: a line for each event,
 *
 *	SECONDS EVENT key=value...
 *
 * and keeps what concerns one address space, named by its page directory (pdb).
 * Channels belong to the address space that they were last bound to. Events that
 * are not drawn, and keys that are not needed, may be there.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "vaspace.h"

/* A line of the trace, taken apart */
enum key { PDB, VA, SIZE, PAGE, ADDR, KIND, RO, PRIV, CH, LEN, LINES, SRC, DST, REASON, KEYS };

static const char *const key_names[KEYS] = {
	"pdb", "va", "size", "page", "addr", "kind", "ro", "priv", "ch", "len", "lines", "src",
	"dst", "reason",
};

struct line {
	uint64_t time;
	const char *event;
	uint64_t value[KEYS];
	uint32_t has;		/* bit of each key that is there */
	const char *aper, *access, *chip;
	bool all;		/* pdb=all */
};

struct reader {
	const char *path;
	FILE *file;
	char *text;
	size_t room;
	unsigned long number;
	uint64_t last;
};

/* What is known of an address space before one is chosen */
struct space {
	uint64_t pdb, first, last;
	char chip[24];
	unsigned long maps, pushes;
};

struct channel {
	uint32_t id;
	uint64_t pdb;
};

struct tables {
	struct space *spaces;
	size_t n_spaces, spaces_room;
	struct channel *channels;
	size_t n_channels, channels_room;
};

static void __attribute__((format(printf, 2, 3), noreturn))
bad(const struct reader *r, const char *fmt, ...)
{
	char what[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	die("%s:%lu: %s; is it a trace of gpu-model?", r->path, r->number, what);
}

static bool parse_number(const char *text, uint64_t *value)
{
	unsigned int base = 10, digit;
	uint64_t n = 0;

	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text >= '0' && *text <= '9')
			digit = *text - '0';
		else if (base == 16 && *text >= 'a' && *text <= 'f')
			digit = *text - 'a' + 10;
		else if (base == 16 && *text >= 'A' && *text <= 'F')
			digit = *text - 'A' + 10;
		else
			return false;
		if (n > (UINT64_MAX - digit) / base)
			return false;
		n = n * base + digit;
	}
	*value = n;
	return true;
}

/* SECONDS.FRACTION, down to microseconds */
static bool parse_time(const char *text, uint64_t *time)
{
	uint64_t us = 0, unit = 100000;
	unsigned int digits = 0;

	for (; *text >= '0' && *text <= '9'; text++, digits++)
		us = us * 10 + (*text - '0');
	if (!digits || digits > 9)
		return false;
	us *= 1000000;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
			us += (*text - '0') * unit;
	}
	*time = us;
	return !*text;
}

static void parse_pair(const struct reader *r, struct line *l, char *word)
{
	char *value = strchr(word, '=');
	unsigned int k;

	if (!value || value == word)
		bad(r, "`%.40s' is not key=value", word);
	*value++ = 0;
	for (k = 0; k < KEYS; k++)
		if (!strcmp(word, key_names[k]))
			break;
	if (k < KEYS) {
		if (k == PDB && !strcmp(value, "all"))
			l->all = true;
		else if (!parse_number(value, &l->value[k]))
			bad(r, "`%.40s' is no number", value);
		l->has |= 1u << k;
	} else if (!strcmp(word, "aper")) {
		l->aper = value;
	} else if (!strcmp(word, "access")) {
		l->access = value;
	} else if (!strcmp(word, "chip")) {
		l->chip = value;
	}
}

static bool next_line(struct reader *r, struct line *l)
{
	char *word, *save;

	if (!read_line(r->file, r->path, &r->text, &r->room, &r->number))
		return false;
	memset(l, 0, sizeof(*l));
	word = strtok_r(r->text, " ", &save);
	if (!word || !parse_time(word, &l->time))
		bad(r, "no time at the start: `%.40s'", word ? word : "");
	if (l->time < r->last)
		bad(r, "time goes back to %.40s", word);
	r->last = l->time;
	l->event = strtok_r(NULL, " ", &save);
	if (!l->event)
		bad(r, "no event behind %.40s", word);
	/* Words like "nonstall" say something of events that are not drawn. */
	while ((word = strtok_r(NULL, " ", &save)))
		if (strchr(word, '=') || strcmp(l->event, "intr"))
			parse_pair(r, l, word);
	return true;
}

static void need(const struct reader *r, const struct line *l, uint32_t keys)
{
	uint32_t missing = keys & ~l->has;
	unsigned int k;

	for (k = 0; k < KEYS; k++)
		if (missing & 1u << k)
			bad(r, "an event without %s=", key_names[k]);
}

static void need_range(const struct reader *r, const struct line *l)
{
	need(r, l, 1u << PDB | 1u << VA | 1u << SIZE);
	if (l->all)
		bad(r, "`%s' of all address spaces", l->event);
	if (!l->value[SIZE] || l->value[VA] + l->value[SIZE] < l->value[VA])
		bad(r, "`%s' of a range that cannot be", l->event);
}

static uint8_t backing(const struct reader *r, const struct line *l)
{
	if (!l->aper)
		bad(r, "an event without %s=", "aper");
	if (!strcmp(l->aper, "vram"))
		return VRAM;
	if (!strcmp(l->aper, "sysc"))
		return SYSTEM;
	if (!strcmp(l->aper, "sysn") || !strcmp(l->aper, "peer"))
		return SYSTEM_NONCOHERENT;
	bad(r, "an aperture called `%.40s'", l->aper);
}

/* Wherever in the trace it is, and whether or not it is going to be drawn. */
static void validate(const struct reader *r, const struct line *l)
{
	bool map = !strcmp(l->event, "map");

	if (map || !strcmp(l->event, "sparse") || !strcmp(l->event, "unmap"))
		need_range(r, l);
	if (map) {
		need(r, l, 1u << PAGE | 1u << ADDR);
		backing(r, l);
	}
	if (!strcmp(l->event, "inval"))
		need(r, l, 1u << PDB);
}

/* --- address spaces and channels --------------------------------------------- */

static struct space *space_of(struct tables *t, uint64_t pdb, uint64_t time)
{
	struct space *s;
	size_t i;

	for (i = 0; i < t->n_spaces; i++)
		if (t->spaces[i].pdb == pdb)
			break;
	if (i == t->n_spaces) {
		t->spaces = grow(t->spaces, t->n_spaces, &t->spaces_room, sizeof(*s));
		s = &t->spaces[t->n_spaces++];
		memset(s, 0, sizeof(*s));
		s->pdb = pdb;
		s->first = time;
	}
	s = &t->spaces[i];
	s->last = time;
	return s;
}

static struct channel *channel_of(struct tables *t, uint32_t id)
{
	struct channel *c;
	size_t i;

	for (i = 0; i < t->n_channels; i++)
		if (t->channels[i].id == id)
			return &t->channels[i];
	t->channels = grow(t->channels, t->n_channels, &t->channels_room, sizeof(*c));
	c = &t->channels[t->n_channels++];
	c->id = id;
	c->pdb = UINT64_MAX;
	return c;
}

/* A channel is bound anew when its slot is used again. */
static void follow_channels(const struct reader *r, struct tables *t, const struct line *l)
{
	if (strcmp(l->event, "bind"))
		return;
	need(r, l, 1u << CH | 1u << PDB);
	channel_of(t, (uint32_t)l->value[CH])->pdb = l->value[PDB];
}

static bool is(const struct line *l, const char *event)
{
	return !strcmp(l->event, event);
}

/* It goes into the picture, which is UTF-8. */
static void chip_name(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = from[i] > ' ' && from[i] < 127 ? from[i] : '?';
	to[i] = 0;
}

static void open_trace(struct reader *r, const char *path)
{
	memset(r, 0, sizeof(*r));
	r->path = path;
	r->file = open_input(path);
}

static void close_trace(struct reader *r)
{
	free(r->text);
		fclose(r->file);
}

static void survey(struct reader *r, struct tables *t)
{
	struct space *s;
	struct line l;

	while (next_line(r, &l)) {
		validate(r, &l);
		follow_channels(r, t, &l);
		if ((l.has & 1u << PDB) && !l.all) {
			s = space_of(t, l.value[PDB], l.time);
			if (is(&l, "vm") && l.chip)
				chip_name(s->chip, sizeof(s->chip), l.chip);
			s->maps += is(&l, "map") || is(&l, "sparse");
		} else if (l.has & 1u << CH) {
			struct channel *c = channel_of(t, (uint32_t)l.value[CH]);

			if (c->pdb == UINT64_MAX)
				continue;
			s = space_of(t, c->pdb, l.time);
			s->pushes += is(&l, "push");
		}
	}
	if (!t->n_spaces)
		die("%s: no address space in it; is it a trace of gpu-model?", r->path);
}

/* Of all there are the one where most happens: programs', not the driver's own. */
static const struct space *choose(const struct tables *t, const struct wish *wish,
				  const char *path)
{
	const struct space *best = &t->spaces[0];
	size_t i;

	for (i = 0; i < t->n_spaces; i++) {
		const struct space *s = &t->spaces[i];

		if (wish->has_pdb && s->pdb == wish->pdb)
			return s;
		if (s->maps + 2 * s->pushes > best->maps + 2 * best->pushes)
			best = s;
	}
	if (wish->has_pdb)
		die("%s: no address space 0x%llx; --list tells which there are", path,
		    (unsigned long long)wish->pdb);
	return best;
}

void trace_list(const char *path)
{
	struct tables t = { 0 };
	struct reader r;
	size_t i;

	open_trace(&r, path);
	survey(&r, &t);
	printf("%-18s %-8s %14s %14s %9s %9s\n", "pdb", "chip", "first", "last", "mappings",
	       "execs");
	for (i = 0; i < t.n_spaces; i++) {
		const struct space *s = &t.spaces[i];

		printf("0x%-16llx %-8s %14.6f %14.6f %9lu %9lu\n", (unsigned long long)s->pdb,
		       s->chip[0] ? s->chip : "?", s->first / 1e6, s->last / 1e6, s->maps,
		       s->pushes);
	}
	close_trace(&r);
	free(t.spaces);
	free(t.channels);
}

/* --- the scene ------------------------------------------------------------------ */

static void add_event(struct scene *scene, enum what what, const struct line *l, uint64_t va,
		      uint64_t size)
{
	struct event *e;

	if (l->time < scene->from || l->time > scene->to)
		return;
	/* Many changes at one moment are one event. */
	if ((what == BIND || what == INVALIDATE) && scene->n_events) {
		e = &scene->events[scene->n_events - 1];
		if (e->what == what && e->time == l->time) {
			e->size += size;
			return;
		}
	}
	scene->events = grow(scene->events, scene->n_events, &scene->events_room, sizeof(*e));
	e = &scene->events[scene->n_events++];
	memset(e, 0, sizeof(*e));
	e->time = l->time;
	e->what = what;
	e->va = va;
	e->size = size;
	e->channel = (uint32_t)l->value[CH];
}

static void range_event(struct reader *r, struct live *live, const struct line *l)
{
	struct span span = {
		.from = l->time,
		.va = l->value[VA],
		.end = l->value[VA] + l->value[SIZE],
		.addr = l->value[ADDR],
		.page = l->value[PAGE],
		.kind = (uint8_t)l->value[KIND],
		.ro = l->value[RO],
		.priv = l->value[PRIV],
		.backing = SPARSE,
	};

	if (is(l, "unmap")) {
		live_unmap(live, span.va, span.end, l->time);
		return;
	}
	if (is(l, "map"))
		span.backing = backing(r, l);
	live_map(live, &span);
}

static void channel_event(struct scene *scene, const struct line *l)
{
	if (is(l, "push")) {
		add_event(scene, EXEC, l, l->value[VA], l->value[LEN]);
	} else if (is(l, "copy") || is(l, "inline")) {
		uint64_t lines = l->has & 1u << LINES ? l->value[LINES] : 1;
		size_t before = scene->n_events;

		add_event(scene, COPY, l, l->value[DST], l->value[LEN] * (lines ? lines : 1));
		if (scene->n_events > before)
			scene->events[before].other = l->value[SRC];
	} else if (is(l, "sem")) {
		add_event(scene, SEMAPHORE, l, l->value[VA], 0);
	} else if (is(l, "fault")) {
		size_t before = scene->n_events;

		add_event(scene, FAULT, l, l->value[VA], 0);
		if (scene->n_events > before) {
			scene->events[before].reason = (uint32_t)l->value[REASON];
			scene->events[before].write = l->access && !strcmp(l->access, "write");
		}
	}
}

static bool is_vram(const struct span *s)
{
	return s->backing == VRAM;
}

static int by_memory(const void *a_, const void *b_)
{
	const struct span *a = *(const struct span *const *)a_;
	const struct span *b = *(const struct span *const *)b_;

	if (is_vram(a) != is_vram(b))
		return is_vram(a) ? -1 : 1;
	return a->addr < b->addr ? -1 : a->addr > b->addr;
}

/*
 * Which spans have the same piece of memory behind them: mappings of one buffer
 * overlap in memory, so pieces are what overlaps.
 */
static void number_memory(struct scene *scene)
{
	struct span **sorted = calloc(scene->n_spans ? scene->n_spans : 1, sizeof(*sorted));
	const struct span *last = NULL;
	uint64_t end = 0;
	size_t i, n = 0;

	if (!sorted)
		die("no memory for %zu mappings", scene->n_spans);
	for (i = 0; i < scene->n_spans; i++)
		if (scene->spans[i].backing != SPARSE)
			sorted[n++] = &scene->spans[i];
	qsort(sorted, n, sizeof(*sorted), by_memory);
	for (i = 0; i < n; i++) {
		struct span *s = sorted[i];
		uint64_t s_end = s->addr + (s->end - s->va);

		if (!last || s->addr >= end || is_vram(s) != is_vram(last)) {
			scene->memories++;
			end = s_end;
		} else if (s_end > end) {
			end = s_end;
		}
		s->memory = scene->memories;
		last = s;
	}
	free(sorted);
}

void trace_read(const char *path, const struct wish *wish, struct scene *scene)
{
	const struct space *space;
	struct tables t = { 0 };
	struct reader r;
	struct live *live;
	struct line l;

	open_trace(&r, path);
	survey(&r, &t);
	space = choose(&t, wish, path);
	scene->pdb = space->pdb;
	memcpy(scene->chip, space->chip, sizeof(scene->chip));
	scene->others = (unsigned int)t.n_spaces - 1;
	scene->from = wish->has_from ? wish->from : space->first;
	scene->to = wish->has_to ? wish->to : space->last;
	if (scene->from > space->last || scene->to < space->first)
		die("%s: nothing happens in that time; 0x%llx is there from %.6f to %.6f", path,
		    (unsigned long long)space->pdb, space->first / 1e6, space->last / 1e6);
	if (scene->to <= scene->from)
		scene->to = scene->from + 1;

	live = live_new(scene);
	t.n_channels = 0;
	if (fseek(r.file, 0, SEEK_SET))
		die("%s cannot be read twice; save it in a file", path);
	r.number = 0;
	r.last = 0;
	while (next_line(&r, &l) && l.time <= scene->to) {
		follow_channels(&r, &t, &l);
		if (is(&l, "map") || is(&l, "sparse") || is(&l, "unmap")) {
			if (l.value[PDB] != scene->pdb)
				continue;
			range_event(&r, live, &l);
			add_event(scene, BIND, &l, l.value[VA], l.value[SIZE]);
		} else if (is(&l, "inval")) {
			if (l.all || l.value[PDB] == scene->pdb)
				add_event(scene, INVALIDATE, &l, 0, 0);
		} else if (l.has & 1u << CH && !is(&l, "bind")) {
			if (channel_of(&t, (uint32_t)l.value[CH])->pdb == scene->pdb)
				channel_event(scene, &l);
		}
	}
	live_finish(live, scene->to);
	live_free(live);
	number_memory(scene);
	close_trace(&r);
	free(t.spaces);
	free(t.channels);
}
