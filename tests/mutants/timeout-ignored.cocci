// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a job that never ends stays
// File: upstream/drivers/gpu/drm/nouveau/nouveau_exec.c
// Tests: --slow kill/timeout kill/forever
@@
expression chan;
@@
 nouveau_exec_job_timeout(...)
 {
	...
-	if (unlikely(!atomic_read(&chan->killed)))
-		nouveau_channel_kill(chan);
	...
 }
