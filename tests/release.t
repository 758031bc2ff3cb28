#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# make release: refused until somebody says who publishes and signs; the same bytes each
# time, with who publishes in all packages.  The publisher and the key are made up.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck disable=SC2154 # tap.sh sets top
cd "$top"

# publisher FIELD=VALUE...: a file of a made-up publisher, with these fields in its place
publisher()
{
	printf 'name=Ada Example\nemail=ada@example.org\nhomepage=https://example.org/ngv\nbugs=https://example.org/ngv/bugs\n' \
		>"$T/publisher"
	for line; do
		sed -i "s|^${line%%=*}=.*|$line|" "$T/publisher"
	done
	NGV_PUBLISHER=$T/publisher
	export NGV_PUBLISHER
}

# key SECOND: a key of the case's own, made at that second
key()
{
	GNUPGHOME=$T/gpg
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	later 'gpgconf --kill gpg-agent'
	gpg --batch --quiet --passphrase '' --faked-system-time "$1!" --quick-generate-key 'Ada Example' rsa3072 sign 0
}

refused()
{
	run env NGV_KEY='Ada Example' "$@" tools/make-release "$T/made/release"
	status 1
	got=$(find "$T" -path "$T/made/*")
	same "$got" '' 'something is left'
}

case_publisher_empty()
{
	run env -u NGV_PUBLISHER NGV_KEY=x tools/make-release "$T/made/release"
	status 1
	one_line '^make-release: debian/publisher has no name; write it there$'
	for field in name email homepage bugs; do
		publisher $field=
		refused
		one_line "^make-release: $T/publisher has no $field; write it there$"
	done
}

case_publisher_wrong()
{
	for line in email=nobody 'email=a b@example.org' homepage=example.org 'homepage=https://' bugs=nobody@example.org \
		'bugs=https://example.org/a b' 'name=Ada <ada@example.org>'; do
		publisher "$line"
		refused
		one_line "^make-release: $T/publisher has .*; write "
	done
	publisher
	echo 'homepag=https://example.org' >>"$T/publisher"
	refused
	one_line "has the line 'homepag=https://example.org'; write one of"
	refused NGV_PUBLISHER=/nonexistent
	one_line 'cannot be read; NGV_PUBLISHER names it'
}

case_no_key()
{
	publisher
	refused NGV_KEY=
	one_line '^make-release: no key to sign with; name one of yours in NGV_KEY$'
	refused NGV_KEY=nobody@nowhere "GNUPGHOME=$T"
	one_line "^make-release: gpg has no secret key 'nobody@nowhere'; name one of yours in NGV_KEY$"
}

# tree: a copy of this tree, and what is kept between builds
tree()
{
	mkdir -p "$T/tree/build"
	tools/files | tar -c --null -T - -f - | tar -x -C "$T/tree" -f -
	mkdir -p build/cache
	ln -s "$top/build/cache" "$T/tree/build/cache"
	cd "$T/tree"
	src/nouveau/import --select "$T/selection.tar.xz" >"$T/said"
	imported=$(sed -n 's/.* holds Linux //p' "$T/said")
	check [ -n "$imported" ]
}

# entry TEXT: a new first entry of the changelog
entry()
{
	{
		printf 'nouveau-gpuvm (9.0-1) bookworm; urgency=medium\n\n  * %s\n' "$1"
		printf '  * A second line, which\n    goes on.\n\n -- %s  Sun, 29 Nov 2026 12:00:00 +0000\n\n' \
			'nouveau-gpuvm maintainers <nouveau-gpuvm@users.noreply.github.com>'
		cat debian/changelog
	} >"$T/changelog"
	mv "$T/changelog" debian/changelog
}

case_changelog_silent()
{
	key 1795960000
	publisher
	tree
	entry "Linux ${imported}9 and Linux 1.$imported."
	refused
	one_line "^make-release: the newest entry of debian/changelog does not say that Linux $imported is in this release"
}

case_twice()
{
	# Younger than the changelog's entry: a signature cannot be older than its key.
	key 1795960000
	publisher
	tree
	entry "Of Linux $imported."
	run env NGV_KEY='Ada Example' tools/make-release "$T/a/release"
	status 0
	(umask 077; cd "$T/a/release" && sha256sum --check --quiet SHA256SUMS && gpg --verify SHA256SUMS.asc SHA256SUMS)
	grep -c . "$T/a/release/SHA256SUMS"
	run env TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 NGV_KEY='Ada Example' tools/make-release "$T/b/release"
	status 0
	diff -r "$T/a/release" "$T/b/release" || fail 'two releases differ'

	cd "$T/a/release"
	version=9.0+$imported-1
	for p in nouveau-gpuvm-dkms_${version}_all nouveau-gpuvm-tools_${version}_amd64 nouveau-gpu-model_${version}_amd64; do
		got=$(dpkg-deb -f "$p.deb" Maintainer)
		same "$got" 'Ada Example <ada@example.org>' "$p"
		got=$(dpkg-deb -f "$p.deb" Homepage)
		same "$got" https://example.org/ngv "$p"
		got=$(dpkg-deb -f "$p.deb" Bugs)
		same "$got" https://example.org/ngv/bugs "$p"
	done
	has "nouveau-gpuvm_$version.dsc" '^Homepage: https://example.org/ngv$'
	check dpkg-source -x "nouveau-gpuvm_$version.dsc" "$T/source"
	for p in nouveau-gpuvm-dkms-*.noarch.rpm nouveau-gpuvm-tools-*.rpm nouveau-gpu-model-*.rpm nouveau-gpuvm-*.src.rpm; do
		got=$(rpm -qp --queryformat '%{PACKAGER}|%{URL}|%{BUGURL}' "$p")
		same "$got" 'Ada Example <ada@example.org>|https://example.org/ngv|https://example.org/ngv/bugs' "$p"
		rpm -qp --changelog "$p" >"$T/log"
		has "$T/log" "^- Of Linux $imported\\.\$"
	done
	dpkg-deb -x nouveau-gpuvm-tools_*.deb "$T/tools"
	mkdir -p "$T/root/etc"
	(cd "$T" && tools/usr/bin/nouveau-gpuvm report --root root 2>err)
	has "$T/err" 'before you send it to https://example.org/ngv/bugs$'
	has NOTES.md "^# nouveau-gpuvm $version\$"
	has NOTES.md "^- Of Linux $imported\\.\$"
	has NOTES.md '^  goes on\.$'
	has NOTES.md 'https://example.org/ngv/bugs$'
	# Nothing in there that the notes do not account for
	sed 's/.*  //' SHA256SUMS | sed 's/.*\.\(dsc\|asc\|md\|deb\|rpm\|tar\.xz\)$/\1/' | sort | uniq -c | tee "$T/kinds"
	got=$(awk '{ printf "%s%s ", $1, $2 }' "$T/kinds")
	same "$got" '1asc 3deb 1dsc 1md 4rpm 3tar.xz '
}

tap_begin "$@"
tap_case publisher-empty case_publisher_empty
tap_case publisher-wrong case_publisher_wrong
tap_case no-key case_no_key
tap_case changelog-silent case_changelog_silent
tap_case twice case_twice
tap_done
