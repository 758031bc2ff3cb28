// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the firmware and shim say in EFI's variables. shim keeps the certificates
 * that the machine's owner has enrolled as they are, so that ours is there or not
 * byte by byte; no other program is needed to tell. Nothing is changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* What dkms.conf(5) calls mok_certificate, or the defaults of the distributions */
static void find_key(char *key, size_t room)
{
	static const char *const usual[] = {
		"/var/lib/shim-signed/mok/MOK.der", "/var/lib/dkms/mok.pub",
	};
	char *text = root_read(NULL, "/etc/dkms/framework.conf");
	char *line, *save;
	size_t i;

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
