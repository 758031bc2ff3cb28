// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vk-test - copies of all kinds through Vulkan, every byte checked
 *
 *	vk-test [--device-name TEXT] [--no-shaders] [--seed N] [--seconds N]
 *	        [--heap MIB] [--corrupt] [--here] [CASE...]
 *	vk-test --list
 *
 * Prints TAP. A case has a process and a device of its own: one that dies or
 * hangs takes nothing with it.
 *
 * --device-name  the first device whose name holds TEXT; without it, the first
 *                that NVK drives
 * --no-shaders   the GPU copies, but neither draws nor computes: what the driver
 *                would do with shaders is left out, and said so
 * --seed         of all patterns and sizes
 * --seconds      that a case may take; 60
 * --heap         how much of each heap heap-end fills at most; 1024
 * --corrupt      spoils a byte of everything the GPU wrote before it is looked
 *                at: each case but `device' must fail
 * --here         no processes, for a debugger: the first failure ends it all
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vk.h"

#define SKIPPED 77
/* Exit status if each case was skipped; the kernel's selftests have the same. */
#define ALL_SKIPPED 4

struct options opt = { .seed = 1, .seconds = 60, .heap = 1024 * MiB };

/* A case tells TAP what is wrong, all else goes to stderr. */
static FILE *complaints;

static const struct vk_case *const groups[] = {
	buffer_cases, image_cases, timeline_cases, sparse_cases, memory_cases,
};

void note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
}

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(complaints, "%s", complaints == stderr ? "vk-test: " : "# failed: ");
	vfprintf(complaints, fmt, args);
	fprintf(complaints, "\n");
	fflush(complaints);
	va_end(args);
	/* Not exit(): Mesa's destructors would run on a device in use. */
	_exit(1);
}

void skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# skipped: ");
	vprintf(fmt, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
	_exit(SKIPPED);
}

static void usage(const char *what, const char *which)
{
	fprintf(stderr, "vk-test: %s %s; see the head of main.c, or --list for the cases\n",
		what, which);
	exit(2);
}

static uint64_t number(const char *word, const char *value)
{
	char *end;
	uint64_t n;

	if (!value)
		usage("nothing to count after", word);
	errno = 0;
	n = strtoull(value, &end, 0);
	if (errno || end == value || *end)
		usage("cannot be counted:", value);
	return n;
}

static void run_here(const struct vk_case *c)
{
	struct device d;

	complaints = stdout;
	device_open(&d);
	c->run(&d);
	device_close(&d);
}

/* What became of a case: its status, or 128 + the signal that ended it. */
static int run_apart(const struct vk_case *c)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("vk-test: fork");
		exit(2);
	}
	if (!pid) {
		alarm(opt.seconds);
		run_here(c);
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whether there is a device at all, before every case says that there is none. */
static bool device_there(void)
{
	struct device d;
	int status = 1;
	pid_t pid;

	complaints = stderr;
	pid = fork();
	if (!pid) {
		device_find(&d);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static bool wanted(const char *name, char **names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return !n;
}

static const struct vk_case *find_case(const char *name)
{
	const struct vk_case *c;
	unsigned int g;

	for (g = 0; g < ARRAY_SIZE(groups); g++)
		for (c = groups[g]; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	return NULL;
}

int main(int argc, char **argv)
{
	int i, status, n = 0, failed = 0, skipped = 0;
	const struct vk_case *c;
	bool here = false;
	unsigned int g;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--list")) {
			for (g = 0; g < ARRAY_SIZE(groups); g++)
				for (c = groups[g]; c->name; c++)
					puts(c->name);
			return 0;
		} else if (!strcmp(word, "--no-shaders")) {
			opt.no_shaders = true;
		} else if (!strcmp(word, "--corrupt")) {
			opt.corrupt = true;
		} else if (!strcmp(word, "--here")) {
			here = true;
		} else if (!strcmp(word, "--device-name")) {
			opt.device_name = argv[++i];
			if (!opt.device_name)
				usage("no text after", word);
		} else if (!strcmp(word, "--seed")) {
			opt.seed = number(word, argv[++i]);
		} else if (!strcmp(word, "--seconds")) {
			opt.seconds = (unsigned int)number(word, argv[++i]);
		} else if (!strcmp(word, "--heap")) {
			opt.heap = number(word, argv[++i]) * MiB;
		} else {
			usage("unknown argument", word);
		}
	}
	argv += i;
	argc -= i;
	for (i = 0; i < argc; i++)
		if (!find_case(argv[i]))
			usage("no case", argv[i]);
	if (!device_there()) {
		printf("Bail out! no device to test\n");
		return 1;
	}

	for (g = 0; g < ARRAY_SIZE(groups); g++) {
		for (c = groups[g]; c->name; c++) {
			if (!wanted(c->name, argv, argc))
				continue;
			status = 0;
			if (here)
				run_here(c);
			else
				status = run_apart(c);
			if (status == 128 + SIGALRM)
				note("failed: no end after %u s", opt.seconds);
			else if (status > 128)
				note("failed: signal %d (%s)", status - 128,
				     strsignal(status - 128));
			n++;
			failed += status && status != SKIPPED;
			skipped += status == SKIPPED;
			printf("%sok %d - %s%s\n", status && status != SKIPPED ? "not " : "",
			       n, c->name, status == SKIPPED ? " # SKIP see above" : "");
			fflush(stdout);
		}
	}
	printf("1..%d\n", n);
	if (failed)
		printf("# seed %llu\n", (unsigned long long)opt.seed);
	printf("# %s%d passed, %d failed, %d skipped\n", skipped == n ? "nothing was tested: " : "",
	       n - failed - skipped, failed, skipped);
	if (failed)
		return 1;
	return skipped == n ? ALL_SKIPPED : 0;
}
