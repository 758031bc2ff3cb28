// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// failload MODULE.ko [STEP-PERCENT]: loads a module again and again, and each
// time another one of the allocations fails that the kernel makes meanwhile:
// the first, the second and so on, until a load makes fewer. With STEP-PERCENT
// the number grows by so much each time, for modules that take long to load.
// Whenever the module did load, it is unloaded.
//
// Ends with 1 if a load fails without an allocation that did, if an unload
// fails, or if no failure was noticed.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NTH "/proc/thread-self/fail-nth"

static long pwrite_number(int fd, unsigned long number)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%lu", number);

	return pwrite(fd, text, len, 0);
}

static unsigned long pread_number(int fd)
{
	char text[24] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? strtoul(text, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	unsigned long nth, refused = 0, done = 0, step;
	int module, fail;
	char name[64];
	char *base;

	if (argc < 2) {
		fprintf(stderr, "failload: no module named\n");
		return 2;
	}
	step = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	base = strrchr(argv[1], '/');
	snprintf(name, sizeof(name), "%s", base ? base + 1 : argv[1]);
	if (strstr(name, ".ko"))
		*strstr(name, ".ko") = 0;
	module = open(argv[1], O_RDONLY);
	if (module < 0) {
		fprintf(stderr, "failload: cannot open %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	fail = open(NTH, O_RDWR);
	if (fail < 0) {
		fprintf(stderr, "failload: cannot open " NTH ": %s\n", strerror(errno));
		return 2;
	}

	for (nth = 1;; nth += 1 + nth * step / 100) {
		unsigned long left;
		long ret;
		int err;

		if (pwrite_number(fail, nth) < 0) {
			fprintf(stderr, "failload: cannot write " NTH ": %s\n", strerror(errno));
			return 2;
		}
		ret = syscall(SYS_finit_module, module, "", 0);
		err = errno;
		/* What is left of it was not reached; nothing fails from here on. */
		left = pread_number(fail);
		pwrite_number(fail, 0);

		if (ret && left) {
			printf("%s does not load: %s\n", name, strerror(err));
			return 1;
		}
		if (!ret && syscall(SYS_delete_module, name, O_NONBLOCK)) {
			printf("%s: allocation %lu: does not unload: %s\n", name, nth,
			       strerror(errno));
			return 1;
		}
		if (left)
			break;
		if (ret)
			refused++;
		else
			done++;
	}
	printf("%s: up to allocation %lu, %lu loads refused, %lu done without\n",
	       name, nth - 1, refused, done);
	if (!refused) {
		printf("%s: no failure was noticed\n", name);
		return 1;
	}
	return 0;
}
