#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Our GPUVM without a kernel: the same requests through it, through mainline's of
# 6.12 and 7.3 and through a plain model; mainline's faults; threads; how much of
# the code that runs; and drivers that are not ours compiled against its header.
# For longer: make fuzz-gpuvm SECONDS=1800.

. "$(dirname "$0")/lib/tap.sh"

out=$top/build/test-gpuvm

# built TARGET: or the case ends
built()
{
	flock "$top/build" make -s -C "$top/tests/gpuvm" OUT="$out" "$1" >"$T/build.log" 2>&1 || {
		cat "$T/build.log"
		fail "$1 does not build"
	}
}

case_fuzz()
{
	built all
	run "$out/fuzz-run" "$out" "${FUZZ_RUNS:-2000}" "$1"
	status 0
}

# The fuzzer sees a difference where there is one: mainline's find_prev.
case_fuzz_sees()
{
	built all
	mkdir "$T/d"
	cp "$out"/mainline-*.so "$T/d/"
	sed '/^EXTRA-mainline-6.12/s/-DFUZZ_NO_NEIGHBOURS//' "$top/tests/gpuvm/Makefile" \
		>"$T/Makefile"
	make -s -f "$T/Makefile" TOP="$top" OUT="$T/d" "$T/d/mainline-6.12.so" >"$T/log" 2>&1 ||
		{ cat "$T/log"; fail 'the control does not build'; }
	cp "$out/ours.so" "$T/d/"
	run "$out/fuzz-run" "$T/d" 2000
	status fail
	has "$T/err" 'differ in neighbours'
}

# answer PROGRAM IMPLEMENTATION NAME WANTED: what the program says of the implementation
answer()
{
	[ "$4" != none ] || return 0
	got=$("$out/$1-$2" "$3" 2>"$T/err") || got="status $?"
	# A use of freed memory may kill the program.
	case $got in
	'status 134' | 'status 139') got=dies ;;
	esac
	same "$got" "$4" "$2"
}

# case_asked PROGRAM NAME 6.12 7.3: ours is right; what mainline's releases do, "none"
# where they have nothing to ask
case_asked()
{
	built "$1"
	answer "$1" ours "$2" right
	answer "$1" mainline-6.12 "$2" "$3"
	answer "$1" mainline-7.3 "$2" "$4"
}

case_threads()
{
	built threads
	run "$out/threads" 8
	status 0
}

case_shadow()
{
	built shadow
	run "$out/shadow"
	status 0
	got=$(cat "$T/err")
	same "$got" '' 'standard error'
}

# case_starved ORDER LIMIT: insertions without any memory take at most LIMIT times what
# they take with memory.  The ratio is 1.4 to 2.7 in a row and 3.9 at random, by the
# machine (docs/gpuvm.md); each limit is what no machine comes near, but a walk through
# all leaves does.
case_starved()
{
	built starved
	for try in 1 2 3; do
		run "$out/starved" "$1"
		status 0
		ratio=$(cut -d ' ' -f 1 <"$T/out")
		echo "try $try: $(cat "$T/out")"
		awk -v r="$ratio" -v l="$2" 'BEGIN { exit !(r > 0 && r <= l) }' && return
	done
	fail "without memory insertions take $ratio times as long, limit $2"
}

# A mapping of nouveau's size takes at most 125 bytes of the slabs, inserted at random and
# after splits and merges; mainline's takes 192.
case_bytes()
{
	bench=$top/build/bench/gpuvm
	flock "$top/build" make -s -C "$top/bench/gpuvm" OUT="$bench" \
		"$bench/main" "$bench/count/ours.so" "$bench/count/mainline-6.12.so" \
		"$bench/count/mainline-7.3.so" >"$T/build.log" 2>&1 || {
		cat "$T/build.log"
		fail 'the benchmark does not build'
	}
	for n in 4096 16384; do
		run "$bench/main" bytes "$bench/count" "$n"
		status 0
		cat "$T/out"
		awk -F '\t' '$2 == "ours" && $3 > 0 && $3 <= 125 && $4 > 0 && $4 <= 125 { right++ }
			END { exit right != 1 }' "$T/out" || fail "a mapping takes too many bytes"
	done
}

case_corners()
{
	built corners
	run "$out/corners"
	status 0
	got=$(cat "$T/err")
	same "$got" '' 'standard error'
}

# Lines of src/gpuvm that the fuzzer, the corners and api7 reach; those that none does
# are listed in build/test-gpuvm/coverage/lines.
case_coverage()
{
	built coverage
	rm -f "$out"/coverage/*.gcda
	run "$out/coverage/fuzz-run" "$out/coverage" "${FUZZ_RUNS:-2000}" 7
	status 0
	run "$out/coverage/corners"
	status 0
	run "$out/coverage/api7"
	status 0
	cd "$out/coverage"
	: >reached
	for f in ours.so-*.gcda corners-*.gcda api7-*.gcda; do
		rm -f ./*.gcov
		gcov -r -s "$top" "$f" >>gcov.log 2>&1 || fail "gcov cannot read $f"
		# A header's lines are in each of them that includes it.
		awk -F: '
			FNR == 1 { name = $0; sub(/.*:Source:/, "", name) }
			name !~ /^src\/gpuvm\// { next }
			{ hits = $1; gsub(/[ *]/, "", hits) }
			hits == "-" || $2 + 0 == 0 { next }
			{ text = $0; sub(/^[^:]*:[^:]*:/, "", text)
			  print name ":" $2 + 0 ":" (hits !~ /^[#=]+$/) ":" text }' ./*.gcov >>reached
	done
	awk -F: '
		{ key = $1 ":" $2; hit[key] += $3
		  if (!(key in text)) { order[++n] = key; text[key] = $4 } }
		END {
			for (i = 1; i <= n; i++)
				if (hit[order[i]]) reached++
				else print order[i] ":" text[order[i]]
			if (!n) { print "nothing was measured"; exit }
			printf "covered %d of %d lines, %.1f %%\n", reached, n, 100 * reached / n
		}' reached >lines
	cat lines
	percent=$(sed -n 's/^covered .*, \([0-9]*\).*/\1/p' lines)
	[ "${percent:-0}" -ge "${GPUVM_COVERAGE:-99}" ] || fail "too few lines are reached"
}

# The headers of registers that msm's Makefile makes of XML
msm_registers()
{
	mkdir -p "$T/drm/msm/generated"
	for xml in "$T"/drm/msm/registers/*/*.xml "$T"/drm/msm/registers/*.xml; do
		name=${xml##*/}
		# Some are no headers of the kernel's; the compiler misses one that is.
		python3 "$T/drm/msm/registers/gen_header.py" --no-validate \
			--rnn "$T/drm/msm/registers" --xml "$xml" c-defines \
			>"$T/drm/msm/generated/$name.h" 2>/dev/null ||
			rm -f "$T/drm/msm/generated/$name.h"
	done
}

# case_driver RELEASE DIR/FILE: a driver's file of mainline, unchanged, with our headers in
# place of the kernel's.
case_driver()
{
	ref=$("$top/tools/mainline" "$1")
	kver=$("$top/tools/kernel" resolve "$1")
	kdir=$("$top/tools/kernel" headers "$1")
	api=
	[ "$1" = 6.12 ] || api=-DDRM_GPUVM_MAP_BY_REQUEST
	probes=$top/build/probes/$kver
	make -s -C "$top" -f build.mk KDIR="$kdir" PROBE_DIR="$probes" "$probes/config.h" >"$T/log" 2>&1 ||
		{ cat "$T/log"; fail 'the probes give no answers'; }
	mkdir -p "$T/drm" "$T/generated/generated" "$T/ours/drm"
	for h in drm_exec.h drm_gem.h; do
		ln -s "$top/compat/include/drm/$h" "$T/ours/drm/$h"
	done
	for d in xe i915 imagination panthor msm; do
		cp -r "$ref/drivers/gpu/drm/$d" "$T/drm/"
		rm -f "$T/drm/$d/Makefile"
	done
	# Headers that the driver's Makefile makes.
	gcc -o "$T/wa" "$T/drm/xe/xe_gen_wa_oob.c"
	for rules in "$T"/drm/xe/xe*_wa_oob.rules; do
		name=${rules##*/}
		"$T/wa" "$rules" "$T/generated/generated/${name%.rules}.c" \
			"$T/generated/generated/${name%.rules}.h"
	done
	[ "${2%/*}" != msm ] || msm_registers
	cat >"$T/Kbuild" <<-END
		LINUXINCLUDE := -I$T/ours -I$top/src/include -I$ref/include -I$ref/include/uapi \$(LINUXINCLUDE) \
			-include $probes/config.h
		ccflags-y += -I$T/drm/xe -I$T/drm/xe/compat-i915-headers -I$T/drm/i915
		ccflags-y += -I$T/drm/i915/display -I$T/generated -DI915=1 $api
		ccflags-y += -I$T/drm/msm -I$T/drm/msm/generated -I$T/drm/msm/disp/dpu1
		# For processors that the driver is not for
		ccflags-y += -include linux/io-64-nonatomic-lo-hi.h
		obj-m += drm/$2.o
	END
	make -C "$kdir" M="$T" "drm/$2.o" >"$T/log" 2>&1 || {
		grep -E 'error|warning' "$T/log" || tail -n 20 "$T/log"
		fail "$2.c does not compile"
	}
	# It was ours that it read.
	has "$T/drm/${2%/*}/.${2#*/}.o.cmd" "$top/src/include/drm/drm_gpuvm.h"
}

case_api7()
{
	built api7
	run "$out/api7-ours"
	status 0
	run "$out/api7-mainline-7.3"
	status 0
}

tap_begin "$@"
tap_case fuzz-1 case_fuzz 1
tap_case fuzz-2 case_fuzz 2
tap_case fuzz-sees-a-difference case_fuzz_sees
tap_case fault-remap-leak case_asked faults remap-leak wrong wrong
tap_case fault-for-each-va case_asked faults for-each-va wrong wrong
tap_case fault-range-zero case_asked faults range-zero wrong wrong
tap_case fault-find-prev case_asked faults find-prev wrong none
tap_case fault-put-without-lock case_asked faults put-without-lock wrong wrong
tap_case fault-put-in-fence-path case_asked faults put-in-fence-path wrong right
tap_case fault-mapped-again case_asked faults mapped-again none right
tap_case fault-mapped-in-walk case_asked faults mapped-in-walk none wrong
tap_case fault-evict-asserts case_asked faults evict-asserts none right
tap_case fault-list-locks case_asked faults list-locks right right
tap_case fault-drop-in-callback case_asked faults drop-in-callback right right
tap_case fault-drop-in-callback-resv case_asked faults drop-in-callback-resv dies dies
tap_case exec-frees-unlocked case_asked execs frees-unlocked wrong wrong
tap_case exec-ticket-stays case_asked execs ticket-stays right right
tap_case corners case_corners
tap_case shadow case_shadow
tap_case bytes case_bytes
tap_case starved-up case_starved up 5
tap_case starved-down case_starved down 5
tap_case starved-random case_starved random 8
tap_case threads case_threads
tap_case coverage case_coverage
tap_case api7 case_api7
for release in 6.12 7.3; do
	tap_case "driver-xe-$release" case_driver "$release" xe/xe_vm
	tap_case "driver-pvr-$release" case_driver "$release" imagination/pvr_vm
	tap_case "driver-panthor-$release" case_driver "$release" panthor/panthor_mmu
done
tap_case driver-msm-7.3 case_driver 7.3 msm/msm_gem_vma
tap_done
