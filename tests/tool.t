#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# nouveau-gpuvm: what it says of systems in directories, where everything is in
# order but for one thing.  Needs no GPU, no dkms and no privileges.

. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/tool/root.sh"
. "$(dirname "$0")/tool/cards.sh"
cd "$top"

build()
{
	make -s -C programs/nouveau-gpuvm OUT="$top/build/nouveau-gpuvm"
	tool=$top/build/nouveau-gpuvm/nouveau-gpuvm
	answer=$top/build/nouveau-gpuvm/answer.so
	[ -n "$(find "$answer" -newer tests/tool/answer.c 2>/dev/null)" ] ||
		gcc -shared -fPIC -Wall -Werror -I/usr/include/libdrm -o "$answer" tests/tool/answer.c
	preload=$answer
}

# The same, with a compiler's eyes on its memory.
build_watched()
{
	build
	make -s -C programs/nouveau-gpuvm OUT="$top/build/nouveau-gpuvm-asan" SANITIZE=y CFLAGS='-O1 -g'
	tool=$top/build/nouveau-gpuvm-asan/nouveau-gpuvm
	preload="$(gcc -print-file-name=libasan.so) $answer"
}

ask() { run env LD_PRELOAD="$preload" "$tool" --root "$root" "$@"; }

sound()
{
	build
	healthy
}

# finding STATUS CHECK WORDS: doctor finds this one thing and nothing else
finding()
{
	ask doctor
	status "$1"
	got=$(wc -l <"$T/out")
	same "$got" 2 'lines'
	if [ "$1" = 0 ]; then is=note; else is=blocks; fi
	has "$T/out" "^$is: $2: .*$3.*; remedy: .*${4-}"
	[ ! -s "$T/err" ]
}

# The kernel's own nouveau is what is loaded.
theirs_loaded()
{
	rm "$root/sys/module/nouveau/version" "$root/sys/module/nouveau/srcversion"
	rm -r "$root/sys/module/ngv_gpuvm"
	echo nouveau 1.3.1 0 >"$root/dev/dri/renderD128"
}

case_sound()
{
	sound
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
}

# --- one trouble each -------------------------------------------------------------

case_no_gpu()
{
	sound
	rm "$root/sys/bus/pci/devices/$slot"
	finding 1 gpu 'no NVIDIA GPU'
	# Its audio function alone is none.
	ln -s "../../../devices/$slot" "$root/sys/bus/pci/devices/$slot"
	echo 0x040300 >"$root/sys/devices/$slot/class"
	finding 1 gpu 'no NVIDIA GPU'
}

case_old_gpu()
{
	sound
	gpu 0640
	finding 1 gpu 'too old for NVK' OpenGL
	gpu 1080
	finding 1 gpu 'gf110 is too old'
}

case_new_gpu()
{
	sound
	gpu 2f04
	echo nouveau 1.4.0 0 >"$root/dev/dri/renderD128"
	finding 1 gpu 'does not support gb205 (10de:2f04)' 'upgrade to Debian 13'
	distro ID=debian VERSION_ID=13
	finding 1 gpu 'does not support gb205' 'apt install -t trixie-backports linux-image-amd64'
	distro ID=fedora
	finding 1 gpu 'does not support gb205' 'newer kernel'
}

case_no_package()
{
	sound
	rm -r "$root/var/lib/dkms"
	finding 0 package 'nouveau-gpuvm-dkms is not installed' 'apt install nouveau-gpuvm-dkms'
}

case_no_headers()
{
	sound
	kernel 6.1.0-98-amd64
	depmod -b "$root" 6.1.0-98-amd64
	rm "$root/lib/modules/6.1.0-98-amd64/build"
	finding 0 headers 'no headers of kernel 6.1.0-98-amd64' 'apt install linux-headers-6.1.0-98-amd64'
	distro ID=fedora VERSION_ID=43
	finding 0 headers 'no headers' 'dnf install kernel-devel-6.1.0-98-amd64'
	# Where nothing is built yet, they are all that is missing.
	rm -r "$root/lib/modules/6.1.0-98-amd64" "$root/lib/modules/$kver/build" \
		"$root/lib/modules/$kver/updates" "$root/var/lib/dkms/nouveau-gpuvm/$version/$kver"
	depmod -b "$root" "$kver"
	pack
	theirs_loaded
	finding 1 headers 'no headers of kernel 6.1.0-99' 'dnf install kernel-devel-6.1.0-99-amd64'
}

case_incomplete_headers()
{
	sound
	rm "$root/usr/src/linux-headers-$kver/Module.symvers"
	finding 0 headers 'incomplete headers'
}

case_wrong_compiler()
{
	sound
	rm "$root/usr/bin/gcc-12"
	finding 0 compiler 'compiles its modules with gcc-12, which is not installed' 'apt install gcc-12'
	: >"$root/usr/bin/x86_64-linux-gnu-gcc-12"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	# Fedora's headers name none.
	rm "$root/usr/src/linux-headers-$kver/.kernelvariables"
	distro ID=fedora
	finding 0 compiler 'modules with gcc, ' 'dnf install gcc'
	echo CONFIG_CC_IS_CLANG=y >"$root/usr/src/linux-headers-$kver/include/config/auto.conf"
	finding 0 compiler 'modules with clang, ' 'dnf install clang'
}

# The package's own word on a kernel that it is not for.
case_unsupported_kernel()
{
	sound
	kernel 6.1.0-98-amd64
	depmod -b "$root" 6.1.0-98-amd64
	finding 0 build 'nothing has been built for 6.1.0-98-amd64' 'nouveau-gpuvm rebuild 6.1.0-98-amd64'
	sed -i s/CONFIG_DRM_NOUVEAU=m/CONFIG_DRM_NOUVEAU=y/ \
		"$root/usr/src/linux-headers-6.1.0-98-amd64/include/config/auto.conf"
	finding 0 unsupported-kernel 'kernel 6.1.0-98-amd64 is left alone: nouveau is built into it'
	# It is obeyed where it may: what the switch says counts too.
	echo '6.1.0-98* never' >"$root/etc/nouveau-gpuvm.conf"
	finding 0 unsupported-kernel 'nouveau-gpuvm.conf says never'
}

case_build_failed()
{
	sound
	rm -r "$root/var/lib/dkms/nouveau-gpuvm/$version/$kver" "$root/lib/modules/$kver/updates"
	depmod -b "$root" "$kver"
	pack
	theirs_loaded
	finding 1 build 'nothing has been built for 6.1.0-99-amd64' 'nouveau-gpuvm rebuild 6.1.0-99-amd64'
	mkdir "$root/var/lib/dkms/nouveau-gpuvm/$version/build"
	cat >"$root/var/lib/dkms/nouveau-gpuvm/$version/build/make.log" <<END
DKMS make.log for nouveau-gpuvm-$version for kernel $kver (x86_64)
make: Entering directory
src/gpuvm/vm.c:7:1: error: expected ';' before 'int'
make: *** [all] Error 1
END
	finding 1 build "failed: src/gpuvm/vm.c:7:1: error: expected" 'nouveau-gpuvm rebuild'
	# Another kernel's log says nothing about this one.
	sed -i "s/$kver/6.1.0-1-amd64/" "$root/var/lib/dkms/nouveau-gpuvm/$version/build/make.log"
	finding 1 build 'nothing has been built'
}

case_in_tree_module()
{
	sound
	rm -r "$root/lib/modules/$kver/updates"
	depmod -b "$root" "$kver"
	pack
	theirs_loaded
	finding 1 in-tree-module 'would load kernel/drivers/gpu/drm/nouveau/nouveau.ko' \
		"nouveau-gpuvm rebuild $kver"
}

# An older nouveau of ours, the kernel's own, packed in each way there is.
case_stale_initramfs()
{
	for PACKER in 'zstd -q' gzip 'xz --check=crc32' bzip2 'lz4 -l' cat; do
		command -v "${PACKER%% *}" >/dev/null || continue
		echo "packed by $PACKER"
		rm -rf "$T/root" "$T/old"
		sound
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works'
		# Built and installed after it was made.
		touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works'

		our_module 0.0.9+6.12.0 AAAAAAAAAAAAAAAAAAAAAAA
		pack
		our_module
		touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
		finding 1 initramfs 'holds another nouveau' "update-initramfs -u -k $kver"

		# The kernel's own, which is in another place.
		mv "$root/lib/modules/$kver/updates" "$T/old"
		pack
		mv "$T/old" "$root/lib/modules/$kver/updates"
		touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
		finding 1 initramfs 'holds another nouveau'

		# None at all, which is no trouble.
		mkdir -p "$T/old/lib/modules/$kver"
		pack "$T/old"
		touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works'
		# It has little time for that, and gives up on a busy machine.
		for try in 1 2 3 4 5 6 7 8 9 10; do
			ask status
			status 0
			grep -q 'not looked into' "$T/out" || break
		done
		has "$T/out" 'without nouveau'
	done
}

case_initramfs_after_removal()
{
	sound
	rm -r "$root/var/lib/dkms" "$root/lib/modules/$kver/updates" "$root/sys/module/nouveau"
	depmod -b "$root" "$kver"
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	ask doctor
	status 1
	has "$T/out" '^blocks: initramfs: '
	ask status
	status 0
	has "$T/out" 'stale'
}

case_broken_initramfs()
{
	sound
	touch "$root/lib/modules/$kver/modules.dep.bin"
	head -c 3000 /dev/urandom >"$root/boot/initrd.img-$kver"
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	finding 0 initramfs "/boot/initrd.img-$kver, cannot be read" 'update-initramfs'
}

case_secure_boot()
{
	sound
	secure_boot 0
	dkms_key
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	secure_boot 1
	finding 1 secure-boot 'refuses the modules until the key .* is enrolled' \
		'mokutil --import /var/lib/dkms/mok.pub'
	# Somebody else's key is in the list.
	head -c 900 /dev/zero >"$T/other"
	enrolled "$T/other"
	finding 1 secure-boot 'refuses the modules'
	enrolled "$root/var/lib/dkms/mok.pub"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	# shim may be told not to look.
	enrolled
	printf '\006\000\000\000\001' >"$root/sys/firmware/efi/efivars/MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
}

# As the package leaves it: modprobe takes the kernel's own until the key is enrolled.
case_secure_boot_waits()
{
	sound
	secure_boot 1
	dkms_key
	enrolled
	mkdir -p "$root/etc/depmod.d"
	printf '# wrote this\n# until: key\noverride nouveau * kernel/drivers/gpu/drm/nouveau\n' \
		>"$root/etc/depmod.d/nouveau-gpuvm.conf"
	mv "$root/lib/modules/$kver/updates" "$T/updates"
	pack
	mv "$T/updates" "$root/lib/modules/$kver/updates"
	depmod -b "$root" -C "$root/etc/depmod.d/nouveau-gpuvm.conf" "$kver"
	touch "$root/boot/initrd.img-$kver"
	theirs_loaded
	says='kernel.s own nouveau stays in charge until the modules. key is enrolled'
	finding 1 secure-boot "$says" 'mokutil --import /var/lib/dkms/mok.pub'
	ask status
	status 0
	has "$T/out" "^$kver \*  *yes  *the kernel.s own, until the key is enrolled  *no  *current\$"
	ask status --json
	status 0
	fields <<END
.kernels[0].next.ours false
.kernels[0].next.waits_for_key true
END
	# One finding for all kernels
	kernel 6.1.0-98-amd64
	mkdir -p "$root/var/lib/dkms/nouveau-gpuvm/$version/6.1.0-98-amd64/x86_64/module"
	: >"$root/var/lib/dkms/nouveau-gpuvm/$version/6.1.0-98-amd64/x86_64/module/nouveau.ko"
	depmod -b "$root" 6.1.0-98-amd64
	finding 1 secure-boot "$says" 'mokutil --import'
	# The next boot has not come yet.
	enrolled "$root/var/lib/dkms/mok.pub"
	finding 1 secure-boot 'still in charge, although Secure Boot does not refuse the modules any more' \
		'nouveau-gpuvm rebuild$'
	# Another reason is none to wait for a key.
	rm -r "$root/lib/modules/6.1.0-98-amd64"
	sed -i 's/until: key/until: removal/' "$root/etc/depmod.d/nouveau-gpuvm.conf"
	finding 1 in-tree-module 'would load kernel/'
}

case_secure_boot_unsigned()
{
	sound
	secure_boot 1
	finding 1 secure-boot 'updates/dkms/nouveau.ko is not signed' "nouveau-gpuvm rebuild $kver"
}

case_secure_boot_key_elsewhere()
{
	sound
	secure_boot 1
	dkms_key
	mkdir -p "$root/etc/dkms" "$root/etc/keys"
	mv "$root/var/lib/dkms/mok.pub" "$root/etc/keys/own.der"
	echo 'mok_certificate="/etc/keys/own.der"' >"$root/etc/dkms/framework.conf"
	finding 1 secure-boot 'refuses the modules' 'mokutil --import /etc/keys/own.der'
}

case_blacklist()
{
	sound
	printf '# by hand\n\n blacklist   nouveau\n' >"$root/etc/modprobe.d/local.conf"
	finding 1 blacklist '/etc/modprobe.d/local.conf:3 keeps the kernel from loading nouveau' 'remove that line'
	for line in 'install nouveau /bin/false' 'alias nouveau off' 'options nouveau modeset=0' \
		'install nouveau /usr/bin/true'; do
		echo "$line" >"$root/etc/modprobe.d/local.conf"
		finding 1 blacklist '/etc/modprobe.d/local.conf:1'
	done
	for line in '# blacklist nouveau' 'blacklist nouveaux' 'options nouveau debug=info' \
		'install nouveau /sbin/modprobe --ignore-install nouveau' 'blacklist nvidiafb'; do
		echo "$line" >"$root/etc/modprobe.d/local.conf"
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works' "$line"
	done
}

case_blacklist_proprietary()
{
	sound
	mkdir -p "$root/etc/alternatives" "$root/usr/lib/nvidia"
	echo 'blacklist nouveau' >"$root/usr/lib/nvidia/modprobe.conf"
	# Through an absolute link, as the alternatives of Debian's package are.
	ln -s /usr/lib/nvidia/modprobe.conf "$root/etc/modprobe.d/nvidia-blacklists-nouveau.conf"
	finding 1 blacklist 'nvidia-blacklists-nouveau.conf:1 .*proprietary' "apt purge 'nvidia-\*' && update-initramfs -u -k all && reboot\$"
}

case_blacklist_cmdline()
{
	sound
	for word in modprobe.blacklist=nvidiafb,nouveau module_blacklist=nouveau \
		rd.driver.blacklist=nouveau; do
		echo "quiet $word" >"$root/proc/cmdline"
		finding 1 blacklist "booted with $word" /etc/default/grub
	done
	echo "quiet modprobe.blacklist=nvidia" >"$root/proc/cmdline"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
}

case_nomodeset()
{
	sound
	for word in nomodeset nouveau.modeset=0; do
		echo "quiet $word splash" >"$root/proc/cmdline"
		finding 1 nomodeset "booted with $word" /etc/default/grub
	done
}

case_other_driver()
{
	sound
	ln -sfn ../../bus/pci/drivers/nvidia "$root/sys/devices/$slot/driver"
	finding 1 other-driver 'driven by nvidia, the proprietary' "apt purge 'nvidia-\*' && update-initramfs -u -k all && reboot\$"
	ln -sfn ../../bus/pci/drivers/vfio-pci "$root/sys/devices/$slot/driver"
	finding 1 other-driver 'driven by vfio-pci' 'give it back'
	# Beside nouveau: whichever the kernel loads first takes the GPU.
	ln -sfn ../../bus/pci/drivers/nouveau "$root/sys/devices/$slot/driver"
	module "$root/lib/modules/$kver/updates/dkms/nvidia-current.ko" license=NVIDIA name=nvidia-current \
		"vermagic=$kver SMP" depends= 'alias=pci:v000010DEd*sv*sd*bc03sc00i00*'
	module "$root/lib/modules/$kver/kernel/nvidiafb.ko" license=GPL name=nvidiafb "vermagic=$kver SMP" \
		depends= 'alias=pci:v000010DEd*sv*sd*bc03sc*i*'
	depmod -b "$root" "$kver"
	pack
	finding 0 other-driver "kernel $kver has the proprietary driver nvidia_current too" "apt purge 'nvidia-\*' &&"
	distro ID=ubuntu ID_LIKE=debian VERSION_ID=24.04
	finding 0 other-driver 'the proprietary driver nvidia_current' "apt purge 'nvidia-\*' 'linux-modules-nvidia-\*' &&"
	distro ID=fedora
	finding 0 other-driver 'the proprietary driver nvidia_current' "remove that driver.s packages"
	rm "$root/lib/modules/$kver/updates/dkms/nvidia-current.ko"
	depmod -b "$root" "$kver"
	pack
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'nvidiafb'
}

case_firmware()
{
	sound
	rm "$root/lib/firmware/nvidia/gp104/gr/fecs_bl.bin"
	finding 1 firmware 'gp104 lacks 1 firmware files, such as nvidia/gp104/gr/fecs_bl.bin' \
		"apt update && apt install firmware-misc-nonfree && update-initramfs -u -k $kver\$"
	# In another of the places where the kernel looks, packed.
	mkdir -p "$root/lib/firmware/updates/nvidia/gp104/gr"
	: >"$root/lib/firmware/updates/nvidia/gp104/gr/fecs_bl.bin.xz"
	pack
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	# An Ada has no other firmware than its GSP's.
	gpu 2684
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	rm -r "$root/lib/firmware/nvidia/ad102"
	finding 1 firmware 'ad102 lacks 1 firmware files, such as nvidia/ad102/gsp/'
}

# Before the module is built, the package's source has the list.
case_firmware_before_build()
{
	build
	rm -rf "$T/root"
	card 2503 stable
	release debian-12
	cp "$lists/module-stable" "$root/usr/src/nouveau-gpuvm-$version/compat/firmware"
	rm -r "$root/lib/modules/$kver/updates" "$root/var/lib/dkms/nouveau-gpuvm/$version/$kver"
	rm "$root/lib/modules/$kver/build"
	depmod -b "$root" "$kver"
	pack
	theirs_loaded
	ask doctor
	status 1
	has "$T/out" '^blocks: headers: '
	has "$T/out" '^blocks: firmware: .*: ga106 lacks [1-9][0-9]* firmware files, such as nvidia/ga106/.*apt install -t bookworm-backports firmware-misc-nonfree firmware-nvidia-graphics'
	firmware_of bookworm-backports "$root/lib/firmware"
	pack
	ask doctor
	status 1
	lacks "$T/out" ': firmware: '
	# Channel next: a chip that the kernel's own does not know
	gpu 2f04
	ask doctor
	status 1
	has "$T/out" ': gpu: .* does not support'
	cp "$lists/module-next" "$root/usr/src/nouveau-gpuvm-$version/compat/firmware"
	ask doctor
	status 1
	lacks "$T/out" ': gpu: '
	has "$T/out" '^blocks: firmware: .*: gb205 lacks [1-9][0-9]* firmware files'
	# A kernel that DKMS skips keeps its own nouveau.
	gpu 2503
	rm -r "$root/lib/firmware"
	ln -s "/usr/src/linux-headers-$kver" "$root/lib/modules/$kver/build"
	echo '* never' >"$root/etc/nouveau-gpuvm.conf"
	ask doctor
	status 1
	lacks "$T/out" '^blocks: firmware: '
}

# A nouveau in the initramfs finds the firmware that is there, and no other.
case_firmware_in_initramfs()
{
	sound
	whole() { ask doctor; status 0; got=$(cat "$T/out"); same "$got" 'VM_BIND works' "$1"; }
	# pack_with COMMAND...: the initramfs has what COMMAND leaves of the firmware
	pack_with()
	{
		cp -a "$root/lib/firmware" "$T/firmware"
		"$@"
		pack
		rm -rf "$root/lib/firmware"
		mv "$T/firmware" "$root/lib/firmware"
	}
	files=$root/lib/firmware/nvidia
	for PACKER in 'zstd -q' gzip cat; do
		echo "packed by $PACKER"
		pack
		whole "packed by $PACKER"
		pack_with rm -r "$files/gp104"
		finding 1 firmware "the initramfs of $kver, /boot/initrd.img-$kver, holds nouveau and lacks 2 firmware files of gp104, such as nvidia/gp104/" \
			"update-initramfs -u -k $kver\$"
	done
	unset PACKER
	# Older than the module, and read for that already
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	finding 1 firmware 'lacks 2 firmware files'
	pack_with rm "$files/gp104/gr/fecs_bl.bin"
	finding 1 firmware 'lacks 1 firmware files of gp104, such as nvidia/gp104/gr/fecs_bl.bin'
	pack_with mv "$files/gp104/gr/fecs_bl.bin" "$files/gp104/gr/fecs_bl.bin.zst"
	whole 'compressed'
	# No nouveau is there, and none asks.
	mkdir -p "$T/nothing/lib/modules/$kver"
	pack "$T/nothing"
	touch "$root/boot/initrd.img-$kver"
	whole 'without nouveau'
	# Links to directories, as packages have them and as initramfs-tools and dracut make them
	elsewhere=$files/gp102/deep
	for target in ../gp102/deep /usr/lib/firmware/nvidia/gp102/deep /lib/firmware/nvidia/gp102/../gp102/deep; do
		echo "link to $target"
		mkdir -p "$files/gp102"
		pack_with sh -c 'mv "$1/gp104/gr" "$2" && ln -s "$3" "$1/gp104/gr"' sh "$files" "$elsewhere" "$target"
		whole "a link to $target"
		pack_with sh -c 'mv "$1/gp104/gr" "$2" && ln -s "$3" "$1/gp104/gr"' sh "$files" "$elsewhere" "${target}er"
		finding 1 firmware 'lacks 1 firmware files of gp104'
	done
	pack_with sh -c 'rm -r "$1/gr" && ln -s gr "$1/gr"' sh "$files/gp104"
	finding 1 firmware 'lacks 1 firmware files of gp104'
	# Debian 13 has what is compressed already in an archive before.
	pack_with mv "$files/gp104" "$T/gp104"
	mkdir -p "$T/early/usr/lib/firmware/nvidia"
	mv "$T/gp104" "$T/early/usr/lib/firmware/nvidia/"
	{
		(cd "$T/early" && find . | cpio --quiet -o -H newc)
		cat "$root/boot/initrd.img-$kver"
	} >"$T/two"
	mv "$T/two" "$root/boot/initrd.img-$kver"
	whole 'two archives'
	# An Ampere without its GSP's firmware runs at the clocks of the boot.
	gpu 2204
	mkdir -p "$files/ga102/gsp"
	: >"$files/ga102/gsp/gsp-535.113.01.bin"
	echo 'options nouveau config=NvGspRm=1' >"$root/etc/modprobe.d/gsp.conf"
	pack
	whole 'GSP'
	pack_with rm -r "$files/ga102/gsp"
	finding 0 firmware 'lacks 1 firmware files of ga102, such as nvidia/ga102/gsp/' 'update-initramfs'
	pack_with rm -r "$files/ga102/gsp" "$files/ga102/acr"
	finding 1 firmware 'lacks 1 firmware files of ga102, such as nvidia/ga102/acr/' 'update-initramfs'
	# What the system does not have comes first, and the initramfs is made after that.
	rm -r "$files/ga102"
	finding 1 firmware 'ga102 lacks 1 firmware files' "apt install .* && update-initramfs -u -k $kver\$"
}

# A Turing or an Ampere runs without its GSP, too, at the clocks of the boot.
case_gsp()
{
	sound
	gpu 2204
	clocks() { ask; status 0; has "$T/out" "^    clocks: $1"; }
	ran_well() { ask doctor; status 0; got=$(cat "$T/out"); same "$got" 'VM_BIND works' "$1"; }
	finding 0 firmware 'ga102 runs without its GSP, at the clocks of the boot: nvidia/ga102/gsp/gsp-535.113.01.bin is missing' \
		'apt install -t bookworm-backports .*'
	clocks "those of the boot; the GSP's firmware is missing"
	mkdir -p "$root/lib/firmware/nvidia/ga102/gsp"
	: >"$root/lib/firmware/nvidia/ga102/gsp/gsp-535.113.01.bin"
	pack
	ran_well 'without an option'
	clocks 'the GSP sets them'
	echo 'options nouveau config=NvGspRm=1' >"$root/etc/modprobe.d/gsp.conf"
	ran_well 'an option'
	clocks 'the GSP sets them'
	# Then the other firmware is of no use.
	rm -r "$root/lib/firmware/nvidia/ga102/acr"
	ran_well 'without the other firmware'
	echo 'quiet nouveau.config=NvGspRm=0' >"$root/proc/cmdline"
	finding 1 firmware 'ga102 lacks 1 firmware files, such as nvidia/ga102/acr/'
	mkdir "$root/lib/firmware/nvidia/ga102/acr"
	: >"$root/lib/firmware/nvidia/ga102/acr/ucode_ahesasc.bin"
	pack
	# The user has chosen so.
	ran_well 'switched off'
	clocks 'those of the boot; NvGspRm=0 switches the GSP off'
	echo quiet >"$root/proc/cmdline"
	rm "$root/etc/modprobe.d/gsp.conf"
	rm -r "$root/lib/firmware/nvidia/ga102/gsp"
	finding 0 firmware 'ga102 runs without its GSP, at the clocks of the boot: nvidia/ga102/gsp/gsp-535.113.01.bin is missing'
	# One whole release of two is enough.
	module "$root/lib/modules/$kver/updates/dkms/nouveau.ko" license=GPL name=nouveau \
		"vermagic=$kver SMP" "version=$version" srcversion=0123456789ABCDEF0123456 \
		depends=drm,ngv_gpuvm,ngv_ttm firmware=nvidia/ga102/gsp/gsp-570.144.bin \
		firmware=nvidia/ga102/gsp/bootloader-570.144.bin firmware=nvidia/ga102/gsp/gsp-535.113.01.bin
	pack
	mkdir -p "$root/lib/firmware/nvidia/ga102/gsp"
	: >"$root/lib/firmware/nvidia/ga102/gsp/gsp-570.144.bin"
	finding 0 firmware 'gsp/.*535.113.01.bin is missing\|gsp/bootloader-570.144.bin is missing'
	: >"$root/lib/firmware/nvidia/ga102/gsp/bootloader-570.144.bin"
	pack
	ran_well 'one release'
	# The kernel's own nouveau uses the GSP by an option, or by the kernel's configuration.
	module "$root/lib/modules/$kver/updates/dkms/nouveau.ko" license=GPL name=nouveau \
		"vermagic=$kver SMP" srcversion=0123456789ABCDEF0123456 depends=drm,drm_gpuvm \
		firmware=nvidia/ga102/gsp/gsp-535.113.01.bin
	pack
	: >"$root/lib/firmware/nvidia/ga102/gsp/gsp-535.113.01.bin"
	ask doctor
	status 0
	has "$T/out" '^note: clocks: .*ga102 stays at the clocks of the boot, because nouveau does not use its GSP; remedy: echo options nouveau config=NvGspRm=1'
	clocks 'those of the boot; nouveau does not use the GSP'
	echo CONFIG_DRM_NOUVEAU_GSP_DEFAULT=y >>"$root/usr/src/linux-headers-$kver/include/config/auto.conf"
	clocks 'the GSP sets them'
	# One that knows a newer release takes the GSP by itself, unless the configuration says no.
	sed -i /GSP_DEFAULT/d "$root/usr/src/linux-headers-$kver/include/config/auto.conf"
	clocks 'those of the boot; nouveau does not use the GSP'
	module "$root/lib/modules/$kver/updates/dkms/nouveau.ko" license=GPL name=nouveau \
		"vermagic=$kver SMP" srcversion=0123456789ABCDEF0123456 depends=drm,drm_gpuvm \
		firmware=nvidia/ga102/gsp/gsp-570.144.bin
	clocks 'the GSP sets them'
	echo '# CONFIG_DRM_NOUVEAU_GSP_DEFAULT is not set' >"$root/boot/config-$kver"
	clocks 'those of the boot; nouveau does not use the GSP'
	gpu 1b80
	clocks 'those of the boot; nouveau cannot change them'
	gpu 1380
	clocks 'you set them'
}

# What doctor finds on these systems (!: what keeps VM_BIND from working), and after its
# remedies were followed
case_cards()
{
	build
	while IFS='|' read -r device channel name found; do
		for s in debian-12 debian-12-firmware debian-12-backports debian-13 ubuntu-24.04; do
			echo "$name, $channel, $s"
			rm -rf "$T/root"
			card "$device" "$channel"
			system "$s"
			ask
			status 0
			has "$T/out" "^GPU $slot: GeForce $name ([A-Z]*[0-9]*) (10de:$device), driver nouveau\$"
			ask doctor
			# What blocks has a mark.
			got=$(sed -n 's/^blocks: \([a-z-]*\): .*/\1!/p; s/^note: \([a-z-]*\): .*/\1/p' "$T/out" | tr '\n' ' ')
			want=$(echo "$found" | tr ';' '\n' | sed -n "s/^$s: //p")
			same "${got% }" "$want" "$name, $channel, $s"
			case $want in
			*!*) status 1 ;;
			*) status 0 ;;
			esac
			[ "$device-$channel" != 2f04-stable ] || continue
			follow
			ask doctor
			status 0
			got=$(cat "$T/out")
			same "$got" 'VM_BIND works' "$name, $channel, $s, after the remedies"
		done
	done <<'END'
1c03|stable|GTX 1060 6GB|debian-12: firmware! mesa;debian-12-firmware: mesa;debian-12-backports: mesa;debian-13: firmware! mesa;ubuntu-24.04:
1f08|stable|RTX 2060 Rev. A|debian-12: firmware! mesa;debian-12-firmware: firmware mesa;debian-12-backports: firmware mesa;debian-13: firmware!;ubuntu-24.04:
2503|stable|RTX 3060|debian-12: firmware! mesa;debian-12-firmware: firmware! mesa;debian-12-backports: firmware! mesa;debian-13: firmware!;ubuntu-24.04:
2882|stable|RTX 4060|debian-12: firmware! mesa;debian-12-firmware: firmware! mesa;debian-12-backports: firmware! mesa;debian-13: firmware!;ubuntu-24.04:
2f04|stable|RTX 5070|debian-12: gpu! mesa;debian-12-firmware: gpu! mesa;debian-12-backports: gpu! mesa;debian-13: gpu! mesa;ubuntu-24.04: gpu!
1f08|next|RTX 2060 Rev. A|debian-12: firmware! mesa;debian-12-firmware: firmware mesa;debian-12-backports: firmware mesa;debian-13: firmware!;ubuntu-24.04:
2f04|next|RTX 5070|debian-12: firmware! mesa;debian-12-firmware: firmware! mesa;debian-12-backports: firmware! mesa;debian-13: firmware! mesa;ubuntu-24.04:
END
}

# The package that doctor names has all files of the chip, of each chip that nouveau asks
# files for: without the GSP (stable), and with it (next).
case_firmware_of_all_chips()
{
	build
	asked=0
	for channel in stable next; do
		rm -rf "$T/root"
		card 1b80 $channel
		rm "$root/boot/initrd.img-$kver"
		[ $channel = stable ] || echo 'options nouveau config=NvGspRm=1' >"$root/etc/modprobe.d/gsp.conf"
		for suite in bookworm bookworm-backports trixie trixie-backports noble-updates; do
			firmware_of $suite "$root/of/$suite"
		done
		mkdir "$root/of/none"
		sed -n 's/^	{ 0x\(....\), 0x...., "\([^"]*\)".*/\1 \2/p' programs/nouveau-gpuvm/chips.c >"$T/chips"
		while read -r device chip; do
			grep -q "^nvidia/$chip/" "$lists/module-$channel" || continue
			# Nothing but the GSP's files
			[ "$channel-$chip" != stable-ga100 ] || continue
			gpu "$device"
			for s in debian-12 debian-13 ubuntu-24.04; do
				rm -rf "$root/lib/firmware"
				release "$s"
				ln -sfn /of/none "$root/lib/firmware"
				ask doctor
				status 0 1
				remedy=$(remedy_of firmware)
				[ -n "$remedy" ] || fail "nothing is missing for $chip on $s"
				suite=$(echo "$remedy" | sed -n 's/.*apt install -t \([a-z-]*\) .*/\1/p')
				ln -sfn "/of/${suite:-$own}" "$root/lib/firmware"
				ask doctor
				status 0 1
				lacks "$T/out" ': firmware: '
				asked=$((asked + 1))
			done
		done <"$T/chips"
	done
	check [ $asked -gt 150 ]
}

case_render_node()
{
	sound
	rm "$root/dev/dri/renderD128"
	finding 1 render-node 'renderD128: No such file' 'dmesg | grep -i nouveau'
	rm -r "$root/sys/devices/$slot/drm/renderD128"
	finding 1 render-node 'created no render node' 'dmesg | grep -i nouveau'
}

# Others' nodes may not be opened; as root this needs another one to look.
case_render_node_denied()
{
	[ "$(id -u)" = 0 ] || skip 'only root can be somebody else'
	sound
	chmod 600 "$root/dev/dri/renderD128"
	chmod -R a+rX "$tap_dir"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$tool" --root "$root" doctor
	status 1
	has "$T/out" '^blocks: render-node: you may not open /dev/dri/renderD128; remedy: adduser YOU render'
}

case_reboot()
{
	sound
	echo 0.0.9+6.12.0 >"$root/sys/module/nouveau/version"
	echo AAAAAAAAAAAAAAAAAAAAAAA >"$root/sys/module/nouveau/srcversion"
	finding 0 reboot 'the next boot will load another nouveau' reboot
	theirs_loaded
	ask doctor
	status 0
	has "$T/out" '^note: reboot: '
	has "$T/out" '^VM_BIND will work when nouveau is loaded'
}

case_mesa()
{
	sound
	mesa 25.0.7
	finding 0 mesa 'Mesa 25.0 is too old: its NVK takes a Pascal from 25.1' 'apt install mmdebstrap bubblewrap && nouveau-gpuvm mesa-root '
	mesa 25.1.0-2
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works'
	gpu 1180
	finding 0 mesa 'a Kepler from 25.2'
	gpu 1e02
	mesa 24.0.0
	finding 0 mesa 'a Turing from 24.1'
	rm "$root/usr/share/vulkan/icd.d/nouveau_icd.x86_64.json"
	finding 0 mesa 'NVK is not installed'
	# Where the loader finds one: a library anywhere, named by a file of its own.
	mkdir -p "$root/opt/mesa/lib" "$root/opt/mesa/share/vulkan/icd.d" "$root/etc/vulkan/icd.d"
	printf 'a library of Mesa 26.2.0\0' >"$root/opt/mesa/lib/libvulkan_nouveau.so"
	echo '{ "ICD": { "library_path": "/opt/mesa/lib/libvulkan_nouveau.so" } }' \
		>"$root/etc/vulkan/icd.d/nouveau_icd.x86_64.json"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'a driver in /opt'
	echo '{ "ICD": { "library_path": "../../../opt/mesa/lib/libvulkan_nouveau.so" } }' \
		>"$root/etc/vulkan/icd.d/nouveau_icd.x86_64.json"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'a relative path'
	# A library for 32-bit programs alone is none for the others.
	printf '\177ELF\001 a library of Mesa 26.2.0\0' >"$root/opt/mesa/lib/libvulkan_nouveau.so"
	finding 0 mesa 'NVK is not installed'
	# Flatpak's runtime has a Mesa of its own.
	dir=$root/var/lib/flatpak/runtime/org.freedesktop.Platform.GL.default/x86_64/25.08/active/files/lib
	mkdir -p "$dir"
	printf 'a library of Mesa 25.3.1\0' >"$dir/libvulkan_nouveau.so"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'in Flatpak'
	# So has the Debian that mesa-root makes.
	rm "$dir/libvulkan_nouveau.so"
	finding 0 mesa 'NVK is not installed'
	dir=$root/var/lib/nouveau-gpuvm/mesa/root/usr/lib/x86_64-linux-gnu
	mkdir -p "$dir"
	printf 'a library of Mesa 26.1.6\0' >"$dir/libvulkan_nouveau.so"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'of mesa-root'
}

case_not_installed()
{
	sound
	echo 6.18.0-own >"$root/proc/sys/kernel/osrelease"
	rm -r "$root/sys/module/nouveau"
	finding 1 kernel-not-installed 'running kernel, 6.18.0-own, is not in' 'boot an installed'
}

# Files are renamed elsewhere all the time: a lookup that the kernel gives up is repeated.
case_renames_elsewhere()
{
	sound
	gcc -Wall -Werror -o "$T/renames" tests/tool/renames.c
	: >"$T/one"
	"$T/renames" "$T/one" "$T/two" &
	pid=$!
	later "kill $pid"
	for try in $(seq 50); do
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works' "try $try"
	done
	check kill -0 $pid
}

# --- other distributions, other places ----------------------------------------------

# remedy_of CHECK: the remedy in the last doctor's finding of that check
remedy_of() { sed -n "s/^[a-z]*: $1: .*; remedy: //p" "$T/out" | head -n 1; }

case_distributions()
{
	# from SUITE COMPONENT: the command, where apt does not know the component yet
	from()
	{
		option=
		case $1 in *-*) option=" -t $1" ;; esac
		echo "echo 'deb http://deb.debian.org/debian $1 $2' >/etc/apt/sources.list.d/$1-$2.list && apt update && apt install$option"
	}
	sound
	rm "$root/usr/src/linux-headers-$kver/Module.symvers" "$root/usr/bin/gcc-12"
	rm -r "$root/lib/firmware/nvidia/gp104" "$root/usr/share/vulkan"
	our_module 0.0.9+6.12.0 AAAAAAAAAAAAAAAAAAAAAAA
	pack
	our_module
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	echo quiet nomodeset >"$root/proc/cmdline"
	grub='remove that word from GRUB_CMDLINE_LINUX in /etc/default/grub, run'
	while IFS='|' read -r os headers compiler firmware initramfs nomodeset mesa; do
		echo "os-release: $os"
		# shellcheck disable=SC2086 # words
		distro $os
		ask doctor
		status 1
		got=$(remedy_of headers)
		same "$got" "$headers"
		got=$(remedy_of compiler)
		same "$got" "$compiler"
		got=$(remedy_of firmware)
		case $os in ID=gentoo) and=', then' ;; *) and=' &&' ;; esac
		same "$got" "$firmware$and $initramfs"
		got=$(remedy_of initramfs)
		same "$got" "$initramfs"
		got=$(remedy_of nomodeset)
		same "$got" "$nomodeset"
		got=$(remedy_of mesa)
		same "$got" "$mesa"
	done <<END
ID=debian VERSION_ID=12|apt install linux-headers-$kver|apt install gcc-12|$(from bookworm non-free-firmware) firmware-misc-nonfree|update-initramfs -u -k $kver|$grub update-grub|apt install mmdebstrap bubblewrap && nouveau-gpuvm mesa-root (for programs that /var/lib/nouveau-gpuvm/mesa/run starts; see docs/gpus.md)
ID=debian VERSION_ID="13"|apt install linux-headers-$kver|apt install gcc-12|$(from trixie non-free-firmware) firmware-nvidia-graphics|update-initramfs -u -k $kver|$grub update-grub|$(from trixie-backports main) mesa-vulkan-drivers
ID=ubuntu ID_LIKE=debian|apt install linux-headers-$kver|apt install gcc-12|apt install linux-firmware|update-initramfs -u -k $kver|$grub update-grub|apt install mesa-vulkan-drivers
ID=ubuntu ID_LIKE=debian UBUNTU_CODENAME=jammy|apt install linux-headers-$kver|apt install gcc-12|apt install linux-firmware|update-initramfs -u -k $kver|$grub update-grub|upgrade to Ubuntu 24.04: Ubuntu 22.04 does not have NVK
ID="rocky" ID_LIKE="rhel"|dnf install kernel-devel-$kver|dnf install gcc-12|dnf install nvidia-gpu-firmware linux-firmware|dracut -f --kver $kver|grubby --update-kernel=ALL --remove-args='nomodeset'|dnf install mesa-vulkan-drivers
ID=opensuse-leap|zypper install kernel-default-devel|zypper install gcc-12|zypper install kernel-firmware-nvidia|dracut -f --kver $kver|$grub update-bootloader|zypper install libvulkan_nouveau
ID=arch|pacman -S linux-headers|pacman -S gcc-12|pacman -S linux-firmware|mkinitcpio -P|$grub grub-mkconfig -o /boot/grub/grub.cfg|pacman -S vulkan-nouveau
ID=gentoo|install the headers of kernel $kver|install gcc-12|install the files of linux-firmware for NVIDIA's GPUs|rebuild the initramfs of kernel $kver|remove that word from the settings of the boot loader|install NVK, Mesa's Vulkan driver for nouveau
END
	# What Debian 12's package lacks is in a backport.
	distro ID=debian VERSION_ID=12
	mkdir -p "$root/var/lib/dpkg/info"
	: >"$root/var/lib/dpkg/info/firmware-misc-nonfree.list"
	ask doctor
	status 1
	has "$T/out" 'remedy: .* apt install -t bookworm-backports firmware-misc-nonfree firmware-nvidia-graphics'
	# The program that is there tells more than the distribution's name.
	: >"$root/usr/bin/dracut"
	ask doctor
	status 1
	has "$T/out" "blocks: initramfs: .*; remedy: dracut -f --kver $kver"
}

# systemd's place of os-release, and no such file at all
case_os_release()
{
	sound
	rm "$root/usr/bin/gcc-12"
	mv "$root/etc/os-release" "$root/usr/lib/os-release"
	finding 0 compiler 'gcc-12' 'apt install gcc-12'
	rm "$root/usr/lib/os-release"
	finding 0 compiler 'gcc-12' 'install gcc-12'
	got=$(remedy_of compiler)
	same "$got" 'install gcc-12'
}

# version_says BYTES: nouveau's version, which nobody has checked, in octal escapes
version_says()
{
	for pair in license=GPL name=nouveau depends=drm,ngv_gpuvm "vermagic=$kver SMP" "version=$1"; do
		printf 'static const char v_%s[] __attribute__((section(".modinfo"), used)) = "%s";\n' "${pair%%=*}" "$pair"
	done >"$T/module.c"
	gcc -c -o "$root/lib/modules/$kver/updates/dkms/nouveau.ko" "$T/module.c"
}

# Bytes that are no UTF-8, as old certificates and file systems hold them
case_json_utf8()
{
	sound
	while read -r bytes text; do
		version_says "$bytes"
		ask --json
		status 0
		[ ! -s "$T/err" ]
		iconv -f UTF-8 -t UTF-8 "$T/out" >/dev/null || fail 'not UTF-8'
		got=$(field '.kernels[0].next.version' | od -An -c)
		want=$(printf "$text\n" | od -An -c)
		same "$got" "$want" "$bytes"
	done <<'END'
J\303\266rg J\303\266rg
J\366rg J\303\266rg
a\342\202\254 a\342\202\254
a\360\237\230\200 a\360\237\230\200
a\302 a\303\202
a\200b a\357\277\275b
a\300\257b a\303\200\302\257b
a\355\240\200 a\303\255\302\240\357\277\275
a\001b\"c\\d a\001b"c\\d
END
}

# modprobe's own reader of its files: what it takes for a line of nouveau's
case_blacklist_as_kmod()
{
	sound
	while IFS='|' read -r file line text; do
		mkdir -p "$root/$(dirname "$file")"
		# shellcheck disable=SC2059 # escapes
		printf "$text" >"$root/$file"
		echo "$file: $text"
		finding 1 blacklist "/$file:$line keeps the kernel from loading nouveau"
		rm "$root/$file"
	done <<'END'
etc/modprobe.d/a.conf|1|blacklist nouveau # by hand\n
etc/modprobe.d/a.conf|1|blacklist\tnouveau\n
etc/modprobe.d/a.conf|2|# x\n\tblacklist\t nouveau\t\n
etc/modprobe.d/a.conf|1|install nouveau /usr/bin/false\n
etc/modprobe.d/a.conf|1|install\tnouveau\t/bin/true # nothing\n
etc/modprobe.d/a.conf|1|install nouveau :\n
etc/modprobe.d/a.conf|1|alias nouveau off\n
etc/modprobe.d/a.conf|2|\noptions nouveau debug=info modeset=0 # off\n
etc/modprobe.d/a.conf|1|blacklist nouveau
usr/lib/modprobe.d/a.conf|1|blacklist nouveau\n
usr/local/lib/modprobe.d/a.conf|1|blacklist nouveau\n
run/modprobe.d/a.conf|1|blacklist nouveau\n
END
	# Two halves of a line have no number.
	printf 'blacklist \\\nnouveau\n' >"$root/etc/modprobe.d/a.conf"
	finding 1 blacklist '/etc/modprobe.d/a.conf keeps the kernel from loading nouveau'
	while read -r text; do
		echo "$text" >"$root/etc/modprobe.d/a.conf"
		ask doctor
		status 0
		got=$(cat "$T/out" "$T/err")
		same "$got" 'VM_BIND works' "$text"
	done <<'END'
#blacklist nouveau
install nouveau /sbin/modprobe --ignore-install nouveau; /bin/true
options nouveau modeset=0 modeset=1
options nouveau modeset=2
blacklist nouveau2
alias nouveau nouveau2
options nvidia modeset=0
nonsense
END
	# A file of the same name takes another's place; one of another kind does not count.
	echo 'blacklist nouveau' >"$root/usr/lib/modprobe.d/a.conf"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'masked'
	rm "$root/etc/modprobe.d/a.conf" "$root/usr/lib/modprobe.d/a.conf"
	echo 'blacklist nouveau' >"$root/etc/modprobe.d/a.conf.dpkg-old"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'a.conf.dpkg-old'
	# A later file may switch it on again.
	echo 'options nouveau modeset=0' >"$root/etc/modprobe.d/a.conf"
	echo 'options nouveau modeset=1' >"$root/usr/lib/modprobe.d/b.conf"
	ask doctor
	status 0
	got=$(cat "$T/out")
	same "$got" 'VM_BIND works' 'switched on again'
}

# An old nouveau in an image, in each place there is
case_initramfs_elsewhere()
{
	sound
	our_module 0.0.9+6.12.0 AAAAAAAAAAAAAAAAAAAAAAA
	pack
	mv "$root/boot/initrd.img-$kver" "$T/old.img"
	our_module
	pack
	mv "$root/boot/initrd.img-$kver" "$T/new.img"
	touch -d '2020-01-01' "$T/old.img" "$T/new.img"
	id=0123456789abcdef0123456789abcdef
	for at in "boot/initrd.img-$kver" "boot/initramfs-$kver.img" "boot/initrd-$kver" \
		"boot/$id/$kver/initrd" "efi/$id/$kver/initrd" "boot/efi/$id/$kver/initrd" \
		"boot/debian/$kver/initrd.img-$kver" "boot/Default/$kver/initramfs.img"; do
		mkdir -p "$root/$(dirname "$at")"
		cp -p "$T/new.img" "$root/$at"
		ask doctor
		status 0
		got=$(cat "$T/out")
		same "$got" 'VM_BIND works' "$at"
		ask status --json
		status 0
		got=$(field '.kernels[0].initramfs_file')
		same "$got" "/$at"
		cp -p "$T/old.img" "$root/$at"
		finding 1 initramfs "initramfs of $kver, /$at, holds another nouveau"
		rm "$root/$at"
	done
	# The worst of two is what counts.
	cp -p "$T/new.img" "$root/boot/initrd.img-$kver"
	cp -p "$T/old.img" "$root/efi/$id/$kver/initrd"
	finding 1 initramfs "/efi/$id/$kver/initrd, holds" 'update-initramfs'
	: >"$root/usr/bin/kernel-install"
	finding 1 initramfs "/efi/$id/$kver/initrd, holds" "kernel-install add $kver /boot/vmlinuz-$kver"
}

# Only root looks into the EFI partition.
case_initramfs_hidden()
{
	[ "$(id -u)" = 0 ] || skip 'only root can be somebody else'
	sound
	rm "$root/boot/initrd.img-$kver"
	mkdir -p "$root/boot/efi"
	chmod -R a+rX "$tap_dir"
	chmod 700 "$root/boot/efi"
	chmod a+rw "$root/dev/dri/renderD128"
	run setpriv --reuid 65534 --regid 65534 --clear-groups env LD_PRELOAD="$preload" "$tool" --root "$root" doctor
	status 0
	has "$T/out" '^note: initramfs: the initramfs of .*, /boot/efi, cannot be read; remedy: run this as root'
}

# The certificate that dkms signs with: its settings are in the shell's language.
case_secure_boot_settings()
{
	sound
	secure_boot 1
	dkms_key
	mkdir -p "$root/etc/dkms/framework.conf.d" "$root/etc/keys" "$root/var/lib/shim-signed/mok"
	for name in a b 'c d'; do
		cp "$root/var/lib/dkms/mok.pub" "$root/etc/keys/$name.der"
	done
	finding 1 secure-boot 'refuses the modules' 'mokutil --import /var/lib/dkms/mok.pub'
	cp "$root/var/lib/dkms/mok.pub" "$root/var/lib/shim-signed/mok/MOK.der"
	finding 1 secure-boot 'refuses the modules' 'mokutil --import /var/lib/shim-signed/mok/MOK.der'
	main=$root/etc/dkms/framework.conf
	while IFS='|' read -r text key; do
		# shellcheck disable=SC2059 # escapes
		printf "$text" >"$main"
		finding 1 secure-boot 'refuses the modules' "mokutil --import /etc/keys/$key.der"
	done <<'END'
mok_certificate=/etc/keys/a.der|a
export mok_certificate=/etc/keys/a.der\n|a
dir=/etc/keys\nmok_certificate="$dir/a.der" # ours\n|a
dir='/etc/keys'; mok_certificate=${dir}/b.der\n|b
mok_certificate='/etc/keys/c d.der'\n|c d
#mok_certificate=/etc/keys/a.der\nmok_certificate=/etc/keys/b.der\n|b
echo noise; mok_certificate=/etc/keys/a.der\n|a
END
	# Those of the directory come later; what does not end in .conf is none.
	echo 'mok_certificate=/etc/keys/b.der' >"$root/etc/dkms/framework.conf.d/10-b.conf"
	echo 'mok_certificate=/etc/keys/none.der' >"$root/etc/dkms/framework.conf.d/20-c.conf.bak"
	finding 1 secure-boot 'refuses the modules' 'mokutil --import /etc/keys/b.der'
	# Settings that never end are given up, and the plain form is read.
	echo 'mok_certificate=/etc/keys/a.der' >"$main"
	echo 'while :; do :; done' >"$root/etc/dkms/framework.conf.d/10-b.conf"
	finding 1 secure-boot 'refuses the modules' 'mokutil --import /etc/keys/a.der'
}

# --- status ------------------------------------------------------------------------

# perl has a reader of JSON; the path is like .kernels[0].release
field()
{
	perl -MJSON::PP -e 'binmode STDOUT, ":utf8";
		local $/; my $d = decode_json(<STDIN>);
		for (split /[.\[\]]+/, shift) { next if $_ eq ""; $d = ref $d eq "ARRAY" ? $d->[$_] : $d->{$_}; }
		print defined $d ? (JSON::PP::is_bool($d) ? ($d ? "true" : "false") : $d) : "null", "\n";' "$1" <"$T/out"
}

fields()
{
	while read -r path value; do
		got=$(field "$path")
		same "$got" "$value" "$path"
	done
}

case_status()
{
	sound
	dkms_key
	kernel 6.1.0-98-amd64
	depmod -b "$root" 6.1.0-98-amd64
	rm "$root/lib/modules/6.1.0-98-amd64/build"
	ask status
	status 0
	has "$T/out" '^6.1.0-98-amd64    *no headers  *the kernel.s own  *no  *none$'
	has "$T/out" "^$kver \\*  *yes  *ours $version  *yes  *current\$"
	has "$T/out" "^\\* is running; nouveau $version is loaded, from updates/dkms/nouveau.ko\$"
	has "$T/out" "^GPU $slot: gp104 (10de:1b80), driver nouveau\$"
	has "$T/out" '^    renderD128: nouveau 1.4.0, has VM_BIND, 510 pushes an EXEC$'
	! grep -q "$(printf '\033')" "$T/out" || fail 'there are colours'
	ask --json status
	status 0
	fields <<END
.running $kver
.source $version
.kernels[0].release 6.1.0-98-amd64
.kernels[0].headers none
.kernels[0].next.ours false
.kernels[0].initramfs none
.kernels[1].running true
.kernels[1].headers whole
.kernels[1].built $version
.kernels[1].build_error null
.kernels[1].next.file updates/dkms/nouveau.ko
.kernels[1].next.version $version
.kernels[1].next.signer DKMS module signing key
.kernels[1].next.vm_bind true
.kernels[1].loaded true
.kernels[1].initramfs current
.loaded.from chosen
.gpus[0].chip gp104
.gpus[0].answers nouveau
.gpus[0].version 1.4.0
.gpus[0].vm_bind true
.gpus[0].exec_push_max 510
END
}

case_status_without_vm_bind()
{
	sound
	echo nouveau 1.3.1 0 >"$root/dev/dri/renderD128"
	ask
	status 0
	has "$T/out" 'renderD128: nouveau 1.3.1, has no VM_BIND'
	ask --json
	status 0
	fields <<END
.gpus[0].vm_bind false
.gpus[0].version 1.3.1
END
	# Another driver's number 17 is something else.
	echo amdgpu 3.0.0 1 >"$root/dev/dri/renderD128"
	ask --json
	status 0
	fields <<END
.gpus[0].answers amdgpu
.gpus[0].vm_bind false
END
}

case_doctor_json()
{
	sound
	echo nomodeset >"$root/proc/cmdline"
	mesa 23.1.0
	ask doctor --json
	status 1
	fields <<END
.vm_bind false
.findings[0].check nomodeset
.findings[0].blocks true
.findings[0].what the kernel was booted with nomodeset
.findings[1].check mesa
.findings[1].blocks false
.findings[2] null
END
}

case_built_in()
{
	sound
	rm -r "$root/lib/modules/$kver/updates" "$root/lib/modules/$kver/kernel/drivers"
	echo kernel/drivers/gpu/drm/nouveau/nouveau.ko >"$root/lib/modules/$kver/modules.builtin"
	depmod -b "$root" "$kver"
	ask
	status 0
	has "$T/out" "the kernel's own, built in"
}

# An empty directory, and this machine as it is, whoever asks.
case_bare()
{
	build
	root=$T/bare
	mkdir "$root"
	ask
	status 0
	has "$T/out" 'no kernel in /lib/modules'
	has "$T/out" 'no NVIDIA GPU'
	ask doctor
	status 1
	has "$T/out" 'nouveau-gpuvm-dkms is not installed'
	for command in status doctor; do
		run "$tool" $command --json
		status 0 1
		field .nothing >/dev/null
		[ ! -s "$T/err" ]
	done
	[ "$(id -u)" != 0 ] || {
		chmod a+rx "$tap_dir"
		run setpriv --reuid 65534 --regid 65534 --clear-groups "$tool" status
		status 0
		[ ! -s "$T/err" ]
	}
}

# Of ten, the best: what else runs on this machine is not its fault.
case_quick()
{
	sound
	for abi in 91 92 93; do
		kernel "6.1.0-$abi-amd64"
		depmod -b "$root" "6.1.0-$abi-amd64"
	done
	# An image that it takes long to look through.
	mkdir -p "$T/image"
	head -c 300000000 /dev/urandom >"$T/image/big"
	(cd "$T/image" && echo big | cpio --quiet -o -H newc) | gzip -1 >"$root/boot/initrd.img-$kver"
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	best=1000000
	for try in 1 2 3 4 5 6 7 8 9 10; do
		start=$(date +%s%N)
		"$tool" --root "$root" status >"$T/out"
		took=$((($(date +%s%N) - start) / 1000000))
		[ $took -ge $best ] || best=$took
	done
	echo "$best ms"
	has "$T/out" 'not looked into'
	[ $best -lt 300 ]
}

case_terminal()
{
	sound
	run env TERM=xterm script -qec "LD_PRELOAD='$preload' '$tool' --root '$root'" /dev/null
	status 0 1
	has "$T/out" "$(printf '\033')\\[32m"
	run env TERM=xterm NO_COLOR=1 script -qec "LD_PRELOAD='$preload' '$tool' --root '$root'" /dev/null
	status 0 1
	! grep -q "$(printf '\033')" "$T/out" || fail 'there are colours'
	run env TERM=dumb script -qec "LD_PRELOAD='$preload' '$tool' --root '$root'" /dev/null
	status 0
	! grep -q "$(printf '\033')" "$T/out" || fail 'there are colours on a dumb terminal'
	run env TERM=xterm NO_COLOR= script -qec "LD_PRELOAD='$preload' '$tool' --root '$root'" /dev/null
	status 0
	has "$T/out" "$(printf '\033')\\[32m"
	ask --color=always
	status 0 1
	has "$T/out" "$(printf '\033')\\[32m"
	# Progress, where it takes more than a second: an image comes slowly.
	mkdir "$T/bin"
	printf '#!/bin/sh\nsleep 2\nexec /usr/bin/gzip "$@"\n' >"$T/bin/gzip"
	chmod +x "$T/bin/gzip"
	PACKER='gzip' pack
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	run env TERM=xterm PATH="$T/bin:$PATH" script -qec "LD_PRELOAD='$preload' '$tool' --root '$root' doctor" /dev/null
	status 0 1
	has "$T/out" "looking into the initramfs of $kver ..."
	run env PATH="$T/bin:$PATH" LD_PRELOAD="$preload" "$tool" --root "$root" doctor
	status 0 1
	[ ! -s "$T/err" ]
}

# --- report -------------------------------------------------------------------------

case_report()
{
	sound
	echo anna-desktop >"$root/etc/hostname"
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	echo 'anna:x:1000:1000:Anna:/home/anna:/bin/sh' >"$root/etc/passwd"
	mkdir -p "$root/sys/class/dmi/id" "$root/var/log" "$root/var/lib/dkms/nouveau-gpuvm/$version/build"
	echo PF2XYZ77 >"$root/sys/class/dmi/id/product_serial"
	printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' >"$root/etc/os-release"
	echo 'root=UUID=9f2c4a10-1b2c-3d4e-5f60-718293a4b5c6 nouveau.debug=info user=anna' >"$root/proc/cmdline"
	cat >"$root/var/log/kern.log" <<'END'
Nov 23 10:00:00 anna-desktop kernel: [drm] Initialized nouveau 1.4.0 for 0000:01:00.0 on minor 0
Nov 23 10:00:00 anna-desktop kernel: nouveau: MAC 52:54:00:ab:cd:ef and 192.168.7.21 by anna at /home/anna/nouveau/x.ko
Nov 23 10:00:00 anna-desktop kernel: nouveau serial: PF2XYZ77 id 0123456789abcdef0123456789abcdef
Nov 23 10:00:00 anna-desktop kernel: usb 1-1: SerialNumber: ABC123 of a stick
END
	printf 'DKMS make.log for nouveau-gpuvm for kernel 6.1.0-1-amd64 (x86_64)\nin /home/anna/src, by anna@anna-desktop\n' \
		>"$root/var/lib/dkms/nouveau-gpuvm/$version/build/make.log"
	cd "$T"
	ask report
	status 0
	has "$T/err" 'wrote nouveau-gpuvm-report.txt'
	cat nouveau-gpuvm-report.txt
	! grep -iE 'anna|52:54|192\.168|PF2XYZ|9f2c4a10|0123456789abcdef0123|/home/|ABC123' nouveau-gpuvm-report.txt || fail 'something private is in it'
	has nouveau-gpuvm-report.txt '^PRETTY_NAME="Debian GNU/Linux 12'
	has nouveau-gpuvm-report.txt 'ours 0.1.0+6.12.0'
	has nouveau-gpuvm-report.txt '^VM_BIND works'
	has nouveau-gpuvm-report.txt '^nouveau.debug=info'
	has nouveau-gpuvm-report.txt 'Initialized nouveau 1.4.0 for 0000:01:00.0'
	has nouveau-gpuvm-report.txt 'MAC MAC and ADDRESS by USER at HOME'
	has nouveau-gpuvm-report.txt 'DKMS make.log for'
	# It takes the place of nothing.
	ask report
	status 2
	one_line 'it is there already; name another file by -o'
	ask report -o -
	status 0
	has "$T/out" '^== doctor'
}

case_report_of_this_machine()
{
	build
	run "$tool" report -o -
	status 0
	name=$(uname -n)
	[ ${#name} -lt 3 ] || ! grep -w -F -e "$name" "$T/out" || fail 'the name of this machine is in it'
	! grep -E '/home/|([0-9a-f]{2}:){5}[0-9a-f]{2}' "$T/out" || fail 'something private is in it'
}

case_report_versions()
{
	sound
	mkdir -p "$root/var/lib/dpkg"
	cat >"$root/var/lib/dpkg/status" <<'END'
Package: dkms
Status: install ok installed
Version: 3.0.10-8+deb12u1

Package: nouveau-gpuvm-tools
Status: deinstall ok config-files
Version: 9.9

Package: nouveau-gpuvm-dkms
Status: install ok installed
Version: 0.1.0+6.12.0-1
END
	printf '# by hand\n6.1.0-98* never' >"$root/etc/nouveau-gpuvm.conf"
	ask report -o -
	status 0
	has "$T/out" '^dkms 3.0.10-8+deb12u1$'
	has "$T/out" '^nouveau-gpuvm-dkms 0.1.0+6.12.0-1$'
	has "$T/out" '^nouveau-gpuvm-tools not installed$'
	has "$T/out" '^this tool [0-9]'
	has "$T/out" '^compiler: gcc-12'
	has "$T/out" '^6.1.0-98\* never$'
	rm "$root/etc/nouveau-gpuvm.conf" "$root/usr/bin/gcc-12"
	ask report -o -
	status 0
	has "$T/out" '^no such file$'
	has "$T/out" '^gcc-12 is not installed$'
}

# --- help, rebuild -------------------------------------------------------------------

case_help()
{
	build
	run "$tool" help
	status 0
	cp "$T/out" "$T/help"
	for command in status doctor report rebuild test mesa-root try help; do
		# One sentence each
		got=$(grep -c "^  $command  *[A-Z][^.]*\.$" "$T/help")
		same "$got" 1 "$command"
		run "$tool" help "$command"
		status 0
		has "$T/out" "^usage: nouveau-gpuvm $command "
		has "$T/out" "$(sed -n "s/^  $command  *//p" "$T/help")"
		grep -q "^\.B $command\$" programs/nouveau-gpuvm/nouveau-gpuvm.1 || fail "$command is not in the manual page"
	done
	run "$tool" --help
	status 0
	cmp "$T/out" "$T/help"
	run "$tool" help docter
	status 2
	one_line '^nouveau-gpuvm: no such command: docter; see nouveau-gpuvm help$'
	run "$tool" help status doctor
	status 2
	one_line 'more than one command'
}

# elsewhere COMMAND...: with a /lib/modules and a /usr/share of this test's own
elsewhere()
{
	# shellcheck disable=SC2016 # the inner shell's
	run unshare --mount --propagation private sh -euc '
		mount --bind "$1/modules" "$(readlink -f /lib/modules)"
		mount --bind "$1/share" /usr/share
		shift
		exec "$@"' sh "$T" "$@"
}

case_rebuild()
{
	[ "$(id -u)" = 0 ] || skip 'only root can rebuild'
	unshare --mount true 2>/dev/null || skip 'no namespaces here'
	[ -d /lib/modules ] || skip 'there is no /lib/modules'
	build
	mkdir -p "$T/modules/$kver/kernel" "$T/modules/empty" "$T/share"
	elsewhere "$tool" rebuild
	status 2
	one_line '^nouveau-gpuvm: nouveau-gpuvm-dkms is not installed; run: .*install nouveau-gpuvm-dkms$'
	mkdir "$T/share/nouveau-gpuvm-dkms"
	printf '#!/bin/sh\necho "got $#: $*"\nexit 7\n' >"$T/share/nouveau-gpuvm-dkms/dkms-build"
	elsewhere "$tool" rebuild
	status 2
	one_line 'cannot run /usr/share/nouveau-gpuvm-dkms/dkms-build: Permission denied; reinstall'
	chmod +x "$T/share/nouveau-gpuvm-dkms/dkms-build"
	elsewhere "$tool" rebuild
	status 7
	got=$(cat "$T/out")
	same "$got" 'got 1: rebuild'
	elsewhere "$tool" rebuild "$kver"
	status 7
	got=$(cat "$T/out")
	same "$got" "got 2: rebuild $kver"
	for bad in 9.9 empty .. "$kver/kernel" ''; do
		elsewhere "$tool" rebuild "$bad"
		status 2
		one_line '^nouveau-gpuvm: kernel .* is not installed; nouveau-gpuvm status lists the kernels$'
		[ ! -s "$T/out" ]
	done
	elsewhere "$tool" rebuild "$kver" other
	status 2
	one_line 'more than one kernel: other'
	elsewhere "$tool" rebuild --all
	status 2
	one_line 'unknown option --all; see nouveau-gpuvm help'
	chmod a+rx "$tap_dir"
	elsewhere setpriv --reuid 65534 --regid 65534 --clear-groups "$tool" rebuild "$kver"
	status 2
	one_line "^nouveau-gpuvm: rebuild needs root; run: sudo nouveau-gpuvm rebuild $kver\$"
}

# --- test ---------------------------------------------------------------------------

case_test()
{
	build
	for d in /sys/bus/pci/devices/*; do
		[ ! -e "$d/driver" ] || [ "$(basename "$(readlink "$d/driver")")" != nouveau ] ||
			skip 'there is a GPU here, and it would be tested'
	done
	run "$tool" test --list
	status 77
	one_line 'nothing was tested: '
}

# --- try ----------------------------------------------------------------------------

# tree: one whose trial prints its arguments
tree()
{
	mkdir -p "$T/tree/lab"
	printf '#!/bin/sh\necho "trial: $*"\n' >"$T/tree/lab/try"
	chmod +x "$T/tree/lab/try"
}

# tries ARGUMENT...
tries() { run "$tool" try --root "$root" --tree "$T/tree" "$@"; }

case_try()
{
	sound
	run "$tool" try --root "$root" --tree "$T/none"
	status 2
	one_line "^nouveau-gpuvm: $T/none/lab/try is not there; run: apt install nouveau-gpu-model, or name a work tree of the source: --tree DIR\$"
	tree
	# The model of the nearest chip
	while read -r device chip; do
		gpu "$device"
		tries
		status 0
		got=$(cat "$T/out")
		same "$got" "trial: --chip $chip" "$device"
	done <<'END'
1180 gk104
1380 gm107
1340 gm107
13c0 gm206
1b80 gp100
1d81 gp100
1e04 tu102
2204 tu102
2684 tu102
2f04 tu102
0640 gp100
END
	tries --deb one.deb --kernel 6.1.0-1-amd64 --print
	status 0
	got=$(cat "$T/out")
	same "$got" 'trial: --deb one.deb --kernel 6.1.0-1-amd64 --print --chip gp100'
	for wrong in --dep '--deb' other; do
		tries "$wrong"
		status 2
		one_line "$wrong; see nouveau-gpuvm help try\$"
	done
}

# Whether a guest can have the card, by what the kernel says of the machine
case_try_vfio()
{
	# bus_device SLOT CLASS GROUP
	bus_device()
	{
		mkdir -p "$root/sys/devices/$1" "$root/sys/kernel/iommu_groups/$3/devices"
		ln -sfn "../../../devices/$1" "$root/sys/bus/pci/devices/$1"
		echo "0x$2" >"$root/sys/devices/$1/class"
		ln -sfn "../../kernel/iommu_groups/$3" "$root/sys/devices/$1/iommu_group"
		: >"$root/sys/kernel/iommu_groups/$3/devices/$1"
	}
	sound
	tree
	tries --vfio 0000:09:00.0
	status 2
	one_line 'there is no NVIDIA GPU at 0000:09:00.0; nouveau-gpuvm status lists the GPUs$'
	tries --vfio $slot
	status 2
	one_line 'the IOMMU is off, and VFIO needs it; switch on VT-d or AMD-Vi'
	audio=${slot%.*}.1
	bus_device $slot 030000 7
	bus_device $audio 040300 7
	bus_device 0000:00:01.0 060400 7
	echo 1 >"$root/sys/devices/$slot/boot_vga"
	bus_device 0000:00:02.0 038000 1
	tries --vfio $slot
	status 2
	one_line "$slot shows the screen of this machine; VFIO needs another card"
	echo 0 >"$root/sys/devices/$slot/boot_vga"
	rm "$root/sys/bus/pci/devices/0000:00:02.0"
	tries --vfio $slot
	status 2
	one_line "$slot shows the screen of this machine"
	bus_device 0000:00:02.0 038000 1
	bus_device 0000:02:00.0 010802 7
	tries --vfio $slot
	status 2
	one_line "$slot is in one IOMMU group with 0000:02:00.0, and a guest gets whole groups; put the card"
	rm "$root/sys/kernel/iommu_groups/7/devices/0000:02:00.0"
	tries --vfio $slot
	status 2
	one_line 'there is no /dev/kvm; switch on virtualization'
	: >"$root/dev/kvm"
	tries --vfio $slot
	status 2
	one_line "$slot is driven by nouveau; run: apt install driverctl && modprobe vfio-pci && driverctl --nosave set-override $slot vfio-pci && driverctl --nosave set-override $audio vfio-pci; "
	: >"$root/usr/bin/driverctl"
	ln -sfn ../../bus/pci/drivers/vfio-pci "$root/sys/devices/$slot/driver"
	tries --vfio $slot
	status 2
	one_line "run: modprobe vfio-pci && driverctl --nosave set-override $audio vfio-pci; "
	ln -sfn ../../bus/pci/drivers/vfio-pci "$root/sys/devices/$audio/driver"
	tries --vfio $slot --print
	status 0
	got=$(cat "$T/out")
	same "$got" "trial: --print --vfio $slot,$audio --firmware nvidia/gp104"
	rm -r "$root/lib/firmware"
	tries --vfio $slot
	status 0
	got=$(cat "$T/out")
	same "$got" "trial: --vfio $slot,$audio"
}

# vmbind-test's own runner, with tests that need no GPU
case_test_results()
{
	# shellcheck disable=SC2046 # words
	gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -Wno-missing-field-initializers -pthread -o "$T/runner" \
		-I programs/vmbind-test tests/tool/vmbind-suites.c programs/vmbind-test/main.c \
		programs/vmbind-test/result.c programs/vmbind-test/sync.c $(pkg-config --cflags --libs libdrm)
	run "$T/runner"
	status 1
	has "$T/out" '^ok 1 - good/check$'
	has "$T/out" '^ok 2 - good/in-child$'
	has "$T/out" '^not ok 3 - nothing/all$'
	has "$T/out" '^#   no expectation was checked$'
	has "$T/out" '^not ok 4 - no-verdict/all$'
	has "$T/out" '^#   ended without a verdict$'
	has "$T/out" '^ok 5 - skipped/one # SKIP not here$'
	got=$(tail -n 1 "$T/out" | sed 's/ in .*//')
	same "$got" '# results: 2 passed, 3 failed, 0 known, 2 skipped'
	run "$T/runner" good skipped
	status 0
	got=$(tail -n 1 "$T/out" | sed 's/ in .*//')
	same "$got" '# results: 2 passed, 0 failed, 0 known, 2 skipped'
	run "$T/runner" skipped
	status 4
	got=$(tail -n 1 "$T/out" | sed 's/ in .*//')
	same "$got" \
		'# nothing was tested: 0 passed, 0 failed, 0 known, 2 skipped'
	run "$T/runner" nothing
	status 1
}

# --- what a person can get wrong ------------------------------------------------------

case_bad_input()
{
	build
	run "$tool" --jsom
	status 2
	one_line 'unknown option --jsom; see nouveau-gpuvm help'
	for option in '-x' '--json -x' '-xh' '-jh'; do
		# shellcheck disable=SC2086 # words
		run "$tool" $option
		status 2
		one_line '^nouveau-gpuvm: unknown option -[xj]; see nouveau-gpuvm help$'
	done
	run "$tool" --json=yes
	status 2
	one_line '^nouveau-gpuvm: --json takes no value; see nouveau-gpuvm help$'
	run "$tool" --json rebuild
	status 2
	one_line 'rebuild comes first'
	run "$tool" docter
	status 2
	one_line 'no such command: docter'
	run "$tool" status doctor
	status 2
	one_line 'more than one command: doctor'
	run "$tool" --root /nonexistent
	status 2
	one_line 'cannot use /nonexistent as root: No such file or directory; name a directory'
	run "$tool" --root
	status 2
	one_line 'needs a value'
	run "$tool" report --json
	status 2
	one_line 'not for report'
	run "$tool" --color=blue
	status 2
	one_line 'always, auto or never, not blue'
	run "$tool" report -o /nonexistent/report
	status 2
	one_line 'cannot write /nonexistent/report'
	run sh -c '"$0" status >/dev/full' "$tool"
	status 2
	one_line 'cannot write'
}

# Files that are not what they should be make it neither fail nor read beyond them.
case_odd_files()
{
	build_watched
	healthy
	export ASAN_OPTIONS=detect_leaks=0
	ask doctor
	status 0
	head -c 5000 /dev/urandom >"$root/lib/modules/$kver/updates/dkms/nouveau.ko"
	ask doctor
	status 0 1
	! grep -q Sanitizer "$T/err" || fail 'a sanitizer complains'
	: >"$root/lib/modules/$kver/updates/dkms/nouveau.ko"
	: >"$root/lib/modules/$kver/modules.dep.bin"
	ask doctor
	status 0 1
	! grep -q Sanitizer "$T/err" || fail 'a sanitizer complains'
	for size in 0 1 5 109 111 200 700; do
		pack
		truncate -s $size "$root/boot/initrd.img-$kver"
		touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
		ask doctor
		status 0 1
		! grep -q Sanitizer "$T/err" || fail 'a sanitizer complains'
	done
	# A header that claims to be larger than the file.
	printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08xx' 1 2 3 4 5 6 4294967295 8 9 10 11 4294967295 13 \
		>"$root/boot/initrd.img-$kver"
	touch -d '2020-01-01' "$root/boot/initrd.img-$kver"
	ask doctor
	status 0 1
	! grep -q Sanitizer "$T/err" || fail 'a sanitizer complains'
	rm -f "$root/usr/lib/x86_64-linux-gnu/libvulkan_nouveau.so"
	printf 'x%.0s' $(seq 20) >"$root/usr/lib/x86_64-linux-gnu/libvulkan_nouveau.so"
	printf 'Mesa ' >>"$root/usr/lib/x86_64-linux-gnu/libvulkan_nouveau.so"
	head -c 70000 /dev/urandom >"$root/proc/cmdline"
	head -c 3000 /dev/urandom >"$root/etc/modprobe.d/odd.conf"
	head -c 3000 /dev/urandom >"$root/etc/dkms" || :
	rm -r "$root/sys/devices/$slot/driver" "$root/lib/modules/$kver/build"
	ln -s build "$root/lib/modules/$kver/build"
	for command in status doctor 'report -o -'; do
		# shellcheck disable=SC2086 # words
		ask $command
		status 0 1
		! grep -q Sanitizer "$T/err" || fail 'a sanitizer complains'
	done
}

# --- tables and texts ---------------------------------------------------------------------

case_chips()
{
	ids=/usr/share/misc/pci.ids
	check [ -e $ids ]
	sed -n 's/^	{ 0x\(....\), 0x\(....\), "\([^"]*\)".*/\1 \2 \3/p' programs/nouveau-gpuvm/chips.c >"$T/table"
	check [ "$(wc -l <"$T/table")" -gt 40 ]
	# Graphics only, each under the name that it has there; some names are finer.
	awk -v n=0 -v wrong="$T/wrong" '
		NR == FNR { first[n] = "x" $1; last[n] = "x" $2; name[n++] = $3; next }
		/^[0-9a-f]/ { ours = $1 == "10de"; next }
		!ours || !/^\t[0-9a-f]/ || /Audio|USB|UCSI|Serial|Bridge|SMBus|Switch|NVSwitch|NVLink/ { next }
		match($2, /^(GF|GK|GM|GP|GV|TU|GA1|AD1)[0-9]+/) {
			chip = tolower(substr($2, RSTART, RLENGTH))
			got = "none"
			for (i = 0; i < n; i++)
				if ("x" $1 >= first[i] && "x" $1 <= last[i])
					got = name[i]
			if (chip == "gk180" || chip == "gk210")
				chip = "gk110"
			looked++
			if (got != chip)
				print $1 " is " chip ", the table says " got >wrong
		}
		END { print looked " devices"; exit looked < 500 }' "$T/table" $ids
	[ ! -s "$T/wrong" ] || { cat "$T/wrong"; fail "$(wc -l <"$T/wrong") differ"; }
}

# Each check that there is, is in the manual page and has a case here.
case_documented()
{
	sed -n 's/^	{ "\([a-z-]*\)", check_.*/\1/p' programs/nouveau-gpuvm/doctor.c >"$T/checks"
	[ "$(wc -l <"$T/checks")" -gt 15 ]
	while read -r check; do
		grep -qE "^\.(B|BR|TP).*(^| |\")$check( |\"|$)" programs/nouveau-gpuvm/nouveau-gpuvm.1 ||
			fail "nouveau-gpuvm.1 does not tell of $check"
		grep -qE "(finding [01]|(note|blocks):) ${check}[: ]" "tests/${0##*/}" || fail "no case for $check"
	done <"$T/checks"
	got=$(man -l --warnings programs/nouveau-gpuvm/nouveau-gpuvm.1 2>&1 >/dev/null)
	same "$got" ''
}

case_completion()
{
	offered()
	{
		bash -c '. programs/nouveau-gpuvm/completion.bash
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nouveau_gpuvm
			printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
	}
	got=$(offered nouveau-gpuvm doc)
	same "$got" doctor
	got=$(offered nouveau-gpuvm doctor --j)
	same "$got" --json
	got=$(offered nouveau-gpuvm report -o READ)
	same "$got" README.md
	got=$(offered nouveau-gpuvm report --j)
	same "$got" ''
	# Whatever it offers is known.
	build
	for word in $(offered nouveau-gpuvm --); do
		case $word in
		--root | --color=) ;;
		*) run "$tool" "$word"; status 0 ;;
		esac
	done
}

tap_begin "$@"
tap_case nothing-wrong case_sound
tap_case no-gpu case_no_gpu
tap_case gpu-too-old case_old_gpu
tap_case gpu-too-new case_new_gpu
tap_case package-not-installed case_no_package
tap_case no-headers case_no_headers
tap_case incomplete-headers case_incomplete_headers
tap_case wrong-compiler case_wrong_compiler
tap_case unsupported-kernel case_unsupported_kernel
tap_case build-failed case_build_failed
tap_case in-tree-module-wins case_in_tree_module
tap_case stale-initramfs case_stale_initramfs
tap_case initramfs-after-removal case_initramfs_after_removal
tap_case broken-initramfs case_broken_initramfs
tap_case secure-boot-key case_secure_boot
tap_case secure-boot-waits-for-key case_secure_boot_waits
tap_case secure-boot-unsigned case_secure_boot_unsigned
tap_case secure-boot-key-elsewhere case_secure_boot_key_elsewhere
tap_case blacklist case_blacklist
tap_case blacklist-of-proprietary-driver case_blacklist_proprietary
tap_case blacklist-on-command-line case_blacklist_cmdline
tap_case nomodeset case_nomodeset
tap_case other-driver case_other_driver
tap_case firmware case_firmware
tap_case firmware-before-build case_firmware_before_build
tap_case firmware-in-initramfs case_firmware_in_initramfs
tap_case gsp case_gsp
tap_case cards case_cards
tap_case firmware-of-all-chips case_firmware_of_all_chips
tap_case render-node case_render_node
tap_case render-node-denied case_render_node_denied
tap_case reboot case_reboot
tap_case mesa case_mesa
tap_case running-kernel-not-installed case_not_installed
tap_case renames-elsewhere case_renames_elsewhere
tap_case distributions case_distributions
tap_case os-release case_os_release
tap_case json-utf8 case_json_utf8
tap_case blacklist-as-kmod-reads case_blacklist_as_kmod
tap_case initramfs-elsewhere case_initramfs_elsewhere
tap_case initramfs-hidden case_initramfs_hidden
tap_case secure-boot-settings case_secure_boot_settings
tap_case status case_status
tap_case status-without-vm-bind case_status_without_vm_bind
tap_case doctor-json case_doctor_json
tap_case built-in case_built_in
tap_case bare case_bare
tap_case quick case_quick
tap_case terminal case_terminal
tap_case report case_report
tap_case report-of-this-machine case_report_of_this_machine
tap_case report-versions case_report_versions
tap_case help case_help
tap_case rebuild case_rebuild
tap_case test case_test
tap_case try case_try
tap_case try-vfio case_try_vfio
tap_case test-results case_test_results
tap_case bad-input case_bad_input
tap_case odd-files case_odd_files
tap_case chips case_chips
tap_case documented case_documented
tap_case completion case_completion
tap_done
