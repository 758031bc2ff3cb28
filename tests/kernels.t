#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Kernels that are not what they seem: headers with another release's version, made
# from two releases, or with something that nobody has thought of; and those that
# DKMS leaves alone.

. "$(dirname "$0")/lib/tap.sh"
# shellcheck source=tests/lib/headers.sh
. "$(dirname "$0")/lib/headers.sh"
cd "$top"

# answers KDIR DIR: what the probes say, in DIR/config.mk
answers()
{
	mkdir -p "$T/tree"
	cp -r build.mk compat "$T/tree/"
	rm -rf "$T/tree/compat/generated"
	make -s -C "$T/tree" -j2 -f build.mk KDIR="$1" PROBE_DIR="$2" probes
}

# --- kernels that lie ------------------------------------------------------------

# lies KERNEL RELEASE CODE [LINE]: says it is RELEASE, LINUX_VERSION_CODE is CODE
case_lies()
{
	headers_of "$1"
	answers "$T/k" "$T/honest"
	code="#define LINUX_VERSION_CODE $3"
	edit "$T/k/include/generated/uapi/linux/version.h" "s/^#define LINUX_VERSION_CODE .*/$code/"
	[ $# -lt 4 ] || echo "$4" >>"$T/k/include/generated/uapi/linux/version.h"
	edit "$T/k/include/generated/utsrelease.h" "s/\"[0-9.]*/\"$2/"
	edit "$T/k/include/config/kernel.release" "s/^[0-9.]*/$2/"
	has "$T/k/include/generated/uapi/linux/version.h" "VERSION_CODE $3\$"
	answers "$T/k" "$T/lying"
	for f in config.h config.mk; do
		cmp "$T/honest/$f" "$T/lying/$f"
	done
	# A control: the compiler does see the lie.
	{ read -r cc; read -r flags; } <"$T/lying/flags"
	printf '#include <linux/version.h>\n_Static_assert(LINUX_VERSION_CODE == %s, "");\n' "$3" >"$T/see.c"
	(cd "$T/k" && eval "$cc $flags -fsyntax-only -x c '$T/see.c'")
}

# Not even in what is no code of the modules.
case_no_decision()
{
	tools/files | tr '\0' '\n' | grep -vE '^docs/|\.md$|^tests/(lint|kernels)\.t$' |
		xargs grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION *\(|RHEL_RELEASE|UTS_RELEASE' >"$T/found" || :
	cat "$T/found"
	check [ ! -s "$T/found" ]
}

# --- kernels made from two -------------------------------------------------------

# One release's headers with another's DRM: each feature is found where it is.
case_vendor()
{
	headers_of 6.1
	newer=$(tools/kernel headers 6.12)
	newer=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$newer/Makefile")
	# With what it includes: a vendor's compiles, too.
	for d in drm uapi/drm video linux/wordpart.h; do
		rm -rf "$T/common/include/$d"
		cp -rs "$newer/include/$d" "$T/common/include/$d"
	done
	# What that DRM has, it exports.
	cp --remove-destination "$(tools/kernel headers 6.1)/Module.symvers" "$T/k/Module.symvers"
	awk '$3 ~ "^drivers/gpu/drm/"' "$(tools/kernel headers 6.12)/Module.symvers" >"$T/drm"
	awk '{ print $2 }' "$T/k/Module.symvers" >"$T/had"
	awk 'NR == FNR { had[$1]; next } !($2 in had)' "$T/had" "$T/drm" >>"$T/k/Module.symvers"

	answers "$T/k" "$T/vendor"
	answers "$(tools/kernel headers 6.1)" "$T/old"
	answers "$(tools/kernel headers 6.12)" "$T/new"
	mixed=0
	for p in compat/probes/*.c; do
		name=${p##*/}
		name=${name%.c}
		theirs=$(cat "$T/vendor/$name.answer")
		from=old
		# It asks include/drm alone.
		! grep -q '^#include <drm/' "$p" || grep -q '^#include <\(linux\|trace\)/' "$p" || from=new
		[ "$from" = old ] || [ "$(cat "$T/old/$name.answer")" = "$(cat "$T/new/$name.answer")" ] ||
			mixed=$((mixed + 1))
		want=$(cat "$T/$from/$name.answer")
		same "$theirs" "$want" "$name (asked of $from)"
	done
	[ "$mixed" -ge 10 ] || fail "only $mixed answers differ from those of 6.1"

	# What can be built for it is: its own drm_exec in place of ours.
	[ -d build/tree ] || BASE=${BASE:-6.12} tools/stage-tree build/tree
	rsync -a build/tree/ "$T/own/"
	rsync -a --delete --exclude=generated compat/ "$T/own/compat/"
	rm -rf "$T/own/compat/generated"
	(cd "$T/own" && make -j2 -f build.mk KDIR="$T/k" PROBE_DIR="$T/vendor" ONLY=gpuvm \
		KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES= modules) >"$T/log" 2>&1 ||
		{ grep -E 'error|Error' "$T/log" | head -n 20; fail "does not build"; }
	for m in compat/ngv_compat src/gpuvm/ngv_gpuvm src/selftest/ngv_selftest; do
		[ -e "$T/own/$m.ko" ]
	done
	nm -u "$T/own/src/gpuvm/ngv_gpuvm.ko" >"$T/needs"
	has "$T/needs" ' drm_exec_prepare_obj$'
	! grep ' ngv_drm_exec' "$T/needs" || fail 'ours, too'
}

# --- kernels with something new --------------------------------------------------

# new_form FILE SED PROBE QUESTION WHAT: fails with that, and compiles nothing
case_new_form()
{
	headers_of 6.1
	edit "$T/common/$1" "$2"
	mkdir "$T/tree"
	cp -r build.mk Kbuild compat "$T/tree/"
	rm -rf "$T/tree/compat/generated"
	run make -s -C "$T/tree" -f build.mk KDIR="$T/k" PROBE_DIR="$T/p" modules
	status fail
	got=$(grep -c '^ask: ' "$T/err")
	same "$got" 1 'lines of ask'
	has "$T/err" "^ask: $3: $4 $5, so neither answer is right for the kernel in $T/k; see $T/p/$3.why\$"
	! grep 'error:' "$T/err" || fail 'the compiler tells its own'
	has "$T/p/$3.why" 'error:'
	got=$(find "$T/tree" -name '*.o')
	same "$got" ''
	[ ! -e "$T/p/config.mk" ]
}

# --- kernels that are left alone -------------------------------------------------

# expected KERNEL: what tests/kernels.tsv says of it, and of why; one file forces it on,
# or off
case_expected()
{
	kdir=$(tools/kernel headers "$1")
	kver=$(tools/kernel resolve "$1")
	why=$(tools/expected why "$1")
	expected=$(tools/expected "$1")
	run env NGV_CONF=/dev/null compat/supported "$kdir" "$kver"
	case $expected in
	built)
		status 0
		got=$(cat "$T/err")
		same "$got" ''
		;;
	always | gpuvm)
		status 77
		one_line "^nouveau-gpuvm: kernel $kver is left alone: .*$why"
		;;
	*) fail "tests/kernels.tsv says '$expected'" ;;
	esac
	echo "$kver always" >"$T/conf"
	run env NGV_CONF="$T/conf" compat/supported "$kdir" "$kver"
	status 0
	got=$(cat "$T/err")
	same "$got" ''
	echo '* never' >"$T/conf"
	run env NGV_CONF="$T/conf" compat/supported "$kdir" "$kver"
	status 77
	one_line "left alone: $T/conf says never"
	has debian/nouveau-gpuvm.conf always
	has debian/nouveau-gpuvm.conf never
}

# The channel next: a kernel with VM_BIND gains if its own nouveau is older than what is
# imported.  Its headers tell.
case_next()
{
	src/nouveau/import --base next >/dev/null
	import=build/import/$(src/nouveau/channel release next)
	mkdir -p "$T/tree/src"
	cp -r build.mk Kbuild compat "$T/tree/"
	rm -rf "$T/tree/compat/generated"
	cp -r src/gpuvm src/include src/selftest "$T/tree/src/"
	cp -r "$import/upstream" "$T/tree/"
	src/nouveau/needs "$T/tree" "$import/upstream/KERNEL" >"$T/tree/compat/needs"
	for k in 6.1 7.2 6.12; do
		kdir=$(tools/kernel headers $k)
		kver=$(tools/kernel resolve $k)
		run env NGV_CONF=/dev/null "$T/tree/compat/supported" --try "$T/state-$k" "$kdir" "$kver"
		status 0
		got=$(cat "$T/err")
		same "$got" ''
		# A verdict, and not a trial that could not be made
		has "$T/state-$k/verdict" '^0$'
	done
	# With the interfaces of the imported release, it has nothing to gain.
	linked_headers "$kdir"
	opened common/include/uapi/drm
	rm "$T/common/include/uapi/drm/nouveau_drm.h"
	cp "$T/tree/upstream/include/uapi/drm/nouveau_drm.h" "$T/common/include/uapi/drm/"
	opened common/include/drm
	rm "$T/common/include/drm/drm_gpuvm.h"
	sed -n 's/^gpuvm \(.*\)/int \1(void);/p' "$T/tree/compat/needs" >"$T/common/include/drm/drm_gpuvm.h"
	run env NGV_CONF=/dev/null "$T/tree/compat/supported" "$T/k" 6.12-newer
	status 77
	one_line 'left alone: its own nouveau already has VM_BIND; nothing to do$'
}

tap_begin "$@"
tap_case lies-6.1-as-5.14 case_lies 6.1 5.14.0 331264
tap_case lies-6.12-as-rhel-5.14 case_lies 6.12 5.14.0 331264 '#define RHEL_RELEASE_CODE 2309
#define RHEL_RELEASE_VERSION(a,b) (((a) << 8) + (b))'
tap_case lies-6.12-as-7.0 case_lies 6.12 7.0.0 458752
tap_case no-decision case_no_decision
tap_case vendor case_vendor
tap_case new-form-of-argument case_new_form include/linux/iommu.h \
	'/^extern int iommu_map(/{n;s/phys_addr_t paddr/struct phys_range *where/}' \
	iommu_map_gfp 'Does iommu_map() take GFP flags?' 'It has another form'
tap_case new-form-of-name case_new_form include/linux/pci.h \
	'$i int pci_get_base_class(unsigned int class, int hurry);' \
	pci_get_base_class 'Can PCI devices be looked up by base class, pci_get_base_class()?' \
	'There is another pci_get_base_class'
tap_case new-form-of-resv case_new_form include/linux/dma-resv.h \
	's/\<dma_resv_add_fence\>/dma_resv_add_promise/' \
	dma_resv_usage 'Do the fences of a reservation say what they are there for, enum dma_resv_usage?' \
	'It has another form'
tap_case next-gains case_next
for k in $(tools/expected list check | grep -v debug); do
	tap_case "expected-$k" case_expected "$k"
done
tap_done
