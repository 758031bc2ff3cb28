// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Config space as a kernel finds its way through it.
 */
#include "../tap.h"
#include "double.h"
#include "transport/pci.h"

static struct gpu *gpu;

static void begin(void)
{
	gpu = gpu_new(NULL);
	pci_init(&double_info, gpu);
}

static void end(void)
{
	pci_fini();
	gpu_free(gpu);
}

static void case_identity(void)
{
	begin();
	check_eq(pci_config_read(0x00, 4), 0x123410de);
	check_eq(pci_config_read(0x08, 4), 0x030200a1);
	check_eq(pci_config_read(0x0e, 1), 0);
	check_eq(pci_config_read(0x3d, 1), 1);
	/* None of it can be written. */
	pci_config_write(0x00, 4, 0);
	pci_config_write(0x08, 4, 0);
	check_eq(pci_config_read(0x00, 4), 0x123410de);
	check_eq(pci_config_read(0x08, 4), 0x030200a1);
	/* Nor is there a ROM. */
	pci_config_write(0x30, 4, ~0u);
	check_eq(pci_config_read(0x30, 4), 0);
}

/* Writes ones to a BAR; what stays zero is its size. */
static uint64_t bar_size(unsigned int offset, unsigned int words, uint32_t type)
{
	uint64_t mask = 0;
	unsigned int i;

	for (i = 0; i < words; i++)
		pci_config_write(offset + 4 * i, 4, ~0u);
	for (i = 0; i < words; i++)
		mask |= (uint64_t)pci_config_read(offset + 4 * i, 4) << (32 * i);
	check_eq(mask & 0xf, type);
	mask &= ~0xfull;
	return words == 2 ? -mask : (uint32_t)-mask;
}

static void case_bars(void)
{
	begin();
	check_eq(bar_size(0x10, 1, 0x0), 16 << 20);
	check_eq(bar_size(0x14, 2, 0xc), double_info.bar1_size);
	check_eq(bar_size(0x1c, 2, 0xc), double_info.bar3_size);
	check_eq(bar_size(0x24, 1, 0), 0);
	pci_config_write(0x10, 4, 0xfd123456);
	check_eq(pci_config_read(0x10, 4), 0xfd000000);
	pci_config_write(0x18, 4, 0x7f);
	pci_config_write(0x14, 4, 0xe0000000);
	check_eq(pci_config_read(0x14, 4), 0xe000000c);
	check_eq(pci_config_read(0x18, 4), 0x7f);
}

static void case_capabilities(void)
{
	unsigned int at;

	begin();
	check_eq(pci_config_read(0x06, 2) & 0x10, 0x10);
	at = pci_config_read(0x34, 1);
	check_eq(at, 0x68);
	check_eq(pci_config_read(at, 1), 5);
	check_eq(pci_config_read(at + 1, 1), 0);
	check_eq(pci_config_read(at + 2, 2), 0x80);
	check(!pci_msi_enabled());
	pci_config_write(at + 4, 4, 0xfee00000);
	pci_config_write(at + 8, 4, 1);
	pci_config_write(at + 12, 2, 0x4021);
	pci_config_write(at + 2, 2, 0x81);
	check(pci_msi_enabled());
	check_eq(pci_config_read(at + 4, 4), 0xfee00000);
	check_eq(pci_config_read(at + 8, 4), 1);
	check_eq(pci_config_read(at + 12, 2), 0x4021);
	/* What nouveau does to rearm it. */
	pci_config_write(at, 1, 0xff);
	check_eq(pci_config_read(at, 1), 5);
}

static void case_command(void)
{
	begin();
	check(!pci_bus_master());
	pci_config_write(0x04, 2, 0xffff);
	check_eq(pci_config_read(0x04, 2), 0x547);
	check(pci_bus_master());
	pci_config_write(0x3c, 1, 11);
	check_eq(pci_config_read(0x3c, 1), 11);
	pci_reset();
	check_eq(pci_config_read(0x04, 2), 0);
	check_eq(pci_config_read(0x3c, 1), 0);
	check_eq(pci_config_read(0x00, 4), 0x123410de);
	check(!pci_bus_master());
}

static void case_edges(void)
{
	begin();
	check_eq(pci_config_read(0xfc, 4), 0);
	check_eq(pci_config_read(0xfd, 4), ~0u);
	check_eq(pci_config_read(0x100, 1), ~0u);
	check_eq(pci_config_read(~0u, 1), ~0u);
	check_eq(pci_config_read(0, 8), ~0u);
	pci_config_write(0xfe, 4, ~0u);
	pci_config_write(~0u, 4, ~0u);
	check_eq(pci_config_read(0xfc, 4), 0);
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{ "identity", case_identity, end },
		{ "bars", case_bars, end },
		{ "capabilities", case_capabilities, end },
		{ "command", case_command, end },
		{ "edges", case_edges, end },
	};

	return tap_main(argc, argv, cases, COUNT(cases));
}
