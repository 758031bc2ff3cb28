// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is there a conversion from microseconds, us_to_ktime()?
// Since: v7.2 or before
// Absent: us_to_ktime
#include <linux/ktime.h>

ktime_t probe(u64 us);
ktime_t probe(u64 us)
{
	return us_to_ktime(us);
}
