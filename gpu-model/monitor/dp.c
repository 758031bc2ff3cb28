// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A DisplayPort sink: its registers (DPCD) over the AUX channel, the training of the
 * link, and EDID by I2C in AUX messages.
 *
 *	0x000..		what it can: revision 1.2, 2.7 Gbit/s a lane, four lanes
 *	0x100, 0x101	rate (in 270 Mbit/s) and lanes that the source says it uses
 *	0x102		1:0 the pattern that the source says it sends
 *	0x103..		how it drives the lanes
 *	0x202, 0x203	for each lane: locked to the clock (0), equalized (1, 2)
 *	0x204		0: all lanes aligned
 *	0x600		1: on, 2: off
 *
 * Training believes no register but what the source sends: a lane locks on to pattern 1
 * only, and equalizes on pattern 2 or 3, at the rate and on the lanes that both sides
 * agree about. What was locked stays so while source and sink change to another pattern.
 * On a bad cable too many lanes do not lock, and too high a rate does not equalize.
 *
 * Known from: VESA's DisplayPort standard 1.2, sections 2.7, 2.9 and 3.5.1;
 * include/drm/display/drm_dp.h.
 */
#include <string.h>

#include "monitor.h"

#define RATE_MOST 0x0a
#define LANES_MOST 4

/* What a bad cable carries: 1.62 Gbit/s, on two lanes. */
#define WEAK_RATE 0x06
#define WEAK_LANES 2

#define SET_RATE 0x100
#define SET_LANES 0x101
#define SET_PATTERN 0x102
#define STATUS 0x202
#define STATUS_LAST 0x207
#define SET_POWER 0x600

#define EDID_ADDRESS 0x50

void dp_init(struct monitor *monitor)
{
	memset(monitor->dpcd, 0, sizeof(monitor->dpcd));
	monitor->dpcd[0x000] = 0x12;
	monitor->dpcd[0x001] = RATE_MOST;
	monitor->dpcd[0x002] = LANES_MOST | 0x80;	/* 7: enhanced framing */
	monitor->dpcd[0x200] = 1;			/* one sink */
	monitor->dpcd[SET_POWER] = 1;
	monitor->weak = false;
	monitor->locked = false;
	monitor->aligned = false;
}

static unsigned int lanes(const struct monitor *monitor)
{
	return monitor->dpcd[SET_LANES] & 0x1f;
}

void monitor_weaken(struct monitor *monitor)
{
	monitor->weak = true;
	monitor->locked = false;
	monitor->aligned = false;
}

bool monitor_trained(const struct monitor *monitor)
{
	return monitor->locked && monitor->aligned;
}

/* What the sink makes of what comes in. */
static void train(struct monitor *monitor, const struct dp_signal *signal)
{
	unsigned int pattern = monitor->dpcd[SET_PATTERN] & 3;
	bool agreed = signal->rate == monitor->dpcd[SET_RATE] && signal->lanes == lanes(monitor) &&
		      signal->rate <= RATE_MOST && signal->lanes && signal->lanes <= LANES_MOST;

	if (!pattern)
		return;
	if (!agreed) {
		monitor->locked = false;
		monitor->aligned = false;
	} else if (signal->pattern == pattern && pattern == 1) {
		monitor->locked = !monitor->weak || signal->lanes <= WEAK_LANES;
		monitor->aligned = false;
	} else if (signal->pattern == pattern) {
		monitor->aligned = monitor->locked && (!monitor->weak || signal->rate <= WEAK_RATE);
	}
}

static uint8_t status(const struct monitor *monitor, uint32_t addr)
{
	uint8_t lane = (uint8_t)((monitor->locked ? 1 : 0) | (monitor->aligned ? 6 : 0)), value = 0;
	unsigned int i;

	switch (addr) {
	case STATUS:
	case STATUS + 1:
		for (i = 0; i < 2; i++)
			if ((addr - STATUS) * 2 + i < lanes(monitor))
				value |= (uint8_t)(lane << i * 4);
		return value;
	case STATUS + 2:
		return monitor->aligned;
	}
	/* How the source should drive its lanes: as it does. */
	return 0;
}

static void write_register(struct monitor *monitor, uint32_t addr, uint8_t value)
{
	/* What it can and how it is are not written. */
	if (addr < SET_RATE || addr >= DPCD_SIZE || (addr >= STATUS && addr <= STATUS_LAST))
		return;
	monitor->dpcd[addr] = value;
	if (addr == SET_RATE || addr == SET_LANES || (addr == SET_POWER && value == 2)) {
		monitor->locked = false;
		monitor->aligned = false;
	}
}

static enum aux_reply transfer_native(struct monitor *monitor, bool read, uint32_t addr,
				      uint8_t *data, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++, addr++) {
		if (!read)
			write_register(monitor, addr, data[i]);
		else if (addr >= STATUS && addr <= STATUS_LAST)
			data[i] = status(monitor, addr);
		else
			data[i] = addr < DPCD_SIZE ? monitor->dpcd[addr] : 0;
	}
	return AUX_ACK;
}

static enum aux_reply transfer_i2c(struct monitor *monitor, bool read, uint32_t addr, uint8_t *data,
				   unsigned int size)
{
	unsigned int i;

	if ((addr & 0x7f) != EDID_ADDRESS)
		return AUX_I2C_NACK;
	for (i = 0; i < size; i++) {
		if (read)
			data[i] = monitor->edid[monitor->edid_at++];
		else
			monitor->edid_at = data[i];
	}
	return AUX_ACK;
}

enum aux_reply dp_transfer(struct monitor *monitor, unsigned int request, uint32_t addr,
			   uint8_t *data, unsigned int *size, const struct dp_signal *signal)
{
	bool read = request & 1;
	enum aux_reply reply;

	train(monitor, signal);
	switch (request & ~AUX_I2C_MORE) {
	case AUX_WRITE:
	case AUX_READ:
		reply = transfer_native(monitor, read, addr, data, *size);
		break;
	case AUX_I2C_WRITE:
	case AUX_I2C_READ:
		reply = transfer_i2c(monitor, read, addr, data, *size);
		break;
	default:
		reply = AUX_NACK;
	}
	if (reply != AUX_ACK)
		*size = 0;
	return reply;
}
