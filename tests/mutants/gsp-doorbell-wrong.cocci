// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a channel's doorbell names the first runlist
// File: upstream/drivers/gpu/drm/nouveau/nvkm/engine/fifo/r535.c
// Channel: stable
// Chip: ga102
// Tests: channel/copy-engine
@@
identifier chan;
@@
 r535_chan_doorbell_handle(struct nvkm_chan *chan)
 {
-	return (chan->cgrp->runl->id << 16) | chan->id;
+	return chan->id;
 }
