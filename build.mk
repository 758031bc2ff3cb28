# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Builds the modules of this tree for one kernel: answers the probes (compat/probes),
# then runs the kernel's kbuild.
#
#   make -f build.mk KDIR=/lib/modules/VERSION/build [ONLY=gpuvm] [NGV_UNITS=no]
#        [modules|probes|objects OBJECTS=...|clean]
#
# ONLY=gpuvm leaves out nouveau and all other imported code: for kernels that
# compat/supported rejects as too old or too new, to test the rest.  NGV_UNITS=no
# compiles each file on its own, without the units of compat/join.mk.  PROBE_DIR may
# name a directory that outlives the tree, to keep the answers; by default they are in
# compat/generated.

.DEFAULT_GOAL := modules

ifeq ($(KDIR),)
$(error build.mk: KDIR is empty; name the kernel's build directory, as in KDIR=/lib/modules/VERSION/build)
endif
ifeq ($(wildcard $(KDIR)/Makefile),)
$(error build.mk: no kernel headers in $(KDIR); install the linux-headers package of that kernel)
endif

ifneq ($(filter-out gpuvm,$(ONLY)),)
$(error build.mk: ONLY=$(ONLY) is unknown; say ONLY=gpuvm, or nothing)
endif
ifneq ($(filter-out no,$(NGV_UNITS)),)
$(error build.mk: NGV_UNITS=$(NGV_UNITS) is unknown; say NGV_UNITS=no, or nothing)
endif
export ONLY NGV_UNITS

tree      := $(CURDIR)
generated := compat/generated
PROBE_DIR ?= $(tree)/$(generated)/probes

include compat/probes.mk

# Compared at each run: the answers here may be younger, and another kernel's.
$(generated)/config.h $(generated)/config.mk: $(generated)/%: $(PROBE_DIR)/% FORCE
	@mkdir -p $(@D)
	@cmp -s $< $@ || cp $< $@

.PHONY: FORCE modules objects probes clean
probes: $(generated)/config.h $(generated)/config.mk

modules: probes
	+$(MAKE) -C $(KDIR) M=$(tree) modules

objects: probes
	+$(MAKE) -C $(KDIR) M=$(tree) $(OBJECTS)

clean:
	+$(MAKE) -C $(KDIR) M=$(tree) clean
	rm -rf $(generated)
