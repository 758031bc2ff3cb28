// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: BOOKKEEP holds up who synchronises implicitly, as READ does
// File: compat/dma_resv.c
@@
identifier obj, fence, usage, r, list;
@@
 dma_resv_add_fence(struct dma_resv *obj, struct dma_fence *fence, enum dma_resv_usage usage)
 {
 	struct ngv_resv *r = ...;
 	struct ngv_resv_list *list = ...;
+	if (usage == DMA_RESV_USAGE_BOOKKEEP)
+		usage = DMA_RESV_USAGE_READ;
 	...
 }
