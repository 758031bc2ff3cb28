#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# model.t [KERNEL] [--chip CHIP]... [--seed N] [--seeds COUNT] [--topics NAME,...]
#     [--in-tree] [--board NAME] [--list] [TEST...]
#
# Boots a kernel with our modules, of the channel BASE, as DKMS installed them and the
# GPU model as its card, once for each chip (default: gp100 and gm107) and seed
# (default: 1 alone), and runs the tests model-* of tests/guest/tests.d, or those named.
# One TAP stream for all; results are named CHIP-TEST, or CHIP-SEED-TEST where there are more
# seeds.  --topics: of vmbind-test only these.  --in-tree: the kernel's own
# nouveau in place of ours.  --board: the card has connectors (lab/vm/run, --board);
# the tests are screen-*, and their pictures are in build/vm/RELEASE/pictures.  --list:
# the names of what would be run.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=tests/lib/merge.sh
. tests/lib/merge.sh

die()
{
	echo "model.t: $*" >&2
	exit 2
}

# number OPTION VALUE
number()
{
	case $2 in
	'' | *[!0-9]*) die "$1 $2 is no number" ;;
	esac
}

kernel=6.1
case ${1-} in
'' | -* | model-* | screen-* | */*) ;;
*)
	kernel=$1
	shift
	;;
esac
chips=
seed=1
seeds=1
topics=
ours=y
board=
tests=
list=
while [ $# -gt 0 ]; do
	case $1 in
	--chip | --seed | --seeds | --topics | --board)
		[ -n "${2-}" ] || die "$1 needs a value; see the head of $0"
		case $1 in --seed*) number "$1" "$2" ;; esac
		case $1 in
		--chip) chips="$chips $2" ;;
		--seed) seed=$2 ;;
		--seeds) seeds=$2 ;;
		--topics) topics=,$2 ;;
		--board) board=$2 ;;
		esac
		shift 2
		;;
	--list)
		list=y
		shift
		;;
	--in-tree)
		ours=
		shift
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

if [ -n "$list" ]; then
	names=$(echo "$tests" | sed 's/ --test / /g')
	bench=model
	[ -z "$board" ] || bench=screen
	[ -n "$names" ] || names=$(cd tests/guest/tests.d && grep -L "^# Board: " $bench-*)
	last=$((seed + seeds - 1))
	while [ "$seed" -le "$last" ]; do
		for chip in ${chips:-gp100 gm107}; do
			for t in $names; do
				if [ "$seeds" = 1 ]; then echo "$chip-$t"; else echo "$chip-$seed-$t"; fi
			done
		done
		seed=$((seed + 1))
	done
	exit
fi

suffix=$(src/nouveau/channel suffix) || exit 1
set --
if [ -n "$ours" ]; then
	root=$(lab/chroot/provision "$kernel" | tail -n 1)
	[ -n "$root" ] || die "no modules for $kernel"
	set -- --root "$root"
fi
[ -z "$board" ] || set -- "$@" --board "$board"

{
	last=$((seed + seeds - 1))
	while [ "$seed" -le "$last" ]; do
		for chip in ${chips:-gp100 gm107}; do
			name=$chip
			[ "$seeds" = 1 ] || name=$chip-$seed
			echo "run $name"
			# shellcheck disable=SC2086 # words
			lab/vm/run --kernel "$kernel" "$@" --gpu "$chip" --seed "$seed" \
				--append "vmbind=--seed=$seed$topics" \
				--log "build/vm/$kernel-$name$suffix.console" \
				--gpu-log "build/vm/$kernel-$name$suffix.gpu.log" $tests || st=1
		done
		seed=$((seed + 1))
	done
	echo "status $st"
} | merge
