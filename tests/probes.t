#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The probe runner: answers, cache, and what it says of broken headers.

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

kdir=$(tools/kernel headers 6.1) || exit 2
other=$(tools/kernel headers 6.12) || exit 2

# A tree with probes of the case's own: DIR KDIR
stage()
{
	mkdir -p "$1/compat/probes"
	cp build.mk "$1/"
	cp compat/probes.mk compat/kernel-key compat/kernel-flags compat/answers compat/answers.awk compat/ask "$1/compat/"
}

# probe NAME QUESTION-LINES BODY...
probe()
{
	name=$1
	{
		echo "// Question: $2"
		shift 2
		printf '%s\n' "$@"
	} >"$T/t/compat/probes/$name.c"
}

ask()
{
	make -s -C "$T/t" -j2 -f build.mk KDIR="${1-$kdir}" PROBE_DIR="$T/p" probes
}

answer()
{
	sed -n "s/^HAVE_$1 := *//p" "$T/p/config.mk"
}

case_answers()
{
	stage "$T/t"
	probe good 'A function that is there?' '#include <linux/slab.h>' \
		'void *f(void);' 'void *f(void) { return kmalloc(1, GFP_KERNEL); }'
	probe missing 'A function that is not there?' '#include <linux/slab.h>' \
		'void *f(void);' 'void *f(void) { return kmalloc_of_no_kernel(1); }'
	probe noheader 'A header that is not there?' '#include <linux/no/such.h>'
	probe types 'Other types?' '#include <linux/slab.h>' \
		'int *f(long *p);' 'int *f(long *p) { return p; }'
	probe unused-warning 'A warning is no answer?' 'static int unused;'
	probe export_yes 'Exported?' '// Export: __kmalloc kfree' 'extern int i;'
	probe export_no 'Not exported?' '// Export: kfree kfree_of_no_kernel' 'extern int i;'
	ask
	got=$(answer GOOD)
	same "$got" y
	got=$(answer MISSING)
	same "$got" ''
	got=$(answer NOHEADER)
	same "$got" ''
	got=$(answer TYPES)
	same "$got" ''
	got=$(answer UNUSED_WARNING)
	same "$got" y
	got=$(answer EXPORT_YES)
	same "$got" y
	got=$(answer EXPORT_NO)
	same "$got" ''
	has "$T/t/compat/generated/config.h" '^#define HAVE_GOOD 1$'
	! grep -q 'define HAVE_MISSING' "$T/t/compat/generated/config.h" || fail 'a no became a yes'
	has "$T/p/export_no.why" 'kfree_of_no_kernel is not exported'
}

case_differ_by_kernel()
{
	stage "$T/t"
	cp compat/probes/drm_exec.c "$T/t/compat/probes/"
	ask "$kdir"
	got=$(answer DRM_EXEC)
	same "$got" '' 6.1
	ask "$other"
	got=$(answer DRM_EXEC)
	same "$got" y 6.12
	ask "$kdir"
	got=$(answer DRM_EXEC)
	same "$got" '' '6.1 again'
}

# A kernel's headers, with one header of ours that can be changed: the Makefile
# of Debian's tree includes the real one, so only include/ is a copy.
doctored()
{
	mkdir "$T/k"
	for f in "$kdir"/* "$kdir"/.config; do
		ln -s "$(readlink -f "$f")" "$T/k/${f##*/}"
	done
	rm "$T/k/Module.symvers" "$T/k/include"
	cp "$kdir/Module.symvers" "$T/k/"
	cp -r "$kdir/include" "$T/k/include"
}

case_cache()
{
	doctored
	stage "$T/t"
	probe feature 'A header of the test?' '#include <generated/feature.h>'
	probe export 'An export of the test?' '// Export: symbol_of_the_test' 'extern int i;'
	ask "$T/k"
	got=$(answer FEATURE)
	same "$got" ''
	touch "$T/mark"
	ask "$T/k"
	got=$(find "$T/p" -newer "$T/mark" -name '*.answer')
	same "$got" '' "asked again, nothing had changed"
	touch "$T/k/include/generated/feature.h"
	ask "$T/k"
	got=$(answer FEATURE)
	same "$got" y 'after a header arrived'
	printf '0x00000000\tsymbol_of_the_test\tvmlinux\tEXPORT_SYMBOL\t\n' >>"$T/k/Module.symvers"
	ask "$T/k"
	got=$(answer EXPORT)
	same "$got" y 'after an export arrived'
	rm "$T/k/include/generated/feature.h"
	ask "$T/k"
	got=$(answer FEATURE)
	same "$got" '' 'after the header went'
	probe feature 'Something else?' 'extern int i;'
	ask "$T/k"
	got=$(answer FEATURE)
	same "$got" y 'after the probe changed'
	rm "$T/t/compat/probes/feature.c"
	ask "$T/k"
	! grep -q FEATURE "$T/p/config.mk" || fail 'the answer of a probe that went'
}

case_no_kdir()
{
	run make -s -f build.mk KDIR="$T/none" probes
	status 2
	one_line "no kernel headers in $T/none; install"
}

case_no_symvers()
{
	doctored
	rm "$T/k/Module.symvers"
	stage "$T/t"
	probe any 'Anything?' 'extern int i;'
	run ask "$T/k"
	status fail
	has "$T/err" 'Module.symvers is missing; install the complete headers'
}

case_no_compiler()
{
	doctored
	stage "$T/t"
	probe any 'Anything?' 'extern int i;'
	run env CC=gcc-of-no-release make -s -C "$T/t" -f build.mk KDIR="$T/k" PROBE_DIR="$T/p" probes
	status fail
	has "$T/err" 'no module compiles with the headers in .*: .*gcc-of-no-release'
	[ ! -e "$T/p/config.mk" ]
}

# Headers that were copied from elsewhere: their Makefile has the path of before.
case_silent_kbuild()
{
	doctored
	rm -f "$T/k/Makefile"
	printf '%%.o:\n\t@:\n' >"$T/k/Makefile"
	stage "$T/t"
	probe any 'Anything?' 'extern int i;'
	run make -s -C "$T/t" -f build.mk KDIR="$T/k" PROBE_DIR="$T/p" probes
	status fail
	has "$T/err" '^kernel-flags: kbuild in .*/k does not tell how it compiles a module; reinstall the headers package'
	lacks "$T/err" 'sed:'
	[ ! -e "$T/p/config.mk" ]
}

# Every probe of ours says what it asks, and answers on both kernels.
case_ours_complete()
{
	for p in compat/probes/*.c; do
		grep -q '^// Question: .*' "$p" || fail "$p: no question"
		grep -q '^// Since: v[0-9]' "$p" || fail "$p: no mainline release"
	done
	for k in 6.1 6.12; do
		make -s -j2 -f build.mk KDIR="$(tools/kernel headers $k)" PROBE_DIR="$T/p" "$T/p/config.h"
		got=$(grep -c HAVE_ "$T/p/config.h")
		want=$(ls compat/probes/*.c | wc -l)
		same "$got" "$want" 'answers'
	done
}

# Asked together, all probes have the answers that compat/ask finds for each by itself.
case_together()
{
	for k in 6.1 6.12; do
		d=$(tools/kernel headers $k)
		mkdir "$T/$k"
		make -s -j2 -f build.mk KDIR="$d" PROBE_DIR="$T/p" "$T/p/config.h"
		cp "$T/p/flags" "$T/p/exports" "$T/p/prefix.h" "$T/$k/"
		{ read -r cc; read -r flags; } <"$T/p/flags"
		(cd "$d" && eval "$cc $flags -x c-header -o '$T/$k/prefix.h.gch' '$T/$k/prefix.h'")
		printf '%s\0' compat/probes/*.c | xargs -0 -n 1 -P 2 compat/ask "$d" "$T/$k"
		cat "$T/$k"/*.answer >"$T/alone"
		check cmp "$T/alone" "$T/p/config.mk"
	done
}

# A tree that was built for one kernel gets the answers of the next, however old they are.
case_next_kernel()
{
	stage "$T/t"
	cp compat/probes/drm_exec.c "$T/t/compat/probes/"
	for k in 6.1 6.12; do
		make -s -j2 -C "$T/t" -f build.mk KDIR="$(tools/kernel headers $k)" PROBE_DIR="$T/$k" probes
	done
	make -s -j2 -C "$T/t" -f build.mk KDIR="$(tools/kernel headers 6.1)" PROBE_DIR="$T/6.1" probes
	check cmp "$T/6.1/config.h" "$T/t/compat/generated/config.h"
	check cmp "$T/6.1/config.mk" "$T/t/compat/generated/config.mk"
	! cmp -s "$T/6.1/config.mk" "$T/6.12/config.mk" || fail 'both kernels have the same answers'
}

# Nearly all time goes into headers, so the compiler reads them twice and no more.
case_two_runs()
{
	for k in 6.1 6.12; do
		d=$(tools/kernel headers $k)
		mkdir "$T/$k"
		compat/kernel-flags "$d" "$T/$k"
		sed -i "1s,.*,sh '$T/cc' &," "$T/$k/flags"
		printf 'echo run >>%s\nexec "$@"\n' "'$T/$k/runs'" >"$T/cc"
		run compat/answers "$d" "$T/$k" compat/probes/*.c
		status 0
		got=$(wc -l <"$T/$k/runs")
		same "$got" 2 "compiler runs for $k"
	done
}

# A probe that others could disturb has its own answer all the same.
case_disturbed()
{
	stage "$T/t"
	for i in 1 2; do
		probe same_name_$i 'A name that another probe has, too?' \
			'static int helper(void);' 'static int helper(void) { return 1; }' 'int probe(void);' \
			'int probe(void) { return helper(); }'
		probe other_type_$i 'A type that another probe has, too?' "struct thing { char is[$i]; };" \
			"_Static_assert(sizeof(struct thing) == $i, \"size\");"
	done
	for i in 1 2; do
		probe missing_$i 'A function that another probe lacks, too?' '#include <linux/list.h>' \
			'void probe(void);' 'void probe(void) { function_of_no_kernel(1); }'
	done
	probe before_header 'Code before a header?' '#define list_is_head(node, head) 7' '#include <linux/list.h>' \
		'int probe[list_is_head(0, 0)];'
	probe macro 'A macro?' '#define kfree no_such_name' 'extern int probe;'
	probe after_macro 'A function of that name?' '#include <linux/slab.h>' \
		'void probe(void *p);' 'void probe(void *p) { kfree(p); }'
	probe needs_other 'A name that a probe before this one has made?' 'int probe(void);' \
		'int probe(void) { return helper(); }'
	ask
	for n in SAME_NAME_1 SAME_NAME_2 OTHER_TYPE_1 OTHER_TYPE_2 MACRO AFTER_MACRO; do
		got=$(answer $n)
		same "$got" y "$n"
	done
	for n in MISSING_1 MISSING_2; do
		got=$(answer $n)
		same "$got" '' "$n"
	done
	# list.h does not compile with that macro, or defines one of its own.
	for n in before_header needs_other; do
		want=$(rm -f "$T/p/$n.answer"
			compat/ask "$kdir" "$T/p" "$T/t/compat/probes/$n.c" >/dev/null 2>&1
			sed 's/.*:= *//' "$T/p/$n.answer")
		got=$(sed -n "s/^HAVE_$(echo $n | tr a-z A-Z) := *//p" "$T/p/config.mk")
		same "$got" "$want" "$n"
	done
	same "$want" '' 'a name of another probe'
}

# A probe that says yes to everything, or no, asks nothing: each must turn to
# no where its headers are empty, and the language is that of old kernels.
case_ours_can_say_no()
{
	stage "$T/t"
	probe any 'Anything?' 'extern int i;'
	ask
	{ read -r cc; read -r flags; } <"$T/p/flags"
	for p in compat/probes/*.c; do
		if echo | $cc -std=gnu89 -nostdinc -fsyntax-only -x c "$p" >/dev/null 2>&1 &&
			! grep -q '^// Export: ' "$p"; then
			fail "$p: compiles without any kernel"
		fi
	done
	check [ -e "$p" ]
}

tap_begin "$@"
tap_case answers case_answers
tap_case differ-by-kernel case_differ_by_kernel
tap_case cache case_cache
tap_case no-kdir case_no_kdir
tap_case no-symvers case_no_symvers
tap_case no-compiler case_no_compiler
tap_case silent-kbuild case_silent_kbuild
tap_case ours-complete case_ours_complete
tap_case together case_together
tap_case next-kernel case_next_kernel
tap_case two-runs case_two_runs
tap_case disturbed case_disturbed
tap_case ours-can-say-no case_ours_can_say_no
tap_done
