// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A window of the address space beside what should be in it: see the header.
 */
#include <string.h>

#include "vmbind-test.h"

#define PAGE_WORDS (PAGE / 4)

/* The buffers are filled through a place that is outside of every window. */
#define FILL_VA 0x30000000ull

void shadow_init_of(struct shadow *s, struct channel *ch, struct stage *st, uint64_t va,
		    unsigned int pages, unsigned int bo_pages, const uint32_t *domains)
{
	unsigned int i;

	*s = (struct shadow){
		.ch = ch, .st = st, .va = va, .pages = pages, .bo_pages = bo_pages,
		.at = calloc(pages, sizeof(*s->at)),
	};
	if (!s->at)
		fail("out of memory");
	for (i = 0; i < SHADOW_BOS; i++) {
		s->bo[i] = bo_new(ch->fd, bo_pages * PAGE, domains[i]);
		map(FILL_VA, &s->bo[i], 0, bo_pages * PAGE);
		gpu_write(ch, st, FILL_VA, i + 1, 0, bo_pages * PAGE);
		unmap(ch->fd, FILL_VA, bo_pages * PAGE);
	}
}

void shadow_init(struct shadow *s, struct channel *ch, struct stage *st, uint64_t va,
		 unsigned int pages, unsigned int bo_pages, uint32_t domain)
{
	const uint32_t domains[SHADOW_BOS] = { domain, domain, domain, domain };

	shadow_init_of(s, ch, st, va, pages, bo_pages, domains);
}

struct nv_bind_op shadow_map(struct shadow *s, unsigned int page, unsigned int bo,
			     unsigned int bo_page, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		s->at[page + i].bo = (uint8_t)(bo + 1);
		s->at[page + i].page = bo_page + i;
	}
	return op_map(s->va + page * PAGE, &s->bo[bo], bo_page * PAGE, count * PAGE);
}

struct nv_bind_op shadow_unmap(struct shadow *s, unsigned int page, unsigned int count)
{
	memset(&s->at[page], 0, count * sizeof(*s->at));
	return op_unmap(s->va + page * PAGE, count * PAGE);
}

/* Copies what may be read of @count pages to the stage; the rest is untouched. */
static void fetch_pages(struct shadow *s, unsigned int first, unsigned int count)
{
	unsigned int begin, end;
	bool any = false;

	for (begin = 0; begin < count; begin = end) {
		bool there = s->sparse || s->at[first + begin].bo;

		for (end = begin + 1; end < count; end++) {
			if ((s->sparse || s->at[first + end].bo) != there)
				break;
		}
		if (!there)
			continue;
		push_copy(s->ch, s->st->va + begin * PAGE, s->va + (first + begin) * PAGE,
			  (end - begin) * PAGE);
		any = true;
	}
	if (any)
		finish(s->ch);
}

void shadow_check(struct shadow *s, const char *what)
{
	unsigned int room = (unsigned int)(s->st->bo.size / PAGE);
	unsigned int first, i, word;

	for (first = 0; first < s->pages; first += room) {
		unsigned int count = s->pages - first < room ? s->pages - first : room;

		memset(s->st->bo.map, 0x55, count * PAGE);
		fetch_pages(s, first, count);
		for (i = 0; i < count; i++) {
			const struct shadow_page *at = &s->at[first + i];
			const uint32_t *got = s->st->bo.map + i * PAGE_WORDS;

			if (!at->bo && !s->sparse)
				continue;
			checked();
			for (word = 0; word < PAGE_WORDS; word++) {
				uint32_t expected = at->bo ?
					pattern(at->bo, at->page * PAGE_WORDS + word) : 0;

				if (got[word] == expected)
					continue;
				fail("%s: page %u of the window, word %u is 0x%08x, expected 0x%08x%s",
				     what, first + i, word, got[word], expected,
				     at->bo ? "" : " (sparse)");
			}
		}
	}
}
