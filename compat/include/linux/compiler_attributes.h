/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.6, and from the stable 6.1 with the backport. */
#include_next <linux/compiler_attributes.h>

/* A hint for checkers.  No checker for older kernels uses it. */
#ifndef HAVE_COUNTED_BY
#ifndef __counted_by
#define __counted_by(member)
#endif
#endif
