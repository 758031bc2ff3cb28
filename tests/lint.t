#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What can be said of our files without running them.
# shellcheck disable=SC2046,SC2086 # names of files in git have no blanks

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

tracked()
{
	tools/files "$@" | tr '\0' '\n'
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
	check [ ! -s "$T/bad" ]
}

# Kernels lie about their version: features are asked, never releases.
case_no_version_checks()
{
	grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE|UTS_RELEASE|linux/version\.h' \
		$(tracked src compat build.mk Kbuild dkms.conf dkms | grep -v '\.md$') >"$T/found" || :
	cat "$T/found"
	check [ ! -s "$T/found" ]
}

# No file of git is upstream's: neither its path nor its text.
case_nothing_of_upstream()
{
	[ -d build/import ] || make import
	! tracked 'upstream/*' 'drivers/*' '*.patch' '*.diff' '*.ko' '*.o' | grep . || fail "upstream's files are in git"
	# What the import lays out has files of ours in it too, by another name.
	find build/import -name '*.[ch]' -size +0 ! -name 'ngv*' -exec sha256sum {} + |
		cut -d ' ' -f 1 | sort -u >"$T/theirs"
	sha256sum $(our_c) | sort >"$T/ours"
	join "$T/ours" "$T/theirs" >"$T/both"
	cat "$T/both"
	check [ ! -s "$T/both" ]
}

case_shellcheck()
{
	check shellcheck -S warning -s sh -x -P tests -e SC1090,SC1091,SC2010,SC2034,SC2154 $(scripts)
}

# `set -e` looks away from "! command": without an "|| fail" it can only be the
# last word of a case, and does not stay that.
case_negations()
{
	printf 'x()\n{\n\t! true\n\t! a |\n\t\tb\n\t! false || fail\n}\n' >"$T/control.t"
	for f in "$T/control.t" $(tracked 'tests/*.t'); do
		awk -v f="$f" '
			open && /\|\|/ { open = 0 }
			open && !/[|\\]$/ { print f ":" open ": " line; open = 0 }
			/^\t+! [^-]/ && !/\|\|/ && !/; then/ {
				if (/[|\\]$/) { open = FNR; line = $0 } else print f ":" FNR ": " $0
			}' "$f"
	done >"$T/found"
	got=$(count "$T/found" '/control\.t:[34]: ')
	same "$got" 2 'of the control'
	! grep -v '/control\.t:[34]: ' "$T/found" || fail 'these cannot fail'
}

# The shell does not tell whether "$(command)" failed among the words of another
# command: a comparison with nothing would pass.
case_comparisons()
{
	printf '\tsame "$(false)" x\n\t[ -z "$(false)" ]\n\tgot=$(true)\n' >"$T/control.t"
	grep -nE '^[^#]*(\<same\>.*|-z )"\$\(' "$T/control.t" $(tracked 'tests/*.t' 'tests/*.sh') |
		grep -vE '^tests/(lib/tap\.sh|tap\.t|lint\.t):' >"$T/found" || :
	got=$(count "$T/found" '/control\.t:[12]:')
	same "$got" 2 'of the control'
	! grep -v '/control\.t:[12]:' "$T/found" || fail 'write got=$(command) first'
}

# Programs that live outside of the kernel: libc's types and other projects' names
# are right for them, and its printf() is no printk().
user_c='^\(bench\|gpu-model\|programs\|tests/gpuvm\|tests/gsp\|tests/guest/leave\|tests/guest/screen\|tests/nvk\|tests/fuzz-ioctl\|tests/tool\|tests/units\)/'
# These are compiled for the kernel as well, or for it alone.
both_c='^bench/gpuvm/\(module/\|workloads\.c\)'
user_ignore=PREFER_KERNEL_TYPES,CAMELCASE,VOLATILE,USE_NEGATIVE_ERRNO,ARRAY_SIZE,ENOSYS,BIT_MACRO,STRCPY
user_ignore=$user_ignore,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME,AVOID_EXTERNS
user_ignore=$user_ignore,LONG_LINE_STRING,SPLIT_STRING
# A table of a chip, or of functions to look up, is a macro that is a list.
user_ignore=$user_ignore,COMPLEX_MACRO,MACRO_ARG_REUSE,MULTISTATEMENT_MACRO_USE_DO_WHILE
user_ignore=$user_ignore,TRAILING_SEMICOLON,MULTIPLE_ASSIGNMENTS
user_ignore=$user_ignore,TRAILING_STATEMENTS,SUSPECT_CODE_INDENT,STRING_FRAGMENTS

# A program's files use each other in one direction: nobody has to read all of them to
# understand one.
case_rings()
{
	for program in nouveau-gpuvm vaspace vmbind-test; do
		mkdir "$T/$program"
		for c in programs/"$program"/*.c; do
			# shellcheck disable=SC2046 # words
			gcc -std=gnu11 -D_GNU_SOURCE -DVERSION='""' -DBUGS='""' $(pkg-config --cflags libkmod libdrm json-c) \
				-c -o "$T/$program/$(basename "$c" .c)" "$c" || fail "$c does not compile"
		done
		(cd "$T/$program" && nm -A -- *) | awk '
			{ file = $1; sub(/:.*/, "", file) }
			$2 == "U" { uses[file, $3] }
			$2 ~ /^[TDBRC]$/ { home[$3] = file }
			END {
				for (u in uses) {
					split(u, use, SUBSEP)
					if (use[2] in home)
						print use[1], home[use[2]]
				}
			}' >"$T/pairs"
		check [ "$(wc -l <"$T/pairs")" -gt 5 ]
		tsort "$T/pairs" >/dev/null || fail "the files of programs/$program use each other in a ring"
	done
}

case_checkpatch()
{
	# LICENSES is where it does not look; probes are fragments on purpose.
	# It leaves notes of its own where it stands.
	files=$({ our_c | grep -v -e '^compat/probes/' -e "$user_c"; our_c | grep "$both_c"; } |
		sed "s,^,$top/,")
	programs=$(our_c | grep "$user_c" | grep -v "$both_c" | sed "s,^,$top/,")
	cd "$T"
	# A control, to see that it looks.
	printf '// SPDX-License-Identifier: MIT\nint  f( void );\n' >control.c
	"$top/tools/checkpatch" --no-tree --strict --terse --show-types --no-summary \
		--ignore FILE_PATH_CHANGES,SPDX_LICENSE_TAG \
		-f "$PWD/control.c" $files >log || :
	"$top/tools/checkpatch" --no-tree --strict --terse --show-types --no-summary \
		--max-line-length=112 \
		--ignore "FILE_PATH_CHANGES,SPDX_LICENSE_TAG,$user_ignore" -f $programs >>log || :
	has log '/control\.c:2: .*:SPACING:'
	# A loop with a retry is a label and a jump: no other form of it exists.
	# An attribute that a kernel does not know has no use for what it says.
	sed -i '/compiler_attributes\.h:.*:MACRO_ARG_UNUSED:/d
		/linux\/dma-resv\.h:.*:MACRO_ARG_REUSE:/d
		/drm\/drm_exec\.h:.*:\(COMPLEX_MACRO\|MACRO_ARG_REUSE\|MACRO_WITH_FLOW_CONTROL\):/d
		/\/control\.c:/d' log
	# Where the kernel's words are defined for programs, that is taken for their use.
	words='NEW_TYPEDEFS\|MACRO_ARG_UNUSED\|MACRO_ARG_PRECEDENCE\|DATA_RACE\|IS_ENABLED_CONFIG'
	words="$words\|EXPORT_SYMBOL\|MEMORY_BARRIER\|UNCOMMENTED_DEFINITION"
	sed -i "/tests\/gpuvm\/userspace\/kernel\.h:.*:\($words\):/d" log
	cat log
	[ ! -s log ]
}

case_spelling()
{
	check codespell -q 3 -L nd,nin,ba,fo,te,hda,inout,ans,mis,tkae,renderd,vas,whats,zink $(tracked '*.md' '*.c' '*.h' '*.cocci' bench dkms lab programs tools tests)
}

# sparse and W=1 say nothing of our directories.  Where DKMS leaves the kernel alone
# (tests/kernels.tsv), that is without what is imported.  "bench" is for one that has a drm_gpuvm of 6.12.
static_check()
{
	[ -d build/tree ] || make tree
	kver=$(tools/kernel resolve "$1")
	kdir=$(tools/kernel headers "$1")
	rsync -a --delete build/tree/ "$T/tree/"
	cd "$T/tree"
	[ "$(cd "$top" && tools/expected "$1")" != gpuvm ] || export ONLY=gpuvm
	make -s -j"$(nproc)" -f build.mk KDIR="$kdir" PROBE_DIR="$top/build/probes/$kver" probes
	for d in compat src/gpuvm src/selftest; do
		make -C "$kdir" M="$T/tree" -j"$(nproc)" C=2 W=1 "$d/" >>"$T/log" 2>&1 ||
			{ tail -n 20 "$T/log"; fail "$d does not compile"; }
	done
	[ "${2-}" != bench ] ||
		make -C "$top/bench/gpuvm/module" KDIR="$kdir" OUT="$T/tree/bench" TREE="$T/tree" \
			C=2 W=1 objects >>"$T/log" 2>&1 ||
		{ tail -n 20 "$T/log"; fail "bench/gpuvm/module does not compile"; }
	# Warnings in the kernel's own headers are not ours to mend.
	ours='\(bench\|compat\|src\|tests\)/'
	lacks "$T/log" "^\($T/tree/\)\{0,1\}$ours.*\(warning\|error\):" 'warnings'
}

case_compat_doc()
{
	tools/compat-doc --check docs/compat.md >"$T/compat.md"
	check diff -u docs/compat.md "$T/compat.md"
}

# What docs/install.md says is tested is tested under that name, by make check.
case_documented_tests()
{
	sed -n 's/^| 1*[0-9]\. .*|\([^|]*\)|$/\1/p' docs/install.md | grep -o '`[a-z]*\.t [a-z0-9-]*`' |
		tr -d '`' | sort -u >"$T/named"
	[ "$(wc -l <"$T/named")" -ge 15 ] || fail "the table of docs/install.md is not read"
	make -s check LIST=y >"$T/list"
	while read -r file case; do
		check grep -qE -e "^${file%.t}[^:]*: $case\$" "$T/list"
	done <"$T/named"
}

case_readme_kernels()
{
	tools/matrix --readme >"$T/README.md"
	check diff -u README.md "$T/README.md" || fail "README.md's table is old; run: make matrix"
}

tap_begin "$@"
tap_case spdx case_spdx
tap_case no-version-checks case_no_version_checks
tap_case shellcheck case_shellcheck
tap_case negations case_negations
tap_case comparisons case_comparisons
tap_case documented-tests case_documented_tests
tap_case spelling case_spelling
tap_case checkpatch case_checkpatch
tap_case rings case_rings
tap_case nothing-of-upstream case_nothing_of_upstream
tap_case static-5.10 static_check 5.10
tap_case static-6.1 static_check 6.1
tap_case static-6.12 static_check 6.12 bench
tap_case static-backports static_check backports
tap_case compat-doc case_compat_doc
tap_case readme-kernels case_readme_kernels
tap_done
