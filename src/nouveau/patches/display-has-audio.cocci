// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: display_info.has_audio is new in 6.8. Before, only the EDID has this information, but a commit must not read an EDID that detection may free.
// Files: drivers/gpu/drm/nouveau/nouveau_connector.c drivers/gpu/drm/nouveau/dispnv50/disp.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.8

@@
struct nouveau_connector *nv_connector;
expression edid;
@@
	drm_connector_update_edid_property(&nv_connector->base, edid);
+	nv_connector->has_audio = drm_connector_has_audio(&nv_connector->base, edid);

@@
struct nouveau_connector *nv_connector;
@@
-	nv_connector->base.display_info.has_audio
+	nv_connector->has_audio
