// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can PCI devices be looked up by base class, pci_get_base_class()?
// Since: v6.7 d427da2323b0 ("PCI: Add pci_get_base_class() helper")
// Export: pci_get_base_class
// Absent: pci_get_base_class
#include <linux/pci.h>

struct pci_dev *probe(struct pci_dev *from);
struct pci_dev *probe(struct pci_dev *from)
{
	return pci_get_base_class(PCI_BASE_CLASS_DISPLAY, from);
}
