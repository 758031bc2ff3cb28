/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * DP MST as of 6.10: payload removal in two parts (6.7); PBN from sixteenths of a bit
 * per pixel, and a fixed-point divider (6.8); part 2 of adding a payload without the
 * atomic state, and enum drm_dp_mst_mode (6.10).  Later than that: the bandwidth of a
 * link without the topology.
 */
#ifndef NGV_COMPAT_DRM_DP_MST_HELPER_H
#define NGV_COMPAT_DRM_DP_MST_HELPER_H

#include_next <drm/display/drm_dp_mst_helper.h>

#include <linux/errno.h>

#include <drm/drm_fixed.h>

#ifndef HAVE_DRM_DP_MST_MODE
/* The values of the bool that drm_dp_read_mst_cap() returns */
enum drm_dp_mst_mode {
	DRM_DP_SST = false,
	DRM_DP_MST = true,
};
#endif

#ifndef HAVE_DRM_DP_CALC_PBN_MODE_X16
static inline int ngv_dp_calc_pbn_mode(int clock, int bpp_x16)
{
	/* The DSC mode of this function takes sixteenths but drops the fraction. */
	return drm_dp_calc_pbn_mode(clock, DIV_ROUND_UP(bpp_x16, 16), false);
}

#define drm_dp_calc_pbn_mode ngv_dp_calc_pbn_mode
#endif

/*
 * The bandwidth of one time slot on a link of @lanes with @rate, in the type of
 * drm_dp_mst_topology_state.pbn_div
 */
#ifdef HAVE_DRM_DP_GET_VC_PAYLOAD_BW_PLAIN
#define drm_dp_mst_payload_bw(state, rate, lanes)	\
	((void)(state), drm_dp_get_vc_payload_bw(rate, lanes))
#else
#define drm_dp_mst_payload_bw(state, rate, lanes)	\
	drm_dp_get_vc_payload_bw((state)->mgr, rate, lanes)
#endif

/**
 * drm_dp_mst_pbn_div_known - checks whether a topology's link bandwidth is set
 * @state: the topology's state
 *
 * Return: true after a driver stored the result of drm_dp_get_vc_payload_bw().
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
 * drm_dp_mst_pbn_div_trunc - gets the link bandwidth of one time slot
 * @state: the topology's state
 *
 * Exact for the link rates of DP 1.x, which are whole multiples of a PBN.
 *
 * Return: the bandwidth in PBN (54/64 MB/s), without the fraction.
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
 * Before 6.7 a payload that cannot be allocated gets no time slots and -1 as the first
 * slot.  Nothing else reports that its port is gone.
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
	/* The kernel uses the state only for a debug message in this case. */
	if (payload->vc_start_slot < 0)
		return -EIO;
	return drm_dp_add_payload_part2(mgr, NULL, payload);
}

#define drm_dp_add_payload_part2 ngv_dp_add_payload_part2
#endif

/**
 * drm_dp_mst_remove_payload_part1 - removes a payload from the branch devices
 * @mgr: the topology
 * @old_state: the topology's state before the commit
 * @mst_state: the topology's state after the commit
 * @payload: the payload of @mst_state to remove
 *
 * drm_dp_remove_payload_part1() of mainline 6.12, with the old state.  Before 6.7 one
 * call does both parts.  The driver must make it here: the branches must know of the
 * removal before the source sends its ACT, and a payload that the same commit adds
 * needs the free slots.
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

	/* A mode set may have changed the slots: free those that were allocated. */
	drm_dp_remove_payload(mgr, mst_state,
			      drm_atomic_get_mst_payload_state(old_state, payload->port),
			      payload);
	/* The kernel did nothing then, so drop the payload's reference here. */
	if (!allocated && payload->delete)
		drm_dp_mst_put_port_malloc(payload->port);
#endif
}

#ifndef HAVE_DRM_DP_REMOVE_PAYLOAD_PART2
/* Part 1 does everything. */
static inline void
drm_dp_remove_payload_part2(struct drm_dp_mst_topology_mgr *mgr,
			    struct drm_dp_mst_topology_state *mst_state,
			    const struct drm_dp_mst_atomic_payload *old_payload,
			    struct drm_dp_mst_atomic_payload *new_payload)
{
}
#endif

#endif
