# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# A clean Debian 12 with two kernels, and layers over it: changes in one layer are not
# visible in others, and are removed with the layer.  Source this file after tap.sh, in
# tests that install the package in many ways.

# shellcheck disable=SC2154 # tap.sh sets top
env=$top/lab/chroot/env
# shellcheck source=tests/lib/chapter.sh
. "$top/tests/lib/chapter.sh"
store=$top/build/chroot/debian
name=nouveau-gpuvm

# An older 6.1, the newest 6.1, and the package
set_kernels()
{
	new=$("$top/tools/kernel" resolve 6.1)
	old=$("$top/tools/kernel" resolve 6.1-older)
	deb=$(echo "$top"/build/deb/nouveau-gpuvm-dkms_*.deb)
	version=$(dpkg-deb -f "$deb" Version)
	version=${version%-*}
}

# The system below all layers, made once a day
base()
{
	"$top/tools/make-deb"
	set_kernels
	key="$old $new ${NGV_DAY:-$(date +%F)}"
	[ "$(cat "$store/key" 2>/dev/null)" != "$key" ] || return 0
	rm -rf "$store"
	mkdir -p "$store"
	"$env" make "$store/lower" dkms mokutil
	# No nouveau in the initramfs, which is fast to make
	printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' \
		>"$store/lower/etc/initramfs-tools/conf.d/quick"
	# shellcheck disable=SC2046 # words
	"$env" run "$store/lower" apt-get -q -y install \
		$("$top/tools/kernel" packages 6.1-older) $("$top/tools/kernel" packages 6.1)
	echo "$key" >"$store/key"
}

# layer NAME [BELOW...]: makes $chroot a new layer over this system and the frozen
# layers BELOW, the nearest first. $mb limits its size and puts it in memory.
layer()
{
	chroot=$store/$1
	unlayer "$1"
	shift
	below=
	for l; do
		below=$below$store/$l.layer/upper:
	done
	mkdir -p "$chroot" "$chroot.layer"
	[ -z "${mb-}" ] || mount -t tmpfs -o "size=${mb}m" tmpfs "$chroot.layer"
	mkdir "$chroot.layer/upper" "$chroot.layer/work"
	mount -t overlay overlay \
		-o "lowerdir=$below$store/lower,upperdir=$chroot.layer/upper,workdir=$chroot.layer/work" "$chroot"
	[ -e "$chroot/root/deb.deb" ] || cp "$deb" "$chroot/root/deb.deb"
}

# freeze NAME: makes a layer usable below others
freeze()
{
	umount "$store/$1"
	rmdir "$store/$1"
}

unlayer()
{
	umount -l "$store/$1" 2>/dev/null || :
	umount -l "$store/$1.layer" 2>/dev/null || :
	rm -rf "$store/$1.layer"
	rmdir "$store/$1" 2>/dev/null || :
}

in_chroot() { "$env" run "$chroot" "$@"; }

# whole KVER VERSION: checks that all modules are ours and of this version, in dkms too
whole()
{
	in_chroot dkms status -k "$1" >"$T/status"
	cat "$T/status"
	got=$(cat "$T/status")
	same "$got" "$name/$2, $1, x86_64: installed"
	for m in ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest; do
		got=$(in_chroot modinfo -k "$1" -n "$m")
		same "$got" "/lib/modules/$1/updates/dkms/$m.ko"
		got=$(in_chroot modinfo -k "$1" -F version "$m")
		same "$got" "$2" "$m"
	done
}

# in_tree KVER: checks that the kernel's own nouveau is active and no module of ours is
# installed
in_tree()
{
	in_chroot modinfo -k "$1" -n nouveau | grep "/lib/modules/$1/kernel/" || fail "$1: not the kernel's own"
	find "$chroot/lib/modules/$1/" -path '*/updates/*' | tee "$T/beside"
	check [ ! -s "$T/beside" ]
}

# Checks that no file of a removed package is left.
nothing_left()
{
	find "$chroot/var/lib/dkms" "$chroot/usr/src" "$chroot/usr/share" "$chroot/etc" \
		-name '*nouveau-gpuvm*' | tee "$T/left"
	find "$chroot/lib/modules" -name '*ngv_*' -o -path '*/updates/*' | tee -a "$T/left"
	check [ ! -s "$T/left" ]
}
