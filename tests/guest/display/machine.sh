# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=sh disable=SC2034
#
# Read by vm/run for the display bench: a VGA device for nv04card, and a monitor
# that nobody has to detect.

set -- -device VGA,vgamem_mb=64,romfile=
append="$append video=VGA-1:640x480e nouveau.noaccel=1"
