// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: DRM clients have no client ID before 6.5.
// Files: drivers/gpu/drm/nouveau/nouveau_sched.c
// Bases: 6.12 7.3
// Drop: when the oldest supported kernel is 6.5
@@
expression job;
@@
-job->file_priv->client_id
+drm_file_client_id(job->file_priv)
