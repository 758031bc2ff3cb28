// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Tests of the display helpers that nouveau uses, with the same results on all kernels:
// old kernels use compat, others their own helpers.  The functions below act as the
// DisplayPort sink, so no monitor is needed.

#include <drm/display/drm_dp_helper.h>
#include <drm/display/drm_dp_mst_helper.h>
#include <drm/drm_atomic.h>
#include <drm/drm_atomic_helper.h>
#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_edid.h>
#include <drm/drm_eld.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_plane.h>
#include <drm/drm_property.h>
#include <drm/drm_vblank.h>

#include "fixture.h"
#include "suites.h"

#define STREAMS 3

/* A monitor, with its payload before and after a commit */
struct stream {
	struct drm_dp_mst_port port;
	struct drm_connector connector;
	struct drm_dp_mst_atomic_payload old, new;
};

/* A source whose connector has one branch device */
struct topology {
	struct drm_dp_aux aux;
	struct drm_dp_mst_topology_mgr mgr;
	struct drm_dp_mst_branch branch;
	struct drm_dp_mst_topology_state old, new;
	struct stream stream[STREAMS];

	/* The branch device: the last request to it, and its properties */
	u8 told[3];
	unsigned int tellings;
	bool mst_capable;
	bool deaf;
};

static ssize_t branch_transfer(struct drm_dp_aux *aux, struct drm_dp_aux_msg *msg)
{
	struct topology *top = container_of(aux, struct topology, aux);
	u8 *byte = msg->buffer;

	msg->reply = DP_AUX_NATIVE_REPLY_ACK;
	if ((msg->request & ~DP_AUX_I2C_MOT) == DP_AUX_NATIVE_READ) {
		memset(msg->buffer, 0, msg->size);
		if (msg->address == DP_PAYLOAD_TABLE_UPDATE_STATUS)
			*byte = DP_PAYLOAD_TABLE_UPDATED;
		else if (msg->address == DP_MSTM_CAP && top->mst_capable)
			*byte = DP_MST_CAP;
		return msg->size;
	}
	if (msg->address == DP_PAYLOAD_ALLOCATE_SET) {
		if (top->deaf)
			return -EIO;
		if (msg->size == sizeof(top->told))
			memcpy(top->told, msg->buffer, msg->size);
		top->tellings++;
	}
	/* Sideband messages get no answer, as if the branch was just unplugged. */
	if (msg->address >= DP_SIDEBAND_MSG_DOWN_REQ_BASE &&
	    msg->address < DP_SIDEBAND_MSG_UP_REP_BASE)
		return -ENXIO;
	return msg->size;
}

static void no_work(struct work_struct *work)
{
}

static const struct drm_dp_mst_topology_cbs no_callbacks;

static struct topology *topology_new(struct ktap *t)
{
	static const u8 slots[STREAMS] = { 10, 20, 5 };
	struct fixture *fx = t->priv;
	struct topology *top = ktap_kzalloc(t, sizeof(*top));
	struct drm_dp_mst_topology_mgr *mgr = &top->mgr;
	int i;

	top->aux.name = "selftest";
	top->aux.dev = fx->drm->dev;
	top->aux.drm_dev = fx->drm;
	top->aux.transfer = branch_transfer;
	drm_dp_aux_init(&top->aux);

	mgr->dev = fx->drm;
	mgr->aux = &top->aux;
	mgr->cbs = &no_callbacks;
	mgr->max_dpcd_transaction_bytes = 16;
	mgr->mst_primary = &top->branch;
	mutex_init(&mgr->lock);
	mutex_init(&mgr->qlock);
	init_waitqueue_head(&mgr->tx_waitq);
	INIT_LIST_HEAD(&mgr->tx_msg_downq);
	INIT_WORK(&mgr->tx_work, no_work);

	top->branch.mgr = mgr;
	top->branch.lct = 1;
	kref_init(&top->branch.topology_kref);
	kref_init(&top->branch.malloc_kref);
	INIT_LIST_HEAD(&top->branch.ports);

	INIT_LIST_HEAD(&top->old.payloads);
	INIT_LIST_HEAD(&top->new.payloads);
	top->old.mgr = mgr;
	top->new.mgr = mgr;
	top->old.start_slot = 1;
	top->new.start_slot = 1;

	for (i = 0; i < STREAMS; i++) {
		struct stream *s = &top->stream[i];

		s->connector.name = "selftest";
		s->port.connector = &s->connector;
		s->port.mgr = mgr;
		s->port.parent = &top->branch;
		s->port.port_num = i + 1;
		kref_init(&s->port.topology_kref);
		kref_init(&s->port.malloc_kref);
		list_add_tail(&s->port.next, &top->branch.ports);

		s->new.port = &s->port;
		s->new.vcpi = i + 1;
		s->new.time_slots = slots[i];
		s->new.vc_start_slot = -1;
		s->old = s->new;
		list_add_tail(&s->old.next, &top->old.payloads);
		list_add_tail(&s->new.next, &top->new.payloads);
	}
	return top;
}

/* Waits for work that the helpers queued, before the topology is freed. */
static void topology_idle(struct topology *top)
{
	flush_work(&top->mgr.tx_work);
}

static void expect_told(struct ktap *t, struct topology *top, int id, int start,
			int slots)
{
	ktap_expect_eq(t, top->told[0], id);
	ktap_expect_eq(t, top->told[1], start);
	ktap_expect_eq(t, top->told[2], slots);
}

static void add_all(struct ktap *t, struct topology *top)
{
	int start = 1;
	int i;

	for (i = 0; i < STREAMS; i++) {
		struct stream *s = &top->stream[i];

		ktap_expect_eq(t, drm_dp_add_payload_part1(&top->mgr, &top->new, &s->new), 0);
		ktap_expect_eq(t, s->new.vc_start_slot, start);
		expect_told(t, top, i + 1, start, s->new.time_slots);
		s->old.vc_start_slot = start;
		start += s->new.time_slots;
	}
	ktap_expect_eq(t, top->mgr.next_start_slot, start);
}

static void mst_mode_set_of_one_stream(struct ktap *t)
{
	struct topology *top = topology_new(t);
	struct stream *s = top->stream;
	struct stream *changed = &s[1];

	add_all(t, top);

	/* The new state already has the slots of the new mode. */
	changed->new.time_slots = 7;
	drm_dp_mst_remove_payload_part1(&top->mgr, &top->old, &top->new, &changed->new);
	/* The branch must know before the ACT, which follows. */
	expect_told(t, top, 2, 11, 0);
	drm_dp_remove_payload_part2(&top->mgr, &top->new, &changed->old, &changed->new);

	ktap_expect_eq(t, s[0].new.vc_start_slot, 1);
	ktap_expect_eq(t, s[1].new.vc_start_slot, -1);
	ktap_expect_eq(t, s[2].new.vc_start_slot, 11);
	ktap_expect_eq(t, top->mgr.payload_count, STREAMS - 1);
	ktap_expect_eq(t, top->mgr.next_start_slot, 16);

	ktap_expect_eq(t, drm_dp_add_payload_part1(&top->mgr, &top->new, &changed->new), 0);
	expect_told(t, top, 2, 16, 7);
	ktap_expect_eq(t, top->mgr.next_start_slot, 23);
	topology_idle(top);
}

/* Gives up a payload that could not be allocated, and its port. */
static void give_up(struct ktap *t, struct topology *top, struct stream *s)
{
	unsigned int tellings = top->tellings;

	ktap_expect_eq(t, drm_dp_add_payload_part2(&top->mgr, &s->new), -EIO);

	drm_dp_mst_get_port_malloc(&s->port);
	s->old.vc_start_slot = s->new.vc_start_slot;
	s->new.delete = true;
	drm_dp_mst_remove_payload_part1(&top->mgr, &top->old, &top->new, &s->new);
	drm_dp_remove_payload_part2(&top->mgr, &top->new, &s->old, &s->new);

	ktap_expect_eq(t, top->tellings, tellings);
	ktap_expect_eq(t, s->new.vc_start_slot, -1);
	ktap_expect_eq(t, top->mgr.payload_count, 0);
	ktap_expect_eq(t, kref_read(&s->port.malloc_kref), 1);
	topology_idle(top);
}

static void mst_port_gone(struct ktap *t)
{
	struct topology *top = topology_new(t);
	struct stream *s = top->stream;

	top->mgr.mst_primary = NULL;
	ktap_expect_eq(t, drm_dp_add_payload_part1(&top->mgr, &top->new, &s->new), -EIO);
	ktap_expect_eq(t, top->tellings, 0);
	give_up(t, top, s);
}

static void mst_branch_deaf(struct ktap *t)
{
	struct topology *top = topology_new(t);
	struct stream *s = top->stream;

	top->deaf = true;
	ktap_expect_lt(t, drm_dp_add_payload_part1(&top->mgr, &top->new, &s->new), 0);
	top->deaf = false;
	give_up(t, top, s);
}

static void mst_last_stream_off(struct ktap *t)
{
	struct topology *top = topology_new(t);
	struct stream *s = &top->stream[2];

	add_all(t, top);
	drm_dp_mst_get_port_malloc(&s->port);
	s->new.delete = true;
	drm_dp_mst_remove_payload_part1(&top->mgr, &top->old, &top->new, &s->new);
	expect_told(t, top, 3, 31, 0);
	drm_dp_remove_payload_part2(&top->mgr, &top->new, &s->old, &s->new);
	ktap_expect_eq(t, top->mgr.next_start_slot, 31);
	ktap_expect_eq(t, kref_read(&s->port.malloc_kref), 1);
	topology_idle(top);
}

static void mst_capability(struct ktap *t)
{
	struct topology *top = topology_new(t);
	u8 dpcd[DP_RECEIVER_CAP_SIZE] = { [DP_DPCD_REV] = DP_DPCD_REV_12 };

	ktap_expect_eq(t, drm_dp_read_mst_cap(&top->aux, dpcd), DRM_DP_SST);
	top->mst_capable = true;
	ktap_expect_eq(t, drm_dp_read_mst_cap(&top->aux, dpcd), DRM_DP_MST);
	dpcd[DP_DPCD_REV] = DP_DPCD_REV_11;
	ktap_expect_eq(t, drm_dp_read_mst_cap(&top->aux, dpcd), DRM_DP_SST);
}

/* At each rate of DP 1.x, a slot of a lane has a whole number of PBN. */
static void mst_slot_bandwidth(struct ktap *t)
{
	static const struct { int khz, pbn; } rates[] = {
		{ 162000, 3 }, { 270000, 5 }, { 540000, 10 }, { 810000, 15 },
	};
	struct topology *top = topology_new(t);
	struct drm_dp_mst_topology_state *state = &top->new;
	int i, lanes;

	ktap_expect(t, !drm_dp_mst_pbn_div_known(state));
	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		for (lanes = 1; lanes <= 4; lanes *= 2) {
			state->pbn_div = drm_dp_mst_payload_bw(state, rates[i].khz, lanes);
			ktap_expect(t, drm_dp_mst_pbn_div_known(state));
			ktap_expect_eq(t, drm_dp_mst_pbn_div_trunc(state),
				       rates[i].pbn * lanes);
		}
	}
}

/* The margin for clock spread is 0.53 %, or 0.6 % in older kernels. */
static void mst_mode_bandwidth(struct ktap *t)
{
	static const struct { int khz, bpp_x16; } modes[] = {
		{ 25175, 18 << 4 }, { 148500, 24 << 4 }, { 241500, 30 << 4 },
		{ 594000, 24 << 4 }, { 594000, (12 << 4) + 8 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		u64 pbn = drm_dp_calc_pbn_mode(modes[i].khz, modes[i].bpp_x16);
		/* in kbit/s; a PBN is 54/64 MB/s */
		u64 kbps = (u64)modes[i].khz * modes[i].bpp_x16 / 16;
		u64 kbps_granted = pbn * 54 * 8 * 1000 / 64;

		ktap_expect_ge(t, kbps_granted * 10000, kbps * 10053);
		/* Half a bit per pixel may be rounded up. */
		if (modes[i].bpp_x16 % 16)
			kbps = kbps * 13 * 2 / 25;
		ktap_expect_le(t, kbps_granted - 54 * 8 * 1000 / 64, kbps * 10060 / 10000);
	}
}

static const struct drm_connector_funcs connector_funcs = {
	.destroy = drm_connector_cleanup,
};

enum audio { SILENT, BASIC_AUDIO, AUDIO_BLOCK };

/* Two EDID blocks: a display and its CTA extension of revision 3 */
static const struct edid *edid_with(struct ktap *t, enum audio audio)
{
	static const u8 header[] = { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0 };
	u8 *base = ktap_kzalloc(t, 2 * EDID_LENGTH);
	u8 *cta = base + EDID_LENGTH;
	int i;

	memcpy(base, header, sizeof(header));
	base[18] = 1;
	base[19] = 4;
	base[20] = DRM_EDID_INPUT_DIGITAL;
	base[126] = 1;
	cta[0] = 2;
	cta[1] = 3;
	cta[2] = 4;
	if (audio == BASIC_AUDIO)
		cta[3] = 1 << 6;
	if (audio == AUDIO_BLOCK) {
		/* 2 channel PCM, 48 kHz, 16 bits */
		static const u8 pcm[] = { 1 << 5 | 3, 1 << 3 | 1, 1 << 2, 1 << 0 };

		memcpy(cta + 4, pcm, sizeof(pcm));
		cta[2] += sizeof(pcm);
	}
	for (i = 0; i < EDID_LENGTH - 1; i++) {
		base[EDID_LENGTH - 1] -= base[i];
		cta[EDID_LENGTH - 1] -= cta[i];
	}
	return (const struct edid *)base;
}

static bool audio_of(struct drm_connector *connector, const struct edid *edid)
{
	drm_connector_update_edid_property(connector, edid);
	return drm_connector_has_audio(connector, edid);
}

static void connector_fini(void *connector)
{
	drm_connector_cleanup(connector);
}

static void audio_by_edid(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_connector *connector = ktap_kzalloc(t, sizeof(*connector));

	ktap_assert_eq(t, drmm_mode_config_init(fx->drm), 0);
	ktap_assert_eq(t, drm_connector_init(fx->drm, connector, &connector_funcs,
					     DRM_MODE_CONNECTOR_HDMIA), 0);
	ktap_defer(t, connector_fini, connector);

	ktap_expect(t, audio_of(connector, edid_with(t, BASIC_AUDIO)));
	ktap_expect(t, !audio_of(connector, edid_with(t, SILENT)));
	ktap_expect(t, audio_of(connector, edid_with(t, AUDIO_BLOCK)));
	ktap_expect(t, !audio_of(connector, NULL));
}

static void eld_size(struct ktap *t)
{
	u8 eld[128] = { [DRM_ELD_BASELINE_ELD_LEN] = 7 };

	ktap_expect_eq(t, drm_eld_size(eld), DRM_ELD_HEADER_BLOCK_SIZE + 7 * 4);
}

struct watched_plane {
	struct drm_plane base;
	struct drm_plane_state *cleaned;
	unsigned int cleanups;
};

static void watch_cleanup(struct drm_plane *plane, struct drm_plane_state *state)
{
	struct watched_plane *watched = container_of(plane, struct watched_plane, base);

	watched->cleaned = state;
	watched->cleanups++;
}

static const struct drm_plane_helper_funcs watched_funcs = {
	.cleanup_fb = watch_cleanup,
};

/* If a commit fails after its planes were prepared, the new state is cleaned up. */
static void planes_unprepared(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct watched_plane *plane = ktap_kzalloc(t, sizeof(*plane));
	struct drm_plane_state *states = ktap_kzalloc(t, 2 * sizeof(*states));
	struct drm_atomic_commit *commit = ktap_kzalloc(t, sizeof(*commit));
	struct __drm_planes_state *in_commit = ktap_kzalloc(t, sizeof(*in_commit));

	plane->base.dev = fx->drm;
	plane->base.helper_private = &watched_funcs;
	plane->base.state = &states[0];
	in_commit->ptr = &plane->base;
	in_commit->old_state = &states[0];
	in_commit->new_state = &states[1];
	commit->dev = fx->drm;
	commit->planes = in_commit;

	fx->drm->mode_config.num_total_plane = 1;
	drm_atomic_helper_unprepare_planes(fx->drm, commit);
	fx->drm->mode_config.num_total_plane = 0;

	ktap_expect_eq(t, plane->cleanups, 1);
	ktap_expect_ptr_eq(t, plane->cleaned, &states[1]);
}

static void tv_norms_of_the_driver(struct ktap *t)
{
	static const char *const norms[] = { "PAL", "hd720p" };
	struct fixture *fx = t->priv;
	struct drm_property *mode;
	struct drm_property_enum *norm;
	int i = 0;

	ktap_assert_eq(t, drmm_mode_config_init(fx->drm), 0);
	ktap_assert_eq(t, drm_mode_create_tv_properties_legacy(fx->drm, ARRAY_SIZE(norms),
							       norms), 0);
	mode = fx->drm->mode_config.legacy_tv_mode_property;
	ktap_assert_ptr(t, mode);
	list_for_each_entry(norm, &mode->enum_list, head) {
		ktap_assert(t, i < ARRAY_SIZE(norms));
		ktap_expect_eq(t, norm->value, i);
		ktap_expect_eq(t, strcmp(norm->name, norms[i]), 0);
		i++;
	}
	ktap_expect_eq(t, i, ARRAY_SIZE(norms));
}

static void vblank_of_crtc(struct ktap *t)
{
	struct fixture *fx = t->priv;
	struct drm_crtc *crtc = ktap_kzalloc(t, sizeof(*crtc));

	ktap_assert_eq(t, drm_vblank_init(fx->drm, 3), 0);
	crtc->dev = fx->drm;
	crtc->index = 2;
	ktap_assert_ptr(t, drm_crtc_vblank_crtc(crtc));
	ktap_expect_eq(t, drm_crtc_vblank_crtc(crtc)->pipe, 2);
}

static const struct ktap_case display_cases[] = {
	KTAP_CASE(mst_mode_set_of_one_stream),
	KTAP_CASE(mst_port_gone),
	KTAP_CASE(mst_branch_deaf),
	KTAP_CASE(mst_last_stream_off),
	KTAP_CASE(mst_capability),
	KTAP_CASE(mst_slot_bandwidth),
	KTAP_CASE(mst_mode_bandwidth),
	KTAP_CASE(audio_by_edid),
	KTAP_CASE(eld_size),
	KTAP_CASE(planes_unprepared),
	KTAP_CASE(tv_norms_of_the_driver),
	KTAP_CASE(vblank_of_crtc),
	{}
};

const struct ktap_suite compat_display_suite = {
	.name = "compat_display",
	.init = fixture_init,
	.cases = display_cases,
};
