# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Where the programs are installed, lab/vm/run finds this file in place of each one's own
# Makefile: it builds nothing, and puts the program where the build would.

name := $(notdir $(CURDIR))
path := $(shell command -v $(name))
OUT  ?= $(PWD)/build/$(name)
$(if $(path),,$(error $(name) is not installed; install nouveau-gpuvm-tools))

.PHONY: all
all:
	@mkdir -p $(OUT)
	@ln -sf $(path) $(OUT)/$(name)
