/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * What is soldered to the GPU: connectors, which pins they use, and what the VBIOS
 * says of them.
 */
#ifndef BOARD_H
#define BOARD_H

#include "../gpu.h"
#include "../monitor/monitor.h"

struct connector {
	const char *name;		/* as --monitors has it */
	enum monitor_link link;
	unsigned int port;		/* of I2C (DVI, HDMI) or AUX (DisplayPort) */
	unsigned int line;		/* of the GPIO that a plug closes */
	unsigned int or;		/* the output, counted from 0 */
};

static inline bool connector_is_dp(const struct connector *connector)
{
	return connector->link == MONITOR_DP;
}

#define BOARD_CONNECTORS 3

struct board {
	const char *name;
	struct connector connector[BOARD_CONNECTORS];
	unsigned int connectors;
	bool no_plls;			/* the VBIOS does not say what PLLs can do */
};

/* Values that the VBIOS's scripts for a mode set leave in a SOR (0x61c008, 0x61c00c). */
#define SCRIPT_STAGE_2 0x00000002u
#define SCRIPT_STAGE_3 0x03000000u

/* The monitor at a connector, plugged or not. */
struct monitor *board_monitor(struct gpu *gpu, unsigned int connector);
/* Plugs a monitor in or out. */
void board_plug(struct gpu *gpu, unsigned int connector, bool plugged);
bool display_fitted(const struct gpu *gpu);
/* Whether @list, names with commas between them, has @name. */
bool board_names(const char *list, const char *name);
/* What the output of a connector sends over DisplayPort. */
void output_signal(struct gpu *gpu, const struct connector *connector, struct dp_signal *signal);
/* Writes what the monitor of the first head that is on shows; false after one line. */
bool display_picture(struct gpu *gpu, const char *path);

#endif
