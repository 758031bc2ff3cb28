#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# model.t [KERNEL] [--chip CHIP]... [--seed N] [TEST...]
#
# Boots a kernel with our modules as DKMS installed them and the GPU model as its
# card, once for each chip (default: gp100 and gm107), and runs the tests model-*
# of tests/vm/tests.d, or those named.  One TAP stream for all; results are named
# CHIP-TEST.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

die()
{
	echo "model.t: $*" >&2
	exit 2
}

kernel=6.1
case ${1-} in
'' | -* | model-* | */*) ;;
*)
	kernel=$1
	shift
	;;
esac
chips=
seed=1
tests=
while [ $# -gt 0 ]; do
	case $1 in
	--chip | --seed)
		[ -n "${2-}" ] || die "$1 needs a value; see the head of $0"
		case $1 in
		--chip) chips="$chips $2" ;;
		--seed) seed=$2 ;;
		esac
		shift 2
		;;
	-*)
		die "unknown argument $1; see the head of $0"
		;;
	*)
		tests="$tests --test $1"
		shift
		;;
	esac
done
st=0

root=$(tests/chroot/provision "$kernel" | tail -n 1)
[ -n "$root" ] || die "no modules for $kernel"

{
	for chip in ${chips:-gp100 gm107}; do
		echo "chip $chip"
		# shellcheck disable=SC2086 # words
		tests/vm/run --kernel "$kernel" --root "$root" --gpu "$chip" --seed "$seed" \
			--log "build/vm/$kernel-$chip.console" \
			--gpu-log "build/vm/$kernel-$chip.gpu.log" $tests || st=1
	done
	echo "status $st"
} | awk '
	# Two plans become one; subtests stay as they are.
	/^status [0-9]+$/ { status = $2; next }
	/^chip [a-z0-9]+$/ { chip = $2; next }
	/^1\.\.[0-9]+$/ { next }
	/^(not )?ok [0-9]+ - / {
		sub(/ok [0-9]+ - /, "ok " ++n " - " chip "-")
		if (/^not/)
			status = 1
	}
	{ print; fflush() }
	END { print "1.." n + 0; exit status || !n }'
