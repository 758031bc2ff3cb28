// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A trial boot in QEMU: which card, and where the trial's script is. The script, lab/try,
 * is part of the source and of the GPU model's package.
 *
 * The card is the GPU model of a chip of the same generation, or, through VFIO, the
 * machine's own. VFIO gives all functions of the card to the guest, and takes an IOMMU,
 * a second card for the screen, and no other device in the card's IOMMU group. Nothing is
 * changed here: the owner hands the card to vfio-pci.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

#define DEVICES "/sys/bus/pci/devices"
#define TREE "/usr/share/nouveau-gpu-model"

static const char *model_of(const struct gpu *g)
{
	if (!g || !g->chip)
		return "gp100";
	switch (g->chip->family) {
	case KEPLER:
		return "gk104";
	case MAXWELL:
		return starts(g->chip->name, "gm10") ? "gm107" : "gm206";
	case TURING:
	case AMPERE:
	case ADA:
	case LATER:
		return "tu102";
	default:
		return "gp100";
	}
}

static unsigned long class_of(const char *slot)
{
	char line[32];

	root_line(line, sizeof(line), DEVICES "/%s/class", slot);
	return strtoul(line, NULL, 16) >> 8;
}

/* Whether the machine has a display controller that is not on the card of @slot */
static bool other_display(const char *slot)
{
	char **slots = root_list(DEVICES);
	bool is = false;
	size_t i;

	for (i = 0; slots[i]; i++)
		is |= class_of(slots[i]) >> 8 == 3 && strncmp(slots[i], slot, strcspn(slot, "."));
	list_free(slots);
	return is;
}

static void append(char *list, size_t room, const char *between, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, room - len, "%s%s", len ? between : "", word);
}

struct card {
	char functions[256];	/* slots, with commas between them */
	char commands[512];	/* that give the functions to vfio-pci; "" if it has them */
};

/* Says why the card cannot be given to a guest, and ends; or fills in @card. */
static void vfio_look(const struct gpu *g, struct card *card)
{
	char boot_vga[8], group[32], driver[32], command[128];
	char **slots;
	size_t i;

	memset(card, 0, sizeof(*card));
	if (!root_link(group, sizeof(group), DEVICES "/%s/iommu_group", g->slot))
		die("the IOMMU is off, and VFIO needs it; switch on VT-d or AMD-Vi in the firmware's "
		    "setup, boot with intel_iommu=on on an Intel processor");
	root_line(boot_vga, sizeof(boot_vga), DEVICES "/%s/boot_vga", g->slot);
	if (!strcmp(boot_vga, "1") || !other_display(g->slot))
		die("%s shows the screen of this machine; VFIO needs another card for that: make the "
		    "other one the first in the firmware's setup", g->slot);
	slots = root_list("/sys/kernel/iommu_groups/%s/devices", group);
	for (i = 0; slots[i]; i++) {
		/* Bridges stay with the machine. */
		if (class_of(slots[i]) >> 8 == 6)
			continue;
		if (strncmp(slots[i], g->slot, strcspn(g->slot, ".") + 1))
			die("%s is in one IOMMU group with %s, and a guest gets whole groups; put the card "
			    "into another slot", g->slot, slots[i]);
		append(card->functions, sizeof(card->functions), ",", slots[i]);
		root_link(driver, sizeof(driver), DEVICES "/%s/driver", slots[i]);
		if (!strcmp(driver, "vfio-pci"))
			continue;
		snprintf(command, sizeof(command), "driverctl --nosave set-override %s vfio-pci", slots[i]);
		append(card->commands, sizeof(card->commands), " && ", command);
	}
	list_free(slots);
	if (!root_has("/dev/kvm"))
		die("there is no /dev/kvm; switch on virtualization in the firmware's setup, then run: "
		    "modprobe -a kvm_intel kvm_amd");
	if (*card->commands)
		die("%s is driven by %s; run: %s%s%s && %s; afterwards unset-override gives the card back",
		    g->slot, *g->driver ? g->driver : "no driver",
		    in_path("driverctl") ? "" : how_to_install("driverctl"),
		    in_path("driverctl") ? "" : " && ", "modprobe vfio-pci", card->commands);
}

enum { TREE_OPTION = 256, VFIO, ROOT, PASSED };

__attribute__((noreturn))
static void wrong(const char *what, const char *word)
{
	die("%s %s; see " PACKAGE " help try", what, word);
}

int try_run(int argc, char **argv)
{
	static const struct option known[] = {
		{ "tree", required_argument, NULL, TREE_OPTION },
		{ "vfio", required_argument, NULL, VFIO },
		{ "root", required_argument, NULL, ROOT },
		{ "kernel", required_argument, NULL, PASSED },
		{ "deb", required_argument, NULL, PASSED },
		{ "print", no_argument, NULL, PASSED },
		{ 0 }
	};
	const char *tree = TREE, *slot = NULL;
	char path[PATH_MAX], firmware[64];
	char **words = need(((size_t)argc * 2 + 8) * sizeof(*words));
	const struct gpu *g = NULL;
	size_t count = 1, i;
	struct card card;
	struct gpus gpus;
	int option, which;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", known, &which)) >= 0) {
		switch (option) {
		case TREE_OPTION:
			tree = optarg;
			break;
		case VFIO:
			slot = optarg;
			break;
		case ROOT:
			root_set(optarg);
			break;
		case PASSED:
			snprintf(path, sizeof(path), "--%s", known[which].name);
			words[count++] = copy(path);
			if (optarg)
				words[count++] = optarg;
			break;
		case ':':
			wrong("a value is missing after", argv[optind - 1]);
		default:
			wrong("unknown option", argv[optind - 1]);
		}
	}
	if (optind < argc)
		wrong("unknown argument", argv[optind]);
	gpus_find(&gpus);
	for (i = 0; i < gpus.count; i++) {
		if (!slot || !strcmp(gpus.g[i].slot, slot)) {
			g = &gpus.g[i];
			break;
		}
	}
	if (slot) {
		if (!g)
			die("there is no NVIDIA GPU at %s; " PACKAGE " status lists the GPUs", slot);
		vfio_look(g, &card);
		words[count++] = copy("--vfio");
		words[count++] = card.functions;
		snprintf(firmware, sizeof(firmware), "nvidia/%s", g->chip ? g->chip->name : "");
		if (g->chip && root_has("/lib/firmware/%s", firmware)) {
			words[count++] = copy("--firmware");
			words[count++] = firmware;
		}
	} else {
		words[count++] = copy("--chip");
		words[count++] = copy(model_of(g));
	}
	words[count] = NULL;
	snprintf(path, sizeof(path), "%s/lab/try", tree);
	words[0] = path;
	if (access(path, X_OK))
		die("%s is not there; run: %s, or name a work tree of the source: --tree DIR", path,
		    how_to_install("nouveau-gpu-model"));
	execv(path, words);
	die("cannot run %s: %s", path, strerror(errno));
}
