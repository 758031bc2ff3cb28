# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# The answers of the kernel.  They stay valid until a probe, the kernel's headers, its
# exports or the compiler change.
#
#   in:  KDIR, PROBE_DIR, compat/probes/*.c
#   out: $(PROBE_DIR)/config.h and config.mk

probes  := $(sort $(notdir $(basename $(wildcard compat/probes/*.c))))

# Runs when make parses this file: all targets depend on the date of the key, and the
# script touches the key only if the kernel changed.
probe-key-error := $(shell compat/kernel-key $(KDIR) $(PROBE_DIR) 2>&1)
ifneq ($(probe-key-error),)
$(error $(probe-key-error))
endif

$(PROBE_DIR)/flags: $(PROBE_DIR)/key compat/kernel-flags
	@compat/kernel-flags $(KDIR) $(PROBE_DIR)

# The list of probes is an input, so that a removed probe leaves no answer.
ifneq ($(probes),$(file <$(PROBE_DIR)/list))
$(shell printf '%s' '$(probes)' >$(PROBE_DIR)/list)
endif

$(PROBE_DIR)/config.mk: $(probes:%=compat/probes/%.c) $(PROBE_DIR)/flags $(PROBE_DIR)/list \
		compat/answers compat/answers.awk compat/ask
	@rm -f $(PROBE_DIR)/config.mk
	@compat/answers $(KDIR) $(PROBE_DIR) $(probes:%=compat/probes/%.c)
	@cd $(PROBE_DIR) && cat $(probes:=.answer) >config.mk.new && mv config.mk.new config.mk

$(PROBE_DIR)/config.h: $(PROBE_DIR)/config.mk
	@sed -n -e 's,^\(HAVE_[A-Z0-9_]*\) := y,#define \1 1,p' \
		-e 's,^\(HAVE_[A-Z0-9_]*\) :=$$,/* \1: no */,p' $< >$@.new && mv $@.new $@
