// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Can a device's ACPI address be read, acpi_get_local_u64_address()?
// Since: v6.12 or before
// Absent: acpi_get_local_u64_address
#include <linux/acpi.h>

int probe(acpi_handle handle, u64 *address);
int probe(acpi_handle handle, u64 *address)
{
	return acpi_get_local_u64_address(handle, address);
}
