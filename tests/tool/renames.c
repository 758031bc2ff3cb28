// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Renames a file back and forth until killed.  While any file of the system is renamed,
 * openat2() with RESOLVE_IN_ROOT may answer EAGAIN to a path with "..".
 */
#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	while (!rename(argv[1], argv[2]) && !rename(argv[2], argv[1]))
		;
	perror("renames");
	return 1;
}
