// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: BOOKKEEP is not waited for when memory is freed
// File: compat/dma_resv.c
@@
expression src;
@@
-ngv_resv_snapshot(src, DMA_RESV_USAGE_BOOKKEEP)
+ngv_resv_snapshot(src, DMA_RESV_USAGE_READ)
