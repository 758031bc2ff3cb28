# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Flags for every Kbuild of this tree.  Our include directories must be before the
# kernel's: the compiler finds our header first, and #include_next then finds the
# kernel's. ccflags-y would add them too late.

ngv := $(KBUILD_EXTMOD)

LINUXINCLUDE := -I$(ngv)/compat/include \
		-I$(ngv)/src/include \
		-I$(ngv)/upstream/include \
		-I$(ngv)/upstream/include/uapi \
		$(LINUXINCLUDE) \
		-include $(ngv)/compat/generated/config.h \
		-include $(ngv)/upstream/include/ngv-rename.h

# HAVE_* as make variables, for objects that only some kernels need
-include $(ngv)/compat/generated/config.mk

# dkms compares MODULE_VERSION(NGV_VERSION), which every module has.
ngv-version-flag := -DNGV_VERSION=\"$(shell cat $(ngv)/VERSION)\"

# Our headers and nouveau's need C11; this flag follows the kernel's own -std.
ccflags-$(if $(HAVE_C11),,y) += -std=gnu11
