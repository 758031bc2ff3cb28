#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# A Debian 13 beside Debian 12, for its NVK: the commands of docs/gpus.md, word for word,
# in a clean Debian 12, and then on the GPU model.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
cd "$top"

env=lab/chroot/env
chroot=$top/build/chroot/mesa-root
made=$top/build/mesa-root/guest

# documented N: the Nth block of commands about that Debian in docs/gpus.md
documented()
{
	awk -v want="$1" '
		/^- / { on = /A Debian 13 in a directory/; next }
		on && /^      / { if (!inside) block++; inside = 1; if (block == want) print substr($0, 7); next }
		/./ { inside = 0 }' docs/gpus.md
}

in_chroot() { "$env" run "$chroot" "$@"; }

clean_chroot()
{
	rm -rf "$chroot"
	later "rm -rf '$chroot'"
	"$env" make "$chroot"
	tools/make-deb
	cp build/deb/nouveau-gpuvm-tools_*.deb "$chroot/root/"
	in_chroot sh -c 'apt-get -q -y install /root/nouveau-gpuvm-tools_*.deb'
	echo 'APT::Get::Assume-Yes "true";' >"$chroot/etc/apt/apt.conf.d/99yes"
}

case_typed()
{
	clean_chroot
	documented 1 >"$chroot/root/typed"
	got=$(wc -l <"$chroot/root/typed")
	same "$got" 2 'lines'
	# Before the first line the second one says what is missing.
	run in_chroot nouveau-gpuvm mesa-root
	status 2
	one_line '^nouveau-gpuvm: not installed: mmdebstrap bwrap; run: apt install mmdebstrap bubblewrap$'
	run in_chroot sh -e /root/typed
	status 0
	has "$T/out" '^nouveau-gpuvm: to run a program with NVK: /var/lib/nouveau-gpuvm/mesa/run PROGRAM'
	in_chroot nouveau-gpuvm doctor >"$T/doctor" || :
	lacks "$T/doctor" "NVK is not installed"
	run in_chroot nouveau-gpuvm mesa-root
	status 2
	one_line '/var/lib/nouveau-gpuvm/mesa/root is there already; to update it, run: /var/lib/'
	got=$(ls -A "$chroot/var/lib/nouveau-gpuvm/mesa" | tr '\n' ' ')
	same "$got" 'root run '

	rm -rf "$made"
	mkdir -p "$made/var/lib/nouveau-gpuvm" "$made/root"
	mv "$chroot/var/lib/nouveau-gpuvm/mesa" "$made/var/lib/nouveau-gpuvm/"
}

# NVK's test in there, on the model
case_guest()
{
	[ -d "$made" ] || fail 'the case typed has to come first'
	documented 2 >"$made/root/line"
	got=$(wc -l <"$made/root/line")
	same "$got" 1 'lines'
	root=$made/var/lib/nouveau-gpuvm/mesa/root
	nvk=$(tests/nvk/provision --root 26)
	cp "$nvk/usr/bin/vk-test" "$root/usr/bin/"
	system=$(lab/chroot/provision 6.1 | tail -n 1)
	run lab/vm/run --kernel 6.1 --root "$system" --gpu gp100 --test tests/guest/mesa-root \
		--log build/vm/mesa-root.console --gpu-log build/vm/mesa-root.gpu.log
	status 0
	for name in vulkaninfo files-of-the-user vk-test; do
		has "$T/out" "^    ok [0-9]* - $name\$"
	done
	has "$T/out" 'driverName *= NVK$'
}

# Programs in there find the sockets of a desktop, and the user stays who they are.
case_sockets()
{
	[ -d "$made" ] || fail 'the case typed has to come first'
	run=$made/var/lib/nouveau-gpuvm/mesa/run
	mkdir -p /tmp/.X11-unix "/run/user/$$"
	later "rm -rf /tmp/.X11-unix/X$$ /run/user/$$"
	for socket in "/tmp/.X11-unix/X$$" "/run/user/$$/wayland-0"; do
		perl -MIO::Socket::UNIX -e '
			my $s = IO::Socket::UNIX->new(Local => shift, Listen => 1) or die "$!";
			chmod 0777, $s->hostpath;
			my $c = $s->accept(); print $c "heard\n"' "$socket" &
		later "kill $! 2>/dev/null"
		until [ -S "$socket" ]; do sleep 0.1; done
		# A mount, since others may not look into this tree.
		# shellcheck disable=SC2016 # the inner shell's
		run unshare --mount --propagation private sh -ec '
			mount --bind "$1" /mnt
			exec setpriv --reuid 65534 --regid 65534 --clear-groups /mnt/run perl -MIO::Socket::UNIX -e "
				my \$s = IO::Socket::UNIX->new(Peer => shift) or die \$!; print <\$s>" "$2"' \
			sh "${run%/run}" "$socket"
		status 0
		got=$(cat "$T/out")
		same "$got" heard "$socket"
	done
	run "$run"
	status 2
	one_line '^run: no program named; usage: '
	# As root its packages change; as a user they cannot.
	run "$run" sh -c ': >/usr/mine'
	status 0
	check rm "$made/var/lib/nouveau-gpuvm/mesa/root/usr/mine"
}

# --32 adds architectures and packages to the arguments of mmdebstrap.
case_for_32_bits()
{
	mkdir "$T/bin"
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s"\nexit 1\n' "$T/told" >"$T/bin/mmdebstrap"
	chmod +x "$T/bin/mmdebstrap"
	for option in '' --32; do
		# shellcheck disable=SC2086 # words
		run env PATH="$T/bin:$PATH" programs/nouveau-gpuvm/mesa-root $option "$T/a"
		status 2
		mv "$T/told" "$T/args$option"
	done
	has "$T/args" '^--architectures=amd64$'
	lacks "$T/args" i386
	has "$T/args--32" '^--architectures=amd64,i386$'
	sed -n 's/^--include=//p' "$T/args" | tr , '\n' | sed -n 's,^\(mesa\|lib\)[^/]*,&:i386,p' >"$T/want"
	sed -n 's/^--include=//p' "$T/args--32" | tr , '\n' | grep :i386 >"$T/got"
	check [ "$(wc -l <"$T/want")" -gt 3 ]
	check cmp "$T/got" "$T/want"
}

case_bad_input()
{
	tool=programs/nouveau-gpuvm/mesa-root
	run $tool --64
	status 2
	one_line '^nouveau-gpuvm: unknown option --64; see nouveau-gpuvm help$'
	run $tool "$T/a" "$T/b"
	status 2
	one_line '^nouveau-gpuvm: more than one directory: '
	run setpriv --reuid 65534 --regid 65534 --clear-groups $tool "$T/a"
	status 2
	one_line '^nouveau-gpuvm: mesa-root needs root; run: sudo nouveau-gpuvm mesa-root$'
	run $tool /proc/none
	status 2
	one_line '^nouveau-gpuvm: cannot write /proc/none; name another directory$'
	# A mirror that is not there leaves nothing behind.
	mkdir "$T/bin"
	printf '#!/bin/sh\necho "E: no such mirror" >&2\nexit 1\n' >"$T/bin/mmdebstrap"
	chmod +x "$T/bin/mmdebstrap"
	run env PATH="$T/bin:$PATH" $tool "$T/a"
	status 2
	one_line "^nouveau-gpuvm: mmdebstrap failed: E: no such mirror; see $T/a/log\$"
	got=$(ls -A "$T/a")
	same "$got" log
}

tap_begin "$@"
tap_case bad-input case_bad_input
tap_case for-32-bits case_for_32_bits
tap_case typed case_typed
tap_case guest case_guest
tap_case sockets case_sockets
tap_done
