#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# resv-mutants.t [--list | MUTANT...]
#
# Do the selftests notice when the usages of dma-resv are mixed up on a kernel that
# has none?  Each file of tests/resv-mutants breaks one thing in compat/dma_resv.c;
# it is compiled and booted on 5.10, and the selftests of dma-resv have to fail.  The
# first case, none, is the shim as it is, which has to pass.

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

kernel=5.10
file=compat/dma_resv.c

compile()
{
	(cd "$tree" && make -j"$(nproc)" -f build.mk KDIR="$kdir" ONLY=gpuvm \
		PROBE_DIR="$top/build/probes/$kver" KCFLAGS=-g0 modules) >"$work/$1.build" 2>&1 ||
		fail "$1 cannot be compiled: $(grep -m 1 -E 'error|Error' "$work/$1.build"); see ${work#"$top/"}/$1.build"
	# It may share its file with another root.
	rm -f "$root/lib/modules/$kver/updates/ngv_compat.ko"
	cp "$tree/compat/ngv_compat.ko" "$root/lib/modules/$kver/updates/"
}

boot()
{
	rc=0
	timeout -k 20 500 lab/vm/run --kernel "$kernel" --root "$root" --test selftest \
		--log "$work/$1.console" >"$work/$1.log" 2>&1 || rc=$?
	grep -q '^ok 1 - boot' "$work/$1.log" ||
		fail "$1 does not boot: $(tail -n 1 "$work/$1.log"); see ${work#"$top/"}/$1.log"
}

case_none()
{
	compile none
	boot none
	[ $rc -eq 0 ] || fail "the shim as it is fails; see ${work#"$top/"}/none.log"
	has "$work/none.log" '^    ok [0-9]* resv_shim$'
}

case_mutant()
{
	later "cp '$top/build/tree/$file' '$tree/$file'"
	check src/nouveau/patch-file "$tree" "$file" "$work/counts" "tests/resv-mutants/$1.cocci"
	compile "$1"
	boot "$1"
	[ $rc -ne 0 ] || fail "nobody noticed: $(sed -n 's,^// Reason: ,,p' "tests/resv-mutants/$1.cocci")"
	grep -E '^        not ok [0-9]+ ' "$work/$1.log" | sed 's/.*not ok [0-9]* //' >"$work/$1.caught"
	[ -s "$work/$1.caught" ] || fail "no test of the suite failed; see ${work#"$top/"}/$1.log"
	grep -qE '^        # resv(_shim)?\.[a-z_]+: ' "$work/$1.log" ||
		fail "what failed are no tests of dma-resv; see ${work#"$top/"}/$1.log"
}

tap_begin "$@"
if [ -z "$tap_list" ]; then
	kver=$(tools/kernel resolve "$kernel") || exit 2
	kdir=$(tools/kernel headers "$kernel") || exit 2
	work=$top/build/resv-mutants
	tree=$work/tree
	root=$work/root
	mkdir -p "$work"
	rm -rf "$root" "$work"/*.caught "$work"/*.log
	BASE=${BASE:-6.12} tools/stage-tree build/tree || exit 2
	tools/build-modules "$kernel" "$(nproc)" "$tree" | sed 's/^/# /'
	built=$(lab/vm/gpuvm-root "$kernel") || exit 2
	cp -al "$built" "$root"
fi
tap_case none case_none
for mutant in tests/resv-mutants/*.cocci; do
	mutant=${mutant##*/}
	mutant=${mutant%.cocci}
	tap_case "$mutant" case_mutant "$mutant"
	[ ! -s "${work-}/$mutant.caught" ] ||
		echo "# caught by $(tr '\n' ' ' <"$work/$mutant.caught")"
done
tap_done
