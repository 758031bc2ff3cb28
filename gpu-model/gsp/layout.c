// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Where the fields of RM's messages are.
 *
 * A release of the firmware may move any field. These tables are all that the
 * model knows of a release.
 *
 * Known from: nouveau include/nvrm/535.113.01, of which a program printed the
 * offsets.
 */
#include "gsp.h"

const struct rm_layout layout_r535 = {
	.release = "535.113.01",
	.known_from = "nouveau include/nvrm/535.113.01",
	.args = { .size = 0x50, .shm = 0x00, .cmdq = 0x10, .statq = 0x18, .resumed = 0x38 },
	.wpr_meta = {
		.size = 0x100, .image = 0x10, .image_size = 0x18, .loader = 0x20, .loader_size = 0x28,
		.signature = 0x48, .signature_size = 0x50, .reserved = 0x58, .wpr = 0x70, .heap = 0x78,
		.frts = 0x98, .frts_size = 0xa0, .wpr_end = 0xa8, .fb_size = 0xb0,
	},
	.static_info = {
		.size = 0x878, .gpc_mask = 0x124, .tpc = 0x128, .tpc_stride = 8, .tpc_mask = 4,
		.regions = 0x348, .region = 0x350, .region_stride = 0x30, .limit = 0x08,
		.reserved = 0x10, .compressed = 0x1c, .iso = 0x1d, .bar1 = 0x828, .bar2 = 0x830,
		.client = 0x868, .device = 0x86c, .subdevice = 0x870,
	},
	.system_info = { .size = 0x298, .bar1 = 0x08, .bar3 = 0x10, .mirror = 0x40 },
	.channel = {
		.size = 0x168, .gp_offset = 0x08, .gp_entries = 0x10, .flags = 0x14, .vas = 0x1c,
		.engine = 0x80, .instance = 0x90, .userd = 0xa8, .ramfc = 0xc0,
		.mem_size = 0x08, .mem_space = 0x10,
	},
	.kernel_table = {
		.size = 0x814, .entry = 0x04, .stride = 0x10, .vector_stall = 0x08, .vector_nonstall = 0x0c,
	},
	.device_info = {
		.size = 0xc8c, .count = 0x04, .entry = 0x0c, .stride = 0x64,
		.type = 0x08, .runlist = 0x0c, .pri = 0x2c,
	},
	.promote = {
		.size = 0x230, .client = 0x0c, .object = 0x10, .count = 0x28, .entry = 0x30,
		.stride = 0x20, .limit = 16, .va = 0x08, .id = 0x1c, .nonmapped = 0x1f,
	},
	.context_buffers = { .size = 0x640, .stride = 0x08 },
	.index_gsp = 49,
	.index_gr = 82,
	.index_copy = 15,
};
