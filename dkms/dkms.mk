# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# dkms runs this makefile: checks whether the build can work, builds, and after a
# failure writes the cause in one line to REPORT and to the log.
#
#   make -f dkms/dkms.mk KDIR=/lib/modules/VERSION/build KVER=VERSION [STATE=DIR] [REPORT=FILE]
#
# STATE/VERSION keeps the answers for the kernel.  REPORT is a file of /proc/PID/fd.  A
# build depends only on these variables: settings of make or kbuild in the environment
# (LLVM, KBUILD_OUTPUT, ARCH, MAKEFLAGS ...) are not for this kernel.

REPORT ?= /dev/null
STATE  ?=
log    := make.log

# The modules are stripped when they are installed.  Without debug information they
# build faster and take a tenth of the space.  BTF needs debug information.
lean := KCFLAGS=-g0 CONFIG_DEBUG_INFO_BTF_MODULES=

# dkms adds these to the command line for a kernel that clang compiled.
config := $(firstword $(wildcard $(KDIR)/include/config/auto.conf $(KDIR)/.config))
clang  := $(if $(config),$(shell grep '^CONFIG_CC_IS_CLANG=y' '$(config)'))
lld    := $(if $(config),$(shell grep '^CONFIG_LD_IS_LLD=y' '$(config)'))
tools  := $(if $(clang),CC='$(if $(findstring clang,$(CC)),$(CC),clang)') $(if $(lld),LD='$(if $(findstring lld,$(LD)),$(LD),ld.lld)')

# The messages that are searched for the cause must be those of the C locale.
kept  := PATH HOME $(filter CCACHE_%,$(.VARIABLES))
clean := env -i LC_ALL=C $(foreach v,$(kept),$(if $($(v)),$(v)='$($(v))'))
# make knows its jobs only when a recipe runs.
jobs   = $(filter -j% --jobserver%,$(MAKEFLAGS))

place := $(if $(STATE),$(STATE)/$(KVER))
asked = $(if $(wildcard $(place)/config.mk),PROBE_DIR='$(place)')

# $(call tell,COMMAND): writes to REPORT, which may be closed, or a socket that cannot
# be opened; then to standard output, or to the system's log. (dash ignores a failed
# redirection of braces, hence the subshells.)
tell = ($(1)) >>'$(REPORT)' || ($(1)) >>'$(dir $(REPORT))1' || ($(1)) | logger -t nouveau-gpuvm || :

# $(call build,NGV_UNITS,TARGET...)
build = $(clean) MAKEFLAGS='$(jobs)' $(MAKE) -f build.mk KDIR='$(KDIR)' KERNELRELEASE='$(KVER)' ONLY= \
	NGV_UNITS=$(1) $(tools) $(asked) $(lean) $(2)
alone := nouveau-gpuvm: joined for kernel $(KVER), some files do not compile; each is compiled alone, which takes longer

# If a unit (src/nouveau/units) fails, compile its files on their own.
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
