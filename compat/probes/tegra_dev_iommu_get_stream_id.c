// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a helper for the stream ID of a Tegra device?
// Since: v6.3 493c9b68d1d8 ("iommu/tegra: Add tegra_dev_iommu_get_stream_id() helper")
// Absent: tegra_dev_iommu_get_stream_id
#include <linux/iommu.h>

bool probe(struct device *dev, u32 *id);
bool probe(struct device *dev, u32 *id)
{
	return tegra_dev_iommu_get_stream_id(dev, id);
}
