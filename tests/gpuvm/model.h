/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The plain model of a VM's mappings; same calls as struct fuzz_impl.  It has no
 * objects and no locks: requests about these are not its.
 */
#ifndef TESTS_GPUVM_MODEL_H
#define TESTS_GPUVM_MODEL_H

#include "impl.h"

void *model_open(unsigned int mode);
bool model_run(void *state, const struct fuzz_request *rq, struct fuzz_log *log);
void model_close(void *state);

#endif
