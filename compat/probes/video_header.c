// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there an <asm-generic/video.h>, with video_is_primary_device()?
// Since: v6.10
#include <asm-generic/video.h>

bool probe(struct device *dev);
bool probe(struct device *dev)
{
	return video_is_primary_device(dev);
}
