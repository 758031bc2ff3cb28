/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * nouveau-gpuvm - what is built, what would load, and why it would not
 *
 *	main.c        the commands
 *	util.c        what every file needs
 *	root.c        files of this system, or of one below --root
 *	kernel.c      the kernels, and what DKMS has made of each
 *	module.c      the nouveau that modprobe would take, and the one that is loaded
 *	initramfs.c   which nouveau and which firmware an initramfs holds
 *	gpu.c         GPUs, their drivers and what their render nodes answer
 *	chips.c       which chip a PCI device is
 *	names.c       the name of the card, as people know it
 *	clocks.c      who sets the clocks of a GPU
 *	firmware.c    what a chip needs of /lib/firmware
 *	secureboot.c  whether modules have to be signed, and by whom
 *	blocked.c     modprobe.d and the kernel's command line
 *	mesa.c        the Vulkan driver
 *	try.c         a boot in QEMU, on the GPU model or on the card
 *	distro.c      the commands of the distribution
 *	doctor.c      a table of everything that is known to go wrong
 *	status.c      the state of all of it
 *	report.c      both in a file for a bug report
 *	redact.c      takes out of that what is nobody's business
 *	out.c         text for people, JSON for programs
 */
#ifndef TOOL_H
#define TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(string, first) __attribute__((format(printf, string, first)))

#define PACKAGE "nouveau-gpuvm"
#define BLANKS "\n "

/* --- util.c ---------------------------------------------------------------- */

/* One line on stderr, and the end, with 2. */
void die(const char *format, ...) PRINTF(1, 2) __attribute__((noreturn));
/* Room for one more than @count, where all the others were added in this way. */
void *grow(void *array, size_t count, size_t size);
void *need(size_t size);
char *copy(const char *text);
bool starts(const char *text, const char *with);
bool terminal_is_dumb(void);
/* Says @what on a terminal's stderr if it is not over after a second. */
void progress(const char *what, ...) PRINTF(1, 2);
void progress_over(void);

/* --- root.c ---------------------------------------------------------------- */

/* Paths are absolute and below the root; links are followed, but not out of it. */
void root_set(const char *path);
bool root_is_real(void);
int root_open(int flags, const char *path, ...) PRINTF(2, 3);
bool root_has(const char *path, ...) PRINTF(1, 2);
bool root_stat(struct stat *st, const char *path, ...) PRINTF(2, 3);
/* All of a file and a 0 behind it; NULL if it cannot be read. */
char *root_read(size_t *len, const char *path, ...) PRINTF(2, 3);
/* The first line, without its end; false and "" if there is none. */
bool root_line(char *line, size_t room, const char *path, ...) PRINTF(3, 4);
/* The last part of where a link points to. */
bool root_link(char *name, size_t room, const char *path, ...) PRINTF(3, 4);
/* Sorted names in a directory, NULL at the end; never NULL itself. */
char **root_list(const char *path, ...) PRINTF(1, 2);
void list_free(char **names);
/* Where it is outside of the root. */
bool root_outside(char *outside, const char *path, ...) PRINTF(2, 3);

/* --- module.c --------------------------------------------------------------- */

struct module {
	bool found;
	bool builtin;		/* in the kernel itself */
	char path[256];		/* below /lib/modules/RELEASE */
	char version[64];
	char srcversion[40];
	char signer[96];	/* "" if not signed */
	bool ours;
	bool vm_bind;
	char **firmware;	/* names below /lib/firmware, NULL at the end */
};

void module_chosen(struct module *m, const char *release);
void module_own(struct module *m, const char *release);

/* Whether kernel @release has a module of NVIDIA's for the PCI device; its @name */
bool module_proprietary(char *name, size_t room, const char *release, uint16_t device);

struct loaded {
	bool is;
	char version[64];
	char srcversion[40];
	bool ours;
	const char *from;	/* "chosen", "kernel", "elsewhere" */
};

void module_loaded(struct loaded *l, const struct module *chosen);

/* --- initramfs.c ------------------------------------------------------------ */

enum initramfs {
	INITRAMFS_NONE,		/* no image for this kernel */
	INITRAMFS_UNREADABLE,
	INITRAMFS_UNKNOWN,	/* not looked into: no time */
	INITRAMFS_WITHOUT,	/* holds no nouveau */
	INITRAMFS_CURRENT,
	INITRAMFS_STALE,	/* holds another nouveau than would be loaded */
};

/*
 * Looks into each image of a kernel, for @ms at most, where its times leave a doubt;
 * 0: no limit. @file becomes the one that the answer is about.
 */
enum initramfs initramfs_look(const char *release, const struct module *chosen, unsigned int ms,
			      char *file, size_t room);

/* The firmware in an image, NULL if it cannot be read or holds no nouveau; image_free() it. */
struct image;
struct image *image_read(const char *file, const char *release);
/* Whether nouveau, loaded from there, finds @file, a path below lib/firmware */
bool image_has(const struct image *image, const char *file);
void image_free(struct image *image);

/* --- kernel.c --------------------------------------------------------------- */

enum headers { HEADERS_NONE, HEADERS_PARTIAL, HEADERS_WHOLE };
enum built { BUILT_NO, BUILT_FAILED, BUILT_YES };

struct kernel {
	char release[128];
	bool running;
	enum headers headers;
	enum built built;
	char built_version[64];
	char why[256];		/* the build failed */
	struct module chosen;
	enum initramfs initramfs;
	char initramfs_file[320];
};

struct kernels {
	struct kernel *k;
	size_t count;
	char running[128];
	struct kernel *current;	/* the running one; NULL if it is not installed */
	char source[64];	/* version that dkms knows; "" if none */
	bool waits_for_key;	/* the package keeps each kernel's own in charge until then */
};

/* @ms: how long to look into initramfs images, altogether */
void kernels_find(struct kernels *all, unsigned int ms);
/* Whether its modules are built, and wait for their key to be enrolled. */
bool kernel_waits(const struct kernels *all, const struct kernel *k);
/* The compiler a kernel's modules are made with, and whether it is here. */
bool kernel_compiler(const struct kernel *k, char *name, size_t room);
bool in_path(const char *program);
bool kernel_installed(const char *release);
/* compat/supported's line about a kernel, if it says one. */
bool kernel_refused(const struct kernels *all, const struct kernel *k, char *why, size_t room);

/* --- gpu.c, chips.c, names.c, firmware.c, clocks.c ------------------------------- */

enum family { TESLA_OR_OLDER, FERMI, KEPLER, MAXWELL, PASCAL, VOLTA, TURING, AMPERE, ADA, LATER };

struct chip {
	uint16_t first, last;	/* PCI device IDs */
	const char *name;
	enum family family;
};

const struct chip *chip_find(uint16_t device);
const char *family_name(enum family family);
/* "GeForce GTX 1060 6GB (GP106)", or "" */
void card_name(char *name, size_t room, uint16_t device);

enum clocks {
	CLOCKS_UNKNOWN,
	CLOCKS_BY_HAND,
	CLOCKS_OF_BOOT,
	CLOCKS_BY_GSP,
	CLOCKS_WITHOUT_GSP,	/* nobody has asked for the GSP */
	CLOCKS_GSP_OFF,		/* somebody has switched it off */
	CLOCKS_GSP_LACKS,	/* firmware */
};

struct gpu {
	char slot[16];
	uint16_t device;
	const struct chip *chip;	/* NULL: not known */
	char name[96];			/* as people know the card; "" if no list has it */
	char driver[32];		/* "" if none */
	char node[32];			/* renderD128; "" if none */
	int error;			/* why the node could not be opened, or 0 */
	char answer[32];		/* the driver's name, by the node */
	int version[3];
	int push_max;			/* what a driver with VM_BIND answers; or 0 */
	enum clocks clocks;		/* with the module that the running kernel would load */
};

struct gpus {
	struct gpu *g;
	size_t count;
};

void gpus_find(struct gpus *all);
bool gpu_answers(const struct gpus *all);
/* Where kernel @release looks for firmware: in @image, or with NULL in /lib/firmware */
struct shelf {
	const char *release;
	const struct image *image;
};

/* What nouveau of the package's source, of this version, asks for; NULL: not known */
char **firmware_of_source(const char *version);
/* How many files are missing, of the GSP's or of all others, and one of them. */
unsigned int firmware_missing(const struct chip *chip, const struct module *m,
			      const struct shelf *shelf, bool gsp, char *example, size_t room);
/* Whether the module can run the chip with its GSP. */
bool firmware_for_gsp(const struct chip *chip, const struct module *m);
/* Whether the module knows a release of the GSP's firmware after 535.113.01. */
bool firmware_for_newer_gsp(const struct chip *chip, const struct module *m);

/* With the module @m of kernel @release, as the options in modprobe.d are now */
enum clocks clocks_of(const struct chip *chip, const struct module *m, const char *release);
/* In words; "" where nothing is known. */
const char *clocks_text(enum clocks clocks);

/* --- secureboot.c ------------------------------------------------------------- */

enum secure_boot { SB_NO_EFI, SB_OFF, SB_ON, SB_UNKNOWN };
enum enrolled { ENROLLED_NO, ENROLLED_YES, ENROLLED_UNKNOWN };

struct secure_boot_state {
	enum secure_boot state;
	char key[PATH_MAX];	/* the certificate that dkms signs with; "" if none yet */
	enum enrolled enrolled;
};

void secure_boot_look(struct secure_boot_state *s);

/* --- distro.c --------------------------------------------------------------------- */

/* Remedies, in the words of the distribution; each is valid for three more calls. */
const char *how_to_install(const char *package);
const char *how_to_install_headers(const char *release);
/* Files of linux-firmware that packages hold more or fewer of */
enum firmware {
	FIRMWARE_TO_TURING,	/* without the GSP's */
	FIRMWARE_TO_ADA,	/* with the GSP's 535.113.01 */
	FIRMWARE_TO_BLACKWELL,	/* with the GSP's 570.144 */
};

/* @image: NULL, or the initramfs that has to hold the files too */
const char *how_to_install_firmware(enum firmware needs, const char *release, const char *image);
const char *how_to_use_gsp(const char *release, const char *image);
const char *how_to_get_newer_kernel(void);
/* NVK of Mesa @major.@minor or newer */
const char *how_to_install_nvk(int major, int minor);
const char *how_to_enrol(const char *key);
const char *how_to_join(const char *group);
const char *how_to_refresh_initramfs(const char *release, const char *image);
const char *how_to_remove_proprietary(void);
const char *how_to_boot_without(const char *word);

/* --- blocked.c, mesa.c ---------------------------------------------------------- */

/* What keeps the kernel from loading nouveau: "FILE:LINE" or the parameter. */
bool blocked_by_file(char *where, size_t room, bool *proprietary);
bool blocked_by_cmdline(char *word, size_t room);
bool modesetting_off(char *word, size_t room);
/* All options of nouveau, in modprobe.d and then on the command line; the caller frees. */
char *module_options(void);

/* Where the command mesa-root makes a Debian 13 */
#define MESA_ROOT "/var/lib/" PACKAGE "/mesa"

/*
 * The newest NVK that the Vulkan loader, Flatpak's runtime, or the Debian below MESA_ROOT
 * has for 64-bit programs
 */
struct mesa {
	bool nvk;
	int major, minor;	/* 0: not known */
	const char *whose;	/* NULL, or the system whose programs alone have this one */
	bool nvk32;		/* the loader has one for 32-bit programs */
};

void mesa_find(struct mesa *m);

/* --- all of it ------------------------------------------------------------------- */

struct facts {
	struct kernels kernels;
	struct gpus gpus;
	struct loaded loaded;
};

struct options {
	bool json;
	bool color;
};

void status_write(FILE *to, const struct facts *f, const struct options *o);
/* Whether VM_BIND will work. */
bool doctor_write(FILE *to, const struct facts *f, const struct options *o);
int report_write(const char *file, const struct facts *f);

/* --- try.c ------------------------------------------------------------------------- */

/* argv[0] is the command, "try". */
int try_run(int argc, char **argv);

/* --- redact.c ----------------------------------------------------------------------- */

void redact_begin(void);
/* A line as it may be shown to anyone; the result is valid until the next call. */
const char *redact(const char *line);

/* --- out.c ---------------------------------------------------------------------------- */

enum shade { PLAIN, GOOD, DOUBTFUL, BAD, DIM };

const char *shade(const struct options *o, enum shade s);

/* JSON: the key is NULL inside of arrays. Strings are made UTF-8. */
void json_open(const char *key, char bracket);
/* Closes what was opened last; the outermost is printed. */
void json_close(FILE *to);
void json_string(const char *key, const char *value);	/* "" and NULL: null */
void json_number(const char *key, long value);
void json_truth(const char *key, bool value);

#endif
