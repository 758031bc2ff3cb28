// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Those of the suites that judge any implementation of GPUVM.

#include "suites.h"

const struct ktap_suite *const ngv_suites[] = {
	&gpuvm_va_suite,
	&gpuvm_split_suite,
	&gpuvm_bo_suite,
	&gpuvm_lists_suite,
	&gpuvm_exec_suite,
	&gpuvm_faults_suite,
	&gpuvm_stress_suite,
	NULL
};
