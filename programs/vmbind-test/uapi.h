/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * nouveau's interface to user space, as far as this tool calls it: numbers and
 * layouts. Debian 12's libdrm knows it as of before VM_BIND, so that all of it
 * is declared here; the kernel's own words are in include/uapi/drm/nouveau_drm.h
 * and, for NVIF, in drivers/gpu/drm/nouveau/include/nvif/ioctl.h and cl0080.h.
 */
#ifndef UAPI_H
#define UAPI_H

#include <stdint.h>

/* Numbers, to be added to DRM_COMMAND_BASE (drmCommand*() does). */
enum nv_ioctl {
	NV_GETPARAM = 0x00,
	NV_CHANNEL_ALLOC = 0x02,
	NV_CHANNEL_FREE = 0x03,
	NV_NVIF = 0x07,
	NV_VM_INIT = 0x10,
	NV_VM_BIND = 0x11,
	NV_EXEC = 0x12,
	NV_GEM_NEW = 0x40,
	NV_GEM_PUSHBUF = 0x41,
	NV_GEM_CPU_PREP = 0x42,
	NV_GEM_CPU_FINI = 0x43,
	NV_GEM_INFO = 0x44,
};

/* --- what the device can tell -------------------------------------------- */

enum nv_param {
	NV_PARAM_PCI_VENDOR = 3,
	NV_PARAM_PCI_DEVICE = 4,
	NV_PARAM_BUS_TYPE = 5,		/* 0 AGP, 1 PCI, 2 PCIe, 3 on chip */
	NV_PARAM_FB_SIZE = 8,		/* VRAM for buffers, bytes */
	NV_PARAM_AGP_SIZE = 9,		/* GART aperture, bytes */
	NV_PARAM_CHIPSET_ID = 11,
	NV_PARAM_VM_VRAM_BASE = 12,
	NV_PARAM_GRAPH_UNITS = 13,
	NV_PARAM_PTIMER_TIME = 14,	/* ns */
	NV_PARAM_HAS_BO_USAGE = 15,
	NV_PARAM_HAS_PAGEFLIP = 16,
	NV_PARAM_EXEC_PUSH_MAX = 17,
	NV_PARAM_VRAM_BAR_SIZE = 18,	/* bytes */
	NV_PARAM_VRAM_USED = 19,	/* bytes */
	NV_PARAM_HAS_VMA_TILEMODE = 20,
};

struct nv_getparam {
	uint64_t param;
	uint64_t value;
};

/* --- channels ------------------------------------------------------------ */

enum nv_fifo_engine {
	NV_ENGINE_GR = 0x01,
	NV_ENGINE_CE = 0x30,
};

struct nv_channel_alloc {
	uint32_t fb_ctxdma;	/* ~0: the engine is named in tt_ctxdma (Kepler on) */
	uint32_t tt_ctxdma;
	int32_t channel;
	uint32_t pushbuf_domains;
	uint32_t notifier;
	struct {
		uint32_t handle;
		uint32_t grclass;
	} subchan[8];
	uint32_t nr_subchan;
};

struct nv_channel_free {
	int32_t channel;
};

/* --- buffers ------------------------------------------------------------- */

enum nv_domain {
	NV_CPU = 1 << 0,
	NV_VRAM = 1 << 1,
	NV_GART = 1 << 2,
	NV_MAPPABLE = 1 << 3,
	NV_COHERENT = 1 << 4,
	NV_NO_SHARE = 1 << 5,	/* shares the VM's reservation object */
};

#define NV_TILE_NONCONTIG 8u

struct nv_gem_info {
	uint32_t handle;
	uint32_t domain;
	uint64_t size;
	uint64_t offset;
	uint64_t map_handle;
	uint32_t tile_mode;
	uint32_t tile_flags;
};

struct nv_gem_new {
	struct nv_gem_info info;
	uint32_t channel_hint;
	uint32_t align;
};

struct nv_gem_pushbuf {
	uint32_t channel;
	uint32_t nr_buffers;
	uint64_t buffers;
	uint32_t nr_relocs;
	uint32_t nr_push;
	uint64_t relocs;
	uint64_t push;
	uint32_t suffix0;
	uint32_t suffix1;
	uint64_t vram_available;
	uint64_t gart_available;
};

#define NV_PREP_NOWAIT 1u
#define NV_PREP_WRITE 4u

struct nv_gem_cpu_prep {
	uint32_t handle;
	uint32_t flags;
};

/* --- VM_BIND and EXEC ---------------------------------------------------- */

struct nv_vm_init {
	uint64_t kernel_addr;
	uint64_t kernel_size;
};

enum nv_sync_type {
	NV_SYNC_BINARY = 0,
	NV_SYNC_TIMELINE = 1,
};

struct nv_sync {
	uint32_t flags;		/* enum nv_sync_type in the low four bits */
	uint32_t handle;
	uint64_t point;
};

enum nv_bind_op_type {
	NV_OP_MAP = 0,
	NV_OP_UNMAP = 1,
};

#define NV_OP_SPARSE (1u << 8)	/* flags; their low 8 bits are the PTE kind */

struct nv_bind_op {
	uint32_t op;
	uint32_t flags;
	uint32_t handle;
	uint32_t pad;
	uint64_t addr;
	uint64_t bo_offset;
	uint64_t range;
};

#define NV_BIND_ASYNC 1u

struct nv_vm_bind {
	uint32_t op_count;
	uint32_t flags;
	uint32_t wait_count;
	uint32_t sig_count;
	uint64_t wait_ptr;
	uint64_t sig_ptr;
	uint64_t op_ptr;
};

#define NV_PUSH_NO_PREFETCH 1u
#define NV_PUSH_MAX_BYTES 0x7fffffu

struct nv_exec_push {
	uint64_t va;
	uint32_t va_len;
	uint32_t flags;
};

struct nv_exec {
	uint32_t channel;
	uint32_t push_count;
	uint32_t wait_count;
	uint32_t sig_count;
	uint64_t wait_ptr;
	uint64_t sig_ptr;
	uint64_t push_ptr;
};

/* No VA of a client lies at or above this, whatever the MMU can. */
#define NV_VA_END (1ull << 47)

/* --- NVIF: objects of the driver's inner interface ----------------------- */

enum nvif_type {
	NVIF_SCLASS = 1,
	NVIF_NEW = 2,
	NVIF_DEL = 3,
	NVIF_MTHD = 4,
};

struct nvif_head {
	uint8_t version;
	uint8_t type;
	uint8_t pad[4];
	uint8_t owner;		/* 0xff: any */
	uint8_t route;		/* 0: the client, 0xff: a channel, in token */
	uint64_t token;
	uint64_t object;
};

struct nvif_new {
	struct nvif_head head;
	uint8_t version;
	uint8_t pad[6];
	uint8_t route;
	uint64_t token;
	uint64_t object;
	uint32_t handle;
	int32_t oclass;
};

#define NVIF_CLASS_DEVICE 0x0080

struct nvif_new_device {
	struct nvif_new new;
	uint8_t version;
	uint8_t priv;
	uint8_t pad[6];
	uint64_t device;	/* ~0: the one that was opened */
};

struct nvif_class_entry {
	int32_t oclass;
	int16_t minver;
	int16_t maxver;
};

struct nvif_sclass {
	struct nvif_head head;
	uint8_t version;
	uint8_t count;
	uint8_t pad[6];
	struct nvif_class_entry oclass[64];
};

struct nvif_device_info {
	uint8_t version;
	uint8_t platform;
	uint16_t chipset;
	uint8_t revision;
	uint8_t family;		/* enum nv_family */
	uint8_t pad[2];
	uint64_t ram_size;
	uint64_t ram_user;
	char chip[16];
	char name[64];
};

struct nvif_mthd_info {
	struct nvif_head head;
	uint8_t version;
	uint8_t method;		/* 0: info */
	uint8_t pad[6];
	struct nvif_device_info info;
};

/* The kernel has no translation for 32-bit programs: the layouts have to be the same. */
_Static_assert(sizeof(struct nv_getparam) == 16, "layout");
_Static_assert(sizeof(struct nv_channel_alloc) == 88, "layout");
_Static_assert(sizeof(struct nv_gem_new) == 48, "layout");
_Static_assert(sizeof(struct nv_gem_pushbuf) == 64, "layout");
_Static_assert(sizeof(struct nv_vm_init) == 16, "layout");
_Static_assert(sizeof(struct nv_sync) == 16, "layout");
_Static_assert(sizeof(struct nv_bind_op) == 40, "layout");
_Static_assert(sizeof(struct nv_vm_bind) == 40, "layout");
_Static_assert(sizeof(struct nv_exec_push) == 16, "layout");
_Static_assert(sizeof(struct nv_exec) == 40, "layout");
_Static_assert(sizeof(struct nvif_new_device) == 72, "layout");
_Static_assert(sizeof(struct nvif_sclass) == 544, "layout");
_Static_assert(sizeof(struct nvif_mthd_info) == 136, "layout");

enum nv_family {
	NV_TESLA = 6,
	NV_FERMI = 7,
	NV_KEPLER = 8,
	NV_MAXWELL = 9,
	NV_PASCAL = 10,
	NV_VOLTA = 11,
	NV_TURING = 12,
	NV_AMPERE = 13,
	NV_ADA = 14,
};

#endif
