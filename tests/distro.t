#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# tests/distro/run in a clean Debian 11, 12 and 13: the package beside each one's own
# newest headers.  For other distributions, .github/workflows/distro.yml runs the same
# script.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck disable=SC2154 # tap.sh sets top and T
env=$top/lab/chroot/env

# distribution SUITE EXPECTED
distribution()
{
	"$top/tools/make-deb"
	chroot=$top/build/chroot/distro-$1
	rm -rf "$chroot"
	later "rm -rf '$chroot'"
	"$top/lab/chroot/apt" options >"$T/apt.conf"
	"$top/lab/chroot/apt" sources "$1" >"$T/sources.list"
	mmdebstrap --quiet --variant=minbase --include=ca-certificates --aptopt="$T/apt.conf" \
		--skip=cleanup/apt --dpkgopt=path-exclude='/usr/share/man/*' "$1" "$chroot" "$T/sources.list"
	printf '#!/bin/sh\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
	chmod +x "$chroot/usr/sbin/policy-rc.d"
	# A copy: the script compiles in it where it has to.
	mkdir "$chroot/ngv"
	(cd "$top" && tools/files debian programs tests tools Makefile | tar -c --null -T - -f -) | tar -x -C "$chroot/ngv" -f -
	cp "$top"/build/deb/nouveau-gpuvm-*_*.deb "$chroot/root/"
	run "$env" run "$chroot" env NGV_EXPECT="$2" NGV_PACKAGES="$(cd "$chroot/root" && printf '/root/%s ' *.deb)" \
		/ngv/tests/distro/run
	# What it says of itself
	sed 's/^/# /' "$T/out" >&9
	status 0
	got=$(count "$T/out" '^ok ')
	same "$got" 5 results
}

exec 9>&1
tap_begin "$@"
tap_case debian-11 distribution bullseye alone
tap_case debian-12 distribution bookworm built
tap_case debian-13 distribution trixie alone
tap_done
