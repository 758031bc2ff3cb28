// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory as the GPU sees it: its own (VRAM), and the system's across PCI, which
 * it can snoop the processor's caches for ("coherent") or not. To the model the
 * last two are one; what differs is only which of them a page table entry names.
 */
#include <string.h>
#include <sys/mman.h>

#include "gpu.h"

const char *aperture_name(enum aperture aper)
{
	static const char *const name[] = { "vram", "peer", "sysc", "sysn" };

	return aper < ARRAY_SIZE(name) ? name[aper] : "?";
}

bool memory_init(struct gpu *gpu)
{
	unsigned int mib = gpu->config.vram_mib ? gpu->config.vram_mib : gpu->chip->vram_mib;

	gpu->vram_size = (mib + gpu->chip->firmware_mib) * MiB;
	gpu->vram = mmap(NULL, gpu->vram_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (gpu->vram == MAP_FAILED) {
		gpu->vram = NULL;
		return false;
	}
	return true;
}

void memory_fini(struct gpu *gpu)
{
	if (gpu->vram)
		munmap(gpu->vram, gpu->vram_size);
}

bool memory_exists(struct gpu *gpu, enum aperture aper, uint64_t addr, size_t len)
{
	if (aper == APER_VRAM)
		return addr < gpu->vram_size && len <= gpu->vram_size - addr;
	if (aper == APER_PEER)
		return false;
	return dma_mapped(addr, len);
}

static bool bad_access(struct gpu *gpu, enum aperture aper, uint64_t addr, size_t len,
		       const char *how)
{
	if (aper == APER_VRAM)
		report(gpu, "access beyond VRAM", "%s of %zu bytes at 0x%llx, there are 0x%llx", how,
		       len, (unsigned long long)addr, (unsigned long long)gpu->vram_size);
	else if (aper == APER_PEER)
		report(gpu, "access to a peer's memory", "%s of %zu bytes at 0x%llx, there is no peer",
		       how, len, (unsigned long long)addr);
	else
		report(gpu, "DMA outside of the guest's memory", "%s of %zu bytes at 0x%llx", how, len,
		       (unsigned long long)addr);
	return false;
}

/* PCI lets a device reach memory only while its bus master bit is set. */
static bool may_dma(struct gpu *gpu, uint64_t addr)
{
	if (pci_bus_master())
		return true;
	report(gpu, "DMA without being bus master", "0x%llx", (unsigned long long)addr);
	return false;
}

bool memory_read(struct gpu *gpu, enum aperture aper, uint64_t addr, void *buf, size_t len)
{
	if (aper == APER_VRAM && addr < gpu->vram_size && len <= gpu->vram_size - addr) {
		memcpy(buf, gpu->vram + addr, len);
		return true;
	}
	memset(buf, 0xff, len);
	if (aper != APER_VRAM && aper != APER_PEER) {
		if (!may_dma(gpu, addr))
			return false;
		if (dma_read(addr, buf, len))
			return true;
	}
	return bad_access(gpu, aper, addr, len, "read");
}

bool memory_write(struct gpu *gpu, enum aperture aper, uint64_t addr, const void *buf, size_t len)
{
	if (aper == APER_VRAM && addr < gpu->vram_size && len <= gpu->vram_size - addr) {
		memcpy(gpu->vram + addr, buf, len);
		return true;
	}
	if (aper != APER_VRAM && aper != APER_PEER) {
		if (!may_dma(gpu, addr))
			return false;
		if (dma_write(addr, buf, len))
			return true;
	}
	return bad_access(gpu, aper, addr, len, "write");
}

uint32_t memory_rd32(struct gpu *gpu, enum aperture aper, uint64_t addr)
{
	uint32_t value;

	memory_read(gpu, aper, addr, &value, sizeof(value));
	return value;
}

uint64_t memory_rd64(struct gpu *gpu, enum aperture aper, uint64_t addr)
{
	uint64_t value;

	memory_read(gpu, aper, addr, &value, sizeof(value));
	return value;
}

void memory_wr32(struct gpu *gpu, enum aperture aper, uint64_t addr, uint32_t value)
{
	memory_write(gpu, aper, addr, &value, sizeof(value));
}
