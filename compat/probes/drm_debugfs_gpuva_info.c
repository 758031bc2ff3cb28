// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Has debugfs an entry for GPU address spaces, DRM_DEBUGFS_GPUVA_INFO()?
// Since: v6.6 4f66feeab173 ("drm: debugfs: provide infrastructure to dump a DRM GPU VA space")
#include <drm/drm_drv.h>
#include <drm/drm_debugfs.h>

extern const struct drm_info_list probe;
const struct drm_info_list probe = DRM_DEBUGFS_GPUVA_INFO(NULL, NULL);
