// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Address spaces by RM.
 *
 * Page tables are the driver's. Of an address space that RM has a part in, the driver
 * tells RM where its directories are (rm.c, COPY_SERVER_RESERVED_PDES). Of one that is
 * the driver's alone ("externally owned"), the driver names the directory, and takes the
 * name back before it frees the address space. Until the directory is named, no channel
 * can use it; while a channel uses it, its name stays.
 *
 * Known from: nouveau of 7.3, gsp/rm/r535/vmm.c (r535_mmu_vaspace_new,
 * r535_mmu_vaspace_del); open-gpu-kernel-modules src/nvidia/src/kernel/mem_mgr/gpu_vaspace.c
 * (gvaspaceExternalRootDirCommit).
 */
#include "gsp.h"

/* Parameters; where fields are did not change from release to release. */
#define NEW_FLAGS 0x04
#define NEW_EXTERNAL BIT(3)
#define SET_ADDRESS 0x00
#define SET_ENTRIES 0x08
#define SET_FLAGS 0x0c
#define SET_VAS 0x10
#define UNSET_VAS 0x00

/* Bits of the address that the page directory of a five-level format has. */
#define BELOW_ROOT 47

#define INST_DIRECTORY 0x200		/* in the instance block */

enum rm_status vaspace_new(struct gpu *gpu, struct rm_object *object, const uint8_t *params)
{
	(void)gpu;
	object->external = load32(params, NEW_FLAGS) & NEW_EXTERNAL;
	return RM_OK;
}

/* The address space that the driver names; NULL after a finding. */
static struct rm_object *find(struct gpu *gpu, const struct rm_object *device, uint32_t handle,
			      const char *what)
{
	struct rm_object *object = object_find(gpu, device->client, handle, what);

	if (object && (object->class != CLASS_VASPACE || !object->external)) {
		report(gpu, "RM object of a wrong class",
		       "%s names 0x%08x of class 0x%x, which is no address space of the driver's alone", what,
		       handle, object->class);
		return NULL;
	}
	return object;
}

enum rm_status vaspace_set(struct gpu *gpu, struct rm_object *device, uint8_t *params)
{
	struct rm_object *object = find(gpu, device, load32(params, SET_VAS), "SET_PAGE_DIRECTORY");
	uint64_t at = load64(params, SET_ADDRESS);
	uint32_t entries = load32(params, SET_ENTRIES), flags = load32(params, SET_FLAGS);

	if (!object)
		return RM_NOT_SUPPORTED;
	if (flags || entries != BIT(gpu->chip->mmu->va_bits - BELOW_ROOT) || !at || at & 0xfff ||
	    !memory_exists(gpu, APER_VRAM, at, 0x1000)) {
		report(gpu, "bad page directory", "object 0x%08x: %u entries at 0x%llx, flags 0x%x",
		       object->handle, entries, (unsigned long long)at, flags);
		return RM_INVALID_ARGUMENT;
	}
	object->directory = at;
	return RM_OK;
}

enum rm_status vaspace_unset(struct gpu *gpu, struct rm_object *device, uint8_t *params)
{
	struct rm_object *object = find(gpu, device, load32(params, UNSET_VAS), "UNSET_PAGE_DIRECTORY");
	const struct rm_object *other;

	if (!object)
		return RM_NOT_SUPPORTED;
	if (!object->directory) {
		report(gpu, "bad page directory", "object 0x%08x has none that could be taken back",
		       object->handle);
		return RM_INVALID_ARGUMENT;
	}
	for (other = gpu->gsp->objects; other; other = other->next)
		if (!other->freed && other->channel >= 0 && other->client == object->client &&
		    other->vas == object->handle)
			report(gpu, "bad page directory", "object 0x%08x loses it, channel %d uses it",
			       object->handle, other->channel);
	object->directory = 0;
	return RM_OK;
}

const char *vaspace_fits(struct gpu *gpu, const struct rm_object *object, uint64_t inst)
{
	uint64_t directory = memory_rd64(gpu, APER_VRAM, inst + INST_DIRECTORY);

	if (!object->external)
		return NULL;
	if (!object->directory)
		return "its address space has no page directory";
	if ((directory & ~0xfffull) != object->directory)
		return "its instance block has another page directory than its address space";
	return NULL;
}
