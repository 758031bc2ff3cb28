# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# Programs of a system that was unpacked, for a guest that needs only a few of them.
# Source this file. $root is the system, $new the directory that gets the files.

# skeleton: makes the directories that a program expects, in $new
skeleton()
{
	mkdir -p "$new/usr/bin" "$new/usr/lib" "$new/usr/lib64" "$new/dev" "$new/proc" \
		"$new/sys" "$new/tmp"
	for d in bin lib lib64; do
		ln -s "usr/$d" "$new/$d"
	done
}

# carry FILE: copies the file, and the links that lead to it
carry()
{
	file=$1
	while :; do
		to=$new$file
		mkdir -p "${to%/*}"
		[ -h "$root$file" ] || break
		cp -a "$root$file" "$to"
		link=$(readlink "$root$file")
		case $link in
		/*) file=$link ;;
		*) file=${file%/*}/$link ;;
		esac
	done
	[ -e "$to" ] || cp -a "$root$file" "$to"
}

# closure FILE...: prints the libraries that the files need, as the loader of $root finds
# them
closure()
{
	found=
	for program; do
		found="$found
$(chroot "$root" /usr/lib64/ld-linux-x86-64.so.2 --list "$program")" ||
			die "cannot tell what $program needs"
	done
	echo "$found" | sed -n 's,.*=> \(/[^ ]*\) (.*,\1,p' | sort -u
}

# carry_programs FILE...: copies the programs or libraries, and all that they need
carry_programs()
{
	carry /usr/lib64/ld-linux-x86-64.so.2
	for program; do
		carry "$program"
	done
	libraries=$(closure "$@")
	for library in $libraries; do
		carry "$(echo "$library" | sed 's,^/lib,/usr/lib,')"
	done
}
