#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The life of the RPMs, in one root where dnf rules: installed by README's lines
# beside a kernel without headers, headers, a kernel update, removal.  A case
# that needs an earlier chapter runs it first.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/chapter.sh
. "$(dirname "$0")/lib/chapter.sh"

# shellcheck disable=SC2154 # tap.sh sets top
env=$top/lab/chroot/env
chroot=$top/build/chroot/rpm
state=$chroot.state
modules='ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest'

in_root() { "$env" run --bind "$top/build/repo:/srv/repo" --bind "$top/build/rpm-kernels:/srv/kernels" "$chroot" "$@"; }

set_kernels()
{
	new=$("$top/tools/kernel" resolve 6.1)
	old=$("$top/tools/kernel" resolve 6.1-older)
	version=$(rpm -qp --nosignature --queryformat '%{VERSION}' "$top"/build/rpm/nouveau-gpuvm-dkms-*.rpm)
}

# dnf NAME ARGUMENT...: what it says is kept in $state/NAME.dnf
dnf()
{
	name=$1
	shift
	in_root sh -c 'dnf "$@" 2>&1' sh "$@" </dev/null >"$state/$name.dnf" || {
		cat "$state/$name.dnf"
		in_root sh -c 'cat /var/lib/dkms/nouveau-gpuvm/*/build/make.log | tail -n 30' || :
		fail "dnf $*"
	}
	cat "$state/$name.dnf"
}

# What README tells, line by line.
readme()
{
	sed -n '/^On Fedora, RHEL/,/^The headers/s/^    //p' "$top/README.md"
}

# --- the chapters ----------------------------------------------------------------

begin()
{
	"$top/tools/make-repo"
	set_kernels
	for k in $old $new; do
		[ -e "$top/build/rpm-kernels/$k/repodata" ] ||
			"$top/tests/rpm/root" kernels "$top/build/rpm-kernels/$k" "$k"
	done
	rm -rf "$chroot"
	"$top/tests/rpm/root" make "$chroot"
	printf 'hostonly=no\nadd_drivers+=" nouveau "\ndracutmodules=" base kernel-modules "\ncompress=cat\n' \
		>"$chroot/etc/dracut.conf.d/test.conf"
	printf '[kernels]\nname=kernels\nbaseurl=file:///srv/kernels/%s\ngpgcheck=0\n' "$old" \
		>"$chroot/etc/yum.repos.d/kernels.repo"
	dnf begin install kernel-core
}

# No headers are there yet.
installed()
{
	chapter begin begin
	readme >"$chroot/root/readme"
	[ "$(wc -l <"$chroot/root/readme")" = 2 ]
	in_root env REPO=file:///srv/repo sh -e /root/readme >"$state/install.dnf" 2>&1 ||
		{ cat "$state/install.dnf"; fail "README's lines"; }
	cat "$state/install.dnf"
}

headers()
{
	chapter installed installed
	dnf headers install kernel-devel
}

# The next kernel, and its headers, in one transaction
update()
{
	chapter headers headers
	set_kernels
	printf '[newer]\nname=newer\nbaseurl=file:///srv/kernels/%s\ngpgcheck=0\n' "$new" \
		>>"$chroot/etc/yum.repos.d/kernels.repo"
	dnf update upgrade
}

removed()
{
	chapter update update
	dnf remove remove nouveau-gpuvm-dkms
}

# --- what is looked at -------------------------------------------------------------

built()
{
	in_root dkms status -k "$1" >"$T/status"
	cat "$T/status"
	# On Fedora dkms puts the kernel's own away, and back again when it removes ours.
	has "$T/status" "^nouveau-gpuvm/$version, $1, x86_64: installed\( (Original modules exist)\)*\$"
	for m in $modules; do
		file=$(in_root modinfo -k "$1" -n "$m")
		same "${file%.[xz]*}" "/lib/modules/$1/extra/$m.ko" "$m's file"
		got=$(in_root modinfo -k "$1" -F version "$m")
		same "$got" "$version" "$m's version"
		got=$(in_root modinfo -k "$1" -F vermagic "$m" | cut -d ' ' -f 1)
		same "$got" "$1" "$m's kernel"
	done
}

in_initramfs()
{
	in_root lsinitrd "/boot/initramfs-$1.img" 2>/dev/null |
		sed -n "s|.*lib/modules/$1/\\([^/]*\\)/.*nouveau\\.ko.*|\\1|p" | head -n 1
}

case_rpmlint()
{
	"$top/tools/make-rpm"
	rpmlint -c "$top/rpm/rpmlint.toml" "$top"/build/rpm/*.rpm | tee "$T/lint"
	has "$T/lint" ' 0 errors, 0 warnings'
}

case_contents()
{
	"$top/tools/make-rpm"
	set_kernels
	rpm -qpl "$top"/build/rpm/nouveau-gpuvm-dkms-*.rpm >"$T/files"
	has "$T/files" "^/usr/src/nouveau-gpuvm-$version/dkms.conf\$"
	rpm -qp --queryformat '%{NAME} %{ARCH}\n' "$top"/build/rpm/*.rpm >"$T/arch"
	has "$T/arch" '^nouveau-gpuvm-dkms noarch$'
	has "$T/arch" "^nouveau-gpuvm-tools $(uname -m)\$"
	# The same source tree in both kinds of package.
	mkdir "$T/deb" "$T/rpm"
	dpkg-deb -x "$top"/build/deb/nouveau-gpuvm-dkms_*.deb "$T/deb"
	rpm2cpio "$top"/build/rpm/nouveau-gpuvm-dkms-*.rpm | (cd "$T/rpm" && cpio --quiet -idm)
	diff -r "$T/deb/usr/src" "$T/rpm/usr/src" >"$T/diff" || :
	grep -v '^Only in .*: dkms.conf$' "$T/diff" && fail "they differ"
	rpm -qpR "$top"/build/rpm/nouveau-gpuvm-dkms-*.rpm >"$T/needs"
	lacks "$T/needs" 'perl\|bash\|python'
}

case_reproducible()
{
	"$top/tools/make-rpm"
	(umask 077; TZ=Pacific/Kiritimati "$top/tools/make-rpm" "$T/again")
	for f in "$top"/build/rpm/*.rpm; do
		check cmp "$f" "$T/again/$(basename "$f")"
	done
}

# A package that somebody changed, or signed by another, is refused.
case_signed()
{
	chapter begin begin
	in_root sh -c 'rpm --import /srv/repo/nouveau-gpuvm.asc && rpm -K /srv/repo/rpm/*.rpm' >"$T/out"
	cat "$T/out"
	! grep -v 'digests signatures OK' "$T/out" || fail 'a package is not signed'
	cp -r "$top/build/repo" "$T/changed"
	echo >>"$T/changed/rpm/repodata/repomd.xml"
	run "$env" run --bind "$T/changed:/srv/changed" "$chroot" sh -c '
		dnf -q --disablerepo="*" --repofrompath=c,file:///srv/changed/rpm --setopt=c.gpgcheck=1 \
			--setopt=c.repo_gpgcheck=1 --setopt=c.gpgkey=file:///srv/changed/nouveau-gpuvm.asc \
			download --destdir=/tmp nouveau-gpuvm-dkms || dnf -q --disablerepo="*" \
			--repofrompath=c,file:///srv/changed/rpm --setopt=c.gpgcheck=1 --setopt=c.repo_gpgcheck=1 \
			--setopt=c.gpgkey=file:///srv/changed/nouveau-gpuvm.asc install nouveau-gpuvm-dkms'
	status fail
	grep -qiE 'signature|GPG' "$T/err" "$T/out"
	in_root sh -c '! rpm -q nouveau-gpuvm-dkms'
}

case_install_without_headers()
{
	chapter installed installed
	set_kernels
	grep "no headers for kernel $old, .*; install kernel-devel-$old and the modules are built" \
		"$state/install.dnf" || fail "it does not say that there are no headers"
	in_root rpm -q nouveau-gpuvm-dkms
	in_root dkms status | tee "$T/status"
	has "$T/status" "^nouveau-gpuvm/$version: added\$"
	# What recommends is followed: the tool is there, and says the same.
	in_root nouveau-gpuvm doctor >"$T/out" || :
	cat "$T/out"
	has "$T/out" "no headers of kernel $old; remedy: dnf install kernel-devel-$old\$"
}

case_headers_arrive()
{
	chapter headers headers
	set_kernels
	built "$old"
}

case_headers_initramfs()
{
	chapter headers headers
	set_kernels
	got=$(in_initramfs "$old")
	same "$got" extra
}

case_upgrade_builds_by_itself()
{
	chapter update update
	set_kernels
	built "$new"
	built "$old"
}

case_upgrade_initramfs()
{
	chapter update update
	set_kernels
	got=$(in_initramfs "$new")
	same "$got" extra
}

case_status()
{
	chapter update update
	set_kernels
	in_root nouveau-gpuvm status >"$T/out"
	cat "$T/out"
	for k in $old $new; do
		has "$T/out" "^$k  *yes  *ours $version  *[a-z]*  *current\$"
	done
}

case_remove()
{
	chapter removed removed
	set_kernels
	for k in $old $new; do
		in_root modinfo -k "$k" -n nouveau | tee "$T/file"
		has "$T/file" "^/lib/modules/$k/kernel/"
		got=$(in_initramfs "$k")
		same "$got" kernel "initramfs of $k"
	done
}

case_remove_leaves_nothing()
{
	chapter removed removed
	for d in usr/lib/modules var/lib/dkms usr/src usr/share etc; do
		find "$chroot/$d" -name '*ngv_*' -o -name '*nouveau-gpuvm*' ! -path '*/yum.repos.d/*' \
			! -path '*/nouveau-gpuvm-tools*' ! -path '*/bash-completion/*' ! -path '*/man/*'
		find "$chroot/$d" -path '*/extra/*'
	done | tee "$T/left"
	check [ ! -s "$T/left" ]
	# The tools were brought by the package, and go with it.
	in_root sh -c '! rpm -q nouveau-gpuvm-dkms && ! rpm -q nouveau-gpuvm-tools'
}

exec 9>&1
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state" "$chroot"
	mkdir -p "$state"
fi
tap_case rpmlint case_rpmlint
tap_case contents case_contents
tap_case signed case_signed
tap_case install-without-headers case_install_without_headers
tap_case headers-arrive case_headers_arrive
tap_case headers-initramfs case_headers_initramfs
tap_case upgrade-builds-by-itself case_upgrade_builds_by_itself
tap_case upgrade-initramfs case_upgrade_initramfs
tap_case status case_status
tap_case remove case_remove
tap_case remove-leaves-nothing case_remove_leaves_nothing
tap_case reproducible case_reproducible
tap_done
