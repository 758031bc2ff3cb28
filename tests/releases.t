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
	headers_come
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

# README's line, with what it brings along: apt says so, and installs nothing.
headers_come()
{
	line=$(sed -n 's/^    apt install \(\.\/nouveau-gpuvm-dkms[^ ]*\) .*/\1/p' "$top/README.md")
	check [ -n "$line" ]
	cp "$top"/build/deb/nouveau-gpuvm-dkms_*.deb "$chroot/root/"
	# shellcheck disable=SC2016 # expanded inside
	run in_chroot sh -c 'cd /root && exec apt-get -q -s -o APT::Install-Recommends=true install $1' sh "$line"
	status 0
	has "$T/out" '^Inst nouveau-gpuvm-dkms '
	has "$T/out" '^Inst linux-headers-[0-9].*-amd64 '
	has "$T/out" '^Inst linux-headers-amd64 '
}

# As Ubuntu has it: packages of these names, and no linux-headers-amd64.  A machine with
# the newer series of kernels has that one's headers, and gets no others.
case_ubuntu_headers()
{
	"$top/tools/make-deb"
	mkdir -p "$T/lists/partial" "$T/cache/archives/partial"
	cp "$top"/build/deb/nouveau-gpuvm-dkms_*.deb "$T/our.deb"
	for p in dkms linux-headers-generic linux-headers-generic-hwe-24.04; do
		printf 'Package: %s\nVersion: 9\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n' $p
		printf 'Filename: ./%s.deb\nSize: 1\nSHA256: %064d\nDescription: stub\n\n' $p 0
	done >"$T/Packages"
	echo "deb [trusted=yes] file:$T ./" >"$T/sources.list"
	: >"$T/status"
	set -- -o Dir::State="$T" -o Dir::State::lists="$T/lists" -o Dir::State::status="$T/status" -o Dir::Cache="$T/cache" \
		-o Dir::Etc::sourcelist="$T/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Install-Recommends=true \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root
	run apt-get -q "$@" update
	status 0
	run apt-get -q "$@" -s install "$T/our.deb"
	status 0
	has "$T/out" '^Inst linux-headers-generic '
	got=$(count "$T/out" '^Inst linux-headers')
	same "$got" 1 'packages of headers'
	sed -n '/^Package: linux-headers-generic-hwe/,/^$/p' "$T/Packages" |
		sed '/^Filename\|^Size\|^SHA/d; s/^Version/Status: install ok installed\n&/' >"$T/status"
	run apt-get -q "$@" -s install "$T/our.deb"
	status 0
	has "$T/out" '^Inst nouveau-gpuvm-dkms '
	got=$(count "$T/out" '^Inst linux-headers')
	same "$got" 0 'packages of headers'
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
tap_case ubuntu-headers case_ubuntu_headers
tap_case debian-11 release bullseye bullseye 5.10
tap_case debian-12 release bookworm bookworm
tap_case debian-13 release trixie trixie-backports backports
tap_done
