# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Headers that are not what a distribution released: read after tap.sh, at the top of
# the work tree.

# shellcheck disable=SC2154 # tap.sh's own
# headers_of KERNEL: a copy in $T/k, with $T/common where they are in two trees, of
# which every file can be replaced
headers_of()
{
	real=$(tools/kernel headers "$1")
	cp -rs "$(cd "$real" && pwd)" "$T/k"
	common=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$real/Makefile")
	rm "$T/k/Makefile"
	if [ -n "$common" ]; then
		cp -rs "$common" "$T/common"
		echo "include $T/common/Makefile" >"$T/k/Makefile"
		# It finds the sources by its own place.
		rm "$T/common/Makefile"
		cp "$common/Makefile" "$T/common/"
	else
		cp "$real/Makefile" "$T/k/"
	fi
	[ ! -e "$T/k/.kernelvariables" ] || common=$common
}

# linked_headers DIR: like headers_of, of the headers in DIR, which are in two trees.
# The links are of whole directories: a thousand times fewer files.
linked_headers()
{
	common=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$1/Makefile")
	[ -n "$common" ] || fail "the headers in $1 are in one tree"
	mkdir "$T/k" "$T/common"
	ln -s "$1"/* "$1"/.[!.]* "$T/k/"
	ln -s "$common"/* "$T/common/"
	rm "$T/k/Makefile" "$T/common/Makefile"
	echo "include $T/common/Makefile" >"$T/k/Makefile"
	# It finds the sources by its own place.
	cp "$common/Makefile" "$T/common/"
	opened k/include/config
	for file in k/include/drm k/include/linux common/include/drm/display common/include/linux; do
		opened "$file"
	done
}

# opened DIR: of $T, becomes a directory of links in place of a link
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

# edit FILE SED...: a header of the copy, of which only that one changes
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
