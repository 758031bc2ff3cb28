// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: May strscpy() leave out the size when it copies to an array?
// Since: v6.9 e6584c3964f2 ("string: Allow 2-argument strscpy()")
#include <linux/string.h>

long probe(const char *src);
long probe(const char *src)
{
	char dst[8];

	return strscpy(dst, src);
}
