// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a DisplayPort link that fails at one rate is not tried at a lower one
// File: upstream/drivers/gpu/drm/nouveau/nouveau_dp.c
// Chip: gm107
// Screen: weak-link
@@
expression e;
@@
 nouveau_dp_train(...)
 {
	<...
-	if (nouveau_dp_train_link(e, false))
-		goto done;
+	nouveau_dp_train_link(e, false);
+	goto done;
	...>
 }
