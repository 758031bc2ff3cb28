#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What can be said of our files without running them.  shellcheck disable=SC2046,SC2086

. "$(dirname "$0")/tap.sh"
cd "$top"

tracked()
{
	git ls-files -- "$@"
}

our_c()
{
	tracked '*.c' '*.h'
}

scripts()
{
	for f in $(tracked); do
		[ ! -f "$f" ] || ! head -n 1 "$f" | grep -q '^#! *\(/usr/bin/env \)\{0,1\}/*\(bin/\)\{0,1\}sh' || echo "$f"
	done
}

case_spdx()
{
	for f in $(our_c) $(scripts) $(tracked '*.cocci' '*.mk' '*Kbuild' Makefile); do
		head -n 2 "$f" | grep -q 'SPDX-License-Identifier: ' || echo "$f: no SPDX tag"
	done >"$T/bad"
	cat "$T/bad"
	[ ! -s "$T/bad" ]
}

# Kernels lie about their version: features are asked, never releases.
case_no_version_checks()
{
	! grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE|UTS_RELEASE|linux/version\.h' \
		$(tracked src compat tests/selftest build.mk Kbuild dkms.conf | grep -v '\.md$')
}

# No file of git is upstream's: neither its path nor its text.
case_nothing_of_upstream()
{
	[ -d build/import ] || make import
	! tracked 'upstream/*' 'drivers/*' '*.patch' '*.diff' '*.ko' '*.o' | grep .
	find build/import -name '*.[ch]' -size +0 -exec sha256sum {} + |
		cut -d ' ' -f 1 | sort -u >"$T/theirs"
	sha256sum $(our_c) | sort >"$T/ours"
	! join "$T/ours" "$T/theirs" | grep .
}

case_shellcheck()
{
	shellcheck -S warning -s sh -x -P tests -e SC1090,SC1091,SC2034,SC2154 $(scripts)
}

checkpatch()
{
	ls -d /usr/src/linux-headers-*-common/scripts/checkpatch.pl | tail -n 1
}

case_checkpatch()
{
	[ -n "$(checkpatch)" ] || tools/kernel headers 6.1
	# MAINTAINERS and the kernel's own tree are not here; LICENSES has both.
	"$(checkpatch)" --no-tree --strict --terse --no-summary --show-types \
		--ignore FILE_PATH_CHANGES,SPDX_LICENSE_TAG,LINUX_VERSION_CODE \
		-f $(our_c | grep -v '^compat/probes/') >"$T/log" || :
	# A loop with a retry is a label and a jump: no other form of it exists.
	sed -i '/^compat\/include\/drm\/drm_exec\.h:.*:\(COMPLEX_MACRO\|MACRO_ARG_REUSE\|MACRO_WITH_FLOW_CONTROL\):/d' "$T/log"
	cat "$T/log"
	[ ! -s "$T/log" ]
}

case_spelling()
{
	codespell -q 3 -L nd,ba,fo,te,hda,inout,ans,mis $(tracked '*.md' '*.c' '*.h' '*.cocci' tools tests)
}

# sparse and W=1 say nothing of our directories.
static_check()
{
	[ -d build/tree ] || make tree
	kver=$(tools/kernel resolve "$1")
	kdir=$(tools/kernel headers "$1")
	rsync -a --delete build/tree/ "$T/tree/"
	cd "$T/tree"
	make -s -j"$(nproc)" -f build.mk KDIR="$kdir" PROBE_DIR="$top/build/probes/$kver" probes
	for d in compat src/gpuvm tests/selftest; do
		make -C "$kdir" M="$T/tree" -j"$(nproc)" C=2 W=1 "$d/" >>"$T/log" 2>&1 ||
			{ tail -n 20 "$T/log"; fail "$d does not compile"; }
	done
	# Warnings in the kernel's own headers are not ours to mend.
	! grep -E "^$T/tree/(compat|src|tests)/.*(warning|error):|^(compat|src|tests)/.*(warning|error):" "$T/log"
}

case_compat_doc()
{
	tools/compat-doc >"$T/compat.md"
	diff -u docs/compat.md "$T/compat.md" || fail "docs/compat.md is old; run: make docs"
}

tap_begin "$@"
tap_case spdx case_spdx
tap_case no-version-checks case_no_version_checks
tap_case shellcheck case_shellcheck
tap_case spelling case_spelling
tap_case checkpatch case_checkpatch
tap_case nothing-of-upstream case_nothing_of_upstream
tap_case static-6.1 static_check 6.1
tap_case static-6.12 static_check 6.12
tap_case compat-doc case_compat_doc
tap_done
