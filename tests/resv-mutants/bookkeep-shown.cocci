// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: BOOKKEEP is among the shared fences, where other drivers wait for it
// File: compat/dma_resv.c
@@
identifier usage;
@@
 ngv_resv_tell(..., enum dma_resv_usage usage)
 {
 	...
-	if (usage > DMA_RESV_USAGE_READ)
-		return;
 	...
 }
