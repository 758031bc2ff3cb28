// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * vaspace - GPU address spaces as pictures; see vaspace.1
 *
 *	vaspace [--from T] [--to T] [--pdb X] [-o OUT.svg] TRACE
 *	vaspace --list TRACE
 *	vaspace --gpuvas FILE [-o OUT.svg]
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vaspace.h"

static char *unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static void __attribute__((noreturn)) usage(const char *what, const char *which)
{
	fprintf(stderr,
		"vaspace: %s%s; usage: vaspace [--from T] [--to T] [--pdb X] [-o OUT.svg] TRACE | --list TRACE | --gpuvas FILE [-o OUT.svg]\n",
		what, which);
	exit(2);
}

/* Seconds, as the trace has them */
static uint64_t seconds(const char *text)
{
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	if (errno || end == text || *end || !(s >= 0 && s < 1e9))
		usage("not a time: ", text);
	return (uint64_t)(s * 1e6 + 0.5);
}

int main(int argc, char **argv)
{
	const char *input = NULL, *output = NULL, *still = NULL;
	struct wish wish = { 0 };
	struct scene scene = { 0 };
	FILE *out = stdout;
	bool list = false;
	char *end;
	int i;

	for (i = 1; i < argc; i++) {
		const char *word = argv[i], *value = argv[i + 1];

		if (word[0] != '-') {
			if (input)
				usage("more than one file: ", word);
			input = word;
			continue;
		}
		if (!strcmp(word, "--list")) {
			list = true;
			continue;
		}
		if (!strcmp(word, "--from") || !strcmp(word, "--to") || !strcmp(word, "--pdb") ||
		    !strcmp(word, "-o") || !strcmp(word, "--gpuvas")) {
			if (!value)
				usage("nothing behind ", word);
			i++;
		}
		if (!strcmp(word, "--from")) {
			wish.from = seconds(value);
			wish.has_from = true;
		} else if (!strcmp(word, "--to")) {
			wish.to = seconds(value);
			wish.has_to = true;
		} else if (!strcmp(word, "--pdb")) {
			errno = 0;
			wish.pdb = strtoull(value, &end, 0);
			if (errno || end == value || *end)
				usage("not an address: ", value);
			wish.has_pdb = true;
		} else if (!strcmp(word, "-o")) {
			output = value;
		} else if (!strcmp(word, "--gpuvas")) {
			still = value;
		} else {
			usage("unknown argument ", word);
		}
	}
	if (!!input + !!still != 1)
		usage(input ? "a trace or --gpuvas, not both" : "no trace named", "");
	if (still && (list || wish.has_from || wish.has_to || wish.has_pdb))
		usage("--gpuvas takes -o alone", "");
	if (wish.has_from && wish.has_to && wish.from >= wish.to)
		usage("--to is not behind --from", "");

	if (list) {
		trace_list(input);
		return 0;
	}
	if (!still)
		trace_read(input, &wish, &scene);
	/* A picture appears whole or not at all. */
	if (output) {
		unfinished = malloc(strlen(output) + 5);
		if (!unfinished)
			die("no memory");
		sprintf(unfinished, "%s.new", output);
		out = fopen(unfinished, "w");
		if (!out) {
			char *path = unfinished;

			unfinished = NULL;
			die("cannot write %s: %s", path, strerror(errno));
		}
		atexit(remove_unfinished);
	}
	if (still)
		gpuvas(still, out);
	else
		picture(out, &scene);
	if (fflush(out) || ferror(out) || (output && fclose(out)))
		die("cannot write %s: %s", output ? output : "to stdout", strerror(errno));
	if (output) {
		if (rename(unfinished, output))
			die("cannot write %s: %s", output, strerror(errno));
		free(unfinished);
		unfinished = NULL;
	}
	free(scene.spans);
	free(scene.events);
	return 0;
}
