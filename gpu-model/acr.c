// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The secure boot ("ACR"), as the driver sees it.
 *
 * The firmware of FECS and GPCCS may only come from memory that is protected
 * (the WPR), and only signed firmware on the PMU can protect memory. The driver
 * writes headers and images into a piece of VRAM, puts where that is into the
 * data of the signed firmware, and runs this on the PMU. Afterwards the memory
 * controller tells where the protected memory is (0x100cd4) and the falcons have
 * their code.
 *
 * Nothing is signed here. But what the driver prepares is read as the firmware
 * would: the loader's descriptor in the PMU's data memory (0x24 where the code
 * is, 0x40 where the data is, in the PMU's address space), the firmware's
 * descriptor there (0x20c how many regions, 0x210 and 0x214 the first >> 8), and
 * the headers in the WPR: five words for each falcon, the first which (2 FECS,
 * 3 GPCCS, -1 the end), the second where its next header is.
 *
 *	0x100cd4   written 2 or 3, tells start or end of the WPR, as 31:8, >> 8
 *
 * Known from: nouveau nvkm/subdev/acr/gm200.c, include/nvfw/acr.h and flcn.h;
 * open-gpu-doc's Falcon-Security.
 */
#include <string.h>

#include "gpu.h"

#define MAX_FALCONS 11
#define BL_CODE_BASE 0x24
#define BL_DATA_BASE 0x40
#define DESC_REGIONS 0x20c

struct acr {
	uint64_t start, end;		/* of the WPR */
	bool done;
};

static const struct client client = { .name = "PMU", .priv = true };

/* Which falcons the protected memory has firmware for. */
static uint32_t read_headers(struct gpu *gpu)
{
	uint32_t found = 0;
	unsigned int i;

	for (i = 0; i < MAX_FALCONS; i++) {
		uint64_t at = gpu->acr->start + i * 20;
		uint32_t id, lsb;

		if (!memory_exists(gpu, APER_VRAM, at, 20))
			break;
		id = memory_rd32(gpu, APER_VRAM, at);
		lsb = memory_rd32(gpu, APER_VRAM, at + 4);
		if (id == 0xffffffff)
			return found;
		if (id > 31 || gpu->acr->start + lsb >= gpu->acr->end) {
			report(gpu, "bad header in protected memory", "falcon %u, header at 0x%x", id, lsb);
			return 0;
		}
		found |= BIT(id);
	}
	report(gpu, "bad header in protected memory", "no end after %u headers", i);
	return 0;
}

void acr_boot(struct gpu *gpu, const uint8_t *dmem, const struct vm *vm)
{
	uint64_t code, data;
	uint32_t desc[3], found;
	struct vm_fault fault;
	uint8_t byte;

	memcpy(&code, dmem + BL_CODE_BASE, 8);
	memcpy(&data, dmem + BL_DATA_BASE, 8);
	if (!vm) {
		report(gpu, "falcon started without an instance block", "PMU");
		return;
	}
	if (!vm_read(gpu, vm, code, &byte, 1, &client, &fault) ||
	    !vm_read(gpu, vm, data + DESC_REGIONS, desc, sizeof(desc), &client, &fault)) {
		report_walk(gpu, vm, fault.va, "firmware that is not mapped", "PMU: %s",
			    fault_reason_name(fault.reason));
		return;
	}
	*reg_at(gpu, 0x10a040) = 0;
	*reg_at(gpu, 0x10a044) = 0;
	if (!desc[0]) {
		/* No regions: the firmware that gives the memory back. */
		gpu->acr->start = 0;
		gpu->acr->end = 0;
		gpu->acr->done = false;
		return;
	}
	gpu->acr->start = (uint64_t)desc[1] << 8;
	gpu->acr->end = (uint64_t)desc[2] << 8;
	if (gpu->acr->start & 0x1ffff || gpu->acr->end <= gpu->acr->start ||
	    !memory_exists(gpu, APER_VRAM, gpu->acr->start,
			   gpu->acr->end - gpu->acr->start)) {
		report(gpu, "bad protected memory", "0x%llx..0x%llx",
		       (unsigned long long)gpu->acr->start, (unsigned long long)gpu->acr->end);
		return;
	}
	found = read_headers(gpu);
	gpu->acr->done = found & BIT(FALCON_FECS) && found & BIT(FALCON_GPCCS);
}

bool acr_done(struct gpu *gpu)
{
	return gpu->acr && gpu->acr->done;
}

static uint32_t read_wpr(struct gpu *gpu, uint32_t addr)
{
	uint32_t which = *reg_at(gpu, addr) & 0xff;

	if (which == 2)
		return (uint32_t)(gpu->acr->start >> 8 & 0xffffff00) | which;
	if (which == 3 && gpu->acr->end)
		return (uint32_t)((gpu->acr->end - 0x20000) >> 8 & 0xffffff00) | which;
	return which;
}

static const struct reg regs[] = {
	{ 0x100cd4, .name = "WPR", .read = read_wpr },
};

const struct block block_acr = {
	.name = "PFB",
	.known_from = "nouveau acr/gm200.c (gm200_acr_wpr_check)",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(acr),
};
