// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: a list that fails undoes the last step alone
// File: upstream/drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Channel: next
// Tests: large/unwind
@@
iterator name drm_gpuva_for_each_op_from_reverse;
identifier last, steps, new;
@@
 uvmm_steps_undo(...)
 {
	...
-	drm_gpuva_for_each_op_from_reverse(last, steps)
-		uvmm_step_undo(new, last);
+	uvmm_step_undo(new, last);
 }
