// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// text DIR/ <PREPROCESSED: prints what each file below DIR has contributed to a compiler's
// -E output, a line for each time a file was entered: a hash of its text, and its name.
// Two sources whose lines are the same give the compiler the same text.
//
// Blank lines do not count, nor the number in a name made with __COUNTER__.

#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 256
#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

struct entry {
	char name[512];
	uint64_t hash;
	bool wanted;
	bool text;
};

static struct entry stack[DEPTH];
static unsigned int top;
static const char *dir;

static void enter(const char *name)
{
	if (++top == DEPTH)
		errx(2, "%s is included too deep", name);
	stack[top] = (struct entry){
		.hash = FNV_START, .wanted = !strncmp(name, dir, strlen(dir)),
	};
	snprintf(stack[top].name, sizeof(stack[top].name), "%s", name);
}

static void leave(void)
{
	if (stack[top].text)
		printf("%016" PRIx64 " %s\n", stack[top].hash, stack[top].name);
	top--;
}

static void add(struct entry *e, char c)
{
	e->hash = (e->hash ^ (unsigned char)c) * FNV_PRIME;
}

// The length of a name that ends with a number of __COUNTER__, without that number
static size_t counted(const char *at, size_t length)
{
	static const char * const made[] = { "__UNIQUE_ID", "__compiletime_assert_" };
	size_t i, n;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		n = strlen(made[i]);
		if (length < n || strncmp(at, made[i], n))
			continue;
		while (length > n && isdigit((unsigned char)at[length - 1]))
			length--;
	}
	return length;
}

static void text(const char *line)
{
	struct entry *e = &stack[top];
	size_t n, kept, i;

	if (!e->wanted)
		return;
	while (isspace((unsigned char)*line))
		line++;
	if (!*line)
		return;
	e->text = true;
	while (*line) {
		n = 0;
		while (isalnum((unsigned char)line[n]) || line[n] == '_')
			n++;
		kept = n ? counted(line, n) : 1;
		for (i = 0; i < kept; i++)
			add(e, line[i]);
		line += n ? n : 1;
	}
}

int main(int argc, char **argv)
{
	char *line = NULL, *from, *to;
	size_t size = 0;

	if (argc != 2)
		errx(2, "usage: text DIR/ <PREPROCESSED");
	dir = argv[1];
	while (getline(&line, &size, stdin) > 0) {
		if (line[0] != '#' || line[1] != ' ' || !isdigit((unsigned char)line[2])) {
			text(line);
			continue;
		}
		from = strchr(line, '"');
		to = from ? strrchr(line, '"') : NULL;
		if (!from || to == from)
			errx(2, "cannot read: %s", line);
		*to++ = '\0';
		if (!top || !strncmp(to, " 1", 2))
			enter(from + 1);
		else if (!strncmp(to, " 2", 2))
			leave();
	}
	free(line);
	if (ferror(stdin) || !top)
		errx(2, "nothing to read");
	while (top)
		leave();
	return 0;
}
