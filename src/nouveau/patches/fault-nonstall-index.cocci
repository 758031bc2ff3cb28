// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before GA100 there is one non-stall event for all runlists; a channel on another than the first used memory beyond it and missed its interrupts. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/engine/fifo/uchan.c
// Bases: 6.12
// Drop: when the imported source adds the event with an index that exists
@@
identifier runl;
@@
 nvkm_uevent_add(..., &runl->fifo->nonstall.event,
-	runl->id,
+	runl->fifo->func->nonstall_ctor ? runl->id : 0,
	...)
