// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: where pages of several sizes are referenced at the same addresses, the page tables follow the references, not what is mapped. A bind that cuts or replaces a mapping takes a large page away while the page is in use, or writes a directory entry over a page of 2 MiB. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.h drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmm.c drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmmgp100.c drivers/gpu/drm/nouveau/nvkm/subdev/mmu/vmmgh100.c
// Bases: 7.3
// Drop: when the imported source knows which entries map pages
// docs/large-pages.md draws the tables and says who changes what, and when.
@@
typedef u32, u64, bool;
@@
-union nvkm_pte_tracker { ... };
+struct nvkm_pte_tracker {
+	/* Small pages that this large page covers and that are referenced. */
+	u32 sptes;
+	/* The range is sparse unless pages are mapped. */
+	bool sparse;
+	/* A page of the size of this table is mapped. */
+	bool mapped;
+};

@@
@@
 struct nvkm_vmm_pt {
 	...
-	u32 refs[2];
+	u64 refs[2];
 	...
-	union nvkm_pte_tracker pte[];
+	struct nvkm_pte_tracker pte[];
 };

@@
@@
+static int ngv_text_maps;
+
 static struct nvkm_vmm_pt *nvkm_vmm_pt_new(...)
 {
	...
 }

@@
identifier desc, pten, lpte, pgt;
expression bits;
@@
 nvkm_vmm_pt_new(const struct nvkm_vmm_desc *desc, ...)
 {
	const u32 pten = bits;
	...
	u32 lpte = 0;
	...
+	if (nvkm_vmm_desc_maps(desc))
+		lpte = pten;
	pgt = kzalloc_flex(*pgt, pte, lpte);
	...
 }

@@
@@
+static int ngv_text_entries;
+
 nvkm_vmm_unref_pdes(...)
 {
	...
 }

@@
identifier it, pgd, pgt, vmm, pdei, func;
expression type, other;
@@
 nvkm_vmm_unref_pdes(struct nvkm_vmm_iter *it)
 {
	<...
+	nvkm_vmm_track(vmm);
	pgt->pt[type] = NULL;
	if (!other) {
		if (pgd->pt[0]) {
			if (pgt->sparse) {
-				func->sparse(vmm, pgd->pt[0], pdei, 1);
+				if (!nvkm_vmm_pde_mapped(&desc[it->lvl], pgd, pdei))
+					func->sparse(vmm, pgd->pt[0], pdei, 1);
				...
			} else {
-				func->unmap(vmm, pgd->pt[0], pdei, 1);
+				if (!nvkm_vmm_pde_mapped(&desc[it->lvl], pgd, pdei))
+					func->unmap(vmm, pgd->pt[0], pdei, 1);
				...
			}
		} else {
			...
		}
	} else {
-		func->pde(vmm, pgd, pdei);
+		if (!nvkm_vmm_pde_mapped(&desc[it->lvl], pgd, pdei))
+			func->pde(vmm, pgd, pdei);
	}
+	nvkm_vmm_track_end(vmm);
	...>
 }

@@
@@
-static void nvkm_vmm_unref_sptes(...) { ... }

@@
@@
+static int ngv_text_small;
+
 nvkm_vmm_unref_ptes(...)
 {
	...
 }

@@
expression it, pgt, desc, ptei, ptes;
@@
-nvkm_vmm_unref_sptes(it, pgt, desc, ptei, ptes);
+nvkm_vmm_count_small(it, ptei, ptes, false);

@@
identifier desc, pgt;
@@
 nvkm_vmm_unref_ptes(...)
 {
	<...
-	if (desc->type == LPT && (pgt->refs[0] || pgt->refs[1])) {
-		...
-	}
	...>
 }

@@
@@
-static void nvkm_vmm_ref_sptes(...) { ... }

@@
expression it, pgt, desc, ptei, ptes;
@@
-nvkm_vmm_ref_sptes(it, pgt, desc, ptei, ptes);
+nvkm_vmm_count_small(it, ptei, ptes, true);

@@
identifier desc;
@@
 nvkm_vmm_ref_ptes(...)
 {
	<...
-	if (desc->type == LPT) {
-		...
-	}
	...>
 }

@@
identifier pgt, sparse, ptei, ptes;
@@
 nvkm_vmm_sparse_ptes(...)
 {
	<...
-	union nvkm_pte_tracker sparse = { .s.sparse = 1 };
-	memset32(&pgt->pte[ptei].u, sparse.u, ptes);
+	while (ptes--)
+		pgt->pte[ptei++].sparse = true;
	...>
 }

@@
@@
+static int ngv_text_sparse;
+
 nvkm_vmm_sparse_unref_ptes(...)
 {
	...
 }

@@
identifier it, pt, ptei, ptes;
expression size;
@@
 nvkm_vmm_sparse_unref_ptes(struct nvkm_vmm_iter *it, ...)
 {
-	struct nvkm_vmm_pt *pt = it->pt[0];
-	if (it->desc->type == PGD)
-		memset(&pt->pde[ptei], 0x00, size);
-	else
-	if (it->desc->type == LPT)
-		memset32(&pt->pte[ptei].u, 0x00, ptes);
+	nvkm_vmm_no_longer_sparse(it, ptei, ptes);
	...
 }

@@
identifier it, ptei, ptes;
@@
 nvkm_vmm_sparse_ref_ptes(struct nvkm_vmm_iter *it, ...)
 {
+	nvkm_vmm_track(it->vmm);
	nvkm_vmm_sparse_ptes(it->desc, it->pt[0], ptei, ptes);
+	nvkm_vmm_track_end(it->vmm);
	...
 }

@@
typedef bool;
@@
-static bool nvkm_vmm_ref_hwpt(...) { ... }

@@
@@
+static int ngv_text_table;
+
 nvkm_vmm_ref_swpt(...)
 {
	...
 }

@@
expression it, pgd, pdei;
@@
-nvkm_vmm_ref_hwpt(it, pgd, pdei)
+nvkm_vmm_get_table(it, pgd, pdei)

@@
identifier it, pgd, pdei, pgt;
@@
 nvkm_vmm_ref_swpt(struct nvkm_vmm_iter *it, ...)
 {
	<...
+	nvkm_vmm_track(it->vmm);
	pgd->pde[pdei] = pgt;
+	nvkm_vmm_track_end(it->vmm);
	...>
 }

@@
identifier vmm, map, it, pfn, ptei, ptes, pt, pgt, REF_PTES, MAP_PTES, CLR_PTES;
expression which;
@@
 nvkm_vmm_iter(...)
 {
	<...
	if (!REF_PTES || REF_PTES(&it, pfn, ptei, ptes)) {
		struct nvkm_mmu_pt *pt = pgt->pt[which];
		if (MAP_PTES || CLR_PTES) {
+			if (REF_PTES)
+				nvkm_vmm_track(vmm);
+			nvkm_vmm_set_mapped(desc, pgt, ptei, ptes, !!MAP_PTES);
			if (MAP_PTES)
				MAP_PTES(vmm, pt, ptei, ptes, map);
			else
-				CLR_PTES(vmm, pt, ptei, ptes);
+				nvkm_vmm_remove(vmm, desc, pgt, ptei, ptes, CLR_PTES);
+			if (REF_PTES)
+				nvkm_vmm_track_end(vmm);
			...
		}
	}
	...>
 }

@@
identifier pde =~ "_vmm_pd0_pde$";
expression pd, vmm, pdei, size, data;
@@
 pde(...)
 {
	<...
-	VMM_WO128(pd, vmm, pdei * size, data[0], data[1]);
+	/* The first half decides whether the entry is a page: write it last. */
+	VMM_WO064(pd, vmm, pdei * size + 8, data[1]);
+	VMM_WO064(pd, vmm, pdei * size, data[0]);
	...>
 }
