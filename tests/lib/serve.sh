# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# A repository over HTTP, for cases of lib/tap.sh.  Source this file after it.

# serve DIR: sets $REPO
serve()
{
	port=$((20000 + $$ % 20000))
	busybox httpd -f -p "127.0.0.1:$port" -h "$1" &
	later "kill $! 2>/dev/null"
	REPO=http://127.0.0.1:$port
	n=0
	until curl -fs "$REPO/nouveau-gpuvm.asc" >/dev/null; do
		n=$((n + 1))
		[ $n -lt 50 ] || fail "nothing is served at $REPO"
		sleep 0.1
	done
}
