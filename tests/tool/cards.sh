# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Systems with a card each, with the firmware that their packages hold, and the commands
# that remedies name, as far as they change such a system.  Sets $bin.  Needs root.sh.

lists=$top/tests/tool/firmware

# suite SUITE COMPONENT: apt knows the packages
suite()
{
	mkdir -p "$root/var/lib/apt/lists"
	: >"$root/var/lib/apt/lists/deb.debian.org_debian_dists_$1_$2_binary-amd64_Packages"
}

# firmware_of SUITE DIR: the files that SUITE's packages have below /lib/firmware
firmware_of()
{
	end=
	case $1 in noble* | resolute*) end=.zst ;; esac
	awk -v suite="$1" '
		$1 == "in" { has = 0; for (i = 2; i <= NF; i++) if ($i == suite) has = 1; next }
		has' "$lists/packages" >"$T/names"
	[ -s "$T/names" ] || fail "no list of firmware for $1"
	mkdir -p "$2"
	(
		cd "$2"
		sed 's, -> .*,,; s,/[^/]*$,,' "$T/names" | sort -u | xargs mkdir -p
		sed -n "/ -> /!s,\$,$end,p" "$T/names" | xargs touch
		sed -n 's/ -> / /p' "$T/names" | while read -r name target; do
			ln -sfn "$target" "$name"
		done
	)
}

# unpack SUITE PACKAGE: the files of a package
unpack()
{
	case $1/$2 in
	bookworm/firmware-misc-nonfree)
		mkdir -p "$root/var/lib/dpkg/info"
		: >"$root/var/lib/dpkg/info/firmware-misc-nonfree.list"
		firmware_of bookworm "$root/lib/firmware"
		: >"$root/old-firmware"
		;;
	*/firmware-misc-nonfree)
		# Has none of NVIDIA's files any more.
		[ ! -e "$root/old-firmware" ] || rm -r "$root/old-firmware" "$root/lib/firmware/nvidia"
		;;
	*/firmware-nvidia-graphics | */linux-firmware)
		[ ! -e "$root/old-firmware" ] || fail "$2 conflicts with the older firmware-misc-nonfree"
		rm -rf "$root/lib/firmware/nvidia"
		firmware_of "$1" "$root/lib/firmware"
		;;
	*/mmdebstrap) : >"$root/usr/bin/mmdebstrap" ;;
	*/bubblewrap) : >"$root/usr/bin/bwrap" ;;
	*/mesa-vulkan-drivers)
		mkdir -p "$root/usr/share/vulkan/icd.d"
		echo '{ "ICD": { "library_path": "libvulkan_nouveau.so" } }' \
			>"$root/usr/share/vulkan/icd.d/nouveau_icd.json"
		case $1 in
		trixie) mesa 25.0.7 ;;
		trixie-backports) mesa 26.1.6 ;;
		noble-updates) mesa 25.2.8 ;;
		*) fail "no NVK in $2 of $1" ;;
		esac
		;;
	esac
}

# One command of a remedy: does what the command does on such a system.
command_of_remedy()
{
	case $1 in
	apt)
		[ "$2" = install ] || return 0
		shift 2
		from=
		while [ $# -gt 0 ]; do
			case $1 in
			-t) from=$2; shift ;;
			linux-image-amd64 | linux-generic-*) fail "$1 was not meant to be installed" ;;
			*)
				# A package of a component that apt does not know is not found.
				[ -n "$home" ] || ls "$root"/var/lib/apt/lists/*_"${from:-$own}"_"$(component "$1")"_* >/dev/null ||
					fail "apt cannot find $1 in ${from:-$own}"
				unpack "${from:-$own}" "$1"
				;;
			esac
			shift
		done
		;;
	echo)
		shift
		last=
		line=
		for word; do
			case $word in
			'>'*) last=${word#>} ;;
			*) line="$line $word" ;;
			esac
		done
		mkdir -p "$root${last%/*}"
		echo "${line# }" | tr -d "'" >"$root$last"
		# shellcheck disable=SC2086 # words
		set -- $line
		[ "${1#\'}" != deb ] || suite "$3" "${4%\'}"
		;;
	nouveau-gpuvm)
		[ "$2" = mesa-root ] || fail "a remedy that this test does not know: $*"
		for needed in mmdebstrap bwrap; do
			[ -e "$root/usr/bin/$needed" ] || fail "mesa-root needs $needed"
		done
		dir=$root/var/lib/nouveau-gpuvm/mesa/root/usr/lib/x86_64-linux-gnu
		mkdir -p "$dir"
		printf 'a library of Mesa 26.1.6\0' >"$dir/libvulkan_nouveau.so"
		;;
	update-initramfs) pack ;;
	reboot) ;;
	*) fail "a remedy that this test does not know: $*" ;;
	esac
}

component()
{
	case $1 in
	firmware-*) echo non-free-firmware ;;
	*) echo main ;;
	esac
}

# follow: does what doctor's output in $T/out says
follow()
{
	sed -n 's/.*; remedy: //p' "$T/out" | sed 's/ (.*)$//; s/ && /\n/g' >"$T/remedies"
	while read -r line; do
		echo "  does: $line"
		# shellcheck disable=SC2086 # words
		command_of_remedy $line
	done <"$T/remedies"
}

# card DEVICE CHANNEL: in a system without firmware and without NVK
card()
{
	healthy
	rm -r "$root/lib/firmware" "$root/usr/share/vulkan" "$root/usr/lib/x86_64-linux-gnu"/*
	# shellcheck disable=SC2046 # words
	module "$root/lib/modules/$kver/updates/dkms/nouveau.ko" license=GPL name=nouveau \
		"vermagic=$kver SMP" "version=$version" srcversion=0123456789ABCDEF0123456 \
		depends=drm,ngv_gpuvm,ngv_ttm $(sed 's/^/firmware=/' "$lists/module-$2")
	depmod -b "$root" "$kver"
	pack
	gpu "$1"
	# A nouveau that does not support the card has no VM_BIND on that card.
	[ "$1-$2" != 2f04-stable ] || echo nouveau 1.4.0 0 >"$root/dev/dri/renderD128"
	mkdir -p "$root/usr/share/misc"
	cat >"$root/usr/share/misc/pci.ids" <<'END'
10dd  Vendor before
	1c03  Not this one
10de  NVIDIA Corporation
	1c03  GP106 [GeForce GTX 1060 6GB]
		1462 3287  Of this maker
	1f08  TU106 [GeForce RTX 2060 Rev. A]
	2503  GA106 [GeForce RTX 3060]
	2882  AD107 [GeForce RTX 4060]
	2f04  GB205 [GeForce RTX 5070]
10df  Vendor behind
	1c03  Not this one
END
}

# release SYSTEM: what os-release and apt's lists say.  $own is the suite of the release,
# $home is set where packages need no component.
release()
{
	home=
	case $1 in
	debian-12*) own=bookworm; distro ID=debian VERSION_ID=12 VERSION_CODENAME=bookworm; suite bookworm main ;;
	debian-13) own=trixie; distro ID=debian VERSION_ID=13 VERSION_CODENAME=trixie; suite trixie main ;;
	ubuntu-24.04) own=noble-updates; home=y; distro ID=ubuntu ID_LIKE=debian VERSION_ID=24.04 ;;
	esac
}

# system SYSTEM: what a person has before asking
system()
{
	release "$1"
	case $1 in
	debian-12-firmware)
		suite bookworm non-free-firmware
		unpack bookworm firmware-misc-nonfree
		;;
	debian-12-backports)
		suite bookworm non-free-firmware
		suite bookworm-backports non-free-firmware
		unpack bookworm firmware-misc-nonfree
		;;
	debian-13) unpack trixie mesa-vulkan-drivers ;;
	ubuntu-24.04)
		unpack noble-updates linux-firmware
		unpack noble-updates mesa-vulkan-drivers
		;;
	esac
	pack
}
