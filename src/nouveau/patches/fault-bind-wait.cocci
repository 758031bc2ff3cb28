// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a synchronous VM_BIND that was waiting returned 0 at a signal, with the bind not done. It cannot be begun again, as some binds work only once, so it waits to the end. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_sched.c
// Bases: 6.12
// Drop: when the imported source looks at what the wait returns
@@
symbol true, false;
identifier done_fence;
@@
-dma_fence_wait(done_fence, true)
+dma_fence_wait(done_fence, false)
