# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Long stories told in chapters, for tests of how the package is installed: read
# after tap.sh, with $state set and file 9 open for what is to be seen meanwhile.

# chapter NAME FUNCTION: once, whichever case comes first; a chapter that
# failed fails the cases that follow too
chapter()
{
	[ ! -e "$state/$1.failed" ] || fail "chapter $1 has failed"
	[ -e "$state/$1" ] && return
	: >"$state/$1.failed"
	started=$(date +%s)
	# Not the condition of anything: that would switch `set -e` off inside.
	set +e
	(set -e; "$2") >"$state/$1.log" 2>&1
	rc=$?
	set -e
	[ "$rc" = 0 ] || { tail -n 40 "$state/$1.log"; fail "chapter $1"; }
	rm "$state/$1.failed"
	: >"$state/$1"
	echo "# $1: $(($(date +%s) - started)) s" >&9
}
