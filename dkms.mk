# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What dkms runs: asks whether the build can work, builds, and on failure puts
# the cause, one line, in REPORT as well as in the log.
#
#   make -f dkms.mk KDIR=/lib/modules/VERSION/build KVER=VERSION [REPORT=FILE]

REPORT ?= /dev/null
log    := make.log

# The modules are stripped when they are installed: without debug information
# they build faster and take a tenth of the room.  BTF would be made from it.
lean := KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=

.PHONY: all
all:
	@compat/supported '$(KDIR)' '$(KVER)' . 2>refused || { \
		st=$$?; cat refused; cat refused >>$(REPORT) || :; exit $$st; \
	} 2>/dev/null
	+@$(MAKE) -f build.mk KDIR='$(KDIR)' $(lean) modules || { \
		why=$$(grep -m 1 -E 'No space left|(error|Error|ERROR|undefined|build\.mk|ask|kernel-[a-z]*): ' $(log)) || \
			why='see the log'; \
		echo "nouveau-gpuvm: build for kernel $(KVER) failed: $$why" >>$(REPORT) || :; \
		exit 1; \
	} 2>/dev/null
