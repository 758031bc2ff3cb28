#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What another upstream release changes for the import (tools/base-report), found on small
# trees; and for each base that the package ships: which members of the kernel's
# structures does nouveau of that release no longer set, and what makes up for each?

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck disable=SC2154 # tap.sh sets top and T
cd "$top"

drm=drivers/gpu/drm/nouveau

# trees: the releases 9.1 and 9.2 of a small driver, a copy of the tool that has the base
# 9.1, and the headers of a kernel
trees()
{
	for r in 1 2; do
		mkdir -p "$T/$r/$drm" "$T/$r/include/drm" "$T/$r/include/uapi/drm" "$T/$r/kernel"
		printf 'VERSION = 9\nPATCHLEVEL = %s\nSUBLEVEL = 0\nNAME = Test\n' "$r" >"$T/$r/Makefile"
		cat >"$T/$r/include/drm/drm_gpuvm.h" <<-END
			int drm_gpuvm_init(void);
		END
		echo '#define DRM_NOUVEAU_FIRST 1' >"$T/$r/include/uapi/drm/nouveau_drm.h"
		printf 'EXPORT_SYMBOL(known_call);\nEXPORT_SYMBOL_GPL(newer_call);\n' >"$T/$r/kernel/core.c"
		cat >"$T/$r/$drm/main.c" <<-'END'
			#include <linux/known.h>
			struct ours { int gone; };
			static struct ours ours = { .gone = 1 };
			static const struct drm_driver driver = {
				.name = "a.date = in a string", /* .date in a comment */
				.date = DATE,
				.driver_features = DRIVER_FIRST |
					DRIVER_SECOND,
				.ops = { .open = f, .release = f },
			};
			int f(void)
			{
			    struct drm_request r = (struct drm_request) { .size = 1, .flags = 2 };

			    known_call();
			    first_place();
			    second_place();
			    return third_place();
			}
		END
	done
	echo 'int gone;' >"$T/1/$drm/gone.c"
	mkdir -p "$T/tool/tools" "$T/tool/src/nouveau/base/9.1" "$T/tool/src/nouveau/patches" "$T/tool/compat"
	cp -r src/include src/gpuvm "$T/tool/src/"
	find src/nouveau -maxdepth 1 -type f -exec cp {} "$T/tool/src/nouveau/" \;
	cp tools/base-report "$T/tool/tools/"
	cat >"$T/tool/src/nouveau/base/9.1/manifest" <<-END
		watch $drm
		take $drm/main.c
		take $drm/gone.c
		take include/uapi/drm/nouveau_drm.h
	END
	cat >"$T/tool/src/nouveau/patches/places.cocci" <<-'END'
		// Reason: test
		// Files: DRM/main.c
		// Bases: 9.1
		@one@
		@@
		-first_place()
		+our_place(1)
		@two@
		@@
		-second_place()
		+our_place(2)
	END
	cat >"$T/tool/src/nouveau/patches/third.cocci" <<-'END'
		// Reason: test
		// Files: DRM/main.c
		// Bases: 9.1
		@@
		@@
		-third_place()
		+our_place(3)
	END
	cat >"$T/tool/src/nouveau/base/9.1/changes" <<-END
		# Written by a test
		places.cocci $drm/main.c 1:one 1 1
		places.cocci $drm/main.c 2:two 1 1
		third.cocci $drm/main.c 1 1 1
	END
	sed -i "s,DRM,$drm," "$T/tool/src/nouveau/patches"/*.cocci
	mkdir -p "$T/k/include/linux"
	: >"$T/k/include/linux/known.h"
	printf '0x0\tknown_call\tvmlinux\tEXPORT_SYMBOL\t\n' >"$T/k/Module.symvers"
	echo >"$T/k/Makefile"
}

# report TO: of 9.1 and the tree TO
report()
{
	run "$T/tool/tools/base-report" --from 9.1 --from-source "$T/1" --kernels "$T/k" --out "$T/report" "$1"
	status 0
}

case_same()
{
	trees
	report "$T/1"
	got=$(tail -n 1 "$T/out")
	same "$got" "base-report: Linux 9.1.0 after 9.1.0: 0 new files, 0 gone, 0 patches to look at, 0 lacks, 0 lost members; see $T/report"
	for section in files patches needs lost gpuvm uapi; do
		got=$(grep -v 'src/gpuvm lacks' "$T/report/$section" || :)
		same "$got" '' "$section"
	done
}

case_files()
{
	trees
	rm "$T/2/$drm/main.c"
	cp "$T/1/$drm/main.c" "$T/2/$drm/main.c"
	echo 'int more;' >>"$T/2/$drm/main.c"
	echo 'int new;' >"$T/2/$drm/new.c"
	report "$T/2"
	got=$(cat "$T/report/files")
	same "$got" "new $drm/new.c
changed $drm/main.c -0 +1
gone $drm/gone.c"
}

case_patches()
{
	trees
	# One rule finds nothing, one finds two places, and one patch finds nothing.
	sed -i 's/first_place/moved/; s/second_place();/&\n&/; s/third_place/moved/' "$T/2/$drm/main.c"
	report "$T/2"
	got=$(cat "$T/report/patches")
	same "$got" "third.cocci no longer changes $drm/main.c; adapt or drop the patch
places.cocci rule 1:one changes nothing in $drm/main.c
places.cocci rule 2:two changes $drm/main.c: -2 +2, was -1 +1
third.cocci rule 1 changes nothing in $drm/main.c"
	rm "$T/2/$drm/main.c"
	report "$T/2"
	got=$(cat "$T/report/patches")
	same "$got" "places.cocci names $drm/main.c, which is gone
third.cocci names $drm/main.c, which is gone"
}

case_needs()
{
	trees
	sed -i 's/known_call/newer_call/; s,<linux/known.h>,<linux/newer.h>,' "$T/2/$drm/main.c"
	report "$T/2"
	got=$(cat "$T/report/needs")
	same "$got" "$T/k lacks the header linux/newer.h
$T/k lacks the symbol newer_call"
	# A kernel that has both
	: >"$T/k/include/linux/newer.h"
	printf '0x0\tnewer_call\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' >>"$T/k/Module.symvers"
	report "$T/2"
	got=$(cat "$T/report/needs")
	same "$got" ''
}

case_lost()
{
	trees
	sed -i '/\.date = DATE/d; s/DRIVER_SECOND/DRIVER_FIRST/; s/, \.release = f//; s/, \.flags = 2//; s/{ \.gone = 1 }/{ 1 }/' "$T/2/$drm/main.c"
	report "$T/2"
	got=$(cat "$T/report/lost")
	same "$got" 'drm_driver date
drm_driver date=DATE
drm_driver driver_features=DRIVER_SECOND
drm_driver ops.release
drm_request flags'
}

case_interfaces()
{
	trees
	echo 'int drm_gpuvm_of_tomorrow(void);' >>"$T/2/include/drm/drm_gpuvm.h"
	echo '#define DRM_NOUVEAU_SECOND 2' >>"$T/2/include/uapi/drm/nouveau_drm.h"
	report "$T/2"
	got=$(cat "$T/report/gpuvm" "$T/report/uapi")
	same "$got" 'new drm_gpuvm_of_tomorrow
src/gpuvm lacks drm_gpuvm_of_tomorrow
DRM_NOUVEAU_SECOND'
}

case_bad_input()
{
	run tools/base-report
	status 1
	one_line '^base-report: no release named; usage: '
	run tools/base-report --from 1.0 7.3
	status 1
	one_line '^base-report: no base 1.0 in src/nouveau/base; '
	trees
	run "$T/tool/tools/base-report" --from 9.1 --from-source "$T/1" --kernels "$T/k" --out "$T/report" "$T/nowhere"
	status 1
	grep -qx "base-report: $T/nowhere does not exist; .*" "$T/err"
	got=$(ls "$T/report")
	same "$got" ''
}

# accounted BASE: what this base, patched, no longer sets and the first base sets is
# what base/BASE/lost explains
case_accounted()
{
	first=$(src/nouveau/channel release stable)
	for base in "$first" "$1"; do
		check src/nouveau/import --base "$base"
		src/nouveau/initialisers "build/import/$base/upstream" >"$T/$base"
		[ "$(wc -l <"$T/$base")" -gt 3000 ] || fail "too few initialisers in $base"
	done
	src/nouveau/initialisers "build/import/$first" "build/import/$1" >"$T/lost"
	[ -s "$T/lost" ] || fail 'nothing is lost'
	sed 's/#.*//; s/ *$//; /^$/d' "src/nouveau/base/$1/lost" | sort >"$T/explained"
	diff "$T/explained" "$T/lost" || fail "src/nouveau/base/$1/lost explains other members"
}

tap_begin "$@"
tap_case same case_same
tap_case files case_files
tap_case patches case_patches
tap_case needs case_needs
tap_case lost case_lost
tap_case interfaces case_interfaces
tap_case bad-input case_bad_input
tap_case accounted-next case_accounted "$(src/nouveau/channel release next)"
tap_done
