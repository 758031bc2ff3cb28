// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there <linux/unaligned.h>, for loads and stores of any alignment?
// Since: v6.12 5f60d5f6bbc1 ("move asm/unaligned.h to linux/unaligned.h")
#include <linux/unaligned.h>

u32 probe(const void *p);
u32 probe(const void *p)
{
	return get_unaligned_le32(p);
}
