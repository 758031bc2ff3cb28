#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What goes wrong on users' machines: each time one clear line, a failure or a
# skip as the case may be, nothing half-done, and whole again once repaired.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck disable=SC2154 # tap.sh sets top and T
env=$top/lab/chroot/env
chroot=$top/build/chroot/badinput
name=nouveau-gpuvm

# --- a kernel's headers, doctored -----------------------------------------------

# Of the 6.1 headers, just what the support check reads.
doctored()
{
	real=$("$top/tools/kernel" headers 6.1)
	kdir=$T/kdir
	rm -rf "$kdir"
	mkdir -p "$kdir/include/config" "$kdir/scripts/mod"
	cp "$real/include/config/auto.conf" "$kdir/include/config/"
	cp "$real/Module.symvers" "$kdir/"
	: >"$kdir/Makefile"
	# Each header that is needed is there, and says nothing.
	[ -s "$top/build/tree/compat/needs" ] || BASE=${BASE:-6.12} "$top/tools/stage-tree" "$top/build/tree"
	for h in linux/module.h $(sed -n 's/^header //p' "$top/build/tree/compat/needs"); do
		mkdir -p "$kdir/include/${h%/*}"
		echo '/* A header. */' >"$kdir/include/$h"
	done
	# What this kernel does not export, it has as a macro or an inline function.
	awk 'NR == FNR { exported[$2] = 1; next }
		$1 == "symbol" && !($2 in exported) { print "#define " $2 " 0" }' \
		"$kdir/Module.symvers" "$top/build/tree/compat/needs" >"$kdir/include/linux/mm.h"
	ln -s /bin/true "$kdir/scripts/mod/modpost"
	export NGV_CONF="$T/conf"
}

# setting OPTION [VALUE]: sets or unsets it
setting()
{
	sed -i "/^CONFIG_$1=/d" "$kdir/include/config/auto.conf"
	[ $# = 1 ] || echo "CONFIG_$1=$2" >>"$kdir/include/config/auto.conf"
}

check()
{
	run "$top/compat/supported" "$kdir" 6.1.0-test-amd64 "$@"
}

skipped()
{
	status 77
	one_line "^$name: kernel 6.1.0-test-amd64 is left alone: .*$1"
}

refused()
{
	status 1
	one_line "^$name: cannot build for kernel 6.1.0-test-amd64: .*$1"
}

case_supported()
{
	doctored
	check "$T"
	status 0
	got=$(cat "$T/err")
	same "$got" ''
	# DRM built in is no obstacle as long as nouveau is a module.
	setting DRM y
	check "$T"
	status 0
}

case_no_modules() { doctored; setting MODULES; rm "$kdir/Module.symvers"; check; skipped CONFIG_MODULES; }
case_no_drm() { doctored; setting DRM; check; skipped CONFIG_DRM; }
case_builtin_nouveau() { doctored; setting DRM_NOUVEAU y; check; skipped 'nouveau is built into it'; }
case_no_kms() { doctored; sed -i '/drm_atomic_helper_commit\t/d' "$kdir/Module.symvers"; check; skipped KMS; }

case_old_kernel()
{
	doctored
	sed -i '/\tdma_resv_add_fence\t/d' "$kdir/Module.symvers"
	check
	skipped 'older than Linux 5.19'
}

case_32_bit()
{
	doctored
	setting 64BIT
	check
	skipped 'it is a 32-bit kernel.*CONFIG_64BIT'
}

# interfaces GPUVM_LINE...: those of the imported nouveau, in two trees as Debian's are
interfaces()
{
	mkdir -p "$T/common/include/drm" "$T/common/include/uapi/drm"
	echo "include $T/common/Makefile" >"$kdir/Makefile"
	sed -n 's/^uapi \(.*\)/#define \1 0/p' "$top/build/tree/compat/needs" >"$T/common/include/uapi/drm/nouveau_drm.h"
	sed -n 's/^gpuvm \(.*\)/int \1(void);/p' "$top/build/tree/compat/needs" >"$T/common/include/drm/drm_gpuvm.h"
}

# What the kernel has already is not built for it; something older is replaced.
case_vm_bind()
{
	doctored
	interfaces
	check
	skipped 'its own nouveau already has VM_BIND; nothing to do$'
	# Functions of GPUVM have gone, and others have come.
	sed -i '/drm_gpuva_find_next/d' "$T/common/include/drm/drm_gpuvm.h"
	echo 'int drm_gpuvm_of_tomorrow(void);' >>"$T/common/include/drm/drm_gpuvm.h"
	check
	skipped 'already has VM_BIND'
	# It would be older with fewer functions ...
	sed -i '/of_tomorrow/d' "$T/common/include/drm/drm_gpuvm.h"
	check
	status 0
	got=$(cat "$T/err")
	same "$got" ''
	# ... and with fewer calls.
	interfaces
	sed -i '/DRM_IOCTL_NOUVEAU_EXEC/d' "$T/common/include/uapi/drm/nouveau_drm.h"
	check
	status 0
	# Without its own nouveau, it has none that could do anything.
	interfaces
	setting DRM_NOUVEAU
	check
	status 0
	setting DRM_NOUVEAU m
	printf '6.1.* always' >"$T/conf"
	check
	status 0
}

case_no_needs()
{
	doctored
	mkdir "$T/compat"
	cp "$top/compat/supported" "$T/compat/"
	run "$T/compat/supported" "$kdir" 6.1.0-test-amd64
	refused 'compat/needs is missing; install nouveau-gpuvm-dkms again'
}

# conf TEXT: the settings, as printf writes TEXT
conf() { printf "$1" >"$T/conf"; }

# As people and their editors write it.
case_settings()
{
	doctored
	for text in '6.1.* never' '6.1.* never\r\n' '\t 6.1.*\t\tnever\t \n' '6.1.* never # why\n' \
		'6.1.* never# why' '\357\273\2776.1.* never\r\n' '# a\r\n\r\n6.1.*\tnever\r' \
		'\357\273\277# a\n\n* never' '6.1.0-test-amd64 never\n* auto\n' \
		'6.12.* always\n6.1.* never\n6.1.* always'; do
		conf "$text"
		check
		skipped "$T/conf says never"
	done
	for text in '' '\n' '# * never' '6.12.* never' '6.1.* auto\n* never\n'; do
		conf "$text"
		check
		status 0
		got=$(cat "$T/err")
		same "$got" ''
	done
}

# bad_setting LINE WHY: the settings are refused, at line 3
case_bad_setting()
{
	doctored
	for end in '' '\n' '\r\n' ' # why\n* auto\n'; do
		conf "# first\n6.1.* auto\n$1$end"
		check
		refused "$T/conf:3: $2"
	done
}

case_settings_unreadable()
{
	doctored
	mkdir "$T/conf"
	check
	refused "$T/conf is no readable text file"
}

case_clang_missing()
{
	doctored
	setting CC_IS_CLANG y
	mkdir "$T/bin"
	for tool in awk grep sed; do
		ln -s "$(command -v $tool)" "$T/bin/"
	done
	run env PATH="$T/bin" /bin/sh "$top/compat/supported" "$kdir" 6.1.0-test-amd64
	skipped clang
}

case_no_headers() { doctored; rm -rf "$kdir"; check; refused 'no headers'; }
case_bare_headers() { doctored; rm -r "$kdir/include/config"; check; refused 'no configuration'; }
case_no_symvers() { doctored; rm "$kdir/Module.symvers"; check; refused Module.symvers; }
case_no_modpost() { doctored; rm "$kdir/scripts/mod/modpost"; check "$T"; refused modpost; }

case_no_compiler()
{
	doctored
	echo 'CC = gcc-none' >"$kdir/.kernelvariables"
	check "$T"
	refused 'gcc-none, is not installed'
}

case_no_room()
{
	doctored
	mkdir "$T/small"
	run unshare --mount sh -c 'mount -t tmpfs -o size=20m tmpfs "$1/small" &&
		exec "$2/compat/supported" "$1/kdir" 6.1.0-test-amd64 "$1/small"' sh "$T" "$top"
	refused '20 MB free'
}

case_read_only()
{
	doctored
	mkdir "$T/ro"
	run unshare --mount sh -c 'mount -t tmpfs -o ro tmpfs "$1/ro" &&
		exec "$2/compat/supported" "$1/kdir" 6.1.0-test-amd64 "$1/ro"' sh "$T" "$top"
	refused 'not writable'
}

case_switch()
{
	doctored
	printf '# comment\n\n6.12.*  never\n6.1.0-t*  never  # why\n*  auto\n' >"$T/conf"
	check
	skipped "$T/conf says never"
	printf '6.1.* always\n' >"$T/conf"
	setting DRM_NOUVEAU y
	check "$T"
	status 0
	printf '6.1.* perhaps\n' >"$T/conf"
	check
	refused "$T/conf:1: 'perhaps' is not one of auto, always, never; write one of these"
}

# --- in a Debian 12 ----------------------------------------------------------------

in_chroot() { "$env" run "$chroot" "$@"; }

# A chroot with the package's dependencies and one kernel's headers; made once.
# The package itself is taken out before each case.
fresh()
{
	kver=$("$top/tools/kernel" resolve 6.1)
	if [ ! -e "$chroot/root/ready" ]; then
		"$top/tools/make-deb"
		rm -rf "$chroot"
		"$env" make "$chroot"
		echo force-unsafe-io >"$chroot/etc/dpkg/dpkg.cfg.d/quick"
		in_chroot env INITRD=No apt-get -q -y install dkms "$("$top/tools/kernel" packages 6.1 headers)"
		cp "$top"/build/deb/nouveau-gpuvm-dkms_*.deb "$chroot/root/deb.deb"
		: >"$chroot/root/ready"
	else
		in_chroot sh -c 'apt-get -q -y purge nouveau-gpuvm-dkms >/root/apt.log 2>&1 || {
			cat /root/apt.log; exit 1; }'
		rm -rf "$chroot"/lib/modules/9.* "$chroot"/usr/src/linux-headers-9.*
	fi
	version=$(dpkg-deb -f "$chroot/root/deb.deb" Version)
	version=${version%-*}
	key=$chroot/etc/dkms/no-autoinstall
	later 'rm -f "$key"'
}

# unpacked: installed, nothing built yet; the package tells dkms of it
unpacked()
{
	touch "$key"
	in_chroot dpkg -i /root/deb.deb >"$T/dpkg.log" 2>&1 || { cat "$T/dpkg.log"; fail "dpkg -i"; }
	rm "$key"
}

# said N PATTERN: of what was run, N lines are ours, and match; apt shows what
# maintainer scripts say on stderr on its own stdout
said()
{
	cat "$T/out" "$T/err" | grep "^$name.*: " >"$T/ours" || :
	got=$(wc -l <"$T/ours")
	same "$got" "$1" "lines of ours"
	[ "$1" = 0 ] || has "$T/ours" "$2"
}

nothing_built()
{
	find "$chroot/lib/modules" -path '*/updates/*' | tee "$T/left"
	[ ! -s "$T/left" ] || fail "modules were left in place"
	! in_chroot dkms status "$name/$version" | grep -E ': (built|installed)' || fail "dkms takes it for built"
}

whole()
{
	in_chroot dkms status -k "$kver" | tee "$T/status"
	has "$T/status" "^$name/$version, $kver, x86_64: installed\$"
	for m in ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest; do
		got=$(in_chroot modinfo -k "$kver" -F version "$m")
		same "$got" "$version" "$m"
	done
	in_chroot sh -c '! dpkg --audit | grep .'
}

# A kernel directory like that of a package, with what the check reads.
plant_kernel()
{
	doctored
	unset NGV_CONF
	mkdir -p "$chroot/lib/modules/$1/kernel"
	rm "$kdir/scripts/mod/modpost"
	mv "$kdir" "$chroot/usr/src/linux-headers-$1"
	ln -s "/usr/src/linux-headers-$1" "$chroot/lib/modules/$1/build"
	kdir=$chroot/usr/src/linux-headers-$1
}

# apt ends well when no kernel fits, and says why.
case_apt_skips()
{
	fresh
	plant_kernel 9.1-built-in
	setting DRM_NOUVEAU y
	plant_kernel 9.2-no-modules
	setting MODULES
	plant_kernel 9.3-too-old
	sed -i '/\tdma_resv_add_fence\t/d' "$kdir/Module.symvers"
	mv "$chroot/lib/modules/$kver" "$T/hidden"
	later 'mv "$T/hidden" "$chroot/lib/modules/$kver"'
	run in_chroot apt-get -q -y install /root/deb.deb
	status 0
	said 3 '9.1-built-in is left alone: nouveau is built into it'
	has "$T/ours" '9.2-no-modules is left alone'
	has "$T/ours" '9.3-too-old is left alone'
	nothing_built
	# What the kernel's own package would call.
	run in_chroot dkms autoinstall -k 9.1-built-in
	status 0
	one_line '9.1-built-in is left alone: nouveau is built into it'
	run in_chroot /usr/lib/dkms/dkms_autoinstaller start 9.1-built-in
	status 0
	in_chroot sh -c '! dpkg --audit | grep .'
}

case_apt_no_headers()
{
	fresh
	mkdir -p "$chroot/lib/modules/9.4-no-headers/kernel"
	mv "$chroot/lib/modules/$kver" "$T/hidden"
	later 'mv "$T/hidden" "$chroot/lib/modules/$kver"'
	run in_chroot apt-get -q -y install /root/deb.deb
	status 0
	said 1 'no headers for kernel 9.4-no-headers.*install linux-headers-9.4-no-headers'
	nothing_built
	run in_chroot dkms build "$name/$version" -k 9.4-no-headers
	status fail
	has "$T/err" 'headers'
}

case_apt_no_compiler()
{
	fresh
	for cc in gcc-12 x86_64-linux-gnu-gcc-12; do
		mv "$chroot/usr/bin/$cc" "$chroot/usr/bin/$cc.off"
		later "mv '$chroot/usr/bin/$cc.off' '$chroot/usr/bin/$cc'"
	done
	run in_chroot apt-get -q -y install /root/deb.deb
	status fail
	said 1 "cannot build for kernel $kver: its compiler, gcc-12, is not installed"
	nothing_built
}

case_dkms_no_room()
{
	fresh
	unpacked
	run "$env" run --tmpfs /var/lib/dkms:60m "$chroot" \
		dkms install "$name/$version" -k "$kver"
	status fail
	said 1 "cannot build for kernel $kver: .* MB free in .*free disk space"
	nothing_built
}

# The disk fills up while it builds, after the check has let it begin.
case_disk_fills()
{
	fresh
	unpacked
	run "$env" run --tmpfs /var/lib/dkms:400m "$chroot" sh -c '
		(until ls /var/lib/dkms/*/*/build/*/gpuvm/*.o; do sleep 0.2; done
		cat /dev/zero >/var/lib/dkms/filler) >/dev/null 2>&1 &
		dkms install "$1" -k "$2"' sh "$name/$version" "$kver"
	status fail
	said 1 "build for kernel $kver failed: .*No space left"
	nothing_built
}

case_dkms_read_only()
{
	fresh
	unpacked
	run in_chroot sh -c 'mount --bind /var/lib/dkms /var/lib/dkms
		mount -o remount,ro,bind /var/lib/dkms
		dkms install "$1" -k "$2"' sh "$name/$version" "$kver"
	status fail
	has "$T/err" 'No write access\|Read-only'
	nothing_built
}

# wrong_headers KVER SCRIPT: the headers package of a kernel KVER, /root/KVER.deb of the
# chroot: those of 6.1, which SCRIPT makes wrong in $T/k and $T/common
wrong_headers()
{
	cp "$top/tests/lib/headers.sh" "$chroot/root/"
	pkg=$chroot/root/$1
	rm -rf "$pkg"
	mkdir -p "$pkg/DEBIAN" "$pkg/lib/modules/$1/kernel"
	ln -s "/usr/src/linux-headers-$1/k" "$pkg/lib/modules/$1/build"
	printf 'Package: linux-headers-%s\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: stub\n' \
		"$1" >"$pkg/DEBIAN/control"
	# Debian's headers packages run these hooks, too.
	printf '#!/bin/sh\nset -e\nrun-parts --report --exit-on-error --arg=%s /etc/kernel/header_postinst.d\n' \
		"$1" >"$pkg/DEBIAN/postinst"
	chmod 755 "$pkg/DEBIAN/postinst"
	# shellcheck disable=SC2016 # expanded inside
	in_chroot sh -euc 'fail() { echo "$*"; exit 1; }
		T=/usr/src/linux-headers-$1
		mkdir "$T"
		. /root/headers.sh
		linked_headers "$(readlink -f "/lib/modules/$2/build")"
		eval "$3"
		mkdir "/root/$1/usr"
		mkdir "/root/$1/usr/src"
		mv "$T" "/root/$1/usr/src/"
		dpkg-deb --root-owner-group -Znone -b "/root/$1" "/root/$1.deb"
		rm -r "/root/$1"' sh "$1" "$kver" "$2"
}

# wrong LACKS SCRIPT: these headers arrive, and leave when all is seen
wrong()
{
	wrong_headers 9.5-wrong "$2"
	run in_chroot dpkg -i /root/9.5-wrong.deb
	status 0
	said 1 "^$name: kernel 9.5-wrong is left alone: $1"
	run in_chroot dkms autoinstall -k 9.5-wrong
	status 0
	one_line "^$name: kernel 9.5-wrong is left alone: $1"
	nothing_built
	in_chroot sh -c '! dpkg --audit | grep .'
	in_chroot dpkg -P linux-headers-9.5-wrong
}

# Headers arrive for which nouveau cannot be built: apt ends well, and a line says what
# the kernel lacks.
case_apt_wrong_headers()
{
	fresh
	later 'in_chroot dpkg -P linux-headers-9.5-wrong; rm -rf "$chroot"/root/9.5-wrong*'
	unpacked
	# shellcheck disable=SC2016 # expanded inside
	wrong 'it lacks linux/shmem_fs.h,' 'rm "$T/common/include/linux/shmem_fs.h"'
	# shellcheck disable=SC2016
	wrong 'it does not export drm_dp_read_desc(),' \
		'edit "$T/k/Module.symvers" "/	drm_dp_read_desc	/d"'
	# shellcheck disable=SC2016
	wrong 'nouveau 6.12 does not fit its headers: .*pre_xfer' \
		'edit "$T/common/include/linux/i2c-algo-bit.h" s/pre_xfer/before_xfer/'
}

# A compile error is told where one looks, and leaves nothing.
case_build_fails()
{
	fresh
	unpacked
	# One that every kernel compiles, and that the trial before a build does not parse.
	src=$chroot/usr/src/$name-$version
	for file in "$src"/src/gpuvm/*.c; do
		object=$(basename "$file" .c).o
		! grep '^ngv_gpuvm-y := ' "$src/src/gpuvm/Kbuild" | grep -qw "$object" ||
			grep -qxF "trial ${file#"$src/"}" "$src/compat/needs" || break
	done
	echo 'int ngv_broken = ngv_nowhere;' >>"$file"
	later 'sed -i "/ngv_nowhere/d" "$file"'
	run in_chroot dkms install "$name/$version" -k "$kver"
	status fail
	said 1 "build for kernel $kver failed: .*${file##*/}:.*error: .*ngv_nowhere"
	nothing_built
}

# Power is lost in the middle of a build: everything in the chroot dies at once.
case_interrupted()
{
	fresh
	in_chroot sh -c 'dpkg -i /root/deb.deb >/root/dpkg.log 2>&1 &
		until grep -qs "CC \[M\].*nouveau" /var/lib/dkms/*/*/build/make.log; do sleep 1; done'
	nothing_built
	in_chroot sh -c 'dpkg --audit | grep nouveau-gpuvm-dkms'
	run "$env" run --progress "$chroot" dpkg --configure -a
	status 0
	whole

	# Later still, while dkms copied what it had built.
	base=$chroot/var/lib/dkms/$name/$version/$kver/x86_64
	rm -rf "$chroot/lib/modules/$kver/updates" "$chroot/var/lib/dkms/$name/kernel-$kver-x86_64"
	rm "$base/module/nouveau.ko"
	truncate -s 1000 "$base/module/ngv_ttm.ko"
	# A dkms that somebody starts refuses that; the hooks of a kernel mend it.
	run in_chroot dkms autoinstall -k "$kver"
	status fail
	said 1 "the build for kernel $kver was interrupted; run: nouveau-gpuvm rebuild $kver"
	got=$(find "$chroot/lib/modules/$kver" -path '*/updates/*')
	same "$got" ''
	run in_chroot run-parts --arg="$kver" /etc/kernel/header_postinst.d
	status 0
	whole
}

tap_begin "$@"
[ -n "$tap_list" ] || rm -f "$chroot/root/ready"
tap_case supported case_supported
tap_case kernel-without-modules case_no_modules
tap_case kernel-without-drm case_no_drm
tap_case kernel-with-nouveau-built-in case_builtin_nouveau
tap_case kernel-without-kms case_no_kms
tap_case kernel-too-old case_old_kernel
tap_case kernel-32-bit case_32_bit
tap_case kernel-with-vm-bind case_vm_bind
tap_case no-needs case_no_needs
tap_case settings case_settings
tap_case settings-word case_bad_setting '6.1.* alway' "'alway' is not one of auto, always, never"
tap_case settings-no-word case_bad_setting '6.1.*' "'6.1.\*' is not followed by a word"
tap_case settings-too-much case_bad_setting '6.1.* never ever' "'ever' is one word too many"
tap_case settings-unreadable case_settings_unreadable
tap_case clang-missing case_clang_missing
tap_case no-headers case_no_headers
tap_case bare-headers case_bare_headers
tap_case no-symvers case_no_symvers
tap_case no-modpost case_no_modpost
tap_case no-compiler case_no_compiler
tap_case no-room case_no_room
tap_case read-only case_read_only
tap_case switch case_switch
tap_case apt-skips-unsupported case_apt_skips
tap_case apt-without-headers case_apt_no_headers
tap_case apt-with-wrong-headers case_apt_wrong_headers
tap_case apt-without-compiler case_apt_no_compiler
tap_case dkms-without-room case_dkms_no_room
tap_case dkms-read-only case_dkms_read_only
tap_case dkms-disk-fills case_disk_fills
tap_case dkms-build-fails case_build_fails
tap_case dkms-interrupted case_interrupted
tap_done
