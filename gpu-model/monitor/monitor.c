// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A monitor as a whole.
 */
#include <string.h>

#include "monitor.h"

static void restart(struct monitor *monitor)
{
	monitor->edid_at = 0;
	monitor->ddc = (struct ddc){ .scl = true, .sda = true };
	if (monitor->link == MONITOR_DP)
		dp_init(monitor);
}

void monitor_init(struct monitor *monitor, enum monitor_link link)
{
	memset(monitor, 0, sizeof(*monitor));
	monitor->link = link;
	edid_make(monitor);
	restart(monitor);
}

void monitor_plug(struct monitor *monitor, bool plugged)
{
	if (monitor->plugged == plugged)
		return;
	monitor->plugged = plugged;
	restart(monitor);
}
