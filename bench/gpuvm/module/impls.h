/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What the modules of implementations give to the one that compares them.
 */
#ifndef BENCH_GPUVM_IMPLS_H
#define BENCH_GPUVM_IMPLS_H

struct bench_impl;

const struct bench_impl *bench_mainline(void);
const struct bench_impl *bench_ours(void);

#endif
