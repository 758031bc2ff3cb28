# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Six small objects that modinfo and depmod take for modules, in place of our own; and a
# kernel's own nouveau.  While /root/no-build exists, or /root/no-build-KVER, the build
# fails.

KVER ?= $(notdir $(patsubst %/build,%,$(KDIR)))
VERSION = $(shell cat VERSION)

# object PATH DEPENDS VERSION
define object
printf '.section .modinfo,"a"\n.asciz "%s"\n.asciz "license=GPL"\n.asciz "depends=%s"\n.asciz "vermagic=$(KVER) SMP"\n.asciz "name=$(notdir $(1))"\n' \
	'$(if $(3),version=$(3),intree=Y)' '$(2)' >$(1).s && \
	as -o $(1).ko $(1).s
endef

our := compat/ngv_compat src/gpuvm/ngv_gpuvm upstream/drivers/gpu/drm/ttm/ngv_ttm \
	upstream/drivers/gpu/drm/scheduler/ngv_sched src/selftest/ngv_selftest

.PHONY: modules own
modules:
	@[ ! -e /root/no-build ] && [ ! -e /root/no-build-$(KVER) ] || { echo 'stub: error: asked to fail' | tee -a make.log; exit 1; }
	@$(foreach m,$(our),mkdir -p $(dir $(m)) && { $(call object,$(m),,$(VERSION)); } &&) :
	@mkdir -p upstream/drivers/gpu/drm/nouveau
	@$(call object,upstream/drivers/gpu/drm/nouveau/nouveau,ngv_gpuvm,$(VERSION))

own:
	@$(call object,$(OUT)/nouveau,)
	@rm $(OUT)/nouveau.s
