# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# tap.sh - run the cases of one test script and report them as TAP
#
# A test script reads this file, defines one function per case and names them:
#
#	#!/bin/sh
#	. "$(dirname "$0")/lib/tap.sh"
#	case_empty() { run tool --empty; status 1; one_line 'tool: nothing to do'; }
#	tap_begin "$@"
#	tap_case empty-input case_empty
#	tap_done
#
# `script` runs every case, `script NAME...` only those named, `script --list`
# prints the names (`script --list NAME...` those of these), `script --keep` leaves each case's directory where it is and
# says where.  The exit status is 0 when every case passed or some passed and the
# others were skipped.
#
# A case runs in a subshell under `set -eu`: the first command that fails ends
# it.  What it prints is shown, as TAP diagnostics, only if it fails.  It finds
# a directory of its own in $T, removed afterwards, and in $top the top of the
# work tree.  Commands given to `later` run when it ends, last given first.
#
# A case must not pass by accident, so it fails as well if
#
#   - it has checked nothing: none of status, one_line, same, has, lacks and check
#     was called (check COMMAND... is for everything else);
#   - it did not look at the status of a `run`;
#   - some command ended with 77 without `skip`;
#   - it takes longer than NGV_CASE_LIMIT seconds (default 1800).
#
# What `same` compares is a value, not "$(command)": the shell does not tell whether
# that command failed.  Write got=$(command) first (tests/lint.t looks).
#
# With NGV_NO_SKIP=1, as in CI, a case that skips fails.  Two cases of one name, no
# case at all, and a script of nothing but skips are errors.

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
# What the script itself has to do when it ends, however it ends
tap_at_end=:

# tap_begin [--list | --keep] [NAME...]: the script's own arguments, "$@"
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

# tap_kill PID [SIGNAL]: that process and all that it has started
tap_kill()
{
	[ -n "$1" ] || return 0
	# shellcheck disable=SC2046 # numbers
	set -- "$1" "${2-TERM}" $(cat "/proc/$1/task/"*/children 2>/dev/null)
	kill -s "$2" "$1" 2>/dev/null
	tap_signal=$2
	shift 2
	for tap_child; do
		# A function's variables are those of all its calls.
		(tap_kill "$tap_child" "$tap_signal")
	done
}

# tap_watch PID SECONDS FILE: ends PID when the time is over, and leaves FILE
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

# tap_case NAME COMMAND [ARGUMENT...]: run COMMAND as the case NAME
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
	# Not the condition of an `if`: that would switch `set -e` off inside.
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

# The end of a case, in its subshell: $tap_rc is 0 only if it has shown something.
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

# Ends the script: a script that stopped half-way has printed no plan.
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

# fail WHAT...: end the case as failed
fail()
{
	echo "failed: $*"
	exit 1
}

# skip WHY...: end the case as skipped, for what this machine cannot show
skip()
{
	echo "$*" | tee "$T.skip"
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
	[ -z "$tap_unseen" ] || fail "nobody looked at the status of: $tap_unseen"
	tap_unseen=$*
	rc=0
	"$@" >"$T/out" 2>"$T/err" || rc=$?
	printf 'ran (%s): %s\n' "$rc" "$*"
	sed 's/^/  out: /' "$T/out" | head -n 40
	sed 's/^/  err: /' "$T/err" | head -n 40
}

# status N...: the last `run` ended with one of these; `status fail`: with any but 0;
# `status any`: what it ended with does not matter, and that is no check
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

# one_line PATTERN: the last `run` said exactly one line on stderr, and that
# line holds PATTERN (a basic regular expression)
one_line()
{
	: >"$T.checked"
	[ "$(wc -l <"$T/err")" -eq 1 ] || fail "not one line on stderr"
	grep -q -e "$1" "$T/err" || fail "stderr does not say: $1"
}

# same GOT EXPECTED [WHAT]: two strings are equal
same()
{
	: >"$T.checked"
	[ "$1" = "$2" ] || fail "${3-value}: got '$1', expected '$2'"
}

# has FILE PATTERN: some line of FILE matches PATTERN
has()
{
	: >"$T.checked"
	grep -q -e "$2" "$1" || fail "$1 has no line matching: $2"
}

# lacks FILE PATTERN [WHAT]: FILE can be read, and no line of it matches PATTERN
lacks()
{
	: >"$T.checked"
	[ -r "$1" ] || fail "$1 cannot be read"
	! grep -n -e "$2" "$1" || fail "${3-$1 has a line matching: $2}"
}

# check COMMAND...: it succeeds
check()
{
	: >"$T.checked"
	"$@" || fail "check: $(echo "$*" | cut -c 1-200)"
}

# count FILE PATTERN: prints how many lines match; a file that is not there is no 0
count()
{
	[ -r "$1" ] || fail "$1 cannot be read" >&2
	grep -c -e "$2" "$1" || :
}
