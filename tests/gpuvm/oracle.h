/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * An oracle of a VM's mappings; same calls as struct fuzz_impl.  It has no
 * objects and no locks: requests about these are not its.
 */
#ifndef TESTS_GPUVM_ORACLE_H
#define TESTS_GPUVM_ORACLE_H

#include "impl.h"

void *oracle_open(unsigned int mode);
bool oracle_run(void *state, const struct fuzz_request *rq, struct fuzz_log *log);
void oracle_close(void *state);

#endif
