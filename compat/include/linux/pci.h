/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.7, which has pci_get_base_class(). */
#ifndef NGV_COMPAT_LINUX_PCI_H
#define NGV_COMPAT_LINUX_PCI_H

#include_next <linux/pci.h>

#ifndef HAVE_PCI_GET_BASE_CLASS
/**
 * pci_get_base_class() - finds the next PCI device of a base class
 * @class: base class, PCI_BASE_CLASS_*
 * @from: device where the search starts, whose reference is dropped; NULL to start
 *
 * Process context.  Semantics: mainline 6.12.
 *
 * Return: a device with a reference for the caller, or NULL after the last device.
 */
static inline struct pci_dev *pci_get_base_class(unsigned int class, struct pci_dev *from)
{
	do {
		from = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, from);
	} while (from && from->class >> 16 != class);

	return from;
}
#endif

#endif
