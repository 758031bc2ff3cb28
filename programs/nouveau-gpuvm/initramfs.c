// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Which nouveau an initramfs holds, and which firmware. An image is a row of cpio archives (newc), of
 * which the last is compressed; it is read by the program that made it, through a
 * pipe, and only as far as needed. Where the image is younger than the module and
 * the module index, nothing has changed since, and it is not read for its nouveau.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

/* Names below lib/firmware; a link to a directory stands for what is below that. */
struct image {
	bool nouveau;
	struct entry {
		char *name;
		char *target;	/* NULL: no link */
	} *entries;
	size_t count;
};

struct stream {
	struct image *image;	/* NULL: nouveau is all that is looked for */
	int fd;
	uint64_t until;		/* ms; 0: no limit */
	bool late, broken;
	uint64_t at;		/* bytes from the begin of the archive */
	char *buffer;
	size_t have, used;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#define BUFFER (256 << 10)

static bool fill(struct stream *s)
{
	struct pollfd wait = { .fd = s->fd, .events = POLLIN };
	int left = -1;
	ssize_t got;

	if (s->until) {
		uint64_t now = now_ms();

		left = now < s->until ? (int)(s->until - now) : 0;
	}
	if ((s->until && !left) || poll(&wait, 1, left) == 0) {
		s->late = true;
		return false;
	}
	do {
		got = read(s->fd, s->buffer, BUFFER);
	} while (got < 0 && errno == EINTR);
	s->used = 0;
	s->have = got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* @len bytes into @to, or past them with NULL */
static bool take(struct stream *s, char *to, uint64_t len)
{
	while (len) {
		size_t part;

		if (s->used == s->have && !fill(s))
			return false;
		part = s->have - s->used;
		if (part > len)
			part = (size_t)len;
		if (to) {
			memcpy(to, s->buffer + s->used, part);
			to += part;
		}
		s->used += part;
		s->at += part;
		len -= part;
	}
	return true;
}

static uint32_t field(const char *header, unsigned int number)
{
	char text[9];

	memcpy(text, header + 6 + 8 * number, 8);
	text[8] = 0;
	return (uint32_t)strtoul(text, NULL, 16);
}

static bool pad(struct stream *s)
{
	return take(s, NULL, (4 - s->at % 4) % 4);
}

/* The part of a path in an image that is below /lib/modules/RELEASE, of a nouveau */
static const char *nouveau_in(const char *name, const char *release)
{
	char dir[192];
	const char *at;

	snprintf(dir, sizeof(dir), "lib/modules/%s/", release);
	at = strstr(name, dir);
	if (!at || (at != name && at[-1] != '/'))
		return NULL;
	at += strlen(dir);
	name = strrchr(at, '/');
	return name && starts(name, "/nouveau.ko") ? at : NULL;
}

/* The part of a path in an image that is below lib/firmware */
static const char *firmware_in(const char *name)
{
	static const char dir[] = "lib/firmware/";
	const char *at = strstr(name, dir);

	return at && (at == name || at[-1] == '/') ? at + strlen(dir) : NULL;
}

#define FIELD_MODE 1
#define FIELD_SIZE 6
#define FIELD_NAME_SIZE 11

/* Takes the rest of an entry of the archive, which is a file of firmware, or a link. */
static bool keep(struct stream *s, const char *name, uint32_t mode, uint32_t len)
{
	struct image *image = s->image;
	struct entry *e;

	if (!S_ISREG(mode) && !S_ISLNK(mode))
		return take(s, NULL, len) && pad(s);
	image->entries = grow(image->entries, image->count, sizeof(*image->entries));
	e = &image->entries[image->count++];
	e->name = copy(name);
	e->target = NULL;
	if (!S_ISLNK(mode) || len >= PATH_MAX)
		return take(s, NULL, len) && pad(s);
	e->target = need(len + 1);
	e->target[len] = 0;
	if (take(s, e->target, len) && pad(s))
		return true;
	free(e->target);
	e->target = NULL;
	return false;
}

static bool says(const char *module, size_t len, const char *key, const char *value)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "%s=%s", key, value);

	return memmem(module, len, text, (size_t)n + 1);
}

/* Whether what the image holds is what would be loaded: a kernel's own is by its
 * place, ours by what was compiled; dracut strips it and may unpack it.
 */
static bool same(struct stream *s, const char *in, size_t len, const char *release,
		 const struct module *chosen)
{
	size_t stem = strcspn(chosen->path, ".");
	char *held, *file;
	size_t file_len = 0;
	bool is;

	if (strncmp(in, chosen->path, stem) || in[stem] != '.')
		return false;
	if (!chosen->ours || !len || len > (64 << 20))
		return true;
	held = need(len);
	if (!take(s, held, len)) {
		free(held);
		return false;
	}
	is = says(held, len, "srcversion", chosen->srcversion) &&
	     says(held, len, "version", chosen->version);
	if (!is) {
		/* Compressed, as the file is */
		file = root_read(&file_len, "/lib/modules/%s/%s", release, chosen->path);
		is = file && file_len == len && !memcmp(file, held, len);
		free(file);
	}
	free(held);
	return is;
}

/*
 * Reads one archive. 1: an answer is in @answer; 0: the archive is over;
 * -1: it is none, and @magic, the first six bytes, may say what it is.
 */
static int archive(struct stream *s, char *magic, const char *release,
		   const struct module *chosen, enum initramfs *answer)
{
	char header[110], name[PATH_MAX];

	s->at = 0;
	for (;;) {
		uint32_t name_len, len, mode;
		const char *in;

		do {	/* zeros stand between archives */
			if (!take(s, header, 1))
				return s->late ? -1 : 0;
		} while (!header[0]);
		s->at = 1;
		if (!take(s, header + 1, 5))
			return 0;
		memcpy(magic, header, 6);
		if (memcmp(header, "070701", 6) && memcmp(header, "070702", 6))
			return -1;
		if (!take(s, header + 6, sizeof(header) - 6))
			return 0;
		name_len = field(header, FIELD_NAME_SIZE);
		len = field(header, FIELD_SIZE);
		mode = field(header, FIELD_MODE);
		if (!name_len || name_len >= sizeof(name) || !take(s, name, name_len) || !pad(s))
			return 0;
		name[name_len - 1] = 0;
		in = nouveau_in(name, release);
		if (s->image) {
			s->image->nouveau |= !!in;
			in = firmware_in(name);
			if (in) {
				if (!keep(s, in, mode, len))
					return 0;
				continue;
			}
		} else if (in) {
			*answer = same(s, in, len, release, chosen) ?
				INITRAMFS_CURRENT : INITRAMFS_STALE;
			return 1;
		}
		if (!take(s, NULL, len) || !pad(s))
			return 0;
	}
}

static const char *const *unpacker(const char *magic)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *command[4];
	} known[] = {
		{ "\x28\xb5\x2f\xfd", 4, { "zstd", "-dcq", NULL } },
		{ "\x1f\x8b", 2, { "gzip", "-dc", NULL } },
		{ "\xfd" "7zXZ", 5, { "xz", "-dc", NULL } },
		{ "BZh", 3, { "bzip2", "-dc", NULL } },
		{ "\x02\x21\x4c\x18", 4, { "lz4", "-dc", NULL } },
		{ "\x04\x22\x4d\x18", 4, { "lz4", "-dc", NULL } },
		{ "\x89LZO", 4, { "lzop", "-dc", NULL } },
		{ "\x5d\0\0", 3, { "xz", "-dc", "--format=lzma", NULL } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (!memcmp(magic, known[i].magic, known[i].len))
			return known[i].command;
	}
	return NULL;
}

/* Unpacks @fd from @offset on; the child is in @pid. */
static int unpack(int fd, off_t offset, const char *const *command, pid_t *pid)
{
	int pipes[2], null;

	if (pipe2(pipes, O_CLOEXEC))
		return -1;
	*pid = fork();
	if (!*pid) {
		null = open("/dev/null", O_WRONLY);
		lseek(fd, offset, SEEK_SET);
		dup2(fd, 0);
		dup2(pipes[1], 1);
		dup2(null, 2);
		execvp(command[0], (char *const *)command);
		_exit(126);
	}
	close(pipes[1]);
	if (*pid < 0) {
		close(pipes[0]);
		return -1;
	}
	return pipes[0];
}

/* With @image, reads all of it; @chosen does not count then. */
static enum initramfs look_inside(int fd, const char *release, const struct module *chosen,
				  unsigned int ms, struct image *image)
{
	struct stream s = { .fd = fd, .until = ms ? now_ms() + ms : 0, .image = image };
	enum initramfs answer = INITRAMFS_WITHOUT;
	const char *const *command;
	char magic[6] = "";
	pid_t pid = -1;
	uint64_t entries;
	int found, status, from;
	off_t offset;

	s.buffer = need(BUFFER);
	found = archive(&s, magic, release, chosen, &answer);
	if (found < 0 && !s.late) {
		/* The last six bytes taken are the first of what is packed. */
		offset = lseek(fd, 0, SEEK_CUR) - (off_t)(s.have - s.used) - 6;
		command = unpacker(magic);
		from = command ? unpack(fd, offset, command, &pid) : -1;
		s.fd = from;
		s.have = 0;
		s.used = 0;
		entries = s.at;
		found = from < 0 ? -1 : archive(&s, magic, release, chosen, &answer);
		/* Nothing came out of it at all. */
		if (!found && s.at <= entries && !s.have)
			found = -1;
		if (from >= 0)
			close(from);
		if (pid > 0) {
			kill(pid, SIGKILL);
			while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
				;
			if (!found && WIFEXITED(status) && WEXITSTATUS(status))
				found = -1;
		}
	}
	free(s.buffer);
	if (s.late)
		return INITRAMFS_UNKNOWN;
	return found < 0 ? INITRAMFS_UNREADABLE : answer;
}

/* Paths of a kernel's images, and a directory that may hide some. */
struct images {
	char (*path)[320];
	size_t count;
	const char *hidden;
};

static void add_image(struct images *all, const char *path)
{
	struct stat st;

	if (!root_stat(&st, "%s", path) || !S_ISREG(st.st_mode))
		return;
	all->path = grow(all->path, all->count, sizeof(*all->path));
	snprintf(all->path[all->count++], sizeof(*all->path), "%.*s",
		 (int)sizeof(*all->path) - 1, path);
}

static bool is_hidden(const char *dir)
{
	int fd = root_open(O_RDONLY | O_DIRECTORY, "%s", dir);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EACCES;
}

/*
 * initramfs-tools, dracut and SUSE put images into /boot by name; kernel-install has
 * a directory TOKEN/RELEASE on the boot or the EFI partition. A TOKEN is most often
 * the machine's ID, but any name will do.
 */
static void find_images(struct images *all, const char *release)
{
	static const char *const names[] = {
		"/boot/initrd.img-%s", "/boot/initramfs-%s.img", "/boot/initrd-%s",
		"/lib/modules/%s/initrd",
	};
	static const char *const boots[] = { "/boot", "/efi", "/boot/efi" };
	char path[PATH_MAX];
	size_t i, t, n;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), names[i], release);
		add_image(all, path);
	}
	for (i = 0; i < ARRAY_SIZE(boots); i++) {
		char **tokens = root_list("%s", boots[i]);

		if (is_hidden(boots[i]))
			all->hidden = boots[i];
		for (t = 0; tokens[t]; t++) {
			char **files = root_list("%s/%s/%s", boots[i], tokens[t], release);

			for (n = 0; files[n]; n++) {
				if (!starts(files[n], "initrd") && !starts(files[n], "initramfs"))
					continue;
				snprintf(path, sizeof(path), "%s/%s/%s/%s", boots[i], tokens[t],
					 release, files[n]);
				add_image(all, path);
			}
			list_free(files);
		}
		list_free(tokens);
	}
}

static bool younger(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_ctim.tv_sec)
		return a->st_mtim.tv_sec > b->st_ctim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_ctim.tv_nsec;
}

static enum initramfs look_at(const char *path, const char *release, const struct module *chosen,
			      unsigned int ms)
{
	struct stat image, module, index;
	enum initramfs answer;
	int fd;

	fd = root_open(O_RDONLY, "%s", path);
	if (fd < 0 || fstat(fd, &image)) {
		if (fd >= 0)
			close(fd);
		return INITRAMFS_UNREADABLE;
	}
	if (chosen->found && !chosen->builtin &&
	    root_stat(&module, "/lib/modules/%s/%s", release, chosen->path) &&
	    root_stat(&index, "/lib/modules/%s/modules.dep.bin", release) &&
	    younger(&image, &module) && younger(&image, &index)) {
		close(fd);
		return INITRAMFS_CURRENT;
	}
	progress("looking into the initramfs of %s", release);
	answer = look_inside(fd, release, chosen, ms, NULL);
	progress_over();
	close(fd);
	return answer;
}

/* Of several images, which the boot loader takes is not known: the worst counts. */
enum initramfs initramfs_look(const char *release, const struct module *chosen, unsigned int ms,
			      char *file, size_t room)
{
	static const int badness[] = {
		[INITRAMFS_NONE] = 0, [INITRAMFS_WITHOUT] = 1, [INITRAMFS_CURRENT] = 2,
		[INITRAMFS_UNKNOWN] = 3, [INITRAMFS_UNREADABLE] = 4, [INITRAMFS_STALE] = 5,
	};
	uint64_t until = now_ms() + ms;
	enum initramfs answer = INITRAMFS_NONE;
	struct images all;
	size_t i;

	*file = 0;
	find_images(&all, release);
	for (i = 0; i < all.count; i++) {
		uint64_t now = now_ms();
		unsigned int left = !ms ? 0 : now < until ? (unsigned int)(until - now) : 1;
		enum initramfs is = look_at(all.path[i], release, chosen, left);

		if (badness[is] <= badness[answer])
			continue;
		answer = is;
		snprintf(file, room, "%s", all.path[i]);
	}
	free(all.path);
	if (!all.count && all.hidden) {
		snprintf(file, room, "%s", all.hidden);
		return INITRAMFS_UNREADABLE;
	}
	return answer;
}

struct image *image_read(const char *file, const char *release)
{
	struct image *image = need(sizeof(*image));
	enum initramfs answer;
	int fd;

	memset(image, 0, sizeof(*image));
	fd = root_open(O_RDONLY, "%s", file);
	if (fd >= 0) {
		progress("looking for firmware in the initramfs of %s", release);
		answer = look_inside(fd, release, NULL, 0, image);
		progress_over();
		close(fd);
		if (answer != INITRAMFS_UNREADABLE && image->nouveau)
			return image;
	}
	image_free(image);
	return NULL;
}

void image_free(struct image *image)
{
	size_t i;

	for (i = 0; image && i < image->count; i++) {
		free(image->entries[i].name);
		free(image->entries[i].target);
	}
	if (image)
		free(image->entries);
	free(image);
}

/* @path is changed: "a/b/../c" becomes "a/c". */
static void without_dots(char *path)
{
	char *up, *before;

	while ((up = strstr(path, "/../"))) {
		*up = 0;
		before = strrchr(path, '/');
		before = before ? before + 1 : path;
		memmove(before, up + 4, strlen(up + 4) + 1);
	}
}

/* Where @name is if @link, an entry above it, is followed; false: that is elsewhere. */
static bool follow(char *to, size_t room, const struct entry *link, const char *name)
{
	const char *rest = name + strlen(link->name);
	const char *inside = firmware_in(link->target);
	const char *slash = strrchr(link->name, '/');
	int n;

	if (!inside && *link->target == '/')
		return false;
	if (inside)
		n = snprintf(to, room, "%s%s", inside, rest);
	else
		n = snprintf(to, room, "%.*s%s%s", slash ? (int)(slash + 1 - link->name) : 0,
			     link->name, link->target, rest);
	if (n >= (int)room)
		return false;
	without_dots(to);
	return true;
}

bool image_has(const struct image *image, const char *file)
{
	char name[PATH_MAX], next[PATH_MAX];
	unsigned int depth;
	size_t i;

	snprintf(name, sizeof(name), "%s", file);
	for (depth = 0; depth < 8; depth++) {
		const struct entry *link = NULL;

		for (i = 0; i < image->count; i++) {
			const struct entry *e = &image->entries[i];

			if (!strcmp(e->name, name))
				return true;
			if (e->target && starts(name, e->name) && name[strlen(e->name)] == '/')
				link = e;
		}
		if (!link || !follow(next, sizeof(next), link, name))
			return false;
		memcpy(name, next, sizeof(name));
	}
	return false;
}
