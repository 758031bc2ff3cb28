// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What every file needs: the end with an error, arrays that grow, lines of a file. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "vaspace.h"

void die(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "vaspace: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

void *grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 64;
	array = realloc(array, *room * size);
	if (!array)
		die("no memory for %zu entries", *room);
	return array;
}

FILE *open_input(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		die("cannot read %s: %s", path, strerror(errno));
	return file;
}

int read_line(FILE *file, const char *path, char **line, size_t *room, unsigned long *number)
{
	ssize_t len = getline(line, room, file);

	if (len < 0) {
		if (ferror(file))
			die("cannot read %s: %s", path, strerror(errno));
		return 0;
	}
	/* Whoever writes it may have been stopped in the middle of a line. */
	if ((*line)[len - 1] != '\n')
		return 0;
	(*line)[len - 1] = 0;
	++*number;
	if (strlen(*line) != (size_t)len - 1)
		die("%s:%lu: not text", path, *number);
	return 1;
}
