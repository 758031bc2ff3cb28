# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Kernel headers that tests can change.  Source this file after tap.sh, in the top
# directory of the work tree.

# shellcheck disable=SC2154 # tap.sh's own
# headers_of KERNEL: copies the headers to $T/k, and those of a second tree to
# $T/common, such that every file can be replaced
headers_of()
{
	real=$(tools/kernel headers "$1")
	cp -rs "$(cd "$real" && pwd)" "$T/k"
	common=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$real/Makefile")
	rm "$T/k/Makefile"
	if [ -n "$common" ]; then
		cp -rs "$common" "$T/common"
		echo "include $T/common/Makefile" >"$T/k/Makefile"
		# The Makefile finds the sources relative to itself.
		rm "$T/common/Makefile"
		cp "$common/Makefile" "$T/common/"
	else
		cp "$real/Makefile" "$T/k/"
	fi
	[ ! -e "$T/k/.kernelvariables" ] || common=$common
}

# linked_headers DIR: as headers_of, for the headers in DIR, which are in two trees.
# Links whole directories, which needs a thousandth of the files.
linked_headers()
{
	common=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$1/Makefile")
	[ -n "$common" ] || fail "the headers in $1 are in one tree"
	mkdir "$T/k" "$T/common"
	ln -s "$1"/* "$1"/.[!.]* "$T/k/"
	ln -s "$common"/* "$T/common/"
	rm "$T/k/Makefile" "$T/common/Makefile"
	echo "include $T/common/Makefile" >"$T/k/Makefile"
	# The Makefile finds the sources relative to itself.
	cp "$common/Makefile" "$T/common/"
	opened k/include/config
	for file in k/include/drm k/include/linux common/include/drm/display common/include/linux; do
		opened "$file"
	done
}

# opened DIR: replaces the link $T/DIR with a directory of links
opened()
{
	at=$T
	for part in $(echo "$1" | tr / ' '); do
		at=$at/$part
		if [ -L "$at" ]; then
			to=$(readlink -f "$at")
			rm "$at"
			mkdir "$at"
			ln -s "$to"/* "$at/"
		fi
		mkdir -p "$at"
	done
}

# edit FILE SED...: changes one header of the copy
edit()
{
	file=$1
	shift
	cp -L "$file" "$T/edited"
	sed "$@" "$T/edited" >"$T/edited.new"
	! cmp -s "$T/edited" "$T/edited.new" || fail "$file is as it was"
	rm -f "$file"
	mv "$T/edited.new" "$file"
}
