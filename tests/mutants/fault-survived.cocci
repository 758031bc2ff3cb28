// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a channel's work is not ended after a fault
// File: upstream/drivers/gpu/drm/nouveau/nouveau_chan.c
// Tests: fault
@@
expression chan, killed;
@@
 nouveau_channel_killed(...)
 {
	...
-	if (unlikely(!atomic_read(killed)))
-		nouveau_channel_kill(chan);
	...
 }
