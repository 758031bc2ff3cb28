/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The imported uAPI headers expect the kernel's in their own directory. */
#include <drm/drm.h>
