// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The guest's memory.
 *
 * QEMU names each range of guest memory that a device may reach, most of them
 * with a file descriptor: these are mapped here, and DMA is a memcpy. Memory
 * without one (a ROM, say) is asked for and sent by messages. Ranges come and go
 * by hundreds while a guest's firmware moves the PCI windows about, and a file
 * descriptor belongs to its range alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dma.h"
#include "vfio-user.h"

struct range {
	uint64_t addr;
	uint64_t size;
	bool readable, writable;
	uint8_t *mem;		/* NULL: by messages */
	void *map;		/* page-aligned, what to munmap() */
	size_t map_size;
};

/* Sorted by address, without overlaps. */
static struct range *ranges;
static size_t count, space;

/* The first range that ends behind @addr. */
static size_t first_behind(uint64_t addr)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ranges[mid].addr + (ranges[mid].size - 1) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Maps @fd at any offset; a file that is too short would fault when touched. */
static int map_file(struct range *r, int fd, uint64_t offset)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t before = offset % page;
	int prot = (r->readable ? PROT_READ : 0) | (r->writable ? PROT_WRITE : 0);
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0 ||
	    offset > (uint64_t)st.st_size || r->size > (uint64_t)st.st_size - offset)
		return EINVAL;
	r->map_size = before + r->size;
	r->map = mmap(NULL, r->map_size, prot, MAP_SHARED, fd, (off_t)(offset - before));
	if (r->map == MAP_FAILED)
		return errno;
	r->mem = (uint8_t *)r->map + before;
	return 0;
}

int dma_map(uint64_t addr, uint64_t size, bool readable, bool writable, int fd, uint64_t offset)
{
	struct range r = {
		.addr = addr, .size = size, .readable = readable, .writable = writable,
	};
	size_t at;
	int err;

	if (!size || addr + (size - 1) < addr)
		return EINVAL;
	at = first_behind(addr);
	if (at < count && ranges[at].addr <= addr + (size - 1))
		return EEXIST;
	if (count == space) {
		size_t more = space ? space * 2 : 64;
		struct range *new = realloc(ranges, more * sizeof(*ranges));

		if (!new)
			return ENOMEM;
		ranges = new;
		space = more;
	}
	if (fd >= 0) {
		err = map_file(&r, fd, offset);
		if (err)
			return err;
	}
	memmove(ranges + at + 1, ranges + at, (count - at) * sizeof(*ranges));
	ranges[at] = r;
	count++;
	return 0;
}

int dma_unmap(uint64_t addr, uint64_t size)
{
	size_t at = first_behind(addr);

	if (at == count || ranges[at].addr != addr || ranges[at].size != size)
		return ENOENT;
	if (ranges[at].map)
		munmap(ranges[at].map, ranges[at].map_size);
	count--;
	memmove(ranges + at, ranges + at + 1, (count - at) * sizeof(*ranges));
	return 0;
}

void dma_unmap_all(void)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (ranges[i].map)
			munmap(ranges[i].map, ranges[i].map_size);
	free(ranges);
	ranges = NULL;
	count = 0;
	space = 0;
}

/* The range that @addr is in, and how much of @len. */
static struct range *range_at(uint64_t addr, size_t len, size_t *part)
{
	/* One access is near the one before it. */
	static size_t last;
	uint64_t left;

	if (last >= count || addr < ranges[last].addr ||
	    addr - ranges[last].addr >= ranges[last].size) {
		size_t at = first_behind(addr);

		if (at == count || ranges[at].addr > addr)
			return NULL;
		last = at;
	}
	left = ranges[last].size - (addr - ranges[last].addr);
	*part = len < left ? len : (size_t)left;
	return &ranges[last];
}

bool dma_mapped(uint64_t addr, size_t len)
{
	size_t part;

	while (len) {
		if (!range_at(addr, len, &part))
			return false;
		len -= part;
		if (len && addr + part < addr)
			return false;
		addr += part;
	}
	return true;
}

/* All or nothing as far as can be known before: no half of a bad access happens. */
static bool allowed(uint64_t addr, size_t len, bool write)
{
	struct range *r;
	size_t part;

	while (len) {
		r = range_at(addr, len, &part);
		if (!r || !(write ? r->writable : r->readable))
			return false;
		len -= part;
		if (len && addr + part < addr)
			return false;
		addr += part;
	}
	return true;
}

bool dma_read(uint64_t addr, void *buf, size_t len)
{
	uint8_t *to = buf;
	struct range *r;
	size_t part;

	if (!allowed(addr, len, false))
		return false;
	while (len) {
		r = range_at(addr, len, &part);
		if (r->mem)
			memcpy(to, r->mem + (addr - r->addr), part);
		else if (!vfio_user_dma_read(addr, to, part))
			return false;
		addr += part;
		to += part;
		len -= part;
	}
	return true;
}

bool dma_write(uint64_t addr, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	struct range *r;
	size_t part;

	if (!allowed(addr, len, true))
		return false;
	while (len) {
		r = range_at(addr, len, &part);
		if (r->mem)
			memcpy(r->mem + (addr - r->addr), from, part);
		else if (!vfio_user_dma_write(addr, from, part))
			return false;
		addr += part;
		from += part;
		len -= part;
	}
	return true;
}
