#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The .deb in Debian 11, 12 and 13, each with its own dkms and apt: installed
# where a kernel has no headers, then met by headers of a kernel that is not for
# us, removed.  Nothing is compiled: tests/install.t does that.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck disable=SC2154 # tap.sh sets top and T
env=$top/lab/chroot/env

in_chroot() { "$env" run "$chroot" "$@"; }

# release SUITE KERNELS [KERNEL]: KERNELS is the suite that has the headers of KERNEL,
# which is left alone, with what tests/kernels.tsv says of why
release()
{
	"$top/tools/make-deb"
	chroot=$top/build/chroot/release-$1
	rm -rf "$chroot"
	later "rm -rf '$chroot'"
	{
		"$top/lab/chroot/apt" options
		echo 'APT::Get::Assume-Yes "true";'
	} >"$T/apt.conf"
	"$top/lab/chroot/apt" sources "$2" >"$T/sources.list"
	mmdebstrap --quiet --variant=minbase --include=ca-certificates,ccache,dkms,kmod --aptopt="$T/apt.conf" \
		--skip=cleanup/apt --dpkgopt=path-exclude='/usr/share/man/*' "$1" "$chroot" "$T/sources.list"
	printf '#!/bin/sh\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
	chmod +x "$chroot/usr/sbin/policy-rc.d"
	cp "$top"/build/deb/nouveau-gpuvm-dkms_*.deb "$chroot/root/deb.deb"
	version=$(dpkg-deb -f "$chroot/root/deb.deb" Version)
	mkdir -p "$chroot/lib/modules/9.4-bare/kernel"

	run in_chroot apt-get -q install /root/deb.deb
	status 0
	cat "$T/out" "$T/err" | tr -d '\r' | grep '^nouveau-gpuvm' | tee "$T/said"
	got=$(cat "$T/said")
	same "$got" 'nouveau-gpuvm-dkms: no headers for kernel 9.4-bare, its nouveau stays as it is; install linux-headers-9.4-bare and the modules are built'
	sound

	if [ -n "${3-}" ]; then
		kver=$("$top/tools/kernel" resolve "$3")
		headers=$("$top/tools/kernel" packages "$3" headers)
		why=$("$top/tools/expected" why "$3")
		# A suite's security archive is not of its name: apt takes the newest of both.
		target=
		[ "$1" = "$2" ] || target="-t $2"
		# shellcheck disable=SC2086 # words
		run in_chroot apt-get -q install $target "$headers"
		status 0
		cat "$T/out" "$T/err" | tr -d '\r' | grep 'nouveau-gpuvm' | sort -u | tee "$T/said"
		has "$T/said" "nouveau-gpuvm: kernel $kver is left alone: .*$why"
		sound
		# ... and when the package comes to a kernel that it is not for
		run in_chroot apt-get -q install --reinstall /root/deb.deb
		status 0
		cat "$T/out" "$T/err" | tr -d '\r' | grep '^nouveau-gpuvm: ' | tee "$T/said"
		has "$T/said" "^nouveau-gpuvm: kernel $kver is left alone: .*$why"
		got=$(wc -l <"$T/said")
		same "$got" 1 'lines'
		sound
	fi

	in_chroot apt-get -q purge nouveau-gpuvm-dkms
	find "$chroot/var/lib/dkms" "$chroot/usr/src" "$chroot/usr/share" "$chroot/etc" \
		-name '*nouveau-gpuvm*' | tee "$T/left"
	check [ ! -s "$T/left" ]
}

sound()
{
	in_chroot sh -c '! dpkg --audit | grep .'
	# shellcheck disable=SC2016 # dpkg-query's own variables
	got=$(in_chroot dpkg-query -W -f '${Version} ${db:Status-Status}' nouveau-gpuvm-dkms)
	same "$got" "$version installed"
	in_chroot dkms status | tee "$T/status"
	grep -q "nouveau-gpuvm[/,] *${version%-*}: added" "$T/status" || fail "dkms does not know it"
	find "$chroot/lib/modules" -name '*.ko*' | tee "$T/modules"
	check [ ! -s "$T/modules" ]
}

tap_begin "$@"
tap_case debian-11 release bullseye bullseye 5.10
tap_case debian-12 release bookworm bookworm
tap_case debian-13 release trixie trixie-backports backports
tap_done
