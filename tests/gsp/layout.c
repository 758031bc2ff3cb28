// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Are the offsets in gpu-model/gsp/layout.c those of the headers that nouveau has?
 *
 * Compiled with the include directory of an imported nouveau, whose headers name RM's
 * structures as they are in release 535.113.01.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gsp/gsp.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* What the headers take from elsewhere. */
#include <nvrm/nvtypes.h>
#include <common/sdk/nvidia/inc/nvlimits.h>
#include <common/sdk/nvidia/inc/alloc/alloc_channel.h>
#include <common/sdk/nvidia/inc/class/cl0000.h>
#include <common/sdk/nvidia/inc/class/cl0080.h>
#include <common/sdk/nvidia/inc/class/cl2080.h>
#include <common/sdk/nvidia/inc/class/cl90f1.h>
#include <common/sdk/nvidia/inc/nvos.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl0080/ctrl0080gpu.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl0080/ctrl0080gr.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080bios.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080fb.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080fifo.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080gpu.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080gr.h>
#include <common/sdk/nvidia/inc/ctrl/ctrl2080/ctrl2080internal.h>
#include <nvidia/arch/nvalloc/common/inc/gsp/gsp_fw_wpr_meta.h>
#include <nvidia/generated/g_kernel_fifo_nvoc.h>
#include <nvidia/inc/kernel/gpu/gsp/gsp_init_args.h>
#include <nvidia/inc/kernel/gpu/gsp/gsp_static_config.h>
#include <nvidia/inc/kernel/gpu/intr/engine_idx.h>

static unsigned int wrong, compared;

static void same(const char *name, size_t ours, size_t theirs)
{
	compared++;
	if (ours == theirs)
		return;
	printf("%s: the model has 0x%zx, the headers have 0x%zx\n", name, ours, theirs);
	wrong++;
}

#define SAME(field, is) same(#field, layout_r535.field, is)
#define AT(field, type, member) SAME(field, offsetof(type, member))

static void boot(void)
{
	SAME(args.size, sizeof(GSP_ARGUMENTS_CACHED));
	AT(args.shm, GSP_ARGUMENTS_CACHED, messageQueueInitArguments.sharedMemPhysAddr);
	AT(args.cmdq, GSP_ARGUMENTS_CACHED, messageQueueInitArguments.cmdQueueOffset);
	AT(args.statq, GSP_ARGUMENTS_CACHED, messageQueueInitArguments.statQueueOffset);
	AT(args.resumed, GSP_ARGUMENTS_CACHED, srInitArguments.bInPMTransition);
	SAME(wpr_meta.size, sizeof(GspFwWprMeta));
	AT(wpr_meta.image, GspFwWprMeta, sysmemAddrOfRadix3Elf);
	AT(wpr_meta.image_size, GspFwWprMeta, sizeOfRadix3Elf);
	AT(wpr_meta.loader, GspFwWprMeta, sysmemAddrOfBootloader);
	AT(wpr_meta.loader_size, GspFwWprMeta, sizeOfBootloader);
	AT(wpr_meta.signature, GspFwWprMeta, sysmemAddrOfSignature);
	AT(wpr_meta.signature_size, GspFwWprMeta, sizeOfSignature);
	AT(wpr_meta.reserved, GspFwWprMeta, gspFwRsvdStart);
	AT(wpr_meta.wpr, GspFwWprMeta, gspFwWprStart);
	AT(wpr_meta.heap, GspFwWprMeta, gspFwHeapOffset);
	AT(wpr_meta.frts, GspFwWprMeta, frtsOffset);
	AT(wpr_meta.frts_size, GspFwWprMeta, frtsSize);
	AT(wpr_meta.wpr_end, GspFwWprMeta, gspFwWprEnd);
	AT(wpr_meta.fb_size, GspFwWprMeta, fbSize);
	SAME(system_info.size, sizeof(GspSystemInfo));
	AT(system_info.bar1, GspSystemInfo, gpuPhysFbAddr);
	AT(system_info.bar3, GspSystemInfo, gpuPhysInstAddr);
	AT(system_info.mirror, GspSystemInfo, pciConfigMirrorBase);
}

#define REGION NV2080_CTRL_CMD_FB_GET_FB_REGION_FB_REGION_INFO
#define TPC NV2080_CTRL_GPU_GET_FERMI_TPC_INFO_PARAMS

static void static_info(void)
{
	SAME(static_info.size, sizeof(GspStaticConfigInfo));
	AT(static_info.gpc_mask, GspStaticConfigInfo, gpcInfo.gpcMask);
	AT(static_info.tpc, GspStaticConfigInfo, tpcInfo);
	SAME(static_info.tpc_stride, sizeof(TPC));
	AT(static_info.tpc_mask, TPC, tpcMask);
	AT(static_info.regions, GspStaticConfigInfo, fbRegionInfoParams.numFBRegions);
	AT(static_info.region, GspStaticConfigInfo, fbRegionInfoParams.fbRegion);
	SAME(static_info.region_stride, sizeof(REGION));
	AT(static_info.limit, REGION, limit);
	AT(static_info.reserved, REGION, reserved);
	AT(static_info.compressed, REGION, supportCompressed);
	AT(static_info.iso, REGION, supportISO);
	AT(static_info.bar1, GspStaticConfigInfo, bar1PdeBase);
	AT(static_info.bar2, GspStaticConfigInfo, bar2PdeBase);
	AT(static_info.client, GspStaticConfigInfo, hInternalClient);
	AT(static_info.device, GspStaticConfigInfo, hInternalDevice);
	AT(static_info.subdevice, GspStaticConfigInfo, hInternalSubdevice);
}

#define CHANNEL NV_CHANNELGPFIFO_ALLOCATION_PARAMETERS
#define PROMOTE NV2080_CTRL_GPU_PROMOTE_CTX_PARAMS
#define PROMOTED NV2080_CTRL_GPU_PROMOTE_CTX_BUFFER_ENTRY

static void channels(void)
{
	SAME(channel.size, sizeof(CHANNEL));
	AT(channel.gp_offset, CHANNEL, gpFifoOffset);
	AT(channel.gp_entries, CHANNEL, gpFifoEntries);
	AT(channel.flags, CHANNEL, flags);
	AT(channel.vas, CHANNEL, hVASpace);
	AT(channel.engine, CHANNEL, engineType);
	AT(channel.instance, CHANNEL, instanceMem);
	AT(channel.userd, CHANNEL, userdMem);
	AT(channel.ramfc, CHANNEL, ramfcMem);
	AT(channel.mem_size, NV_MEMORY_DESC_PARAMS, size);
	AT(channel.mem_space, NV_MEMORY_DESC_PARAMS, addressSpace);
	SAME(promote.size, sizeof(PROMOTE));
	AT(promote.client, PROMOTE, hChanClient);
	AT(promote.object, PROMOTE, hObject);
	AT(promote.count, PROMOTE, entryCount);
	AT(promote.entry, PROMOTE, promoteEntry);
	SAME(promote.stride, sizeof(PROMOTED));
	SAME(promote.limit, NV2080_CTRL_GPU_PROMOTE_CONTEXT_MAX_ENTRIES);
	AT(promote.va, PROMOTED, gpuVirtAddr);
	AT(promote.id, PROMOTED, bufferId);
	AT(promote.nonmapped, PROMOTED, bNonmapped);
}

#define KERNEL_TABLE NV2080_CTRL_INTERNAL_INTR_GET_KERNEL_TABLE_PARAMS
#define KERNEL_ENTRY NV2080_CTRL_INTERNAL_INTR_GET_KERNEL_TABLE_ENTRY
#define DEVICES NV2080_CTRL_FIFO_GET_DEVICE_INFO_TABLE_PARAMS
#define DEVICE NV2080_CTRL_FIFO_DEVICE_ENTRY

static void engines(void)
{
	SAME(kernel_table.size, sizeof(KERNEL_TABLE));
	AT(kernel_table.entry, KERNEL_TABLE, table);
	SAME(kernel_table.stride, sizeof(KERNEL_ENTRY));
	AT(kernel_table.vector_stall, KERNEL_ENTRY, vectorStall);
	AT(kernel_table.vector_nonstall, KERNEL_ENTRY, vectorNonStall);
	SAME(device_info.size, sizeof(DEVICES));
	AT(device_info.count, DEVICES, numEntries);
	AT(device_info.entry, DEVICES, entries);
	SAME(device_info.stride, sizeof(DEVICE));
	AT(device_info.type, DEVICE, engineData[ENGINE_INFO_TYPE_RM_ENGINE_TYPE]);
	AT(device_info.runlist, DEVICE, engineData[ENGINE_INFO_TYPE_RUNLIST]);
	AT(device_info.pri, DEVICE, engineData[ENGINE_INFO_TYPE_RUNLIST_PRI_BASE]);
	SAME(context_buffers.size,
	     sizeof(NV2080_CTRL_INTERNAL_STATIC_GR_GET_CONTEXT_BUFFERS_INFO_PARAMS));
	SAME(context_buffers.stride, sizeof(NV2080_CTRL_INTERNAL_ENGINE_CONTEXT_BUFFER_INFO));
	SAME(index_gsp, MC_ENGINE_IDX_GSP);
	SAME(index_gr, MC_ENGINE_IDX_GR0);
	SAME(index_copy, MC_ENGINE_IDX_CE0);
}

/* All fields of a layout are of this type, and stand one behind the other. */
#define FIELD uint16_t
#define FIRST offsetof(struct rm_layout, args)
#define LAST offsetof(struct rm_layout, index_copy)

int main(void)
{
	boot();
	static_info();
	channels();
	engines();
	printf("%u offsets compared, %u differ\n", compared, wrong);
	if (compared != (LAST - FIRST) / sizeof(FIELD) + 1) {
		printf("a layout has %zu\n", (LAST - FIRST) / sizeof(FIELD) + 1);
		return 1;
	}
	return wrong != 0;
}
