/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * DP MST as of 6.10: payloads removed in two parts (6.7), PBN of sixteenths of
 * a bit per pixel and a fixed-point divider (6.8), part 2 of adding without the
 * atomic state, enum drm_dp_mst_mode (6.10).
 */
#ifndef NGV_COMPAT_DRM_DP_MST_HELPER_H
#define NGV_COMPAT_DRM_DP_MST_HELPER_H

#include_next <drm/display/drm_dp_mst_helper.h>

#include <linux/errno.h>

#include <drm/drm_fixed.h>

#ifndef HAVE_DRM_DP_MST_MODE
/* Values that the bool of drm_dp_read_mst_cap() converts to. */
enum drm_dp_mst_mode {
	DRM_DP_SST = false,
	DRM_DP_MST = true,
};
#endif

#ifndef HAVE_DRM_DP_CALC_PBN_MODE_X16
static inline int ngv_dp_calc_pbn_mode(int clock, int bpp_x16)
{
	/* This kernel's DSC mode takes sixteenths, but drops the fraction. */
	return drm_dp_calc_pbn_mode(clock, DIV_ROUND_UP(bpp_x16, 16), false);
}

#define drm_dp_calc_pbn_mode ngv_dp_calc_pbn_mode
#endif

/**
 * drm_dp_mst_pbn_div_known - whether a topology's link bandwidth is set
 * @state: the topology's state
 *
 * Return: false until a driver stored what drm_dp_get_vc_payload_bw() said.
 */
static inline bool drm_dp_mst_pbn_div_known(const struct drm_dp_mst_topology_state *state)
{
#ifdef HAVE_DRM_DP_MST_PBN_DIV_FIXED
	return state->pbn_div.full;
#else
	return state->pbn_div;
#endif
}

/**
 * drm_dp_mst_pbn_div_trunc - link bandwidth of one time slot
 * @state: the topology's state
 *
 * Loses nothing at the link rates of DP 1.x: they are whole multiples of a PBN.
 *
 * Return: the bandwidth in PBN (54/64 MB/s), fraction cut off.
 */
static inline u32 drm_dp_mst_pbn_div_trunc(const struct drm_dp_mst_topology_state *state)
{
#ifdef HAVE_DRM_DP_MST_PBN_DIV_FIXED
	return dfixed_trunc(state->pbn_div);
#else
	return state->pbn_div;
#endif
}

#ifndef HAVE_DRM_DP_REMOVE_PAYLOAD_PART2
/*
 * Before 6.7 a payload that could not be allocated takes no time slots and has
 * -1 for a first one, and that is all there is to tell when its port is gone.
 */
static inline int ngv_dp_add_payload_part1(struct drm_dp_mst_topology_mgr *mgr,
					   struct drm_dp_mst_topology_state *mst_state,
					   struct drm_dp_mst_atomic_payload *payload)
{
	int ret = drm_dp_add_payload_part1(mgr, mst_state, payload);

	return !ret && payload->vc_start_slot < 0 ? -EIO : ret;
}

#define drm_dp_add_payload_part1 ngv_dp_add_payload_part1
#endif

#ifndef HAVE_DRM_DP_ADD_PAYLOAD_PART2_STATELESS
static inline int ngv_dp_add_payload_part2(struct drm_dp_mst_topology_mgr *mgr,
					   struct drm_dp_mst_atomic_payload *payload)
{
	/* Only in this case did the state matter, for the debug message. */
	if (payload->vc_start_slot < 0)
		return -EIO;
	return drm_dp_add_payload_part2(mgr, NULL, payload);
}

#define drm_dp_add_payload_part2 ngv_dp_add_payload_part2
#endif

/**
 * drm_dp_mst_remove_payload_part1 - take a payload off the branch devices
 * @mgr: the topology
 * @old_state: its state before the commit
 * @mst_state: its state after the commit
 * @payload: the payload to remove, of @mst_state
 *
 * drm_dp_remove_payload_part1() of mainline 6.12, with the old state. Before 6.7
 * one call did everything, and it belongs here: the branches must know before
 * the source sends its ACT, and payloads added in the same commit must find the
 * slots free and the others moved up, as the branches have moved them.
 *
 * Context: process, commit tail; may sleep.
 */
static inline void
drm_dp_mst_remove_payload_part1(struct drm_dp_mst_topology_mgr *mgr,
				struct drm_dp_mst_topology_state *old_state,
				struct drm_dp_mst_topology_state *mst_state,
				struct drm_dp_mst_atomic_payload *payload)
{
#ifdef HAVE_DRM_DP_REMOVE_PAYLOAD_PART2
	drm_dp_remove_payload_part1(mgr, mst_state, payload);
#else
	bool allocated = payload->vc_start_slot >= 0;

	/* A mode set may have changed the slots: free what was allocated. */
	drm_dp_remove_payload(mgr, mst_state,
			      drm_atomic_get_mst_payload_state(old_state, payload->port),
			      payload);
	/* Else it did nothing, and nobody else drops the payload's reference. */
	if (!allocated && payload->delete)
		drm_dp_mst_put_port_malloc(payload->port);
#endif
}

#ifndef HAVE_DRM_DP_REMOVE_PAYLOAD_PART2
/* All done in part 1. */
static inline void
drm_dp_remove_payload_part2(struct drm_dp_mst_topology_mgr *mgr,
			    struct drm_dp_mst_topology_state *mst_state,
			    const struct drm_dp_mst_atomic_payload *old_payload,
			    struct drm_dp_mst_atomic_payload *new_payload)
{
}
#endif

#endif
