#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What happens to the .deb beside what tests/install.t plays through: an upgrade
# from an older version of our own, a kernel that cannot be built beside one that
# can, an initramfs without nouveau, Secure Boot; and what Debian itself tests a
# package with, piuparts and autopkgtest.  In layers over a clean Debian 12
# that has two kernels.  A case that needs an earlier chapter runs it first.
#
# OLDER names the .deb from which to upgrade, of a version below 0.1; without OLDER, the
# package of today's sources as 0.0.9.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/layers.sh
. "$(dirname "$0")/lib/layers.sh"

fresh()
{
	base
	later "unlayer $1"
	layer "$1"
}

# without KVER: that kernel's headers are not there
without_headers() { mv "$chroot/usr/src/linux-headers-$1" "$chroot/root/"; }

# older DIR: the package as of an earlier version, made of the same sources
older()
{
	mkdir -p "$1"
	"$top/tools/files" | (cd "$top" && tar -c --null -T - -f -) | tar -x -C "$1" -f -
	sed -i '1s/(.*)/(0.0.9-1)/' "$1/debian/changelog"
	mkdir "$1/build"
	cp -al "$top/build/cache" "$1/build/cache"
	(cd "$1" && tools/make-deb)
}

# The package from which to upgrade
older_deb() { echo "${OLDER:-$(echo "$state"/older/build/deb/nouveau-gpuvm-dkms_0.0.9*.deb)}"; }

life()
{
	chapter "$1" "$1"
	chroot=$store/life
	set_kernels
}

# Kept until the script ends, not the case
begin()
{
	base
	layer life
	stat -c '%n %i %y' "$chroot"/boot/initrd.img-* >"$state/initrd"
	rm "$chroot/usr/src/linux-headers-$old/Module.symvers"
	[ -n "${OLDER-}" ] || older "$state/older"
}

# An earlier version of ours, where the older kernel's headers are broken
first()
{
	life begin
	cp "$(older_deb)" "$chroot/root/older.deb"
	v=$(dpkg-deb -f "$chroot/root/older.deb" Version)
	echo "${v%-*}" >"$state/older.version"
	in_chroot apt-get -q -y install /root/older.deb 2>&1 | tr -d '\r' | tee "$state/first.apt"
	in_chroot sh -c '! dpkg --audit | grep .'
}

upgraded()
{
	life first
	# Somebody's own words in the settings stay.
	echo '# mine' >>"$chroot/etc/nouveau-gpuvm.conf"
	in_chroot apt-get -q -y install /root/deb.deb
	in_chroot sh -c '! dpkg --audit | grep .'
}

purged()
{
	life upgraded
	in_chroot apt-get -q -y purge nouveau-gpuvm-dkms
	in_chroot sh -c '! dpkg --audit | grep .'
}

# Complaint 5: the oldest kernel fails, and the installation stops there.
case_older_kernel_fails()
{
	life first
	grep '^nouveau-gpuvm' "$state/first.apt" | tee "$T/ours"
	got=$(wc -l <"$T/ours")
	same "$got" 1 'lines of ours'
	has "$T/ours" "cannot build for kernel $old: .*Module.symvers; install its headers"
	# shellcheck disable=SC2016 # dpkg-query's own variable
	got=$(in_chroot dpkg-query -W -f '${db:Status-Status}' nouveau-gpuvm-dkms)
	same "$got" installed
	[ -e "$state/upgraded" ] || whole "$new" "$(cat "$state/older.version")"
	in_tree "$old"
}

case_upgrade()
{
	life upgraded
	whole "$new" "$version"
	has "$chroot/etc/nouveau-gpuvm.conf" '^# mine$'
	nothing_of_older
	in_tree "$old"
}

nothing_of_older()
{
	v=$(cat "$state/older.version")
	find "$chroot/var/lib/dkms" "$chroot/usr/src" "$chroot/lib/modules" -name "*$v*" | tee "$T/left"
	check [ ! -s "$T/left" ]
}

# The new package arrives while dkms builds the older one.
case_upgrade_during_build()
{
	life first
	fresh during
	v=$(cat "$state/older.version")
	without_headers "$old"
	cp "$(older_deb)" "$chroot/root/older.deb"
	# dkms knows the package, and has not built it.
	in_chroot sh -c 'mkdir -p /etc/dkms && : >/etc/dkms/no-autoinstall && apt-get -q -y install /root/older.deb && rm /etc/dkms/no-autoinstall'
	in_chroot dkms build "$name/$v" -k "$new" >"$T/build" 2>&1 &
	building=$!
	for i in $(seq 300); do
		got=$(find "$chroot/var/lib/dkms/$name/$v/build" -name '*.o' 2>/dev/null | head -n 1)
		[ -z "$got" ] || break
		sleep 1
	done
	check [ "$i" -lt 300 ]
	kill -0 $building || fail 'the older build ended before the upgrade began'
	run in_chroot apt-get -q -y install /root/deb.deb
	status 0
	wait $building || :
	in_chroot sh -c '! dpkg --audit | grep .'
	whole "$new" "$version"
	nothing_of_older
	in_tree "$old"
}

case_purge()
{
	life purged
	in_tree "$new"
	in_tree "$old"
	nothing_left
}

# The initramfs is made anew only where it holds a nouveau.
case_initramfs_untouched()
{
	life purged
	stat -c '%n %i %y' "$chroot"/boot/initrd.img-* | diff "$state/initrd" -
}

# Secure Boot as shim and mokutil tell of it; what mokutil is called with is kept.
case_secure_boot()
{
	fresh secure
	without_headers "$old"
	without_headers "$new"
	mkdir -p "$chroot/var/lib/dkms"
	: >"$chroot/var/lib/dkms/mok.pub"
	cat >"$chroot/usr/local/bin/mokutil" <<'END'
#!/bin/sh
echo "$*" >>/root/mokutil.calls
case $1 in
--sb-state) cat /root/sb-state ;;
--test-key) echo "$2 $(cat /root/test-key)"; exit 1 ;;
*) exit 1 ;;
esac
END
	chmod +x "$chroot/usr/local/bin/mokutil"
	echo 'SecureBoot enabled' >"$chroot/root/sb-state"
	echo 'is not enrolled' >"$chroot/root/test-key"
	run in_chroot apt-get -q -y install /root/deb.deb
	status 0
	# apt gives packages' scripts a terminal.
	cat "$T/out" "$T/err" | tr -d '\r' >"$T/said"
	has "$T/said" '^nouveau-gpuvm-dkms: Secure Boot refuses the modules until their key is enrolled; run: mokutil --import /var/lib/dkms/mok.pub$'
	settle=/usr/share/nouveau-gpuvm-dkms/dkms-settle
	# Ubuntu's key is another.
	mkdir -p "$chroot/var/lib/shim-signed/mok"
	: >"$chroot/var/lib/shim-signed/mok/MOK.der"
	run in_chroot $settle install
	status 0
	has "$T/err" 'run: mokutil --import /var/lib/shim-signed/mok/MOK.der$'
	echo 'is already enrolled' >"$chroot/root/test-key"
	run in_chroot $settle install
	status 0
	! grep 'Secure Boot' "$T/err" || fail "told for nothing"
	echo 'SecureBoot disabled' >"$chroot/root/sb-state"
	echo 'is not enrolled' >"$chroot/root/test-key"
	run in_chroot $settle install
	status 0
	! grep 'Secure Boot' "$T/err" || fail "told for nothing"
	# Asked it was, and never told to do anything.
	cat "$chroot/root/mokutil.calls"
	! grep -v -e '^--sb-state$' -e '^--test-key ' "$chroot/root/mokutil.calls" ||
		fail "mokutil was called for more than an answer"
	# Without mokutil the firmware's variable tells.
	rm "$chroot/usr/local/bin/mokutil" "$chroot/usr/bin/mokutil"
	for on in 1 0; do
		run "$env" run --tmpfs /sys/firmware:1m "$chroot" sh -c '
			dir=/sys/firmware/efi/efivars
			mkdir -p $dir
			printf "\006\000\000\000\00$1" >$dir/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
			exec "$2" install' sh $on $settle
		status 0
		got=$(count "$T/err" 'Secure Boot is on; .* install mokutil and run: mokutil --import')
		same "$got" $on "told, where it is $on"
	done
}

# A blacklist that somebody else left is told, and left alone.
case_blacklist()
{
	fresh blacklist
	without_headers "$old"
	without_headers "$new"
	echo 'blacklist nouveau' >"$chroot/etc/modprobe.d/nvidia-blacklists-nouveau.conf"
	run in_chroot apt-get -q -y install /root/deb.deb
	status 0
	cat "$T/out" "$T/err" | tr -d '\r' >"$T/said"
	has "$T/said" '/etc/modprobe.d/nvidia-blacklists-nouveau.conf keeps the kernel from loading nouveau; remove that line'
	has "$chroot/etc/modprobe.d/nvidia-blacklists-nouveau.conf" '^blacklist nouveau$'
}

# The source package for Debian's archive builds with what apt says that it needs, without a
# network, and gives the .deb that its twin with the kernel's files gave.
case_source_package()
{
	fresh source
	mkdir "$chroot/root/build"
	cp "$top"/build/deb/*.dsc "$top"/build/deb/nouveau-gpuvm_*.tar.xz "$chroot/root/build/"
	chmod -R a+rX "$chroot/root"
	in_chroot sh -c 'cd /root/build && apt-get -q -y --no-install-recommends build-dep ./*.dsc && dpkg-source -x ./*.dsc src'
	check [ ! -e "$chroot/root/build/src/upstream" ]
	run "$env" run --progress "$chroot" unshare -n sh -c 'cd /root/build/src && dpkg-buildpackage -us -uc -A'
	status 0
	built=$(echo "$chroot"/root/build/nouveau-gpuvm-dkms_*.deb)
	mkdir "$T/built" "$T/ours"
	dpkg-deb -R "$built" "$T/built"
	dpkg-deb -R "$deb" "$T/ours"
	diff -r "$T/built" "$T/ours" || fail 'they differ'
	check cmp "$built" "$deb"
}

# Installed, removed and purged in a Debian of its own, where no file may change or stay.
case_piuparts()
{
	fresh piuparts
	in_chroot apt-get -q -y install piuparts
	gzip -1 <"$(echo "$top"/build/chroot/base-bookworm-*.tar)" >"$chroot/root/base.tar.gz"
	cp "$top"/build/deb/nouveau-gpu*-*_*.deb "$chroot/root/"
	rm "$chroot"/root/*-dbgsym_*.deb
	in_chroot sh -c 'exec piuparts --basetgz /root/base.tar.gz --distribution bookworm --keep-sources-list \
		--no-eatmydata --warn-on-others --log-file /root/piuparts.log /root/nouveau-gpuvm-*.deb' >/dev/null 2>&1 || {
		grep -A 10 -E ' (ERROR|FAIL)' "$chroot/root/piuparts.log" || tail -n 30 "$chroot/root/piuparts.log"
		fail 'see above'
	}
	has "$chroot/root/piuparts.log" 'PASS: All tests'
}

# The package's own tests, of debian/tests, in the order that Debian runs them.
case_autopkgtest()
{
	fresh autopkgtest
	without_headers "$old"
	(cd "$T" && dpkg-source -x "$top"/build/deb/*.dsc src)
	cp -r "$T/src" "$chroot/root/src"
	cp "$top"/build/deb/nouveau-gpuvm-*.deb "$chroot/root/"
	in_chroot apt-get -q -y install autopkgtest autodep8
	run in_chroot sh -c 'exec autopkgtest --no-built-binaries /root/src /root/nouveau-gpuvm-*.deb -- null'
	status 0
	cat "$T/out" "$T/err" >"$T/said"
	has "$T/said" '^dkms-autopkgtest *PASS'
	has "$T/said" '^boot *PASS'
}

# shellcheck disable=SC2034 # layers.sh reads it
state=$store.state
exec 9>&1
tap_begin "$@"
if [ -z "$tap_list" ]; then
	rm -rf "$state"
	mkdir -p "$state"
	# shellcheck disable=SC2154 # tap.sh's own
	tap_at_end='unlayer life'
fi
tap_case secure-boot case_secure_boot
tap_case blacklist case_blacklist
tap_case older-kernel-fails case_older_kernel_fails
tap_case upgrade-of-our-own case_upgrade
tap_case upgrade-during-build case_upgrade_during_build
tap_case purge case_purge
tap_case initramfs-untouched case_initramfs_untouched
tap_case source-package case_source_package
tap_case piuparts case_piuparts
tap_case autopkgtest case_autopkgtest
tap_done
