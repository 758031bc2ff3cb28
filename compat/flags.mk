# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# Flags every Kbuild of this tree starts from.  Our include directories stand
# before the kernel's, so that a shadow header is found first and reaches the
# kernel's own with #include_next; ccflags-y would come too late for that.

ngv := $(KBUILD_EXTMOD)

LINUXINCLUDE := -I$(ngv)/compat/include \
		-I$(ngv)/src/include \
		-I$(ngv)/upstream/include \
		-I$(ngv)/upstream/include/uapi \
		$(LINUXINCLUDE) \
		-include $(ngv)/compat/generated/config.h \
		-include $(ngv)/upstream/include/ngv-rename.h

# HAVE_* as make variables, for objects that only some kernels need.
-include $(ngv)/compat/generated/config.mk

# Every module carries MODULE_VERSION(NGV_VERSION): dkms compares it.
ngv-version-flag := -DNGV_VERSION=\"$(shell cat $(ngv)/VERSION)\"

# Our headers and nouveau's are C11; this comes behind the kernel's own -std.
ccflags-$(if $(HAVE_C11),,y) += -std=gnu11
