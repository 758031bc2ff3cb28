#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# vm.t [KERNEL] [--list | TEST...]: boots a kernel with our modules, of the channel BASE,
# as DKMS installed them and runs the tests of tests/guest/tests.d in it: first with no
# graphics card in the machine, then the display bench.  One TAP stream for both.
#
# What tests/kernels.tsv expects to be left alone by DKMS runs the tests of the
# modules that are our own.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tests/lib/merge.sh
. tests/lib/merge.sh
kernel=6.1
case ${1-} in
'' | --list) ;;
*)
	kernel=$1
	shift
	;;
esac
if [ "${1-}" = --list ]; then
	if [ "$(tools/expected "$kernel")" = gpuvm ]; then
		echo selftest
	else
		# The GPU model's are those of model.t.
		for t in tests/guest/tests.d/*; do
			case ${t##*/} in model-* | screen-*) ;; *) echo "${t##*/}" ;; esac
		done
	fi
	exit
fi
st=0
suffix=$(src/nouveau/channel suffix) || exit 1

case $(tools/expected "$kernel") in
built | always)
	root=$(lab/chroot/provision "$kernel" | tail -n 1)
	;;
gpuvm)
	echo "# DKMS leaves $kernel alone: GPUVM and compat alone are built"
	make -s tree >&2
	root=$(lab/vm/gpuvm-root "$kernel")
	[ $# != 0 ] || set -- selftest
	;;
*)
	echo "vm.t: tests/kernels.tsv does not say what kernel $kernel is expected to be; add a line" >&2
	exit 1
	;;
esac
[ -n "$root" ] || {
	echo "vm.t: no modules for $kernel" >&2
	exit 1
}

# boot WHAT [TEST...]: a run of the harness; with tests named, of those alone
boot()
{
	what=$1
	shift
	for t; do
		set -- "$@" --test "$t"
		shift
	done
	[ "$what" != display ] || set -- --display "$@"
	lab/vm/run --kernel "$kernel" --root "$root" \
		--log "build/vm/$kernel-$what$suffix.console" "$@" || st=1
}

bare=
display=
for t; do
	case $t in
	display-*) display="$display $t" ;;
	*) bare="$bare $t" ;;
	esac
done

# shellcheck disable=SC2086 # words
{
	[ $# != 0 ] && [ -z "$bare" ] || boot bare $bare
	[ $# != 0 ] && [ -z "$display" ] || boot display $display
	echo "status $st"
} | merge
