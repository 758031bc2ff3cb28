// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a driver feature for GPUVM, DRIVER_GEM_GPUVA?
// Since: v6.6 e6303f323b1a ("drm: manager to keep track of GPUs VA mappings")
#include <drm/drm_drv.h>

u32 probe(void);
u32 probe(void)
{
	return DRIVER_GEM_GPUVA;
}
