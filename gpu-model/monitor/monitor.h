/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Monitors: what is at the other end of a cable. They know nothing of the GPU.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <stdbool.h>
#include <stdint.h>

enum monitor_link { MONITOR_DVI, MONITOR_HDMI, MONITOR_DP };

/* A mode as EDID describes it: pixels and lines. */
struct timing {
	uint32_t khz;
	uint16_t width, h_front, h_sync, h_blank;
	uint16_t height, v_front, v_sync, v_blank;
};

#define EDID_BLOCK 128
#define EDID_BLOCKS 2

/* The bus of two wires (I2C), as the monitor's side of it sees it. */
struct ddc {
	bool scl, sda;			/* as the GPU drives them */
	bool pull;			/* the monitor holds SDA down */
	enum { DDC_IDLE, DDC_ADDRESS, DDC_WRITE, DDC_READ } state;
	unsigned int bits;		/* of the byte at hand, the ninth is its acknowledge */
	uint8_t byte;
	bool refused;			/* the GPU wants no more bytes */
};

#define DPCD_SIZE 0x1000

/* What a DisplayPort source sends: how many lanes, which rate, which pattern. */
struct dp_signal {
	unsigned int lanes;
	unsigned int rate;		/* in 270 Mbit/s */
	unsigned int pattern;		/* 0: none, a picture */
};

struct monitor {
	enum monitor_link link;
	bool plugged;
	uint8_t edid[EDID_BLOCK * EDID_BLOCKS];
	uint8_t edid_at;		/* the byte that is read next */
	struct ddc ddc;
	uint8_t dpcd[DPCD_SIZE];
	bool locked, aligned;		/* how far the link's training came */
	bool weak;			/* the cable carries no more than WEAK_RATE and WEAK_LANES */
};

void monitor_init(struct monitor *monitor, enum monitor_link link);
/* A cable is plugged or pulled: what was in the middle of something begins anew. */
void monitor_plug(struct monitor *monitor, bool plugged);

/* --- edid.c ----------------------------------------------------------------- */

void edid_make(struct monitor *monitor);

/* --- ddc.c ------------------------------------------------------------------ */

/* The GPU drives the wires; true: lets go, and they are up unless somebody pulls. */
void ddc_drive(struct monitor *monitor, bool scl, bool sda);
/* Whether SDA is up. */
bool ddc_sda(const struct monitor *monitor);

/* --- dp.c ------------------------------------------------------------------- */

/* Requests and replies as the AUX channel has them on its wire. */
enum aux_request {
	AUX_I2C_WRITE = 0x0,
	AUX_I2C_READ = 0x1,
	AUX_I2C_MORE = 0x4,		/* the transfer goes on after this */
	AUX_WRITE = 0x8,
	AUX_READ = 0x9,
};

enum aux_reply { AUX_ACK = 0, AUX_NACK = 1, AUX_I2C_NACK = 4 };

void dp_init(struct monitor *monitor);
/* @size is up to 16, and what was read of it when this returns. */
enum aux_reply dp_transfer(struct monitor *monitor, unsigned int request, uint32_t addr,
			   uint8_t *data, unsigned int *size, const struct dp_signal *signal);
/* From now on, and until it is plugged anew, the cable is a bad one. */
void monitor_weaken(struct monitor *monitor);
/* Whether the link carries a picture. */
bool monitor_trained(const struct monitor *monitor);

#endif
