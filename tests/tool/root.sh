# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# A system in a directory where everything is as it should be: one kernel, one
# GP104, our modules built, installed, loaded and in the initramfs.  Sets $root,
# $kver, $version and $slot; what a test breaks is its own.

kver=6.1.0-99-amd64
version=0.1.0+6.12.0
slot=0000:01:00.0

# module FILE KEY=VALUE...: what modinfo can read
module()
{
	file=$1
	shift
	mkdir -p "$(dirname "$file")"
	n=0
	for pair; do
		n=$((n + 1))
		echo "static const char info$n[] __attribute__((section(\".modinfo\"), used)) = \"$pair\";"
	done >"$T/module.c"
	gcc -c -o "$file" "$T/module.c"
}

our_module()
{
	module "$root/lib/modules/$kver/updates/dkms/nouveau.ko" \
		license=GPL name=nouveau "vermagic=$kver SMP" "version=${1:-$version}" \
		"srcversion=${2:-0123456789ABCDEF0123456}" depends=drm,ngv_gpuvm,ngv_ttm \
		firmware=nvidia/gp104/acr/bl.bin firmware=nvidia/gp104/gr/fecs_bl.bin \
		firmware=nvidia/ad102/gsp/gsp-535.113.01.bin \
		firmware=nvidia/ga102/acr/ucode_ahesasc.bin firmware=nvidia/ga102/gsp/gsp-535.113.01.bin
}

# kernel RELEASE: with headers, and a nouveau of its own
kernel()
{
	module "$root/lib/modules/$1/kernel/drivers/gpu/drm/nouveau/nouveau.ko" \
		license=GPL name=nouveau "vermagic=$1 SMP" depends=drm,ttm \
		firmware=nvidia/gp104/acr/bl.bin
	for m in drm ttm ngv_gpuvm ngv_ttm; do
		module "$root/lib/modules/$1/kernel/$m.ko" license=GPL name=$m "vermagic=$1 SMP" depends=
	done
	: >"$root/lib/modules/$1/modules.builtin"
	: >"$root/lib/modules/$1/modules.builtin.modinfo"
	: >"$root/lib/modules/$1/modules.order"
	mkdir -p "$root/usr/src/linux-headers-$1/include/config" "$root/usr/src/linux-headers-$1/include/linux"
	echo '/* a header */' >"$root/usr/src/linux-headers-$1/include/linux/module.h"
	# As the package has it: absolute, and right only for who lives there.
	ln -s "/usr/src/linux-headers-$1" "$root/lib/modules/$1/build"
	: >"$root/usr/src/linux-headers-$1/Makefile"
	for symbol in dma_resv_add_fence drm_atomic_helper_commit drm_dp_mst_topology_mgr_init i2c_bit_add_bus; do
		printf '0x12345678\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' $symbol
	done >"$root/usr/src/linux-headers-$1/Module.symvers"
	printf 'CONFIG_%s\n' 64BIT=y CC_IS_GCC=y MODULES=y DRM=m DRM_NOUVEAU=m \
		>"$root/usr/src/linux-headers-$1/include/config/auto.conf"
	cat >"$root/usr/src/linux-headers-$1/.kernelvariables" <<'END'
override ARCH = x86
CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-12
END
}

# pack [ROOT]: the initramfs of $kver, of what its lib/modules holds under ROOT.  With
# nouveau, the initramfs has all firmware of the system.
pack()
{
	from=${1:-$root}
	rm -rf "$T/early" "$T/image"
	mkdir -p "$T/early/kernel/x86/microcode" "$T/image/usr/lib/modules/$kver"
	echo microcode >"$T/early/kernel/x86/microcode/GenuineIntel.bin"
	file=$(cd "$from/lib/modules/$kver" && find updates kernel -name 'nouveau.ko*' 2>/dev/null | sort -r | head -n 1)
	[ -z "$file" ] || {
		mkdir -p "$T/image/usr/lib/modules/$kver/$(dirname "$file")"
		cp "$from/lib/modules/$kver/$file" "$T/image/usr/lib/modules/$kver/$file"
		[ ! -d "$from/lib/firmware" ] || cp -a "$from/lib/firmware" "$T/image/usr/lib/"
	}
	mkdir -p "$root/boot"
	{
		(cd "$T/early" && find . | cpio --quiet -o -H newc)
		(cd "$T/image" && find . | cpio --quiet -o -H newc) | ${PACKER:-zstd -q}
	} >"$root/boot/initrd.img-$kver"
}

# distro LINE...: what os-release says
distro() { printf '%s\n' "$@" >"$root/etc/os-release"; }

gpu()
{
	dir=$root/sys/devices/$slot
	mkdir -p "$dir/drm/card0" "$dir/drm/renderD128" "$root/sys/bus/pci/devices" \
		"$root/sys/bus/pci/drivers/nouveau" "$root/dev/dri"
	ln -sfn "../../../devices/$slot" "$root/sys/bus/pci/devices/$slot"
	echo 0x10de >"$dir/vendor"
	echo "0x${1:-1b80}" >"$dir/device"
	echo 0x030000 >"$dir/class"
	ln -sfn ../../bus/pci/drivers/nouveau "$dir/driver"
	echo nouveau 1.4.0 510 >"$root/dev/dri/renderD128"
}

healthy()
{
	root=$T/root
	mkdir -p "$root/proc/sys/kernel" "$root/etc/modprobe.d" "$root/usr/bin" \
		"$root/sys/module/nouveau" "$root/sys/module/ngv_gpuvm/holders/nouveau"
	echo "$kver" >"$root/proc/sys/kernel/osrelease"
	echo "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet" >"$root/proc/cmdline"
	distro ID=debian VERSION_ID=12
	: >"$root/usr/bin/gcc-12"

	kernel "$kver"
	our_module
	depmod -b "$root" "$kver"
	mkdir -p "$root/var/lib/dkms/nouveau-gpuvm/$version/$kver/x86_64/module" \
		"$root/usr/src/nouveau-gpuvm-$version/compat"
	: >"$root/var/lib/dkms/nouveau-gpuvm/$version/$kver/x86_64/module/nouveau.ko"
	: >"$root/usr/src/nouveau-gpuvm-$version/dkms.conf"
	cp "$top/compat/supported" "$root/usr/src/nouveau-gpuvm-$version/compat/"
	echo 'header linux/module.h' >"$root/usr/src/nouveau-gpuvm-$version/compat/needs"
	ln -s "/usr/src/nouveau-gpuvm-$version" "$root/var/lib/dkms/nouveau-gpuvm/$version/source"
	for f in gp104/acr/bl.bin gp104/gr/fecs_bl.bin ad102/gsp/gsp-535.113.01.bin.xz \
		ga102/acr/ucode_ahesasc.bin.zst; do
		mkdir -p "$root/lib/firmware/nvidia/$(dirname "$f")"
		: >"$root/lib/firmware/nvidia/$f"
	done
	pack
	echo "$version" >"$root/sys/module/nouveau/version"
	echo 0123456789ABCDEF0123456 >"$root/sys/module/nouveau/srcversion"

	gpu
	mkdir -p "$root/usr/share/vulkan/icd.d" "$root/usr/lib/x86_64-linux-gnu"
	echo '{}' >"$root/usr/share/vulkan/icd.d/nouveau_icd.x86_64.json"
	mesa 26.1.6
}

mesa() { printf 'Mesa \0xMesa %s\0' "$1" >"$root/usr/lib/x86_64-linux-gnu/libvulkan_nouveau.so"; }

# secure_boot BYTE: what the firmware says
secure_boot()
{
	mkdir -p "$root/sys/firmware/efi/efivars"
	printf "\\006\\000\\000\\000\\00$1" \
		>"$root/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
}

# dkms_key: as dkms makes it; and the module is signed by it
dkms_key()
{
	mkdir -p "$root/var/lib/dkms"
	openssl req -new -x509 -nodes -days 2 -newkey rsa:2048 -outform DER -subj '/CN=DKMS module signing key/' \
		-keyout "$T/mok.key" -out "$root/var/lib/dkms/mok.pub" 2>/dev/null
	"$("$top/tools/kernel" headers 6.1)/scripts/sign-file" sha256 "$T/mok.key" \
		"$root/var/lib/dkms/mok.pub" "$root/lib/modules/$kver/updates/dkms/nouveau.ko"
	pack
}

# enrolled [FILE]: shim's list of the owner's certificates
enrolled()
{
	{
		printf '\006\000\000\000'
		head -c 44 /dev/zero
		[ $# = 0 ] || cat "$1"
	} >"$root/sys/firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23"
}
