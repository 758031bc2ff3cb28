# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# One make target for each question to the kernel.  The questions run in parallel, and
# an answer stays valid until its probe, the kernel's headers, its exports or the
# compiler change.
#
#   in:  KDIR, PROBE_DIR, compat/probes/*.c
#   out: $(PROBE_DIR)/config.h and config.mk

probes  := $(sort $(notdir $(basename $(wildcard compat/probes/*.c))))
answers := $(probes:%=$(PROBE_DIR)/%.answer)

# Runs when make parses this file: all targets depend on the date of the key, and the
# script touches the key only if the kernel changed.
probe-key-error := $(shell compat/kernel-key $(KDIR) $(PROBE_DIR) 2>&1)
ifneq ($(probe-key-error),)
$(error $(probe-key-error))
endif

$(PROBE_DIR)/flags: $(PROBE_DIR)/key compat/kernel-flags
	@compat/kernel-flags $(KDIR) $(PROBE_DIR)

$(PROBE_DIR)/%.answer: compat/probes/%.c $(PROBE_DIR)/flags compat/ask
	@compat/ask $(KDIR) $(PROBE_DIR) $<

# The list of probes is an input, so that a removed probe leaves no answer.
ifneq ($(probes),$(file <$(PROBE_DIR)/list))
$(shell printf '%s' '$(probes)' >$(PROBE_DIR)/list)
endif

$(PROBE_DIR)/config.mk: $(answers) $(PROBE_DIR)/list
	@cd $(PROBE_DIR) && cat $(probes:=.answer) >config.mk.new && \
		mv config.mk.new config.mk && rm -f prefix.h.gch

$(PROBE_DIR)/config.h: $(PROBE_DIR)/config.mk
	@sed -n -e 's,^\(HAVE_[A-Z0-9_]*\) := y,#define \1 1,p' \
		-e 's,^\(HAVE_[A-Z0-9_]*\) :=$$,/* \1: no */,p' $< >$@.new && mv $@.new $@
