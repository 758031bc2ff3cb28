#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The life of an installed package, in one clean Debian 12: installed by apt on
# an older 6.1, a kernel update, Debian 12's 6.12, removal.  What DKMS built is
# left in build/installed for the boot tests.  A case that needs an earlier
# chapter runs it first.

# shellcheck disable=SC2046 # packages prints words
# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/chapter.sh
. "$(dirname "$0")/lib/chapter.sh"

# shellcheck disable=SC2154 # tap.sh sets top
env=$top/lab/chroot/env
chroot=$top/build/chroot/install
state=$chroot.state

modules='ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest'

in_chroot() { "$env" run "$chroot" "$@"; }

# An older 6.1, the newest, and 6.12.
kernels()
{
	[ ! -e "$state/kernels" ] || { cat "$state/kernels"; return; }
	for k in 6.1-older 6.1 6.12; do
		"$top/tools/kernel" resolve $k || exit 1
	done >"$state/kernels"
	cat "$state/kernels"
}
packages() { "$top/tools/kernel" packages "$@"; }
set_kernels()
{
	# shellcheck disable=SC2046 # three words
	set -- $(kernels)
	old=$1 new=$2 next=$3
}

# apt [--progress] ARGUMENT...: as a user's, keeps what it says in $state/apt.log
apt()
{
	follow=
	if [ "$1" = --progress ]; then
		follow=$1
		shift
	fi
	# Only the progress lines are for the eye.
	# shellcheck disable=SC2086 # one word or none
	"$env" run $follow "$chroot" sh -c 'apt-get -q -y "$@" >/root/apt.log 2>&1' sh "$@" |
		sed -u 's/^/# /' >&9
	cat "$chroot/root/apt.log"
	# A pipe hides the status.
	if grep -E '^(E:|dpkg: error)' "$chroot/root/apt.log"; then
		fail "apt failed"
	fi
	in_chroot sh -c '! dpkg --audit | grep .'
}

deb()
{
	# shellcheck disable=SC2086 # one file
	echo $top/build/deb/nouveau-gpuvm-dkms_*.deb
}

# --- the chapters --------------------------------------------------------------

begin()
{
	"$top/tools/make-deb"
	rm -rf "$chroot"
	"$env" make "$chroot"
	set_kernels
	# An early nouveau, as with plymouth; without the rest, which takes long
	# to pack.
	echo nouveau >>"$chroot/etc/initramfs-tools/modules"
	printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' \
		>"$chroot/etc/initramfs-tools/conf.d/quick"
	apt install $(packages 6.1-older)
}

install_deb()
{
	chapter begin begin
	cp "$(deb)" "$chroot/root/"
	apt --progress install "/root/$(basename "$(deb)")"
}

update()
{
	chapter install_deb install_deb
	set_kernels
	apt --progress install $(packages 6.1)
}

# The worst order: the initramfs is made before there are headers to build with.
# 6.12 has VM_BIND: the user has said that it is to be built all the same.
next_series()
{
	chapter update update
	set_kernels
	echo '6.12.* always' >>"$chroot/etc/nouveau-gpuvm.conf"
	apt install $(packages 6.12 image)
	[ "$(nouveau_in_initramfs "$next")" = kernel ] || fail "in-tree nouveau expected"
	apt --progress install $(packages 6.12 headers)
}

remove()
{
	chapter next_series next_series
	set_kernels
	# Before it is gone, for the boots.
	for k in $old $new $next; do
		"$top/lab/chroot/provision" --export "$chroot" "$(deb)" "$k"
	done
	apt remove nouveau-gpuvm-dkms
}

# --- what is looked at ---------------------------------------------------------

# built KVER: all modules are ours, of our version, and dkms says so
built()
{
	# shellcheck disable=SC2016 # dpkg-query's own variable
	version=$(in_chroot dpkg-query -W -f '${Version}' nouveau-gpuvm-dkms)
	version=${version%-*}
	in_chroot dkms status -k "$1" >"$T/status"
	cat "$T/status"
	has "$T/status" "^nouveau-gpuvm/$version, $1, x86_64: installed\$"
	for m in $modules; do
		# dkms compresses modules where the kernel's are.
		file=$(in_chroot modinfo -k "$1" -n "$m")
		same "${file%.[xz]*}" "/lib/modules/$1/updates/dkms/$m.ko" "$m's file"
		got=$(in_chroot modinfo -k "$1" -F version "$m")
		same "$got" "$version" "$m's version"
		got=$(in_chroot modinfo -k "$1" -F vermagic "$m" | cut -d ' ' -f 1)
		same "$got" "$1" "$m's kernel"
	done
	# The list that doctor reads before a build is the module's.
	in_chroot modinfo -k "$1" -F firmware nouveau | sort -u >"$T/firmware"
	check cmp "$T/firmware" "$chroot/usr/src/nouveau-gpuvm-$version/compat/firmware"
	case $version in
	*+6.*) ;;
	*) fail "version $version names no imported release" ;;
	esac
}

# The first directory below lib/modules/KVER of the nouveau in the initramfs.
nouveau_in_initramfs()
{
	in_chroot lsinitramfs "/boot/initrd.img-$1" |
		sed -n "s|.*lib/modules/$1/\\([^/]*\\)/.*/nouveau\\.ko.*|\\1|p;
			s|.*lib/modules/$1/\\([^/]*\\)/nouveau\\.ko.*|\\1|p"
}

case_install()
{
	chapter install_deb install_deb
	set_kernels
	built "$old"
}

case_install_initramfs()
{
	chapter install_deb install_deb
	set_kernels
	got=$(nouveau_in_initramfs "$old")
	same "$got" updates
}

# nouveau's own modules stay out of other drivers' way: the kernel's are there
# still, under their names.
case_beside()
{
	chapter install_deb install_deb
	set_kernels
	for m in ttm gpu-sched drm_ttm_helper; do
		in_chroot modinfo -k "$old" -n "$m" | grep "/lib/modules/$old/kernel/" ||
			fail "$m is not the kernel's"
	done
	in_chroot modprobe -S "$old" --show-depends nouveau >"$T/deps"
	cat "$T/deps"
	has "$T/deps" updates/dkms/ngv_ttm
	if grep -E 'kernel/.*/(ttm|gpu-sched)\.ko' "$T/deps"; then
		fail "nouveau needs the kernel's TTM too"
	fi
}

case_update()
{
	chapter update update
	set_kernels
	built "$new"
	built "$old"
}

case_update_initramfs()
{
	chapter update update
	set_kernels
	got=$(nouveau_in_initramfs "$new")
	same "$got" updates
}

case_next_series()
{
	chapter next_series next_series
	set_kernels
	built "$next"
	built "$new"
	built "$old"
}

case_late_headers_initramfs()
{
	chapter next_series next_series
	set_kernels
	got=$(nouveau_in_initramfs "$next")
	same "$got" updates
}

case_remove()
{
	chapter remove remove
	set_kernels
	for k in $old $new $next; do
		in_chroot modinfo -k "$k" -n nouveau | tee "$T/file"
		has "$T/file" "^/lib/modules/$k/kernel/"
	done
}

case_remove_initramfs()
{
	chapter remove remove
	set_kernels
	for k in $old $new $next; do
		got=$(nouveau_in_initramfs "$k")
		same "$got" kernel "initramfs of $k"
	done
}

# What was exported before the removal boots and loads, on either side of the
# update.
case_boots()
{
	chapter remove remove
	set_kernels
	for k in $old $new; do
		check "$top/lab/vm/run" --kernel "$k" --root "$top/build/installed/$k" \
			--log "$top/build/vm/$k-installed.console" --test load
	done
}

case_remove_leaves_nothing()
{
	chapter remove remove
	for d in lib/modules var/lib/dkms usr/src; do
		find "$chroot/$d" -name '*ngv_*' -o -name '*nouveau-gpuvm*'
		find "$chroot/$d" -path '*/updates/*'
	done | tee "$T/left"
	check [ ! -s "$T/left" ]
	in_chroot apt-get -q -y purge nouveau-gpuvm-dkms
	find "$chroot/etc" "$chroot/usr/share" "$chroot/var/lib" -name '*nouveau-gpuvm*' | tee "$T/left"
	check [ ! -s "$T/left" ]
}

exec 9>&1
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state" "$chroot"
	mkdir -p "$state"
fi
tap_case install case_install
tap_case install-initramfs case_install_initramfs
tap_case beside-the-kernels-own case_beside
tap_case update-builds-by-itself case_update
tap_case update-initramfs case_update_initramfs
tap_case next-series case_next_series
tap_case headers-after-the-kernel case_late_headers_initramfs
tap_case remove case_remove
tap_case both-kernels-boot case_boots
tap_case remove-initramfs case_remove_initramfs
tap_case remove-leaves-nothing case_remove_leaves_nothing
tap_done
