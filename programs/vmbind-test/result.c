// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * How a test ends. It is a process that others wait for: whatever it holds of
 * the GPU is given back by its end, so that no test cleans up.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmbind-test.h"

struct result *result;
bool verbose;
uint64_t seed = 1;
unsigned int random_seconds = 600;

__attribute__((noreturn, format(printf, 2, 0)))
static void end(enum verdict verdict, const char *format, va_list args)
{
	vsnprintf(result->reason, sizeof(result->reason), format, args);
	result->verdict = verdict;
	fflush(NULL);
	_exit(0);
}

void checked(void)
{
	__atomic_add_fetch(&result->checks, 1, __ATOMIC_RELAXED);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(FAIL, format, args);
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(SKIP, format, args);
}

void known(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	end(KNOWN, format, args);
}

static void say(const char *format, va_list args)
{
	char line[400];

	vsnprintf(line, sizeof(line), format, args);
	printf("#   %s\n", line);
	fflush(stdout);
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void debug(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	say(format, args);
	va_end(args);
}

const char *errname(int error)
{
	/* Two of them may be in one message. */
	static char text[2][40];
	static unsigned int turn;
	const char *name;

	if (!error)
		return "success";
	name = strerrorname_np(error < 0 ? -error : error);
	if (name)
		return name;
	turn ^= 1;
	snprintf(text[turn], sizeof(text[turn]), "%d", error);
	return text[turn];
}

void want_(int got, int expected, const char *what)
{
	checked();
	debug("%s: %s", what, errname(got));
	if (got != expected)
		fail("%s: %s, expected %s", what, errname(got), errname(expected));
}
