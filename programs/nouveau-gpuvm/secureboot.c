// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the firmware and shim say in EFI's variables. shim keeps the certificates
 * that the machine's owner has enrolled as they are, so that ours is there or not
 * byte by byte; no other program is needed to tell. Nothing is changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool.h"

#define EFIVARS "/sys/firmware/efi/efivars"
#define GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SHIM "605dab50-e046-4300-abb6-3dd810dd8b23"

/* Four bytes of attributes stand before what a variable holds. */
static int flag(const char *name, const char *guid)
{
	size_t len = 0;
	char *value = root_read(&len, EFIVARS "/%s-%s", name, guid);
	int is = value && len >= 5 ? value[4] : -1;

	free(value);
	return is;
}

/*
 * The value of mok_certificate as dkms has it: its settings are shell, with export,
 * quotes and variables, so that bash reads them, as it does for dkms. It gets no
 * environment, and five seconds.
 */
static bool ask_bash(char **files, size_t count, char *key, size_t room)
{
	static const char script[] = "for f; do . \"$f\"; done >/dev/null 2>&1; printf %s \"$mok_certificate\"";
	static char *const none[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int pipes[2], null, status = -1;
	char **argv = need((count + 5) * sizeof(*argv));
	size_t have = 0;
	ssize_t got;
	pid_t pid;

	argv[0] = (char *)"bash";
	argv[1] = (char *)"-c";
	argv[2] = (char *)script;
	argv[3] = (char *)"dkms";
	memcpy(argv + 4, files, count * sizeof(*files));
	argv[count + 4] = NULL;
	if (pipe2(pipes, O_CLOEXEC))
		die("no pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(pipes[1], 1);
		dup2(null, 2);
		alarm(5);
		execve("/bin/bash", argv, none);
		_exit(126);
	}
	close(pipes[1]);
	while (have + 1 < room && (got = read(pipes[0], key + have, room - 1 - have)) > 0)
		have += (size_t)got;
	key[have] = 0;
	close(pipes[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(argv);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Without bash, the plainest form that the setting can have. */
static void read_setting(char *key, size_t room)
{
	char *text = root_read(NULL, "/etc/dkms/framework.conf");
	char *line, *save;

	*key = 0;
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		if (!starts(line, "mok_certificate="))
			continue;
		line += strlen("mok_certificate=");
		line += *line == '"' || *line == '\'';
		line[strcspn(line, "\"' \t")] = 0;
		snprintf(key, room, "%s", line);
	}
	free(text);
}

/* dkms reads framework.conf, then what is in framework.conf.d, by name. */
static void find_setting(char *key, size_t room)
{
	char **names = root_list("/etc/dkms/framework.conf.d");
	char **files = grow(NULL, 0, sizeof(*files));
	char path[PATH_MAX];
	size_t count = 0, i;

	*key = 0;
	if (root_outside(path, "/etc/dkms/framework.conf"))
		files[count++] = copy(path);
	for (i = 0; names[i]; i++) {
		const char *dot = strrchr(names[i], '.');

		if (!dot || strcmp(dot, ".conf") ||
		    !root_outside(path, "/etc/dkms/framework.conf.d/%s", names[i]))
			continue;
		files = grow(files, count, sizeof(*files));
		files[count++] = copy(path);
	}
	if (count && !ask_bash(files, count, key, room))
		read_setting(key, room);
	for (i = 0; i < count; i++)
		free(files[i]);
	free(files);
	list_free(names);
}

/* What is set; or shim-signed's, which Ubuntu's dkms takes; or dkms' own */
static void find_key(char *key, size_t room)
{
	static const char *const usual[] = {
		"/var/lib/shim-signed/mok/MOK.der", "/var/lib/dkms/mok.pub",
	};
	size_t i;

	find_setting(key, room);
	for (i = 0; i < ARRAY_SIZE(usual) && !*key; i++) {
		if (root_has("%s", usual[i]))
			snprintf(key, room, "%s", usual[i]);
	}
	if (*key && !root_has("%s", key))
		*key = 0;
}

static enum enrolled find_enrolled(const char *path)
{
	enum enrolled is = ENROLLED_UNKNOWN;
	size_t key_len = 0, len;
	char *key = root_read(&key_len, "%s", path);
	char **names = root_list(EFIVARS);
	size_t i;

	for (i = 0; key && key_len && names[i]; i++) {
		char *list;

		if (!starts(names[i], "MokListRT"))
			continue;
		list = root_read(&len, EFIVARS "/%s", names[i]);
		if (!list)
			continue;
		if (is == ENROLLED_UNKNOWN)
			is = ENROLLED_NO;
		if (memmem(list, len, key, key_len))
			is = ENROLLED_YES;
		free(list);
	}
	/* No list: shim has written none, for none was enrolled. */
	if (key && key_len && is == ENROLLED_UNKNOWN && names[0] &&
	    !root_has(EFIVARS "/MokListRT-" SHIM))
		is = ENROLLED_NO;
	list_free(names);
	free(key);
	return is;
}

void secure_boot_look(struct secure_boot_state *s)
{
	int on;

	memset(s, 0, sizeof(*s));
	s->enrolled = ENROLLED_UNKNOWN;
	find_key(s->key, sizeof(s->key));
	if (!root_has("/sys/firmware/efi")) {
		s->state = SB_NO_EFI;
		return;
	}
	on = flag("SecureBoot", GLOBAL);
	if (on < 0)
		s->state = root_has(EFIVARS "/SecureBoot-" GLOBAL) ? SB_UNKNOWN : SB_OFF;
	/* shim can be told to let everything pass. */
	else if (!on || flag("SetupMode", GLOBAL) == 1 || flag("MokSBStateRT", SHIM) == 1)
		s->state = SB_OFF;
	else
		s->state = SB_ON;
	if (*s->key)
		s->enrolled = find_enrolled(s->key);
}
