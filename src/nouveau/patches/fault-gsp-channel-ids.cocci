// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: with the GSP each channel took eight ids. The 257th channel alive had an id beyond the driver's arrays and fences: any user of the render node could make the kernel panic. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/engine/fifo/r535.c drivers/gpu/drm/nouveau/nvkm/subdev/gsp/r535.c
// Bases: 6.12
// Drop: when the imported source takes one id for each channel there
// An id stood for a page of USERD with room for eight channels, but each channel has a
// page of its own. RM takes the address of USERD apart from the id: the ids can be those
// that all other chips have, one for each channel.
@@
identifier get, put;
@@
 struct nvkm_chan_func r535_chan = {
	...,
-	.id_get = get,
-	.id_put = put,
	...,
 };

@@
@@
-r535_chan_id_get(...)
-{
-	...
-}

@@
@@
-r535_chan_id_get_locked(...)
-{
-	...
-}

@@
@@
-r535_chan_id_put(...)
-{
-	...
-}

// RM names the channel that failed by its id.
@@
expression engine, msg, flags;
@@
 nvkm_chan_get_chid(engine,
-	msg->chid / 8,
+	msg->chid,
	flags)
