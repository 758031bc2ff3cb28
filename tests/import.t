#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The import of upstream sources, src/nouveau/import: what it makes, and that
# bad input, a full disk or a kill leave nothing half-done behind.

. "$(dirname "$0")/lib/tap.sh"

base=6.12
import=$top/src/nouveau/import

# A selection of the real source, small enough to read a hundred times.  Made
# once per run and kept for the next where the manifest has not changed.
selection()
{
	dir=$top/build/import-test
	file=$dir/select-$(sha256sum <"$top/src/nouveau/base/$base/manifest" | cut -c 1-16).tar.xz
	if [ ! -f "$file" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		"$import" --base $base --select "$file" >/dev/null || return 1
	fi
	echo "$file"
}

# run_import ARGUMENT...: under `run`, with a cache of the case's own
run_import()
{
	run "$import" --base $base --cache "$T/cache" "$@"
}

# tree: that selection as a tree in $T/tree
tree()
{
	mkdir "$T/tree"
	tar -xf "$small" -C "$T/tree" --strip-components=1
}

# new_out: the place for the import, and a copy of the tool, to be changed by the
# case, with the patches that the case gives it and no other
new_out()
{
	mkdir -p "$T/out-dir" "$T/tool/src"
	out=$T/out-dir/import
	cp -r "$top/src/nouveau" "$top/src/gpuvm" "$T/tool/src/"
	rm -f "$T/tool/src/nouveau/patches"/*.cocci
	import=$T/tool/src/nouveau/import
}

# contents DIR: one hash over the names and contents of all below DIR
contents()
{
	(cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
}

# nothing_left: the last run ended with one line and left $T/out-dir empty
nothing_left()
{
	left=$(ls -A "$T/out-dir")
	[ -z "$left" ] || fail "left behind: $left"
}

# --- what it makes -----------------------------------------------------------

case_layout()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	got=$(ls -A "$T/out-dir")
	same "$got" import 'the directory'
	up=$out/upstream
	drm=$up/drivers/gpu/drm
	sed -n 's/^take //p' "$top/src/nouveau/base/$base/manifest" >"$T/taken"
	[ "$(wc -l <"$T/taken")" -gt 1000 ] || fail 'the manifest takes too little'
	while read -r path; do
		[ -s "$up/$path" ] || [ -s "$up/$path.upstream" ] ||
			[ "$(tar -xOf "$small" --wildcards "*/$path" | wc -c)" -eq 0 ] ||
			fail "$path was not imported"
	done <"$T/taken"
	for dir in nouveau ttm scheduler; do
		cmp "$drm/$dir/Kbuild" "$top/src/nouveau/kbuild/$dir.Kbuild"
		has "$drm/$dir/ngv_version.c" 'MODULE_VERSION(NGV_VERSION)'
	done
	has "$up/VERSION" "^version: $base\.[0-9]"
	has "$up/VERSION" '^source-sha256: [0-9a-f]\{64\}$'
	has "$up/VERSION" '^files-sha256: [0-9a-f]\{64\}$'
}

# Against make itself: the three Kbuild files, read as kbuild would.
case_kbuild()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	mkdir "$out/compat"
	echo 'ngv-version-flag := -DNGV_VERSION=1' >"$out/compat/flags.mk"
	cp "$top/compat/join.mk" "$out/compat/"
	for dir in nouveau ttm scheduler; do
		src=$out/upstream/drivers/gpu/drm/$dir
		cat >"$T/mk" <<-'END'
		include $(src)/Kbuild
		single = $(foreach m,$(obj-m:.o=),$(or $($(m)-y),$(m).o))
		all: ; @echo "modules: $(obj-m) $(obj-y)"; printf '%s\n' $(single)
		END
		run make -s -f "$T/mk" "src=$src" "obj=$src" "KBUILD_EXTMOD=$out" \
			CONFIG_DRM_TTM=m CONFIG_DRM_SCHED=m CONFIG_DRM_NOUVEAU=m \
			CONFIG_DRM_TTM_KUNIT_TEST=m CONFIG_AGP=y CONFIG_ACPI=y \
			CONFIG_X86=y CONFIG_DRM_NOUVEAU_SVM=y CONFIG_DEBUG_FS=y all
		status 0
		case $dir in
		nouveau) module=nouveau.o least=600 ;;
		ttm) module=ngv_ttm.o least=13 ;;
		scheduler) module=ngv_sched.o least=4 ;;
		esac
		got=$(head -n 1 "$T/out" | xargs)
		same "$got" "modules: $module" "$dir"
		has "$T/out" '^ngv_version\.o$'
		[ "$(wc -l <"$T/out")" -gt $least ] || fail "$dir lost objects"
		tail -n +2 "$T/out" | while read -r object; do
			[ -f "$src/${object%.o}.c" ] || fail "$dir: no source for $object"
		done
	done
}

case_tree_and_tarball_agree()
{
	new_out
	tree
	run_import --source "$T/tree" --out "$out"
	status 0
	run_import --source "$small" --out "$T/out-dir/other"
	status 0
	got=$(contents "$out/upstream")
	want=$(contents "$T/out-dir/other/upstream")
	same "$got" "$want"
}

case_build_products_in_tree()
{
	new_out
	tree
	drm=$T/tree/drivers/gpu/drm
	touch "$drm/ttm/ttm_bo.o" "$drm/ttm/.ttm_bo.o.cmd" "$drm/ttm/ttm.mod.c" \
		"$drm/ttm/modules.order"
	run_import --source "$T/tree" --out "$out"
	status 0
	[ ! -e "$out/upstream/drivers/gpu/drm/ttm/ttm_bo.o" ] || fail 'took an object'
}

case_select_round_trip()
{
	tree
	run_import --source "$T/tree" --select "$T/again.tar.xz"
	status 0
	cmp "$T/again.tar.xz" "$small"
	[ ! -e "$T/again" ] || fail 'made more than the selection'
	# Nothing but what the manifest takes, the Makefile and its origin.
	tar -tf "$T/again.tar.xz" | sed 's,^[^/]*/,,' | grep -v '/$' | sort >"$T/names"
	{ sed -n 's/^take //p' "$top/src/nouveau/base/$base/manifest"
	  echo KERNEL; echo Makefile; echo SOURCE; } | sort | cmp - "$T/names"
}

case_idempotent()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	before=$(contents "$out")
	inode=$(stat -c %i "$out")
	run_import --source "$small" --out "$out"
	status 0
	has "$T/out" 'up to date'
	got=$(stat -c %i "$out")
	same "$got" "$inode" 'the directory itself'
	got=$(contents "$out")
	same "$got" "$before"
}

case_damage_is_repaired()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	before=$(contents "$out")
	echo '/* stray */' >>"$out/upstream/drivers/gpu/drm/ttm/ttm_bo.c"
	rm "$out/upstream/include/drm/gpu_scheduler.h"
	run_import --source "$small" --out "$out"
	status 0
	got=$(contents "$out")
	same "$got" "$before"
}

# Each thing the result depends on must start a new import when it changes.
case_change_is_noticed()
{
	new_out
	for change in nothing manifest kbuild/ttm.Kbuild version.c patch; do
		case $change in
		nothing) ;;
		manifest) echo '# more' >>"$T/tool/src/nouveau/base/$base/manifest" ;;
		patch) good_patch ;;
		*) echo >>"$T/tool/src/nouveau/$change" ;;
		esac
		run_import --source "$small" --out "$out"
		status 0
		has "$T/out" 'holds Linux' || fail "$change was not noticed"
		run_import --source "$small" --out "$out"
		status 0
		has "$T/out" 'up to date'
	done
}

# Files of the directory it is started in are none of its business.
case_any_directory()
{
	new_out
	mkdir -p "$T/here/x/include/drm" "$T/here/x/drivers/gpu/drm/nouveau"
	touch "$T/here/x/include/drm/spsc_queue.h" "$T/here/x/Makefile"
	cd "$T/here"
	run_import --source "$small" --out ../out-dir/import
	status 0
	[ -s "$out/upstream/include/drm/spsc_queue.h" ] || fail 'nothing imported'
}

case_offline()
{
	new_out
	unshare -rn true 2>/dev/null || skip 'no network namespaces here'
	run unshare -rn "$import" --base $base --cache "$T/cache" \
		--source "$small" --out "$out"
	status 0
	has "$T/out" 'holds Linux'
}

# The default source and the real patches, in full: what `make import` does.
case_default_source()
{
	new_out
	import=$top/src/nouveau/import
	run_import --out "$out"
	status 0
	has "$out/upstream/VERSION" "^package: linux-source-$base $base\."
}

# fake_apt STATUS: an archive with one newer package, which holds the selection
# and which it gives out if STATUS is 0
fake_apt()
{
	mkdir -p "$T/bin" "$T/deb/DEBIAN" "$T/deb/usr/src"
	cp "$small" "$T/deb/usr/src/linux-source-$base.tar.xz"
	printf '%s\n' "Package: linux-source-$base" "Version: $base.999-1" \
		'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \
		'Description: test' >"$T/deb/DEBIAN/control"
	dpkg-deb -Zxz -b "$T/deb" "$T/new.deb" >/dev/null
	cat >"$T/bin/apt-cache" <<-END
	#!/bin/sh
	echo '  Candidate: $base.999-1'
	END
	cat >"$T/bin/apt-get" <<-END
	#!/bin/sh
	[ $1 -eq 0 ] || { echo 'W: noise' >&2; echo 'E: Failed to fetch it' >&2; exit $1; }
	cp "$T/new.deb" .
	END
	chmod +x "$T/bin/apt-cache" "$T/bin/apt-get"
}

# A newer package than the installed one is fetched, and fetched once.
case_download()
{
	new_out
	fake_apt 0
	for round in 1 2; do
		run env PATH="$T/bin:$PATH" "$import" --base $base --cache "$T/cache" \
			--out "$out"
		status 0
		rm -f "$T/new.deb"
	done
	got=$(ls "$T/cache" | grep -v '^candidate\|^sha256\|^selected')
	same "$got" \
		"linux-source-${base}_$base.999-1.tar.xz" 'the cache'
}

case_download_fails()
{
	new_out
	fake_apt 100
	run env PATH="$T/bin:$PATH" "$import" --base $base --cache "$T/cache" \
		--out "$out"
	status fail
	got=$(tail -n 1 "$T/err")
	same "$got" "linux-source: cannot download linux-source-$base $base.999-1: Failed to fetch it; give a tarball with --source"
	got=$(ls "$T/cache")
	same "$got" "candidate-$base" 'the cache'
	nothing_left
}

# The archive has moved since apt's lists were fetched: they are fetched anew.
case_download_moved()
{
	new_out
	fake_apt 0
	cat >"$T/bin/apt-cache" <<-END
	#!/bin/sh
	[ -e "$T/updated" ] && echo '  Candidate: $base.999-1' || echo '  Candidate: $base.998-1'
	END
	cat >"$T/bin/apt-get" <<-END
	#!/bin/sh
	case "\$*" in
	*update*) : >"$T/updated" ;;
	*$base.999-1*) cp "$T/new.deb" . ;;
	*) echo 'E: 404  Not Found' >&2; exit 100 ;;
	esac
	END
	run env PATH="$T/bin:$PATH" "$import" --base $base --cache "$T/cache" --out "$out"
	status 0
	[ -e "$T/cache/linux-source-${base}_$base.999-1.tar.xz" ]
}

# No archive at all: what was downloaded before serves, and the user is told.
case_download_kept()
{
	new_out
	fake_apt 100
	mkdir "$T/cache"
	cp "$small" "$T/cache/linux-source-${base}_$base.7-1.tar.xz"
	run env PATH="$T/bin:$PATH" "$import" --base $base --cache "$T/cache" --out "$out"
	status 0
	has "$T/err" "^linux-source: cannot download linux-source-$base $base.999-1; taking $base.7-1, which was downloaded before\$"
}

# --- the rename header -------------------------------------------------------

# Found another way than the tool's: by the preprocessor, which has to see every
# exported name with its prefix, and the same names without the header.
case_rename_complete()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	header=$out/upstream/include/ngv-rename.h
	find "$out/upstream" "$T/tool/src/gpuvm" -name '*.c' -exec cat {} + |
		tr -d ' \t\n' | grep -o 'EXPORT_SYMBOL[A-Z_]*([a-z0-9_]*' |
		sed 's/.*(//' | sort -u >"$T/exported"
	[ "$(wc -l <"$T/exported")" -gt 90 ] || fail 'too few exports found'
	cpp -P -include "$header" "$T/exported" >"$T/renamed"
	sed '/^ngv_/!s/^/ngv_/' "$T/exported" | cmp - "$T/renamed"
	# And nothing else is renamed.
	got=$(grep -c '^#define' "$header")
	same "$got" \
		"$(grep -vc '^ngv_' "$T/exported")" 'number of names'
}

case_rename_header()
{
	mkdir "$T/a" "$T/b"
	tool=$top/src/nouveau/rename-header
	cat >"$T/a/x.c" <<-'END'
	EXPORT_SYMBOL(one);
	EXPORT_SYMBOL_GPL( two );
	EXPORT_SYMBOL_FOR_TESTS_ONLY(three);
	EXPORT_SYMBOL(ngv_four);
	/* EXPORT_SYMBOL(five) in a sentence */
	END
	echo 'EXPORT_SYMBOL_NS_GPL(six, SPACE);' >"$T/b/y.c"
	run "$tool" "$T/h" "$T/a" "$T/b"
	status 0
	got=$(sed -n 's/^#define //p' "$T/h" | tr '\n' ';')
	same "$got" \
		'one ngv_one;six ngv_six;three ngv_three;two ngv_two;'
	touch -d 2020-01-01 "$T/h"
	run "$tool" "$T/h" "$T/a" "$T/b"
	status 0
	got=$(stat -c %Y "$T/h")
	want=$(date -d 2020-01-01 +%s)
	same "$got" "$want" 'time of an unchanged header'
	echo "EXPORT_SYMBOL($(printf '%052d' 0 | tr 0 a));" >"$T/b/y.c"
	run "$tool" "$T/h" "$T/a" "$T/b"
	status fail
	one_line 'too long for modversions'
	echo "EXPORT_SYMBOL($(printf '%051d' 0 | tr 0 a));" >"$T/b/y.c"
	run "$tool" "$T/h" "$T/a" "$T/b"
	status 0
	run "$tool" "$T/none/h" "$T/a"
	status fail
	one_line 'cannot write'
}

# --- patches -----------------------------------------------------------------

scheduler=drivers/gpu/drm/scheduler

# good_patch: one for three files, in two of which a second one works as well
good_patch()
{
	cat >"$T/tool/src/nouveau/patches/good.cocci" <<-END
	// SPDX-License-Identifier: GPL-2.0 OR MIT
	// Reason: a test of the tool
	// Files: $scheduler/sched_main.c
	//	$scheduler/sched_entity.c $scheduler/sched_fence.c
	// Bases: 6.6 $base
	@@ @@
	- smp_wmb();
	@@ @@
	- kfree
	+ first_free
	  (...)
	@@ expression e; @@
	- container_of(e,
	+ first_container(e,
	  ...)
	@@ expression list es; @@
	- kmem_cache_free(es)
	+ first_free(es)
	END
}

# The list of firmware: plain names, and both bases' macros around them; nothing of Tegra's.
# (tests/install.t compares the list with a module.)
case_firmware()
{
	mkdir -p "$T/tree/gsp"
	cat >"$T/tree/gr.c" <<'END'
#include "priv.h"
MODULE_FIRMWARE("nvidia/gp104/gr/fecs_bl.bin");
static const char *MODULE_FIRMWARE_not = "nvidia/no/such.bin";
#if IS_ENABLED(CONFIG_ARCH_TEGRA_210_SOC)
#ifdef SOMETHING
MODULE_FIRMWARE("nvidia/gm20b/acr/bl.bin");
#endif
MODULE_FIRMWARE("nvidia/gm20b/gr/fecs_bl.bin");
#endif
MODULE_FIRMWARE("nvidia/gp102/gr/fecs_bl.bin");
END
	cat >"$T/tree/gsp/priv.h" <<'END'
#define NVKM_ONE(chip, vers) \
	MODULE_FIRMWARE("nvidia/"#chip"/gsp/booter-"#vers".bin"); \
	MODULE_FIRMWARE("nvidia/"#chip"/gsp/gsp-"#vers".bin")
END
	cat >"$T/tree/gsp/tu102.c" <<'END'
NVKM_ONE(tu102, 535.113.01);
NVKM_ONE(tu102, 570.144);
OTHER_MACRO(tu102);
END
	run "$top/src/nouveau/firmware" "$T/tree"
	status 0
	cat >"$T/want" <<'END'
nvidia/gp102/gr/fecs_bl.bin
nvidia/gp104/gr/fecs_bl.bin
nvidia/tu102/gsp/booter-535.113.01.bin
nvidia/tu102/gsp/booter-570.144.bin
nvidia/tu102/gsp/gsp-535.113.01.bin
nvidia/tu102/gsp/gsp-570.144.bin
END
	check diff "$T/want" "$T/out"
	rm "$T/tree/gr.c" "$T/tree/gsp/tu102.c"
	run "$top/src/nouveau/firmware" "$T/tree"
	status 1
	one_line '^firmware: .* asks for no firmware$'
	run "$top/src/nouveau/firmware" "$T/none"
	status 2
	one_line '^firmware: usage: firmware DIR$'
}

case_patch()
{
	new_out
	good_patch
	cat >"$T/tool/src/nouveau/patches/later.cocci" <<-END
	// SPDX-License-Identifier: GPL-2.0 OR MIT
	// Reason: builds on the one before
	// Files: $scheduler/sched_main.c
	// Bases: $base
	@@ @@
	- first_free
	+ second_free
	  (...)
	END
	run_import --source "$small" --out "$out"
	status 0
	at=$out/upstream/$scheduler
	has "$at/sched_fence.c" "first_free\|first_container"
	has "$at/sched_entity.c" "first_free\|first_container"
	has "$at/sched_main.c" second_free
	! grep -q first_free "$at/sched_main.c" || fail 'order of patches'
	left=$(find "$out" -name '*.before' -o -name '*.orig')
	same "$left" '' 'what the patches left'
}

# A text beside a patch arrives as it is, where spatch would form it anew; a change of
# the text is noticed; a name without a text is refused.
case_patch_text()
{
	new_out
	cat >"$T/tool/src/nouveau/patches/odd.cocci" <<-END
	// SPDX-License-Identifier: GPL-2.0 OR MIT
	// Reason: a test of the tool
	// Files: $scheduler/sched_fence.c
	// Bases: $base
	@@ @@
	+static int ngv_text_odd_form;
	+
	 drm_sched_fence_scheduled(...)
	 {
	 	...
	 }
	END
	cat >"$T/tool/src/nouveau/patches/odd.c" <<-'END'
	// SPDX-License-Identifier: GPL-2.0 OR MIT
	// What odd.cocci adds

	// Text: other

	#error this is not asked for

	// Text: odd_form

	/* Two   blanks */
	static   int
	odd(  int a,
	      int b  )

	{ return a; }

	END
	run_import --source "$small" --out "$out"
	status 0
	sed -n '/Two/,/return/p' "$out/upstream/$scheduler/sched_fence.c" >"$T/got"
	cat >"$T/wanted" <<-'END'
	/* Two   blanks */
	static   int
	odd(  int a,
	      int b  )

	{ return a; }
	END
	check cmp "$T/got" "$T/wanted"
	lacks "$out/upstream/$scheduler/sched_fence.c" 'ngv_text\|not asked'
	sed -i 's/return a/return b/' "$T/tool/src/nouveau/patches/odd.c"
	run_import --source "$small" --out "$out"
	status 0
	has "$out/upstream/$scheduler/sched_fence.c" 'return b'
	sed -i 's/Text: odd_form/Text: another/' "$T/tool/src/nouveau/patches/odd.c"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'odd.cocci: cannot add a text .*no text of the name odd_form; correct odd.c'
}

case_patch_of_other_base()
{
	new_out
	good_patch
	sed -i "s/ $base\$/ 9.99/" "$T/tool/src/nouveau/patches/good.cocci"
	run_import --source "$small" --out "$out"
	status 0
	! grep -rq first_free "$out/upstream/$scheduler" || fail 'was applied'
}

# It still matches two of its three files: that is not enough.
case_patch_no_longer_matches()
{
	new_out
	good_patch
	tree
	sed -i 's/kfree\|container_of\|kmem_cache_free/other/' \
		"$T/tree/$scheduler/sched_fence.c"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line "good.cocci (a test of the tool) no longer changes $scheduler/sched_fence.c"
	nothing_left
}

# A patch of two rules, of which one may be lost: the other one still changes the file.
two_rules()
{
	cat >"$T/tool/src/nouveau/patches/two.cocci" <<-END
	// SPDX-License-Identifier: GPL-2.0 OR MIT
	// Reason: a test of the tool
	// Files: $scheduler/sched_fence.c
	// Bases: $base
	@@ @@
	- container_of
	+ first_container
	  (...)
	@fences@
	expression list es;
	@@
	- kmem_cache_free(es)
	+ second_free(es)
	END
}

case_rule_no_longer_matches()
{
	new_out
	two_rules
	run_import --source "$small" --out "$out" --record
	status 0
	has "$T/tool/src/nouveau/base/$base/changes" "^two.cocci $scheduler/sched_fence.c 2:fences [1-9] [1-9]\$"
	rm -rf "$out"
	tree
	sed -i 's/kmem_cache_free/other/' "$T/tree/$scheduler/sched_fence.c"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line "rule 2, fences of two.cocci no longer changes $scheduler/sched_fence.c"
	nothing_left
	# Without the record, nobody notices.
	rm "$T/tool/src/nouveau/base/$base/changes"
	run_import --source "$T/tree" --out "$out"
	status 0
}

# Each patch has a line for each of its files and bases, and no line is left of others.
case_changes_recorded()
{
	cd "$top/src/nouveau"
	for patch in patches/*.cocci; do
		for b in $(sed -n 's,^// Bases:,,p' "$patch"); do
			for file in $(sed -n 's,^// Files:,,p' "$patch"); do
				echo "$b ${patch##*/} $file"
			done
		done
	done | sort -u >"$T/wanted"
	for b in base/*; do
		sed -n "/^#/!s,^\([^ ]* [^ ]*\) .*,${b##*/} \1,p" "$b/changes"
	done | sort -u >"$T/recorded"
	check diff -u "$T/wanted" "$T/recorded"
}

# A channel's name is as good as its release, and the first channel is the default.
case_channels()
{
	run "$top/src/nouveau/channel" release stable
	status 0
	got=$(cat "$T/out")
	same "$got" "$base" 'the first'
	for channel in $("$top/src/nouveau/channel" list); do
		run "$top/src/nouveau/channel" release "$channel"
		status 0
		release=$(cat "$T/out")
		[ -f "$top/src/nouveau/base/$release/manifest" ] || fail "$channel has no base"
		run "$top/src/nouveau/channel" name "$release"
		status 0
		got=$(cat "$T/out")
		same "$got" "$channel" "the channel of $release"
	done
	run env BASE= "$top/src/nouveau/channel" release
	status 0
	got=$(cat "$T/out")
	same "$got" "$base" 'the default'
	run env BASE=next "$top/src/nouveau/channel" suffix
	status 0
	got=$(cat "$T/out")
	same "$got" -next 'the suffix'
	run "$import" --base 9.99 --out "$T/out-dir"
	status fail
	one_line 'no base 9.99; there is: stable (6.12), next (7.3)$'
}

# The archive has dropped the source of a channel.
case_source_gone()
{
	new_out
	mkdir "$T/bin"
	printf '#!/bin/sh\n' >"$T/bin/apt-cache"
	chmod +x "$T/bin/apt-cache"
	run env PATH="$T/bin:$PATH" "$import" --base next --cache "$T/cache" --out "$out"
	status fail
	one_line 'apt finds no package linux-source-7.3, nor does trixie-backports; give a tarball of Linux 7.3 in KERNEL_SOURCE (--source), or use BASE=stable$'
	nothing_left
	# What was downloaded before serves.
	mkdir -p "$T/cache"
	echo nothing >"$T/cache/linux-source-7.3_7.3.9-1.tar.xz"
	run env PATH="$T/bin:$PATH" "$import" --base next --cache "$T/cache" --out "$out"
	status fail
	has "$T/err" 'has no linux-source-7.3 any more; taking 7.3.9-1, which was downloaded before$'
	# The other channel works.
	run env PATH="$T/bin:$PATH" "$import" --base stable --cache "$T/cache" --source "$small" --out "$out"
	status 0
}

case_patch_that_spatch_refuses()
{
	new_out
	good_patch
	sed -i '/^\/\/	/d' "$T/tool/src/nouveau/patches/good.cocci"
	printf '@@ @@\n- (\n' >>"$T/tool/src/nouveau/patches/good.cocci"
	run_import --source "$small" --out "$out"
	status fail
	one_line "good.cocci (a test of the tool) fails on $scheduler/sched_main.c"
	nothing_left
}

# case_patch_without FIELD
case_patch_without()
{
	new_out
	good_patch
	sed -i "s,^// $1:.*,// nothing," "$T/tool/src/nouveau/patches/good.cocci"
	[ "$1" != Files ] || sed -i '/^\/\/	/d' "$T/tool/src/nouveau/patches/good.cocci"
	run_import --source "$small" --out "$out"
	status fail
	one_line "good.cocci has no '// $1:' line"
	nothing_left
}

case_patch_for_unknown_file()
{
	new_out
	good_patch
	sed -i 's,sched_fence,sched_fancy,' "$T/tool/src/nouveau/patches/good.cocci"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'good.cocci names .*sched_fancy.c, which the import does not take'
	nothing_left
}

case_no_spatch()
{
	new_out
	good_patch
	mkdir "$T/bin"
	for dir in /usr/bin /bin; do
		ln -sf "$dir"/* "$T/bin/" 2>/dev/null || :
	done
	rm -f "$T/bin/spatch" "$T/bin/spatch.opt"
	run env PATH="$T/bin" "$import" --base $base --cache "$T/cache" \
		--source "$small" --out "$out"
	status fail
	one_line 'spatch is missing; install'
	nothing_left
}

# --- bad sources -------------------------------------------------------------

# case_truncated SUFFIX: at several lengths, in several packings
case_truncated()
{
	new_out
	case $1 in
	xz) cp "$small" "$T/whole" ;;
	gz) xz -dc "$small" | gzip >"$T/whole" ;;
	tar) xz -dc "$small" >"$T/whole" ;;
	esac
	run_import --source "$T/whole" --out "$out"
	status 0
	rm -rf "$out"
	size=$(stat -c %s "$T/whole")
	for percent in 5 50 99; do
		head -c $((size * percent / 100)) "$T/whole" >"$T/part"
		run_import --source "$T/part" --out "$out"
		status fail
		one_line 'is truncated or damaged'
		nothing_left
	done
}

case_not_a_tarball()
{
	new_out
	for bytes in 0 100000; do
		seq 100000 | head -c $bytes >"$T/noise"
		run_import --source "$T/noise" --out "$out"
		status fail
		one_line 'truncated or damaged\|holds no kernel Makefile'
		nothing_left
	done
	run_import --source "$T/nowhere" --out "$out"
	status fail
	one_line 'nowhere does not exist'
	mkdir "$T/empty"
	run_import --source "$T/empty" --out "$out"
	status fail
	one_line 'has no Makefile'
	nothing_left
}

case_wrong_base()
{
	new_out
	tree
	sed -i 's/^PATCHLEVEL = .*/PATCHLEVEL = 1/' "$T/tree/Makefile"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line "is Linux 6\.1\.[0-9]*, not $base;"
	nothing_left
	run_import --base 2.4 --source "$T/tree" --out "$out"
	status fail
	one_line "no base 2.4; there is: .*$base"
}

case_file_added()
{
	new_out
	tree
	touch "$T/tree/include/drm/ttm/ttm_fresh.h"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line 'upstream added include/drm/ttm/ttm_fresh.h: decide take or ignore in .*manifest'
	touch "$T/tree/drivers/gpu/drm/nouveau/nvkm/core/fresh.c"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line 'upstream added .*nvkm/core/fresh.c and 1 more: decide'
	nothing_left
	# What is ignored may come and go: a file, a directory of them.
	rm "$T/tree/drivers/gpu/drm/nouveau/nvkm/core/fresh.c" \
		"$T/tree/include/drm/ttm/ttm_fresh.h"
	touch "$T/tree/drivers/gpu/drm/nouveau/Kconfig"
	mkdir "$T/tree/drivers/gpu/drm/ttm/tests"
	touch "$T/tree/drivers/gpu/drm/ttm/tests/any.c"
	run_import --source "$T/tree" --out "$out"
	status 0
	[ ! -e "$out/upstream/drivers/gpu/drm/ttm/tests" ] || fail 'took what is ignored'
}

case_file_missing()
{
	new_out
	tree
	rm "$T/tree/include/drm/spsc_queue.h"
	run_import --source "$T/tree" --out "$out"
	status fail
	one_line 'has no include/drm/spsc_queue.h, which the manifest takes'
	nothing_left
}

case_manifest_errors()
{
	new_out
	manifest=$T/tool/src/nouveau/base/$base/manifest
	cp "$manifest" "$T/good"
	echo 'ignore drivers/gpu/drm/nouveau/x.c' >>"$manifest"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'ignore drivers/gpu/drm/nouveau/x.c gives no reason'
	{ cat "$T/good"; echo 'tkae something'; } >"$manifest"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'cannot read "tkae something"'
	{ cat "$T/good"; echo 'trace include/drm/spsc_queue.h'; } >"$manifest"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'sets no TRACE_INCLUDE_PATH'
	sed 's/ ttm.Kbuild/ nothing.Kbuild/' "$T/good" >"$manifest"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'names nothing.Kbuild'
	nothing_left
}

case_arguments()
{
	run_import --sauce x
	status fail
	one_line 'unknown argument --sauce'
	run_import --source
	status fail
	one_line '--source needs a value'
}

# --- bad places --------------------------------------------------------------

case_foreign_out()
{
	new_out
	mkdir "$out"
	echo precious >"$out/file"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'exists and is no import'
	got=$(cat "$out/file")
	same "$got" precious
}

# as_root: skip where the case cannot mount
as_root()
{
	[ "$(id -u)" -eq 0 ] || skip 'mounting needs root'
}

case_read_only()
{
	as_root
	new_out
	# Root writes where modes say no: a read-only mount stops it, too.
	mount --bind "$T/out-dir" "$T/out-dir" || skip 'no mounts here'
	later 'umount "$T/out-dir"'
	mount -o remount,ro,bind "$T/out-dir" "$T/out-dir"
	run_import --source "$small" --out "$out"
	status fail
	one_line "cannot write below .*Read-only file system"
	run_import --source "$small" --out "$out/deeper/still"
	status fail
	one_line "cannot create .*Read-only file system"
	run_import --source "$small" --select "$out.tar.xz"
	status fail
	one_line "Read-only file system"
	nothing_left
}

case_no_permission()
{
	as_root
	new_out
	cp "$small" "$T/small.tar.xz"
	chmod -R a+rX "$T" "$T/.." 2>/dev/null || :
	run setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$import" --base $base --cache "$T/out-dir/cache" \
		--source "$T/small.tar.xz" --out "$out"
	status fail
	one_line "cannot write below .*Permission denied"
	nothing_left
}

# Full from the first byte on, and at sizes that fill up in each later step.
case_disk_full()
{
	as_root
	new_out
	good_patch
	mount -t tmpfs -o size=64m none "$T/out-dir" || skip 'no mounts here'
	later 'umount "$T/out-dir"'
	run_import --source "$small" --out "$out"
	status 0
	rm -rf "$out"
	failures=0
	for size in 4k 64k 1m 4m 7m 9m 10m 11m 12m; do
		mount -o "remount,size=$size" "$T/out-dir"
		run_import --source "$small" --out "$out"
		status any
		if [ $rc -ne 0 ]; then
			failures=$((failures + 1))
			one_line 'cannot write\|cannot copy\|fails on'
			nothing_left
		fi
		rm -rf "$out"
	done
	[ $failures -ge 4 ] || fail "the disk was full only $failures times"
	# An older import survives the failure of a newer one.
	mount -o remount,size=64m "$T/out-dir"
	run_import --source "$small" --out "$out"
	status 0
	before=$(contents "$out")
	used=$(du -sk "$T/out-dir" | cut -f 1)
	mount -o "remount,size=$((used + 2048))k" "$T/out-dir"
	echo >>"$T/tool/src/nouveau/version.c"
	run_import --source "$small" --out "$out"
	status fail
	one_line 'cannot write'
	got=$(contents "$out")
	same "$got" "$before" 'the older import'
	got=$(ls -A "$T/out-dir")
	same "$got" import
}

# --- interrupted -------------------------------------------------------------

SEED=${SEED:-$(date +%s)}

# random NUMBER LIMIT: 0 .. LIMIT - 1, the same for the same SEED
random()
{
	awk -v seed=$((SEED + $1)) -v limit="$2" 'BEGIN { srand(seed); rand(); print int(rand() * limit) }'
}

# case_interrupted SIGNAL: at random moments (SEED) of an import that replaces an
# older one; after each the next import must give the same as one left in peace.
case_interrupted()
{
	new_out
	good_patch
	start=$(date +%s%N)
	run_import --source "$small" --out "$T/peace"
	whole=$((($(date +%s%N) - start) / 1000000))
	status 0
	clean=$(contents "$T/peace/upstream")
	stopped=0
	echo "SEED=$SEED"
	for round in 1 2 3 4 5 6; do
		# Every other time over an older import, which is out of date.
		if [ $((round % 2)) -eq 0 ] && [ -d "$out" ]; then
			sed -i '1s/^/old/' "$out/.stamp"
		else
			rm -rf "$out"
		fi
		delay=$(random $round "$whole")
		"$import" --base $base --cache "$T/cache" --source "$small" \
			--out "$out" >"$T/log" 2>&1 &
		pid=$!
		sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
		kill -"$1" $pid 2>/dev/null || :
		rc=0
		wait $pid || rc=$?
		[ $rc -eq 0 ] || stopped=$((stopped + 1))
		echo "round $round: $1 after $delay of $whole ms, status $rc"
		if [ "$1" = TERM ]; then
			left=$(ls -A "$T/out-dir")
			case $left in
			'' | import) ;;
			*) fail "left behind: $left" ;;
			esac
		fi
		if [ -e "$out" ]; then
			got=$(contents "$out/upstream")
			same "$got" "$clean" 'what stands there'
		fi
		run_import --source "$small" --out "$out"
		status 0
		got=$(contents "$out/upstream")
		same "$got" "$clean" 'the next import'
		got=$(ls -A "$T/out-dir")
		same "$got" import 'the directory'
	done
	[ $stopped -ge 2 ] || fail "only $stopped of 6 were stopped"
}

# Killed between the two renames: the older import comes back or a new one does.
case_killed_between_renames()
{
	new_out
	run_import --source "$small" --out "$out"
	status 0
	clean=$(contents "$out")
	mv "$out" "$out.old"
	mkdir "$out.new.123"
	echo half >"$out.new.123/file"
	run_import --source "$small" --out "$out"
	status 0
	got=$(contents "$out")
	same "$got" "$clean"
	got=$(ls -A "$T/out-dir")
	same "$got" import 'the directory'
}

case_two_at_once()
{
	new_out
	"$import" --base $base --cache "$T/cache" --source "$small" --out "$out" \
		>"$T/log" 2>&1 &
	pid=$!
	run_import --source "$small" --out "$out"
	status 0
	wait $pid
	cat "$T/log" "$T/out" >"$T/both"
	got=$(grep -c 'holds Linux' "$T/both")
	same "$got" 1 'imports made'
	got=$(grep -c 'up to date' "$T/both")
	same "$got" 1 'imports found made'
	got=$(ls -A "$T/out-dir")
	same "$got" import 'the directory'
}

tap_begin "$@"
[ -n "$tap_list" ] || small=$(selection) || exit 2
tap_case layout case_layout
tap_case kbuild case_kbuild
tap_case tree-and-tarball-agree case_tree_and_tarball_agree
tap_case build-products-in-tree case_build_products_in_tree
tap_case select-round-trip case_select_round_trip
tap_case idempotent case_idempotent
tap_case damage-is-repaired case_damage_is_repaired
tap_case change-is-noticed case_change_is_noticed
tap_case any-directory case_any_directory
tap_case offline case_offline
tap_case default-source case_default_source
tap_case download case_download
tap_case download-fails case_download_fails
tap_case download-moved case_download_moved
tap_case download-kept case_download_kept
tap_case rename-complete case_rename_complete
tap_case rename-header case_rename_header
tap_case firmware case_firmware
tap_case patch case_patch
tap_case patch-text case_patch_text
tap_case patch-of-other-base case_patch_of_other_base
tap_case patch-no-longer-matches case_patch_no_longer_matches
tap_case rule-no-longer-matches case_rule_no_longer_matches
tap_case changes-recorded case_changes_recorded
tap_case channels case_channels
tap_case source-gone case_source_gone
tap_case patch-that-spatch-refuses case_patch_that_spatch_refuses
tap_case patch-without-reason case_patch_without Reason
tap_case patch-without-files case_patch_without Files
tap_case patch-without-bases case_patch_without Bases
tap_case patch-for-unknown-file case_patch_for_unknown_file
tap_case no-spatch case_no_spatch
tap_case truncated-xz case_truncated xz
tap_case truncated-gz case_truncated gz
tap_case truncated-tar case_truncated tar
tap_case not-a-tarball case_not_a_tarball
tap_case wrong-base case_wrong_base
tap_case file-added case_file_added
tap_case file-missing case_file_missing
tap_case manifest-errors case_manifest_errors
tap_case arguments case_arguments
tap_case foreign-out case_foreign_out
tap_case read-only case_read_only
tap_case no-permission case_no_permission
tap_case disk-full case_disk_full
tap_case interrupted-by-term case_interrupted TERM
tap_case interrupted-by-kill case_interrupted KILL
tap_case killed-between-renames case_killed_between_renames
tap_case two-at-once case_two_at_once
tap_done
