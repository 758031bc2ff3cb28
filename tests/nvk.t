#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The test of NVK, tested without NVK: vk-test on lavapipe, which computes with
# the CPU, and the directories that guests get.  tests/model.t runs NVK on it.

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

# in_root VERSION COMMAND...: on lavapipe, in a system with that Mesa
in_root()
{
	root=$(tests/nvk/provision --root "$1")
	shift
	unshare --mount --propagation private sh -c '
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		root=$1
		shift
		exec env -i PATH=/usr/bin:/bin "$@"' sh "$root" \
		VK_DRIVER_FILES="/$(cd "$root" && echo usr/share/vulkan/icd.d/lvp_icd*.json)" \
		/usr/sbin/chroot "$root" "$@"
}

case_lavapipe()
{
	run in_root "$1" vk-test --device-name llvmpipe --seed "$2"
	status 0
	! grep '^not ok' "$T/out" || fail 'cases failed'
	plan=$(sed -n 's/^1\.\.//p' "$T/out")
	got=$(grep -c '^ok' "$T/out")
	same "$got" "$plan" 'cases told'
	# What only NVIDIA's layout can show is all that is left out.
	got=$(grep '# SKIP' "$T/out" | sed 's/.* - \([^ ]*\) .*/\1/')
	same "$got" image-layout 'skipped'
	has "$T/out" "^# $((plan - 1)) passed, 0 failed, 1 skipped$"
	# A run in which nothing was tested does not pass.
	run in_root "$1" vk-test --device-name llvmpipe image-layout
	status 4
	has "$T/out" '^# nothing was tested: 0 passed, 0 failed, 1 skipped$'
}

# A wrong byte anywhere must be seen by every case that reads any.
case_corrupt()
{
	run in_root 25 vk-test --device-name llvmpipe --corrupt
	status 1
	got=$(grep '^ok' "$T/out" | grep -v '# SKIP' | sed 's/.* - //')
	same "$got" device \
		'passed with wrong bytes'
	has "$T/out" '^# first bound.*: 1 of .* bytes are wrong, the first at 0x'
}

case_no_device()
{
	run in_root 25 vk-test --device-name 'no such card'
	status 1
	has "$T/out" '^Bail out! '
	one_line '^vk-test: no device no such card; there are: llvmpipe'
	run in_root 25 vk-test
	status 1
	one_line '^vk-test: no device of NVK; there are: '
}

case_arguments()
{
	run in_root 25 vk-test --what
	status 2
	one_line '^vk-test: unknown argument --what; '
	run in_root 25 vk-test no-such-case
	status 2
	one_line '^vk-test: no case no-such-case; '
	run in_root 25 vk-test --seed 1x
	status 2
	one_line '^vk-test: cannot be counted: 1x; '
	run tests/nvk/provision
	status 2
	one_line '^nvk/provision: no version named; '
	run tests/nvk/provision 24
	status 1
	one_line '^nvk/provision: no Mesa 24 is known; '
}

# Nothing is missing in what the guest gets, and it is small.
case_overlay()
{
	dir=$(tests/nvk/provision "$1")
	has "$dir/mesa-version" "^$1\."
	for f in usr/bin/vk-test usr/bin/vulkaninfo usr/lib/x86_64-linux-gnu/libvulkan_nouveau.so; do
		chroot "$dir" /lib64/ld-linux-x86-64.so.2 --list "/$f" >"$T/libs"
		! grep 'not found' "$T/libs" || fail 'a library is missing'
		! grep -i LLVM "$T/libs" || fail 'it needs LLVM'
	done
	run chroot "$dir" /usr/bin/vk-test --list
	status 0
	has "$T/out" '^sparse-bind$'
	mb=$(du -sm "$dir" | cut -f 1)
	echo "$mb MB"
	[ "$mb" -lt 150 ] || fail "$mb MB is a lot for an initramfs"
	# Unpacked once: the second time is for asking.
	inode=$(stat -c %i "$dir/usr/bin/vk-test")
	got=$(tests/nvk/provision "$1")
	same "$got" "$dir"
	got=$(stat -c %i "$dir/usr/bin/vk-test")
	same "$got" "$inode" 'unpacked again'
}

tap_begin "$@"
tap_case lavapipe-25 case_lavapipe 25 1
tap_case lavapipe-26 case_lavapipe 26 2
tap_case corrupt case_corrupt
tap_case no-device case_no_device
tap_case arguments case_arguments
tap_case overlay-25 case_overlay 25
tap_case overlay-26 case_overlay 26
tap_done
