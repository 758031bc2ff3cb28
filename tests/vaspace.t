#!/bin/sh
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# vaspace: what is in its pictures, and that no input makes it stumble.

. "$(dirname "$0")/lib/tap.sh"
cd "$top"

# The one that people get, and one that watches its own memory.
build()
{
	make -s -C programs/vaspace OUT="$top/build/vaspace"
	vaspace=$top/build/vaspace/vaspace
}

build_watched()
{
	make -s -C programs/vaspace OUT="$top/build/vaspace-asan" \
		CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all'
	vaspace=$top/build/vaspace-asan/vaspace
}

# A program maps two buffers, one of them twice; sparse; a piece of one goes.
trace()
{
	cat <<'EOF'
0.100000 vm pdb=0x9000 chip=gp100
0.100000 inval pdb=0x9000
0.200000 vm pdb=0x5000 chip=gp100
0.200000 bind ch=3 inst=0x77000 pdb=0x5000 runlist=0
0.300000 map pdb=0x5000 va=0x100000 size=0x4000 page=0x1000 aper=vram addr=0x200000 kind=0x00 ro=0 priv=0
0.300000 map pdb=0x5000 va=0x3f00000000 size=0x4000 page=0x1000 aper=vram addr=0x200000 kind=0xfe ro=1 priv=0
0.300000 inval pdb=0x5000
0.400000 map pdb=0x5000 va=0x104000 size=0x10000 page=0x10000 aper=sysc addr=0x200000 kind=0x00 ro=0 priv=1
0.400000 sparse pdb=0x5000 va=0x120000 size=0x20000 page=0x10000
0.400000 inval pdb=0x5000
0.500000 push ch=3 va=0x104000 len=0x40
0.500100 copy ch=3 src=0x100000 dst=0x105000 len=0x1000 lines=0x2 launch=0x186
0.500200 sem ch=3 va=0x106000 value=0x1 op=release
0.500300 intr nonstall
0.600000 unmap pdb=0x5000 va=0x101000 size=0x1000
0.600000 inval pdb=all
0.700000 fault ch=3 va=0x101234 reason=0x2 access=read
0.800000 push ch=4 va=0x1000 len=0x40
EOF
}

# rects CLASS: how many of the mappings' rectangles have it, by their titles
rects()
{
	grep -c "<rect class=\"m $1[^\"]*\" x=.*<title>" "$T/out" || :
}

case_golden()
{
	build
	trace >"$T/t"
	run "$vaspace" "$T/t"
	status 0
	[ ! -s "$T/err" ]
	xmllint --noout "$T/out"
	# The first buffer once whole and in two pieces afterwards, and its alias.
	got=$(rects v)
	same "$got" 4 'in VRAM'
	got=$(rects c)
	same "$got" 1 'in system memory'
	got=$(rects s)
	same "$got" 1 sparse
	has "$T/out" 'GPU address space 0x5000 of gp100</title>'
	has "$T/out" '6 mappings of 2 pieces of memory, at most 96 KiB at once; 1 execs, 1 copies, 1 faults'
	has "$T/out" '^0x3f00000000 to 0x3f00004000 (16 KiB), pages of 4 KiB, kind 0xfe, read-only$'
	has "$T/out" '^0x104000 to 0x114000 (64 KiB), pages of 64 KiB, kind 0x00, privileged$'
	has "$T/out" 'sparse: reads as zero'
	has "$T/out" 'copy of 8 KiB from 0x100000 to 0x105000, channel 3'
	has "$T/out" 'fault: read at 0x101234, reason 0x2, channel 3'
	# What is unmapped ends there; what remains of it goes on.
	has "$T/out" '^0x101000 to 0x102000 (4 KiB), .*'
	has "$T/out" '^0.300000 s to 0.600000 s<'
	has "$T/out" '^0.300000 s and on at 0.700000 s<'
	has "$T/out" '252 GiB unused'
	# An alias has the shade of the memory, another aperture is other memory.
	got=$(grep -o 'VRAM at 0x[0-9a-f]*, piece [0-9]*' "$T/out" | sed 's/.*, //' | sort -u)
	same "$got" \
		'piece 1' 'VRAM'
	has "$T/out" 'system memory at 0x200000, piece 2$'
}

case_time()
{
	build
	trace >"$T/t"
	run "$vaspace" --from 0.45 --to 0.55 "$T/t"
	status 0
	xmllint --noout "$T/out"
	got=$(rects v)
	same "$got" 2 'before anything goes'
	has "$T/out" '0 faults'
	run "$vaspace" --from 0.55 "$T/t"
	status 0
	got=$(rects v)
	same "$got" 4
	has "$T/out" '0 execs, 0 copies, 1 faults'
	run "$vaspace" --pdb 0x9000 "$T/t"
	status 0
	xmllint --noout "$T/out"
	has "$T/out" 'nothing is mapped'
	run "$vaspace" --list "$T/t"
	status 0
	has "$T/out" '^0x5000  *gp100  *0.200000  *0.700000  *4  *1$'
	got=$(wc -l <"$T/out")
	same "$got" 3
}

case_gpuvas()
{
	build
	cat >"$T/g" <<'EOF'
DRM GPU VA space (nouveau <&> "x") [0x0000000000000000;0x0000800000000000]
Kernel reserved node [0x0000008000000000;0x0000010000000000]

 VAs | start              | range              | end                | object             | object offset
-------------------------------------------------------------------------------------------------------------
     | 0x0000003efff80000 | 0x0000000000010000 | 0x0000003efff90000 | 0xffff888003a51000 | 0x0000000000000000
     | 0x0000003efffa9000 | 0x0000000000002000 | 0x0000003efffab000 | 0xffff888003a51000 | 0x0000000000007000
     | 0x0000003efffac000 | 0x0000000000001000 | 0x0000003efffad000 | 0xffff888003a52000 | 0x0000000000000000

 VA regions  | start              | range              | end                
----------------------------------------------------------------------------
             | 0x0000003efffa6000 | 0x0000000000020000 | 0x0000003efffc6000
DRM GPU VA space (second) [0x0000000000000000;0x0000800000000000]
Kernel reserved node [0x0000008000000000;0x0000010000000000]

 VAs | start              | range              | end                | object             | object offset
-------------------------------------------------------------------------------------------------------------

 VA regions  | start              | range              | end                
----------------------------------------------------------------------------
EOF
	run "$vaspace" --gpuvas "$T/g" -o "$T/g.svg"
	status 0
	xmllint --noout "$T/g.svg"
	cp "$T/g.svg" "$T/out"
	has "$T/out" '3 mappings of 2 objects in 2 address spaces'
	got=$(grep -c '<title>object 1 from 0x' "$T/out")
	same "$got" 2
	got=$(grep -c '<title>object 2 from 0x0 on' "$T/out")
	same "$got" 1
	has "$T/out" 'object 1 from 0x7000 on'
	got=$(rects s)
	same "$got" 1 'sparse regions'
	got=$(rects k)
	same "$got" 2 'the kernel'
	has "$T/out" 'nouveau &lt;&amp;&gt; &quot;x&quot;'
	sed 's/0x0000003efff90000 |/0x0000003efff91000 |/' "$T/g" >"$T/bad"
	run "$vaspace" --gpuvas "$T/bad"
	status 1
	one_line 'bad:6: start, range and end do not fit'
	[ ! -s "$T/out" ] || fail 'half a picture'
}

# complains WHAT LINES...: of a trace that ends with these lines
complains()
{
	pattern=$1
	shift
	trace | head -n 4 >"$T/t"
	printf '%s\n' "$@" >>"$T/t"
	run "$vaspace" -o "$T/o.svg" "$T/t"
	status 1
	one_line "$pattern"
	[ ! -e "$T/o.svg" ] && [ ! -e "$T/o.svg.new" ] || fail 'something was left'
}

case_malformed()
{
	build_watched
	complains 't:5: no time at the start' 'hello'
	complains 't:5: no time at the start' ''
	complains 't:5: no event behind' '1.0'
	complains 't:5: time goes back' '0.1 inval pdb=0x5000'
	complains 't:5: .*is no number' '0.3 map pdb=0x5000 va=0xzz size=0x1000 page=0x1000 aper=vram addr=0'
	complains 't:5: .*is no number' '0.3 unmap pdb=0x5000 va=0x11111111111111111 size=0x1000'
	complains 't:5: .*a range that cannot be' '0.3 unmap pdb=0x5000 va=0xfffffffffffff000 size=0x2000'
	complains 't:5: .*a range that cannot be' '0.3 unmap pdb=0x5000 va=0x1000 size=0x0'
	complains 't:5: .*without size=' '0.3 unmap pdb=0x5000 va=0x1000'
	complains 't:5: .*without addr=' '0.3 map pdb=0x5000 va=0 size=0x1000 page=0x1000 aper=vram'
	complains 't:5: .*an aperture called .moon' '0.3 map pdb=0x5000 va=0 size=0x1000 page=0x1000 aper=moon addr=0'
	complains 't:5: .*is not key=value' '0.3 unmap pdb'
	: >"$T/empty"
	run "$vaspace" "$T/empty"
	status 1
	one_line 'no address space in it'
	run "$vaspace" "$T/missing"
	status 1
	one_line 'cannot read .*missing'
	run "$vaspace" --gpuvas "$T/empty"
	status 1
	one_line 'no address space in it'
	trace >"$T/t"
	run "$vaspace" --pdb 0x1 "$T/t"
	status 1
	one_line 'no address space 0x1; '
	run "$vaspace" --from 5 "$T/t"
	status 1
	one_line 'nothing happens in that time'
	run "$vaspace" -o "$T/no/such/dir.svg" "$T/t"
	status 1
	one_line 'cannot write'
	for words in '' '--from' '--from x t' '--from 2 --to 1 t' '--what t' 't t' '--gpuvas g t'; do
		# shellcheck disable=SC2086 # words
		run "$vaspace" $words
		status 2
		one_line '^vaspace: .*; usage: '
	done
}

# Whoever writes the trace may be stopped at any byte.
case_cut_off()
{
	build_watched
	trace >"$T/whole"
	bytes=$(wc -c <"$T/whole")
	at=120
	while [ $at -lt "$bytes" ]; do
		head -c $at "$T/whole" >"$T/t"
		"$vaspace" "$T/t" >"$T/out" 2>"$T/err" || fail "cut at $at: $(cat "$T/err")"
		check xmllint --noout "$T/out"
		at=$((at + 37))
	done
}

# Bytes changed at random: a picture that is one, or one line.
case_random()
{
	build_watched
	n=0
	while [ $n -lt 300 ]; do
		n=$((n + 1))
		trace | awk -v seed=$n '
			BEGIN { srand(seed); chars = "0123456789abcdefx=. -<&\"_"; }
			{
				line = $0
				while (rand() < 0.15) {
					at = 1 + int(rand() * length(line))
					c = substr(chars, 1 + int(rand() * length(chars)), 1)
					line = substr(line, 1, at - 1) c substr(line, at + (rand() < 0.8))
				}
				if (rand() < 0.03)
					next
				print line
				if (rand() < 0.03)
					print line
			}' >"$T/t"
		st=0
		"$vaspace" "$T/t" >"$T/out" 2>"$T/err" || st=$?
		case $st in
		0) check xmllint --noout "$T/out" ;;
		1)
			[ "$(wc -l <"$T/err")" = 1 ] || { cat "$T/err" "$T/t"; fail "seed $n"; }
			;;
		*)
			cat "$T/err" "$T/t"
			fail "seed $n: status $st"
			;;
		esac
	done
}

# A million events are many seconds of a driver at work.
case_large()
{
	build
	awk 'BEGIN {
		srand(1)
		print "0.000001 vm pdb=0x1000 chip=gp100"
		print "0.000002 bind ch=1 inst=0x1 pdb=0x1000"
		for (i = 0; i < 500000; i++) {
			t += 0.00003
			page = int(rand() * 60000)
			printf "%.6f map pdb=0x1000 va=0x%x size=0x%x page=0x1000 aper=%s addr=0x%x kind=0x00 ro=0 priv=0\n",
				1 + t, 12288 * page, 4096 * (1 + int(rand() * 8)), rand() < .5 ? "vram" : "sysc", 4096 * int(rand() * 100000)
			if (i % 2)
				printf "%.6f unmap pdb=0x1000 va=0x%x size=0x8000\n", 1 + t, 4096 * int(rand() * 180000)
			else
				printf "%.6f copy ch=1 src=0x%x dst=0x%x len=0x40\n", 1 + t, 4096 * page, 8192 * page
		}
	}' >"$T/t"
	"$vaspace" -o "$T/out" "$T/t"
	bytes=$(wc -c <"$T/out")
	echo "$bytes bytes"
	[ "$bytes" -lt 8000000 ] || fail "$bytes bytes are no picture"
	xmllint --noout "$T/out"
	got=$(grep -c '<rect class="m .*<title>' "$T/out")
	same "$got" 6000 rectangles
	has "$T/out" 'of the smallest are not drawn'
}

# However it is cut, the sum is the same: mapping byte by byte or at once.
case_pieces()
{
	build
	{
		echo '0.1 vm pdb=0x1 chip=gp100'
		i=0
		while [ $i -lt 64 ]; do
			printf '0.2 map pdb=0x1 va=0x%x size=0x1000 page=0x1000 aper=vram addr=0x%x kind=0x00 ro=0 priv=0\n' \
				$((i * 4096)) $((i * 4096))
			i=$((i + 1))
		done
		# Punched from the middle, from both ends, and over everything.
		echo '0.3 unmap pdb=0x1 va=0x8800 size=0x10000'
		echo '0.4 unmap pdb=0x1 va=0x0 size=0x800'
		echo '0.5 unmap pdb=0x1 va=0x3f800 size=0x100000'
		echo '0.6 map pdb=0x1 va=0x0 size=0x80000 page=0x1000 aper=vram addr=0x0 kind=0x00 ro=0 priv=0'
		echo '0.7 inval pdb=0x1'
	} >"$T/t"
	run "$vaspace" "$T/t"
	status 0
	# 64 pages; four of them are cut in two; and the large one.
	got=$(rects v)
	same "$got" $((64 + 4 + 1))
	has "$T/out" 'at most 512 KiB at once'
	xmllint --noout "$T/out"
}

case_man()
{
	if command -v mandoc >/dev/null; then
		run mandoc -Tlint -Wwarning programs/vaspace/vaspace.1
		status 0
	else
		run man --warnings -l programs/vaspace/vaspace.1
		status 0
		[ ! -s "$T/err" ] || fail 'warnings'
	fi
	for option in --from --to --pdb -o --list --gpuvas; do
		grep -q -e "$(echo "$option" | sed 's/-/\\\\-/g')" programs/vaspace/vaspace.1 ||
			fail "$option is not in the manual"
	done
}

command -v xmllint >/dev/null || {
	echo "vaspace.t: xmllint is not installed; run: tools/deps libxml2-utils" >&2
	exit 2
}
tap_begin "$@"
tap_case golden case_golden
tap_case time case_time
tap_case gpuvas case_gpuvas
tap_case pieces case_pieces
tap_case malformed case_malformed
tap_case cut-off case_cut_off
tap_case random case_random
tap_case large case_large
tap_case man case_man
tap_done
