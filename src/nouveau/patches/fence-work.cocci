// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: before 6.10 work cannot be disabled, so an event may queue the work again until the event is removed, and the work would use freed memory: cancel the work again after that.
// Files: drivers/gpu/drm/nouveau/nouveau_fence.c
// Bases: 6.12 7.3
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
