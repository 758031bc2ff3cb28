#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What the archive holds today, against this tree; no other test depends on that.
# The import against every point release of the base that the archive offers:
# Debian moves linux-source to a new one every few weeks, and each has to go
# through the manifest and the semantic patches, or name what does not.  The answers
# of today's kernels to our questions, against docs/compat.md.
#
# drift.t [CASE...]: a case is a package's version, or answers.  A release is fetched
# once (150 MB); what the import takes of it stays in build/drift, under 2 MB.

. "$(dirname "$0")/lib/tap.sh"

import=$top/src/nouveau/import
drift=$top/build/drift

# Another manifest may take files which a selection made before lacks.
edition()
{
	grep '^take ' "$top/src/nouveau/base/$1/manifest" | sha256sum | cut -c 1-12
}

# The suite of Debian that has the source of a base
suite()
{
	suite=$("$top/src/nouveau/channel" suite "$1")
	echo "${suite:-bookworm}"
}

# case_version BASE VERSION
case_version()
{
	small=$drift/$(edition "$1")/linux-source-$1_$2.tar.xz
	if [ ! -f "$small" ]; then
		mkdir -p "$(dirname "$small")"
		run "$top/src/nouveau/linux-source" get --suite "$(suite "$1")" --cache "$T/cache" "$1" "$2"
		status 0
		got=$(cat "$T/out")
		run "$import" --base "$1" --cache "$T/cache" --source "${got#* }" --select "$small"
		status 0
	fi
	run "$import" --base "$1" --cache "$T/cache" --source "$small" --out "$T/out-dir"
	status 0
	# The release is the one meant, and so is what was made of it.
	got=$(sed -n 's/^version: //p' "$T/out-dir/upstream/VERSION")
	same "$got" "${2%%-*}" version
	patches=$(grep -l "^// Bases:.*\<$1\>" "$top"/src/nouveau/patches/*.cocci 2>/dev/null || :)
	for patch in $patches; do
		for file in $(sed -n 's,^// Files:,,p' "$patch"); do
			tar -xOf "$small" --wildcards "*/$file" >"$T/before"
			! cmp -s "$T/before" "$T/out-dir/upstream/$file" ||
				fail "$patch did not change $file"
		done
	done
}

# A kernel that answers otherwise than before has changed, or so has our question.
case_answers()
{
	cd "$top"
	tools/compat-doc | grep -v '^<!-- made with' >"$T/compat.md"
	grep -v '^<!-- made with' docs/compat.md >"$T/before.md"
	check diff -u "$T/before.md" "$T/compat.md"
}

tap_begin "$@"
for base in "$top"/src/nouveau/base/*; do
	base=${base##*/}
	versions=$("$top/lab/chroot/apt" run "$(suite "$base")" apt-cache madison "linux-source-$base" |
		awk '{ print $3 }' | sort -uV)
	[ -n "$versions" ] || [ -n "$("$top/src/nouveau/channel" suffix "$base")" ] || {
		no_versions() { fail "the archive has no linux-source-$base"; }
		tap_case "$base" no_versions
	}
	# Debian keeps the release of a later channel for some months only.
	[ -n "$versions" ] ||
		echo "# the archive has no linux-source-$base any more: move its channel to a newer base"
	for version in $versions; do
		tap_case "$version" case_version "$base" "$version"
	done
done
tap_case answers case_answers
tap_done
