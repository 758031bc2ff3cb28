/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The imported uAPI headers include the kernel's drm.h from their own directory. */
#include <drm/drm.h>
