# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# What dkms runs: asks whether the build can work, builds, and on failure puts
# the cause, one line, in REPORT as well as in the log.
#
#   make -f dkms/dkms.mk KDIR=/lib/modules/VERSION/build KVER=VERSION [STATE=DIR] [REPORT=FILE]
#
# STATE/VERSION keeps what the kernel was asked.  REPORT is a file of /proc/PID/fd.
# A build depends on these alone: what make or kbuild would take from the
# environment (LLVM, KBUILD_OUTPUT, ARCH, MAKEFLAGS ...) is not for this kernel.

REPORT ?= /dev/null
STATE  ?=
log    := make.log

# The modules are stripped when they are installed: without debug information
# they build faster and take a tenth of the room.  BTF would be made from it.
lean := KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=

# Of the command line, dkms adds these for a kernel that clang compiled.
config := $(firstword $(wildcard $(KDIR)/include/config/auto.conf $(KDIR)/.config))
clang  := $(if $(config),$(shell grep '^CONFIG_CC_IS_CLANG=y' '$(config)'))
lld    := $(if $(config),$(shell grep '^CONFIG_LD_IS_LLD=y' '$(config)'))
tools  := $(if $(clang),CC='$(if $(findstring clang,$(CC)),$(CC),clang)') $(if $(lld),LD='$(if $(findstring lld,$(LD)),$(LD),ld.lld)')

# The causes are looked for in the messages of the C locale.
kept  := PATH HOME $(filter CCACHE_%,$(.VARIABLES))
clean := env -i LC_ALL=C $(foreach v,$(kept),$(if $($(v)),$(v)='$($(v))'))
# Make knows its jobs only when a recipe runs.
jobs   = $(filter -j% --jobserver%,$(MAKEFLAGS))

place := $(if $(STATE),$(STATE)/$(KVER))
asked = $(if $(wildcard $(place)/config.mk),PROBE_DIR='$(place)')

# $(call tell,COMMAND): to REPORT, which may be closed, or a socket, that nobody can
# open; then to standard output, or to the system's log.
# (dash loses the failure of a redirection of braces: subshells.)
tell = ($(1)) >>'$(REPORT)' || ($(1)) >>'$(dir $(REPORT))1' || ($(1)) | logger -t nouveau-gpuvm || :

# $(call build,NGV_UNITS,TARGET...)
build = $(clean) MAKEFLAGS='$(jobs)' $(MAKE) -f build.mk KDIR='$(KDIR)' KERNELRELEASE='$(KVER)' ONLY= \
	NGV_UNITS=$(1) $(tools) $(asked) $(lean) $(2)
alone := nouveau-gpuvm: joined for kernel $(KVER), some files do not compile; each is compiled alone, which takes longer

# What fails in a unit (src/nouveau/units) is tried alone.
.PHONY: all
all:
	@$(clean) $(tools) compat/supported $(if $(place),--try '$(place)') '$(KDIR)' '$(KVER)' . 2>refused || { \
		st=$$?; cat refused; $(call tell,cat refused); exit $$st; \
	} 2>/dev/null
	+@$(call build,,modules) || { \
		objects=$$(compat/joined $(log)) && [ -n "$$objects" ] && \
			$(call build,no,objects OBJECTS="$$objects") && \
			{ $(call tell,echo '$(alone)'); } && $(call build,no,modules); \
	} || { \
		why=$$(LC_ALL=C grep -m 1 -E 'No space left|(error|Error|ERROR|undefined|build\.mk|ask|kernel-[a-z]*): ' $(log)) || \
			why='see the log'; \
		$(call tell,echo "nouveau-gpuvm: build for kernel $(KVER) failed: $$why"); \
		exit 1; \
	} 2>/dev/null
