// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: page table entries are written after the bind's fence has signalled
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Tests: map/cpu-gart async/exec-waits-for-bind
@@
identifier op, ret, uvmm;
@@
 nouveau_uvmm_bind_job_run(...)
 {
	<...
-	ret = nouveau_uvmm_sm_map(uvmm, &op->new, op->ops);
+	ret = 0;
	...>
 }

@@
expression uvmm, new, ops;
@@
 nouveau_uvmm_bind_job_cleanup(...)
 {
	<...
-	nouveau_uvmm_sm_map_cleanup(uvmm, new, ops);
+	{
+		msleep(50);
+		nouveau_uvmm_sm_map(uvmm, new, ops);
+		nouveau_uvmm_sm_map_cleanup(uvmm, new, ops);
+	}
	...>
 }
