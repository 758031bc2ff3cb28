// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * One file for a bug report: status, doctor, and what explains them. Every line
 * goes through redact(), also those of this tool's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static FILE *to;

static void lines(char *text, bool (*wanted)(const char *))
{
	char *line, *save;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!wanted || wanted(line))
			fprintf(to, "%s\n", redact(line));
	}
}

static void title(const char *what)
{
	fprintf(to, "\n== %s\n", what);
}

static void own(const struct facts *f, const char *what)
{
	static const struct options plain;
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		die("no memory for the report");
	if (!strcmp(what, "status"))
		status_write(memory, f, &plain);
	else
		doctor_write(memory, f, &plain);
	fclose(memory);
	title(what);
	lines(text, NULL);
	free(text);
}

static bool of_system(const char *line)
{
	return starts(line, "PRETTY_NAME=") || starts(line, "VERSION_ID=");
}

static bool of_graphics(const char *line)
{
	return strcasestr(line, "nouveau") || strstr(line, "ngv_") || strcasestr(line, "nvidia") ||
	       strstr(line, "[drm]");
}

/* Only what concerns a display; the rest says where disks and keys are. */
static void cmdline(void)
{
	static const char *const known[] = {
		"nouveau.", "nvidia", "nomodeset", "modprobe.blacklist=", "module_blacklist=",
		"rd.driver.blacklist=", "drm.", "drm_kms_helper.", "iommu=", "intel_iommu=",
		"amd_iommu=", "pci=", "lockdown=", "module.sig_enforce",
	};
	char *text = root_read(NULL, "/proc/cmdline");
	char *word, *save;
	size_t i;

	title("command line, what concerns graphics");
	for (word = text ? strtok_r(text, BLANKS, &save) : NULL; word;
	     word = strtok_r(NULL, BLANKS, &save)) {
		for (i = 0; i < ARRAY_SIZE(known) && !starts(word, known[i]); i++)
			;
		if (i < ARRAY_SIZE(known))
			fprintf(to, "%s\n", redact(word));
	}
	free(text);
}

static void modprobe_d(void)
{
	static const char *const dirs[] = { "/etc/modprobe.d", "/usr/lib/modprobe.d" };
	size_t d, i;

	title("modprobe.d, lines with nouveau");
	for (d = 0; d < ARRAY_SIZE(dirs); d++) {
		char **files = root_list("%s", dirs[d]);

		for (i = 0; files[i]; i++) {
			char *text = root_read(NULL, "%s/%s", dirs[d], files[i]);

			lines(text, of_graphics);
			free(text);
		}
		list_free(files);
	}
}

/* From dpkg's database, which is there in a root that does not run, too. */
static bool dpkg_version(const char *package, char *version, size_t room)
{
	char *text = root_read(NULL, "/var/lib/dpkg/status");
	char *line, *save;
	bool here = false, installed = false;

	*version = 0;
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line && !(here && *version);
	     line = strtok_r(NULL, "\n", &save)) {
		if (starts(line, "Package: ")) {
			here = !strcmp(line + strlen("Package: "), package);
			installed = false;
		} else if (here && starts(line, "Status: ")) {
			installed = strstr(line, " installed");
		} else if (here && installed && starts(line, "Version: ")) {
			snprintf(version, room, "%s", line + strlen("Version: "));
		}
	}
	free(text);
	return *version;
}

/* The first line that a command prints, on this system alone. */
static bool first_line(const char *command, char *line, size_t room)
{
	FILE *from = root_is_real() ? popen(command, "r") : NULL;
	bool is = from && fgets(line, (int)room, from);

	if (is)
		line[strcspn(line, "\n")] = 0;
	if (from)
		pclose(from);
	return is && *line;
}

static void version_of(const char *package)
{
	char version[160], command[256];

	snprintf(command, sizeof(command),
		 "rpm -q --qf '%%{VERSION}-%%{RELEASE}\n' %s 2>/dev/null", package);
	if (!dpkg_version(package, version, sizeof(version)) &&
	    (!in_path("rpm") || !first_line(command, version, sizeof(version)) ||
	     strchr(version, ' ')))
		snprintf(version, sizeof(version), "not installed");
	fprintf(to, "%s %s\n", package, redact(version));
}

static void versions(const struct facts *f)
{
	char cc[128], line[160], command[256];

	title("versions");
	fprintf(to, "this tool %s\n", VERSION);
	version_of(PACKAGE "-dkms");
	version_of(PACKAGE "-tools");
	version_of("dkms");
	if (first_line("dkms --version 2>/dev/null", line, sizeof(line)))
		fprintf(to, "dkms says %s\n", redact(line));
	if (!f->kernels.current)
		return;
	if (!kernel_compiler(f->kernels.current, cc, sizeof(cc))) {
		fprintf(to, "%s is not installed\n", redact(cc));
		return;
	}
	/* A name from a file goes to no shell unless it is plain. */
	snprintf(command, sizeof(command), "%s --version 2>/dev/null", cc);
	if (cc[strspn(cc, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._/")] ||
	    !first_line(command, line, sizeof(line)))
		snprintf(line, sizeof(line), "%s is installed", cc);
	fprintf(to, "compiler: %s\n", redact(line));
}

static void settings(void)
{
	char *text = root_read(NULL, "/etc/" PACKAGE ".conf");

	title("settings, /etc/" PACKAGE ".conf");
	if (!text)
		fprintf(to, "no such file\n");
	lines(text, NULL);
	free(text);
}

static void build_log(const struct facts *f)
{
	char *text, *at;
	unsigned int n;

	title("end of the last build's log");
	text = root_read(NULL, "/var/lib/dkms/" PACKAGE "/%s/build/make.log", f->kernels.source);
	if (!text || !*f->kernels.source) {
		fprintf(to, "none\n");
		free(text);
		return;
	}
	at = text + strlen(text);
	for (n = 0; at > text && n < 60; at--)
		n += at[-1] == '\n';
	lines(at, NULL);
	free(text);
}

/* The kernel's own log, where one may read it */
static void kernel_log(void)
{
	char *text = NULL;
	size_t have = 0, got;
	FILE *from;

	title("kernel log, lines about graphics");
	if (!root_is_real()) {
		text = root_read(NULL, "/var/log/kern.log");
	} else {
		from = popen("{ dmesg || journalctl -q -k -b -o cat; } 2>/dev/null", "r");
		while (from) {
			text = realloc(text, have + 65537);
			if (!text)
				die("no memory for the kernel's log");
			got = fread(text + have, 1, 65536, from);
			have += got;
			text[have] = 0;
			if (!got || have > (4 << 20))
				break;
		}
		if (from)
			pclose(from);
	}
	if (!text || !*text)
		fprintf(to, root_is_real() && geteuid() ? "only root may read it\n" : "none\n");
	lines(text, of_graphics);
	free(text);
}

static void parameters(void)
{
	char **files = root_list("/sys/module/nouveau/parameters");
	char line[256];
	size_t i;

	title("nouveau's parameters");
	for (i = 0; files[i]; i++) {
		root_line(line, sizeof(line), "/sys/module/nouveau/parameters/%s", files[i]);
		fprintf(to, "%s=%s\n", files[i], redact(line));
	}
	list_free(files);
}

int report_write(const char *file, const struct facts *f)
{
	struct mesa mesa;
	char *text;
	int fd;

	/* Whoever asks for a file does not want another one of that name lost. */
	fd = strcmp(file, "-") ? open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) : dup(1);
	if (fd < 0)
		die("cannot write %s: %s; name another file by -o", file,
		    errno == EEXIST ? "it is there already" : strerror(errno));
	to = fdopen(fd, "w");
	redact_begin();
	progress("collecting");
	fprintf(to, PACKAGE " report; names, addresses and serial numbers were removed\n");
	title("system");
	text = root_read(NULL, "/etc/os-release");
	lines(text, of_system);
	free(text);
	fprintf(to, "kernel %s\n", redact(f->kernels.running));
	mesa_find(&mesa);
	fprintf(to, mesa.nvk ? "NVK of Mesa %d.%d%s%s\n" : "no NVK%.0d%.0d%.0s%.0s\n", mesa.major, mesa.minor,
		mesa.whose ? ", of " : "", mesa.whose ? mesa.whose : "");
	fprintf(to, mesa.nvk32 ? "NVK for 32-bit programs, too\n" : "no NVK for 32-bit programs\n");
	versions(f);
	own(f, "status");
	own(f, "doctor");
	settings();
	cmdline();
	modprobe_d();
	parameters();
	build_log(f);
	kernel_log();
	progress_over();
	if (fflush(to) || ferror(to)) {
		int error = errno;

		if (strcmp(file, "-"))
			unlink(file);
		die("cannot write %s: %s", file, strerror(error));
	}
	fclose(to);
	if (strcmp(file, "-"))
		fprintf(stderr, PACKAGE ": wrote %s; look at it before you send it%s\n", file,
			*BUGS ? " to " BUGS : "");
	return 0;
}
