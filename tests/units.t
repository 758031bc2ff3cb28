#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Sources that src/nouveau/units joins: what it joins and what not, that the compiler
# reads the same text as of each file alone, and what a build does when joining fails.
#
# sources-KERNEL compares every file's text, and that of every header in the package, as
# the compiler reads them in a unit and alone.  objects-KERNEL compares what comes of the
# text, and compiles everything twice more.

# One unit, for xargs: prints what is not the same in it, or "same FILES"
if [ "${1-}" = --compare ]; then
	dir=$2 unit=$3 text=$4 kdir=$5 work=$6
	cd "$dir" || exit 2
	line=$(sed -n '1s/^[^:]*:= *//p' ".$unit.cmd" | sed -e 's/ ;.*$//' -e 's/ -Wp,-MM\{0,1\}D,[^ ]*//' \
		-e 's/ -c -o .*$//' -e "s/ -DKBUILD_BASENAME='[^']*'//")
	[ -n "$line" ] || { echo "$unit was not compiled"; exit 0; }
	# What the compiler reads, from where kbuild starts it
	read_text()
	{
		(cd "$kdir" && eval "$line -DKBUILD_BASENAME='\"unit\"' -E '$1'") >"$work.i" &&
			"$text" "${dir%%/build/modules/*}/build/modules/" <"$work.i" | sort -u
	}
	read_text "$dir/${unit%.o}.c" >"$work.unit" && [ -s "$work.unit" ] ||
		{ echo "$unit cannot be read"; exit 0; }
	n=0
	for object in $(sed -n "s,^$unit := ,,p" units.mk); do
		read_text "$dir/${object%.o}.c" >"$work.alone" && [ -s "$work.alone" ] ||
			{ echo "${object%.o}.c cannot be read"; continue; }
		LC_ALL=C comm -23 "$work.alone" "$work.unit" | sed "s,^[^ ]* ,${object%.o}.c in $unit: ,"
		n=$((n + 1))
	done
	echo "same $n"
	rm -f "$work".*
	exit 0
fi

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
cd "$top" || exit 2

drm=upstream/drivers/gpu/drm

# --- what is joined -----------------------------------------------------------------

# A tree whose nouveau is the case's own; $n is its directory.
made_tree()
{
	make -s tree >"$T/log" 2>&1 || { cat "$T/log"; fail 'no tree'; }
	cp -a build/tree "$T/tree"
	n=$T/tree/$drm/nouveau
	rm -rf "$n"
	mkdir -p "$n"
	cp build/tree/$drm/nouveau/ngv_version.c "$n/"
	printf 'ccflags-y += -I%s\n' '$(src)' >"$n/Kbuild.upstream"
	printf '#ifndef SHARED_H\n#define SHARED_H\n#include <linux/types.h>\n#define SHARED 7\nextern int shared_word;\n#endif\n' >"$n/shared.h"
	cp src/nouveau/kbuild/nouveau.Kbuild "$n/Kbuild"
}

# source NAME TEXT...: of a file, which every kernel compiles
source_file()
{
	name=$1
	shift
	echo "nouveau-y += $name.o" >>"$n/Kbuild.upstream"
	mkdir -p "$(dirname "$n/$name")"
	printf '%s\n' '#include "shared.h"' "$@" >"$n/$name.c"
}

join()
{
	NGV_UNITS_CACHE=$top/build/cache src/nouveau/units "$T/tree"
	cat "$n/units.mk"
}

# alone FILE WHY
alone() { has "$n/units.mk" "^# alone: $1: .*$2"; }

# together FILE...: in one unit
together()
{
	pattern='^joined-.* :='
	for f; do
		pattern="$pattern.* $f\\.o"
	done
	has "$n/units.mk" "$pattern\\( \\|\$\\)"
}

case_joins()
{
	made_tree
	source_file one 'int one(void);' 'int one(void) { return SHARED; }'
	source_file two 'int two(void);' 'int two(void) { return SHARED; }'
	join
	together one two
	lacks "$n/units.mk" '^# alone'
}

case_names_clash()
{
	made_tree
	for f in a b c d; do
		source_file $f "int ${f}_out(void);" "static int same_name(void) { return sizeof(\"$f\"); }" \
			"int ${f}_out(void) { return same_name(); }"
	done
	source_file e 'int e_out(void);' 'int e_out(void) { return 1; }'
	join
	together a e
	for f in b c d; do
		alone $f "redefinition of 'same_name'"
	done
}

# What clashes in one unit is joined in the next.
case_clash_elsewhere()
{
	made_tree
	for d in x y; do
		source_file $d/one "int ${d}_one(void);" "int ${d}_one(void) { return 1; }"
		source_file $d/two "int ${d}_two(void);" "int ${d}_two(void) { return 2; }"
	done
	source_file x/zone 'int x_zone(void);' 'static int same_name(void) { return 3; }' \
		'int x_zone(void) { return same_name(); }'
	source_file x/ztwo 'int x_ztwo(void);' 'static int same_name(void) { return 4; }' \
		'int x_ztwo(void) { return same_name(); }'
	join
	together x/one x/two x/zone
	together y/one y/two x/ztwo
	lacks "$n/units.mk" '^# alone'
}

# The kernel of the build has ACPI. On one without, both files have the header's stub.
case_clash_without_an_option()
{
	made_tree
	printf '%s\n' '#ifdef CONFIG_ACPI' '#ifndef STUB_H' '#define STUB_H' 'int stub(void);' '#endif' '#else' \
		'static inline int stub(void) { return 0; }' '#endif' >"$n/stub.h"
	for f in a b; do
		source_file $f '#include "stub.h"' "int ${f}_out(void);" "int ${f}_out(void) { return stub(); }"
	done
	source_file c 'int c_out(void);' 'int c_out(void) { return 1; }'
	join
	together a c
	alone b "joined, without options of the kernel, .*redefinition of 'stub'"
}

# A macro ends with its file; the compiler would say so.
case_macros_end()
{
	made_tree
	source_file one '#define LOCAL 1' 'int one(void);' 'int one(void) { return LOCAL; }'
	source_file two '#ifdef LOCAL' '#error seen' '#endif' '#define LOCAL 2' 'int two(void);' \
		'int two(void) { return LOCAL; }'
	join
	together one two
}

# A macro that a header has, too, stays with its file.
case_macros_of_headers()
{
	made_tree
	source_file removes '#undef SHARED' '#define SHARED 8' 'int removes(void);' \
		'int removes(void) { return SHARED; }'
	printf '#define shared_word renamed\n#include "shared.h"\n' >"$n/renames.c"
	echo 'nouveau-y += renames.o' >>"$n/Kbuild.upstream"
	source_file one 'int one(void);' 'int one(void) { return SHARED; }'
	source_file two 'int two(void);' 'int two(void) { return SHARED; }'
	join
	together one two
	alone removes 'its macro SHARED is a macro of shared.h'
	alone renames 'its macro shared_word is a word of shared.h'
}

# Files that begin with the same definition are joined with each other alone.
case_same_beginning()
{
	made_tree
	for f in a b; do
		source_file $f "int $f(void);" "int $f(void) { pr_info(\"$f\"); return 0; }"
		sed -i '1i #define pr_fmt(fmt) "made: " fmt\n#include <linux/printk.h>' "$n/$f.c"
	done
	source_file c 'int c(void);' 'int c(void) { return 1; }'
	source_file d 'int d(void);' 'int d(void) { return 2; }'
	join
	together a b
	together c d
	lacks "$n/units.mk" 'a\.o.* c\.o'
}

case_stays_alone()
{
	made_tree
	source_file packs '#pragma pack(1)' 'struct packs { char a; int b; };'
	source_file traces
	sed -i '1i #define CREATE_TRACE_POINTS' "$n/traces.c"
	source_file flagged 'extern int flagged;'
	echo 'CFLAGS_flagged.o := -O1' >>"$n/Kbuild.upstream"
	source_file one 'int one(void);' 'int one(void) { return 1; }'
	source_file two 'int two(void);' 'int two(void) { return 2; }'
	join
	together one two
	alone packs 'it has a #pragma'
	alone traces 'it makes trace points'
	lacks "$n/units.mk" '^joined.*flagged'
}

# What only some kernels compile is joined apart, and on those that lack one, each of
# the unit's files is compiled alone.
case_some_kernels()
{
	made_tree
	source_file one 'int one(void);' 'int one(void) { return 1; }'
	source_file two 'int two(void);' 'int two(void) { return 2; }'
	for f in debug acpi; do
		source_file $f "int ${f}_out(void);" "int ${f}_out(void) { return 3; }"
	done
	sed -i 's/^nouveau-y += debug/nouveau-$(CONFIG_DEBUG_FS) += debug/; s/^nouveau-y += acpi/nouveau-$(CONFIG_ACPI) += acpi/' \
		"$n/Kbuild.upstream"
	join
	together one two
	together acpi debug
	printf 'KBUILD_EXTMOD := .\nsrc := %s\nobj := $(src)\ninclude $(src)/Kbuild\nall: ; @echo $(nouveau-y)\n' "$drm/nouveau" >"$T/tree/ask.mk"
	run make -s -C "$T/tree" -f ask.mk CONFIG_DEBUG_FS=y CONFIG_ACPI=y
	status 0
	has "$T/out" 'joined-some-1\.o'
	run make -s -C "$T/tree" -f ask.mk CONFIG_ACPI=y
	status 0
	has "$T/out" '\(^\| \)acpi\.o'
	lacks "$T/out" 'debug\.o\|joined-some'
}

case_no_headers()
{
	made_tree
	run src/nouveau/units "$T/tree" "$T"
	status 1
	has "$T/err" '^units: .* holds no kernel headers; name a kernel'
}

# --- what a build does ----------------------------------------------------------------

# A tree with GPUVM and compat alone, as dkms compiles it: `make "$@"`
dkms_make()
{
	(cd "$T/tree" && env -u MAKEFLAGS make -j2 -f dkms/dkms.mk KDIR="$kdir" KVER="$kver" "$@" >make.log 2>&1)
}
own_tree()
{
	make -s tree >"$T/log" 2>&1 || { cat "$T/log"; fail 'no tree'; }
	kver=$(tools/kernel resolve 6.1)
	kdir=$(tools/kernel headers 6.1)
	cp -a build/tree "$T/tree"
	printf 'obj-m += compat/ src/gpuvm/\n' >"$T/tree/Kbuild"
}

# Whatever a kernel's headers do to a unit, a build that works for each file works.
case_falls_back()
{
	own_tree
	echo '#error joined' >>"$T/tree/src/gpuvm/joined-main-1.c"
	run dkms_make REPORT="$T/report"
	status 0
	has "$T/report" '^nouveau-gpuvm: joined for kernel .*, some files do not compile; each is compiled alone'
	check [ -s "$T/tree/src/gpuvm/ngv_gpuvm.ko" ]
	has "$T/tree/make.log" 'CC \[M\].*src/gpuvm/vm\.o'
}

# What fails alone, too, is told by the name of its own file, and not tried twice.
case_names_the_file()
{
	own_tree
	echo 'int broken(void) { return nothing; }' >>"$T/tree/src/gpuvm/va.c"
	run dkms_make REPORT="$T/report"
	status fail
	has "$T/report" '^nouveau-gpuvm: build for kernel .* failed: .*src/gpuvm/va\.c:[0-9]*:[0-9]*: error: '
	lacks "$T/report" 'each is compiled alone'
}

case_each_alone()
{
	own_tree
	run make -C "$T/tree" -j2 -f build.mk KDIR="$kdir" NGV_UNITS=no modules
	status 0
	has "$T/out" 'CC \[M\].*src/gpuvm/vm\.o'
	lacks "$T/out" 'joined-'
	run make -C "$T/tree" -f build.mk KDIR="$kdir" NGV_UNITS=yes modules
	status fail
	has "$T/err" 'NGV_UNITS=yes is unknown; say NGV_UNITS=no'
}

# --- that nothing changed ---------------------------------------------------------------

# The directories below $built that have units
unit_dirs() { (cd "$built" && find . -name units.mk | sed 's,^\./,,; s,/units\.mk$,,' | sort); }

# sources KERNEL: in a unit and alone, the compiler reads the same text of a file and of
# every header of ours.  (The kernel's own headers read differently by the order in which
# they are included, and stand that.)
case_sources()
{
	make -s modules KERNEL="$1" NGV_UNITS= >"$T/log" 2>&1 || { tail -n 3 "$T/log"; fail 'no modules'; }
	built=$top/build/modules/$(tools/kernel resolve "$1")
	kdir=$(tools/kernel headers "$1")
	gcc -O2 -Wall -Wextra -Werror -o "$T/text" tests/units/text.c
	for dir in $(unit_dirs); do
		for unit in $(sed -n 's/^ngv-units += //p' "$built/$dir/units.mk"); do
			echo "$built/$dir $unit $T/text $kdir $T/work-$unit-$(echo "$dir" | tr / -)"
		done
	done >"$T/units"
	check [ -s "$T/units" ]
	xargs -P "$(nproc)" -L 1 "$top/tests/units.t" --compare <"$T/units" >"$T/found"
	grep -v '^same ' "$T/found" || :
	lacks "$T/found" '^[^s]\|^s[^a]'
	# As many as the package records, and no fewer
	got=$(awk '{ n += $2 } END { print n }' "$T/found")
	want=$(unit_dirs | sed "s,.*,$built/&/units.mk," | xargs sed -n 's/^joined-.* := //p' | wc -w)
	same "$got" "$want"
	echo "# $got files in $(wc -l <"$T/units") units"
}

# Without inlining and what else the compiler does across functions, each function is
# compiled for itself, with whichever others it shares a file.
apart='-g0 -ffunction-sections -fdata-sections -fno-inline-functions -fno-inline-small-functions
	-fno-inline-functions-called-once -fno-partial-inlining -fno-early-inlining -fno-ipa-ra -fno-ipa-cp
	-fno-ipa-sra -fno-ipa-pure-const -fno-ipa-icf -fno-ipa-modref -fno-ipa-vrp -fno-ipa-bit-cp
	-fno-ipa-reference --param inline-unit-growth=100000 --param max-inline-insns-single=100000
	--param large-function-growth=100000 --param large-stack-frame-growth=100000'

# built_apart DIR NGV_UNITS KERNEL
built_apart()
{
	# The name of the directory is in strings of the modules, so both have the same.
	cp -a build/tree "$T/built"
	# shellcheck disable=SC2086 # one argument
	make -C "$T/built" -j"$(nproc)" -f build.mk KDIR="$(tools/kernel headers "$3")" NGV_UNITS="$2" \
		KCFLAGS="$(echo $apart)" CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$T/$1.log" 2>&1 ||
		{ tail -n 5 "$T/$1.log"; fail "$1 does not compile"; }
	mv "$T/built" "$T/$1"
}

# code DIR: the functions and objects of what the compiler made below DIR, but for the
# descriptions of modules.  (The linker joins sections of one name.)
code()
{
	find "$1" -name '.*.o.cmd' ! -name '.*.mod.o.cmd' -exec grep -l -- ' -c -o ' {} + |
		sed 's,/\.\([^/]*\)\.cmd$,/\1,' | xargs -n 1 "$T/code" | sort -u
}

# facts MODULE: what a kernel and other modules see of it
facts()
{
	nm -g --defined-only "$1" | sed 's/^[0-9a-f]* /defines /' | sort -u
	nm -u "$1" | sed 's/^ */needs /' | sort -u
	# The hash of the names of the sources is another one.
	modinfo "$1" | grep -v -e '^filename:' -e '^srcversion:' | sort
	# What the module loader and tracing read: parameters, exports, trace events
	readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' | awk '
		$1 ~ /^(__param|__ksymtab.*|__tracepoints.*|_ftrace_events|__kcrctab.*|\.gnu\.linkonce.*)$/ {
			print "section", $1, $5
		}
		$1 ~ /^[._]/ && $1 !~ /^\.(rela|text\.|rodata\.|data\.|bss\.|init\.|exit\.|debug)/ {
			print "section", $1
		}' | sort -u
}

# objects KERNEL: joined and alone, the modules have the same face, and the same functions
# and objects
case_objects()
{
	make -s tree >"$T/log" 2>&1 || { cat "$T/log"; fail 'no tree'; }
	built_apart joined '' "$1"
	built_apart alone no "$1"
	gcc -O2 -Wall -Wextra -Werror -o "$T/code" tests/units/code.c -lelf
	(cd "$T/alone" && find . -name '*.ko') >"$T/modules"
	got=$(wc -l <"$T/modules")
	same "$got" 6 modules
	while read -r ko; do
		for d in joined alone; do
			facts "$T/$d/$ko" >"$T/facts.$d"
			check [ -s "$T/facts.$d" ]
		done
		diff -u "$T/facts.alone" "$T/facts.joined" || fail "$ko shows another face"
	done <"$T/modules"
	for d in joined alone; do
		code "$T/$d" >"$T/code.$d"
	done
	check [ "$(wc -l <"$T/code.alone")" -gt 5000 ]
	diff "$T/code.alone" "$T/code.joined" >"$T/differ" ||
		{ head -n 30 "$T/differ"; fail "$(grep -c '^[<>]' "$T/differ") functions and objects differ"; }
	echo "# the same $(wc -l <"$T/code.joined") functions and objects"
}

tap_begin "$@"
tap_case joins case_joins
tap_case names-clash case_names_clash
tap_case clash-elsewhere case_clash_elsewhere
tap_case clash-without-an-option case_clash_without_an_option
tap_case macros-end case_macros_end
tap_case macros-of-headers case_macros_of_headers
tap_case same-beginning case_same_beginning
tap_case stays-alone case_stays_alone
tap_case some-kernels case_some_kernels
tap_case no-headers case_no_headers
tap_case falls-back case_falls_back
tap_case names-the-file case_names_the_file
tap_case each-alone case_each_alone
tap_case sources-6.1 case_sources 6.1
tap_case sources-6.12 case_sources 6.12
tap_case objects-6.1 case_objects 6.1
tap_case objects-6.12 case_objects 6.12
tap_done
