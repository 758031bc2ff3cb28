# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# How to compile a GPUVM as a program's part: include paths with a file for every
# header of the kernel's that is asked for, each of which is kernel.h.
#
#   in:  TOP, OUT      top of the work tree; where to build
#   out: $(shim) to depend on, and for each of mainline-6.12, mainline-7.3, ours:
#        $(flags-NAME), $(sources-NAME)

kernel := $(TOP)/tests/gpuvm/userspace
mainline-6.12 = $(TOP)/build/mainline/6.12
mainline-7.3 = $(TOP)/build/mainline/7.3

shim-headers := linux/atomic.h linux/bitops.h linux/bits.h linux/bug.h linux/build_bug.h linux/cleanup.h \
	linux/compiler.h linux/const.h linux/container_of.h linux/dma-resv.h linux/err.h \
	linux/export.h linux/hash.h linux/kernel.h linux/kref.h linux/lockdep.h linux/mm.h linux/module.h \
	linux/mutex.h linux/overflow.h linux/poison.h linux/prefetch.h linux/rcupdate.h linux/refcount.h \
	linux/seq_file.h linux/slab.h linux/spinlock.h linux/stddef.h linux/string.h \
	linux/types.h linux/ww_mutex.h asm/barrier.h drm/drm_device.h drm/drm_drv.h \
	drm/drm_file.h drm/drm_gem.h drm/drm_print.h drm/drm_debugfs.h
shim := $(OUT)/include/stamp

# What a reference needs of its own kernel; all have the lists of 6.12.
ref-headers := linux/rbtree.h linux/rbtree_types.h \
	linux/rbtree_augmented.h linux/interval_tree_generic.h

$(shim): $(kernel)/kernel.mk $(TOP)/tools/mainline
	@$(TOP)/tools/mainline 6.12 >/dev/null
	@$(TOP)/tools/mainline 7.3 >/dev/null
	@rm -rf $(OUT)/include
	@mkdir -p $(addprefix $(OUT)/include/shim/,linux asm drm)
	@for h in $(shim-headers); do echo '#include <kernel.h>' >$(OUT)/include/shim/$$h; done
	@for v in 6.12 7.3; do \
		mkdir -p $(OUT)/include/$$v/linux $(OUT)/include/$$v/drm; \
		for h in $(ref-headers); do \
			cp $(TOP)/build/mainline/$$v/include/$$h $(OUT)/include/$$v/$$h; done; \
	done
	@cp $(mainline-6.12)/include/drm/drm_gpuvm.h $(OUT)/include/6.12/drm/
	@cp $(mainline-7.3)/include/drm/drm_gpuvm.h $(OUT)/include/7.3/drm/
	@mkdir -p $(OUT)/include/lists/linux
	@cp $(addprefix $(mainline-6.12)/include/,linux/list.h linux/llist.h) $(OUT)/include/lists/linux/
	@touch $@

# As the kernel: no SIMD, no assumptions about aliasing.
kernel-flags := -std=gnu11 -fno-strict-aliasing -fwrapv -fPIC -fno-semantic-interposition -include $(kernel)/kernel.h \
	-I$(kernel) -Wall -Wno-unused-function -Wno-address-of-packed-member
# Warnings about what is not ours do not help.
drm-exec := $(TOP)/compat/drm_exec.c
includes-ref = -I$(OUT)/include/$(1) -I$(OUT)/include/lists -I$(OUT)/include/shim -I$(TOP)/compat/include

flags-mainline-6.12 := $(kernel-flags) -w $(call includes-ref,6.12)
flags-mainline-7.3 := $(kernel-flags) -w $(call includes-ref,7.3) -DKERNEL_GPUVA_MUTEX -DBENCH_MAP_REQ
flags-control := $(flags-mainline-6.12)
flags-ours := $(kernel-flags) -DNGV_VERSION=\"0\" -I$(OUT)/include/shim -I$(OUT)/include/lists -I$(TOP)/src/include \
	-I$(TOP)/src/gpuvm -I$(TOP)/compat/include

sources-mainline-6.12 := $(mainline-6.12)/drivers/gpu/drm/drm_gpuvm.c $(mainline-6.12)/lib/rbtree.c
sources-mainline-7.3 := $(mainline-7.3)/drivers/gpu/drm/drm_gpuvm.c $(mainline-7.3)/lib/rbtree.c
sources-control := $(sources-mainline-6.12)
# The check of the tree is for tests, with -DCONFIG_PROVE_LOCKING.
tree-check := $(TOP)/src/gpuvm/check.c
sources-ours := $(filter-out $(tree-check),$(sort $(wildcard $(TOP)/src/gpuvm/*.c)))
