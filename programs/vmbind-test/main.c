// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The command line, and the running of tests one after the other: each in a
 * process group of its own with a time limit, so that one that hangs or dies
 * is one failure. Results as TAP on standard output; then a summary.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vmbind-test.h"

#define LIMIT 60
/* Exit status if each test was skipped; the kernel's selftests have the same. */
#define ALL_SKIPPED 4
/* How long a process that was killed may take to leave the kernel. */
#define GRACE 45

static const struct test *const topics[] = {
	tests_param, tests_vm_init, tests_bind_errors, tests_sync, tests_exec, tests_map,
	tests_split, tests_sparse, tests_async, tests_channel, tests_fault, tests_share,
	tests_fence, tests_many, tests_random, tests_large, tests_kill, tests_known,
	tests_evict,
};

static struct {
	const char *device;
	bool list;
	bool slow;
	bool dangerous;
	const char *fixed;
	unsigned int scale;
	char **names;
	int name_count;
} options = { .scale = 1 };

static unsigned int passed, failed, skipped, knowns;
static char failed_names[4096];
static char known_names[1024];

static void usage(FILE *to)
{
	fputs("usage: vmbind-test [--device /dev/dri/renderD*] [--list] [--slow [--seconds N]]\n"
	      "                   [--seed N] [--dangerous] [--fixed NAMES] [--time-scale N]\n"
	      "                   [--verbose] [TEST | TOPIC]...\n", to);
}

__attribute__((noreturn))
static void wrong(const char *what, const char *value, const char *remedy)
{
	fprintf(stderr, "vmbind-test: %s%s; %s\n", what, value, remedy);
	exit(2);
}

static uint64_t number(const char *option, const char *text)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-')
		wrong(option, " needs a number", "as in --seed 42");
	return value;
}

/* A test's whole name, or its topic, which is what stands before the slash. */
static bool name_matches(const char *name, const struct test *t)
{
	size_t len = strlen(name);

	if (len && name[len - 1] == '/')
		len--;
	return !strncmp(t->name, name, len) && (!t->name[len] || t->name[len] == '/');
}

static bool in_list(const char *list, const struct test *t)
{
	char copy[512];
	char *name, *save;

	if (!list)
		return false;
	snprintf(copy, sizeof(copy), "%s", list);
	for (name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		if (name_matches(name, t))
			return true;
	}
	return false;
}

static bool wanted(const struct test *t)
{
	int i;

	for (i = 0; i < options.name_count; i++) {
		if (name_matches(options.names[i], t))
			return true;
	}
	return !options.name_count;
}

static const struct test *next(const struct test *t, unsigned int *topic)
{
	if (t)
		t++;
	else
		t = topics[*topic = 0];
	while (!t->name) {
		if (++*topic == ARRAY_SIZE(topics))
			return NULL;
		t = topics[*topic];
	}
	return t;
}

static void parse(int argc, char **argv)
{
	static const struct option known_options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "list", no_argument, NULL, 'l' },
		{ "slow", no_argument, NULL, 's' },
		{ "dangerous", no_argument, NULL, 'D' },
		{ "fixed", required_argument, NULL, 'f' },
		{ "seed", required_argument, NULL, 'S' },
		{ "seconds", required_argument, NULL, 'n' },
		{ "time-scale", required_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int option, i;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", known_options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			options.device = optarg;
			break;
		case 'l':
			options.list = true;
			break;
		case 's':
			options.slow = true;
			break;
		case 'D':
			options.dangerous = true;
			break;
		case 'f':
			options.fixed = optarg;
			break;
		case 'S':
			seed = number("--seed", optarg);
			break;
		case 'n':
			random_seconds = (unsigned int)number("--seconds", optarg);
			if (!random_seconds || random_seconds > 86400)
				wrong("--seconds ", optarg, "1 to 86400 is possible");
			break;
		case 't':
			options.scale = (unsigned int)number("--time-scale", optarg);
			if (!options.scale || options.scale > 100)
				wrong("--time-scale ", optarg, "1 to 100 is possible");
			break;
		case 'v':
			verbose = true;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		case ':':
			wrong(argv[optind - 1], " needs a value", "see --help");
		default:
			wrong("unknown option ", argv[optind - 1], "see --help");
		}
	}
	options.names = argv + optind;
	options.name_count = argc - optind;
	for (i = 0; i < options.name_count; i++) {
		const struct test *t;
		unsigned int topic;
		bool found = false;

		for (t = next(NULL, &topic); t; t = next(t, &topic))
			found |= name_matches(options.names[i], t);
		if (!found)
			wrong("no test ", options.names[i], "--list tells the names");
	}
}

/* --- one test ------------------------------------------------------------ */

static void tell_where(pid_t pid)
{
	char path[64], where[80] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/wchan", (int)pid);
	f = fopen(path, "r");
	if (f && fgets(where, sizeof(where), f) && *where && strcmp(where, "0"))
		printf("#   it is in the kernel, in %s\n", where);
	if (f)
		fclose(f);
}

/* True once it has ended; @status is what waitpid() says. */
static bool ended(pid_t pid, unsigned int seconds, int *status)
{
	uint64_t until = now_ms() + seconds * 1000ull;

	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (now_ms() >= until)
			return false;
		sleep_ms(2);
	}
}

static struct result run_child(const struct test *t)
{
	unsigned int limit = (t->limit ? t->limit : LIMIT) * options.scale +
		(t->flags & TEST_SLOW ? random_seconds : 0);
	struct result r = { .verdict = CRASH };
	int status = 0;
	pid_t pid;

	*result = (struct result){ .verdict = NONE };
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		snprintf(r.reason, sizeof(r.reason), "no process: %s", strerror(errno));
		return r;
	}
	if (pid == 0) {
		setpgid(0, 0);
		t->run();
		result->verdict = PASS;
		fflush(stdout);
		_exit(0);
	}
	setpgid(pid, pid);
	if (!ended(pid, limit, &status)) {
		tell_where(pid);
		kill(-pid, SIGKILL);
		snprintf(r.reason, sizeof(r.reason), "no end after %u s", limit);
		if (!ended(pid, GRACE, &status))
			snprintf(r.reason, sizeof(r.reason),
				 "no end after %u s, and it cannot be killed", limit);
		return r;
	}
	/* What a test left running goes with it. */
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status)) {
		snprintf(r.reason, sizeof(r.reason), "died of signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
		return r;
	}
	if (WEXITSTATUS(status)) {
		snprintf(r.reason, sizeof(r.reason), "ended with status %d", WEXITSTATUS(status));
		return r;
	}
	r = *result;
	if (r.verdict == NONE) {
		r.verdict = CRASH;
		snprintf(r.reason, sizeof(r.reason), "ended without a verdict");
	} else if (r.verdict == PASS && !r.checks) {
		r.verdict = FAIL;
		snprintf(r.reason, sizeof(r.reason), "no expectation was checked");
	}
	return r;
}

static void add_name(char *list, size_t size, const char *name)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, " %s", name);
}

/*
 * A driver that gives mappings large pages and cannot cut them. The package's driver
 * can: each of its versions that reports large pages has the fix. In a kernel's own
 * driver no release has it so far; --fixed tells of one that does.
 */
static bool cuts_crash(void)
{
	return dev.large_pages && !dev.packaged;
}

static bool dangerous(const struct test *t)
{
	if (options.dangerous || in_list(options.fixed, t))
		return false;
	return t->flags & TEST_DANGEROUS ||
	       (t->flags & TEST_DANGEROUS_BEFORE_AMPERE && dev.family < NV_AMPERE) ||
	       (t->flags & TEST_DANGEROUS_WITH_GSP && dev.family >= NV_TURING &&
		!dev.large_pages) ||
	       (t->flags & TEST_CUTS && cuts_crash()) ||
	       (t->flags & TEST_REPLACES && cuts_crash() && dev.family < NV_PASCAL);
}

static void run(const struct test *t, unsigned int number_)
{
	struct result r = { .verdict = SKIP };
	uint64_t began = now_ms();

	printf("# %s: %s\n", t->name, t->does);
	if (t->flags & TEST_SLOW && !options.slow)
		strcpy(r.reason, "slow, needs --slow");
	else if (dangerous(t))
		strcpy(r.reason, "may harm the running kernel, needs --dangerous");
	else
		r = run_child(t);
	if (r.verdict == KNOWN && in_list(options.fixed, t))
		r.verdict = FAIL;

	switch (r.verdict) {
	case PASS:
		passed++;
		printf("ok %u - %s\n", number_, t->name);
		break;
	case SKIP:
		skipped++;
		printf("ok %u - %s # SKIP %s\n", number_, t->name, r.reason);
		break;
	case KNOWN:
		knowns++;
		add_name(known_names, sizeof(known_names), t->name);
		printf("not ok %u - %s # TODO known: %s\n", number_, t->name, r.reason);
		break;
	default:
		failed++;
		add_name(failed_names, sizeof(failed_names), t->name);
		printf("not ok %u - %s\n#   %s\n", number_, t->name, r.reason);
	}
	if (verbose)
		printf("#   %llu ms\n", (unsigned long long)(now_ms() - began));
	fflush(stdout);
}

/* --- what a bug report needs --------------------------------------------- */

static void summary(uint64_t took)
{
	struct utsname u;

	uname(&u);
	printf("# --- summary, for a bug report ---\n");
	printf("# kernel:  %s %s\n", u.release, u.machine);
	printf("# driver:  nouveau %u.%u.%u, module version: %s\n", dev.version[0],
	       dev.version[1], dev.version[2],
	       dev.packaged ? dev.package : "the kernel's own");
	printf("# chipset: %s (0x%03x) %s\n", dev.chip, dev.chipset, dev.name);
	printf("# VRAM:    %llu MiB, node %s\n", (unsigned long long)(dev.vram / MIB), dev.node);
	printf("# seed:    %llu\n", (unsigned long long)seed);
	printf("# failed: %s\n", failed ? failed_names : " none");
	if (knowns)
		printf("# known:  %s\n", known_names);
	printf("# %s%u passed, %u failed, %u known, %u skipped in %llu s\n",
	       passed + failed + knowns ? "results: " : "nothing was tested: ", passed, failed,
	       knowns, skipped, (unsigned long long)(took + 500) / 1000);
}

int main(int argc, char **argv)
{
	const struct test *t;
	unsigned int topic, count = 0, n = 0;
	uint64_t began;

	parse(argc, argv);
	if (options.list) {
		for (t = next(NULL, &topic); t; t = next(t, &topic)) {
			if (wanted(t))
				printf("%-34s %s%s\n", t->name, t->does,
				       t->flags & ~TEST_SLOW ? " [--dangerous]" :
				       t->flags ? " [--slow]" : "");
		}
		return 0;
	}
	device_choose(options.device);
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (result == MAP_FAILED)
		wrong("out of memory", "", "close something");

	for (t = next(NULL, &topic); t; t = next(t, &topic))
		count += wanted(t);
	printf("TAP version 13\n");
	printf("# %s: %s (0x%03x), nouveau %u.%u.%u, seed %llu\n", dev.node, dev.chip,
	       dev.chipset, dev.version[0], dev.version[1], dev.version[2],
	       (unsigned long long)seed);
	printf("1..%u\n", count);
	began = now_ms();
	for (t = next(NULL, &topic); t; t = next(t, &topic)) {
		if (wanted(t))
			run(t, ++n);
	}
	summary(now_ms() - began);
	if (failed)
		return 1;
	return passed + knowns ? 0 : ALL_SKIPPED;
}
