// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The part of kernel.h that is not inline.  Each implementation is linked with
// one of its own.

#include <sys/mman.h>

#include "kernel.h"

struct kernel_counts kernel_counts;
struct kernel_faults kernel_faults;
bool kernel_quiet;
struct ww_class reservation_ww_class;
struct ww_acquire_ctx kernel_no_ticket;
struct dma_resv *kernel_contended;
void (*kernel_locked)(struct dma_resv *resv);
struct dma_resv *kernel_interrupted;
unsigned long kernel_stamps;
#ifdef KERNEL_ASSERTS
__thread unsigned int kernel_spinning, kernel_signalling;
#endif

void kernel_warn(const char *file, int line, const char *what)
{
	__atomic_fetch_add(&kernel_counts.warnings, 1, __ATOMIC_RELAXED);
	if (!kernel_quiet)
		fprintf(stderr, "%s:%d: warning: %s\n", file, line, what);
}

void kernel_deadlock(const char *what)
{
	fprintf(stderr, "a %s is taken by somebody who will not give it back\n", what);
	abort();
}

void seq_printf(struct seq_file *m, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf((FILE *)m, format, ap);
	va_end(ap);
}

/* --------------------------------------------------------------- memory -- */

/* The sizes of the kernel's slabs on x86-64. */
static const size_t slabs[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
};

static unsigned int slab_of(size_t size)
{
	unsigned int i = 0;

	while (i < ARRAY_SIZE(slabs) && slabs[i] < size)
		i++;
	return i;
}

size_t kernel_slab_size(size_t size)
{
	unsigned int i = slab_of(size);

	return i < ARRAY_SIZE(slabs) ? slabs[i] : (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/* Memory that the caller waits for may be freed only after a fence. */
static void may_alloc(gfp_t flags)
{
#ifdef KERNEL_ASSERTS
	WARN_ON(flags & GFP_KERNEL && (kernel_spinning || kernel_signalling));
#endif
}

static bool refuse(gfp_t flags)
{
	unsigned int share = flags & GFP_KERNEL ? kernel_faults.sleeping : kernel_faults.atomic;
	bool yes = false;

	if (kernel_faults.countdown)
		yes = !--kernel_faults.countdown;
	if (share) {
		u64 x = kernel_faults.seed;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		kernel_faults.seed = x;
		yes = yes || x % 1000 < share;
	}
	if (yes)
		__atomic_fetch_add(&kernel_counts.refused, 1, __ATOMIC_RELAXED);
	return yes;
}

/* In large pages, as the kernel's own mapping of all memory is. */
void *kernel_arena(size_t size)
{
	const size_t huge = 2UL << 20;
	void *p = aligned_alloc(huge, (size + huge - 1) & ~(huge - 1));

	if (!p)
		abort();
	madvise(p, (size + huge - 1) & ~(huge - 1), MADV_HUGEPAGE);
	return p;
}

#ifdef KERNEL_LIBC_ALLOC
/*
 * What a sanitizer can look at; nothing but the sizes before the block.  As in the kernel, a
 * size that is a power of two is the alignment.
 */
static size_t head_size(size_t size)
{
	return size & (size - 1) || size < 16 ? 16 : size;
}

void *kernel_alloc(size_t size, gfp_t flags)
{
	size_t *p;

	may_alloc(flags);
	if (unlikely(kernel_faults.sleeping | kernel_faults.atomic | kernel_faults.countdown) &&
	    refuse(flags))
		return NULL;
	p = aligned_alloc(head_size(size), (head_size(size) + size + 15) & ~15UL);
	if (!p)
		return NULL;
	p += head_size(size) / sizeof(*p) - 2;
	p[0] = kernel_slab_size(size);
	p[1] = size;
	__atomic_fetch_add(&kernel_counts.allocs, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&kernel_counts.bytes, p[0], __ATOMIC_RELAXED);
	memset(p + 2, flags & __GFP_ZERO ? 0 : 0xa5, size);
	return p + 2;
}

size_t kernel_size(const void *p)
{
	return ((const size_t *)p)[-1];
}

void kfree(const void *p)
{
	size_t *head = (size_t *)p - 2;

	if (!p)
		return;
	__atomic_fetch_add(&kernel_counts.frees, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&kernel_counts.bytes, head[0], __ATOMIC_RELAXED);
	free((char *)p - head_size(head[1]));
}
#else
/*
 * A free list for each slab, about as quick as the kernel's, in chunks that are
 * aligned to their size: the head of a chunk knows the slab of what lies in it.
 */
#define CHUNK (2UL << 20)

struct chunk {
	unsigned int slab;
	size_t large;
	struct chunk *next;
};

static struct chunk *chunks;

static void *free_list[ARRAY_SIZE(slabs)];

static struct chunk *new_chunk(size_t size)
{
	return kernel_arena(size);
}

static void fill(unsigned int slab)
{
	struct chunk *c = new_chunk(CHUNK);
	size_t size = slabs[slab], at;

	c->slab = slab;
	c->next = chunks;
	chunks = c;
	at = size < 64 ? 64 : size;
	/* The lowest address is to be handed out first. */
	for (at += (CHUNK - at) / size * size; at > (size < 64 ? 64 : size);) {
		at -= size;
		*(void **)((char *)c + at) = free_list[slab];
		free_list[slab] = (char *)c + at;
	}
}

void *kernel_alloc(size_t size, gfp_t flags)
{
	unsigned int slab = slab_of(size);
	void *p;

	if (unlikely(kernel_faults.sleeping | kernel_faults.atomic | kernel_faults.countdown) &&
	    refuse(flags))
		return NULL;
	if (unlikely(slab == ARRAY_SIZE(slabs))) {
		struct chunk *c = new_chunk(size + 64);

		c->slab = slab;
		c->large = kernel_slab_size(size);
		p = (char *)c + 64;
	} else {
		if (unlikely(!free_list[slab]))
			fill(slab);
		p = free_list[slab];
		free_list[slab] = *(void **)p;
	}
#ifdef KERNEL_COUNTS
	kernel_counts.allocs++;
	kernel_counts.bytes += kernel_slab_size(size);
#endif
	if (flags & __GFP_ZERO)
		memset(p, 0, size);
	return p;
}

void kfree(const void *p)
{
	struct chunk *c = (struct chunk *)((unsigned long)p & ~(CHUNK - 1));

	if (!p)
		return;
#ifdef KERNEL_COUNTS
	kernel_counts.frees++;
	kernel_counts.bytes -= c->slab < ARRAY_SIZE(slabs) ? slabs[c->slab] : c->large;
#endif
	if (unlikely(c->slab == ARRAY_SIZE(slabs))) {
		free(c);
		return;
	}
	*(void **)p = free_list[c->slab];
	free_list[c->slab] = (void *)p;
}
#endif

#ifndef KERNEL_LIBC_ALLOC
void kernel_each_slab(void (*fn)(const void *p, size_t size))
{
	for (const struct chunk *c = chunks; c; c = c->next)
		fn(c, CHUNK);
}
#endif

/* ---------------------------------------------------------------- llist -- */

#include <linux/llist.h>

bool llist_add_batch(struct llist_node *first, struct llist_node *last,
		     struct llist_head *head)
{
	struct llist_node *top = READ_ONCE(head->first);

	do {
		last->next = top;
	} while (!try_cmpxchg(&head->first, &top, first));
	return !top;
}

struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *top = __atomic_load_n(&head->first, __ATOMIC_ACQUIRE);

	while (top && !try_cmpxchg(&head->first, &top, top->next))
		;
	return top;
}
