// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Is the kernel's language C11?
// Since: v5.18 ("Kbuild: move to -std=gnu11")
int probe(void);
int probe(void)
{
	for (int i = 0;;)
		return i;
}
