// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Writes a VM's mappings as text to the debugfs file "gpuvas".
 *
 * Locking: the caller holds the driver's lock of the VM's mappings.
 *
 * Complexity: O(1) for each mapping.
 */

#include <linux/seq_file.h>

#include "internal.h"
#include "tree.h"

static void show_span(struct seq_file *m, const char *what, u64 addr, u64 range)
{
	seq_printf(m, "%s 0x%016llx..0x%016llx\n", what, addr, addr + range);
}

/**
 * drm_debugfs_gpuva_info() - writes the mappings of a VM to a file
 * @m: the file
 * @vm: the VM
 *
 * The caller holds the lock of the VM's mappings.
 *
 * Return: 0, or -ENODEV if @vm is not initialised or is gone.
 * Semantics: mainline 6.12, with another text format.
 */
int drm_debugfs_gpuva_info(struct seq_file *m, struct drm_gpuvm *vm)
{
	const struct drm_gpuva *kernel = &vm->kernel_alloc_node;
	struct drm_gpuva *va;

	if (!vm->name)
		return -ENODEV;

	seq_printf(m, "GPU VA space %s, %lu mappings\n", vm->name, gpuvm_tree_of(vm)->count);
	show_span(m, "space   ", vm->mm_start, vm->mm_range);
	show_span(m, "reserved", kernel->va.addr, kernel->va.range);

	seq_printf(m, "\n%-18s  %-18s  %-18s  %-18s  %s\n", "start", "end", "range",
		   "offset", "object");
	drm_gpuvm_for_each_va(va, vm) {
		if (va == kernel)
			continue;
		seq_printf(m, "0x%016llx  0x%016llx  0x%016llx  0x%016llx  %p\n",
			   va->va.addr, va->va.addr + va->va.range, va->va.range,
			   va->gem.offset, va->gem.obj);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(drm_debugfs_gpuva_info);
