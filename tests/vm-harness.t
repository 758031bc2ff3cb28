#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Does the VM harness fail what it has to fail? Boots kernels with tests and a
# module that go wrong on purpose.

. "$(dirname "$0")/lib/tap.sh"

# guest_test NAME [HEADER...]: a test for the guest, its body on standard input
guest_test()
{
	guest_file=$T/$1
	shift
	{
		echo '# Build: doctored'
		for line; do echo "# $line"; done
		cat
	} >"$guest_file"
	ln -sfn "$top/tests/guest/doctored" "$T/doctored"
}

vm()
{
	run "$top/lab/vm/run" --log "$T/console" "$@"
}

# judged NAME ok|'not ok' [REASON]: what the harness made of a test; the reason
# stands in the diagnostics before its result
judged()
{
	awk -v name="$1" -v want="$2" -v reason="${3-}" '
		/^(not )?ok / {
			sub(/ # .*/, "")
			if ($NF == name) {
				found = 1
				got = /^not / ? "not ok" : "ok"
				if (got != want) { print name ": " got ", expected " want; bad = 1 }
				if (reason != "" && !index(told, reason)) {
					print name ": its diagnostics do not say: " reason
					print told
					bad = 1
				}
			}
			told = ""
			next
		}
		/^# / { told = told $0 "\n" }
		END {
			if (!found) { print name ": no result"; bad = 1 }
			exit bad
		}' "$T/out" || fail "$1"
}

# A run with nothing wrong passes, else all the others would mean nothing.
case_sound()
{
	echo 'echo fine' | guest_test plain
	guest_test log 'Subtests: log' <<-'END'
		for l in 'KTAP version 1' 1..1 '    # Subtest: s' '    1..2' \
			'    ok 1 a' '    ok 2 b # SKIP why' 'ok 1 s'; do
			echo "<6>$l" >/dev/kmsg
		done
	END
	guest_test printed 'Subtests: output' <<-'END'
		printf '1..2\nok 1 - a\n# note\nok 2 - b\n'
	END
	echo 'skip "not here"' | guest_test skipped
	vm --kernel 6.1 --test "$T/plain" --test "$T/log" --test "$T/printed" --test "$T/skipped"
	status 0
	for t in boot plain log printed skipped end; do
		judged $t ok
	done
	has "$T/out" '^        ok 2 b # SKIP'
	has "$T/out" '^ok 5 - skipped # SKIP not here'
	has "$T/out" '^1\.\.6$'
}

# Everything that goes wrong without ending the guest, in one boot.
case_complaints()
{
	echo 'exit 3' | guest_test exits
	echo 'insmod /vm/doctored.ko how=warn' | guest_test warns
	echo 'insmod /vm/tainting.ko' | guest_test taints
	echo 'echo fine' | guest_test innocent
	guest_test forgiven 'Memory: fails' <<-'END'
		for l in 'a: vmalloc error: size 1, mode:0xcc0(GFP_KERNEL)' 'Call Trace:' \
			Mem-Info: 'kobject_add_internal failed for a (error: -12 parent: b)'; do
			echo "<4>$l" >/dev/kmsg
		done
	END
	guest_test unforgiven 'Memory: fails' <<-'END'
		for l in 'a: vmalloc error: size 1, mode:0xcc0(GFP_KERNEL)' Mem-Info: \
			'Call Trace:'; do
			echo "<4>$l" >/dev/kmsg
		done
	END
	guest_test fails 'Subtests: log' <<-'END'
		for l in 1..2 'ok 1 a' 'not ok 2 b'; do echo "<6>$l" >/dev/kmsg; done
	END
	guest_test short 'Subtests: log' <<-'END'
		for l in 1..2 'ok 1 a'; do echo "<6>$l" >/dev/kmsg; done
	END
	guest_test nested 'Subtests: log' <<-'END'
		for l in 1..1 '    1..2' '    ok 1 a' 'ok 1 s'; do echo "<6>$l" >/dev/kmsg; done
	END
	guest_test silent 'Subtests: log' <<-'END'
		echo hello
	END
	guest_test printed 'Subtests: output' <<-'END'
		printf '1..1\nnot ok 1 - a\n'
	END
	set --
	for t in exits warns taints innocent forgiven unforgiven fails short nested silent printed; do
		set -- "$@" --test "$T/$t"
	done
	vm --kernel 6.1 "$@"
	status 1
	judged exits 'not ok' 'exit status 3'
	judged warns 'not ok' 'kernel: WARNING: '
	judged taints 'not ok' 'tainted: P'
	judged innocent ok
	judged forgiven ok
	judged unforgiven 'not ok' 'kernel: Call Trace:'
	judged fails 'not ok' 'subtest failed: 2 b'
	judged short 'not ok' '1 subtests of 2'
	judged nested 'not ok' '1 subtests of 2'
	judged silent 'not ok' 'no subtest reported'
	judged printed 'not ok' 'subtest failed: 1 - a'
	has "$T/console" 'doctored warning'
}

# The runner of the kernel selftests: what proves nothing does not pass.
case_ktap()
{
	set --
	for t in expects nothing allocates skipped; do
		# The judge hears of the result; insmod's status is looked at here.
		echo "insmod /vm/ktap-doctored.ko only=$t; rmmod ktap_doctored" |
			guest_test "$t" 'Subtests: log'
		set -- "$@" --test "$T/$t"
	done
	guest_test errors <<-'END'
		! insmod /vm/ktap-doctored.ko only=skipped 2>/tmp/why || fail 'it loads'
		grep -q 'No data available' /tmp/why
		! insmod /vm/ktap-doctored.ko only=nothing || fail 'it loads'
	END
	guest_test mostly 'Subtests: log' <<-'END'
		for l in 1..2 'ok 1 a # SKIP no' 'ok 2 b'; do echo "<6>$l" >/dev/kmsg; done
	END
	guest_test all 'Subtests: log' <<-'END'
		for l in 1..2 'ok 1 a # SKIP no' 'ok 2 b # SKIP no'; do echo "<6>$l" >/dev/kmsg; done
	END
	vm --kernel "${KERNEL:-6.1}" "$@" --test "$T/errors" --test "$T/mostly" --test "$T/all"
	status 1
	judged expects ok
	judged nothing 'not ok' 'subtest failed: 1 nothing'
	judged allocates 'not ok' 'subtest failed: 1 allocates'
	# insmod fails there, too.
	judged skipped 'not ok' 'exit status'
	judged errors ok
	judged mostly ok
	judged all ok
	has "$T/out" '^ok [0-9]* - all # SKIP every subtest was skipped$'
	! grep -q '^ok .* - mostly # SKIP' "$T/out" || fail 'mostly is no skip'
	has "$T/console" '# nothing.nothing: .*: no expectation was checked'
	has "$T/console" '# doctored: pass:1 fail:0 skip:0'
	has "$T/console" '# doctored: nothing was tested: pass:0 fail:0 skip:1'
}

case_hang()
{
	echo 'insmod /vm/doctored.ko how=hang' | guest_test hangs 'Limit: 5'
	echo 'echo fine' | guest_test after
	vm --kernel 6.1 --test "$T/hangs" --test "$T/after"
	status 1
	judged hangs 'not ok' 'no end after'
	# Where it hangs is worth more than that it does.
	judged hangs 'not ok' 'do_hang'
	judged after 'not ok' 'not run'
	judged end 'not ok'
}

case_oops()
{
	echo 'insmod /vm/doctored.ko how=oops' | guest_test oops
	echo 'echo fine' | guest_test after
	vm --kernel 6.1 --test "$T/oops" --test "$T/after"
	status 1
	judged oops 'not ok' 'NULL pointer dereference'
	judged after 'not ok' 'not run'
}

# A guest that never gets as far as our init.
case_no_boot()
{
	echo 'echo fine' | guest_test plain
	vm --kernel 6.1 --append 'init=/none rdinit=/none' --test "$T/plain"
	status 1
	judged boot 'not ok'
	judged plain 'not ok'
}

case_debug()
{
	set --
	# After KASAN has spoken, lockdep no longer does.
	for t in order atomic freed; do
		echo "insmod /vm/doctored.ko how=$t; rmmod doctored" | guest_test $t
		set -- "$@" --test "$T/$t"
	done
	echo 'insmod /vm/doctored.ko how=lost; rmmod doctored; leaks_none' |
		guest_test lost
	vm --kernel 6.1-debug "$@" --test "$T/lost"
	status 1
	judged freed 'not ok' 'KASAN: '
	judged order 'not ok' 'circular locking'
	judged atomic 'not ok' 'sleeping function called'
	judged lost 'not ok' 'objects lost'
}

# What a test wants to have in the guest is there.
case_brought()
{
	mkdir -p "$T/root/other/bin"
	echo here >"$T/root/other/bin/file"
	guest_test brought 'Programs: /usr/bin/sha256sum' "Root: $T/root" 'Memory-size: 1300M' <<-'END'
		[ "$(cat /other/bin/file)" = here ]
		/vm/sha256sum /init | grep -q '  /init$'
		[ "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -gt 1150000 ]
	END
	vm --kernel 6.1 --test "$T/brought"
	status 0
	judged brought ok
	echo true | guest_test lacking 'Programs: /none/program'
	run "$top/lab/vm/run" --kernel 6.1 --test "$T/lacking"
	status 2
	one_line 'lacking needs /none/program'
	echo true | guest_test lacking 'Root: none'
	run "$top/lab/vm/run" --kernel 6.1 --test "$T/lacking"
	status 2
	one_line 'lacking needs the directory'
}

# card_write OFFSET: for a test, writes a register of the model's card
card_write()
{
	cat <<-END
		for card in /sys/bus/pci/devices/*; do
			[ "\$(cat "\$card/vendor")" != 0x10de ] || break
		done
		echo 1 >"\$card/enable"
		read -r base rest <"\$card/resource"
		devmem \$((base + $1)) 32 1
		devmem \$((base))
	END
}

# QEMU forgets translated code that the guest has patched, also if another CPU of the guest
# runs that code meanwhile.  QEMU 7.2 fails here within a minute.
case_patched_code()
{
	guest_test patches 'Needs: CONFIG_KPROBE_EVENTS' 'Limit: 300' <<-'END'
		mount -t tracefs tracefs /sys/kernel/tracing
		cd /sys/kernel/tracing
		(while :; do ls /proc; done) >/dev/null 2>&1 &
		(while :; do (:); cat /proc/kallsyms; done) >/dev/null 2>&1 &
		for f in kfree kmem_cache_alloc kmem_cache_free __kmalloc; do
			echo "p:ngv/$f $f" >>kprobe_events
		done
		i=0
		while [ $i -lt 200 ]; do
			i=$((i + 1))
			echo 1 >events/ngv/enable
			echo 0 >events/ngv/enable
		done
		echo >kprobe_events
		kill $!
	END
	vm --kernel 6.1 --test "$T/patches"
	status 0
	judged patches ok
	judged end ok
}

# The model's findings are a test's own, whatever it says itself.
case_gpu()
{
	echo '[ "$(cat /sys/bus/pci/devices/*/vendor | grep -c 0x10de)" = 1 ]' | guest_test card
	# Nothing is at 0x00fffc.
	card_write 0xfffc | guest_test wrong
	echo 'echo fine' | guest_test after
	vm --kernel 6.12 --gpu gm107 --gpu-log "$T/gpu.log" --test "$T/card" --test "$T/wrong" \
		--test "$T/after"
	status 1
	judged boot ok
	judged card ok
	judged wrong 'not ok' 'STRICT: unknown register: write of 0x00000001 to 0x00fffc'
	judged after ok
	has "$T/out" '^#   model: .*write BAR0+0x00fffc'
	has "$T/gpu.log" 'STRICT: unknown register'
}

# The guest lives on when its card is dead, but that is no result.
case_gpu_dies()
{
	echo 'sleep 600' | guest_test sleeps 'Limit: 700'
	"$top/lab/vm/run" --log "$T/console" --kernel 6.12 --gpu gm107 --gpu-log "$T/gpu.log" \
		--test "$T/sleeps" >"$T/out" 2>"$T/err" &
	vm=$!
	later "kill $vm 2>/dev/null"
	tries=0
	until grep -q '^ok 1 - boot' "$T/out"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || fail "no boot"
		sleep 0.2
	done
	kill -9 "$(pgrep -P $vm -x gpu-model)"
	rc=0
	wait $vm || rc=$?
	cat "$T/out"
	status 1
	judged sleeps 'not ok' 'the GPU model ended with status 137'
	judged end 'not ok'
}

case_misuse()
{
	run "$top/lab/vm/run"
	status 2
	one_line 'no kernel named'
	run "$top/lab/vm/run" --kernel 9.9
	status fail
	one_line 'kernel 9.9'
	run "$top/lab/vm/run" --kernel 6.1 --root "$T/none"
	status 2
	one_line 'no directory'
	run "$top/lab/vm/run" --kernel 6.1 --test none
	status 2
	one_line 'no test none'
	run "$top/lab/vm/run" --kernel 6.1 --test load
	status 2
	one_line 'needs the module ngv_'
	run "$top/lab/vm/run" --kernel 6.12 --gpu gp999
	status 2
	one_line 'no chip gp999; there are: .*gp100'
	run "$top/lab/vm/run" --kernel 6.12 --gpu gp100 --seed x
	status 2
	one_line 'seed x is no number'
	run "$top/lab/vm/run" --kernel 6.12 --gpu gp100 --display
	status 2
	one_line 'name one'
}

tap_begin "$@"
tap_case misuse case_misuse
tap_case sound case_sound
tap_case complaints case_complaints
tap_case selftest-runner case_ktap
tap_case hang case_hang
tap_case oops case_oops
tap_case no-boot case_no_boot
tap_case debug case_debug
tap_case patched-code case_patched_code
tap_case brought case_brought
tap_case gpu case_gpu
tap_case gpu-dies case_gpu_dies
tap_done
