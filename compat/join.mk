# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Read by the Kbuild of each module behind the list of its objects:
#
#	nouveau-y := $(call ngv-join,$(nouveau-y))
#
# puts in the place of objects the units that units.mk joins them to (see
# src/nouveau/units).  With NGV_UNITS=no, and in a work tree, each file is compiled
# alone.

ngv-units :=
ifneq ($(NGV_UNITS),no)
-include $(src)/units.mk
endif

# A unit is taken if this kernel compiles all of its files.
ngv-whole = $(foreach u,$(ngv-units),$(if $(filter-out $(1),$($(u))),,$(u)))
ngv-join  = $(filter-out $(foreach u,$(call ngv-whole,$(1)),$($(u))),$(1)) $(call ngv-whole,$(1))
