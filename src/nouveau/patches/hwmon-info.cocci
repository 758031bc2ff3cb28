// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: hwmon takes a list of constant pointers from 6.4 on. Before, such a list discards the const.
// Files: drivers/gpu/drm/nouveau/nouveau_hwmon.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.4
@@
identifier list;
@@
-static const struct hwmon_channel_info * const list[] = {
+static const struct hwmon_channel_info *list[] = {
	...
 };
