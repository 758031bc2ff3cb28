# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# tap.sh - runs the cases of a test script and reports in TAP
#
# A test script sources this file, defines a function for each case and names it:
#
#	#!/bin/sh
#	. "$(dirname "$0")/lib/tap.sh"
#	case_empty() { run tool --empty; status 1; one_line 'tool: nothing to do'; }
#	tap_begin "$@"
#	tap_case empty-input case_empty
#	tap_done
#
# `script` runs every case, `script NAME...` only the named ones. `script --list` prints
# the names, `script --list NAME...` only these names. `script --keep` keeps the
# directory of each case and prints its path.  The exit status is 0 if every case
# passed, or if some passed and the others were skipped.
#
# A case runs in a subshell under `set -eu`: the first command that fails ends the case.
# Its output is printed as TAP diagnostics only if the case fails. $T is a directory of
# the case, which is removed afterwards, and $top is the top directory of the work tree.
# Commands of `later` run when the case ends, last one first.
#
# A case must not pass by accident, so it also fails if
#
#   - it has checked nothing: none of status, one_line, same, has, lacks and check
#     was called (check COMMAND... is for everything else);
#   - it has not checked the status of a `run`;
#   - a command ended with 77 without `skip`;
#   - it takes longer than NGV_CASE_LIMIT seconds (default 1800).
#
# `same` must compare a value, not "$(command)": the shell does not report whether this
# command failed.  Write got=$(command) first; tests/lint.t checks this.
#
# With NGV_NO_SKIP=1, as in CI, a skipped case fails.  Two cases with the same name, a
# script without cases, and a script with only skipped cases are errors.

top=$(cd "$(dirname "$0")/.." && pwd)
tap_n=0
tap_failed=0
tap_skipped=0
tap_list=
tap_keep=
tap_wanted=
tap_left=
tap_names=
tap_dir=
tap_pid=
# What the script does when it ends for any reason
tap_at_end=:

# tap_begin [--list | --keep] [NAME...]: reads the arguments of the script, "$@"
tap_begin()
{
	for tap_word; do
		case $tap_word in
		--list) tap_list=y ;;
		--keep) tap_keep=y ;;
		-*)
			echo "${0##*/}: unknown option $tap_word; there are --list and --keep" >&2
			exit 2
			;;
		*) tap_wanted="$tap_wanted $tap_word" ;;
		esac
	done
	tap_wanted=${tap_wanted# }
	tap_left=$tap_wanted
	[ -z "$tap_list" ] || return 0
	tap_dir=$(mktemp -d) || exit 2
	trap 'tap_kill "$tap_pid"; [ -n "$tap_keep" ] || rm -rf "$tap_dir"; eval "$tap_at_end"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# tap_kill PID [SIGNAL]: sends SIGNAL to the process and all its descendants
tap_kill()
{
	[ -n "$1" ] || return 0
	# shellcheck disable=SC2046 # numbers
	set -- "$1" "${2-TERM}" $(cat "/proc/$1/task/"*/children 2>/dev/null)
	kill -s "$2" "$1" 2>/dev/null
	tap_signal=$2
	shift 2
	for tap_child; do
		# All calls of a function share its variables.
		(tap_kill "$tap_child" "$tap_signal")
	done
}

# tap_watch PID SECONDS FILE: ends PID after SECONDS and creates FILE then
tap_watch()
{
	tap_seconds=0
	while kill -0 "$1" 2>/dev/null; do
		sleep 1
		tap_seconds=$((tap_seconds + 1))
		[ $tap_seconds -ge "$2" ] || continue
		: >"$3"
		tap_kill "$1"
		sleep 5
		tap_kill "$1" KILL
		break
	done
}

# tap_case NAME COMMAND [ARGUMENT...]: runs COMMAND as the case NAME
tap_case()
{
	tap_name=$1
	shift
	case " $tap_names " in
	*" $tap_name "*)
		echo "${0##*/}: two cases are called $tap_name; rename one" >&2
		exit 2
		;;
	esac
	tap_names="$tap_names $tap_name"
	if [ -n "$tap_wanted" ]; then
		case " $tap_wanted " in
		*" $tap_name "*) ;;
		*) return ;;
		esac
		tap_left=$(printf '%s\n' $tap_left | grep -vxF -e "$tap_name" || :)
	fi
	if [ -n "$tap_list" ]; then
		echo "$tap_name"
		return
	fi
	tap_n=$((tap_n + 1))
	T=$tap_dir/$tap_n
	mkdir "$T"
	# Not as a condition of `if`, which would disable `set -e` inside.
	case $- in *e*) tap_e=-e ;; *) tap_e=+e ;; esac
	set +e
	(
		set -eu
		tap_later=:
		tap_unseen=
		tap_end=
		trap 'tap_rc=$?; set +e; trap - EXIT; tap_over; eval "$tap_later"; exit $tap_rc' EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
		"$@"
		tap_end=y
	) >"$T.log" 2>&1 </dev/null &
	tap_pid=$!
	tap_watch $tap_pid "${NGV_CASE_LIMIT:-1800}" "$T.late" >/dev/null 2>&1 9>&- &
	tap_watcher=$!
	wait $tap_pid
	tap_rc=$?
	tap_pid=
	if [ -e "$T.late" ]; then
		tap_rc=124
		echo "failed: took longer than ${NGV_CASE_LIMIT:-1800} s" >>"$T.log"
	fi
	kill $tap_watcher 2>/dev/null
	wait $tap_watcher 2>/dev/null
	if [ $tap_rc = 77 ] && [ ! -e "$T.skip" ]; then
		tap_rc=1
		echo 'failed: a command ended with 77, and nobody called skip' >>"$T.log"
	elif [ $tap_rc = 77 ] && [ "${NGV_NO_SKIP-}" = 1 ]; then
		tap_rc=1
		echo 'failed: skipped, where nothing may be (NGV_NO_SKIP)' >>"$T.log"
	fi
	set $tap_e
	case $tap_rc in
	0)
		echo "ok $tap_n - $tap_name"
		;;
	77)
		tap_skipped=$((tap_skipped + 1))
		echo "ok $tap_n - $tap_name # SKIP $(tail -n 1 "$T.skip")"
		;;
	*)
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $tap_name"
		sed 's/^/# /' "$T.log"
		echo "# exit status $tap_rc"
		;;
	esac
	rm -f "$T.skip" "$T.late" "$T.checked"
	if [ -n "$tap_keep" ]; then
		echo "# kept: $T, and what the case printed: $T.log"
	else
		rm -rf "$T" "$T.log"
	fi
}

# Runs at the end of a case, in its subshell: $tap_rc stays 0 only if the case has
# checked something.
tap_over()
{
	[ $tap_rc = 0 ] && [ -n "$tap_end" ] || return 0
	if [ -n "$tap_unseen" ]; then
		echo "failed: nobody looked at the status of: $tap_unseen"
		tap_rc=1
	elif [ ! -e "$T.checked" ]; then
		echo 'failed: the case has checked nothing'
		tap_rc=1
	fi
}

# Ends the script and prints the plan, which is missing if a script stops half-way.
tap_done()
{
	if [ -n "$tap_left" ]; then
		echo "${0##*/}: no case is called $(echo $tap_left); --list names them" >&2
		exit 2
	fi
	[ -z "$tap_list" ] || exit 0
	echo "1..$tap_n"
	if [ $tap_n = 0 ]; then
		echo "${0##*/}: there is no case" >&2
		exit 2
	fi
	if [ $tap_n = $tap_skipped ]; then
		echo '# every case was skipped'
		exit 1
	fi
	[ "$tap_failed" -eq 0 ] || exit 1
	exit 0
}

# --- inside a case -----------------------------------------------------------

# fail WHAT...: ends the case as failed
fail()
{
	echo "failed: $*"
	exit 1
}

# skip WHY...: ends the case as skipped, if this machine cannot run it
skip()
{
	echo "$*" | tee "$T.skip"
	exit 77
}

# later COMMAND: runs COMMAND (a string) when the case ends for any reason
later()
{
	tap_later="$1; $tap_later"
}

# run COMMAND...: runs the command; $rc has its status, $T/out and $T/err its output
run()
{
	[ -z "$tap_unseen" ] || fail "nobody looked at the status of: $tap_unseen"
	tap_unseen=$*
	rc=0
	"$@" >"$T/out" 2>"$T/err" || rc=$?
	printf 'ran (%s): %s\n' "$rc" "$*"
	sed 's/^/  out: /' "$T/out" | head -n 40
	sed 's/^/  err: /' "$T/err" | head -n 40
}

# status N...: checks that the last `run` ended with one of these; `status fail`: with
# any status but 0; `status any`: ignores the status, and does not count as a check
status()
{
	tap_unseen=
	[ "$1" != any ] || return 0
	: >"$T.checked"
	if [ "$1" = fail ]; then
		[ "$rc" -ne 0 ] || fail "succeeded, should have failed"
		return
	fi
	case " $* " in
	*" $rc "*) ;;
	*) fail "status $rc, expected $*" ;;
	esac
}

# one_line PATTERN: checks that the last `run` printed exactly one line on stderr, which
# matches PATTERN (a basic regular expression)
one_line()
{
	: >"$T.checked"
	[ "$(wc -l <"$T/err")" -eq 1 ] || fail "not one line on stderr"
	grep -q -e "$1" "$T/err" || fail "stderr does not say: $1"
}

# same GOT EXPECTED [WHAT]: checks that two strings are equal
same()
{
	: >"$T.checked"
	[ "$1" = "$2" ] || fail "${3-value}: got '$1', expected '$2'"
}

# has FILE PATTERN: checks that a line of FILE matches PATTERN
has()
{
	: >"$T.checked"
	grep -q -e "$2" "$1" || fail "$1 has no line matching: $2"
}

# lacks FILE PATTERN [WHAT]: checks that FILE is readable and no line matches PATTERN
lacks()
{
	: >"$T.checked"
	[ -r "$1" ] || fail "$1 cannot be read"
	! grep -n -e "$2" "$1" || fail "${3-$1 has a line matching: $2}"
}

# check COMMAND...: checks that the command succeeds
check()
{
	: >"$T.checked"
	"$@" || fail "check: $(echo "$*" | cut -c 1-200)"
}

# count FILE PATTERN: prints the number of matching lines; fails if FILE is missing
count()
{
	[ -r "$1" ] || fail "$1 cannot be read" >&2
	grep -c -e "$2" "$1" || :
}
