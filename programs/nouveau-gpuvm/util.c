// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What every file needs: the end with an error, memory that is there, and the line on a
 * terminal that says what takes time.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tool.h"

void die(const char *format, ...)
{
	va_list args;

	progress_over();
	fputs(PACKAGE ": ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void *grow(void *array, size_t count, size_t size)
{
	/* A power of two is when the last doubling is full. */
	if (count & (count - 1))
		return array;
	array = realloc(array, (count ? count * 2 : 1) * size);
	if (!array)
		die("no memory");
	return array;
}

void *need(size_t size)
{
	void *is = malloc(size);

	if (!is)
		die("no memory");
	return is;
}

char *copy(const char *text)
{
	return strcpy(need(strlen(text) + 1), text);
}

bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

bool terminal_is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

static char doing[128];
static volatile sig_atomic_t said;

static void say(int signal)
{
	(void)signal;
	said = write(2, doing, strlen(doing)) > 0;
}

static void timer(long seconds)
{
	struct itimerval when = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_REAL, &when, NULL);
}

void progress(const char *what, ...)
{
	struct sigaction action = { .sa_handler = say, .sa_flags = SA_RESTART };
	va_list args;
	size_t len;

	/* What is said has to be wiped out afterwards. */
	if (!isatty(2) || terminal_is_dumb())
		return;
	va_start(args, what);
	vsnprintf(doing, sizeof(doing) - 8, what, args);
	va_end(args);
	len = strlen(doing);
	snprintf(doing + len, sizeof(doing) - len, " ...");
	sigaction(SIGALRM, &action, NULL);
	timer(1);
}

void progress_over(void)
{
	if (!*doing)
		return;
	timer(0);
	*doing = 0;
	if (said)
		fputs("\r\033[K", stderr);
	said = 0;
}
