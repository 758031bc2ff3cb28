// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: if a signal interrupted the wait of a synchronous VM_BIND, the ioctl returned 0 before the bind was done. Some binds cannot be repeated, so the ioctl cannot be restarted and must wait without interruption. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_sched.c
// Bases: 6.12 7.3
// Drop: when the imported source looks at what the wait returns
@@
symbol true, false;
identifier done_fence;
@@
-dma_fence_wait(done_fence, true)
+dma_fence_wait(done_fence, false)
