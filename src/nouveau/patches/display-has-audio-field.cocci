// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: adds the field that display-has-audio.cocci sets.
// Files: drivers/gpu/drm/nouveau/nouveau_connector.h
// Bases: 6.12 7.3
// Drop: with display-has-audio.cocci

@@
@@
struct nouveau_connector {
...
	struct edid *edid;
+	bool has_audio;
...
};
