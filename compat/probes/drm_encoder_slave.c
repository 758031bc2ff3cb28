// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Have the drivers of I2C encoders an interface in drm_encoder_slave.h?
// Since: v2.6; moved to nouveau in v6.15
#include <drm/drm_encoder_slave.h>

const struct drm_encoder_slave_funcs *probe(const struct drm_encoder_slave *slave);
const struct drm_encoder_slave_funcs *probe(const struct drm_encoder_slave *slave)
{
	return slave->slave_funcs;
}
