/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v6.3. */
#ifndef NGV_COMPAT_LINUX_IOMMU_H
#define NGV_COMPAT_LINUX_IOMMU_H

#include_next <linux/iommu.h>

#ifndef HAVE_IOMMU_MAP_GFP
/**
 * iommu_map() - maps memory in an IOMMU domain
 * @domain: the domain
 * @iova: address in the domain, a multiple of its page size, in bytes
 * @paddr: physical address
 * @size: in bytes
 * @prot: IOMMU_*
 * @gfp: for page tables; only tells whether the call may sleep
 *
 * Semantics: mainline 6.12.
 *
 * Return: 0 or an error.
 */
static inline int ngv_iommu_map(struct iommu_domain *domain, unsigned long iova,
				phys_addr_t paddr, size_t size, int prot, gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp))
		return iommu_map_atomic(domain, iova, paddr, size, prot);
	return iommu_map(domain, iova, paddr, size, prot);
}

#define iommu_map ngv_iommu_map
#endif

#ifndef HAVE_TEGRA_DEV_IOMMU_GET_STREAM_ID
/**
 * tegra_dev_iommu_get_stream_id() - gets the stream ID of a device behind an IOMMU
 * @dev: the device
 * @stream_id: set to the ID
 *
 * Any context.  Semantics: mainline 6.12.
 *
 * Return: true if @dev has exactly one ID, the low 16 bits of its specifier.
 */
static inline bool tegra_dev_iommu_get_stream_id(struct device *dev, u32 *stream_id)
{
	bool one = false;
#ifdef CONFIG_IOMMU_API
	struct iommu_fwspec *spec = dev_iommu_fwspec_get(dev);

	one = spec && spec->num_ids == 1;
	if (one)
		*stream_id = lower_16_bits(spec->ids[0]);
#endif
	return one;
}
#endif

#endif
