// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Colours for a terminal, JSON for programs.
 */
#include <string.h>

#include "tool.h"

const char *shade(const struct options *o, enum shade s)
{
	static const char *const codes[] = {
		"\033[0m", "\033[32m", "\033[33m", "\033[31m", "\033[2m",
	};

	return o->color ? codes[s] : "";
}

/* --- JSON ------------------------------------------------------------------ */

static unsigned int depth;
static bool filled[16];

static void put(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void begin(FILE *to, const char *key)
{
	if (depth)
		fprintf(to, "%s\n%*s", filled[depth] ? "," : "", (int)depth * 2, "");
	filled[depth] = true;
	if (key) {
		put(to, key);
		fputs(": ", to);
	}
}

void json_open(FILE *to, const char *key, char bracket)
{
	begin(to, key);
	fputc(bracket, to);
	if (depth + 1 < ARRAY_SIZE(filled))
		depth++;
	filled[depth] = false;
}

void json_close(FILE *to, char bracket)
{
	bool empty = !filled[depth];

	depth--;
	if (!empty)
		fprintf(to, "\n%*s", (int)depth * 2, "");
	fputc(bracket, to);
	if (!depth)
		fputc('\n', to);
}

void json_string(FILE *to, const char *key, const char *value)
{
	begin(to, key);
	if (value && *value)
		put(to, value);
	else
		fputs("null", to);
}

void json_number(FILE *to, const char *key, long value)
{
	begin(to, key);
	fprintf(to, "%ld", value);
}

void json_bool(FILE *to, const char *key, bool value)
{
	begin(to, key);
	fputs(value ? "true" : "false", to);
}
