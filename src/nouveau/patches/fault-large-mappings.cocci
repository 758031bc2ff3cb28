// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: each mapping had one size of pages, and what a bind left of a mapping got a size of its own without a change of the page tables. A bind over a mapping took page tables for the gaps alone. Any user of VM_BIND could make the kernel use page tables that do not exist, or keep pages readable that were unmapped. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nouveau_uvmm.c
// Bases: 7.3
// Drop: when the imported source takes page tables for each mapping's own pages
// docs/large-pages.md says who takes which page tables, and when.
@@
@@
 #include <nvif/if900d.h>
+
+#include <subdev/gsp.h>

@@
typedef u8, u64;
@@
 struct uvmm_map_args {
	struct nouveau_uvma_region *region;
-	u64 addr;
-	u64 range;
	u8 kind;
+	u8 page_shift;
 };

@@
@@
+static int ngv_text_pages;
+
 nouveau_uvma_vmm_put(...)
 {
	...
 }

@@
identifier uvma, addr, range, page_shift;
@@
 nouveau_uvma_vmm_put(struct nouveau_uvma *uvma)
 {
	...
-	u8 page_shift = uvma->page_shift;
-	return nouveau_uvmm_vmm_put(to_uvmm(uvma), addr, range, page_shift);
+	uvma_pages_put(uvma, addr, addr + range);
+	return 0;
 }

@@
identifier uvma, mem, addr, range, offset, page_shift;
@@
 nouveau_uvma_map(struct nouveau_uvma *uvma, struct nouveau_mem *mem)
 {
	...
-	u64 offset = uvma->va.gem.offset;
	...
-	u8 page_shift = uvma->page_shift;
-	return nouveau_uvmm_vmm_map(to_uvmm(uvma), addr, range, page_shift, offset, uvma->kind, mem);
+	return uvma_pages_map(uvma, addr, addr + range, mem);
 }

@@
identifier uvma, addr, range, page_shift, sparse;
@@
 nouveau_uvma_unmap(struct nouveau_uvma *uvma)
 {
	...
-	u8 page_shift = uvma->page_shift;
-	bool sparse = !!uvma->region;
	...
-	return nouveau_uvmm_vmm_unmap(to_uvmm(uvma), addr, range, page_shift, sparse);
+	return uvma_pages_unmap(uvma, addr, addr + range);
 }

@@
@@
-static u8 select_page_shift(...) { ... }

@@
@@
-static void nouveau_uvmm_sm_prepare_unwind(...) { ... }

@@
@@
-static void nouveau_uvmm_sm_map_prepare_unwind(...) { ... }

@@
@@
-static void nouveau_uvmm_sm_unmap_prepare_unwind(...) { ... }

@@
@@
+static int ngv_text_new;
+
 op_map_prepare(...)
 {
	...
 }

@@
identifier uvma, op, args, uvmm;
@@
 op_map_prepare(..., struct uvmm_map_args *args)
 {
	<...
-	uvma->page_shift = select_page_shift(uvmm, op);
+	uvma->page_shift = args->page_shift ? args->page_shift : uvmm_new_page_shift(uvmm, op);
	...>
 }

@@
@@
-static void op_unmap_prepare(...) { ... }

@@
@@
-static int nouveau_uvmm_sm_prepare(...) { ... }

@@
@@
+static int ngv_text_prepare;
+
 nouveau_uvmm_sm_map_prepare(...)
 {
	...
 }

@@
expression uvmm, new, ops, args;
@@
-nouveau_uvmm_sm_prepare(uvmm, new, ops, args)
+uvmm_steps_prepare(uvmm, new, ops, args)

@@
identifier uvmm, new, region, ops, addr, range, kind;
@@
 nouveau_uvmm_sm_map_prepare(struct nouveau_uvmm *uvmm,
			     struct nouveau_uvma_prealloc *new,
			     struct nouveau_uvma_region *region,
-			     struct drm_gpuva_ops *ops,
-			     u64 addr, u64 range, u8 kind)
+			     struct drm_gpuva_ops *ops, u8 kind)
 {
	struct uvmm_map_args args = {
		.region = region,
-		.addr = addr,
-		.range = range,
		.kind = kind,
	};
	...
 }

@@
iterator name drm_exec_until_all_locked;
expression uvmm, new, reg, ops, addr, range, kind;
@@
 nouveau_uvmm_sm_map_prepare(uvmm, new, reg, ops,
-			     addr, range,
			     kind)

@@
iterator name drm_exec_until_all_locked;
expression uvmm, new, ops, addr, range;
@@
-nouveau_uvmm_sm_map_prepare_unwind(uvmm, new, ops, addr, range);
+uvmm_steps_undo(new, ops, drm_gpuva_last_op(ops));

@@
iterator name drm_exec_until_all_locked;
expression uvmm, new, ops;
@@
-nouveau_uvmm_sm_unmap_prepare_unwind(uvmm, new, ops);
+uvmm_steps_undo(new, ops, drm_gpuva_last_op(ops));

@@
@@
-static void op_unmap_range(...) { ... }

@@
@@
-static void op_remap(...) { ... }

@@
@@
+static int ngv_text_run;
+
 nouveau_uvmm_sm(...)
 {
	...
 }

@@
iterator name drm_gpuva_for_each_op;
identifier op, ops, new;
@@
 nouveau_uvmm_sm(..., struct nouveau_uvma_prealloc *new, struct drm_gpuva_ops *ops)
 {
	...
	drm_gpuva_for_each_op(op, ops) {
		<...
-		op_remap(&op->remap, new);
+		uvma_cut_run(&op->remap, new);
		...>
	}
+
+	uvmm_kept_run(ops, new->map);
	...
 }

@@
iterator name drm_gpuva_for_each_op;
identifier r, p, n, uvma, page_shift, unmap;
@@
 nouveau_uvmm_sm_cleanup(...)
 {
	<...
	struct drm_gpuva_op_remap *r = &op->remap;
-	struct drm_gpuva_op_map *p = r->prev;
-	struct drm_gpuva_op_map *n = r->next;
	...
-	u8 page_shift = uvma->page_shift;
-	if (unmap) {
-		...
-	}
+	uvma_cut_put(r);
	...>
 }

@@
iterator name drm_gpuva_for_each_op;
identifier uvma, unmap;
@@
 nouveau_uvmm_sm_cleanup(...)
 {
	<...
-	if (unmap)
-		nouveau_uvma_vmm_put(uvma);
+	nouveau_uvma_vmm_put(uvma);
	...>
 }

@@
iterator name drm_gpuva_for_each_op;
identifier ops, unmap;
@@
 nouveau_uvmm_sm_cleanup(...,
-			 struct drm_gpuva_ops *ops, bool unmap)
+			 struct drm_gpuva_ops *ops)
 {
	...
 }

@@
expression uvmm, new, ops, unmap;
@@
 nouveau_uvmm_sm_cleanup(uvmm, new, ops
-			 , unmap
 )
