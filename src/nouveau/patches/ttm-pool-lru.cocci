// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: the pool has a list of pages for each memory node; list_lru of older kernels takes the node from an address that is no page's, or has other walkers. 7.3 frees the lists of no pool, a fault of mainline.
// Files: include/drm/ttm/ttm_pool.h drivers/gpu/drm/ttm/ttm_pool.c
// Bases: 7.3
// Drop: when the oldest supported kernel is 6.13
@@
@@
-#include <linux/list_lru.h>
+#include <ngv-page-lru.h>

@@
@@
-struct list_lru
+struct ngv_page_lru

@@
@@
-struct list_lru_one
+struct ngv_page_lru_node

@@
@@
-list_lru_init
+ngv_page_lru_init
 (...)

@@
@@
-list_lru_add
+ngv_page_lru_add
 (...)

@@
@@
-list_lru_count
+ngv_page_lru_count
 (...)

@@
@@
-list_lru_walk
+ngv_page_lru_walk
 (...)

@@
@@
-list_lru_walk_node
+ngv_page_lru_walk_node
 (...)

@@
@@
-list_lru_isolate
+ngv_page_lru_isolate
 (...)

@@
@@
-list_lru_isolate_move
+ngv_page_lru_isolate_move
 (...)

// A shrinker may still walk the lists of a pool that is in none of its own.
@@
symbol i, j;
identifier pool;
@@
 void ttm_pool_fini(struct ttm_pool *pool)
 {
	...
	ttm_pool_synchronize_shrinkers();
+
+	for (i = 0; i < TTM_NUM_CACHING_TYPES; ++i)
+		for (j = 0; j < NR_PAGE_ORDERS; ++j)
+			if (ttm_pool_select_type(pool, i, j) == &pool->caching[i].orders[j])
+				ngv_page_lru_destroy(&pool->caching[i].orders[j].pages);
 }

@@
symbol i, mm_shrinker;
@@
 void ttm_pool_mgr_fini(void)
 {
	...
	shrinker_free(mm_shrinker);
+	for (i = 0; i < NR_PAGE_ORDERS; ++i) {
+		ngv_page_lru_destroy(&global_write_combined[i].pages);
+		ngv_page_lru_destroy(&global_uncached[i].pages);
+		ngv_page_lru_destroy(&global_dma32_write_combined[i].pages);
+		ngv_page_lru_destroy(&global_dma32_uncached[i].pages);
+	}
	...
 }
