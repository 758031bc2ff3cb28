// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a word for the member that says how long a flexible array is?
// Since: v6.6 c8248faf3ca2 ("Compiler Attributes: counted_by: Adjust name and identifier expansion")
#include <linux/types.h>

struct probe {
	unsigned int n;
	u8 tail[] __counted_by(n);
};
