// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The pins that lead to connectors: GPIO, I2C and AUX, and plugs as interrupts.
 *
 *	0x00d014 + 0x20 p	I2C of port p: 0 SCL and 1 SDA let go; 4, 5 as they are
 *	0x00d610 + 4 n		GPIO line n: 13:12 how it is driven, 14 how it is
 *	0x00d604		0: the lines are driven as last written
 *	0x00dc00, 0x00dc80	lines 0 to 15 and 16 to 31: 15:0 rose, 31:16 fell;
 *				+8 which of it matters
 *	0x00dc60		AUX, four bits a port: plugged, unplugged, asks for
 *				attention, done; +8 which of it matters
 *	0x00e4c0 + 0x50 p	AUX of port p (second Maxwell and up: 0x00d930): 0 to 0xf
 *				data to the sink, 0x10 to 0x1f from it, 0x20 the address
 *	+0x24			7:0 bytes but one, 8 none, 15:12 the request, 16 go, 21:20
 *				who wants the port, 25:24 who has it, 31 reset
 *	+0x28			4:0 bytes that came, 8 nobody answered, 19:16 the reply,
 *				28 there is a sink
 *
 * A transfer on AUX is done at once. Between two writes the driver may look as often
 * as it likes at I2C's wires: they are where the last write put them.
 *
 * Known from: nouveau gpio/gf119.c, gpio/gk104.c, i2c (auxg94.c, auxgm200.c, busgf119.c,
 * gk104.c, padg94.c, padgm200.c); envytools rnndb/io.
 */
#include <string.h>

#include "board.h"

#define LINES 32
#define LINE_IS 0x4000u
#define PORTS 4
#define AUX_STRIDE 0x50

struct pins {
	struct monitor monitor[BOARD_CONNECTORS];
};

struct monitor *board_monitor(struct gpu *gpu, unsigned int connector)
{
	return &gpu->pins->monitor[connector];
}

static void update_intr(struct gpu *gpu)
{
	static const uint32_t at[] = { 0xdc00, 0xdc60, 0xdc80 };
	bool pending = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		pending |= *reg_at(gpu, at[i]) & *reg_at(gpu, at[i] + 8);
	intr_set(gpu, INTR_PINS, pending);
}

/* The connector whose I2C or AUX the port is; NULL: none. */
static const struct connector *connector_at(struct gpu *gpu, unsigned int port, bool aux,
					    struct monitor **monitor)
{
	unsigned int i;

	for (i = 0; i < gpu->board->connectors; i++) {
		const struct connector *connector = &gpu->board->connector[i];

		if (connector->port != port || connector_is_dp(connector) != aux)
			continue;
		*monitor = board_monitor(gpu, i);
		return connector;
	}
	return NULL;
}

/* --- GPIO --------------------------------------------------------------------- */

static uint32_t read_line(struct gpu *gpu, uint32_t addr)
{
	unsigned int line = (addr - 0xd610) / 4, i;
	uint32_t value = *reg_at(gpu, addr) & ~LINE_IS;

	for (i = 0; i < gpu->board->connectors; i++)
		if (gpu->board->connector[i].line == line && board_monitor(gpu, i)->plugged)
			value |= LINE_IS;
	return value;
}

static void line_changed(struct gpu *gpu, unsigned int line, bool up)
{
	uint32_t addr = line < 16 ? 0xdc00 : 0xdc80;

	*reg_at(gpu, addr) |= BIT((line & 15) + (up ? 0 : 16));
}

void board_plug(struct gpu *gpu, unsigned int connector, bool plugged)
{
	const struct connector *c = &gpu->board->connector[connector];
	struct monitor *monitor = board_monitor(gpu, connector);

	if (monitor->plugged == plugged)
		return;
	monitor_plug(monitor, plugged);
	line_changed(gpu, c->line, plugged);
	if (connector_is_dp(c))
		*reg_at(gpu, 0xdc60) |= (plugged ? 1u : 2u) << c->port * 4;
	update_intr(gpu);
}

/* --- I2C ---------------------------------------------------------------------- */

static uint32_t read_wires(struct gpu *gpu, uint32_t addr)
{
	uint32_t value = *reg_at(gpu, addr) & 7;
	struct monitor *monitor;

	value |= (value & 1) << 4;
	if (!connector_at(gpu, (addr - 0xd014) / 0x20, false, &monitor))
		return value | (value & 2) << 4;
	return value | (uint32_t)ddc_sda(monitor) << 5;
}

static void write_wires(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	struct monitor *monitor;

	*reg_at(gpu, addr) = value;
	if (connector_at(gpu, (addr - 0xd014) / 0x20, false, &monitor))
		ddc_drive(monitor, value & 1, value & 2);
}

/* --- AUX ---------------------------------------------------------------------- */

#define AUX_TO 0x00
#define AUX_FROM 0x10
#define AUX_ADDRESS 0x20
#define AUX_CONTROL 0x24
#define AUX_STATUS 0x28
#define AUX_GO BIT(16)
#define AUX_SINK BIT(28)
#define AUX_TIMEOUT BIT(8)

static uint32_t aux_first(uint32_t addr)
{
	return addr < 0xe000 ? 0xd930 : 0xe4c0;
}

static unsigned int aux_port(uint32_t addr)
{
	return (addr - aux_first(addr)) / AUX_STRIDE;
}

static uint32_t aux_reg(uint32_t addr)
{
	return (addr - aux_first(addr)) % AUX_STRIDE;
}

static void transfer(struct gpu *gpu, uint32_t base)
{
	uint32_t control = *reg_at(gpu, base + AUX_CONTROL);
	unsigned int size = control & 0x100 ? 0 : (control & 0xff) + 1;
	const struct connector *connector;
	uint8_t data[16] = { 0 };
	struct dp_signal signal;
	struct monitor *monitor;
	enum aux_reply reply;

	if (size > sizeof(data)) {
		report(gpu, "display: bad AUX transfer", "%u bytes", size);
		size = sizeof(data);
	}
	connector = connector_at(gpu, aux_port(base), true, &monitor);
	if (!connector || !monitor->plugged) {
		*reg_at(gpu, base + AUX_STATUS) = AUX_TIMEOUT;
		return;
	}
	memcpy(data, reg_at(gpu, base + AUX_TO), sizeof(data));
	output_signal(gpu, connector, &signal);
	reply = dp_transfer(monitor, control >> 12 & 0xf, *reg_at(gpu, base + AUX_ADDRESS), data, &size,
			    &signal);
	memcpy(reg_at(gpu, base + AUX_FROM), data, sizeof(data));
	*reg_at(gpu, base + AUX_STATUS) = (uint32_t)reply << 16 | size;
	trace_event(gpu, "aux", "port=%u request=%u addr=0x%x size=%u reply=%u data=%02x", aux_port(base),
		    control >> 12 & 0xf, *reg_at(gpu, base + AUX_ADDRESS), size, reply, data[0]);
}

static uint32_t read_aux(struct gpu *gpu, uint32_t addr)
{
	uint32_t value = *reg_at(gpu, addr);
	struct monitor *monitor;

	switch (aux_reg(addr)) {
	case AUX_CONTROL:
		/* Who asks for the port gets it. */
		return value | (value & 0x00300000) << 4;
	case AUX_STATUS:
		if (connector_at(gpu, aux_port(addr), true, &monitor) && monitor->plugged)
			value |= AUX_SINK;
		return value;
	}
	return value;
}

static void write_aux(struct gpu *gpu, uint32_t addr, uint32_t value)
{
	switch (aux_reg(addr)) {
	case AUX_CONTROL:
		*reg_at(gpu, addr) = value & ~(AUX_GO | BIT(31) | 0x03000000);
		if (value & AUX_GO)
			transfer(gpu, addr - AUX_CONTROL);
		break;
	case AUX_STATUS:
		break;
	default:
		*reg_at(gpu, addr) = value;
	}
}

/* --- registers ------------------------------------------------------------------ */

static void init(struct gpu *gpu)
{
	const char *plugged = gpu->config.monitors ? gpu->config.monitors : "dvi";
	unsigned int i;

	for (i = 0; i < gpu->board->connectors; i++) {
		const struct connector *connector = &gpu->board->connector[i];

		monitor_init(board_monitor(gpu, i), connector->link);
		monitor_plug(board_monitor(gpu, i), board_names(plugged, connector->name));
	}
}

static void fini(struct gpu *gpu)
{
	intr_set(gpu, INTR_PINS, false);
}

static const struct reg regs[] = {
	{ 0x00d014, PORTS, 0x20, .name = "I2C", .reset = 7, .read = read_wires, .write = write_wires },
	{ 0x00d604, .name = "GPIO_UPDATE" },
	{ 0x00d610, LINES, .name = "GPIO", .read = read_line },
	{ 0x00d740, LINES, .name = "GPIO_FUNCTION" },
	{ 0x00dc00, .name = "GPIO_INTR_0", .write = reg_write_intr },
	{ 0x00dc08, .name = "GPIO_INTR_EN_0", .write = reg_write_intr_en },
	{ 0x00dc60, .name = "AUX_INTR", .write = reg_write_intr },
	{ 0x00dc68, .name = "AUX_INTR_EN", .write = reg_write_intr_en },
	{ 0x00dc80, .name = "GPIO_INTR_1", .write = reg_write_intr },
	{ 0x00dc88, .name = "GPIO_INTR_EN_1", .write = reg_write_intr_en },
};

const struct block block_pins = {
	.name = "PINS",
	.known_from = "nouveau gpio/gf119.c, gpio/gk104.c, i2c/busgf119.c, i2c/gk104.c",
	.regs = regs,
	.count = ARRAY_SIZE(regs),
	BLOCK_STATE(pins),
	.fitted = display_fitted,
	.init = init,
	.fini = fini,
	.intr = update_intr,
};

static const struct reg regs_aux_gk104[] = {
	{ 0x00e4c0, PORTS * AUX_STRIDE / 4, .name = "AUX", .read = read_aux, .write = write_aux },
};

const struct block block_aux_gk104 = {
	.name = "AUX",
	.known_from = "nouveau i2c/auxg94.c, i2c/padg94.c",
	.regs = regs_aux_gk104,
	.count = ARRAY_SIZE(regs_aux_gk104),
	.fitted = display_fitted,
};

static const struct reg regs_aux_gm200[] = {
	{ 0x00d930, PORTS * AUX_STRIDE / 4, .name = "AUX", .read = read_aux, .write = write_aux },
};

const struct block block_aux_gm200 = {
	.name = "AUX",
	.known_from = "nouveau i2c/auxgm200.c, i2c/padgm200.c",
	.regs = regs_aux_gm200,
	.count = ARRAY_SIZE(regs_aux_gm200),
	.fitted = display_fitted,
};
