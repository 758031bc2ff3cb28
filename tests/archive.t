#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Which kernel a name stands for (tools/kernel), whatever the archive holds that
# day: archives made here, of lists as Debian's were on some day or could be, read by
# apt itself, and no network.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

arch=amd64

# archive: the tools, with a mirror of their own in $T/mirror, which publish() signs
archive()
{
	root=$T/top
	mkdir -p "$root/lab" "$root/tools" "$T/mirror/debian" "$T/mirror/debian-security" "$T/apt/trusted"
	cp -r "$top/lab/chroot" "$root/lab/"
	cp "$top/tools/kernel" "$root/tools/"
	mkdir -p "$T/gnupg" "$T/apt/lists/partial" "$T/apt/cache/archives/partial"
	chmod 700 "$T/gnupg"
	later 'gpgconf --homedir "$T/gnupg" --kill all'
	gpg -q --homedir "$T/gnupg" --batch --passphrase '' --quick-gen-key test@example.org ed25519 sign never
	gpg -q --homedir "$T/gnupg" --export >"$T/apt/trusted/test.gpg"
	for s in bookworm bullseye trixie trixie-backports; do
		echo "deb file:$T/mirror/debian $s main"
	done >"$T/apt/sources.list"
	for s in bookworm bullseye; do
		echo "deb file:$T/mirror/debian-security $s-security main"
	done >>"$T/apt/sources.list"
	cat >"$T/apt/apt.conf" <<-END
	Dir::State "$T/apt";
	Dir::State::lists "$T/apt/lists";
	Dir::State::status "/dev/null";
	Dir::Cache "$T/apt/cache";
	Dir::Etc::sourcelist "$T/apt/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::trusted "/dev/null";
	Dir::Etc::trustedparts "$T/apt/trusted";
	APT::Sandbox::User "root";
	END
	export APT_CONFIG="$T/apt/apt.conf"
	export NGV_DAY=2026-11-28
	unset http_proxy https_proxy
	cd "$T"
}

# package SUITE NAME VERSION [FIELD...]: in that suite's lists, as a file of the mirror too
package()
{
	suite=$1 name=$2 version=$3
	shift 3
	repo=debian
	case $suite in *-security) repo=debian-security ;; esac
	file=pool/$name\_${version}_$arch.deb
	mkdir -p "$T/build/DEBIAN" "$T/mirror/$repo/pool"
	{
		printf '%s\n' "Package: $name" "Version: $version" "Architecture: $arch" \
			'Maintainer: nobody <nobody@example.org>' "$@" 'Description: test'
	} >"$T/build/DEBIAN/control"
	deb=$T/mirror/$repo/$file
	dpkg-deb -Znone -b "$T/build" "$deb" >/dev/null
	{
		cat "$T/build/DEBIAN/control"
		printf '%s\n' "Filename: $file" "Size: $(stat -c %s "$deb")" \
			"SHA256: $(sha256sum <"$deb" | cut -d ' ' -f 1)" ''
	} >>"$T/mirror/$repo/$suite.packages"
}

# kernel SUITE RELEASE VERSION PART...: PART is image, unsigned or headers
kernel()
{
	in_suite=$1 release=$2 of=$3
	shift 3
	for part; do
		case $part in
		image) package "$in_suite" "linux-image-$release-$arch" "$of" ;;
		unsigned) package "$in_suite" "linux-image-$release-$arch-unsigned" "$of" ;;
		headers)
			package "$in_suite" "linux-headers-$release-common" "$of"
			package "$in_suite" "linux-headers-$release-$arch" "$of" "Depends: linux-headers-$release-common (= $of)"
			;;
		esac
	done
}

# publish: the suites' lists, signed; those of which nothing was said have no kernel
publish()
{
	[ -e "$T/published" ] || for s in bookworm bullseye trixie trixie-backports \
		bookworm-security bullseye-security; do
		package "$s" base-files 1
	done
	: >"$T/published"
	for s in bookworm bullseye trixie trixie-backports bookworm-security bullseye-security; do
		repo=debian
		case $s in *-security) repo=debian-security ;; esac
		dist=$T/mirror/$repo/dists/$s
		mkdir -p "$dist/main/binary-$arch"
		cp "$T/mirror/$repo/$s.packages" "$dist/main/binary-$arch/Packages"
		lists=main/binary-$arch/Packages
		{
			printf '%s\n' 'Origin: Debian' "Codename: $s" "Suite: $s" "Architectures: $arch" \
				'Components: main' 'Date: Sat, 28 Nov 2026 00:00:00 UTC' 'SHA256:'
			echo " $(sha256sum <"$dist/$lists" | cut -d ' ' -f 1) $(stat -c %s "$dist/$lists") $lists"
		} >"$dist/Release"
		gpg -q --homedir "$T/gnupg" --batch --yes --clearsign -o "$dist/InRelease" "$dist/Release"
	done
	apt-get -q update >"$T/update" 2>&1 || { cat "$T/update"; fail 'the lists are not what apt takes'; }
}

# stands NAME RELEASE [PATTERN]: for that kernel; what is passed over is told by a line that
# matches, or nothing is told
stands()
{
	run "$root/tools/kernel" resolve "$1"
	status 0
	got=$(cat "$T/out")
	same "$got" "$2" "$1"
	if [ -n "${3-}" ]; then
		one_line "$3"
	else
		got=$(cat "$T/err")
		same "$got" ''
	fi
	# Once more, and nothing is told twice.
	run "$root/tools/kernel" resolve "$1"
	status 0
	got=$(cat "$T/out" "$T/err")
	same "$got" "$2" "$1, again"
}

# refused NAME PATTERN: one line, and nothing half-done
refused()
{
	run "$root/tools/kernel" resolve "$1"
	status 1
	got=$(cat "$T/out")
	same "$got" ''
	one_line "$2"
	[ ! -e "$root/build/kernels/resolved/$1" ] || fail 'an answer is kept'
	left=$(find "$root/build" -name '.search.*' -o -name '.new.*')
	same "$left" '' 'left'
}

# Debian's archive on 28 November 2026: security had the headers of 6.1.0-57 and its
# unsigned image, and not yet the signed one.
case_signed_missing()
{
	archive
	kernel bookworm 6.1.0-55 6.1.190-1 image headers
	kernel bookworm-security 6.1.0-56 6.1.192-2 image unsigned headers
	kernel bookworm-security 6.1.0-57 6.1.192-3 unsigned headers
	publish
	stands 6.1 6.1.0-57-amd64
	run "$root/tools/kernel" packages 6.1
	status 0
	got=$(cat "$T/out")
	same "$got" "linux-image-6.1.0-57-amd64-unsigned=6.1.192-3
linux-headers-6.1.0-57-amd64=6.1.192-3"
	stands 6.1-older 6.1.0-56-amd64
	run "$root/tools/kernel" packages 6.1-older image
	status 0
	got=$(cat "$T/out")
	same "$got" linux-image-6.1.0-56-amd64=6.1.192-2
}

# ... and where there is no unsigned one either, only somebody's dependency.
case_image_missing()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	kernel bookworm-security 6.1.0-57 6.1.192-3 headers
	package bookworm-security linux-perf 1 'Depends: linux-image-6.1.0-57-amd64'
	publish
	stands 6.1 6.1.0-56-amd64 '^kernel: skipped for 6.1.0-56-amd64: 6.1.0-57-amd64 (no package linux-image-6.1.0-57-amd64)$'
}

case_headers_missing()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	kernel bookworm-security 6.1.0-57 6.1.192-3 image unsigned
	publish
	stands 6.1 6.1.0-56-amd64 '6.1.0-57-amd64 (no package linux-headers-6.1.0-57-amd64)$'
}

# The headers are there and what they stand on is not.
case_headers_incomplete()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	package bookworm-security linux-image-6.1.0-57-amd64 6.1.192-3
	package bookworm-security linux-headers-6.1.0-57-amd64 6.1.192-3 'Depends: linux-kbuild-6.1 (>= 6.1.192-3)'
	publish
	stands 6.1 6.1.0-56-amd64 '6.1.0-57-amd64 (Depends: linux-kbuild-6.1 .*)$'
}

case_abi_gone()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	publish
	refused 6.1.0-50 '^kernel: the archive has no kernel 6.1.0-50 that can be installed; newest known: 6.1.0-56-amd64; try: apt-get update$'
	# What was downloaded before serves still.
	mkdir -p "$root/build/kernels/6.1.0-50-amd64/lib/modules/6.1.0-50-amd64"
	: >"$root/build/kernels/6.1.0-50-amd64/lib/modules/6.1.0-50-amd64/modules.dep"
	stands 6.1.0-50 6.1.0-50-amd64 '^kernel: taken from build/kernels: 6.1.0-50-amd64$'
	run "$root/tools/kernel" packages 6.1.0-50
	status 1
	one_line 'the archive has no 6.1.0-50-amd64 any more'
}

# A security update replaces a kernel under the same name, its image first.
case_versions_differ()
{
	archive
	kernel bookworm 6.1.0-56 6.1.192-1 headers
	kernel bookworm-security 6.1.0-55 6.1.190-1 image headers
	kernel bookworm-security 6.1.0-56 6.1.192-2 image
	publish
	stands 6.1 6.1.0-55-amd64 '6.1.0-56-amd64 (linux-image-6.1.0-56-amd64 is 6.1.192-2, linux-headers-6.1.0-56-amd64 is 6.1.192-1)$'
}

# ... where the version before is whole in the other archive, that version is meant.
case_version_before()
{
	archive
	kernel bookworm 6.1.0-56 6.1.192-1 image headers
	kernel bookworm-security 6.1.0-56 6.1.192-2 image
	publish
	stands 6.1 6.1.0-56-amd64
	run "$root/tools/kernel" packages 6.1
	status 0
	got=$(cat "$T/out")
	same "$got" "linux-image-6.1.0-56-amd64=6.1.192-1
linux-headers-6.1.0-56-amd64=6.1.192-1"
}

case_security_ahead()
{
	archive
	kernel bookworm 6.1.0-55 6.1.190-1 image headers
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	kernel bookworm-security 6.12.117+deb12 6.12.117-1~deb12u1 image headers
	kernel bookworm-security 6.1.0-56-rt 6.1.192-2 image headers
	publish
	stands 6.1 6.1.0-56-amd64
	stands 6.12 6.12.117+deb12-amd64
	stands 6.1-older 6.1.0-55-amd64
	refused 6.12-older 'the archive has no kernel 6.12-older that can be installed'
	refused 6 "'6' is no kernel\\|the archive has no kernel 6 "
}

# A series that nobody has heard of takes no other's place.
case_backports_newer()
{
	archive
	kernel trixie 6.12.110+deb13 6.12.110-1 image headers
	kernel trixie-backports 7.3.4+deb13 7.3.4-1~bpo13+1 image headers
	kernel trixie-backports 7.30.1+deb13 7.30.1-1~bpo13+1 image headers
	publish
	stands 7.3 7.3.4+deb13-amd64
	stands backports 7.30.1+deb13-amd64
	run "$root/tools/kernel" suite backports
	status 0
	got=$(cat "$T/out")
	same "$got" trixie-backports
}

case_empty_list()
{
	archive
	publish
	refused 6.1 '^kernel: the archive has no kernel 6.1 that can be installed; try: apt-get update$'
	refused backports 'the archive has no kernel backports'
}

# The mirror lists a file that it does not have, in that moment.
case_mirror_404()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	kernel bookworm-security 6.1.0-57 6.1.192-3 image headers
	publish
	rm "$T/mirror/debian-security/pool/linux-headers-6.1.0-57-common_6.1.192-3_amd64.deb"
	stands 6.1 6.1.0-56-amd64 '6.1.0-57-amd64 (cannot download .*linux-headers-6.1.0-57-common.*'
	find "$root/build/chroot/archives" -name '*.deb' -printf '%f\n' | sort >"$T/debs"
	has "$T/debs" '^linux-image-6.1.0-56-amd64_'
	! grep -- -57- "$T/debs" || fail 'half of a kernel is kept'
}

# An unreachable mirror: the lists of before serve, or a line tells.
case_no_mirror()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	publish
	stands 6.1 6.1.0-56-amd64
	mv "$T/mirror" "$T/away"
	NGV_DAY=2026-11-29
	stands 6.1 6.1.0-56-amd64
	rm -r "$root/build/apt" "$root/build/kernels"
	refused 6.1 'the archive has no kernel 6.1 .*no lists of bookworm'
}

# One answer a day, whatever the archive does meanwhile; another day, another answer.
case_holds_for_a_day()
{
	archive
	kernel bookworm-security 6.1.0-56 6.1.192-2 image headers
	publish
	stands 6.1 6.1.0-56-amd64
	kernel bookworm-security 6.1.0-57 6.1.192-3 image headers
	publish
	stands 6.1 6.1.0-56-amd64
	NGV_DAY=2026-11-29
	stands 6.1 6.1.0-57-amd64
}

case_bad_names()
{
	archive
	publish
	for name in '' bookworm 6.1/../x '6.1 6.12' 6.1-older-older; do
		run "$root/tools/kernel" resolve "$name"
		status 1
		one_line "^kernel: '$name' is no kernel; name one like 6.1"
	done
	run "$root/tools/kernel" resolve
	status 2
	one_line '^kernel: usage: '
	run "$root/tools/kernel" packages 6.1 both
	status 1
	one_line "'both' is neither image nor headers"
	run "$root/tools/kernel" image 6.1-arm64
	status 1
	one_line 'there is no image of 6.1-arm64'
}

# found PATTERN CONTROLS: writes to $T/found each line of the scripts in $T/scripts that
# matches, but for comments.  The control, whose first CONTROLS lines match, comes first.
found()
{
	# shellcheck disable=SC2046 # names of files in git have no blanks
	grep -HnE "$1" "$T/control" $(cat "$T/scripts") | grep -vE '^[^:]*:[0-9]*:[[:space:]]*#' >"$T/all" || :
	grep "^$T/control:" "$T/all" | cut -d : -f 2 >"$T/matched" || :
	got=$(cat "$T/matched")
	want=$(seq "$2")
	same "$got" "$want" 'lines of the control'
	grep -v "^$T/control:" "$T/all" >"$T/found" || :
}

# Nothing that make check runs finds a kernel any other way: who asks apt for one
# calls tools/kernel.
case_one_way()
{
	cd "$top"
	printf '%s\n' 'apt-get install "linux-image-$kver"' 'k=$(apt-cache pkgnames linux-image-6)' \
		'apt-get download linux-headers-amd64' 'apt-get purge "linux-headers-$old"' >"$T/control"
	# What installs, downloads or lists a kernel's packages.  Removing is no choice, and
	# names of packages in messages are no kernels.
	tools/files tests lab programs tools bench Makefile .ci | tr '\0' '\n' |
		grep -v -e '^tests/archive\.t$' -e '\.md$' -e '^tests/tool' >"$T/scripts"
	found 'madison|pkgnames|(apt-get|apt-cache|apt"?|mmdebstrap|release) .*linux-(image|headers)-' 4
	# The one way; the list of linux-source that the drift test goes through; a message.
	! grep -vE '^(tools/kernel|tests/drift\.t):|die "| purge |^programs/nouveau-gpuvm/' "$T/found" ||
		fail 'a kernel is found without tools/kernel'
}

# Who needs the source of a kernel calls src/nouveau/linux-source.
case_one_source()
{
	cd "$top"
	# shellcheck disable=SC2016 # as scripts have them
	printf '%s\n' 'apt-get download "linux-source-$base"' 'tarball=/usr/src/linux-source-6.1.tar.xz' >"$T/control"
	# The tests of the tools make such packages themselves.
	tools/files src tests lab programs tools bench Makefile .ci | tr '\0' '\n' |
		grep -v -e '^tests/\(archive\|import\|upstream\)\.t$' -e '\.md$' >"$T/scripts"
	found '(apt-get|apt"?|download) .*linux-source-|[$]?package=linux-source-|/usr/src/linux-source-' 2
	# The one way; the list that the drift test goes through; the import, which asks for
	# the version of a tarball that a user has named; a message.
	! grep -vE '^src/nouveau/linux-source:|apt-cache madison|elif |die "' "$T/found" ||
		fail 'the source of a kernel is found without src/nouveau/linux-source'
}

tap_begin "$@"
tap_case signed-image-missing case_signed_missing
tap_case image-missing case_image_missing
tap_case headers-missing case_headers_missing
tap_case headers-incomplete case_headers_incomplete
tap_case abi-gone case_abi_gone
tap_case versions-differ case_versions_differ
tap_case version-before case_version_before
tap_case security-ahead case_security_ahead
tap_case backports-newer case_backports_newer
tap_case empty-list case_empty_list
tap_case mirror-404 case_mirror_404
tap_case no-mirror case_no_mirror
tap_case holds-for-a-day case_holds_for_a_day
tap_case bad-names case_bad_names
tap_case one-way case_one_way
tap_case one-source case_one_source
tap_done
