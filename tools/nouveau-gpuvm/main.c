// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * nouveau-gpuvm - see nouveau-gpuvm.1
 *
 *	nouveau-gpuvm [status|doctor] [--json] [--root DIR]
 *	nouveau-gpuvm report [-o FILE] [--root DIR]
 *	nouveau-gpuvm test [ARGUMENT...]
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tool.h"

/* status answers within 300 ms; this is the part of them for initramfs images. */
#define LOOK_MS 150

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

/* --- progress -------------------------------------------------------------------- */

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

	if (!isatty(2))
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

/* --- commands ---------------------------------------------------------------------- */

void facts_find(struct facts *f, unsigned int ms)
{
	kernels_find(&f->kernels, ms);
	module_loaded(&f->loaded, f->kernels.current ? &f->kernels.current->chosen : NULL);
	gpus_find(&f->gpus);
}

static void usage(FILE *to)
{
	fputs("usage: nouveau-gpuvm [status | doctor] [--json] [--color=WHEN] [--root DIR]\n"
	      "       nouveau-gpuvm report [-o FILE] [--root DIR]\n"
	      "       nouveau-gpuvm test [ARGUMENT OF vmbind-test]...\n", to);
}

__attribute__((noreturn))
static void wrong(const char *what, const char *word)
{
	fprintf(stderr, PACKAGE ": %s%s; see --help\n", what, word);
	exit(2);
}

/* vmbind-test takes this process's place, with the arguments as they are. */
static int run_test(char **argv)
{
	struct gpus gpus;
	size_t i;

	gpus_find(&gpus);
	for (i = 0; i < gpus.count && strcmp(gpus.g[i].driver, "nouveau"); i++)
		;
	if (i == gpus.count) {
		fprintf(stderr, PACKAGE ": nothing was tested: %s; see: nouveau-gpuvm doctor\n",
			gpus.count ? "nouveau drives no GPU here" : "there is no NVIDIA GPU");
		return 77;
	}
	argv[0] = copy("vmbind-test");
	execvp(argv[0], argv);
	die("cannot run vmbind-test: %s; it is in the package nouveau-gpuvm-tools", strerror(errno));
}

static bool colored(const char *when)
{
	if (!strcmp(when, "always"))
		return true;
	if (!strcmp(when, "never"))
		return false;
	if (strcmp(when, "auto"))
		wrong("always, auto or never, not --color ", when);
	return isatty(1) && !getenv("NO_COLOR");
}

/* Options may stand on either side of the command. */
static const char *parse(int argc, char **argv, struct options *o, const char **file)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "color", required_argument, NULL, 'c' },
		{ "root", required_argument, NULL, 'r' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *command;
	int option;

	o->color = colored("auto");
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":ho:", known, NULL)) >= 0) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'c':
			o->color = colored(optarg);
			break;
		case 'r':
			root_set(optarg);
			break;
		case 'o':
			*file = optarg;
			break;
		case 'v':
			printf(PACKAGE " %s\n", VERSION);
			exit(0);
		case 'h':
			usage(stdout);
			exit(0);
		case ':':
			wrong(argv[optind - 1], " needs a value");
		default:
			wrong("unknown option ", argv[optind - 1]);
		}
	}
	command = optind < argc ? argv[optind] : "status";
	if (optind + 1 < argc)
		wrong("more than one command: ", argv[optind + 1]);
	if (strcmp(command, "status") && strcmp(command, "doctor") && strcmp(command, "report"))
		wrong("no such command: ", command);
	if (*file && strcmp(command, "report"))
		wrong("-o is for report", "");
	if (o->json && !strcmp(command, "report"))
		wrong("--json is not for report", "");
	return command;
}

int main(int argc, char **argv)
{
	const char *command, *file = NULL;
	struct options o = { 0 };
	bool works = true;
	struct facts f;

	if (argc > 1 && !strcmp(argv[1], "test"))
		return run_test(argv + 1);
	command = parse(argc, argv, &o, &file);
	facts_find(&f, strcmp(command, "status") ? 0 : LOOK_MS);
	if (!strcmp(command, "report"))
		return report_write(file ? file : PACKAGE "-report.txt", &f);
	if (!strcmp(command, "status"))
		status_write(stdout, &f, &o);
	else
		works = doctor_write(stdout, &f, &o);
	if (fflush(stdout))
		die("cannot write: %s", strerror(errno));
	return !works;
}
