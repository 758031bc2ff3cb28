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

# vmbind PROGRAM: vmbind-test on the card, by a user who owns its nodes and nothing
# else. --append 'vmbind=--slow,--seed=5,map' gives it arguments.
vmbind()
{
	modprobe nouveau
	[ -e /dev/dri/renderD128 ] || fail "nouveau has no render node"
	mkdir -p /etc
	grep -qs '^user:' /etc/passwd || {
		echo user:x:1000:1000::/:/bin/sh >>/etc/passwd
		echo user:x:1000: >>/etc/group
	}
	chown user:user /dev/dri/*

	# What upstream's driver is known to do wrong ours has to do right.
	fixed=
	case $(modinfo -n nouveau) in
	*/updates/*) fixed="--fixed known,bind/overflow,channel/copy-engine,vm-init/beyond-mmu" ;;
	esac
	args=$(sed -n 's/.*\bvmbind=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
	# A debug kernel is several times slower.
	scale=1
	[ ! -e /sys/kernel/debug/kmemleak ] || scale=3
	# shellcheck disable=SC2086 # words
	start-stop-daemon -S -c user:user -x "$1" -- --time-scale $scale $fixed $args ||
		fail "vmbind-test ends with $?"
	leaks_none
}

# nvk VERSION [CASE...]: vulkaninfo and vk-test with NVK of that Mesa, in /nvkVERSION
# (tests/nvk/provision), on the card that nouveau drives
nvk()
{
	version=$1
	mesa=/nvk$1
	shift
	modprobe nouveau
	[ -e /dev/dri/renderD128 ] || fail "nouveau has no render node"
	for dir in dev proc sys; do
		mount --rbind /$dir "$mesa/$dir"
	done
	mount -t tmpfs tmpfs "$mesa/tmp"
	# 25 wants this for all that is older than Turing.
	[ "$version" != 25 ] || export NVK_I_WANT_A_BROKEN_VULKAN_DRIVER=1
	# There is nothing to compile and nowhere to keep it.
	export MESA_SHADER_CACHE_DISABLE=true MESA_VK_IGNORE_CONFORMANCE_WARNING=true
	chroot "$mesa" /usr/bin/vulkaninfo --summary >/tmp/run/info 2>&1 || {
		tail -n 20 /tmp/run/info
		fail "vulkaninfo finds nothing"
	}
	grep -E '^[[:space:]]*(deviceName|driverName|driverInfo|apiVersion) ' /tmp/run/info
	grep -q 'driverName *= NVK$' /tmp/run/info || fail "not a device of NVK"
	# --append nvk=CASE,... names cases as well.
	cases=$(sed -n 's/.*\bnvk=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
	: >/tmp/run/vk
	# The model copies; what a driver draws or computes is no part of it.
	# shellcheck disable=SC2086 # words
	chroot "$mesa" /usr/bin/vk-test --no-shaders --seconds 120 "$@" $cases >/tmp/run/vk 2>&1 &
	pid=$!
	tail -f -n +1 /tmp/run/vk &
	tail=$!
	status=0
	wait $pid || status=$?
	sleep 1
	kill $tail
	[ $status = 0 ] || fail "vk-test ends with $status"
}
