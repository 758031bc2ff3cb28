/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NGV_SUITES_H
#define NGV_SUITES_H

#include "ktap.h"

/* All suites in the order in which they run; ends with NULL */
extern const struct ktap_suite *const ngv_suites[];

extern const struct ktap_suite exec_suite;
extern const struct ktap_suite resv_suite;
extern const struct ktap_suite resv_shim_suite;
extern const struct ktap_suite sched_suite;
extern const struct ktap_suite compat_display_suite;
extern const struct ktap_suite gpuvm_va_suite;
extern const struct ktap_suite gpuvm_split_suite;
extern const struct ktap_suite gpuvm_bo_suite;
extern const struct ktap_suite gpuvm_lists_suite;
extern const struct ktap_suite gpuvm_exec_suite;
extern const struct ktap_suite gpuvm_faults_suite;
extern const struct ktap_suite gpuvm_stress_suite;

#endif
