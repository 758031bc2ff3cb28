/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.9, which has drm_dbg_printer(). */
#ifndef NGV_COMPAT_DRM_PRINT_H
#define NGV_COMPAT_DRM_PRINT_H

#include_next <drm/drm_print.h>

#ifndef HAVE_DRM_DBG_PRINTER
#include <drm/drm_device.h>

static inline void ngv_printfn_dbg(struct drm_printer *p, struct va_format *vaf)
{
	struct drm_device *drm = p->arg;

	drm_dev_printk(drm ? drm->dev : NULL, KERN_DEBUG, "%s %pV", p->prefix, vaf);
}

static inline void ngv_printfn_null(struct drm_printer *p, struct va_format *vaf)
{
}

/**
 * drm_dbg_printer() - makes a printer to the log for one category of drm.debug
 * @drm: device for the start of each line, or NULL
 * @category: the category
 * @prefix: follows at the start of each line
 *
 * Checks @category here and not for each line: these printers live on the stack and
 * print one message. drm_debug_printer() has no categories.
 *
 * Semantics: mainline 6.12.
 */
static inline struct drm_printer
drm_dbg_printer(struct drm_device *drm, enum drm_debug_category category,
		const char *prefix)
{
	return (struct drm_printer) {
		.printfn = drm_debug_enabled(category) ? ngv_printfn_dbg : ngv_printfn_null,
		.arg = drm,
		.prefix = prefix,
	};
}
#endif

#endif
