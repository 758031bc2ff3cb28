#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Can the patches that `make upstream` writes be sent?  They pass checkpatch, git applies
# them to the plain source of the release, and the result is the text that the import
# makes of these files, which every test of the modules compiles.  A fault without a
# message, and a patch that no longer fits, are refused.
#
# The cases next-* are about the release of the channel next, which the archive may drop.

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

patches=$top/src/nouveau/patches
author='A Person'
address=person@example.org

# field PATCH NAME: the words of its "// NAME:" line
field()
{
	sed -n "s,^// $2:[[:blank:]]*,,p" "$1"
}

# patches_of RELEASE: all patches of this base, in the import's order
patches_of()
{
	for patch in "$patches"/*.cocci; do
		case " $(field "$patch" Bases) " in *" $1 "*) echo "$patch" ;; esac
	done
}

faults_of()
{
	patches_of "$1" | grep '/fault-'
}

# series CHANNEL: makes the series once for all cases; sets $release, $plain (the source),
# and $made (the patches)
series()
{
	release=$(src/nouveau/channel release "$1")
	plain=$tap_dir/plain.$release
	made=$tap_dir/made/$release
	[ ! -d "$made" ] || return 0
	"$top/src/nouveau/import" --base "$release" --select "$plain.tar.xz" ||
		fail "no source of $release"
	mkdir "$plain"
	tar -xJf "$plain.tar.xz" -C "$plain" --strip-components=1
	tools/upstream --base "$release" --source "$plain.tar.xz" \
		--name "$author" --email "$address" --out "$tap_dir/made"
	[ -d "$made" ] || fail "no patches in $made"
}

# git_in DIR ARGUMENT...: git with nothing of the user's settings
git_in()
{
	HOME=$T GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
		git -C "$@"
}

# repository DIR: the plain files that the faults' patches name, as a repository
repository()
{
	mkdir "$1"
	for patch in $(faults_of "$release"); do
		for file in $(field "$patch" Files); do
			mkdir -p "$1/${file%/*}"
			cp "$plain/$file" "$1/$file"
		done
	done
	git_in "$1" init -q
	git_in "$1" config user.name Maintainer
	git_in "$1" config user.email maintainer@example.org
	git_in "$1" add -A
	git_in "$1" commit -q -m "Linux $release"
}

# Each fault has a message, which says how to reproduce the fault with a test that exists.
case_messages()
{
	for patch in "$patches"/fault-*.cocci; do
		text=${patch%.cocci}.msg
		check [ -f "$text" ]
		has "$text" '^To reproduce'
		has "$text" '^  vmbind-test \|model-load\|^  lab/vm/run '
		for word in $(sed -n 's/^  vmbind-test //p' "$text"); do
			case $word in --*) continue ;; esac
			grep -q "{ \"$word\"" programs/vmbind-test/t-*.c || fail "$text: no test $word"
		done
		for word in $(sed -n 's/.*--test //p' "$text"); do
			check [ -e "$word" ]
		done
		topic=${patch##*/}
		has docs/faults.md "\`${topic%.cocci}\`"
	done
}

# One patch for each fault of the base, signed off by its author
case_complete()
{
	series "$1"
	expected=$(faults_of "$release" | wc -l)
	check [ "$expected" -ge 10 ]
	got=$(find "$made" -name '[0-9][0-9][0-9][0-9]-*.patch' | wc -l)
	same "$got" "$expected" patches
	for patch in "$made"/*.patch; do
		has "$patch" "^From: $author <$address>\$"
		has "$patch" "^Signed-off-by: $author <$address>\$"
		has "$patch" '^Subject: \[PATCH\] \(drm/\)\{0,1\}nouveau[a-z/]*: '
		lacks "$patch" 'SPDX-License-Identifier'
	done
	# Each subject is of another fault.
	got=$(sed -n 's/^Subject: //p' "$made"/*.patch | sort -u | wc -l)
	same "$got" "$expected" subjects
}

case_checkpatch()
{
	series "$1"
	cd "$T"
	# A control, to see that it looks
	first=$(find "$made" -name '0001-*')
	sed 's/^+\t\(.*\)$/+        \1/; /^Signed-off-by/d' "$first" >control.patch
	"$top/tools/checkpatch" --no-tree --strict --terse --show-types --no-summary \
		control.patch "$made"/*.patch >log || :
	has log '^control\.patch:.*:CODE_INDENT:'
	has log '^control\.patch:.*:MISSING_SIGN_OFF:'
	# There is no history here that has the commit of a Fixes: line.  Where the commit is
	# not known, there is no such line.
	sed -i '/^control\.patch:/d; /:UNKNOWN_COMMIT_ID:/d; /:MISSING_FIXES_TAG:/d' log
	cat log
	check [ ! -s log ]
}

# The series gives the text of the import.  Other patches of the import change some of the
# same files, so both sides get them: the import's in its order, the series' afterwards.
case_applies()
{
	series "$1"
	repository "$T/tree"
	run git_in "$T/tree" am -q "$made"/*.patch
	status 0
	got=$(git_in "$T/tree" log --format=%an | grep -cxF "$author")
	expected=$(faults_of "$release" | wc -l)
	same "$got" "$expected" commits
	mkdir "$T/import"
	files=$(git_in "$T/tree" ls-files)
	for file in $files; do
		mkdir -p "$T/import/${file%/*}"
		cp "$plain/$file" "$T/import/$file"
		all=
		others=
		for patch in $(patches_of "$release"); do
			case " $(field "$patch" Files) " in *" $file "*) ;; *) continue ;; esac
			all="$all $patch"
			case $patch in */fault-*) ;; *) others="$others $patch" ;; esac
		done
		# shellcheck disable=SC2086 # names of our tree
		src/nouveau/patch-file "$T/import" "$file" "$T/counts" $all
		# shellcheck disable=SC2086
		[ -z "$others" ] || src/nouveau/patch-file "$T/tree" "$file" "$T/counts" $others
		! cmp -s "$plain/$file" "$T/import/$file" || fail "the import does not change $file"
		check cmp "$T/tree/$file" "$T/import/$file"
	done
}

# git refuses a series of which one hunk is broken.
case_broken_hunk()
{
	series stable
	repository "$T/tree"
	cp -r "$made" "$T/series"
	second=$(find "$T/series" -name '0002-*')
	check grep -q 'dma_fence_wait(done_fence, true)' "$second"
	sed -i 's/dma_fence_wait(done_fence, true)/dma_fence_wait(another_fence, true)/' "$second"
	run git_in "$T/tree" am -q "$T/series"/*.patch
	status fail
	has "$T/err" 'patch does not apply\|Patch failed at 0002'
}

# one_patch: a directory with one fault alone, its message, and an old result
one_patch()
{
	series stable
	mkdir -p "$T/patches" "$T/series/$release"
	cp "$patches/fault-bind-wait.cocci" "$patches/fault-bind-wait.msg" "$T/patches"
	echo old >"$T/series/$release/0001-old.patch"
}

# upstream ARGUMENT...: the command, on that directory
upstream()
{
	run env -u NAME -u EMAIL GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 "$top/tools/upstream" \
		--base stable --source "$plain.tar.xz" --patches "$T/patches" --out "$T/series" "$@"
}

# refused PATTERN: one line says why, and the old result is untouched
refused()
{
	status 1
	one_line "^upstream: .*$1"
	got=$(cd "$T/series" && find . -type f)
	same "$got" "./$release/0001-old.patch" 'files afterwards'
}

case_patch_that_no_longer_fits()
{
	one_patch
	sed -i 's/dma_fence_wait(/dma_fence_wait_long(/' "$T/patches/fault-bind-wait.cocci"
	upstream --name "$author" --email "$address"
	status 1
	has "$T/err" '^import: fault-bind-wait\.cocci (.*) no longer changes '
	has "$T/err" '^upstream: fault-bind-wait\.cocci makes no patch for Linux '
	got=$(cd "$T/series" && find . -type f)
	same "$got" "./$release/0001-old.patch" 'files afterwards'
}

case_message_missing()
{
	one_patch
	rm "$T/patches/fault-bind-wait.msg"
	upstream --name "$author" --email "$address"
	refused 'fault-bind-wait\.cocci has no message; write fault-bind-wait\.msg'
}

case_message_empty()
{
	one_patch
	printf '# SPDX-License-Identifier: MIT\ndrm/nouveau: a subject alone\n' >"$T/patches/fault-bind-wait.msg"
	upstream --name "$author" --email "$address"
	refused 'fault-bind-wait\.msg has no subject, empty line and text'
}

case_message_subject()
{
	one_patch
	sed -i 's,^drm/nouveau.*: ,,' "$T/patches/fault-bind-wait.msg"
	upstream --name "$author" --email "$address"
	refused 'subject of fault-bind-wait\.msg'
}

case_message_alone()
{
	one_patch
	cp "$T/patches/fault-bind-wait.msg" "$T/patches/fault-gone.msg"
	upstream --name "$author" --email "$address"
	refused 'fault-gone\.msg has no patch'
}

case_nobody_signs()
{
	one_patch
	# Out of any repository, whose settings could name somebody
	cd "$T"
	upstream
	refused 'nobody signs the patches off; give NAME='
	upstream --name "$author"
	refused 'nobody signs the patches off; give NAME='
	upstream --name "$author" --email 'person at example.org'
	refused 'is no e-mail address'
	upstream --name 'A <b> Person' --email "$address"
	refused 'cannot stand in a Signed-off-by line'
	# The control, which git's settings sign off; nothing else of them is taken.
	printf '[user]\n\tname = Git Person\n\temail = git@example.org\n[format]\n\tsubjectPrefix = ODD\n' >config
	run env -u NAME -u EMAIL GIT_CONFIG_GLOBAL="$T/config" GIT_CONFIG_NOSYSTEM=1 "$top/tools/upstream" \
		--base stable --source "$plain.tar.xz" --patches "$T/patches" --out "$T/series"
	status 0
	got=$(cd series && find . -type f)
	same "$got" "./$release/0001-drm-nouveau-sched-wait-for-a-synchronous-bind-to-its.patch"
	has "series/$got" '^Signed-off-by: Git Person <git@example\.org>$'
	has "series/$got" '^Subject: \[PATCH\] '
}

# The same input gives the same files, a day later too.
case_reproducible()
{
	series stable
	run tools/upstream --base stable --source "$plain" --name "$author" --email "$address" --out "$T/again"
	status 0
	check diff -r "$made" "$T/again/$release"
}

# A release that cannot be had costs one line, and not the other series.
case_next_missing()
{
	one_patch
	cp -r src tools debian "$T"
	cat >"$T/src/nouveau/linux-source" <<-END
		#!/bin/sh
		for word; do :; done
		[ "\$word" = $release ] && { echo "1 $plain.tar.xz"; exit; }
		echo "linux-source: apt finds no package linux-source-\$word; use BASE=stable" >&2
		exit 1
	END
	next=$(src/nouveau/channel release next)
	run "$T/tools/upstream" --name "$author" --email "$address" --patches "$T/patches" --out "$T/new"
	status 0
	has "$T/out" "^upstream: no patches for Linux $next: apt finds no package linux-source-$next; "
	got=$(ls "$T/new")
	same "$got" "$release" 'releases'
}

tap_begin "$@"
tap_case messages case_messages
tap_case complete case_complete stable
tap_case checkpatch case_checkpatch stable
tap_case applies case_applies stable
tap_case broken-hunk case_broken_hunk
tap_case patch-that-no-longer-fits case_patch_that_no_longer_fits
tap_case message-missing case_message_missing
tap_case message-empty case_message_empty
tap_case message-subject case_message_subject
tap_case message-alone case_message_alone
tap_case nobody-signs case_nobody_signs
tap_case reproducible case_reproducible
tap_case next-missing case_next_missing
tap_case next-complete case_complete next
tap_case next-checkpatch case_checkpatch next
tap_case next-applies case_applies next
tap_done
