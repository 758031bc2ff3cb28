#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Does nouveau deal with a GSP that has no firmware, that the user does not want, or
# whose firmware refuses?  Boots our modules on the GPU model's Turing.  And are the
# model's messages those of the headers that nouveau has?

. "$(dirname "$0")/lib/tap.sh"
tap_begin "$@"

# root: where the modules of 6.1 are installed
root()
{
	run "$top/lab/chroot/provision" 6.1
	status 0
	root=$(tail -n 1 "$T/out")
}

# vm TEST ARGUMENT...: runs a test of tests/guest/gsp
vm()
{
	guest_test=$1
	shift
	run "$top/lab/vm/run" --kernel 6.1 --root "$root" --gpu tu102 --log "$T/console" \
		--gpu-log "$T/gpu.log" --test "$top/tests/guest/gsp/$guest_test" "$@"
}

case_not_scheduled()
{
	root
	vm not-scheduled --refuse 0xa06f0103
	status 0
	has "$T/out" '^ok 2 - not-scheduled$'
}

# The model has no Turing without a GSP, and reports what the driver does then.
case_no_firmware()
{
	root
	vm no-firmware --lenient
	status 1
	got=$(grep -c ' nouveau .*: gsp: no firmware gsp/\*\.bin for this chip: it runs without its GSP, at the clocks of the boot$' "$T/console" || :)
	same "$got" 1 'lines about the missing firmware'
	has "$T/console" 'vm: end no-firmware$'
}

case_switched_off()
{
	root
	vm switched-off --lenient --append nouveau.config=disp=0,NvGspRm=0
	status 1
	has "$T/console" ' nouveau .*: NVIDIA TU102 '
	has "$T/console" 'vm: end switched-off$'
	lacks "$T/console" 'firmware nvidia/tu102/gsp/'
	lacks "$T/console" 'no firmware gsp/'
}

case_layout()
{
	run "$top/src/nouveau/import" --base 6.12
	status 0
	include=$top/build/import/6.12/upstream/drivers/gpu/drm/nouveau/include
	check gcc -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE -I"$top/gpu-model" \
		-isystem "$include" -isystem "$include/nvrm/535.113.01" \
		"$top/tests/gsp/layout.c" "$top/gpu-model/gsp/layout.c" -o "$T/layout"
	run "$T/layout"
	status 0
	has "$T/out" ' 0 differ$'
}

tap_case layout case_layout
tap_case not-scheduled case_not_scheduled
tap_case no-firmware case_no_firmware
tap_case switched-off case_switched_off
tap_done
