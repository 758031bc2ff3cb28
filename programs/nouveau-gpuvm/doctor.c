// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Everything that is known to go wrong, one check each. A check finds nothing, or
 * says in one line what is wrong and what to do. What keeps VM_BIND from working
 * with the running kernel blocks; all else is worth knowing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define SEE_LOG "run: dmesg | grep -i nouveau"
#define REBUILD PACKAGE " rebuild"

enum verdict { FINE, NOTE, BLOCKS };

/* Room for three commands in a row */
#define REMEDY 1024

struct finding {
	const char *check;
	enum verdict verdict;
	char what[512];
	char remedy[REMEDY];
};

static struct finding *findings;
static size_t found;

static void add(const char *check, enum verdict verdict, const char *remedy, const char *what, ...)
	PRINTF(4, 5);

static void add(const char *check, enum verdict verdict, const char *remedy, const char *what, ...)
{
	struct finding *f;
	va_list args;

	findings = grow(findings, found, sizeof(*findings));
	f = &findings[found++];
	f->check = check;
	f->verdict = verdict;
	snprintf(f->remedy, sizeof(f->remedy), "%s", remedy);
	va_start(args, what);
	vsnprintf(f->what, sizeof(f->what), what, args);
	va_end(args);
}

/*
 * The nouveau that the GPUs get with the running kernel: the one that would be loaded, or,
 * if the package's is still to be built, that one, whose source says which firmware it
 * asks for.
 */
static struct module nouveau;

static void find_nouveau(const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	char **firmware, why[512];

	memset(&nouveau, 0, sizeof(nouveau));
	if (!k)
		return;
	nouveau = k->chosen;
	if (k->built == BUILT_YES || k->chosen.vm_bind || !*f->kernels.source ||
	    (k->headers != HEADERS_NONE && kernel_refused(&f->kernels, k, why, sizeof(why))))
		return;
	firmware = firmware_of_source(f->kernels.source);
	if (firmware) {
		nouveau.ours = true;
		nouveau.firmware = firmware;
	}
}

static enum clocks clocks_with(const struct gpu *g, const struct kernel *k)
{
	return clocks_of(g->chip, &nouveau, k->release);
}

/* --- GPUs ---------------------------------------------------------------------- */

/* nouveau of Linux 6.12 ends with Ada; a newer one has firmware for later chips. */
static bool supports(const struct chip *chip)
{
	return chip && (chip->family <= ADA || firmware_for_gsp(chip, &nouveau));
}

static void check_gpu(const char *name, const struct facts *f)
{
	size_t i;

	if (!f->gpus.count)
		add(name, BLOCKS, "this package is of use only with an NVIDIA GPU", "there is no NVIDIA GPU");
	for (i = 0; i < f->gpus.count; i++) {
		const struct gpu *g = &f->gpus.g[i];

		if (g->chip && g->chip->family < KEPLER)
			add(name, BLOCKS, "OpenGL works without VM_BIND",
			    "%s: %s is too old for NVK, which begins with Kepler", g->slot,
			    g->chip->name);
		else if (!supports(g->chip))
			add(name, g->push_max ? NOTE : BLOCKS, how_to_get_newer_kernel(),
			    "%s: this nouveau does not support %s (10de:%04x)", g->slot,
			    *g->name ? g->name : g->chip ? g->chip->name : "this chip", g->device);
	}
}

static void check_driver(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	char rival[64];
	size_t i;

	for (i = 0; i < f->gpus.count; i++) {
		const struct gpu *g = &f->gpus.g[i];

		if (starts(g->driver, "nvidia"))
			add(name, BLOCKS, how_to_remove_proprietary(),
			    "%s is driven by %s, the proprietary driver", g->slot, g->driver);
		else if (*g->driver && strcmp(g->driver, "nouveau"))
			add(name, BLOCKS, "give it back to nouveau", "%s is driven by %s", g->slot,
			    g->driver);
		else if (k && module_proprietary(rival, sizeof(rival), k->release, g->device))
			add(name, NOTE, how_to_remove_proprietary(),
			    "%s: kernel %s has the proprietary driver %s too, which may take the GPU at the next boot",
			    g->slot, k->release, rival);
	}
}

static enum firmware needs_of(const struct chip *chip, bool gsp)
{
	if (chip->family > ADA)
		return FIRMWARE_TO_BLACKWELL;
	return gsp || chip->family >= AMPERE ? FIRMWARE_TO_ADA : FIRMWARE_TO_TURING;
}

static bool wants_gsp(enum clocks clocks)
{
	return clocks == CLOCKS_BY_GSP || clocks == CLOCKS_GSP_LACKS;
}

/* The command for firmware that is not in the system, and so not in its initramfs either */
static const char *bring_firmware(const struct kernel *k, enum firmware needs)
{
	bool image = k->initramfs == INITRAMFS_CURRENT || k->initramfs == INITRAMFS_STALE;

	return how_to_install_firmware(needs, k->release, image ? k->initramfs_file : NULL);
}

/* What the GPU lacks: nothing, what it can do without (the GSP's), or what it needs */
static enum verdict lacks_firmware(const struct gpu *g, const struct kernel *k,
				   const struct shelf *shelf, unsigned int *missing,
				   char *example, size_t room)
{
	enum clocks clocks = clocks_with(g, k);
	char other[128];

	*missing = firmware_missing(g->chip, &nouveau, shelf, true, example, room);
	if (clocks == CLOCKS_BY_GSP && !*missing)
		return FINE;
	/* From Ada on there is nothing but the GSP. */
	if (g->chip->family < ADA) {
		unsigned int others = firmware_missing(g->chip, &nouveau, shelf, false, other,
						       sizeof(other));

		if (!others)
			return wants_gsp(clocks) ? NOTE : FINE;
		*missing = others;
		snprintf(example, room, "%s", other);
	}
	return *missing ? BLOCKS : FINE;
}

static void check_firmware_in_image(const char *name, const struct gpu *g, const struct kernel *k,
				    const struct image *image)
{
	const struct shelf shelf = { k->release, image };
	enum verdict verdict;
	unsigned int missing;
	char example[128];

	verdict = lacks_firmware(g, k, &shelf, &missing, example, sizeof(example));
	if (verdict == FINE)
		return;
	add(name, verdict, how_to_refresh_initramfs(k->release, k->initramfs_file),
	    "%s: the initramfs of %s, %s, holds nouveau and lacks %u firmware files of %s, such as %s",
	    g->slot, k->release, k->initramfs_file, missing, g->chip->name, example);
}

static void check_firmware(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	const struct shelf shelf = { k ? k->release : "", NULL };
	struct image *image = NULL;
	unsigned int missing;
	char example[128];
	size_t i;

	/* A stale one has a finding of its own, with the same remedy. */
	if (k && k->initramfs == INITRAMFS_CURRENT && f->gpus.count)
		image = image_read(k->initramfs_file, k->release);
	for (i = 0; k && i < f->gpus.count; i++) {
		const struct gpu *g = &f->gpus.g[i];
		enum verdict verdict;

		if (!g->chip)
			continue;
		verdict = lacks_firmware(g, k, &shelf, &missing, example, sizeof(example));
		if (verdict == BLOCKS)
			add(name, BLOCKS, bring_firmware(k, needs_of(g->chip, wants_gsp(clocks_with(g, k)))),
			    "%s: %s lacks %u firmware files, such as %s", g->slot, g->chip->name,
			    missing, example);
		else if (verdict == NOTE)
			add(name, NOTE, bring_firmware(k, needs_of(g->chip, true)),
			    "%s: %s runs without its GSP, at the clocks of the boot: %s is missing",
			    g->slot, g->chip->name, example);
		else if (image)
			check_firmware_in_image(name, g, k, image);
	}
	image_free(image);
}

static void check_clocks(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	const struct shelf shelf = { k ? k->release : "", NULL };
	char example[128], remedy[REMEDY];
	size_t i;

	for (i = 0; k && i < f->gpus.count; i++) {
		const struct gpu *g = &f->gpus.g[i];
		bool lacks;

		if (clocks_with(g, k) != CLOCKS_WITHOUT_GSP)
			continue;
		lacks = firmware_missing(g->chip, &nouveau, &shelf, true, example, sizeof(example));
		snprintf(remedy, sizeof(remedy), "%s%s%s",
			 lacks ? how_to_install_firmware(needs_of(g->chip, true), k->release, NULL) : "",
			 lacks ? " && " : "", how_to_use_gsp(k->release, k->initramfs_file));
		add(name, NOTE, remedy,
		    "%s: %s stays at the clocks of the boot, because nouveau does not use its GSP",
		    g->slot, g->chip->name);
	}
}

static void check_node(const char *name, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->gpus.count; i++) {
		const struct gpu *g = &f->gpus.g[i];

		if (g->error == EACCES)
			add(name, BLOCKS, how_to_join("render"),
			    "you may not open /dev/dri/%s", g->node);
		else if (g->error)
			add(name, BLOCKS, SEE_LOG, "/dev/dri/%s: %s", g->node,
			    strerror(g->error));
		else if (!strcmp(g->driver, "nouveau") && !*g->node)
			add(name, BLOCKS, SEE_LOG,
			    "nouveau created no render node for %s", g->slot);
	}
}

/* --- the build -------------------------------------------------------------------- */

static void check_package(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;

	if (!*f->kernels.source)
		add(name, k && k->chosen.vm_bind ? NOTE : BLOCKS,
		    how_to_install(PACKAGE "-dkms"), PACKAGE "-dkms is not installed");
}

static void check_installed(const char *name, const struct facts *f)
{
	if (!*f->kernels.running)
		add(name, NOTE, "mount /proc", "cannot find out which kernel is running");
	else if (!f->kernels.current)
		add(name, BLOCKS, "boot an installed kernel",
		    "the running kernel, %s, is not in /lib/modules", f->kernels.running);
}

/* Without a module that has VM_BIND, what keeps it from being built matters. */
static enum verdict matters(const struct kernel *k)
{
	return k->running && !k->chosen.vm_bind ? BLOCKS : NOTE;
}

static void check_headers(const char *name, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		if (k->headers != HEADERS_WHOLE)
			add(name, matters(k), how_to_install_headers(k->release), "%s headers of kernel %s",
			    k->headers == HEADERS_NONE ? "there are no" : "there are incomplete",
			    k->release);
	}
}

static void check_compiler(const char *name, const struct facts *f)
{
	char cc[128];
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		if (k->headers == HEADERS_NONE || kernel_compiler(k, cc, sizeof(cc)))
			continue;
		add(name, matters(k), how_to_install(cc),
		    "kernel %s compiles its modules with %s, which is not installed", k->release, cc);
	}
}

/* By kernel: nothing is built for one that is refused, and nothing is missing. */
static bool *refused;

static void check_kernel(const char *name, const struct facts *f)
{
	char why[512];
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];
		const char *text = why;

		refused = grow(refused, i, sizeof(*refused));
		refused[i] = false;
		if (k->headers == HEADERS_NONE || k->built == BUILT_YES ||
		    !kernel_refused(&f->kernels, k, why, sizeof(why)))
			continue;
		refused[i] = true;
		if (starts(text, PACKAGE ": "))
			text += strlen(PACKAGE ": ");
		add(name, matters(k), "boot a kernel that has our modules", "%s", text);
	}
}

static void check_build(const char *name, const struct facts *f)
{
	char remedy[512];
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		snprintf(remedy, sizeof(remedy), REBUILD " %s", k->release);
		if (k->built == BUILT_FAILED)
			add(name, matters(k), remedy, "the build for %s failed: %s", k->release,
			    k->why);
		else if (k->built == BUILT_NO && k->headers == HEADERS_WHOLE &&
			 *f->kernels.source && !refused[i])
			add(name, matters(k), remedy, "nothing has been built for %s", k->release);
	}
}

/* --- what is loaded ------------------------------------------------------------------ */

static void check_in_tree(const char *name, const struct facts *f)
{
	char remedy[512];
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		/* Why a kernel waits is check_secure_boot()'s to say. */
		if (k->built != BUILT_YES || k->chosen.ours || kernel_waits(&f->kernels, k))
			continue;
		snprintf(remedy, sizeof(remedy), REBUILD " %s", k->release);
		add(name, matters(k), remedy, "%s would load %s instead of our module",
		    k->release, k->chosen.builtin ? "its built-in nouveau" :
		    k->chosen.found ? k->chosen.path : "no nouveau");
	}
}

static void check_reboot(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;

	if (k && f->loaded.is && k->chosen.found && !k->chosen.builtin &&
	    strcmp(f->loaded.from, "chosen") && (k->chosen.ours || f->loaded.ours))
		add(name, NOTE, "reboot", "the next boot will load another nouveau than the one that is loaded now");
}

static void check_blacklist(const char *name, const struct facts *f)
{
	char where[512];
	bool proprietary;

	(void)f;
	if (blocked_by_file(where, sizeof(where), &proprietary))
		add(name, BLOCKS, proprietary ?
		    how_to_remove_proprietary() :
		    "remove that line, then refresh the initramfs and reboot",
		    "%s keeps the kernel from loading nouveau%s", where,
		    proprietary ? "; the file belongs to a proprietary driver" : "");
	if (blocked_by_cmdline(where, sizeof(where)))
		add(name, BLOCKS, how_to_boot_without(where),
		    "the kernel was booted with %s", where);
}

static void check_nomodeset(const char *name, const struct facts *f)
{
	char word[128];

	(void)f;
	if (modesetting_off(word, sizeof(word)))
		add(name, BLOCKS, how_to_boot_without(word),
		    "the kernel was booted with %s", word);
}

/* Until the key is enrolled, the package lets modprobe take each kernel's own nouveau. */
static void check_waiting(const char *name, const struct facts *f,
			  const struct secure_boot_state *s)
{
	enum verdict verdict = FINE;
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		if (kernel_waits(&f->kernels, k) && verdict != BLOCKS)
			verdict = matters(k);
	}
	if (verdict == FINE)
		return;
	if ((s->state == SB_ON || s->state == SB_UNKNOWN) && *s->key && s->enrolled != ENROLLED_YES)
		add(name, verdict, how_to_enrol(s->key),
		    "Secure Boot is on, and the kernel's own nouveau stays in charge until the modules' key is enrolled");
	else
		add(name, verdict, REBUILD,
		    "the kernel's own nouveau is still in charge, although Secure Boot does not refuse the modules any more");
}

static void check_secure_boot(const char *name, const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	struct secure_boot_state s;
	char remedy[512];

	secure_boot_look(&s);
	check_waiting(name, f, &s);
	if (s.state != SB_ON || !k || !k->chosen.ours)
		return;
	if (!*k->chosen.signer) {
		snprintf(remedy, sizeof(remedy), REBUILD " %s", k->release);
		add(name, BLOCKS, remedy, "Secure Boot is on and %s is not signed", k->chosen.path);
	} else if (*s.key && s.enrolled != ENROLLED_YES) {
		add(name, s.enrolled == ENROLLED_NO ? BLOCKS : NOTE, how_to_enrol(s.key),
		    s.enrolled == ENROLLED_NO ?
		    "Secure Boot refuses the modules until the key they are signed with is enrolled" :
		    "Secure Boot is on; cannot find out whether the modules' key is enrolled");
	}
}

static void check_initramfs(const char *name, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->kernels.count; i++) {
		const struct kernel *k = &f->kernels.k[i];

		if (k->initramfs == INITRAMFS_STALE)
			add(name, matters(k) == BLOCKS || k->running ? BLOCKS : NOTE,
			    how_to_refresh_initramfs(k->release, k->initramfs_file),
			    "the initramfs of %s, %s, holds another nouveau than is installed",
			    k->release, k->initramfs_file);
		else if (k->initramfs == INITRAMFS_UNREADABLE)
			add(name, NOTE, geteuid() ? "run this as root" :
			    how_to_refresh_initramfs(k->release, k->initramfs_file),
			    "the initramfs of %s, %s, cannot be read", k->release,
			    k->initramfs_file);
	}
}

/* --- Mesa ------------------------------------------------------------------------------- */

/* The oldest Mesa whose NVK takes the chips of a family */
static void mesa_for(enum family family, int *major, int *minor)
{
	static const struct { enum family family; int major, minor; } first[] = {
		{ LATER, 25, 2 }, { TURING, 24, 1 }, { MAXWELL, 25, 1 }, { KEPLER, 25, 2 },
	};
	size_t i;

	for (i = 0; first[i].family > family; i++)
		;
	*major = first[i].major;
	*minor = first[i].minor;
}

static void check_mesa(const char *name, const struct facts *f)
{
	int major = 24, minor = 1, need, need_minor;
	const struct chip *newest = NULL;
	struct mesa m;
	size_t g;

	mesa_find(&m);
	for (g = 0; g < f->gpus.count; g++) {
		const struct chip *chip = f->gpus.g[g].chip;

		if (!chip || chip->family < KEPLER)
			continue;
		mesa_for(chip->family, &need, &need_minor);
		if (newest && (need < major || (need == major && need_minor <= minor)))
			continue;
		newest = chip;
		major = need;
		minor = need_minor;
	}
	if (!m.nvk)
		add(name, NOTE, how_to_install_nvk(major, minor), "Mesa's NVK is not installed");
	else if (newest && m.major && (m.major < major || (m.major == major && m.minor < minor)))
		add(name, NOTE, how_to_install_nvk(major, minor),
		    "Mesa %d.%d is too old: its NVK takes a %s from %d.%d on", m.major,
		    m.minor, family_name(newest->family), major, minor);
}

/* --- all of it ---------------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*look)(const char *name, const struct facts *f);
} checks[] = {
	{ "gpu", check_gpu },
	{ "kernel-not-installed", check_installed },
	{ "package", check_package },
	{ "headers", check_headers },
	{ "compiler", check_compiler },
	{ "unsupported-kernel", check_kernel },
	{ "build", check_build },
	{ "in-tree-module", check_in_tree },
	{ "initramfs", check_initramfs },
	{ "secure-boot", check_secure_boot },
	{ "blacklist", check_blacklist },
	{ "nomodeset", check_nomodeset },
	{ "other-driver", check_driver },
	{ "firmware", check_firmware },
	{ "clocks", check_clocks },
	{ "render-node", check_node },
	{ "reboot", check_reboot },
	{ "mesa", check_mesa },
};

/* A kernel without a module that has it can have all else in order. */
static bool will_work(const struct facts *f)
{
	const struct kernel *k = f->kernels.current;
	size_t i;

	for (i = 0; i < found; i++) {
		if (findings[i].verdict == BLOCKS)
			return false;
	}
	return gpu_answers(&f->gpus) || (k && k->chosen.vm_bind);
}

bool doctor_write(FILE *to, const struct facts *f, const struct options *o)
{
	static const char *const words[] = { "", "note", "blocks" };
	bool works;
	size_t i;

	found = 0;
	find_nouveau(f);
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		checks[i].look(checks[i].name, f);
	works = will_work(f);
	if (o->json) {
		json_open(NULL, '{');
		json_truth("vm_bind", works);
		json_open("findings", '[');
		for (i = 0; i < found; i++) {
			json_open(NULL, '{');
			json_string("check", findings[i].check);
			json_truth("blocks", findings[i].verdict == BLOCKS);
			json_string("what", findings[i].what);
			json_string("remedy", findings[i].remedy);
			json_close(to);
		}
		json_close(to);
		json_close(to);
		return works;
	}
	for (i = 0; i < found; i++)
		fprintf(to, "%s%s%s: %s: %s; remedy: %s\n",
			shade(o, findings[i].verdict == BLOCKS ? BAD : DOUBTFUL),
			words[findings[i].verdict], shade(o, PLAIN), findings[i].check,
			findings[i].what, findings[i].remedy);
	fprintf(to, works ? "%sVM_BIND %s%s\n" : "%sVM_BIND will not work%.0s%s\n",
		shade(o, works ? GOOD : BAD),
		gpu_answers(&f->gpus) ? "works" : "will work when nouveau is loaded", shade(o, PLAIN));
	return works;
}
