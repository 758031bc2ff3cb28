// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * GETPARAM, compared with what else tells the same.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "vmbind-test.h"

static void unknown(void)
{
	int fd = device_open();
	uint64_t value;

	want(try_param(fd, 0, &value), -EINVAL);
	want(try_param(fd, 2, &value), -EINVAL);
	want(try_param(fd, 99999, &value), -EINVAL);
	want(try_param(fd, ~0ull, &value), -EINVAL);
	want(try_param(fd, 1ull << 32 | NV_PARAM_CHIPSET_ID, &value), -EINVAL);
}

static void exec_push_max(void)
{
	uint64_t max = device_param(device_open(), NV_PARAM_EXEC_PUSH_MAX);

	/* A ring of 1023 entries; half of it, less one for the fence. */
	fail_if(max != 510, "EXEC_PUSH_MAX is %llu, expected 510", (unsigned long long)max);
}

static unsigned int sysfs_hex(const char *file)
{
	char path[200];
	unsigned int value;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dev.sysfs, file);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%x", &value) != 1)
		skip("%s cannot be read", path);
	fclose(f);
	return value;
}

static void pci_ids(void)
{
	int fd = device_open();
	uint64_t vendor = device_param(fd, NV_PARAM_PCI_VENDOR);
	uint64_t id = device_param(fd, NV_PARAM_PCI_DEVICE);
	uint64_t bus = device_param(fd, NV_PARAM_BUS_TYPE);

	fail_if(bus > 3, "BUS_TYPE is %llu, expected 0 to 3", (unsigned long long)bus);
	if (bus == 3) {
		fail_if(vendor || id, "a GPU that is not on PCI has PCI ids");
		return;
	}
	fail_if(vendor != sysfs_hex("vendor") || id != sysfs_hex("device"),
		"PCI ids are %llx:%llx, in sysfs %x:%x", (unsigned long long)vendor,
		(unsigned long long)id, sysfs_hex("vendor"), sysfs_hex("device"));
}

static void bar_size(void)
{
	int fd = device_open();
	uint64_t size = device_param(fd, NV_PARAM_VRAM_BAR_SIZE);
	unsigned long long first, last;
	char path[200];
	FILE *f;

	if (device_param(fd, NV_PARAM_BUS_TYPE) == 3)
		skip("this GPU is not on PCI");
	snprintf(path, sizeof(path), "%s/resource", dev.sysfs);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*x %*x %*x %llx %llx %*x", &first, &last) != 2)
		skip("%s cannot be read", path);
	fclose(f);
	fail_if(size != last - first + 1,
		"VRAM_BAR_SIZE is 0x%llx, BAR 1 has 0x%llx",
		(unsigned long long)size, last - first + 1);
}

static void vram_used(void)
{
	int fd = client_open();
	uint64_t before = device_param(fd, NV_PARAM_VRAM_USED);
	struct bo bo = bo_new(fd, 4 * MIB, NV_VRAM);
	uint64_t with = device_param(fd, NV_PARAM_VRAM_USED);
	uint64_t size = device_param(fd, NV_PARAM_FB_SIZE);
	uint64_t until = now_ms() + 5000;

	fail_if(with > size + 64 * MIB,
		"VRAM_USED is 0x%llx of 0x%llx",
		(unsigned long long)with, (unsigned long long)size);
	/* Others use the GPU, too; they seldom give memory back right now. */
	fail_if(with < before + 4 * MIB,
		"4 MiB were allocated, and VRAM_USED went from 0x%llx to 0x%llx",
		(unsigned long long)before, (unsigned long long)with);
	bo_close(&bo);
	while (device_param(fd, NV_PARAM_VRAM_USED) >= with) {
		fail_if(now_ms() > until,
			"4 MiB were freed, and VRAM_USED stays at 0x%llx",
			(unsigned long long)with);
		sleep_ms(20);
	}
}

static void chipset(void)
{
	uint64_t value = device_param(device_open(), NV_PARAM_CHIPSET_ID);

	fail_if(value != dev.chipset,
		"CHIPSET_ID is 0x%llx, NVIF says 0x%x", (unsigned long long)value, dev.chipset);
}

static void timer(void)
{
	int fd = device_open();
	uint64_t gpu = device_param(fd, NV_PARAM_PTIMER_TIME);
	uint64_t cpu = now_ms();
	uint64_t gpu_ms, cpu_ms;

	sleep_ms(300);
	gpu_ms = (device_param(fd, NV_PARAM_PTIMER_TIME) - gpu) / 1000000;
	cpu_ms = now_ms() - cpu;
	/* A CPU that is taken away between two readings is no fault. */
	fail_if(gpu_ms < 150 || gpu_ms > cpu_ms + 5000,
		"the GPU's clock went %llu ms in %llu ms",
		(unsigned long long)gpu_ms, (unsigned long long)cpu_ms);
}

static void yes(void)
{
	static const uint64_t params[] = {
		NV_PARAM_HAS_BO_USAGE, NV_PARAM_HAS_PAGEFLIP, NV_PARAM_HAS_VMA_TILEMODE,
	};
	int fd = device_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		fail_if(device_param(fd, params[i]) != 1,
			"parameter %u is not 1", (unsigned int)params[i]);
	}
}

static void sizes(void)
{
	int fd = device_open();
	uint64_t vram = device_param(fd, NV_PARAM_FB_SIZE);
	uint64_t gart = device_param(fd, NV_PARAM_AGP_SIZE);

	device_param(fd, NV_PARAM_GRAPH_UNITS);
	fail_if(device_param(fd, NV_PARAM_VM_VRAM_BASE), "VM_VRAM_BASE is not 0");
	fail_if(!gart, "AGP_SIZE, the GART's, is 0");
	fail_if(device_param(fd, NV_PARAM_BUS_TYPE) != 3 && vram < 16 * MIB,
		"FB_SIZE is 0x%llx", (unsigned long long)vram);
}

const struct test tests_param[] = {
	{ "getparam/unknown", "asks for parameters that there are not", unknown },
	{ "getparam/exec-push-max", "asks how many pushes an EXEC may have", exec_push_max },
	{ "getparam/pci", "compares the PCI ids with sysfs", pci_ids },
	{ "getparam/vram-bar-size", "compares the size of BAR 1 with sysfs", bar_size },
	{ "getparam/vram-used", "allocates and frees 4 MiB of VRAM", vram_used },
	{ "getparam/chipset", "compares the chipset with NVIF's", chipset },
	{ "getparam/ptimer", "reads the GPU's clock twice", timer },
	{ "getparam/has", "asks for what every version has", yes },
	{ "getparam/sizes", "asks for the sizes of the memories", sizes },
	{ 0 }
};
