// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does a DRM driver say in its file operations that offsets are unsigned?
// Since: v6.12 641bb4394f40 ("fs: move FMODE_UNSIGNED_OFFSET to fop_flags")
#include <linux/fs.h>

extern const struct file_operations probe;
const struct file_operations probe = {
	.fop_flags = FOP_UNSIGNED_OFFSET,
};
