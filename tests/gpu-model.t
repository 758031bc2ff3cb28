#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The GPU model without a guest: the unit tests of its parts, its command line,
# and its fuzzers for some seconds (longer: make -C gpu-model fuzz).

. "$(dirname "$0")/lib/tap.sh"

out=$top/build/gpu-model
model=$out/gpu-model
mkdir -p "$out"
flock "$out" make -s -C "$top/gpu-model" OUT="$out" all programs >"$out/build.log" 2>&1 || {
	sed 's/^/# /' "$out/build.log"
	echo 'Bail out! the model does not build'
	exit 1
}

# --- the command line --------------------------------------------------------

# refused STATUS PATTERN ARGUMENT...: one line, and nothing left behind
refused()
{
	want=$1
	pattern=$2
	shift 2
	run "$model" "$@"
	status "$want"
	one_line "^gpu-model: .*$pattern"
	[ ! -e "$T/sock" ] || fail "the socket stays"
}

case_arguments()
{
	refused 2 'give --chip and --socket'
	refused 2 'give --chip and --socket' --chip gp100
	refused 2 'give --chip and --socket' --socket "$T/sock"
	refused 2 'no chip gp999; --list-chips' --chip gp999 --socket "$T/sock"
	refused 2 '--seed x: give a number' --chip gp100 --socket "$T/sock" --seed x
	refused 2 '--seed -1: give a number' --chip gp100 --socket "$T/sock" --seed=-1
	refused 2 '--vram 65537: give a number up to 65536' --chip gp100 --socket "$T/sock" --vram 65537
	refused 2 'no board lapdog; see --help' --chip gp100 --socket "$T/sock" --board lapdog
	refused 2 'no monitor can be at vga' --chip gp100 --socket "$T/sock" --board desktop --monitors vga
	refused 2 'give --board' --chip gp100 --socket "$T/sock" --monitors dvi
	refused 2 'give --board' --chip gp100 --socket "$T/sock" --screenshot "$T/picture"
	refused 2 'unknown argument word' --chip gp100 --socket "$T/sock" word
	refused 2 'unknown argument.* --nonsense' --nonsense
	refused 2 'no value: --chip' --chip
	refused 2 '--log: cannot write' --chip gp100 --socket "$T/sock" --log "$T/no/file"
	refused 2 '--trace: cannot write' --chip gp100 --socket "$T/sock" --trace "$T/no/file"
	refused 3 'no socket' --chip gp100 --socket "$T/no/sock"
	refused 3 'path has .* fit; change' --chip gp100 --socket "$T/$(printf %0120d 0)"
	: >"$T/there"
	refused 3 'there exists; remove it' --chip gp100 --socket "$T/there"
	refused 2 'takes a directory and a chip' --firmware "$T/fw"
	refused 2 'no chip gp999' --firmware "$T/fw" gp999
	refused 3 'cannot make' --firmware /proc/none gp100
	run "$model" --help
	status 0
	has "$T/out" '^usage: gpu-model'
}

case_list_chips()
{
	run "$model" --list-chips
	status 0
	for file in "$top"/gpu-model/chips/*.c; do
		basename "$file" .c
	done | sort >"$T/files"
	! grep -v '^[a-z0-9]*	10de:[0-9a-f]\{4\}	[^	]*$' "$T/out" || fail 'a line is no chip'
	cut -f 1 "$T/out" | sort >"$T/chips"
	check diff -u "$T/files" "$T/chips"
}

# It waits for a client; told to end, it leaves nothing behind.
case_told_to_end()
{
	"$model" --chip gp100 --socket "$T/sock" --trace "$T/trace" 2>"$T/err" &
	pid=$!
	later "kill -9 $pid 2>/dev/null"
	tries=0
	while [ ! -S "$T/sock" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "no socket"
		sleep 0.1
	done
	kill "$pid"
	rc=0
	wait "$pid" || rc=$?
	status 0
	[ ! -s "$T/err" ] || fail "it says: $(cat "$T/err")"
	[ ! -e "$T/sock" ] || fail "the socket stays"
}

case_firmware()
{
	run "$model" --firmware "$T/fw" gp100
	status 0
	[ -s "$T/fw/nvidia/gp100/acr/ucode_load.bin" ]
	run "$model" --firmware "$T/none" gm107
	status 0
	[ ! -e "$T/none" ] || fail "there is firmware for a chip that needs none"
}

# --- unit tests and fuzzers --------------------------------------------------

unit()
{
	check "$1" "$2"
}

# seeds_reach FUZZER: each seed of $out reaches all that it names, on its own chip.
seeds_reach()
{
	fuzzer=$1
	mkdir "$T/seeds"
	run "$out/fuzz/seeds" "$fuzzer" "$T/seeds"
	status 0
	cp "$T/out" "$T/reach"
	[ "$(wc -l <"$T/reach")" -ge 4 ] || fail 'there are no seeds'
	for seed in "$T/seeds"/*; do
		name=${seed##*/}
		run env GPU_MODEL_FUZZ_TRACE="$T/trace" GPU_MODEL_FUZZ_LOG="$T/findings" \
			"$out/check/fuzz/$fuzzer" "$seed"
		status 0
		awk -F '\t' -v name="$name" '$1 == name { print $2; n++ } END { exit !n }' "$T/reach" \
			>"$T/patterns" || fail "$name does not say what it must reach"
		while read -r pattern; do
			grep -q -e "$pattern" "$T/trace" || {
				cat "$T/trace"
				fail "$name does not reach: $pattern"
			}
		done <"$T/patterns"
		# A register that the chip does not have: the seed is for another chip.
		! grep 'unknown register' "$T/findings" || fail "$name is for another chip"
	done
}

# Every chip of the model has seeds.
case_seeds_core()
{
	seeds_reach core
	run "$model" --list-chips
	status 0
	cut -f 1 "$T/out" >"$T/chips"
	while read -r chip; do
		# RM makes the channels of some chips; no seed is long enough to start RM.
		grep -q -e "^copy-$chip	.* copy " -e "^rm-$chip	" "$T/reach" ||
			fail "no seed copies on $chip"
	done <"$T/chips"
}

case_seeds_protocol() { : >"$T/findings"; seeds_reach protocol; }

# asks_which DIR: where the model in DIR, outside of its chips, asks which chip it is.
asks_which()
{
	names=$("$model" --list-chips | cut -f 1 | paste -s -d '|')
	find "$1" -name '*.[ch]' ! -path "$1/chips/*" ! -path "$1/test/*" -exec grep -nE \
		"\"($names)\"|(boot0|pci_device|class_[a-z0-9]+(\\[[0-9]\\])?) *(<|>|!=)=? *[0-9]" {} +
}

case_one_table()
{
	mkdir "$T/control"
	cat >"$T/control/a.c" <<-'E'
		if (gpu->chip->class_3d >= 0xc097)
		if (gpu->chip->boot0 != 0x130000a1)
		static const char *const some[] = { "gm107" };
		if (class == chip->class_3d)
	E
	asks_which "$T/control" >"$T/found"
	got=$(wc -l <"$T/found")
	same "$got" 3 'of the control'
	! asks_which "$top/gpu-model" || fail 'another file knows of a chip'
}

# A chip is one file: gpu-model/README.md, "To add a chip".
case_add_a_chip()
{
	cp -r "$top/gpu-model" "$T/gpu-model"
	sed -e 's/"gp100"/"gp199"/; s/struct chip gp100/struct chip gp199/; s/CHIP(gp100)/CHIP(gp199)/' \
		-e 's/boot0 = 0x130/boot0 = 0x13f/; s/pci_device = 0x15f8/pci_device = 0x15ff/' \
		"$top/gpu-model/chips/gp100.c" >"$T/gpu-model/chips/gp199.c"
	out=$T/made
	check make -s -C "$T/gpu-model" OUT="$out" "$out/gpu-model" "$out/fuzz/seeds" \
		"$out/check/fuzz/core" "$out/check/core/test-chips"
	run "$out/gpu-model" --list-chips
	status 0
	has "$T/out" '^gp199	10de:15ff	'
	check "$out/check/core/test-chips"
	run "$out/gpu-model" --firmware "$T/fw" gp199
	status 0
	[ -s "$T/fw/nvidia/gp199/acr/ucode_load.bin" ]
	seeds_reach core
	has "$T/reach" '^copy-gp199	'
	# To the other chips nothing has happened; the byte that picks one may be another.
	mkdir "$T/before"
	"$top/build/gpu-model/fuzz/seeds" core "$T/before" >"$T/reach.before"
	for seed in "$T/before"/*; do
		check cmp -i 1 "$seed" "$T/seeds/${seed##*/}"
	done
}

case_fuzz()
{
	(cd "$top" && tools/deps clang libclang-rt-14-dev)
	check make -s -C "$top/gpu-model" OUT="$out" SECONDS=10 fuzz
}

tap_begin "$@"
tap_case arguments case_arguments
tap_case list-chips case_list_chips
tap_case told-to-end case_told_to_end
tap_case firmware case_firmware
for source in "$top"/gpu-model/test/*/test-*.c; do
	program=${source#"$top/gpu-model/test/"}
	program=$out/check/${program%.c}
	name=${program##*/test-}
	for case in $("$program" --list); do
		tap_case "$name-$case" unit "$program" "$case"
	done
done
tap_case seeds-core case_seeds_core
tap_case seeds-protocol case_seeds_protocol
tap_case one-table case_one_table
tap_case add-a-chip case_add_a_chip
tap_case fuzz case_fuzz
tap_done
