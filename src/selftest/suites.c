// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "suites.h"

const struct ktap_suite *const ngv_suites[] = {
	&exec_suite,
	&resv_suite,
#ifndef HAVE_DMA_RESV_USAGE
	&resv_shim_suite,
#endif
#ifndef NGV_ONLY_GPUVM
	&sched_suite,
	&compat_display_suite,
#endif
	&gpuvm_va_suite,
	&gpuvm_split_suite,
	&gpuvm_bo_suite,
	&gpuvm_lists_suite,
	&gpuvm_exec_suite,
	&gpuvm_faults_suite,
	&gpuvm_stress_suite,
	NULL
};
