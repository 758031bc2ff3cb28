// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: RM does not hear where a channel's context is
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/gr/r535.c
// Channel: stable
// Chip: tu102
// Tests: exec/copy
@@
identifier entry;
expression addr;
@@
 r535_gr_promote_ctx(...)
 {
	<...
-	entry->gpuVirtAddr = addr;
	...>
 }
