#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# dkms.conf under the dkms of each Debian: a kernel that is left alone, and one that is
# built, with a stub in place of our sources.  dkms runs from its package, unpacked,
# with directories of the case's own.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck disable=SC2154 # tap.sh sets top and T
cd "$top"

# dkms_of SUITE: its script, kept for the run
dkms_of()
{
	script=$tap_dir/dkms-$1/usr/sbin/dkms
	[ ! -e "$script" ] || return 0
	mkdir "$tap_dir/dkms-$1"
	(cd "$tap_dir/dkms-$1" && "$top/lab/chroot/apt" run "$1" apt-get -q download dkms &&
		dpkg -x dkms_*.deb .)
}

dkms()
{
	# Some look for headers in /lib/modules, whatever they are told.
	mkdir -p /lib/modules
	unshare --mount sh -c 'mount --bind "$1" /lib/modules && shift && exec bash "$@"' sh "$T/lib" \
		"$script" "$@" --dkmstree "$T/var" --sourcetree "$T/src"
}

# stub: a package whose MAKE makes its modules at once, and two kernels
stub()
{
	# shellcheck disable=SC2153
	package=$T/src/nouveau-gpuvm-1.0
	mkdir -p "$package/compat" "$package/dkms" "$T/var" "$T/lib" "$T/bin"
	sed 's/#MODULE_VERSION#/1.0/' dkms.conf >"$package/dkms.conf"
	echo 'all: ; @sh ./stub $(KDIR)' >"$package/dkms/dkms.mk"
	cat >"$package/stub" <<-'END'
		for m in compat/ngv_compat src/gpuvm/ngv_gpuvm upstream/drivers/gpu/drm/ttm/ngv_ttm \
			upstream/drivers/gpu/drm/scheduler/ngv_sched upstream/drivers/gpu/drm/nouveau/nouveau \
			src/selftest/ngv_selftest; do
			mkdir -p "${m%/*}" && cp "$1/empty.o" "$m.ko"
		done
	END
	cat >"$package/compat/supported" <<-'END'
		#!/bin/sh
		[ "$1" != --try ] || shift 2
		case $2 in
		*left*)
			echo "nouveau-gpuvm: kernel $2 is left alone: because" >&2
			exit 77
			;;
		esac
	END
	printf '#!/bin/sh\n' >"$package/dkms/dkms-tidy"
	chmod +x "$package/compat/supported" "$package/dkms/dkms-tidy"
	for k in 9.0-left 9.0-built; do
		mkdir -p "$T/lib/$k/build/include/config" "$T/lib/$k/kernel"
		echo 'clean: ;' >"$T/lib/$k/build/Makefile"
		echo 'CONFIG_MODULES=y' >"$T/lib/$k/build/.config"
		echo '' >"$T/lib/$k/modules.order"
		gcc -c -o "$T/lib/$k/build/empty.o" -x c /dev/null
	done
	run dkms add -m nouveau-gpuvm -v 1.0
	status 0
}

# one_of_ours N: of what dkms said, N lines are ours
ours()
{
	cat "$T/out" "$T/err" | grep '^nouveau-gpuvm: ' >"$T/said" || :
	got=$(wc -l <"$T/said")
	same "$got" "$1" 'lines of ours'
}

nothing()
{
	got=$(find "$T/lib" "$T/var" -name '*.ko*')
	same "$got" '' 'something was built'
	run dkms status -m nouveau-gpuvm -v 1.0
	status 0
	has "$T/out" 'added'
	ours 0
}

# left_alone SUITE STATUS: what dkms build and install end with there
case_left_alone()
{
	dkms_of "$1"
	stub
	for what in build install; do
		run dkms $what -m nouveau-gpuvm -v 1.0 -k 9.0-left
		status "$2"
		ours 1
		nothing
	done
	run dkms autoinstall -k 9.0-left
	status 0
	ours 1
	nothing
}

case_built()
{
	dkms_of "$1"
	stub
	run dkms autoinstall -k 9.0-left
	status 0
	run dkms autoinstall -k 9.0-built
	status 0
	ours 0
	run dkms status -m nouveau-gpuvm -v 1.0 -k 9.0-built
	status 0
	has "$T/out" 'installed'
	got=$(find "$T/lib/9.0-built" -name '*.ko*' | wc -l)
	same "$got" 6 modules
}

tap_begin "$@"
tap_case left-alone-2.8 case_left_alone bullseye 9
tap_case left-alone-3.0 case_left_alone bookworm 77
tap_case left-alone-3.2 case_left_alone trixie 77
tap_case built-2.8 case_built bullseye
tap_case built-3.0 case_built bookworm
tap_case built-3.2 case_built trixie
tap_done
