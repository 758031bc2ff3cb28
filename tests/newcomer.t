#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The road of somebody who has README.md and a Debian 12, and nothing else: every command
# is README's, word for word. From the download to NVK's first copy, on the GPU model.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/serve.sh
. "$(dirname "$0")/lib/serve.sh"
cd "$top"

env=lab/chroot/env
chroot=$top/build/chroot/newcomer

in_chroot() { "$env" run "$chroot" "$@"; }

# commands SECTION: README's commands in that section, up to the first line about another
# distribution than Debian
commands()
{
	awk -v section="## $1" '
		/^## / { on = $0 == section; next }
		/^On Fedora/ { on = 0 }
		on && sub(/^    /, "")' README.md
}

# types SECTION: types these commands in the machine, as root
types()
{
	commands "$1" >"$chroot/root/typed"
	[ -s "$chroot/root/typed" ] || fail "README has no commands in its section $1"
	run in_chroot env REPO="${REPO-}" http_proxy= sh -ec 'cd /root && . ./typed'
	status 0
}

case_road()
{
	# The machine: Debian 12 with its kernel, and what everybody has
	rm -rf "$chroot"
	later "rm -rf '$chroot' build/newcomer"
	"$env" make "$chroot"
	echo 'APT::Get::Assume-Yes "true";' >"$chroot/etc/apt/apt.conf.d/99yes"
	packages=$(tools/kernel packages 6.1 image)
	# shellcheck disable=SC2086 # words
	in_chroot env INITRD=No apt-get -q install curl $packages
	kver=$(cd "$chroot/lib/modules" && echo *)

	# What is published: a repository, or files to download
	tools/make-deb
	cp build/deb/nouveau-gpuvm-*.deb "$chroot/root/"
	if commands Install | grep -qF '$REPO'; then
		tools/make-repo
		serve "$top/build/repo"
	fi
	# README says so in a sentence.
	headers=$(sed -n 's/^The headers of your kernel have to be installed (`\([^`]*\)`.*/\1/p' README.md)
	[ -n "$headers" ] || fail 'README does not say which headers'
	in_chroot apt install "$headers"
	types Install
	in_chroot dkms status | tee "$T/dkms"
	has "$T/dkms" "$kver, x86_64: installed"
	in_chroot dpkg -s nouveau-gpuvm-tools >/dev/null || in_chroot apt install nouveau-gpuvm-tools

	# Check, as far as it needs no card
	commands Check | sed -n 's/^\(nouveau-gpuvm\)  *#.*/\1/p; s/^\(nouveau-gpuvm doctor\)  *#.*/\1/p' >"$T/check"
	got=$(wc -l <"$T/check")
	same "$got" 2 "README's commands that check"
	run in_chroot sh -c "$(sed -n 1p "$T/check")"
	status 0
	has "$T/out" "^$kver  *yes  *ours "
	run in_chroot sh -c "$(sed -n 2p "$T/check")"
	status 1
	has "$T/out" 'no NVIDIA GPU'
	has "$T/out" "NVK is not installed; remedy: $(commands 'NVK on Debian 12' | sed -n 1p) && nouveau-gpuvm mesa-root"

	# NVK, and its first copy on the model
	commands 'NVK on Debian 12' >"$T/nvk"
	sed -n '$p' "$T/nvk" >"$T/line"
	sed '$d' "$T/nvk" >"$chroot/root/typed"
	run in_chroot sh -e /root/typed
	status 0
	guest=build/newcomer/guest
	rm -rf build/newcomer
	mkdir -p "$guest/var/lib/nouveau-gpuvm" "$guest/root"
	mv "$chroot/var/lib/nouveau-gpuvm/mesa" "$guest/var/lib/nouveau-gpuvm/"
	cp "$T/line" "$guest/root/line"
	cp "$(tests/nvk/provision --root 26)/usr/bin/vk-test" "$guest/var/lib/nouveau-gpuvm/mesa/root/usr/bin/"
	sed "s,^# Root: .*,# Root: $guest," tests/guest/mesa-root >"$T/nvk-test"
	run lab/vm/run --kernel "$kver" --image "$chroot" --gpu gp100 --test "$T/nvk-test" \
		--log build/vm/newcomer.console --gpu-log build/vm/newcomer.gpu.log
	status 0
	has "$T/out" '^    ok [0-9]* - vulkaninfo$'
	has "$T/out" '^    # ok [0-9]* - copy-buffer$'
	has "$T/out" '^    ok [0-9]* - vk-test$'
}

tap_begin "$@"
tap_case road case_road
tap_done
