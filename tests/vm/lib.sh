# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# What a test in the guest may call. A test runs under `set -eu`: the first
# command that fails ends it. Status 77 means skipped.

trap 'echo $? >/tmp/run/status' EXIT

modprobe() { /sbin/modprobe "$@"; }
rmmod() { /sbin/rmmod "$@"; }
insmod() { /sbin/insmod "$@"; }
lsmod() { /sbin/lsmod "$@"; }
modinfo() { /sbin/modinfo "$@"; }

fail()
{
	echo "failed: $*"
	exit 1
}

skip()
{
	echo "skipped: $*"
	exit 77
}

loaded()
{
	[ -e "/sys/module/$(echo "$1" | tr - _)" ]
}

# has_module NAME: the kernel has such a module, or it has it built in
has_module()
{
	modprobe -n -q "$1"
}

# ours NAME: modprobe would take the module from updates/
ours()
{
	path=$(modinfo -n "$1") || fail "no module $1"
	case $path in
	*/updates/*) ;;
	*) fail "modprobe takes $path, not the one in updates/" ;;
	esac
}

# leaks_none: nothing that the modules allocated is lost (debug kernel only)
leaks_none()
{
	kmemleak=/sys/kernel/debug/kmemleak
	[ -e $kmemleak ] || return 0
	# It reports what is unreferenced and older than 5 s.
	sleep 6
	echo scan >$kmemleak
	echo scan >$kmemleak
	cat $kmemleak >/tmp/leaks
	[ -s /tmp/leaks ] || return 0
	head -n 60 /tmp/leaks
	echo clear >$kmemleak
	fail "$(grep -c '^unreferenced' /tmp/leaks) objects lost"
}
