# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Included by the Kbuild of each module after the list of its objects:
#
#	nouveau-y := $(call ngv-join,$(nouveau-y))
#
# replaces objects with the units of units.mk that contain them (see src/nouveau/units).
# With NGV_UNITS=no, and in a work tree, each file is compiled on its own.

ngv-units :=
ifneq ($(NGV_UNITS),no)
-include $(src)/units.mk
endif

# Use a unit only if this kernel needs all of its files.
ngv-whole = $(foreach u,$(ngv-units),$(if $(filter-out $(1),$($(u))),,$(u)))
ngv-join  = $(filter-out $(foreach u,$(call ngv-whole,$(1)),$($(u))),$(1)) $(call ngv-whole,$(1))
