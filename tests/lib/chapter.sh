# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Long stories in chapters, for tests that install the package.  Source this file after
# tap.sh, with $state set and file descriptor 9 open for progress lines.

# chapter NAME FUNCTION: runs FUNCTION once, in the first case that needs it; if a
# chapter fails, all later cases that need it fail
chapter()
{
	[ ! -e "$state/$1.failed" ] || fail "chapter $1 has failed"
	[ -e "$state/$1" ] && return
	: >"$state/$1.failed"
	started=$(date +%s)
	# Not as a condition, which would disable `set -e` inside.
	set +e
	(set -e; "$2") >"$state/$1.log" 2>&1
	rc=$?
	set -e
	[ "$rc" = 0 ] || { tail -n 40 "$state/$1.log"; fail "chapter $1"; }
	rm "$state/$1.failed"
	: >"$state/$1"
	echo "# $1: $(($(date +%s) - started)) s" >&9
}
