#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# mutants.t [--kernel KERNEL] [--list | MUTANT...]
#
# Can the GPU model and vmbind-test tell a broken driver?  Each file of
# tests/mutants breaks one thing in ours; it is compiled, booted on the model,
# and the tests that the file names have to fail.  What caught it is told behind
# the result, and in build/mutants/KERNEL/table at the end.  Before the mutants, none and
# none-CHIP are the driver as it is, which has to pass the tests that the mutants of its
# chip name.
#
# The head of a mutant: Reason, what a user would say is broken; File, from the
# top of the tree that DKMS compiles; Tests, for vmbind-test, or Screen, which tests
# screen-* on the board desktop, and Cases of these; Chip of the model, default gp100;
# Channel, if only this channel of the package has what the mutant breaks.  BASE chooses
# the channel.

. "$(dirname "$0")/lib/tap.sh"

kernel=6.1
if [ "${1-}" = --kernel ]; then
	kernel=$2
	shift 2
fi

# head_of MUTANT FIELD
head_of()
{
	sed -n "s,^// $2: *,,p" "$top/tests/mutants/$1.cocci"
}

# compile WHAT: the modules that differ, into $root, as DKMS would install them
compile()
{
	log=$work/$1.build
	if ! (cd "$tree" && make -j"$(nproc)" -f build.mk KDIR="$kdir" \
		PROBE_DIR="$top/build/probes/$kver" KCFLAGS=-g0 \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules) >"$log" 2>&1; then
		fail "$1 cannot be compiled: $(grep -m 1 -E 'error|Error' "$log" || tail -n 1 "$log"); see ${log#"$top/"}"
	fi
	find "$tree" -name '*.ko' >"$work/built"
	while read -r built; do
		objcopy --strip-debug "$built" "$updates/${built##*/}"
	done <"$work/built"
	"$depmod" -b "$root" "$kver"
}

# boot WHAT CHIP TEST...: the tests with the modules in $root; screen-*: of the display
boot()
{
	name=$1
	chip=$2
	shift 2
	case ${1-} in
	screen-*)
		for t; do
			set -- "$@" --test "$t"
			shift
		done
		set -- --board desktop ${cases:+--append "screen=$cases"} "$@"
		;;
	*) set -- --test model-vmbind --append "vmbind=$(echo "$@" | tr ' ' ,)" ;;
	esac
	log=$work/$name.log
	rc=0
	timeout -k 20 600 "$top/lab/vm/run" --kernel "$kernel" --root "$root" --gpu "$chip" \
		--log "$work/$name.console" --gpu-log "$work/$name.gpu.log" \
		"$@" >"$log" 2>&1 || rc=$?
	grep -q '^ok 1 - boot' "$log" ||
		fail "$name does not boot: $(grep -m 1 '^# ' "$log" || tail -n 1 "$log"); see ${log#"$top/"}"
}

# culprit LOG: the first thing that went wrong, and in which test
culprit()
{
	awk '
		/^    # [a-z0-9-]+\/[a-z0-9-]+: / {
			if (!running)
				why = ""
			running = $2
			sub(/:$/, "", running)
		}
		/^    not ok / && !/# (TODO|SKIP)/ && !test { test = $5 }
		/^# subtest failed:/ && !why { next }
		/^# [^ ]/ && running && !why { why = substr($0, 3) }
		# The driver does not come up, and no test begins.
		/^# (gpu-model|kernel): / && !running && !why { why = substr($0, 3) }
		/^not ok / {
			if (test)
				print test ": wrong"
			else
				print running (running ? ": " : "") why
			exit
		}' "$1"
}

# tests_of MUTANT
tests_of()
{
	head_of "$1" Tests
	head_of "$1" Screen | tr ' ' '\n' | sed 's/^/screen-/'
}

# group_of MUTANT: the mutants of a group share the driver as it is
group_of()
{
	if [ -n "$(head_of "$1" Screen)" ]; then echo "screen $(chip_of "$1")"; else echo "$(chip_of "$1") $(chip_of "$1")"; fi
}

# chip_of MUTANT
chip_of()
{
	chip=$(head_of "$1" Chip)
	echo "${chip:-gp100}"
}

# case_none NAME GROUP CHIP
case_none()
{
	tests=$(for m in $mutants; do
		[ "$(group_of "$m")" != "$2 $3" ] || tests_of "$m"
	done | tr ' ' '\n' | sort -u)
	compile "$1"
	# shellcheck disable=SC2086 # words
	boot "$1" "$3" $tests
	[ $rc -eq 0 ] || grep -E '^(not ok|# [^ ])|^    not ok' "$log" || :
	same "$rc" 0 "the driver as it is fails; see ${log#"$top/"}"
}

case_mutant()
{
	file=$(head_of "$1" File)
	restore="cp '$top/build/tree$suffix/$file' '$tree/$file'"
	later "$restore"
	check "$top/src/nouveau/patch-file" "$tree" "$file" "$work/counts" \
		"$top/tests/mutants/$1.cocci"
	compile "$1"
	cases=$(head_of "$1" Cases)
	# shellcheck disable=SC2046 # words
	boot "$1" "$(chip_of "$1")" $(tests_of "$1")
	cases=
	[ $rc -ne 0 ] || fail "nobody noticed: $(head_of "$1" Reason)"
	caught=$(culprit "$log")
	[ $rc -ne 124 ] || caught="${caught:-the guest} hangs"
	[ -n "$caught" ] || fail "it is unclear what failed; see ${log#"$top/"}"
	printf '%s\t%s\t%s\n' "$1" "$(head_of "$1" Reason)" "$caught" >"$work/$1.caught"
}

cases=
suffix=$("$top/src/nouveau/channel" suffix) || exit 1
channel=$("$top/src/nouveau/channel" name) || exit 1
mutants=
for file in "$top"/tests/mutants/*.cocci; do
	file=${file##*/}
	only=$(head_of "${file%.cocci}" Channel)
	[ -z "$only" ] || [ "$only" = "$channel" ] || continue
	mutants="$mutants ${file%.cocci}"
done
tap_begin "$@"
if [ -z "$tap_list" ]; then
	kver=$("$top/tools/kernel" resolve "$kernel")
	kdir=$("$top/tools/kernel" headers "$kernel")
	installed=$("$top/lab/chroot/provision" "$kernel" | tail -n 1)
	[ -n "$installed" ] || exit 1
	work=$top/build/mutants/$kver$suffix
	tree=$work/tree
	root=$work/root
	mkdir -p "$work"
	"$top/tools/build-modules" "$kernel" "$(nproc)" "$tree" | sed 's/^/# /'
	rm -rf "$root" "$work"/*.caught "$work"/*.log
	# It shares its files with build/installed, but for our modules.
	cp -al "$installed" "$root"
	updates=$root/lib/modules/$kver/updates/dkms
	rm -f "$updates"/*
	depmod=$(PATH=$PATH:/usr/sbin:/sbin command -v depmod)
fi
while read -r group chip; do
	name=none-$group
	[ "$group" != gp100 ] || name=none
	tap_case "$name" case_none "$name" "$group" "$chip"
done <<END
$(for mutant in $mutants; do group_of "$mutant"; done | sort -u)
END
for mutant in $mutants; do
	tap_case "$mutant" case_mutant "$mutant"
	[ ! -s "${work-}/$mutant.caught" ] || [ -n "$tap_list" ] ||
		echo "# caught by $(cut -f 3 "$work/$mutant.caught")"
done
[ -n "$tap_list" ] || cat "$work"/*.caught >"$work/table" 2>/dev/null || :
tap_done
