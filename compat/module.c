// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// What makes a module of the functions beside this file.

#include <linux/module.h>

MODULE_DESCRIPTION("Functions of newer kernels for nouveau-gpuvm");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(NGV_VERSION);
