#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# nouveau-gpuvm try in a clean Debian 12 with a kernel: what is missing, a trial of the
# package's file, and a trial that fails. The command line for VFIO, as text. (Whether a
# card can be given to a guest is in tool.t.)

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
cd "$top"

env=lab/chroot/env
chroot=$top/build/chroot/try

in_chroot() { "$env" run --bind "$top:/src" "$chroot" env NGV_BUILD=/root/trial "$@"; }
tries() { run in_chroot nouveau-gpuvm try --tree /src --kernel "$kver" "$@"; }

# The machine: a kernel with headers, and what dkms brings; our tools.  Sets $kver.
machine()
{
	kver=$(tools/kernel resolve 6.1)
	[ ! -e "$chroot/root/ready" ] || return 0
	rm -rf "$chroot"
	"$env" make "$chroot"
	tools/make-deb
	cp build/deb/nouveau-gpuvm-*.deb "$chroot/root/"
	# shellcheck disable=SC2046 # words
	in_chroot env INITRD=No apt-get -q -y install $(tools/kernel packages 6.1) gcc libc6-dev make
	in_chroot sh -c 'apt-get -q -y install /root/nouveau-gpuvm-tools_*.deb'
	: >"$chroot/root/ready"
}

case_missing()
{
	rm -rf "$chroot"
	machine
	tries
	status 2
	one_line '^nouveau-gpuvm: not installed: busybox-static libpng-dev mmdebstrap; run: apt install busybox-static libpng-dev mmdebstrap$'
	# That command is right.
	sed -n 's/.*; run: apt install //p' "$T/err" | xargs "$env" run "$chroot" apt-get -q -y install
	tries
	status 2
	one_line '^nouveau-gpuvm: no source of our modules is here; name the package: --deb '
	tries --deb /root/ready
	status 2
	one_line '^nouveau-gpuvm: /root/ready is no package; name the file of nouveau-gpuvm-dkms$'
	tries --kernel 9.9
	status 2
	one_line '^nouveau-gpuvm: kernel 9.9 is not installed; nouveau-gpuvm status lists the kernels$'
}

# A kernel that the settings leave alone has its own nouveau, which has no VM_BIND.
case_fails()
{
	[ -e "$chroot/root/ready" ] || fail 'the case missing has to come first'
	machine
	echo "$kver never" >"$chroot/etc/nouveau-gpuvm.conf"
	tries --deb "/root/$(cd "$chroot/root" && echo nouveau-gpuvm-dkms_*.deb)"
	rm "$chroot/etc/nouveau-gpuvm.conf"
	status 1
	has "$T/out" "^nouveau-gpuvm: kernel $kver is left alone: .*nouveau-gpuvm.conf says never"
	has "$T/out" "^works: kernel $kver boots\$"
	has "$T/out" "^fails: the kernel's own nouveau finds the GPU model of gp100, loads and unloads: ."
	has "$T/out" '^fails: VM_BIND: '
}

case_works()
{
	[ -e "$chroot/root/ready" ] || fail 'the case missing has to come first'
	machine
	: >"$T/before"
	tries --deb "/root/$(cd "$chroot/root" && echo nouveau-gpuvm-dkms_*.deb)"
	status 0
	has "$T/out" "^works: kernel $kver boots\$"
	has "$T/out" '^works: nouveau-gpuvm [0-9.+]* (compiled for this trial) finds the GPU model of gp100'
	has "$T/out" '^works: VM_BIND: 1[0-9][0-9] tests of vmbind-test$'
	lacks "$T/out" '^fails'
	# Nothing on the machine has changed, and the sources of the trial are gone.
	find "$chroot" -xdev -newer "$T/before" -type f ! -path "$chroot/root/trial/*" \
		! -path "$chroot/var/cache/*" ! -path "$chroot/etc/resolv.conf" ! -path "$chroot/tmp/*" \
		>"$T/changed"
	cat "$T/changed"
	check [ ! -s "$T/changed" ]
	check [ ! -e "$chroot/root/trial/try/work" ]
	rm -rf "$chroot"
}

# Text is all that can be checked here: no machine of ours has a card.
case_vfio_command()
{
	run lab/vm/run --kernel 6.1 --vfio 0000:01:00.0,0000:01:00.1 --test model-load --print
	status 0
	has "$T/out" '^qemu-system-x86_64 -accel kvm -cpu host '
	has "$T/out" ' -device vfio-pci,host=0000:01:00.0 -device vfio-pci,host=0000:01:00.1 $'
	lacks "$T/out" 'vfio-user\|config=disp=0'
	run lab/vm/run --kernel 6.1 --gpu gp100 --test model-load --print
	status 0
	has "$T/out" ' -accel tcg,thread=multi -cpu max,'
	has "$T/out" "'{\"driver\":\"vfio-user-pci\""
	run lab/vm/run --kernel 6.1 --vfio 0000:01:00.0 --firmware no/such --test model-load --print
	status 2
	one_line '^vm/run: no directory /lib/firmware/no/such; see: nouveau-gpuvm doctor$'
	run lab/vm/run --kernel 6.1 --vfio 0000:01:00.0 --gpu gp100
	status 2
	one_line 'are two cards; name one$'
}

tap_begin "$@"
tap_case vfio-command case_vfio_command
tap_case missing case_missing
tap_case fails case_fails
tap_case works case_works
tap_done
