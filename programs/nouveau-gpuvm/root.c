// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Files of this system, or of one that lies in a directory. There, absolute
 * links mean what they mean to whoever lives there: the kernel resolves them so.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tool.h"

static int root = -1;

void root_set(const char *path)
{
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		die("cannot use %s as root: %s; name a directory", path, strerror(errno));
}

bool root_is_real(void)
{
	return root < 0;
}

/*
 * Whoever renames a file or mounts anything, anywhere, while the kernel resolves a "..",
 * makes openat2() fail with EAGAIN, because the kernel cannot tell whether the path is
 * still below the root.  The next attempt is most often the good one.
 */
#define ATTEMPTS 100000

static int below(int flags, const char *path)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	int fd, attempt = 0;

	if (root < 0)
		return open(path, flags | O_CLOEXEC);
	/* glibc of Debian 11 does not know SYS_openat2; the kernel's headers there do. */
	do {
		fd = (int)syscall(__NR_openat2, root, path, &how, sizeof(how));
	} while (fd < 0 && errno == EAGAIN && ++attempt < ATTEMPTS);
	/* A kernel before 5.6, or a sandbox; links out of the root are wrong then. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(root, path + 1, flags | O_CLOEXEC);
	return fd;
}

#define COMPOSE(path, format)						\
	do {								\
		va_list args;						\
									\
		va_start(args, format);					\
		if (vsnprintf(path, sizeof(path), format, args) >= (int)sizeof(path))	\
			path[0] = 0;					\
		va_end(args);						\
	} while (0)

int root_open(int flags, const char *format, ...)
{
	char path[PATH_MAX];

	COMPOSE(path, format);
	return below(flags, path);
}

bool root_stat(struct stat *st, const char *format, ...)
{
	char path[PATH_MAX];
	bool is;
	int fd;

	COMPOSE(path, format);
	fd = below(O_PATH, path);
	if (fd < 0)
		return false;
	is = !fstat(fd, st);
	close(fd);
	return is;
}

bool root_has(const char *format, ...)
{
	char path[PATH_MAX];
	struct stat st;

	COMPOSE(path, format);
	return root_stat(&st, "%s", path);
}

char *root_read(size_t *len, const char *format, ...)
{
	char path[PATH_MAX];
	char *text = NULL;
	size_t have = 0;
	ssize_t got;
	int fd;

	COMPOSE(path, format);
	/* Never waits for who might write into a pipe. */
	fd = below(O_RDONLY | O_NONBLOCK, path);
	if (fd < 0)
		return NULL;
	do {
		char *more = realloc(text, have + 65536 + 1);

		if (!more)
			die("no memory for %s", path);
		text = more;
		got = read(fd, text + have, 65536);
		if (got > 0)
			have += (size_t)got;
	} while (got > 0 && have < (256 << 20));
	close(fd);
	if (got < 0) {
		free(text);
		return NULL;
	}
	text[have] = 0;
	if (len)
		*len = have;
	return text;
}

bool root_line(char *line, size_t room, const char *format, ...)
{
	char path[PATH_MAX];
	char *text;

	COMPOSE(path, format);
	*line = 0;
	text = root_read(NULL, "%s", path);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = 0;
	snprintf(line, room, "%s", text);
	free(text);
	return *line;
}

bool root_link(char *name, size_t room, const char *format, ...)
{
	char path[PATH_MAX], to[PATH_MAX];
	ssize_t len;
	char *last;
	int fd;

	COMPOSE(path, format);
	*name = 0;
	fd = below(O_PATH | O_NOFOLLOW, path);
	if (fd < 0)
		return false;
	len = readlinkat(fd, "", to, sizeof(to) - 1);
	close(fd);
	if (len <= 0)
		return false;
	to[len] = 0;
	last = strrchr(to, '/');
	snprintf(name, room, "%s", last ? last + 1 : to);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

char **root_list(const char *format, ...)
{
	char **names = grow(NULL, 0, sizeof(*names));
	char path[PATH_MAX];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;
	int fd;

	COMPOSE(path, format);
	fd = below(O_RDONLY | O_DIRECTORY, path);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		names = grow(names, count, sizeof(*names));
		names[count++] = copy(entry->d_name);
	}
	if (dir)
		closedir(dir);
	names = grow(names, count, sizeof(*names));
	names[count] = NULL;
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	return names;
}

void list_free(char **names)
{
	size_t i;

	for (i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
}

bool root_outside(char *outside, const char *format, ...)
{
	char path[PATH_MAX], self[40];
	ssize_t len;
	int fd;

	COMPOSE(path, format);
	fd = below(O_PATH, path);
	if (fd < 0)
		return false;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	len = readlink(self, outside, PATH_MAX - 1);
	close(fd);
	if (len <= 0)
		return false;
	outside[len] = 0;
	return true;
}
