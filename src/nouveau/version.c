// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The package's version, for every module made of imported sources: dkms
 * compares it with what is installed and stops at a module that has none.
 */
#include <linux/module.h>

MODULE_VERSION(NGV_VERSION);
