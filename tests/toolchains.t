#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# toolchains.t [--list | CASE...]: what is compiled by another compiler than the
# kernel was, and for another processor.  The cases *-nouveau compile everything,
# which takes minutes; the others the modules that are our own.

. "$(dirname "$0")/tap.sh"
cd "$top"

kernel=6.12
# The oldest that has what Debian's configuration asks of a compiler
# (-mharden-sls, -mfunction-return=thunk-extern).
llvm=16

# compiled DIR ONLY: every module is there, and the compiler had nothing to say
compiled()
{
	set -- "$1" "$2" compat/ngv_compat src/gpuvm/ngv_gpuvm tests/selftest/ngv_selftest
	drm=upstream/drivers/gpu/drm
	[ -n "$2" ] || set -- "$@" $drm/ttm/ngv_ttm $drm/scheduler/ngv_sched $drm/nouveau/nouveau
	dir=$1
	shift 2
	for m; do
		[ -e "$dir/$m.ko" ] || fail "no $m.ko"
	done
	! grep -E "^$dir/(compat|src|tests)/.*warning:" "$dir.log" || fail "in what is ours"
}

# build ONLY NAME=VALUE... KERNEL
build()
{
	only=$1
	shift
	BASE=${BASE:-6.12} tools/stage-tree build/tree
	run env ONLY="$only" "$@"
	status 0
}

case_clang()
{
	tools/deps clang-$llvm lld-$llvm llvm-$llvm
	build "$1" LLVM=-$llvm tools/build-modules $kernel
	dir=build/modules/$(tools/kernel resolve $kernel)-llvm$llvm${1:+-$1}
	compiled "$top/$dir" "$1"
	readelf -p .comment "$dir/src/gpuvm/ngv_gpuvm.ko" >"$T/comment"
	has "$T/comment" 'clang version'
	! grep 'GCC:' "$T/comment" || fail 'not by clang alone'
}

case_arm64()
{
	tools/deps gcc-12-aarch64-linux-gnu
	build "$1" tools/build-modules $kernel-arm64
	dir=build/modules/$(tools/kernel resolve $kernel-arm64)${1:+-$1}
	compiled "$top/$dir" "$1"
	readelf -h "$dir/src/gpuvm/ngv_gpuvm.ko" >"$T/head"
	has "$T/head" 'Machine: *AArch64'
	same "$(modinfo -F vermagic "$dir/src/gpuvm/ngv_gpuvm.ko" | grep -o 'arm64 .* aarch64')" \
		'arm64 SMP preempt mod_unload modversions aarch64'
}

tap_begin "$@"
tap_case clang case_clang own
tap_case arm64 case_arm64 own
tap_case clang-nouveau case_clang ''
tap_case arm64-nouveau case_arm64 ''
tap_done
