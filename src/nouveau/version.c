// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The package's version, for every module of imported sources. dkms compares it with
 * the installed version and stops at a module without a version.
 */
#include <linux/module.h>

MODULE_VERSION(NGV_VERSION);
