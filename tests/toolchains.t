#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# toolchains.t [--list | CASE...]: what is compiled by another compiler than the
# kernel was, and for another processor.  The cases *-nouveau compile everything,
# which takes minutes; the others GPUVM and compat alone.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/headers.sh
. "$(dirname "$0")/lib/headers.sh"
cd "$top"

kernel=6.12
# The oldest that has what Debian's configuration asks of a compiler
# (-mharden-sls, -mfunction-return=thunk-extern).
llvm=16

# compiled DIR ONLY: every module is there, and the compiler had nothing to say
compiled()
{
	set -- "$1" "$2" compat/ngv_compat src/gpuvm/ngv_gpuvm src/selftest/ngv_selftest
	drm=upstream/drivers/gpu/drm
	[ -n "$2" ] || set -- "$@" $drm/ttm/ngv_ttm $drm/scheduler/ngv_sched $drm/nouveau/nouveau
	dir=$1
	shift 2
	for m; do
		[ -e "$dir/$m.ko" ] || fail "no $m.ko"
	done
	! grep -E "^$dir/(compat|src|tests)/.*warning:" "$dir.log" || fail "in what is ours"
}

# Debian builds its kernels by gcc: the headers of one that clang has built, in $T/k.
built_by_clang()
{
	headers_of $kernel
	version=${llvm}0000
	# In kbuild's words, and in the preprocessor's.
	edit "$T/k/include/config/auto.conf" -e 's/^CONFIG_CC_IS_GCC=/CONFIG_CC_IS_CLANG=/' \
		-e 's/^CONFIG_AS_IS_GNU=/CONFIG_AS_IS_LLVM=/; s/^CONFIG_LD_IS_BFD=/CONFIG_LD_IS_LLD=/' \
		-e 's/^\(CONFIG_CC_IMPLICIT_FALLTHROUGH=\).*/\1"-Wimplicit-fallthrough"/' \
		-e 's/^CONFIG_FTRACE_MCOUNT_USE_CC=/CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=/' \
		-e "s/^CONFIG_\(CLANG\|LLD\)_VERSION=.*/CONFIG_\1_VERSION=$version/; s/^CONFIG_\(GCC\|LD\)_VERSION=.*/CONFIG_\1_VERSION=0/"
	edit "$T/k/include/generated/autoconf.h" -e 's/CONFIG_CC_IS_GCC /CONFIG_CC_IS_CLANG /' \
		-e 's/CONFIG_AS_IS_GNU /CONFIG_AS_IS_LLVM /; s/CONFIG_LD_IS_BFD /CONFIG_LD_IS_LLD /' \
		-e 's/CONFIG_FTRACE_MCOUNT_USE_CC /CONFIG_FTRACE_MCOUNT_USE_OBJTOOL /' \
		-e "s/CONFIG_\(CLANG\|LLD\)_VERSION .*/CONFIG_\1_VERSION $version/; s/CONFIG_\(GCC\|LD\)_VERSION .*/CONFIG_\1_VERSION 0/"
}

case_clang()
{
	tools/deps clang-$llvm lld-$llvm llvm-$llvm
	[ -d build/tree ] || BASE=${BASE:-6.12} tools/stage-tree build/tree
	built_by_clang
	rsync -a build/tree/ "$T/built/"
	# As a person would; dkms says CC=clang where a kernel's configuration does.
	PATH=/usr/lib/ccache:$PATH
	CCACHE_DIR=${CCACHE_DIR:-$top/build/ccache}
	export PATH CCACHE_DIR
	run make -C "$T/built" -j"$(nproc)" -f build.mk KDIR="$T/k" LLVM=-$llvm CC=clang-$llvm \
		ONLY="$1" KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES= modules
	status 0
	cat "$T/out" "$T/err" >"$T/built.log"
	compiled "$T/built" "$1"
	readelf -p .comment "$T/built/src/gpuvm/ngv_gpuvm.ko" >"$T/comment"
	has "$T/comment" 'clang version'
	! grep 'GCC:' "$T/comment" || fail 'not by clang alone'
}

case_arm64()
{
	tools/deps gcc-12-aarch64-linux-gnu
	BASE=${BASE:-6.12} tools/stage-tree build/tree
	run env ONLY="$1" tools/build-modules $kernel-arm64
	status 0
	dir=build/modules/$(tools/kernel resolve $kernel-arm64)${1:+-$1}
	compiled "$top/$dir" "$1"
	readelf -h "$dir/src/gpuvm/ngv_gpuvm.ko" >"$T/head"
	has "$T/head" 'Machine: *AArch64'
	got=$(modinfo -F vermagic "$dir/src/gpuvm/ngv_gpuvm.ko" | grep -o 'arm64 .* aarch64')
	same "$got" \
		'arm64 SMP mod_unload modversions aarch64'
}

tap_begin "$@"
tap_case clang case_clang gpuvm
tap_case arm64 case_arm64 gpuvm
tap_case clang-nouveau case_clang ''
tap_case arm64-nouveau case_arm64 ''
tap_done
