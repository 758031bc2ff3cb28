# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# A small Debian 12 with dkms and stub packages (tests/stub/make), in which a build
# takes a second.  Source this file after tap.sh, in tests that install and remove many
# times.

# shellcheck source=tests/lib/layers.sh
. "$top/tests/lib/layers.sh"

store=$top/build/chroot/stub
debs=$store/debs
one=1.0+6.12.1
two=2.0+6.12.2
kernels='9.1-stub 9.2-stub 9.3-stub 9.4-alone'

# Makes the system below all layers once a day, and the packages once for each script.
stub_base()
{
	if [ "$(cat "$store/key" 2>/dev/null)" != "$(date +%F)" ] || [ ! -d "$store/lower" ]; then
		rm -rf "$store/lower"
		mkdir -p "$store"
		"$env" make "$store/lower" dkms make gcc kmod
		# A stub kernel has no initramfs.  Synchronising the disk takes most of
		# the time.
		"$env" run "$store/lower" sh -c 'dpkg -P initramfs-tools initramfs-tools-core &&
			echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/quick'
		date +%F >"$store/key"
	fi
	[ ! -e "$debs/ready" ] || return 0
	rm -rf "$debs"
	mkdir -p "$debs"
	"$top/tests/stub/make" package $one "$debs/one.deb" probes
	"$top/tests/stub/make" package $two "$debs/two.deb" probes
	"$top/tests/stub/make" package $two "$debs/clash.deb" probes clash
	"$top/tests/stub/make" other breaks 'Breaks: nouveau-gpuvm-dkms' "$debs/breaks.deb"
	printf 'Provides: nouveau-gpuvm-dkms\nConflicts: nouveau-gpuvm-dkms\nReplaces: nouveau-gpuvm-dkms' >"$debs/fields"
	"$top/tests/stub/make" other conflicts "$(cat "$debs/fields")" "$debs/conflicts.deb"
	"$top/tests/stub/make" other takeover 'Replaces: nouveau-gpuvm-dkms' "$debs/takeover.deb" "$debs/one.deb"
	for k in $kernels; do
		"$top/tests/stub/make" kernel "$k" "$debs"
	done
	: >"$debs/ready"
}

# stub_layer NAME [BELOW...]: makes a layer over this system in memory, with the
# packages in /root/debs
stub_layer()
{
	mb=600
	deb=$debs/one.deb
	later "unlayer $1"
	layer "$@"
	mkdir -p "$chroot/root/fail"
	cp -r "$debs" "$chroot/root/"
}

# Installs the named kernel images and headers: image-KVER, headers-KVER.
stub_kernels()
{
	for p; do
		in_chroot dpkg -i "/root/debs/linux-$p.deb" >"$T/dpkg.log" 2>&1 || { cat "$T/dpkg.log"; fail "linux-$p"; }
	done
}

# stub_whole KVER VERSION: checks that modprobe takes our modules, and that they are
# complete
stub_whole()
{
	for m in ngv_compat ngv_gpuvm ngv_ttm ngv_sched nouveau ngv_selftest; do
		got=$(in_chroot modinfo -k "$1" -n "$m")
		same "$got" "/lib/modules/$1/updates/dkms/$m.ko" "kernel $1"
		got=$(in_chroot modinfo -k "$1" -F version "$m")
		same "$got" "$2" "$m of kernel $1"
	done
	in_chroot dkms status -m "$name" -k "$1" >"$T/status"
	got=$(cat "$T/status")
	same "$got" "$name/$2, $1, $(uname -m): installed"
	[ ! -e "$chroot/etc/depmod.d/$name.conf" ] || fail 'an override is left'
}

# Checks that the kernel's own nouveau is active and no module of ours is in its place.
stub_own()
{
	in_tree "$1"
}

audit_clean() { in_chroot sh -c '! dpkg --audit | grep .' || fail 'dpkg --audit'; }
