// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before GA100 all runlists share one non-stall event; a channel on any runlist but the first accessed memory beyond the array and missed its interrupts. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/engine/fifo/uchan.c
// Bases: 6.12 7.3
// Drop: when the imported source adds the event with an index that exists
@@
identifier runl;
@@
 nvkm_uevent_add(..., &runl->fifo->nonstall.event,
-	runl->id,
+	runl->fifo->func->nonstall_ctor ? runl->id : 0,
	...)
