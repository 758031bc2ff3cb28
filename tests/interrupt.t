#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# An installation, a kernel's arrival and a removal, each cut short at a random
# moment: all of it killed, or the disk full.  Then what a person is told to do:
# `dpkg --configure -a`, and the same command once more.
#
#   N=20 SEED=1 tests/interrupt.t [CASE...]
#
# Case i depends on SEED + i alone, but for how busy the machine is.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/layers.sh
. "$(dirname "$0")/lib/layers.sh"

N=${N:-4}
SEED=${SEED:-$(date +%s)}

# --- what is cut short ----------------------------------------------------------

# shellcheck disable=SC2046 # words
does()
{
	case $1 in
	install) echo apt-get -q -y install /root/deb.deb ;;
	kernel) echo apt-get -q -y install $("$top/tools/kernel" packages 6.1) ;;
	remove) echo apt-get -q -y remove nouveau-gpuvm-dkms ;;
	esac
}

# Layers that it starts from, the nearest first
from()
{
	case $1 in
	install) echo clean ;;
	kernel) echo waiting clean ;;
	remove) echo installed clean ;;
	esac
}

# start OPERATION: to its end; what it says is kept
# shellcheck disable=SC2046 # words
start() { in_chroot sh -c 'exec "$@" >>/root/log 2>&1' sh $(does "$1"); }

# expected OPERATION: the system after it
expected()
{
	in_chroot sh -c '! dpkg --audit | grep .'
	in_tree "$old"
	case $1 in
	remove) in_tree "$new" ;;
	*) whole "$new" "$version" ;;
	esac
}

# timed OPERATION NAME: in layer NAME, which is kept; how long it takes
timed()
{
	# shellcheck disable=SC2046 # words
	layer "$2" $(from "$1")
	began=$(date +%s)
	start "$1"
	echo $(($(date +%s) - began)) >"$state/$1.seconds"
	expected "$1"
	freeze "$2"
}

# One kernel without headers, one with.
begin()
{
	base
	layer clean
	in_chroot apt-get -q -y purge "linux-headers-$old" "linux-headers-${old%-amd64}-common"
	freeze clean
}

ref_install()
{
	chapter begin begin
	set_kernels
	timed install installed
}

# The package waits for a kernel that it can be built for.
ref_kernel()
{
	chapter begin begin
	set_kernels
	layer waiting clean
	image=$("$top/tools/kernel" packages 6.1 image)
	in_chroot apt-get -q -y purge "${image%%=*}" "linux-headers-$new" "linux-headers-${new%-amd64}-common"
	in_chroot apt-get -q -y install /root/deb.deb
	in_tree "$old"
	freeze waiting
	timed kernel arrived
}

ref_remove()
{
	chapter ref_install ref_install
	set_kernels
	timed remove removed
}

# --- how -----------------------------------------------------------------------

random() { awk -v seed="$1" 'BEGIN { srand(seed); rand(); printf "%.6f\n", rand() }'; }

# Whichever nouveau modprobe takes, it takes whole.
sane()
{
	for dir in "$chroot"/lib/modules/*/kernel; do
		[ -d "$dir" ] || continue
		k=$(basename "${dir%/kernel}")
		case $(in_chroot modinfo -k "$k" -n nouveau) in
		*/updates/dkms/*) whole "$k" "$version" ;;
		*/kernel/*) ;;
		*) fail "$k: no nouveau" ;;
		esac
		in_chroot modprobe -S "$k" --show-depends nouveau >"$T/depends"
		for m in $(sed -n 's/^insmod //p' "$T/depends"); do
			in_chroot modinfo "$m" >/dev/null || fail "$k: $m is broken"
		done
	done
}

# Nothing of $chroot runs any more.
all_gone()
{
	n=0
	while find /proc/[0-9]*/root -maxdepth 0 -lname "$chroot*" 2>/dev/null | grep -q .; do
		n=$((n + 1))
		[ $n -lt 300 ] || fail "it does not die"
		sleep 0.1
	done
}

where()
{
	log=$(tail -n 1 "$chroot/root/log" 2>/dev/null | tr -d '\r' | cut -c 1-100)
	objects=$(cat "$chroot"/var/lib/dkms/nouveau-gpuvm/*/build/make.log 2>/dev/null | grep -c ' CC ') || :
	echo "$log${objects:+, $objects objects}"
}

# interrupted MANNER OPERATION NUMBER
interrupted()
{
	chapter "ref_$2" "ref_$2"
	set_kernels
	at=$(awk -v r="$(random $((SEED + $3)))" -v s="$(cat "$state/$2.seconds")" 'BEGIN { printf "%.2f\n", r * s }')
	mb=
	[ "$1" != full ] || mb=1200
	later "unlayer case-$3"
	# shellcheck disable=SC2046 # words
	layer "case-$3" $(from "$2")

	# shellcheck disable=SC2046 # words
	setsid "$env" run "$chroot" sh -c 'exec "$@" >/root/log 2>&1' sh $(does "$2") &
	pid=$!
	later "kill -9 -$pid 2>/dev/null"
	sleep "$at"
	told="$1-$2-$3: seed $((SEED + $3)), after $at s of $(cat "$state/$2.seconds"): $(where)"
	case $1 in
	kill)
		kill -9 -$pid 2>/dev/null || told="$told, it was over"
		wait $pid || :
		;;
	full)
		cat /dev/zero >"$chroot.layer/filler" 2>/dev/null || :
		rc=0
		wait $pid || rc=$?
		told="$told; it ended with $rc"
		rm "$chroot.layer/filler"
		;;
	esac
	all_gone
	echo "# $told" >&9
	tail -n 30 "$chroot/root/log" || :

	# What follows is seen in full when it fails.
	run in_chroot dpkg --configure -a
	status 0
	sane
	# dpkg configures nothing that is to be removed: the same command does it.
	# shellcheck disable=SC2016 # dpkg-query's own variables
	in_chroot dpkg-query -W -f '${db:Status-Want} ${db:Status-Status} ${Package}\n' >"$T/packages"
	! grep -E '^install (half-configured|unpacked)' "$T/packages" || fail "left half-configured"
	: >"$chroot/root/log"
	start "$2" || { cat "$chroot/root/log"; fail "the second time"; }
	expected "$2"
	in_chroot apt-get -q -y purge nouveau-gpuvm-dkms
	in_tree "$old"
	in_tree "$new"
	nothing_left
}

exec 9>&1
state=$top/build/chroot/interrupt.state
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state"
	mkdir -p "$state"
	# shellcheck disable=SC2154 # tap.sh's own
	tap_at_end='for l in removed arrived waiting installed clean; do unlayer $l; done'
	echo "# SEED=$SEED N=$N"
fi
i=0
while [ $i -lt "$N" ]; do
	i=$((i + 1))
	# shellcheck disable=SC2046 # two words
	set -- $(echo 'kill install:full kernel:kill remove:kill kernel:full install:full remove' |
		cut -d : -f $(((i - 1) % 6 + 1)))
	tap_case "$1-$2-$i" interrupted "$1" "$2" "$i"
done
tap_done
