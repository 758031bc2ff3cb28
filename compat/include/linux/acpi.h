/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.12. */
#ifndef NGV_COMPAT_LINUX_ACPI_H
#define NGV_COMPAT_LINUX_ACPI_H

#include_next <linux/acpi.h>

#ifndef HAVE_ACPI_GET_LOCAL_U64_ADDRESS
/**
 * acpi_get_local_u64_address() - reads the address of a device on its bus
 * @handle: the device
 * @address: set to the value of its _ADR
 *
 * Process context.
 *
 * Return: 0, or -ENODATA if the device has no address.
 */
static inline int acpi_get_local_u64_address(acpi_handle handle, u64 *address)
{
#ifdef CONFIG_ACPI
	unsigned long long adr;

	if (ACPI_SUCCESS(acpi_evaluate_integer(handle, METHOD_NAME__ADR, NULL, &adr))) {
		*address = adr;
		return 0;
	}
#endif
	return -ENODATA;
}
#endif

#endif
