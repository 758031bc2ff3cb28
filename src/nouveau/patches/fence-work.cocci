// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: work cannot be disabled before 6.10, so an event may queue it again until the event is gone, and it would run on freed memory: cancel it once more after that.
// Files: drivers/gpu/drm/nouveau/nouveau_fence.c
// Bases: 6.12
// Drop: when the oldest supported kernel is 6.10
@@
identifier fctx;
@@
 void nouveau_fence_context_del(struct nouveau_fence_chan *fctx)
 {
	...
	nvif_event_dtor(&fctx->event);
+	disable_work_sync(&fctx->uevent_work);
	...
 }
