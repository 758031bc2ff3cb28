// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * nouveau-gpuvm - see nouveau-gpuvm.1
 *
 *	nouveau-gpuvm [status|doctor] [--json] [--root DIR]
 *	nouveau-gpuvm report [-o FILE] [--root DIR]
 *	nouveau-gpuvm rebuild [KERNEL]
 *	nouveau-gpuvm test [ARGUMENT...]
 *	nouveau-gpuvm mesa-root [--32] [DIR]
 *	nouveau-gpuvm try [--deb FILE] [--kernel KERNEL] [--vfio SLOT] [--print] [--tree DIR]
 *	nouveau-gpuvm help [COMMAND]
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* status answers within 300 ms; this is the part of them for initramfs images. */
#define LOOK_MS 150

/* --- commands ---------------------------------------------------------------------- */

static void facts_find(struct facts *f, unsigned int ms)
{
	const struct kernel *k;
	size_t i;

	kernels_find(&f->kernels, ms);
	k = f->kernels.current;
	module_loaded(&f->loaded, k ? &k->chosen : NULL);
	gpus_find(&f->gpus);
	for (i = 0; k && k->chosen.found && i < f->gpus.count; i++) {
		struct gpu *g = &f->gpus.g[i];

		g->clocks = clocks_of(g->chip, &k->chosen, k->release);
	}
}

static const struct command {
	const char *name;
	const char *arguments;
	const char *does;
	const char *more;
} commands[] = {
	{ "status", "[--json] [--color=WHEN] [--root DIR]",
	  "Shows for each kernel what is built and what would load, and for each GPU what it answers.",
	  "This is the default. --json is for programs; WHEN is always, never or auto;\n"
	  "--root looks at the system that is mounted at DIR." },
	{ "doctor", "[--json] [--color=WHEN] [--root DIR]",
	  "Finds what keeps VM_BIND from working and says how to mend each finding.",
	  "Ends with 0 if VM_BIND works or will after a reboot, with 1 if not." },
	{ "report", "[-o FILE] [--root DIR]",
	  "Writes one file for a bug report, with nothing private in it.",
	  "FILE is " PACKAGE "-report.txt if none is named; - is standard output." },
	{ "rebuild", "[KERNEL]",
	  "Rebuilds and installs the modules, for one kernel or for all; needs root.",
	  "KERNEL is a release as in uname -r." },
	{ "test", "[ARGUMENT OF vmbind-test]...",
	  "Tests on the GPU of this machine what VM_BIND promises.",
	  "Ends with the status of vmbind-test, or with 77 if nouveau drives no GPU." },
	{ "mesa-root", "[--32] [DIR]",
	  "Makes a Debian 13 with NVK in a directory, for Debian 12; needs root.",
	  "DIR is " MESA_ROOT " if none is named. Run a program there with\n"
	  "DIR/run PROGRAM. --32 adds Mesa for 32-bit programs." },
	{ "try", "[--deb FILE] [--kernel KERNEL] [--vfio SLOT] [--print] [--tree DIR]",
	  "Boots this machine's kernel with our modules in QEMU, on a software GPU or the card.",
	  "FILE is " PACKAGE "-dkms, which need not be installed. --vfio takes the GPU at SLOT, a\n"
	  "second card that vfio-pci drives, in place of the software GPU. --print prints\n"
	  "QEMU's command line and boots nothing. DIR is a work tree of the source, in place of\n"
	  "the package nouveau-gpu-model." },
	{ "help", "[COMMAND]", "Explains the commands, or one of them.", "" },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

__attribute__((noreturn, format(printf, 1, 2)))
static void wrong(const char *format, ...)
{
	va_list args;

	fputs(PACKAGE ": ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("; see " PACKAGE " help\n", stderr);
	exit(2);
}

static int help(int argc, char **argv)
{
	const struct command *c;
	size_t i;

	if (argc > 1)
		wrong("more than one command: %s", argv[1]);
	if (argc && !find_command(argv[0]))
		wrong("no such command: %s", argv[0]);
	if (argc) {
		c = find_command(argv[0]);
		printf("usage: " PACKAGE " %s %s\n%s\n%s%s", c->name, c->arguments, c->does, c->more,
		       *c->more ? "\n" : "");
	} else {
		printf("usage: " PACKAGE " [COMMAND] [OPTION]...\n\n");
		for (i = 0; i < ARRAY_SIZE(commands); i++)
			printf("  %-9s %s\n", commands[i].name, commands[i].does);
		printf("\n" PACKAGE " help COMMAND explains one command; so does man " PACKAGE ".\n");
	}
	if (fflush(stdout))
		die("cannot write: %s", strerror(errno));
	return 0;
}

/* The package's own script takes this process's place. */
static int rebuild(int argc, char **argv)
{
	static const char script[] = "/usr/share/" PACKAGE "-dkms/dkms-build";
	int i;

	for (i = 0; i < argc; i++) {
		if (argv[i][0] == '-')
			wrong("unknown option %s", argv[i]);
	}
	if (argc > 1)
		wrong("more than one kernel: %s", argv[1]);
	if (geteuid())
		die("rebuild needs root; run: sudo " PACKAGE " rebuild%s%s", argc ? " " : "",
		    argc ? argv[0] : "");
	if (argc && !kernel_installed(argv[0]))
		die("kernel %s is not installed; " PACKAGE " status lists the kernels", argv[0]);
	execl(script, script, "rebuild", argc ? argv[0] : NULL, (char *)NULL);
	if (errno == ENOENT)
		die(PACKAGE "-dkms is not installed; run: %s", how_to_install(PACKAGE "-dkms"));
	die("cannot run %s: %s; reinstall " PACKAGE "-dkms", script, strerror(errno));
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

/* A script that is installed with this program takes its place. */
__attribute__((noreturn))
static void run_script(char **argv)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	const char *name = argv[0];
	char *end;

	path[len > 0 ? len : 0] = 0;
	end = strstr(path, "/bin/" PACKAGE);
	if (!end)
		die("%s works where " PACKAGE " is installed; run: %s", name,
		    how_to_install(PACKAGE "-tools"));
	snprintf(end, sizeof(path) - (size_t)(end - path), "/share/" PACKAGE "/%s", name);
	argv[0] = path;
	execv(path, argv);
	die("cannot run %s: %s; reinstall " PACKAGE "-tools", path, strerror(errno));
}

static bool colored(const char *when)
{
	const char *no_color = getenv("NO_COLOR");

	if (!strcmp(when, "always"))
		return true;
	if (!strcmp(when, "never"))
		return false;
	if (strcmp(when, "auto"))
		wrong("--color takes always, auto or never, not %s", when);
	return isatty(1) && !terminal_is_dumb() && !(no_color && *no_color);
}

enum { JSON = 256, COLOR, ROOT, SHOW_VERSION };

__attribute__((noreturn))
static void unknown(const char *word)
{
	/* getopt's word is the last one it has finished; of -xh that is not the one. */
	if (optopt > 0 && optopt < JSON)
		wrong("unknown option -%c", optopt);
	if (optopt)
		wrong("%.*s takes no value", (int)strcspn(word, "="), word);
	wrong("unknown option %s", word);
}

/* Options may stand on either side of the command. */
static const char *parse(int argc, char **argv, struct options *o, const char **file)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, JSON },
		{ "color", required_argument, NULL, COLOR },
		{ "root", required_argument, NULL, ROOT },
		{ "version", no_argument, NULL, SHOW_VERSION },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	const char *command;
	int option;

	o->color = colored("auto");
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":ho:", known, NULL)) >= 0) {
		switch (option) {
		case JSON:
			o->json = true;
			break;
		case COLOR:
			o->color = colored(optarg);
			break;
		case ROOT:
			root_set(optarg);
			break;
		case 'o':
			*file = optarg;
			break;
		case SHOW_VERSION:
			printf(PACKAGE " %s\n", VERSION);
			exit(0);
		case 'h':
			exit(help(0, NULL));
		case ':':
			wrong("%s needs a value", argv[optind - 1]);
		default:
			unknown(argv[optind - 1]);
		}
	}
	command = optind < argc ? argv[optind] : "status";
	if (optind + 1 < argc)
		wrong("more than one command: %s", argv[optind + 1]);
	if (!find_command(command))
		wrong("no such command: %s", command);
	if (strcmp(command, "status") && strcmp(command, "doctor") && strcmp(command, "report"))
		wrong("%s comes first, before all options", command);
	if (*file && strcmp(command, "report"))
		wrong("-o is for report");
	if (o->json && !strcmp(command, "report"))
		wrong("--json is not for report");
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
	if (argc > 1 && !strcmp(argv[1], "help"))
		return help(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "mesa-root"))
		run_script(argv + 1);
	if (argc > 1 && !strcmp(argv[1], "try"))
		return try_run(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "rebuild"))
		return rebuild(argc - 2, argv + 2);
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
