#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What our scripts do around dkms: building anew, Secure Boot, what keeps nouveau from being
# loaded, the initramfs; and in odd environments.  With a build that takes a second.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/stub.sh
. "$(dirname "$0")/lib/stub.sh"

helpers=/usr/share/nouveau-gpuvm-dkms
settle=$helpers/dkms-settle

installed()
{
	stub_layer installed
	tap_later=:
	stub_kernels image-9.1-stub headers-9.1-stub image-9.2-stub headers-9.2-stub
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	freeze installed
}

# from_installed NAME: a fresh layer with the package and two kernels
from_installed()
{
	stub_base
	chapter installed installed
	stub_layer "$1" installed
}

# program NAME LINE...: a made-up program; what it is called with is kept
program()
{
	file=$chroot/usr/local/bin/$1
	shift
	# shellcheck disable=SC2016 # its own variables
	{ echo '#!/bin/sh'; echo 'echo "${0##*/} $*" >>/root/calls'; printf '%s\n' "$@"; } >"$file"
	chmod +x "$file"
}

# lines N PATTERN: N lines of ours, which match
lines()
{
	grep '^nouveau-gpuvm' "$T/err" >"$T/ours" || :
	got=$(wc -l <"$T/ours")
	same "$got" "$1" 'lines of ours'
	[ "$1" = 0 ] || has "$T/ours" "$2"
}

# --- one kernel of two --------------------------------------------------------------

# The oldest kernel cannot be built: the newer one is, and apt goes on.
case_oldest_kernel_fails()
{
	stub_base
	stub_layer oldest
	stub_kernels image-9.1-stub headers-9.1-stub image-9.2-stub headers-9.2-stub
	: >"$chroot/root/no-build-9.1-stub"
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	lines 1 '^nouveau-gpuvm: build for kernel 9.1-stub failed: '
	stub_whole 9.2-stub $one
	got=$(in_chroot modinfo -k 9.1-stub -n nouveau)
	same "$got" /lib/modules/9.1-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko
	in_chroot sh -c '! dpkg --audit | grep .'
}

# --- odd environments ------------------------------------------------------------

case_environment()
{
	stub_base
	stub_layer environment
	stub_kernels image-9.1-stub headers-9.1-stub
	run in_chroot env TMPDIR=/nowhere LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de \
		sh -c 'dpkg -i /root/debs/one.deb 2>&1 </dev/null | cat; dpkg --audit'
	status 0
	got=$(count "$T/err" .)
	same "$got" 0 'lines on stderr'
	stub_whole 9.1-stub $one
	run in_chroot env TMPDIR=/nowhere $helpers/dkms-build rebuild
	status 0
	stub_whole 9.1-stub $one
	# The cause is told although standard error is no file.
	: >"$chroot/root/no-build"
	run in_chroot env TMPDIR=/nowhere sh -c "{ $helpers/dkms-build rebuild 9.1-stub 2>&1; echo rc \$?; } | cat"
	status 0
	has "$T/out" '^nouveau-gpuvm: build for kernel 9.1-stub failed: '
	has "$T/out" '^rc 1$'
}

# --- rebuild ---------------------------------------------------------------------

case_rebuild()
{
	from_installed rebuild
	before=$(stat -c %i "$chroot/var/lib/dkms/$name/$one/9.1-stub/$(uname -m)/module/nouveau.ko")
	run in_chroot $helpers/dkms-build rebuild 9.1-stub
	status 0
	has "$T/out" '^nouveau-gpuvm: built for kernel 9.1-stub; reboot to use the new modules$'
	lines 0
	[ "$(stat -c %i "$chroot/var/lib/dkms/$name/$one/9.1-stub/$(uname -m)/module/nouveau.ko")" != "$before" ] ||
		fail 'not built anew'
	stub_whole 9.1-stub $one
	run in_chroot $helpers/dkms-build rebuild
	status 0
	got=$(grep -c '^nouveau-gpuvm: built for kernel' "$T/out")
	same "$got" 2 kernels
	stub_whole 9.1-stub $one
	stub_whole 9.2-stub $one
	[ ! -e "$chroot/var/lib/dkms/$name/$one/rebuild-9.1-stub" ] || fail 'the build of before is left'
}

# Settings are read anew, and dkms never forgets the package.
case_rebuild_settings()
{
	from_installed settings
	printf '9.1-stub never\n9.2-stub never\n' >>"$chroot/etc/nouveau-gpuvm.conf"
	run in_chroot $helpers/dkms-build rebuild
	status 0
	lines 2 'kernel 9.1-stub is left alone: /etc/nouveau-gpuvm.conf says never'
	stub_own 9.1-stub
	stub_own 9.2-stub
	in_chroot dkms status >"$T/status"
	has "$T/status" "^$name/$one: added\$"
	sed -i '/^9.1-stub/d' "$chroot/etc/nouveau-gpuvm.conf"
	run in_chroot $helpers/dkms-build rebuild 9.1-stub
	status 0
	stub_whole 9.1-stub $one
	stub_own 9.2-stub
}

# A build that fails leaves the modules of before.
case_rebuild_fails()
{
	from_installed fails
	: >"$chroot/root/no-build"
	run in_chroot $helpers/dkms-build rebuild
	status 1
	lines 2 'build for kernel 9.1-stub failed: '
	stub_whole 9.1-stub $one
	stub_whole 9.2-stub $one
	rm "$chroot/root/no-build"
	run in_chroot $helpers/dkms-build rebuild
	status 0
	stub_whole 9.2-stub $one
}

# What only a trial finds out is known before dkms is asked; and where dkms is the first to
# find it, that is no failure, whatever the status that this dkms ends with.
case_left_alone_after_trial()
{
	for st in '' 9 77; do
		for then in 'rebuild 9.1-stub' "$one" 'kernel 9.1-stub'; do
			from_installed trial
			[ "${then% *}" = rebuild ] ||
				in_chroot sh -c "dkms remove $name/$one -k 9.1-stub" >"$T/log" || fail 'dkms remove'
			if [ -n "$st" ]; then
				cat >"$chroot/usr/local/sbin/dkms" <<-END
					#!/bin/sh
					: >/root/unfit
					/usr/sbin/dkms "\$@"
					st=\$?
					rm /root/unfit
					[ \$st != 77 ] || st=$st
					exit \$st
				END
				chmod +x "$chroot/usr/local/sbin/dkms"
			else
				: >"$chroot/root/unfit"
			fi
			# shellcheck disable=SC2086 # words
			run in_chroot $helpers/dkms-build $then
			status 0
			if [ "$st:${then% *}" = :kernel ]; then
				lines 0
			else
				lines 1 '^nouveau-gpuvm: kernel 9.1-stub is left alone: the stub does not fit its headers$'
			fi
			[ -n "$st" ] || lacks "$T/out" '^Building'
			stub_own 9.1-stub
			stub_whole 9.2-stub $one
			audit_clean
			unlayer trial
		done
	done
}

# What was asked of the kernels goes with the package.
case_state_removed()
{
	for then in 'dpkg -P' 'dpkg -r'; do
		from_installed state
		# /run is another each time.
		run in_chroot sh -c "mkdir -p /run/$name/9.1-stub && : >/run/$name/9.1-stub/verdict &&
			$then nouveau-gpuvm-dkms && ls /run"
		status 0
		lacks "$T/out" '^nouveau-gpuvm'
		unlayer state
	done
	# No prerm of a package that was unpacked and not configured is called.
	stub_base
	stub_layer state
	run in_chroot sh -c "dpkg --unpack /root/debs/one.deb && mkdir /run/$name && dpkg -P nouveau-gpuvm-dkms && ls /run"
	status 0
	lacks "$T/out" '^nouveau-gpuvm'
}

case_rebuild_bad_kernel()
{
	from_installed bad
	run in_chroot $helpers/dkms-build rebuild 9.7-none
	status 1
	one_line '^nouveau-gpuvm: no headers for kernel 9.7-none'
	run in_chroot $helpers/dkms-build rebuild 9.1-stub 9.2-stub
	status 2
	one_line usage
	run in_chroot sh -c "rm -rf /usr/src/nouveau-gpuvm-*; $helpers/dkms-build rebuild"
	status 1
	one_line 'sources in /usr/src.* are missing; reinstall nouveau-gpuvm-dkms'
}

# --- Secure Boot -----------------------------------------------------------------

# secure_boot enabled|disabled KEY...: the firmware's word, and the keys that are enrolled
secure_boot()
{
	echo "SecureBoot $1" >"$chroot/root/sb-state"
	shift
	printf '%s\n' "$@" >"$chroot/root/enrolled"
	program mokutil 'case $1 in' '--sb-state) cat /root/sb-state ;;' \
		'--test-key) if grep -qxF "$2" /root/enrolled; then echo "$2 is already enrolled"; exit 1' \
		'else echo "$2 is not enrolled"; fi ;;' '*) exit 9 ;;' 'esac'
}

in_tree_chosen()
{
	got=$(in_chroot modinfo -k 9.1-stub -n nouveau)
	same "$got" \
		/lib/modules/9.1-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko
}

# not_enrolled LAYER: installs the package where Secure Boot does not know $key
not_enrolled()
{
	stub_base
	stub_layer "$1"
	key=/var/lib/dkms/mok.pub
	stub_kernels image-9.1-stub headers-9.1-stub
	: >"$chroot$key"
	secure_boot enabled
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
}

# Until the key is enrolled, the kernel's own nouveau is in charge.
case_secure_boot()
{
	not_enrolled secure
	lines 1 "Secure Boot refuses the modules until their key is enrolled; run: mokutil --import $key\$"
	in_tree_chosen
	has "$chroot/etc/depmod.d/$name.conf" '^# until: key$'
	# Nothing that comes between changes that.
	stub_kernels image-9.2-stub headers-9.2-stub
	run in_chroot $helpers/dkms-build rebuild
	status 0
	run in_chroot dpkg -i /root/debs/two.deb
	status 0
	in_tree_chosen
	got=$(in_chroot modinfo -k 9.2-stub -n nouveau)
	same "$got" \
		/lib/modules/9.2-stub/kernel/drivers/gpu/drm/nouveau/nouveau.ko
	# What the next boot runs; without the key, nothing changes.
	run in_chroot $settle enrolled
	status 0
	lines 0
	in_tree_chosen
	echo $key >"$chroot/root/enrolled"
	run in_chroot $settle enrolled
	status 0
	lines 1 'Secure Boot accepts the modules now; reboot to use them$'
	stub_whole 9.1-stub $two
	stub_whole 9.2-stub $two
	run in_chroot $settle enrolled
	status 0
	lines 0
	! grep '^mokutil' "$chroot/root/calls" | grep -v -e '--sb-state$' -e '--test-key ' ||
		fail 'mokutil was called for more than an answer'
	run in_chroot dpkg -P nouveau-gpuvm-dkms
	status 0
	nothing_left
}

# systemd runs the unit at boot: a whole system with the key enrolled boots, and gives
# nouveau over to our modules.  The kernel is Debian's, the modules are the stub's.
case_at_boot()
{
	not_enrolled boot
	in_tree_chosen
	echo $key >"$chroot/root/enrolled"
	cd "$top"
	in_chroot apt-get -q -y install systemd-sysv >"$T/apt" 2>&1 || fail "$(tail -n 1 "$T/apt")"
	units=$chroot/lib/systemd/system
	cat >"$units/report.service" <<'END'
[Unit]
After=nouveau-gpuvm-key.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c '{ systemctl show -P Result nouveau-gpuvm-key.service; \
	ls /etc/depmod.d; modinfo -k 9.1-stub -n nouveau; echo end; } >/dev/ttyS1 2>&1'
ExecStart=/bin/systemctl poweroff --force --force
END
	mkdir -p "$units/multi-user.target.wants"
	ln -s ../report.service "$units/multi-user.target.wants/"
	# What nothing here needs, and the kernel would have to unpack
	ln -sf /lib/systemd/systemd "$chroot/init"
	(cd "$chroot" && find . -xdev \( -path ./root/debs -o -path ./usr/lib/gcc -o -path ./usr/share/doc -o \
		-path ./usr/share/locale -o -path ./usr/share/perl -o -path ./usr/share/man -o -path ./var/cache -o \
		-path ./var/lib/apt -o -path ./usr/include -o -path ./usr/lib/x86_64-linux-gnu/perl -o \
		-path './usr/src/linux-*' \) -prune -o -print | cpio -o -H newc --quiet) >"$T/initramfs"
	kver=$(tools/kernel resolve 6.1)
	image=$(tools/kernel image 6.1)
	check lab/chroot/qemu make
	run timeout $((200 * ${NGV_VM_SLOW:-1})) lab/chroot/qemu run -accel tcg,thread=multi -cpu max -smp 2 -m 3G \
		-machine q35 -display none -vga none -nodefaults -no-user-config -no-reboot \
		-serial "file:$T/console" -serial "file:$T/report" \
		-kernel "$image/boot/vmlinuz-$kver" -initrd "$T/initramfs" \
		-append "console=ttyS0 panic=-1 mitigations=off systemd.unit=multi-user.target"
	tail -n 20 "$T/console"
	status 0
	tr -d '\r' <"$T/report" >"$T/said"
	cat "$T/said"
	has "$T/said" '^success$'
	lacks "$T/said" "^$name.conf\$"
	has "$T/said" '^/lib/modules/9.1-stub/updates/dkms/nouveau.ko$'
	has "$T/said" '^end$'
}

# enrolled and then rebuild, or the package once more
case_secure_boot_rebuild()
{
	for then in "$helpers/dkms-build rebuild 9.1-stub" 'dpkg -i /root/debs/one.deb' \
		'dpkg -i /root/debs/linux-headers-9.1-stub.deb'; do
		from_installed again
		: >"$chroot/var/lib/dkms/mok.pub"
		secure_boot enabled
		run in_chroot $settle install
		status 0
		in_tree_chosen
		echo /var/lib/dkms/mok.pub >"$chroot/root/enrolled"
		# shellcheck disable=SC2086 # words
		run in_chroot $then
		status 0
		stub_whole 9.1-stub $one
		unlayer again
	done
	# Removed while the kernel's own is in charge
	from_installed again
	: >"$chroot/var/lib/dkms/mok.pub"
	secure_boot enabled
	run in_chroot $settle install
	status 0
	run in_chroot dpkg -P nouveau-gpuvm-dkms
	status 0
	rm "$chroot/var/lib/dkms/mok.pub"
	nothing_left
}

# The key is what dkms reads from its settings.
case_key()
{
	from_installed keys
	secure_boot enabled
	mkdir -p "$chroot/etc/dkms/framework.conf.d" "$chroot/var/lib/shim-signed/mok" "$chroot/keys"
	for k in a 'b c' d.der; do
		: >"$chroot/keys/$k"
	done
	: >"$chroot/var/lib/dkms/mok.pub"
	asks()
	{
		run in_chroot $settle install
		status 0
		lines 1 "run: mokutil --import $1\$"
	}
	asks /var/lib/dkms/mok.pub
	: >"$chroot/var/lib/shim-signed/mok/MOK.der"
	asks /var/lib/shim-signed/mok/MOK.der
	echo 'export mok_certificate=/keys/a # mine' >"$chroot/etc/dkms/framework.conf"
	asks /keys/a
	echo '# mok_certificate=/keys/a' >"$chroot/etc/dkms/framework.conf"
	printf 'dir=/keys\n\tmok_certificate="$dir"/d.der' >"$chroot/etc/dkms/framework.conf.d/9.conf"
	asks /keys/d.der
	echo "mok_certificate='/keys/b c'" >"$chroot/etc/dkms/framework.conf"
	rm "$chroot/etc/dkms/framework.conf.d/9.conf"
	asks '/keys/b c'
	# Settings that are broken, or name no file
	echo 'mok_certificate="/keys/a' >"$chroot/etc/dkms/framework.conf"
	asks /var/lib/shim-signed/mok/MOK.der
	echo 'mok_certificate=/keys/none' >"$chroot/etc/dkms/framework.conf"
	asks /var/lib/shim-signed/mok/MOK.der
}

# --- what keeps the kernel from loading nouveau ------------------------------------------

# Each way that others write it, as libkmod reads it
case_blocked()
{
	from_installed blocked
	n=0
	while IFS='|' read -r dir line says; do
		n=$((n + 1))
		echo "$dir: $line"
		mkdir -p "$chroot$dir/modprobe.d"
		# shellcheck disable=SC2059 # escapes are wanted
		printf "$line\n" >"$chroot$dir/modprobe.d/test.conf"
		run in_chroot $settle install </dev/null
		status 0
		if [ -n "$says" ]; then
			lines 1 "^nouveau-gpuvm-dkms: $dir/modprobe.d/test.conf $says; remove that line to use it\$"
		else
			lines 0
		fi
		rm "$chroot$dir/modprobe.d/test.conf"
	done <<'END'
/etc|blacklist nouveau|keeps the kernel from loading nouveau
/etc|blacklist\tnouveau   # by the installer|keeps the kernel from loading nouveau
/etc|  blacklist   nouveau  |keeps the kernel from loading nouveau
/usr/lib|blacklist nouveau|keeps the kernel from loading nouveau
/usr/local/lib|blacklist nouveau|keeps the kernel from loading nouveau
/etc|install nouveau /bin/false|keeps the kernel from loading nouveau
/etc|install nouveau /usr/bin/false|keeps the kernel from loading nouveau
/etc|install nouveau\t/bin/true # no|keeps the kernel from loading nouveau
/etc|alias nouveau off|keeps the kernel from loading nouveau
/etc|options nouveau modeset=0|switches nouveau off (modeset=0)
/etc|options nouveau config=NvClkMode=1 modeset=0 runpm=0|switches nouveau off (modeset=0)
/etc|options nouveau modeset=1|
/etc|# blacklist nouveau|
/etc|blacklist nouveaufb|
/etc|options nouveau runpm=0|
/etc|softdep nouveau pre: i2c_core|
END
	same $n 16 lines
}

case_blocked_for_now()
{
	from_installed now
	run in_chroot sh -c "mkdir /run/modprobe.d; echo blacklist nouveau >/run/modprobe.d/a.conf; exec $settle install"
	status 0
	lines 1 '/run/modprobe.d/a.conf keeps the kernel from loading nouveau'
}

case_blocked_by_command_line()
{
	from_installed cmdline
	for word in modprobe.blacklist=foo,nouveau nouveau.modeset=0; do
		echo "root=/dev/sda1 $word quiet" >"$chroot/root/cmdline"
		run in_chroot sh -c "mount --bind /root/cmdline /proc/cmdline && exec $settle install"
		status 0
		lines 1 "^nouveau-gpuvm-dkms: the kernel's command line .*; remove that word to use it\$"
	done
}

# --- the initramfs -----------------------------------------------------------------

# image PATH WHERE: an initramfs of kernel 9.1-stub with the nouveau that is below WHERE
image()
{
	mkdir -p "$(dirname "$chroot$1")"
	echo "usr/lib/modules/9.1-stub/$2/nouveau.ko" >"$chroot$1"
	touch -d '-1 day' "$chroot$1"
}

# What is refreshed, by what, for each layout
case_initramfs()
{
	in_updates=updates/dkms
	in_kernel=kernel/drivers/gpu/drm/nouveau
	id=0123456789abcdef0123456789abcdef
	n=0
	while IFS='|' read -r path tools calls; do
		n=$((n + 1))
		echo "$path with $tools"
		from_installed initramfs
		echo $id >"$chroot/etc/machine-id"
		mkdir -p "$chroot/etc/kernel"
		echo debian >"$chroot/etc/kernel/entry-token"
		: >"$chroot/boot/vmlinuz-9.1-stub"
		image "$path" $in_kernel
		program lsinitrd 'cat "$1"'
		for tool in $tools; do
			program "$tool" "[ ! -e /root/refuse ] || exit 1"
		done
		rm -f "$chroot/root/calls"
		run in_chroot $settle kernel 9.1-stub
		status 0
		lines 0
		grep -v '^lsinitrd' "$chroot/root/calls" >"$T/calls" || :
		got=$(cat "$T/calls")
		same "$got" "$calls"
		# What holds the right one already stays as it is.
		rm -f "$chroot/root/calls"
		image "$path" $in_updates
		run in_chroot $settle kernel 9.1-stub
		status 0
		! grep -v '^lsinitrd' "$chroot/root/calls" || fail 'made anew for nothing'
		# A failure is told with the command.
		image "$path" $in_kernel
		: >"$chroot/root/refuse"
		run in_chroot $settle kernel 9.1-stub
		status 0
		lines 1 "the initramfs of kernel 9.1-stub still holds the nouveau of before; run: $calls\$"
		unlayer initramfs
	done <<END
/boot/initrd.img-9.1-stub|update-initramfs dracut|update-initramfs -u -k 9.1-stub
/boot/initramfs-9.1-stub.img|dracut|dracut -f /boot/initramfs-9.1-stub.img 9.1-stub
/boot/initrd-9.1-stub|dracut|dracut -f /boot/initrd-9.1-stub 9.1-stub
/boot/$id/9.1-stub/initrd|kernel-install dracut|kernel-install add 9.1-stub /boot/vmlinuz-9.1-stub
/efi/$id/9.1-stub/initrd.img|dracut update-initramfs|dracut -f /efi/$id/9.1-stub/initrd.img 9.1-stub
/boot/efi/$id/9.1-stub/initrd.img-9.1-stub|kernel-install|kernel-install add 9.1-stub /boot/vmlinuz-9.1-stub
/efi/debian/9.1-stub/initrd|kernel-install|kernel-install add 9.1-stub /boot/vmlinuz-9.1-stub
END
	same $n 7 layouts
}

# With nothing to make it with, or to look into it
case_initramfs_told()
{
	from_installed told
	image /efi/0123/9.1-stub/initrd kernel/drivers/gpu/drm/nouveau
	echo 0123 >"$chroot/etc/machine-id"
	run in_chroot $settle kernel 9.1-stub
	status 0
	lines 1 'cannot see which nouveau /efi/0123/9.1-stub/initrd holds; make that initramfs anew'
	program lsinitrd 'cat "$1"'
	run in_chroot $settle kernel 9.1-stub
	status 0
	lines 1 '/efi/0123/9.1-stub/initrd still holds the nouveau of before; make that initramfs anew'
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
tap_case oldest-kernel-fails case_oldest_kernel_fails
tap_case environment case_environment
tap_case rebuild case_rebuild
tap_case rebuild-settings case_rebuild_settings
tap_case rebuild-fails case_rebuild_fails
tap_case rebuild-bad-kernel case_rebuild_bad_kernel
tap_case left-alone-after-trial case_left_alone_after_trial
tap_case state-removed case_state_removed
tap_case secure-boot case_secure_boot
tap_case secure-boot-rebuild case_secure_boot_rebuild
tap_case at-boot case_at_boot
tap_case key case_key
tap_case blocked case_blocked
tap_case blocked-for-now case_blocked_for_now
tap_case blocked-by-command-line case_blocked_by_command_line
tap_case initramfs case_initramfs
tap_case initramfs-told case_initramfs_told
tap_done
