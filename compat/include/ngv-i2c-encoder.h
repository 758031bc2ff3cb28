/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The drivers of I2C encoders (ch7006, sil164), which old cards have, are the kernel's.
 * Until v6.14 their interface is in drm_encoder_slave.h, and nouveau of 7.3 has one of
 * its own.  Both must have the same layout.  Drop this file and the semantic patch
 * i2c-encoder with the kernels before 6.15.
 */
#ifndef NGV_I2C_ENCODER_H
#define NGV_I2C_ENCODER_H

#ifdef HAVE_DRM_ENCODER_SLAVE
#include <linux/build_bug.h>
#include <linux/stddef.h>

#include <drm/drm_encoder_slave.h>

#define NGV_SAME_PLACE(a, a_member, b, b_member)				\
	static_assert(offsetof(struct a, a_member) == offsetof(struct b, b_member),	\
		      "the kernel's I2C encoder drivers have another " #a_member)

NGV_SAME_PLACE(drm_encoder_slave, slave_funcs, nouveau_i2c_encoder, encoder_i2c_funcs);
NGV_SAME_PLACE(drm_encoder_slave, slave_priv, nouveau_i2c_encoder, encoder_i2c_priv);
NGV_SAME_PLACE(drm_encoder_slave, bus_priv, nouveau_i2c_encoder, i2c_client);
NGV_SAME_PLACE(drm_i2c_encoder_driver, encoder_init, nouveau_i2c_encoder_driver, encoder_init);
NGV_SAME_PLACE(drm_encoder_slave_funcs, set_config, nouveau_i2c_encoder_funcs, set_config);
NGV_SAME_PLACE(drm_encoder_slave_funcs, destroy, nouveau_i2c_encoder_funcs, destroy);
NGV_SAME_PLACE(drm_encoder_slave_funcs, dpms, nouveau_i2c_encoder_funcs, dpms);
NGV_SAME_PLACE(drm_encoder_slave_funcs, save, nouveau_i2c_encoder_funcs, save);
NGV_SAME_PLACE(drm_encoder_slave_funcs, restore, nouveau_i2c_encoder_funcs, restore);
NGV_SAME_PLACE(drm_encoder_slave_funcs, mode_fixup, nouveau_i2c_encoder_funcs, mode_fixup);
NGV_SAME_PLACE(drm_encoder_slave_funcs, mode_valid, nouveau_i2c_encoder_funcs, mode_valid);
NGV_SAME_PLACE(drm_encoder_slave_funcs, mode_set, nouveau_i2c_encoder_funcs, mode_set);
NGV_SAME_PLACE(drm_encoder_slave_funcs, detect, nouveau_i2c_encoder_funcs, detect);
NGV_SAME_PLACE(drm_encoder_slave_funcs, get_modes, nouveau_i2c_encoder_funcs, get_modes);
NGV_SAME_PLACE(drm_encoder_slave_funcs, create_resources, nouveau_i2c_encoder_funcs,
	       create_resources);
NGV_SAME_PLACE(drm_encoder_slave_funcs, set_property, nouveau_i2c_encoder_funcs, set_property);
#endif

#endif
