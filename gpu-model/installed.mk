# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Where the programs are installed, lab/vm/run finds this file in place of each one's own
# Makefile: it builds nothing, and puts the program where the build would.

name := $(notdir $(CURDIR))
OUT  ?= $(PWD)/build/$(name)

.PHONY: all
all:
	@mkdir -p $(OUT)
	@ln -sf "$$(command -v $(name) || { echo '$(name) is not installed; install nouveau-gpuvm-tools' >&2; exit 1; })" $(OUT)/$(name)
