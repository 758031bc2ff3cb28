// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * DDC: EDID over two wires that everybody can only pull down (I2C).
 *
 * SDA changes while SCL is down; if it falls while SCL is up, a transfer starts, if it
 * rises, it ends. A byte has eight bits, taken when SCL rises, and a ninth with which
 * who got the byte acknowledges it by a pull. The first byte is the address and, in bit
 * 0, the direction. The monitor's memory is at 0x50: a byte that is written is the
 * place that is read next.
 *
 * Known from: NXP's I2C specification (UM10204); VESA's DDC standard (DDC2B).
 */
#include "monitor.h"

#define EDID_ADDRESS 0x50

static void start(struct ddc *ddc)
{
	ddc->state = DDC_ADDRESS;
	ddc->bits = 0;
	ddc->byte = 0;
	ddc->pull = false;
}

static void stop(struct ddc *ddc)
{
	ddc->state = DDC_IDLE;
	ddc->pull = false;
}

/* SCL is up: the bit on SDA counts. */
static void take(struct ddc *ddc)
{
	if (ddc->bits < 8 && ddc->state != DDC_READ)
		ddc->byte = (uint8_t)(ddc->byte << 1 | ddc->sda);
	else if (ddc->bits == 8 && ddc->state == DDC_READ)
		ddc->refused = ddc->sda;
	ddc->bits++;
}

/* A byte and its acknowledge are over. */
static void next_byte(struct monitor *monitor)
{
	struct ddc *ddc = &monitor->ddc;

	ddc->bits = 0;
	ddc->pull = false;
	switch (ddc->state) {
	case DDC_ADDRESS:
		ddc->state = ddc->byte & 1 ? DDC_READ : DDC_WRITE;
		break;
	case DDC_WRITE:
		monitor->edid_at = ddc->byte;
		break;
	case DDC_READ:
		monitor->edid_at++;
		if (ddc->refused)
			ddc->state = DDC_IDLE;
		break;
	case DDC_IDLE:
		break;
	}
	ddc->byte = 0;
}

/* SCL is down: the monitor may change what it does to SDA. */
static void drive(struct monitor *monitor)
{
	struct ddc *ddc = &monitor->ddc;

	if (ddc->bits == 9)
		next_byte(monitor);
	if (ddc->state == DDC_READ) {
		ddc->pull = ddc->bits < 8 && !(monitor->edid[monitor->edid_at] >> (7 - ddc->bits) & 1);
		return;
	}
	if (ddc->bits != 8)
		return;
	if (ddc->state == DDC_ADDRESS && ddc->byte >> 1 != EDID_ADDRESS)
		stop(ddc);
	else
		ddc->pull = ddc->state != DDC_IDLE;
}

void ddc_drive(struct monitor *monitor, bool scl, bool sda)
{
	struct ddc *ddc = &monitor->ddc;
	bool was_scl = ddc->scl, was_sda = ddc->sda;

	ddc->scl = scl;
	ddc->sda = sda;
	if (!monitor->plugged)
		return;
	if (was_scl && scl) {
		if (was_sda && !sda)
			start(ddc);
		else if (!was_sda && sda)
			stop(ddc);
	} else if (ddc->state != DDC_IDLE && scl != was_scl) {
		if (scl)
			take(ddc);
		else
			drive(monitor);
	}
}

bool ddc_sda(const struct monitor *monitor)
{
	return monitor->ddc.sda && !(monitor->plugged && monitor->ddc.pull);
}
