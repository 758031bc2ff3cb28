// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: an address space that exceeds the limits of the MMU is rejected before it has a range, and its destructor freed the list head as a range. On cards before Pascal any user could corrupt memory with VM_INIT. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c
// Bases: 6.12 7.3
// Drop: when the imported source takes no range from an empty list there
@@
identifier vma;
expression first;
@@
 nvkm_vmm_dtor(struct nvkm_vmm *vmm)
 {
	...
-	vma = first;
-	list_del(&vma->head);
-	kfree(vma);
+	if (!list_empty(&vmm->list)) {
+		vma = first;
+		list_del(&vma->head);
+		kfree(vma);
+	}
	WARN_ON(!list_empty(&vmm->list));
	...
 }
