// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Are the pin callbacks of a GEM object called with its reservation held?
// Since: v6.10 a78027847226 ("drm/gem: Acquire reservation lock in drm_gem_{pin/unpin}()").
// That is no matter of types; this function came in the same series.
// Export: drm_client_buffer_vmap_local
#include <drm/drm_client.h>

int probe(struct drm_client_buffer *buffer, struct iosys_map *map);
int probe(struct drm_client_buffer *buffer, struct iosys_map *map)
{
	return drm_client_buffer_vmap_local(buffer, map);
}
