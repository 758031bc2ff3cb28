/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.17: drm_edp_backlight_init() with luminance, drm_dp_lttpr_init()
 * and AUX channels that send no bare addresses.
 */
#ifndef NGV_COMPAT_DRM_DP_HELPER_H
#define NGV_COMPAT_DRM_DP_HELPER_H

#include_next <drm/display/drm_dp_helper.h>

/**
 * drm_edp_backlight_init_luminance() - prepares a backlight that DPCD registers control
 * @aux: AUX channel of the panel
 * @bl: set to what the panel supports
 * @max_luminance: of the panel, or 0; older kernels do not know luminance
 * @pwm_freq_hz: frequency of the modulation, or 0 for the panel's own
 * @dpcd: the panel's registers
 * @level: set to the current brightness
 * @mode: set to the current mode
 * @luminance: whether the caller needs levels of luminance
 *
 * drm_edp_backlight_init() of mainline 7.3.  Process context.
 *
 * Return: 0 or an error.
 */
static inline int
drm_edp_backlight_init_luminance(struct drm_dp_aux *aux, struct drm_edp_backlight_info *bl,
				 u32 max_luminance, u16 pwm_freq_hz,
				 const u8 dpcd[EDP_DISPLAY_CTL_CAP_SIZE],
				 u32 *level, u8 *mode, bool luminance)
{
#ifdef HAVE_DRM_EDP_BACKLIGHT_INIT_LUMINANCE
	return drm_edp_backlight_init(aux, bl, max_luminance, pwm_freq_hz, dpcd,
				      level, mode, luminance);
#else
	u16 level_16 = 0;
	int ret = drm_edp_backlight_init(aux, bl, pwm_freq_hz, dpcd, &level_16, mode);

	*level = level_16;
	return ret;
#endif
}

#ifndef HAVE_DRM_DP_LTTPR_INIT
/**
 * drm_dp_lttpr_init() - sets the mode of the repeaters of a link
 * @aux: AUX channel of the link
 * @count: how many repeaters there are, or an error of drm_dp_lttpr_count()
 *
 * The standard wants transparent mode first, and non-transparent mode after it, in which
 * the source trains each repeater.  Process context.
 *
 * Return: 0 if @count repeaters, perhaps none, are to be trained, or an error if the
 * link works without training them.
 */
static inline int drm_dp_lttpr_init(struct drm_dp_aux *aux, int count)
{
	if (!count)
		return 0;
	if (drm_dp_dpcd_writeb(aux, DP_PHY_REPEATER_MODE, DP_PHY_REPEATER_MODE_TRANSPARENT) != 1)
		return -EIO;
	if (count < 0)
		return -ENODEV;
	if (drm_dp_dpcd_writeb(aux, DP_PHY_REPEATER_MODE,
			       DP_PHY_REPEATER_MODE_NON_TRANSPARENT) == 1)
		return 0;
	drm_dp_dpcd_writeb(aux, DP_PHY_REPEATER_MODE, DP_PHY_REPEATER_MODE_TRANSPARENT);
	return -EINVAL;
}
#endif

/**
 * drm_dp_aux_no_zero_sized() - says that the hardware of a channel sends no bare address
 * @aux: the channel
 *
 * Older kernels send bare addresses all the same: the driver's transfer function must
 * answer them, see drm_dp_aux_bare_address().
 */
static inline void drm_dp_aux_no_zero_sized(struct drm_dp_aux *aux)
{
#ifdef HAVE_DRM_DP_AUX_NO_ZERO_SIZED
	aux->no_zero_sized = true;
#endif
}

/**
 * drm_dp_aux_bare_address() - checks for a message that the driver must answer itself
 * @msg: the message of a transfer function
 * @sends: whether the hardware of the channel sends bare addresses
 *
 * The kernel starts and ends an I2C transfer with one.  The next message has the address
 * too, so that only the end is lost: the I2C bus of the sink stays busy until the next
 * transfer.
 *
 * Return: true if the driver must acknowledge @msg without sending anything.
 */
static inline bool drm_dp_aux_bare_address(const struct drm_dp_aux_msg *msg, bool sends)
{
#ifdef HAVE_DRM_DP_AUX_NO_ZERO_SIZED
	return false;
#else
	return !sends && !msg->size;
#endif
}

#endif
