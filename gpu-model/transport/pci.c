// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The GPU as a PCI function: config space, BARs, interrupts.
 *
 * What NVIDIA's cards have: BAR0 with 16 MiB of registers, BAR1 and BAR3 64 bits
 * wide and prefetchable, the message signalled interrupts' capability at 0x68
 * (nouveau writes there through BAR0 to rearm it: nvkm/subdev/pci). There is no
 * PCI Express capability, so that the driver leaves link speeds alone, no
 * expansion ROM (the firmware image is read through BAR0) and no I/O BAR.
 *
 * Interrupts as VFIO has them: an eventfd is written for each message, or for a
 * line that goes up; such a line is masked by the device until the client has
 * seen it and says so, which is when it is looked at anew.
 */
#include <string.h>
#include <unistd.h>

#include "pci.h"

#define CONFIG_SIZE 256
#define VENDOR_NVIDIA 0x10de
#define CLASS_3D 0x030200

#define COMMAND 0x04
#define COMMAND_MASK 0x0547	/* I/O, memory, master, parity, SERR, INTx off */
#define COMMAND_MASTER 0x0004
#define COMMAND_INTX_OFF 0x0400
#define STATUS 0x06
#define STATUS_INTX 0x08
#define STATUS_CAPS 0x10
#define BAR(n) (0x10 + 4 * (n))
#define CAPS 0x34
#define INTERRUPT_LINE 0x3c
#define INTERRUPT_PIN 0x3d
#define MSI 0x68
#define MSI_CONTROL (MSI + 2)
#define MSI_ENABLE 0x0001
#define MSI_64BIT 0x0080
#define MSI_END (MSI + 14)

#define BAR_64BIT_PREFETCH 0xc

static struct pci {
	struct gpu *gpu;
	uint8_t config[CONFIG_SIZE];
	uint8_t writable[CONFIG_SIZE];	/* the bits that the guest sets */
	uint64_t bar_size[6];
	int eventfd[PCI_IRQS];
	bool line;			/* INTA's level */
	bool masked;
} pci;

static void put(unsigned int offset, unsigned int size, uint64_t value)
{
	memcpy(pci.config + offset, &value, size);
}

static uint32_t get(unsigned int offset, unsigned int size)
{
	uint32_t value = 0;

	memcpy(&value, pci.config + offset, size);
	return value;
}

/* A BAR's address bits can be set, so that it tells its size. */
static void add_bar(unsigned int n, uint64_t size, unsigned int type)
{
	uint64_t mask = ~(size - 1);

	pci.bar_size[n] = size;
	put(BAR(n), 4, type);
	memcpy(pci.writable + BAR(n), &mask, type ? 8 : 4);
}

void pci_init(const struct gpu_chip_info *chip, struct gpu *gpu)
{
	uint16_t command = COMMAND_MASK;
	unsigned int i;

	memset(&pci, 0, sizeof(pci));
	pci.gpu = gpu;
	for (i = 0; i < PCI_IRQS; i++)
		pci.eventfd[i] = -1;

	put(0x00, 2, VENDOR_NVIDIA);
	put(0x02, 2, chip->device);
	put(STATUS, 2, STATUS_CAPS);
	put(0x08, 4, CLASS_3D << 8 | chip->revision);
	put(0x2c, 2, VENDOR_NVIDIA);
	put(0x2e, 2, chip->device);
	put(CAPS, 1, MSI);
	put(INTERRUPT_PIN, 1, 1);
	put(MSI, 2, 0x0005);
	put(MSI_CONTROL, 2, MSI_64BIT);
	add_bar(0, 16 << 20, 0);
	add_bar(1, chip->bar1_size, BAR_64BIT_PREFETCH);
	add_bar(3, chip->bar3_size, BAR_64BIT_PREFETCH);

	memcpy(pci.writable + COMMAND, &command, 2);
	pci.writable[INTERRUPT_LINE] = 0xff;
	pci.writable[MSI_CONTROL] = MSI_ENABLE | 0x70;
	memset(pci.writable + MSI + 4, 0xff, MSI_END - (MSI + 4));
}

void pci_fini(void)
{
	unsigned int i;

	for (i = 0; i < PCI_IRQS; i++)
		pci_irq_signal_by(i, -1);
}

void pci_reset(void)
{
	unsigned int i;

	for (i = 0; i < CONFIG_SIZE; i++)
		pci.config[i] &= (uint8_t)~pci.writable[i];
	pci.line = false;
	pci.masked = false;
}

/* --- interrupts ---------------------------------------------------------- */

static void signal_event(unsigned int kind)
{
	uint64_t one = 1;

	/* A full counter has been signalled already. */
	if (pci.eventfd[kind] >= 0 && write(pci.eventfd[kind], &one, sizeof(one)) < 0)
		return;
}

static void look_at_line(void)
{
	if (!pci.line || pci.masked || pci_msi_enabled() || get(COMMAND, 2) & COMMAND_INTX_OFF ||
	    pci.eventfd[PCI_IRQ_INTX] < 0)
		return;
	pci.masked = true;
	signal_event(PCI_IRQ_INTX);
}

unsigned int pci_irqs(unsigned int kind)
{
	return kind == PCI_IRQ_INTX || kind == PCI_IRQ_MSI;
}

void pci_irq_signal_by(unsigned int kind, int fd)
{
	if (pci.eventfd[kind] >= 0)
		close(pci.eventfd[kind]);
	pci.eventfd[kind] = fd;
	if (kind == PCI_IRQ_INTX) {
		pci.masked = false;
		look_at_line();
	}
}

void pci_irq_trigger(unsigned int kind)
{
	signal_event(kind);
}

void pci_irq_mask(bool masked)
{
	pci.masked = masked;
	look_at_line();
}

bool pci_msi_enabled(void)
{
	return get(MSI_CONTROL, 2) & MSI_ENABLE;
}

/* A message is a write to memory: it takes the right to be bus master. */
void pci_msi_send(void)
{
	if (pci_msi_enabled() && pci_bus_master())
		signal_event(PCI_IRQ_MSI);
}

void pci_intx_set(bool asserted)
{
	pci.line = asserted;
	look_at_line();
}

bool pci_bus_master(void)
{
	return get(COMMAND, 2) & COMMAND_MASTER;
}

/* --- config space -------------------------------------------------------- */

uint32_t pci_config_read(unsigned int offset, unsigned int size)
{
	if (offset >= CONFIG_SIZE || size > 4 || size > CONFIG_SIZE - offset)
		return ~0u;
	put(STATUS, 1, STATUS_CAPS | (pci.line ? STATUS_INTX : 0));
	return get(offset, size);
}

void pci_config_write(unsigned int offset, unsigned int size, uint32_t value)
{
	unsigned int i;

	if (offset >= CONFIG_SIZE || size > 4 || size > CONFIG_SIZE - offset)
		return;
	for (i = offset; i < offset + size; i++, value >>= 8)
		pci.config[i] = (uint8_t)((pci.config[i] & ~pci.writable[i]) |
					  (value & pci.writable[i]));
	/* It may have been unmasked, or MSI switched off. */
	look_at_line();
}

/* --- regions ------------------------------------------------------------- */

uint64_t pci_region_size(unsigned int region)
{
	if (region == PCI_CONFIG)
		return CONFIG_SIZE;
	return region < 6 ? pci.bar_size[region] : 0;
}

/* The largest access that is aligned, as PCI carries it out. */
static unsigned int piece(uint64_t offset, size_t len, unsigned int most)
{
	unsigned int size = most;

	while (size > len || offset % size)
		size /= 2;
	return size;
}

void pci_region_read(unsigned int region, uint64_t offset, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len) {
		unsigned int size = piece(offset, len, region == PCI_CONFIG ? 4 : 8);
		uint64_t value;

		if (region == PCI_CONFIG)
			value = pci_config_read((unsigned int)offset, size);
		else
			value = gpu_read(pci.gpu, (enum gpu_bar)region, offset, size);
		memcpy(to, &value, size);
		offset += size;
		to += size;
		len -= size;
	}
}

void pci_region_write(unsigned int region, uint64_t offset, const void *buf, size_t len)
{
	const uint8_t *from = buf;

	while (len) {
		unsigned int size = piece(offset, len, region == PCI_CONFIG ? 4 : 8);
		uint64_t value = 0;

		memcpy(&value, from, size);
		if (region == PCI_CONFIG)
			pci_config_write((unsigned int)offset, size, (uint32_t)value);
		else
			gpu_write(pci.gpu, (enum gpu_bar)region, offset, size, value);
		offset += size;
		from += size;
		len -= size;
	}
}
