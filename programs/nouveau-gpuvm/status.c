// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A line for each kernel and each GPU.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char *initramfs_word(enum initramfs i)
{
	static const char *const words[] = {
		"none", "unreadable", "not looked into", "without nouveau", "current", "stale",
	};

	return words[i];
}

static enum shade initramfs_shade(enum initramfs i)
{
	if (i == INITRAMFS_STALE)
		return BAD;
	return i == INITRAMFS_UNREADABLE || i == INITRAMFS_UNKNOWN ? DOUBTFUL : PLAIN;
}

static const char *built_word(const struct kernel *k)
{
	static const char *const words[] = { "no", "failed", "yes" };

	return k->built == BUILT_NO && k->headers == HEADERS_NONE ? "no headers" : words[k->built];
}

static enum shade built_shade(const struct kernel *k)
{
	if (k->built == BUILT_YES)
		return GOOD;
	return k->built == BUILT_FAILED ? BAD : DOUBTFUL;
}

/* Whose nouveau it is, in words for people */
static void name_module(char *text, size_t room, const struct kernels *all, const struct kernel *k)
{
	const struct module *m = &k->chosen;

	if (m->builtin)
		snprintf(text, room, "the kernel's own, built in");
	else if (!m->found)
		snprintf(text, room, "none");
	else if (m->ours)
		snprintf(text, room, "ours %s", m->version);
	else if (kernel_waits(all, k))
		snprintf(text, room, "the kernel's own, until the key is enrolled");
	else
		snprintf(text, room, "the kernel's own%s", m->vm_bind ? ", with VM_BIND" : "");
}

static void name_loaded(char *text, size_t room, const struct facts *f)
{
	const struct loaded *l = &f->loaded;

	if (!l->is)
		snprintf(text, room, "nouveau is not loaded");
	else if (!strcmp(l->from, "chosen"))
		snprintf(text, room, "nouveau%s%s is loaded, from %s", *l->version ? " " : "",
			 l->version, f->kernels.current->chosen.path);
	else if (!strcmp(l->from, "kernel"))
		snprintf(text, room, "the kernel's own nouveau is loaded");
	else
		snprintf(text, room, "nouveau %s is loaded, from a file that is not there now",
			 *l->version ? l->version : "of no version");
}

static void text_kernels(FILE *to, const struct facts *f, const struct options *o)
{
	const struct kernels *all = &f->kernels;
	char next[96], line[512];
	int width = 6, next_width = 4;
	size_t i;

	for (i = 0; i < all->count; i++) {
		int n = (int)strlen(all->k[i].release) + all->k[i].running * 2;

		width = n > width ? n : width;
		name_module(next, sizeof(next), all, &all->k[i]);
		n = (int)strlen(next);
		next_width = n > next_width ? n : next_width;
	}
	if (all->count)
		fprintf(to, "%s%-*s  %-10s  %-*s  %-6s  %s%s\n", shade(o, DIM), width, "KERNEL",
			"BUILT", next_width, "NEXT", "SIGNED", "INITRAMFS", shade(o, PLAIN));
	for (i = 0; i < all->count; i++) {
		const struct kernel *k = &all->k[i];

		name_module(next, sizeof(next), all, k);
		snprintf(line, sizeof(line), "%s%s", k->release, k->running ? " *" : "");
		fprintf(to, "%-*s  %s%-10s%s  %s%-*s%s  %-6s  %s%s%s\n", width, line,
			shade(o, built_shade(k)), built_word(k), shade(o, PLAIN),
			shade(o, k->chosen.vm_bind ? GOOD : DOUBTFUL), next_width, next,
			shade(o, PLAIN), *k->chosen.signer ? "yes" : "no",
			shade(o, initramfs_shade(k->initramfs)), initramfs_word(k->initramfs),
			shade(o, PLAIN));
	}
	if (!all->count)
		fprintf(to, "no kernel in /lib/modules\n");
	if (all->current)
		fprintf(to, "* is running; ");
	else
		fprintf(to, "%s is running; ", *all->running ? all->running : "another kernel");
	name_loaded(line, sizeof(line), f);
	fprintf(to, "%s\n", line);
}

static void text_gpu(FILE *to, const struct gpu *g, const struct options *o)
{
	const char *clocks = clocks_text(g->clocks);

	fprintf(to, "GPU %s: %s (10de:%04x), %s%s%s\n", g->slot, *g->name ? g->name :
		g->chip ? g->chip->name : "unknown chip", g->device,
		*g->driver ? "driver " : "no driver", g->driver, *g->node ? "" : ", no render node");
	if (*clocks)
		fprintf(to, "    clocks: %s\n", clocks);
	if (!*g->node)
		return;
	if (g->error)
		fprintf(to, "    %s%s: %s%s\n", shade(o, DOUBTFUL), g->node, strerror(g->error),
			shade(o, PLAIN));
	else if (g->push_max)
		fprintf(to, "    %s: %s %d.%d.%d, %shas VM_BIND%s, %d pushes an EXEC\n", g->node,
			g->answer, g->version[0], g->version[1], g->version[2], shade(o, GOOD),
			shade(o, PLAIN), g->push_max);
	else
		fprintf(to, "    %s: %s %d.%d.%d, %shas no VM_BIND%s\n", g->node, g->answer,
			g->version[0], g->version[1], g->version[2], shade(o, BAD),
			shade(o, PLAIN));
}

static void json_kernel(FILE *to, const struct kernels *all, const struct kernel *k,
			const struct loaded *l)
{
	static const char *const headers[] = { "none", "incomplete", "whole" };
	const struct module *m = &k->chosen;

	json_open(NULL, '{');
	json_string("release", k->release);
	json_truth("running", k->running);
	json_string("headers", headers[k->headers]);
	json_string("built", k->built == BUILT_YES ? k->built_version : NULL);
	json_string("build_error", k->built == BUILT_FAILED ? k->why : NULL);
	json_open("next", '{');
	json_string("file", m->path);
	json_truth("builtin", m->builtin);
	json_truth("ours", m->ours);
	json_string("version", m->version);
	json_string("signer", m->signer);
	json_truth("vm_bind", m->vm_bind);
	json_truth("waits_for_key", kernel_waits(all, k));
	json_close(to);
	json_truth("loaded", k->running && l->is && !strcmp(l->from, "chosen"));
	json_string("initramfs", initramfs_word(k->initramfs));
	json_string("initramfs_file", k->initramfs_file);
	json_close(to);
}

static void json_gpu(FILE *to, const struct gpu *g)
{
	char text[32];

	json_open(NULL, '{');
	json_string("slot", g->slot);
	snprintf(text, sizeof(text), "10de:%04x", g->device);
	json_string("id", text);
	json_string("chip", g->chip ? g->chip->name : NULL);
	json_string("name", g->name);
	json_string("clocks", clocks_text(g->clocks));
	json_string("driver", g->driver);
	json_string("node", g->node);
	json_string("error", g->error ? strerror(g->error) : NULL);
	json_string("answers", g->answer);
	snprintf(text, sizeof(text), "%d.%d.%d", g->version[0], g->version[1], g->version[2]);
	json_string("version", *g->answer ? text : NULL);
	json_truth("vm_bind", g->push_max > 0);
	json_number("exec_push_max", g->push_max);
	json_close(to);
}

static void json_status(FILE *to, const struct facts *f)
{
	const struct loaded *l = &f->loaded;
	size_t i;

	json_open(NULL, '{');
	json_string("running", f->kernels.running);
	json_string("source", f->kernels.source);
	json_open("kernels", '[');
	for (i = 0; i < f->kernels.count; i++)
		json_kernel(to, &f->kernels, &f->kernels.k[i], l);
	json_close(to);
	json_open("loaded", '{');
	json_truth("nouveau", l->is);
	json_string("version", l->version);
	json_string("from", l->from);
	json_close(to);
	json_open("gpus", '[');
	for (i = 0; i < f->gpus.count; i++)
		json_gpu(to, &f->gpus.g[i]);
	json_close(to);
	json_close(to);
}

void status_write(FILE *to, const struct facts *f, const struct options *o)
{
	size_t i;

	if (o->json) {
		json_status(to, f);
		return;
	}
	if (!*f->kernels.source)
		fprintf(to, PACKAGE "-dkms is not installed\n");
	text_kernels(to, f, o);
	for (i = 0; i < f->gpus.count; i++)
		text_gpu(to, &f->gpus.g[i], o);
	if (!f->gpus.count)
		fprintf(to, "no NVIDIA GPU\n");
}
