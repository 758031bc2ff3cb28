// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// The selftest module.  Loading it runs the suites, and fails if a case fails.  The
// module does not touch hardware, so it may be loaded on a machine in use.

#include <linux/module.h>

#include "suites.h"

static char *only;
module_param(only, charp, 0444);
MODULE_PARM_DESC(only, "run one suite, or one case named suite.case (default: all)");

static int __init ngv_selftest_init(void)
{
	return ktap_run(ngv_suites, only, "ngv_selftest");
}
module_init(ngv_selftest_init);

static void __exit ngv_selftest_exit(void)
{
}
module_exit(ngv_selftest_exit);

MODULE_DESCRIPTION("Tests of drm_exec and GPUVM, in the kernel they run on");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(NGV_VERSION);
