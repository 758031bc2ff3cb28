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

# desk VERB WHAT: asks who sits at the desk: "plug CONNECTOR", "unplug CONNECTOR", or
# "picture NAME" of the screen, whose answer is width, height and the CRC-32 of all its
# pixels (red, green, blue), or none
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
# unloading it
screen()
{
	monitor "$1"
	modprobe nouveau
	/vm/screen-test "$1"
	slot=$(echo /sys/bus/pci/drivers/nouveau/0000:*)
	echo "${slot##*/}" >/sys/bus/pci/drivers/nouveau/unbind
	modprobe -r nouveau
	leaks_none
}

# --- programs of a desktop -----------------------------------------------------------

# The root of their system (tests/guest/screen/provision)
desktop=/desktop

desktop_begin()
{
	mkdir -p /dev/pts
	mount -t devpts devpts /dev/pts
	for dir in dev proc sys; do
		mount --rbind /$dir $desktop/$dir
	done
	mount -t tmpfs tmpfs $desktop/tmp
	chmod 1777 $desktop/tmp
	cp /bin/busybox $desktop/bin/busybox
	for applet in sh uname sleep; do
		ln -sf busybox $desktop/bin/$applet
	done
}

# desktop_end: the drivers of both displays go
desktop_end()
{
	slot=$(echo /sys/bus/pci/drivers/nouveau/0000:*)
	echo "${slot##*/}" >/sys/bus/pci/drivers/nouveau/unbind
	modprobe -r nouveau
	modprobe -r bochs
	leaks_none
}

# in_desktop [NAME=VALUE]... PROGRAM ARGUMENT...: runs it there in place of the shell that
# calls: behind "&", or in parentheses
in_desktop()
{
	exec env HOME=/tmp PATH=/usr/bin:/bin chroot $desktop /bin/busybox env "$@"
}

# await PROGRAM FILE LOG: waits for the file that the program makes
await()
{
	tries=0
	until [ -e "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || {
			tail -n 30 "$3"
			fail "$1 did not begin"
		}
		sleep 0.3
	done
}

# drawn_on CARD COLOURS: waits until what a program shows on QEMU's display stands still and
# has this many colours; $drawn is then width, height and CRC-32. The memory of the GPU
# model is too slow to read so much of.
drawn_on()
{
	drawn=
	same=0
	tries=0
	while [ $same -lt 3 ]; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || fail "$1 does not come to rest: $drawn"
		sleep 0.7
		now=$(/vm/framebuffer "$1") || now=
		if [ "$now" = "$drawn" ]; then same=$((same + 1)); else same=0; fi
		drawn=$now
		[ -n "$now" ] && [ "${now##* }" -ge "$2" ] || same=0
	done
	echo "drawn: $drawn colours"
	drawn=${drawn% *}
}

# shows NAME: waits until the monitor shows what was drawn
shows()
{
	tries=0
	while screen=$(desk picture "$1") && [ "$screen" != "$drawn" ]; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || fail "picture $1 is $screen, expected $drawn"
		sleep 0.7
	done
	echo "shown: $screen"
}

# vmbind PROGRAM: runs vmbind-test on the card, as a user who owns only the device
# nodes. --append 'vmbind=--slow,--seed=5,map' gives it arguments.
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

	# Known faults of the upstream driver that ours must have fixed
	fixed=
	case $(modinfo -n nouveau) in
	*/updates/*) fixed="--fixed known,evict/as-reported,bind/overflow,channel/copy-engine,channel/many,vm-init/beyond-mmu" ;;
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
