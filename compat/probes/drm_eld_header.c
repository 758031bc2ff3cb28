// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is drm_eld_size() in a header of its own?
// Since: v6.8
#include <drm/drm_eld.h>

unsigned int probe(const u8 *eld);
unsigned int probe(const u8 *eld)
{
	return drm_eld_size(eld);
}
