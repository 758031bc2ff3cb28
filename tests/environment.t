#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What dkms runs, dkms.mk, with a stub in place of our build: it depends on its
# arguments alone, and tells a cause wherever standard error leads.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

# A build that writes down what it was given, and what it sees.
stub()
{
	mkdir -p "$T/tree/compat" "$T/k/include/config"
	# shellcheck disable=SC2154 # tap.sh sets top and T
	cp "$top/dkms/dkms.mk" "$T/tree/"
	: >"$T/k/include/config/auto.conf"
	printf '#!/bin/sh\nenv | sort >supported.env\n' >"$T/tree/compat/supported"
	chmod +x "$T/tree/compat/supported"
	# shellcheck disable=SC2016 # make's
	printf 'modules: ; @env | grep -v -e ^MAKE -e ^MFLAGS -e ^PWD -e ^OLDPWD -e ^SHLVL | sort >seen; echo "$(MAKEOVERRIDES) $(ONLY) $(CC) $(M) $(O) $(V)" >>seen%s\n' \
		"${1-}" >"$T/tree/build.mk"
}

build() { make -j2 -C "$T/tree" -f dkms.mk KDIR="$T/k" KVER=9.0-env "$@"; }

# same_with VARIABLE=VALUE: as without it
case_same_with()
{
	stub
	run env -u MAKEFLAGS make -j2 -C "$T/tree" -f dkms.mk KDIR="$T/k" KVER=9.0-env
	status 0
	cat "$T/tree/seen" "$T/tree/supported.env" >"$T/clean"
	has "$T/clean" 'KDIR='
	run env "$1" make -j2 -C "$T/tree" -f dkms.mk KDIR="$T/k" KVER=9.0-env
	status 0
	cat "$T/tree/seen" "$T/tree/supported.env" >"$T/dirty"
	diff "$T/clean" "$T/dirty" || fail "$1 changes the build"
}

# As many jobs as dkms says: the two wait for each other.
case_jobs()
{
	stub
	mkfifo "$T/tree/pipe"
	printf 'modules: one two\none: ; @timeout 20 sh -c "echo met >pipe"\ntwo: ; @timeout 20 cat pipe >together\n' \
		>"$T/tree/build.mk"
	run build
	status 0
	has "$T/tree/together" '^met$'
}

# Headers of a kernel that clang compiled keep clang.
case_clang()
{
	stub
	printf 'CONFIG_CC_IS_CLANG=y\nCONFIG_LD_IS_LLD=y\n' >"$T/k/include/config/auto.conf"
	run build CC=clang-19 LD=ld.lld-19
	status 0
	has "$T/tree/seen" 'CC=clang-19'
	has "$T/tree/seen" 'LD=ld.lld-19'
	run build
	status 0
	has "$T/tree/seen" 'CC=clang\( \|$\)'
}

failing() { stub '; LC_ALL=$$LC_ALL sh -c "echo x.c:1:2: error: broken >>make.log"; exit 1'; }

case_cause_to_a_file()
{
	failing
	run env LC_ALL=de_DE.UTF-8 LANGUAGE=de make -C "$T/tree" -f dkms.mk KDIR="$T/k" KVER=9.0-env REPORT="$T/report"
	status fail
	got=$(cat "$T/report")
	same "$got" 'nouveau-gpuvm: build for kernel 9.0-env failed: x.c:1:2: error: broken'
	has "$T/tree/seen" '^LC_ALL=C$'
}

# Standard error is closed, or a socket: standard output has it.  Like dkms, this is
# bash: dash redirects its own output while it waits.
case_cause_closed()
{
	failing
	rc=0
	# shellcheck disable=SC2016 # the inner shell's
	bash -c 'make -C "$1/tree" -f dkms.mk KDIR="$1/k" KVER=9.0-env REPORT=/proc/$$/fd/2 >"$1/log"; exit $?' sh "$T" >"$T/out1" 2>&- || rc=$?
	[ "$rc" != 0 ] || fail 'succeeded'
	has "$T/out1" '^nouveau-gpuvm: build for kernel 9.0-env failed: x.c:1:2: error: broken$'
}

case_cause_socket()
{
	failing
	python3 -c '
import socket, subprocess, sys
a, b = socket.socketpair()
t = sys.argv[1]
out = open(t + "/out1", "ab")
p = subprocess.run(["bash", "-c", "make -C \"$1/tree\" -f dkms.mk KDIR=\"$1/k\" KVER=9.0-env REPORT=/proc/$$/fd/2 >\"$1/log\" 2>&1; exit $?", "sh", t], stdout=out, stderr=b.fileno())
sys.exit(p.returncode == 0)' "$T"
	has "$T/out1" '^nouveau-gpuvm: build for kernel 9.0-env failed: x.c:1:2: error: broken$'
}

tap_begin "$@"
for v in LLVM=1 KBUILD_OUTPUT=/nowhere CROSS_COMPILE=arm-none- ARCH=arm64 MAKEFLAGS=W=1 'MAKEFLAGS=k -- M=/nowhere' \
	KCFLAGS=-DX ONLY=gpuvm M=/nowhere O=/nowhere W=1 V=1 CC=false TMPDIR=/nowhere LANG=de_DE.UTF-8; do
	tap_case "same-with-$(echo "$v" | tr -c 'A-Za-z0-9_\n' -)" case_same_with "$v"
done
tap_case jobs case_jobs
tap_case clang case_clang
tap_case cause-in-any-locale case_cause_to_a_file
tap_case cause-closed case_cause_closed
tap_case cause-socket case_cause_socket
tap_done
