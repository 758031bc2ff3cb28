#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What was removed by hand, or copied by halves, before the package is removed, upgraded or
# asked to build: nothing of ours stays behind, and no broken module is chosen.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/stub.sh
. "$(dirname "$0")/lib/stub.sh"

# Two kernels, both built for; and a package of somebody else's that dkms builds.
installed()
{
	stub_layer installed
	tap_later=:
	mkdir -p "$chroot/usr/src/other-1"
	printf 'PACKAGE_NAME=other\nPACKAGE_VERSION=1\nBUILT_MODULE_NAME[0]=other\nDEST_MODULE_LOCATION[0]=/updates\nAUTOINSTALL=yes\nMAKE[0]="make all"\nCLEAN=true\n' \
		>"$chroot/usr/src/other-1/dkms.conf"
	printf 'all:\n\tcp nouveau other.ko\n' >"$chroot/usr/src/other-1/Makefile"
	stub_kernels image-9.1-stub headers-9.1-stub image-9.2-stub headers-9.2-stub
	cp "$chroot/lib/modules/9.1-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko" "$chroot/usr/src/other-1/nouveau"
	run in_chroot sh -c 'dkms add other/1 && dpkg -i /root/debs/one.deb'
	status 0
	stub_whole 9.1-stub $one
	stub_whole 9.2-stub $one
	freeze installed
}

from_installed()
{
	stub_base
	chapter installed installed
	stub_layer "$1" installed
}

others_build()
{
	run in_chroot dkms install other/1 -k "$1" --force
	status 0
	[ -e "$chroot/lib/modules/$1/updates/dkms/other.ko" ] || fail "dkms builds nothing for others"
	run in_chroot dkms uninstall other/1 -k "$1"
	status 0
}

gone()
{
	for k in 9.1-stub 9.2-stub; do
		stub_own $k
	done
	nothing_left
	audit_clean
	others_build 9.1-stub
}

there()
{
	for k in 9.1-stub 9.2-stub; do
		stub_whole $k "$1"
	done
	audit_clean
	others_build 9.1-stub
}

# damage SCRIPT: what a person did; then each way on
damage()
{
	for then in purge remove reinstall upgrade; do
		from_installed "by-hand"
		in_chroot sh -c "$1"
		case $then in
		purge) run in_chroot dpkg -P nouveau-gpuvm-dkms ;;
		remove) run in_chroot dpkg -r nouveau-gpuvm-dkms ;;
		reinstall) run in_chroot dpkg -i /root/debs/one.deb ;;
		upgrade) run in_chroot dpkg -i /root/debs/two.deb ;;
		esac
		status 0
		case $then in
		purge) gone ;;
		remove)
			run in_chroot dpkg -P nouveau-gpuvm-dkms
			status 0
			gone
			;;
		reinstall) there $one ;;
		upgrade) there $two ;;
		esac
		unlayer by-hand
	done
}

# A nouveau of somebody else's in the same place is not ours to remove.
case_foreign()
{
	from_installed foreign
	in_chroot dkms remove "$name/$one" --all
	mkdir -p "$chroot/lib/modules/9.1-stub/updates/dkms"
	cp "$chroot/usr/src/other-1/nouveau" "$chroot/lib/modules/9.1-stub/updates/dkms/nouveau.ko"
	run in_chroot dpkg -P nouveau-gpuvm-dkms
	status 0
	cmp "$chroot/usr/src/other-1/nouveau" "$chroot/lib/modules/9.1-stub/updates/dkms/nouveau.ko"
	stub_own 9.2-stub
}

# --- what lies in updates is what was built ----------------------------------------

# Runs COMMAND while /lib/modules of 9.1-stub has so little room; then sees the kernel's own.
little_room()
{
	run "$env" run --tmpfs /lib/modules/9.1-stub/updates:12k "$chroot" sh -c '"$@"; rc=$?
		modinfo -k 9.1-stub -n nouveau >/root/chosen; exit $rc' sh "$@"
}

told()
{
	cat "$T/out" "$T/err" | grep '^nouveau-gpuvm.*: ' | sort -u >"$T/ours"
	got=$(wc -l <"$T/ours")
	same "$got" 1 lines
	has "$T/ours" "$1"
}

waiting()
{
	stub_base
	stub_layer "$1"
	stub_kernels image-9.1-stub
}

case_no_room()
{
	waiting room
	stub_kernels headers-9.1-stub
	little_room dpkg -i /root/debs/one.deb
	status fail
	told '^nouveau-gpuvm: the modules of kernel 9.1-stub were built and cannot be installed; free disk space in /lib/modules/9.1-stub'
	got=$(cat "$chroot/root/chosen")
	same "$got" /lib/modules/9.1-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko
	run in_chroot dpkg --configure -a
	status 0
	stub_whole 9.1-stub $one
}

case_no_room_for_headers()
{
	waiting late
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	little_room dpkg -i /root/debs/linux-headers-9.1-stub.deb
	status fail
	told 'the modules of kernel 9.1-stub were built and cannot be installed'
	got=$(cat "$chroot/root/chosen")
	same "$got" /lib/modules/9.1-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko
	run in_chroot dkms autoinstall -k 9.1-stub
	status 0
	stub_whole 9.1-stub $one
	run in_chroot dpkg --configure -a
	status 0
	audit_clean
}

case_read_only()
{
	waiting read-only
	stub_kernels headers-9.1-stub
	run in_chroot sh -c 'mount --bind /lib/modules /lib/modules && mount -o remount,ro,bind /lib/modules
		dpkg -i /root/debs/one.deb'
	status fail
	has "$T/err" '^nouveau-gpuvm: .*kernel 9.1-stub'
	stub_own 9.1-stub
	run in_chroot dpkg --configure -a
	status 0
	stub_whole 9.1-stub $one
}

# What somebody compressed or signed later is sound; what is cut short is not.
case_compared()
{
	from_installed compared
	cat >"$chroot/root/sound" <<'END'
. /usr/share/nouveau-gpuvm-dkms/dkms-lib
dir=/lib/modules/9.1-stub/updates/dkms
version=$(installed_version)
sound 9.1-stub "$version" || { echo 'not sound at first'; exit 1; }
xz "$dir/nouveau.ko"
sound 9.1-stub "$version" || { echo 'compressed'; exit 1; }
{ cat "$dir/ngv_ttm.ko"; printf '12345\0\0\0\0\0\0\0\0\0\0\0\005~Module signature appended~\n'; } >"$dir/new"
mv "$dir/new" "$dir/ngv_ttm.ko"
sound 9.1-stub "$version" || { echo 'signed'; exit 1; }
cp -a "$dir" /root/good
for change in 'truncate -s 100 ngv_ttm.ko' ': >ngv_sched.ko' 'rm ngv_selftest.ko' 'truncate -s 200 nouveau.ko.xz' \
	'echo >>ngv_gpuvm.ko'; do
	(cd "$dir" && eval "$change")
	! sound 9.1-stub "$version" || { echo "sound after $change"; exit 1; }
	cp /root/good/* "$dir/"
done
sound 9.1-stub "$version"
END
	run in_chroot sh /root/sound
	status 0
}

# A broken copy that dkms takes for installed is mended by the next command.
case_broken_copy()
{
	for then in 'dpkg-reconfigure nouveau-gpuvm-dkms' 'dpkg -i /root/debs/linux-headers-9.1-stub.deb' \
		'dpkg -i /root/debs/linux-image-9.1-stub.deb' '/usr/share/nouveau-gpuvm-dkms/dkms-build rebuild'; do
		from_installed broken
		: >"$chroot/lib/modules/9.1-stub/updates/dkms/nouveau.ko"
		# shellcheck disable=SC2086 # words
		run in_chroot $then
		status 0
		there $one
		unlayer broken
	done
}

# dkms takes what an interrupted copy left for a finished build.  If a user starts dkms,
# one line names the remedy, and nothing is removed.  The package's own scripts remove it.
case_interrupted_build()
{
	built=/var/lib/dkms/$name/$one/9.1-stub/$(uname -m)/module/ngv_ttm.ko
	for then in 'run-parts --arg=9.1-stub /etc/kernel/postinst.d' 'run-parts --arg=9.1-stub /etc/kernel/header_postinst.d' \
		'dpkg-reconfigure nouveau-gpuvm-dkms' '/usr/share/nouveau-gpuvm-dkms/dkms-build rebuild 9.1-stub'; do
		from_installed interrupted
		in_chroot sh -c "rm -r /lib/modules/9.1-stub/updates /var/lib/dkms/$name/kernel-9.1-stub-* && depmod 9.1-stub &&
			truncate -s 100 $built"
		# Without a module dkms refuses to build; with all, it takes them for good.
		install="dkms install $name/$one -k 9.1-stub"
		case $then in
		*rebuild*)
			in_chroot rm "${built%/*}/nouveau.ko"
			install=
			;;
		esac
		for by_hand in 'dkms status' 'dkms autoinstall -k 9.1-stub' ${install:+"$install"}; do
			# shellcheck disable=SC2086 # words
			run in_chroot $by_hand
			case $by_hand in
			*status) status 0 ;;
			*)
				status fail
				told 'the build for kernel 9.1-stub was interrupted; run: nouveau-gpuvm rebuild 9.1-stub$'
				;;
			esac
			got=$(stat -c %s "$chroot$built")
			same "$got" 100 "size after $by_hand"
			got=$(find "$chroot/lib/modules/9.1-stub" -name '*ngv_*' -o -path '*/updates/*nouveau*')
			same "$got" '' "installed by $by_hand"
		done
		# shellcheck disable=SC2086 # words
		run in_chroot $then
		status 0
		there $one
		unlayer interrupted
	done
}

state=$store.state
exec 9>&1
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state"
	rm -f "$debs/ready"
	mkdir -p "$state"
	# shellcheck disable=SC2154 # tap.sh's own
	tap_at_end='unlayer installed'
fi
tap_case dkms-tree damage 'rm -rf /var/lib/dkms/nouveau-gpuvm'
tap_case sources damage 'rm -rf /usr/src/nouveau-gpuvm-*'
tap_case tree-and-sources damage 'rm -rf /var/lib/dkms/nouveau-gpuvm /usr/src/nouveau-gpuvm-*'
tap_case one-kernels-build damage 'rm -rf /var/lib/dkms/nouveau-gpuvm/*/9.1-stub'
tap_case half-of-updates damage 'cd /lib/modules/9.1-stub/updates/dkms && rm ngv_gpuvm.ko ngv_ttm.ko && : >nouveau.ko'
tap_case active-link damage 'rm /var/lib/dkms/nouveau-gpuvm/kernel-9.1-*'
tap_case foreign-nouveau case_foreign
tap_case no-room case_no_room
tap_case no-room-for-headers case_no_room_for_headers
tap_case read-only case_read_only
tap_case compared case_compared
tap_case broken-copy case_broken_copy
tap_case interrupted-build case_interrupted_build
tap_done
