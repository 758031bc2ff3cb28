# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Functions for tests in the guest.  A test runs under `set -eu`: the first command that
# fails ends the test.  Status 77 means skipped.

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

# has_module NAME: checks whether the kernel has this module, or has it built in
has_module()
{
	modprobe -n -q "$1"
}

# ours NAME: checks that modprobe takes the module from updates/
ours()
{
	path=$(modinfo -n "$1") || fail "no module $1"
	case $path in
	*/updates/*) ;;
	*) fail "modprobe takes $path, not the one in updates/" ;;
	esac
}

# leaks_none: checks that the modules leaked no memory (debug kernel only)
leaks_none()
{
	kmemleak=/sys/kernel/debug/kmemleak
	[ -e $kmemleak ] || return 0
	# kmemleak reports unreferenced memory that is older than 5 s.
	sleep 6
	echo scan >$kmemleak
	echo scan >$kmemleak
	cat $kmemleak >/tmp/leaks
	[ -s /tmp/leaks ] || return 0
	head -n 60 /tmp/leaks
	echo clear >$kmemleak
	fail "$(grep -c '^unreferenced' /tmp/leaks) objects lost"
}

# dangerous WORD REASON: skips the test on the kernel's own nouveau, which does not survive
# it, unless the kernel's command line has WORD=dangerous
dangerous()
{
	case $(modinfo -n nouveau) in
	*/updates/*) ;;
	*) grep -qw "$1=dangerous" /proc/cmdline || skip "$2" ;;
	esac
}

# nouveau_off: nouveau leaves its card, is unloaded, and has leaked nothing
nouveau_off()
{
	slot=$(echo /sys/bus/pci/drivers/nouveau/0000:*)
	echo "${slot##*/}" >/sys/bus/pci/drivers/nouveau/unbind
	modprobe -r nouveau
	leaks_none
}

# desk VERB WHAT: asks who sits at the desk: "plug CONNECTOR", "unplug CONNECTOR",
# "weaken dp", whose cable then carries two slow lanes alone,
# "wake soon", which wakes a machine that goes to sleep now, or "picture NAME" of the screen,
# whose answer is width, height and the CRC-32 of all its pixels (red, green, blue), or none
desk()
{
	stty -F /dev/ttyS1 raw -echo
	echo "desk: $*" >/dev/ttyS1
	read -r answer </dev/ttyS1
	echo "$answer"
}

# monitor CONNECTOR: plugs a monitor there, and in no other place
monitor()
{
	for other in dvi dp hdmi; do
		[ "$other" = "$1" ] || desk unplug "$other" >/dev/null
	done
	desk plug "$1" >/dev/null
}

# screen CONNECTOR: runs screen-test with a monitor there, from loading nouveau to
# unloading it. --append 'screen=CASE,...' names its cases.
screen()
{
	monitor "$1"
	modprobe nouveau
	cases=$(sed -n 's/.*\bscreen=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
	# shellcheck disable=SC2086 # words
	/vm/screen-test "$1" $cases
	nouveau_off
}

# vmbind PROGRAM: runs vmbind-test on the card, as a user who owns only the device
# nodes. --append 'vmbind=--slow,--seed=5,map' gives it arguments.
vmbind()
{
	modprobe nouveau
	[ -e /dev/dri/renderD128 ] || fail "nouveau has no render node"
	# The tests of sharing want another device, which few kernels lack.
	! modinfo vgem >/dev/null 2>&1 || modprobe vgem
	mkdir -p /etc
	grep -qs '^user:' /etc/passwd || {
		echo user:x:1000:1000::/:/bin/sh >>/etc/passwd
		echo user:x:1000: >>/etc/group
	}
	chown user:user /dev/dri/*

	# Known faults of the upstream driver that ours must have fixed
	fixed=
	case $(modinfo -n nouveau) in
	*/updates/*) fixed="--fixed known,share,evict/as-reported,bind/overflow,channel/copy-engine,channel/many,vm-init/beyond-mmu" ;;
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

# nvk VERSION [CASE...]: runs vulkaninfo and vk-test with NVK of this Mesa version, in
# /nvkVERSION (tests/nvk/provision), on the card that nouveau drives
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
	# Mesa 25 requires this for cards older than Turing.
	[ "$version" != 25 ] || export NVK_I_WANT_A_BROKEN_VULKAN_DRIVER=1
	# The tests compile no shaders, and there is no place for a cache.
	export MESA_SHADER_CACHE_DISABLE=true MESA_VK_IGNORE_CONFORMANCE_WARNING=true
	chroot "$mesa" /usr/bin/vulkaninfo --summary >/tmp/run/info 2>&1 || {
		tail -n 20 /tmp/run/info
		fail "vulkaninfo finds nothing"
	}
	grep -E '^[[:space:]]*(deviceName|driverName|driverInfo|apiVersion) ' /tmp/run/info
	grep -q 'driverName *= NVK$' /tmp/run/info || fail "not a device of NVK"
	# --append nvk=CASE,... names cases too.
	cases=$(sed -n 's/.*\bnvk=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
	: >/tmp/run/vk
	# The model only copies; it does not draw or compute.
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
