// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a closed file's queued jobs are not waited for
// File: upstream/drivers/gpu/drm/nouveau/nouveau_sched.c
// Tests: kill
@@
@@
 nouveau_sched_fini(...)
 {
	...
-	wait_event(...);
	...
 }
