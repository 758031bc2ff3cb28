// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * fuzz-ioctl [--device NODE] [--seed N] [--seconds N] [--count N] [--first N]
 *            [--upstream] [--corpus DIR] [--collect DIR] [--print N] [FILE...]
 *
 * Calls nouveau's and the syncobjs' ioctls in random order with arguments that
 * make sense most of the time. What it looks for is seen elsewhere, in the
 * kernel's log; itself it finds programs that do not end and a driver that no
 * longer does the usual.
 *
 * Program number N of a seed is always the same, given the same corpus: the seed
 * and N make it, from nothing or from programs of the corpus. FILEs, and the
 * corpus, come first as they are.
 *
 * --seconds    how long, default 20; --count: how many programs at most
 * --first      the number to begin with
 * --upstream   leave out what is known to harm a kernel with upstream's driver
 * --corpus     programs as text, one a file, to begin with and to change
 * --collect    write programs there that make calls answer what they had not
 *              answered before
 * --print      print program N and end
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "fuzz.h"

/* Work that never ends is ended by the driver after 10 s, one after the other. */
#define LIMIT 60
#define CANARY_EVERY 20
#define MAX_CORPUS 256

static struct {
	char node[64];
	uint64_t seed, seconds, count, first, print;
	const char *corpus, *collect;
	bool print_only;
} options = { .seed = 1, .seconds = 20, .count = ~0ull };

static struct program *corpus;
static unsigned int corpus_count;
static struct outcome *outcome;
static unsigned int programs_run, collected;

__attribute__((noreturn))
static void wrong(const char *what, const char *value, const char *remedy)
{
	fprintf(stderr, "fuzz-ioctl: %s%s; %s\n", what, value, remedy);
	exit(2);
}

static uint64_t number(const char *option, const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text)
		wrong(option, " needs a number", "as in --seed 42");
	return value;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static void read_corpus(void)
{
	char pattern[512];
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/*", options.corpus);
	if (glob(pattern, 0, NULL, &found))
		wrong("no programs in ", options.corpus, "name a directory that has some");
	for (i = 0; i < found.gl_pathc && corpus_count < MAX_CORPUS; i++) {
		if (!program_read(&corpus[corpus_count++], found.gl_pathv[i]))
			exit(2);
	}
	globfree(&found);
}

static void choose_node(void)
{
	glob_t nodes;
	size_t i;

	if (glob("/dev/dri/renderD*", 0, NULL, &nodes))
		wrong("no render node in /dev/dri", "", "load the driver: modprobe nouveau");
	for (i = 0; i < nodes.gl_pathc && !*options.node; i++) {
		int fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		drmVersionPtr version = fd < 0 ? NULL : drmGetVersion(fd);

		if (version && !strcmp(version->name, "nouveau"))
			snprintf(options.node, sizeof(options.node), "%s", nodes.gl_pathv[i]);
		drmFreeVersion(version);
		if (fd >= 0)
			close(fd);
	}
	globfree(&nodes);
	if (!*options.node)
		wrong("no nouveau render node that may be opened", "",
		      "load the driver, or see to its permissions");
}

static void make(struct program *p, uint64_t n)
{
	struct rng rng = { .state = options.seed * 0x632be59bd9b4e019ull + n };
	struct program none = { .count = 0 };

	if (n < corpus_count) {
		*p = corpus[n];
	} else if (!corpus_count || rng_below(&rng, 3) == 0) {
		program_random(p, &rng);
	} else {
		*p = corpus[rng_below(&rng, corpus_count)];
		if (rng_below(&rng, 4) == 0)
			program_random(&none, &rng);
		program_mutate(p, none.count ? &none : &corpus[rng_below(&rng, corpus_count)],
			       &rng);
	}
}

static bool ended(pid_t pid, unsigned int seconds, int *status)
{
	uint64_t until = now() + seconds * 1000ull;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (now() >= until)
			return false;
		usleep(1000);
	}
	return true;
}

__attribute__((noreturn))
static void bad(const struct program *p, uint64_t n, const char *what)
{
	printf("not ok 1 - seed %llu program %llu: %s\n", (unsigned long long)options.seed,
	       (unsigned long long)n, what);
	printf("# it is:\n");
	if (p) {
		char *text = NULL, *line, *save;
		size_t size;
		FILE *f = open_memstream(&text, &size);

		program_print(p, f);
		fclose(f);
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			printf("#   %s\n", line);
	}
	printf("1..1\n");
	fflush(stdout);
	_exit(1);
}

static void run(const struct program *p, uint64_t n)
{
	int status;
	pid_t pid;

	fflush(stdout);
	memset(outcome, 0, sizeof(*outcome));
	pid = fork();
	if (pid < 0)
		wrong("no process: ", strerror(errno), "try again");
	if (pid == 0) {
		program_run(p, options.node, outcome);
		_exit(0);
	}
	programs_run++;
	if (!ended(pid, LIMIT, &status)) {
		char path[64], where[80] = "?";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
		f = fopen(path, "r");
		if (f) {
			if (!fgets(where, sizeof(where), f))
				*where = 0;
			fclose(f);
		}
		kill(pid, SIGKILL);
		printf("# it was in %s, and %s\n", where,
		       ended(pid, LIMIT, &status) ? "could be killed" : "cannot be killed");
		bad(p, n, "it does not end");
	}
	/* A mapping of VRAM may be gone when it is touched; nothing else dies. */
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGBUS)
		bad(p, n, strsignal(WTERMSIG(status)));
}

static void look(const struct program *p, uint64_t n)
{
	int status;
	int pipes[2];
	char why[80] = "";
	pid_t pid;

	if (pipe(pipes))
		wrong("no pipe: ", strerror(errno), "try again");
	pid = fork();
	if (pid == 0) {
		const char *reason = canary(options.node);

		if (reason && write(pipes[1], reason, strlen(reason)) < 0)
			_exit(2);
		_exit(reason ? 1 : 0);
	}
	close(pipes[1]);
	if (!ended(pid, LIMIT, &status)) {
		kill(pid, SIGKILL);
		bad(p, n, "after it a client that does the usual does not end");
	}
	if (status) {
		char text[160];

		if (read(pipes[0], why, sizeof(why) - 1) <= 0)
			strcpy(why, "it died");
		snprintf(text, sizeof(text), "after it the usual fails: %s", why);
		bad(p, n, text);
	}
	close(pipes[0]);
}

/* Whether a call answered something for the first time. */
static bool is_new(const struct program *p)
{
	static bool seen[256][256];
	bool any = false;
	unsigned int i;

	for (i = 0; i < p->count; i++) {
		int result = outcome->result[i];
		unsigned int code = result == NOTHING ? 255 : (unsigned int)-result & 0xff;

		any |= !seen[p->calls[i].kind][code];
		seen[p->calls[i].kind][code] = true;
	}
	return any;
}

static void collect(const struct program *p, uint64_t n)
{
	char path[512];
	unsigned int i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%llu-%llu", options.collect,
		 (unsigned long long)options.seed, (unsigned long long)n);
	f = fopen(path, "w");
	if (!f)
		wrong("cannot write ", path, strerror(errno));
	program_print(p, f);
	for (i = 0; i < p->count; i++) {
		if (outcome->result[i] != NOTHING)
			fprintf(f, "# %u: %s %d\n", i, call_kinds[p->calls[i].kind].name,
				outcome->result[i]);
	}
	fclose(f);
	collected++;
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'c' },
		{ "first", required_argument, NULL, 'f' },
		{ "upstream", no_argument, NULL, 'u' },
		{ "corpus", required_argument, NULL, 'C' },
		{ "collect", required_argument, NULL, 'w' },
		{ "print", required_argument, NULL, 'p' },
		{ 0 }
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", known, NULL)) >= 0) {
		switch (option) {
		case 'd':
			snprintf(options.node, sizeof(options.node), "%s", optarg);
			break;
		case 's':
			options.seed = number("--seed", optarg);
			break;
		case 't':
			options.seconds = number("--seconds", optarg);
			break;
		case 'c':
			options.count = number("--count", optarg);
			break;
		case 'f':
			options.first = number("--first", optarg);
			break;
		case 'u':
			careful = true;
			break;
		case 'C':
			options.corpus = optarg;
			break;
		case 'w':
			options.collect = optarg;
			break;
		case 'p':
			options.print = number("--print", optarg);
			options.print_only = true;
			break;
		case ':':
			wrong(argv[optind - 1], " needs a value", "see the head of fuzz-ioctl.c");
		default:
			wrong("unknown option ", argv[optind - 1], "see the head of fuzz-ioctl.c");
		}
	}
	if (options.corpus)
		read_corpus();
	for (; optind < argc && corpus_count < MAX_CORPUS; optind++) {
		if (!program_read(&corpus[corpus_count++], argv[optind]))
			exit(2);
	}
}

int main(int argc, char **argv)
{
	struct program p;
	uint64_t began, told, n;

	corpus = calloc(MAX_CORPUS, sizeof(*corpus));
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!corpus || outcome == MAP_FAILED)
		wrong("out of memory", "", "close something");
	parse(argc, argv);
	if (options.print_only) {
		make(&p, options.print);
		program_print(&p, stdout);
		return 0;
	}
	if (!*options.node)
		choose_node();
	signal(SIGPIPE, SIG_IGN);
	printf("TAP version 13\n# %s, seed %llu, %u programs to begin with, %llu s%s\n",
	       options.node, (unsigned long long)options.seed, corpus_count,
	       (unsigned long long)options.seconds, careful ? ", careful" : "");
	look(NULL, 0);
	began = now();
	told = began;
	for (n = options.first; n - options.first < options.count; n++) {
		if (now() - began > options.seconds * 1000 && n >= corpus_count)
			break;
		/* Were the kernel to die, this is what is left to see. */
		if (now() - told > 2000 || n < corpus_count) {
			told = now();
			printf("# program %llu\n", (unsigned long long)n);
		}
		make(&p, n);
		run(&p, n);
		if (is_new(&p) && options.collect)
			collect(&p, n);
		if (n % CANARY_EVERY == CANARY_EVERY - 1)
			look(&p, n);
	}
	look(&p, n - 1);
	printf("# %u programs in %llu s", programs_run, (unsigned long long)(now() - began) / 1000);
	if (options.collect)
		printf(", %u collected", collected);
	printf("\nok 1 - fuzz-ioctl\n1..1\n");
	return 0;
}
