/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef PCI_H
#define PCI_H

#include "model.h"

/* As VFIO numbers a PCI device's regions and kinds of interrupts. */
enum pci_region { PCI_ROM = 6, PCI_CONFIG = 7, PCI_VGA = 8, PCI_REGIONS };
enum pci_irq { PCI_IRQ_INTX, PCI_IRQ_MSI, PCI_IRQ_MSIX, PCI_IRQ_ERR, PCI_IRQ_REQ, PCI_IRQS };

void pci_init(const struct gpu_chip_info *chip, struct gpu *gpu);
void pci_fini(void);
/* As after a bus reset. */
void pci_reset(void);

/* 0: the device has no such region. */
uint64_t pci_region_size(unsigned int region);
/* All of the access is inside of the region. */
void pci_region_read(unsigned int region, uint64_t offset, void *buf, size_t len);
void pci_region_write(unsigned int region, uint64_t offset, const void *buf, size_t len);

/* How many interrupts of a kind there are. */
unsigned int pci_irqs(unsigned int kind);
/* @fd is signalled for an interrupt and belongs to pci.c now; -1: none is. */
void pci_irq_signal_by(unsigned int kind, int fd);
/* The interrupt as if the device had raised it. */
void pci_irq_trigger(unsigned int kind);
/* INTx alone: a line that was signalled is masked until told otherwise. */
void pci_irq_mask(bool masked);

#endif
