// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * nouveau as files and as what is loaded. libkmod answers which file is taken,
 * from the same index as modprobe; a module of ours is known by what it needs.
 */
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Whether @name is one of the comma-separated @list */
static bool names(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = strstr(list, name); at; at = strstr(at + 1, name)) {
		if ((at == list || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

/* GPUVM is part of some kernels themselves: what nouveau wants of it tells. */
static bool wants_gpuvm(struct kmod_module *mod)
{
	struct kmod_list *symbols = NULL, *l;
	bool does = false;

	if (kmod_module_get_dependency_symbols(mod, &symbols) < 0)
		return false;
	kmod_list_foreach(l, symbols)
		does |= starts(kmod_module_dependency_symbol_get_symbol(l), "drm_gpuv");
	kmod_module_dependency_symbols_free_list(symbols);
	return does;
}

static void read_info(struct module *m, struct kmod_module *mod)
{
	struct kmod_list *info = NULL, *l;
	bool signature = false;
	size_t count = 0;

	if (kmod_module_get_info(mod, &info) < 0)
		return;
	m->firmware = grow(NULL, 0, sizeof(*m->firmware));
	kmod_list_foreach(l, info) {
		const char *key = kmod_module_info_get_key(l);
		const char *value = kmod_module_info_get_value(l);

		if (!strcmp(key, "version")) {
			snprintf(m->version, sizeof(m->version), "%s", value);
		} else if (!strcmp(key, "srcversion")) {
			snprintf(m->srcversion, sizeof(m->srcversion), "%s", value);
		} else if (!strcmp(key, "signer")) {
			snprintf(m->signer, sizeof(m->signer), "%s", value);
		} else if (!strcmp(key, "sig_id")) {
			signature = true;
		} else if (!strcmp(key, "depends")) {
			m->ours |= names(value, "ngv_gpuvm");
			m->vm_bind |= m->ours || names(value, "drm_gpuvm");
		} else if (!strcmp(key, "firmware")) {
			m->firmware = grow(m->firmware, count, sizeof(*m->firmware));
			m->firmware[count++] = copy(value);
		}
	}
	m->firmware = grow(m->firmware, count, sizeof(*m->firmware));
	m->firmware[count] = NULL;
	kmod_module_info_free_list(info);
	if (signature && !*m->signer)
		snprintf(m->signer, sizeof(m->signer), "unnamed");
	if (!m->vm_bind)
		m->vm_bind = wants_gpuvm(mod);
}

static struct kmod_ctx *context(const char *release, char *dir)
{
	/* Blacklists and the like are blocked.c's. */
	static const char *const nothing[] = { NULL };

	if (!root_outside(dir, "/lib/modules/%s", release))
		return NULL;
	return kmod_new(dir, nothing);
}

static void take(struct module *m, struct kmod_module *mod, const char *dir)
{
	const char *path = kmod_module_get_path(mod);

	m->found = true;
	if (!path) {
		m->builtin = true;
		return;
	}
	if (starts(path, dir))
		path += strlen(dir) + 1;
	snprintf(m->path, sizeof(m->path), "%s", path);
	read_info(m, mod);
}

void module_chosen(struct module *m, const char *release)
{
	struct kmod_list *found = NULL;
	char dir[PATH_MAX];
	struct kmod_ctx *ctx;

	memset(m, 0, sizeof(*m));
	ctx = context(release, dir);
	if (!ctx)
		return;
	kmod_load_resources(ctx);
	if (kmod_module_new_from_lookup(ctx, "nouveau", &found) >= 0 && found) {
		struct kmod_module *mod = kmod_module_get_module(found);

		take(m, mod, dir);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(found);
	kmod_unref(ctx);
}

void module_own(struct module *m, const char *release)
{
	static const char *const ends[] = { "", ".xz", ".zst", ".gz" };
	struct kmod_module *mod;
	char dir[PATH_MAX], path[PATH_MAX + 64];
	struct kmod_ctx *ctx;
	size_t i;

	memset(m, 0, sizeof(*m));
	ctx = context(release, dir);
	if (!ctx)
		return;
	for (i = 0; i < ARRAY_SIZE(ends) && !m->found; i++) {
		snprintf(path, sizeof(path), "%s/kernel/drivers/gpu/drm/nouveau/nouveau.ko%s",
			 dir, ends[i]);
		if (kmod_module_new_from_path(ctx, path, &mod) < 0)
			continue;
		take(m, mod, dir);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
}

bool module_proprietary(char *name, size_t room, const char *release, uint16_t device)
{
	struct kmod_list *found = NULL, *l;
	char dir[PATH_MAX], alias[96];
	struct kmod_ctx *ctx;

	*name = 0;
	ctx = context(release, dir);
	if (!ctx)
		return false;
	kmod_load_resources(ctx);
	/* What udev asks for, of a card of any maker; nvidiafb is the kernel's own. */
	snprintf(alias, sizeof(alias), "pci:v000010DEd%08Xsv00000000sd00000000bc03sc00i00", device);
	if (kmod_module_new_from_lookup(ctx, alias, &found) >= 0) {
		kmod_list_foreach(l, found) {
			struct kmod_module *mod = kmod_module_get_module(l);
			const char *is = kmod_module_get_name(mod);

			if (starts(is, "nvidia") && strcmp(is, "nvidiafb"))
				snprintf(name, room, "%s", is);
			kmod_module_unref(mod);
		}
	}
	kmod_module_unref_list(found);
	kmod_unref(ctx);
	return *name;
}

void module_loaded(struct loaded *l, const struct module *chosen)
{
	memset(l, 0, sizeof(*l));
	l->is = root_has("/sys/module/nouveau");
	if (!l->is)
		return;
	root_line(l->version, sizeof(l->version), "/sys/module/nouveau/version");
	root_line(l->srcversion, sizeof(l->srcversion), "/sys/module/nouveau/srcversion");
	l->ours = root_has("/sys/module/ngv_gpuvm/holders/nouveau");
	/* The kernel's own has no version of its own, and so no sum of its source. */
	if (chosen && chosen->found && !strcmp(l->srcversion, chosen->srcversion))
		l->from = "chosen";
	else if (!l->ours && !*l->version)
		l->from = "kernel";
	else
		l->from = "elsewhere";
}
