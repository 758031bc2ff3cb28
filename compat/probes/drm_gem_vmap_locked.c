// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are the vmap callbacks of a GEM object called with its reservation held?
// Since: v6.2 79e2cf2e7a19 ("drm/gem: Take reservation lock for vmap/vunmap operations").
// That is no matter of types; the unlocked variant came with it.
// Export: dma_buf_vmap_unlocked
#include <linux/dma-buf.h>

int probe(struct dma_buf *buf, struct iosys_map *map);
int probe(struct dma_buf *buf, struct iosys_map *map)
{
	return dma_buf_vmap_unlocked(buf, map);
}
