#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Kernels, headers and the package come and go in every order, with a build that takes
# a second (tests/lib/stub.sh).
#
#   SEED=1 STEPS=200 tests/walk.t [CASE...]

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# shellcheck source=tests/lib/stub.sh
. "$(dirname "$0")/lib/stub.sh"

SEED=${SEED:-$(date +%s)}
STEPS=${STEPS:-200}

# Two kernels, one without headers; the other is purged; headers come.
case_forgotten()
{
	stub_base
	stub_layer forgotten
	stub_kernels image-9.1-stub image-9.2-stub headers-9.2-stub
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	stub_whole 9.2-stub $one
	run in_chroot dpkg -P linux-image-9.2-stub linux-headers-9.2-stub
	status 0
	in_chroot dkms status | tee "$T/status"
	has "$T/status" "^$name/$one: added\$"
	run in_chroot dpkg -i /root/debs/linux-headers-9.1-stub.deb
	status 0
	stub_whole 9.1-stub $one
}

# Somebody followed advice, and dkms has forgotten: the hook tells dkms again.
case_told_again()
{
	stub_base
	stub_layer told
	stub_kernels image-9.1-stub headers-9.1-stub
	run in_chroot dpkg -i /root/debs/one.deb
	status 0
	in_chroot dkms remove "$name/$one" --all
	stub_own 9.1-stub
	stub_kernels image-9.2-stub headers-9.2-stub
	stub_whole 9.2-stub $one
	stub_kernels headers-9.1-stub
	stub_whole 9.1-stub $one
}

case_walk()
{
	stub_base
	stub_layer walk
	cp "$top/tests/stub/walk" "$chroot/root/"
	# shellcheck disable=SC2086 # words
	run in_chroot /root/walk "$SEED" "$STEPS" $kernels
	[ "$rc" = 0 ] || cat "$T/out" "$T/err"
	status 0
	has "$T/out" "^$STEPS steps of [0-9]* were possible\$"
}

tap_begin "$@"
if [ -z "$tap_list" ]; then
	echo "# SEED=$SEED STEPS=$STEPS"
	rm -f "$debs/ready"
fi
tap_case forgotten case_forgotten
tap_case told-again case_told_again
tap_case walk case_walk
tap_done
