// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does iommu_map() take GFP flags?
// Since: v6.3 1369459b2e21 ("iommu: Add a gfp parameter to iommu_map()")
#include <linux/iommu.h>

int probe(struct iommu_domain *domain, phys_addr_t phys);
int probe(struct iommu_domain *domain, phys_addr_t phys)
{
#ifndef NGV_OTHERWISE
	return iommu_map(domain, 0, phys, PAGE_SIZE, IOMMU_READ, GFP_KERNEL);
#else
	return iommu_map(domain, 0, phys, PAGE_SIZE, IOMMU_READ);
#endif
}
