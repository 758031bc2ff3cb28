// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Module information for the functions of this directory

#include <linux/module.h>

MODULE_DESCRIPTION("Functions of newer kernels for nouveau-gpuvm");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(NGV_VERSION);
