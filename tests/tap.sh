# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# tap.sh - run the cases of one test script and report them as TAP
#
# A test script reads this file, defines one function per case and names them:
#
#	#!/bin/sh
#	. "$(dirname "$0")/tap.sh"
#	case_empty() { run tool --empty; status 1; one_line 'tool: nothing to do'; }
#	tap_begin "$@"
#	tap_case empty-input case_empty
#	tap_done
#
# `script` runs every case, `script NAME...` only those named, `script --list`
# prints the names.  The exit status is 0 when nothing failed.
#
# A case runs in a subshell under `set -eu`: the first command that fails ends
# it.  What it prints is shown, as TAP diagnostics, only if it fails.  It finds
# a directory of its own in $T, removed afterwards, and in $top the top of the
# work tree.  Commands given to `later` run when it ends, last given first.

top=$(cd "$(dirname "$0")/.." && pwd)
tap_n=0
tap_failed=0
tap_list=
tap_wanted=
tap_dir=

# tap_begin [--list | NAME...]: the script's own arguments, "$@"
tap_begin()
{
	if [ "${1-}" = --list ]; then
		tap_list=y
		return
	fi
	tap_wanted=$*
	tap_left=$*
	tap_dir=$(mktemp -d) || exit 2
	trap 'rm -rf "$tap_dir"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# tap_case NAME COMMAND [ARGUMENT...]: run COMMAND as the case NAME
tap_case()
{
	tap_name=$1
	shift
	if [ -n "$tap_list" ]; then
		echo "$tap_name"
		return
	fi
	if [ -n "$tap_wanted" ]; then
		case " $tap_wanted " in
		*" $tap_name "*) ;;
		*) return ;;
		esac
		tap_left=$(printf '%s\n' $tap_left | grep -vxF -e "$tap_name" || :)
	fi
	tap_n=$((tap_n + 1))
	T=$tap_dir/$tap_n
	mkdir "$T"
	# Not the condition of an `if`: that would switch `set -e` off inside.
	case $- in *e*) tap_e=-e ;; *) tap_e=+e ;; esac
	set +e
	(
		set -eu
		tap_later=:
		trap 'tap_rc=$?; set +e; trap - EXIT; eval "$tap_later"; exit $tap_rc' EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
		"$@"
	) >"$T.log" 2>&1 </dev/null
	tap_rc=$?
	set $tap_e
	case $tap_rc in
	0)
		echo "ok $tap_n - $tap_name"
		;;
	77)
		echo "ok $tap_n - $tap_name # SKIP $(tail -n 1 "$T.log")"
		;;
	*)
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $tap_name"
		sed 's/^/# /' "$T.log"
		echo "# exit status $tap_rc"
		;;
	esac
	rm -rf "$T" "$T.log"
}

# Ends the script: a script that stopped half-way has printed no plan.
tap_done()
{
	[ -z "$tap_list" ] || exit 0
	if [ -n "$tap_left" ]; then
		echo "${0##*/}: no case is called $(echo $tap_left); --list names them" >&2
		exit 2
	fi
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ] || exit 1
	exit 0
}

# --- inside a case -----------------------------------------------------------

# fail WHAT...: end the case as failed
fail()
{
	echo "failed: $*"
	exit 1
}

# skip WHY...: end the case as skipped, for what this machine cannot show
skip()
{
	echo "$*"
	exit 77
}

# later COMMAND: run COMMAND (a string) when the case ends, however it ends
later()
{
	tap_later="$1; $tap_later"
}

# run COMMAND...: run it, keep its status in $rc, its output in $T/out, $T/err
run()
{
	rc=0
	"$@" >"$T/out" 2>"$T/err" || rc=$?
	printf 'ran (%s): %s\n' "$rc" "$*"
	sed 's/^/  out: /' "$T/out" | head -n 40
	sed 's/^/  err: /' "$T/err" | head -n 40
}

# status N: the last `run` ended with status N; `status fail`: with any but 0
status()
{
	if [ "$1" = fail ]; then
		[ "$rc" -ne 0 ] || fail "succeeded, should have failed"
		return
	fi
	[ "$rc" -eq "$1" ] || fail "status $rc, expected $1"
}

# one_line PATTERN: the last `run` said exactly one line on stderr, and that
# line holds PATTERN (a basic regular expression)
one_line()
{
	[ "$(wc -l <"$T/err")" -eq 1 ] || fail "not one line on stderr"
	grep -q -e "$1" "$T/err" || fail "stderr does not say: $1"
}

# same GOT EXPECTED [WHAT]: two strings are equal
same()
{
	[ "$1" = "$2" ] || fail "${3-value}: got '$1', expected '$2'"
}

# has FILE PATTERN: some line of FILE matches PATTERN
has()
{
	grep -q -e "$2" "$1" || fail "$1 has no line matching: $2"
}
