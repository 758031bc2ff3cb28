# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh
#
# For tests in the guest that run programs of a desktop, from the root that
# tests/guest/screen/provision makes. Source this file: . /vm/desktop.sh

# The root of their system (tests/guest/screen/provision)
desktop=/desktop

desktop_begin()
{
	# Another test may have done it.
	[ ! -e $desktop/tmp/begun ] || return 0
	mkdir -p /dev/pts
	mount -t devpts devpts /dev/pts
	for dir in dev proc sys; do
		mount --rbind /$dir $desktop/$dir
	done
	mount -t tmpfs tmpfs $desktop/tmp
	chmod 1777 $desktop/tmp
	echo >$desktop/tmp/begun
	cp /bin/busybox $desktop/bin/busybox
	for applet in sh uname sleep; do
		ln -sf busybox $desktop/bin/$applet
	done
}

# desktop_end: the drivers of both displays go, QEMU's first: it would get the console
desktop_end()
{
	modprobe -r bochs
	nouveau_off
}

# in_desktop [NAME=VALUE]... PROGRAM ARGUMENT...: runs it there in place of the shell that
# calls: behind "&", or in parentheses
in_desktop()
{
	exec env HOME=/tmp PATH=/usr/bin:/bin chroot $desktop /bin/busybox env "$@"
}

# await PROGRAM FILE LOG: waits for the file that the program makes
await()
{
	tries=0
	until [ -e "$2" ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || {
			tail -n 30 "$3"
			fail "$1 did not begin"
		}
		sleep 0.3
	done
}

# drawn_on CARD COLOURS: waits until what a program shows on QEMU's display stands still and
# has this many colours; $drawn is then width, height and CRC-32. The memory of the GPU
# model is too slow to read so much of.
drawn_on()
{
	drawn=
	same=0
	tries=0
	while [ $same -lt 3 ]; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || fail "$1 does not come to rest: $drawn"
		sleep 0.7
		now=$(/vm/framebuffer "$1") || now=
		if [ "$now" = "$drawn" ]; then same=$((same + 1)); else same=0; fi
		drawn=$now
		[ -n "$now" ] && [ "${now##* }" -ge "$2" ] || same=0
	done
	echo "drawn: $drawn colours"
	drawn=${drawn% *}
}

# shows NAME: waits until the monitor shows what was drawn
shows()
{
	tries=0
	while screen=$(desk picture "$1") && [ "$screen" != "$drawn" ]; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || fail "picture $1 is $screen, expected $drawn"
		sleep 0.7
	done
	echo "shown: $screen"
}

# --- Weston -------------------------------------------------------------------------

weston_begin()
{
	cat >$desktop/tmp/weston.ini <<-END
		[core]
		idle-time=0
		require-input=false
		[shell]
		background-color=0xff24425c
		panel-color=0xff101820
		clock-format=none
		animation=none
		startup-animation=none
		close-animation=none
		focus-animation=none
		locking=false
		[output]
		name=Virtual-1
		mode=1024x768
		[terminal]
		font=DejaVu Sans Mono
		font-size=15
		term=xterm
	END
	cat >$desktop/tmp/inside <<-'END'
		#!/bin/sh
		echo "$(uname -sr) on the software GPU"
		for row in 0 1 2 3 4 5 6 7; do
			for column in 0 1 2 3 4 5 6 7; do
				printf '\033[3%d;4%dm a%d%d ' $row $column $row $column
			done
			printf '\033[0m\n'
		done
		echo >/tmp/drawn
		sleep 1000
	END
	chmod 755 $desktop/tmp/inside
}

# weston_on CARD: Weston; $weston is its process
weston_on()
{
	rm -rf $desktop/tmp/drawn $desktop/tmp/wayland
	mkdir -m 700 $desktop/tmp/wayland
	in_desktop XDG_RUNTIME_DIR=/tmp/wayland weston --config=/tmp/weston.ini --backend=drm-backend.so \
		--use-pixman --socket=screen --tty=2 --drm-device="$1" --continue-without-input \
		>$desktop/tmp/weston.log 2>&1 &
	weston=$!
	await weston $desktop/tmp/wayland/screen $desktop/tmp/weston.log
}

# terminal_on: a terminal, until it has drawn. The panel has to be there: it decides where
# the terminal is.
terminal_on()
{
	in_desktop XDG_RUNTIME_DIR=/tmp/wayland WAYLAND_DISPLAY=screen \
		weston-terminal --shell=/tmp/inside \
		>$desktop/tmp/terminal.log 2>&1 &
	await weston-terminal $desktop/tmp/drawn $desktop/tmp/terminal.log
}

# weston_draws: what Weston draws on QEMU's display, in $bare without and in $full with the
# terminal
weston_draws()
{
	weston_on card1
	drawn_on /dev/dri/card1 8
	bare=$drawn
	terminal_on
	drawn_on /dev/dri/card1 20
	full=$drawn
	weston_off
}

# weston_shows: the same on the card
weston_shows()
{
	weston_on card0
	drawn=$bare
	shows desktop
	terminal_on
	drawn=$full
	shows weston
}

# weston_off [SIGNAL]
weston_off()
{
	kill -s "${1-TERM}" "$weston"
	wait "$weston" || :
}
