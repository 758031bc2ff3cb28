// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Colours for a terminal; JSON for programs, by json-c, which is printed when the
 * outermost bracket is closed.
 */
#include <json.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

const char *shade(const struct options *o, enum shade s)
{
	static const char *const codes[] = {
		"\033[0m", "\033[32m", "\033[33m", "\033[31m", "\033[2m",
	};

	return o->color ? codes[s] : "";
}

/* --- UTF-8 ----------------------------------------------------------------- */

/* The bytes of the character that @text begins with; 0: it is not UTF-8. */
static size_t character(const unsigned char *text)
{
	static const uint32_t first[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *text < 0x80 ? 1 : *text >> 5 == 6 ? 2 : *text >> 4 == 14 ? 3 :
		     *text >> 3 == 30 ? 4 : 0;
	uint32_t code;
	size_t i;

	if (len < 2)
		return len;
	code = *text & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (text[i] >> 6 != 2)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	return code < first[len] || code >> 11 == 27 || code > 0x10ffff ? 0 : len;
}

/*
 * What is not UTF-8 is most likely ISO-8859-1, which old certificates and file
 * systems have; what is neither becomes the sign for a broken character. json-c
 * passes on whatever bytes it is given.
 */
static char *make_utf8(const char *text)
{
	const unsigned char *from = (const unsigned char *)text;
	char *made = need(strlen(text) * 3 + 1);
	char *to = made;

	while (*from) {
		size_t len = character(from);

		if (len) {
			memcpy(to, from, len);
			to += len;
			from += len;
			continue;
		}
		if (*from >= 0xa0) {
			*to++ = (char)(0xc0 | *from >> 6);
			*to++ = (char)(0x80 | (*from & 0x3f));
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
		}
		from++;
	}
	*to = 0;
	return made;
}

/* --- JSON ------------------------------------------------------------------ */

static struct json_object *open_ones[16];
static unsigned int depth;

static void put(const char *key, struct json_object *value)
{
	struct json_object *parent = depth ? open_ones[depth - 1] : NULL;

	if (!parent)
		return;
	if (key ? json_object_object_add(parent, key, value) : json_object_array_add(parent, value))
		die("no memory for JSON");
}

void json_open(const char *key, char bracket)
{
	struct json_object *new = bracket == '{' ? json_object_new_object() : json_object_new_array();

	if (!new || depth == ARRAY_SIZE(open_ones))
		die("no memory for JSON");
	put(key, new);
	open_ones[depth++] = new;
}

void json_close(FILE *to)
{
	if (--depth)
		return;
	fprintf(to, "%s\n", json_object_to_json_string_ext(open_ones[0], JSON_C_TO_STRING_PRETTY |
				JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(open_ones[0]);
}

void json_string(const char *key, const char *value)
{
	char *text;

	if (!value || !*value) {
		put(key, NULL);
		return;
	}
	text = make_utf8(value);
	put(key, json_object_new_string(text));
	free(text);
}

void json_number(const char *key, long value)
{
	put(key, json_object_new_int64(value));
}

void json_truth(const char *key, bool value)
{
	put(key, json_object_new_boolean(value));
}
