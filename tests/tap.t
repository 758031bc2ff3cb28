#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The tests' own library, tests/lib/tap.sh, and tools/run-tests: what must not pass does
# not.  Each case writes a small script and runs it.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# script: the rest of a test script, on standard input, becomes $T/tests/x.t
script()
{
	mkdir -p "$T/tests/lib" "$T/tools"
	cp "$top/tests/lib/tap.sh" "$T/tests/lib/"
	cp "$top/tools/run-tests" "$T/tools/"
	{
		echo '#!/bin/sh'
		echo '. "$(dirname "$0")/lib/tap.sh"'
		cat
	} >"$T/tests/x.t"
	chmod +x "$T/tests/x.t"
	unset NGV_NO_SKIP NGV_CASE_LIMIT
}

# one_case BODY: runs a script of that case, x
one_case()
{
	script <<-END
	case_x() { $1; }
	tap_begin "\$@"
	tap_case x case_x
	tap_done
	END
	run "$T/tests/x.t"
}

# A case, whose body is given, is no pass, and says why.
case_fails()
{
	one_case "$1"
	status 1
	has "$T/out" '^not ok 1 - x$'
	has "$T/out" "^# failed: $2"
	has "$T/out" '^1\.\.1$'
}

# ... and here nothing has to be said: a command in between has failed.
case_ends()
{
	one_case "$1"
	status 1
	has "$T/out" '^not ok 1 - x$'
}

# The control: the same, as it should be
case_passes()
{
	one_case "$1"
	status 0
	got=$(cat "$T/out")
	same "$got" 'ok 1 - x
1..1'
}

case_empty_output()
{
	script <<-'END'
	nothing() { got=$(cat /nonexistent); same "$got" ''; }
	tap_begin "$@"
	tap_case x nothing
	tap_done
	END
	run "$T/tests/x.t"
	status 1
	has "$T/out" '^not ok 1 - x'
}

case_two_of_one_name()
{
	script <<-'END'
	a() { same 1 1; }
	tap_begin "$@"
	tap_case x a
	tap_case x a
	tap_done
	END
	run "$T/tests/x.t"
	status 2
	one_line '^x\.t: two cases are called x; rename one$'
	run "$T/tests/x.t" --list
	status 2
}

case_no_cases()
{
	script <<-'END'
	tap_begin "$@"
	tap_done
	END
	run "$T/tests/x.t"
	status 2
	one_line '^x\.t: there is no case$'
}

case_only_skips()
{
	script <<-'END'
	a() { skip 'not here'; }
	tap_begin "$@"
	tap_case x a
	tap_done
	END
	run "$T/tests/x.t"
	status 1
	has "$T/out" '^ok 1 - x # SKIP not here$'
	has "$T/out" '^# every case was skipped$'
}

some_skips()
{
	script <<-'END'
	a() { skip 'not here'; }
	b() { same 1 1; }
	tap_begin "$@"
	tap_case x a
	tap_case y b
	tap_done
	END
}

case_skips_forbidden()
{
	some_skips
	run "$T/tests/x.t"
	status 0
	run env NGV_NO_SKIP=1 "$T/tests/x.t"
	status 1
	has "$T/out" '^not ok 1 - x$'
	has "$T/out" '^# failed: skipped, where nothing may be'
}

case_time_limit()
{
	script <<-END
	a() { sleep 12345 | sleep 12345; }
	b() { same 1 1; }
	tap_begin "\$@"
	tap_case x a
	tap_case y b
	tap_done
	END
	run env NGV_CASE_LIMIT=1 "$T/tests/x.t"
	status 1
	has "$T/out" '^not ok 1 - x$'
	has "$T/out" '^# failed: took longer than 1 s$'
	has "$T/out" '^ok 2 - y$'
	# Nothing that the case has started goes on.
	cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' >"$T/running"
	lacks "$T/running" '[s]leep 12345'
}

case_interrupted()
{
	script <<-END
	a() { : >"$T/started"; sleep 1000; }
	tap_begin "\$@"
	tap_case x a
	tap_done
	END
	"$T/tests/x.t" >"$T/out" 2>&1 &
	pid=$!
	n=0
	until [ -e "$T/started" ]; do
		n=$((n + 1))
		[ $n -lt 300 ] || fail 'the script does not start'
		sleep 0.1
	done
	kill -TERM $pid
	st=0
	wait $pid || st=$?
	same "$st" 143
	lacks "$T/out" '^1\.\.'
}

case_list()
{
	some_skips
	run "$T/tests/x.t" --list
	status 0
	got=$(cat "$T/out")
	same "$got" 'x
y'
	run "$T/tests/x.t" y
	status 0
	got=$(cat "$T/out")
	same "$got" 'ok 1 - y
1..1'
	run "$T/tests/x.t" z
	status 2
	one_line '^x\.t: no case is called z; --list names them$'
	run "$T/tests/x.t" --what
	status 2
	one_line '^x\.t: unknown option --what; there are --list and --keep$'
}

case_keep()
{
	script <<-'END'
	a() { echo content >"$T/file"; echo said; same 1 1; }
	tap_begin "$@"
	tap_case x a
	tap_done
	END
	run "$T/tests/x.t" --keep
	status 0
	dir=$(sed -n 's/^# kept: \([^,]*\), .*/\1/p' "$T/out")
	later 'rm -rf "${dir%/*}"'
	has "$dir/file" '^content$'
	has "$dir.log" '^said$'
	run "$T/tests/x.t"
	status 0
	lacks "$T/out" kept
}

# What a script does at its end takes nothing from what the library does.
case_at_end()
{
	script <<-END
	a() { echo content >"\$T/file"; same 1 1; }
	tap_begin "\$@"
	tap_at_end='echo done >$T/end'
	tap_case x a
	tap_done
	END
	run "$T/tests/x.t" --keep
	status 0
	has "$T/end" '^done$'
	dir=$(sed -n 's/^# kept: \([^,]*\), .*/\1/p' "$T/out")
	later 'rm -rf "${dir%/*}"'
	has "$dir/file" '^content$'
}

case_later()
{
	script <<-END
	a() { later 'echo first >>$T/order'; later 'echo second >>$T/order'; fail because; }
	tap_begin "\$@"
	tap_case x a
	tap_done
	END
	run "$T/tests/x.t"
	status 1
	got=$(cat "$T/order")
	same "$got" 'second
first'
}

# all TEXT...: what run-tests says at the end
all()
{
	script </dev/null
	for t; do
		n=$((n + 1))
		printf '#!/bin/sh\n%b\n' "$t" >"$T/$n"
		chmod +x "$T/$n"
	done
	cd "$T"
}

case_run_tests_last_line()
{
	n=0
	all 'echo ok 1 - a; echo "ok 2 - b # SKIP no"; echo 1..2' 'echo not ok 1 - c; echo 1..1; exit 1'
	run tools/run-tests logs one=./1 two=./2
	status 1
	got=$(tail -n 1 "$T/out")
	same "$got" '1 passed, 1 failed, 1 skipped'
	has "$T/out" '^# skipped: one: b: no$'
	has "$T/out" '^# seconds (of CPUs): one [0-9]* ([0-9]*), two [0-9]* ([0-9]*)$'
	run tools/run-tests logs one=./1
	status 0
	got=$(tail -n 1 "$T/out")
	same "$got" '1 passed, 0 failed, 1 skipped'
	run env NGV_NO_SKIP=1 tools/run-tests logs one=./1
	status 1
	got=$(tail -n 1 "$T/out")
	same "$got" '1 passed, 1 failed, 0 skipped'
}

case_run_tests_broken()
{
	n=0
	all 'echo ok 1 - a' 'echo 1..0' 'echo ok 1 - a; echo 1..2' 'echo ok 1 - a; echo 1..1; exit 3' \
		'echo "ok 1 - a # SKIP no"; echo 1..1'
	for i in 1 2 3 4 5; do
		run tools/run-tests logs "x=./$i"
		status 1
		got=$(tail -n 1 "$T/out")
		echo "$got" >"$T/last"
		has "$T/last" ', 1 failed, '
	done
}

# Who sees only the last lines of a run sees why each test failed: a test of tap.sh says
# so after its result, a boot of lab/vm/run before.
case_run_tests_reasons()
{
	n=0
	all 'echo "ok 1 - a"; echo "# a took 1 s"; echo "#   printed: b"; echo "# the guest died"; echo "# WARNING: two"; echo "not ok 2 - c"; echo "# c took 0 s"; echo 1..2; exit 1' \
		'echo "not ok 1 - d"; echo "# ran (0): false"; echo "# failed: it is false"; echo "ok 2 - e"; echo 1..2; exit 1'
	run tools/run-tests logs one=./1 two=./2
	status 1
	has "$T/out" '^# failed: one: not ok 2 - c: the guest died$'
	has "$T/out" '^# failed: two: not ok 1 - d: it is false$'
}

# Each program runs once, whichever list it is in; those after --either run where there
# is time: with the first list busy, all in the second.
case_run_tests_either()
{
	n=0
	all 'case $1 in wait) until [ -e logs/four.counts ]; do sleep 0.1; done ;; esac; echo "ok 1 - a"; echo 1..1' \
		'echo "ok 1 - b"; echo 1..1'
	printf '#!/bin/sh\necho $1 $PPID >>ran\necho "ok 1 - $1"\necho 1..1\n' >"$T/3"
	chmod +x "$T/3"
	for way in 'wait --parallel two=./2 --either' 'go --either'; do
		: >"$T/ran"
		# shellcheck disable=SC2086 # words
		run tools/run-tests logs "one=./1 ${way%% *}" ${way#* } 'three=./3 three' 'four=./3 four'
		status 0
		got=$(cut -d ' ' -f 1 "$T/ran")
		same "$got" 'three
four'
		case $way in
		wait*) has "$T/out" '^4 passed, 0 failed, 0 skipped$' ;;
		*) has "$T/out" '^3 passed, 0 failed, 0 skipped$' ;;
		esac
		sed -n 's/^# \([a-z]*\): 1 passed.*/\1/p' "$T/out" >"$T/order.$n"
		n=$((n + 1))
	done
	got=$(tail -n 1 "$T/order.2")
	same "$got" one 'the last to end beside the others'
	got=$(sed -n 1p "$T/order.3")
	same "$got" one 'the first to end alone'
	run tools/run-tests --list one=./1 --parallel --either 'two=./2'
	status 0
}

# A result is shown when it is there, not when there are more: the program waits for that.
case_run_tests_at_once()
{
	n=0
	all 'echo "ok 1 - a"; for i in $(seq 200); do grep -q "^one: ok 1 - a" shown && break; sleep 0.1; done' \
		': >>seen; grep -q "^one: ok 1 - a" seen && echo "ok 1 - b"; echo 1..1'
	sed -i '$s/$/; cp shown seen; echo 1..1/' "$T/1"
	run sh -c 'tools/run-tests logs one=./1 two=./2 >shown'
	status 0
	has "$T/shown" '^2 passed, 0 failed, 0 skipped$'
}

case_merge()
{
	. "$top/tests/lib/merge.sh"
	printf '%s\n' 'run a' '# one' 'ok 1 - boot' '    ok 1 - deep' 'ok 2 - x - y # SKIP no' 1..2 'run b-2' \
		'  backslash \n' 'ok 1 - boot' 1..1 'status 0' >"$T/in"
	run merge <"$T/in"
	status 0
	got=$(cat "$T/out")
	same "$got" '# one
ok 1 - a-boot
    ok 1 - deep
ok 2 - a-x - y # SKIP no
  backslash \n
ok 3 - b-2-boot
1..3'
	for bad in 'status 1' 'not ok 2 - end'; do
		{ echo 'ok 1 - boot'; echo "$bad"; } >"$T/in"
		run merge <"$T/in"
		status fail
	done
	run merge </dev/null
	status fail
}

case_run_tests_list()
{
	n=0
	all '[ "$1" = --list ] && printf "a\\nb\\n"'
	run tools/run-tests --list one=./1 'two=./1 gp100'
	status 0
	got=$(cat "$T/out")
	same "$got" 'one: a
one: b'
}

tap_begin "$@"
tap_case passes case_passes 'run true; status 0'
tap_case fails case_fails 'same 1 2' "value: got '1', expected '2'"
tap_case status-unseen case_fails 'run false; same 1 1' 'nobody looked at the status of: false'
tap_case status-any-is-no-check case_fails "run false; status any" "the case has checked nothing"
tap_case status-unseen-before-next case_fails 'run true; run false; status 1' 'nobody looked at the status of: true'
tap_case failed-command-in-between case_ends 'same 1 1; false; same 2 2'
tap_case nothing-checked case_fails : 'the case has checked nothing'
tap_case nothing-checked-but-ran case_fails 'echo x; true' 'the case has checked nothing'
tap_case checked-in-a-pipe case_passes 'echo x | while read -r l; do same "$l" x; done'
tap_case exit-77-of-a-command case_fails 'same 1 1; sh -c "exit 77"' 'a command ended with 77'
tap_case missing-file-has-no-lines case_fails 'lacks /nonexistent x' '/nonexistent cannot be read'
tap_case comparison-with-a-failed-command case_empty_output
tap_case two-of-one-name case_two_of_one_name
tap_case no-cases case_no_cases
tap_case only-skips case_only_skips
tap_case skips-forbidden case_skips_forbidden
tap_case time-limit case_time_limit
tap_case interrupted case_interrupted
tap_case list case_list
tap_case keep case_keep
tap_case at-end case_at_end
tap_case later case_later
tap_case run-tests-last-line case_run_tests_last_line
tap_case run-tests-broken case_run_tests_broken
tap_case run-tests-reasons case_run_tests_reasons
tap_case run-tests-either case_run_tests_either
tap_case run-tests-at-once case_run_tests_at_once
tap_case merge case_merge
tap_case run-tests-list case_run_tests_list
tap_done
