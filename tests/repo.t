#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The apt repository: README's lines, word for word, over HTTP, in a clean Debian
# 12.  (tests/rpm.t does the same for dnf.)  No kernel is there, so that nothing
# is built; tests/install.t and tests/debian.t do that.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/serve.sh
. "$(dirname "$0")/lib/serve.sh"

# shellcheck disable=SC2154 # tap.sh sets top and T
env=$top/lab/chroot/env
chroot=$top/build/chroot/repo

in_chroot() { "$env" run "$chroot" "$@"; }

# fresh ARGUMENT...: a repository by these arguments of make-repo, and a clean Debian 12
fresh()
{
	"$top/tools/make-repo" "$@"
	rm -rf "$chroot"
	later "rm -rf '$chroot'"
	"$env" make "$chroot" curl
	echo 'APT::Get::Assume-Yes "true";' >"$chroot/etc/apt/apt.conf.d/99yes"
}

readme()
{
	sed -n '/^your machines reach it/,/^On Fedora, RHEL/s/^    //p' "$top/README.md"
}

typed()
{
	readme >"$chroot/root/readme"
	got=$(wc -l <"$chroot/root/readme")
	same "$got" 4 "README's lines"
	run in_chroot env REPO="$REPO" http_proxy= sh -e /root/readme
}

# indented FROM: the indented lines of docs/install.md from the line FROM to the next text
indented()
{
	awk -v from="$1" 'on && /^[^ ]/ { exit } on && sub(/^    /, "") { print } index($0, from) { on = 1 }' \
		"$top/docs/install.md"
}

# The pin of docs/install.md is for our suite, and not for Debian's stable.
pinned()
{
	indented 'whatever else your lists have' >"$chroot/etc/apt/preferences.d/nouveau-gpuvm"
	got=$(wc -l <"$chroot/etc/apt/preferences.d/nouveau-gpuvm")
	same "$got" 3 "lines of the pin"
	in_chroot apt-cache policy nouveau-gpuvm-dkms | tee "$T/policy"
	has "$T/policy" '^ \*\*\* .* 1001$'
	in_chroot apt-cache policy | tee "$T/policy"
	has "$T/policy" 'o=nouveau-gpuvm,a=ngv-stable,n=ngv-stable,'
	rm "$chroot/etc/apt/preferences.d/nouveau-gpuvm"
}

# A line with the suite's former name: apt refuses it, docs/install.md mends it.
old_line()
{
	list=$chroot/etc/apt/sources.list.d/nouveau-gpuvm.list
	cp "$list" "$T/list"
	sed -i 's/ngv-stable/stable/' "$list"
	run in_chroot apt-get update
	status fail
	has "$T/err" 'does not have a Release file'
	indented 'does not have a Release file' >"$chroot/root/mend"
	got=$(wc -l <"$chroot/root/mend")
	same "$got" 2 "lines that mend it"
	run in_chroot sh -e /root/mend
	status 0
	check cmp "$T/list" "$list"
}

case_apt()
{
	fresh
	serve "$top/build/repo"
	typed
	status 0
	deb=$(echo "$top"/build/deb/nouveau-gpuvm-dkms_*.deb)
	# shellcheck disable=SC2016 # dpkg-query's own variable
	got=$(in_chroot dpkg-query -W -f '${Version} ${db:Status-Status}' nouveau-gpuvm-dkms)
	same "$got" \
		"$(dpkg-deb -f "$deb" Version) installed"
	version=$(dpkg-deb -f "$deb" Version)
	in_chroot dkms status | grep -F "nouveau-gpuvm/${version%-*}: added"
	# From there, and not from anywhere else.
	in_chroot apt-cache policy nouveau-gpuvm-dkms | grep -F "$REPO/apt ngv-stable/main"
	pinned
	old_line
	in_chroot apt-get install nouveau-gpuvm-tools
	in_chroot nouveau-gpuvm status | tee "$T/status"
	has "$T/status" 'no kernel in /lib/modules'
	in_chroot apt-get purge nouveau-gpuvm-dkms nouveau-gpuvm-tools
	find "$chroot/etc" "$chroot/usr" "$chroot/var/lib/dkms" -name '*nouveau-gpuvm*' \
		! -path '*/apt/*' | tee "$T/left"
	check [ ! -s "$T/left" ]
	# Its source builds where a person wants to look: it comes too.
	in_chroot sh -c "echo 'deb-src [signed-by=/etc/apt/keyrings/nouveau-gpuvm.asc] $REPO/apt ngv-stable main' \
		>/etc/apt/sources.list.d/src.list && apt-get update && cd /tmp && apt-get -q --download-only source nouveau-gpuvm"
}

# From one channel to the other by a line of sources, and back.
case_channels()
{
	fresh --channel next
	serve "$top/build/repo"
	typed
	status 0
	stable=$(dpkg-deb -f "$top"/build/deb/nouveau-gpuvm-dkms_*.deb Version)
	next=$(dpkg-deb -f "$top"/build/deb-next/nouveau-gpuvm-dkms_*.deb Version)
	dpkg --compare-versions "$next" gt "$stable" || fail "$next is not newer than $stable"
	# shellcheck disable=SC2016 # dpkg-query's own variable
	installed() { in_chroot dpkg-query -W -f '${Version}' nouveau-gpuvm-dkms; }
	got=$(installed)
	same "$got" "$stable"
	list=$chroot/etc/apt/sources.list.d/nouveau-gpuvm
	sed 's/ ngv-stable main/ ngv-next main/' "$list.list" >"$list-next.list"
	in_chroot apt-get update
	in_chroot apt-get upgrade
	got=$(installed)
	same "$got" "$next"
	in_chroot dkms status | tee "$T/dkms"
	has "$T/dkms" "nouveau-gpuvm/${next%-*}: added"
	lacks "$T/dkms" "nouveau-gpuvm/${stable%-*}"
	# README's line
	rm "$list-next.list"
	in_chroot apt-get update
	back=$(sed -n 's/^    \(apt install --allow-downgrades [^ ]*\).*/\1/p' "$top/README.md")
	[ -n "$back" ] || fail 'README has no line for the way back'
	# shellcheck disable=SC2086 # words
	in_chroot $back
	got=$(installed)
	same "$got" "$stable"
	for f in "$top/build/repo/rpm/repodata/repomd.xml" "$top/build/repo/rpm-next/repodata/repomd.xml"; do
		check [ -s "$f" ]
	done
}

case_other_key()
{
	fresh
	cp -r "$top/build/repo" "$T/repo"
	mkdir -m 700 "$T/gpg"
	GNUPGHOME=$T/gpg gpg --batch --quiet --passphrase '' --quick-generate-key other rsa3072 sign 1d
	GNUPGHOME=$T/gpg gpg --batch --yes --armor --export other >"$T/repo/nouveau-gpuvm.asc"
	later "GNUPGHOME='$T/gpg' gpgconf --kill gpg-agent"
	serve "$T/repo"
	typed
	status fail
	grep -qE 'NO_PUBKEY|not signed' "$T/out" "$T/err"
	in_chroot sh -c '! dpkg -s nouveau-gpuvm-dkms 2>/dev/null | grep -q "^Status: install"'
}

case_changed()
{
	fresh
	cp -r "$top/build/repo" "$T/repo"
	for f in "$T"/repo/apt/dists/ngv-stable/main/binary-*/Packages; do
		sed -i 's/^Depends: .*/Depends: evil/' "$f"
		xz -kf "$f"
	done
	serve "$T/repo"
	typed
	status fail
	grep -qE 'Hash Sum|unexpected size|Mirror sync' "$T/out" "$T/err"
}

case_bad_input()
{
	run env NGV_KEY=nobody@nowhere "$top/tools/make-repo" "$T/repo"
	status fail
	has "$T/err" "gpg has no key 'nobody@nowhere'; name one of yours in NGV_KEY"
	[ ! -e "$T/repo" ] || fail "left something behind"
	got=$(find "$T" -name '.repo*')
	same "$got" '' "left something behind"
}

# The key is nobody's and stays here.
case_no_secrets()
{
	"$top/tools/make-repo"
	! grep -rlE 'BEGIN PGP PRIVATE|private-key' "$top/build/repo" || fail 'a secret key is published'
	cd "$top"
	tools/files '*.asc' '*.gpg' '*.key' '*.kbx' >"$T/keys" || [ ! -s "$T/keys" ]
	check [ ! -s "$T/keys" ]
}

tap_begin "$@"
tap_case apt case_apt
tap_case channels case_channels
tap_case other-key case_other_key
tap_case changed-on-the-way case_changed
tap_case no-secrets case_no_secrets
tap_case bad-input case_bad_input
tap_done
