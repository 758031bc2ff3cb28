// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The distribution, by os-release, and the commands that its users type. Where the
 * distribution is not known, a remedy says what to do in words.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum distro { UNKNOWN, DEBIAN, UBUNTU, FEDORA, SUSE, ARCH, DISTROS };

static char words[160];

/* The value of @key, without quotes; "" if there is none. */
static void os_release(const char *key, char *value, size_t room)
{
	static const char *const files[] = { "/etc/os-release", "/usr/lib/os-release" };
	char *text = NULL, *line, *save;
	size_t i, len = strlen(key);

	*value = 0;
	for (i = 0; i < ARRAY_SIZE(files) && !text; i++)
		text = root_read(NULL, "%s", files[i]);
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		if (strncmp(line, key, len) || line[len] != '=')
			continue;
		line += len + 1;
		line += *line == '"' || *line == '\'';
		line[strcspn(line, "\"'")] = 0;
		snprintf(value, room, "%s", line);
	}
	free(text);
}

static bool is_like(const char *names)
{
	char list[160], *name, *save;

	snprintf(list, sizeof(list), "%s", names);
	for (name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		char *at = strstr(words, name);
		size_t len = strlen(name);

		if (at && (at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	}
	return false;
}

static enum distro find(void)
{
	char id[64], like[96];

	os_release("ID", id, sizeof(id));
	os_release("ID_LIKE", like, sizeof(like));
	snprintf(words, sizeof(words), "%s %s", id, like);
	if (is_like("ubuntu"))
		return UBUNTU;
	if (is_like("debian") || (!*id && root_has("/etc/debian_version")))
		return DEBIAN;
	if (is_like("fedora rhel centos"))
		return FEDORA;
	if (is_like("suse opensuse opensuse-leap opensuse-tumbleweed sles"))
		return SUSE;
	return is_like("arch archlinux") ? ARCH : UNKNOWN;
}

static enum distro distro(void)
{
	static enum distro is = DISTROS;

	if (is == DISTROS)
		is = find();
	return is;
}

/* A text that stays valid for some calls: a remedy may be put together of two. */
static const char *say(const char *format, ...) PRINTF(1, 2);

static const char *say(const char *format, ...)
{
	static char texts[4][768];
	static unsigned int turn;
	char *text = texts[turn++ % ARRAY_SIZE(texts)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(texts[0]), format, args);
	va_end(args);
	return text;
}

const char *how_to_install(const char *package)
{
	static const char *const commands[DISTROS] = {
		"install", "apt install", "apt install", "dnf install", "zypper install", "pacman -S",
	};

	return say("%s %s", commands[distro()], package);
}

const char *how_to_install_headers(const char *release)
{
	switch (distro()) {
	case DEBIAN:
	case UBUNTU:
		return say("apt install linux-headers-%s", release);
	case FEDORA:
		return say("dnf install kernel-devel-%s", release);
	case SUSE:
		return "zypper install kernel-default-devel";
	case ARCH:
		return "pacman -S linux-headers";
	default:
		return say("install the headers of kernel %s", release);
	}
}

/* Debian's release, as its suites are named; "" if this is none that we know */
static const char *suite(void)
{
	char version[32], name[32];

	os_release("VERSION_CODENAME", name, sizeof(name));
	os_release("VERSION_ID", version, sizeof(version));
	if (!strcmp(name, "bullseye") || strtol(version, NULL, 10) == 11)
		return "bullseye";
	if (!strcmp(name, "bookworm") || strtol(version, NULL, 10) == 12)
		return "bookworm";
	return "trixie";
}

/* The command that installs @packages of Debian's @suite, from the component @component */
static const char *apt_install(const char *from, const char *component, const char *packages)
{
	const char *option = strchr(from, '-') ? " -t " : "";
	const char *name = *option ? from : "";
	char **lists = root_list("/var/lib/apt/lists");
	char sign[96];
	bool has = false;
	size_t i;

	snprintf(sign, sizeof(sign), "_dists_%s_%s_", from, component);
	for (i = 0; lists[i]; i++)
		has |= !!strstr(lists[i], sign);
	list_free(lists);
	if (has)
		return say("apt install%s%s %s", option, name, packages);
	return say("echo 'deb http://deb.debian.org/debian %s %s' >/etc/apt/sources.list.d/%s-%s.list && "
		   "apt update && apt install%s%s %s", from, component, from, component, option, name,
		   packages);
}

/* By the lists of the packages' files; tests/tool/firmware has them. */
static const char *firmware_of_debian(enum firmware needs)
{
	const char *both = "firmware-misc-nonfree firmware-nvidia-graphics";
	const char *release = suite();

	if (!strcmp(release, "trixie"))
		return apt_install(needs == FIRMWARE_TO_BLACKWELL ? "trixie-backports" : "trixie",
				   "non-free-firmware", "firmware-nvidia-graphics");
	if (!strcmp(release, "bullseye"))
		return needs == FIRMWARE_TO_TURING ?
			apt_install("bullseye", "non-free", "firmware-misc-nonfree") :
			"upgrade to Debian 12: Debian 11 does not have these files";
	/* Debian 12 and its backports have no 570.144; the other package takes no harm. */
	if (needs == FIRMWARE_TO_BLACKWELL)
		return apt_install("trixie-backports", "non-free-firmware", both);
	if (needs == FIRMWARE_TO_ADA || root_has("/var/lib/dpkg/info/firmware-misc-nonfree.list"))
		return apt_install("bookworm-backports", "non-free-firmware", both);
	return apt_install("bookworm", "non-free-firmware", "firmware-misc-nonfree");
}

const char *how_to_install_firmware(enum firmware needs, const char *release, const char *image)
{
	const char *what, *and = " && ";

	switch (distro()) {
	case DEBIAN:
		what = firmware_of_debian(needs);
		/* That release has no such command. */
		if (starts(what, "upgrade "))
			return what;
		break;
	case UBUNTU:
		what = "apt install linux-firmware";
		break;
	case FEDORA:
		what = "dnf install nvidia-gpu-firmware linux-firmware";
		break;
	case SUSE:
		what = "zypper install kernel-firmware-nvidia";
		break;
	case ARCH:
		what = "pacman -S linux-firmware";
		break;
	default:
		what = "install the files of linux-firmware for NVIDIA's GPUs";
		and = ", then ";
	}
	if (!image)
		return what;
	return say("%s%s%s", what, and, how_to_refresh_initramfs(release, image));
}

const char *how_to_use_gsp(const char *release, const char *image)
{
	return say("echo options nouveau config=NvGspRm=1 >/etc/modprobe.d/nouveau-gsp.conf && %s && reboot",
		   how_to_refresh_initramfs(release, image));
}

const char *how_to_install_nvk(int major, int minor)
{
	bool newer = major > 25 || (major == 25 && minor > 0);
	char name[32];

	switch (distro()) {
	case DEBIAN:
		/* Debian 12 has no NVK, in its backports neither. */
		if (!strcmp(suite(), "bookworm"))
			return "apt install mmdebstrap bubblewrap && nouveau-gpuvm mesa-root "
				"(for programs that " MESA_ROOT "/run starts; see docs/gpus.md)";
		if (!strcmp(suite(), "bullseye"))
			return "upgrade to Debian 12: Debian 11 has neither NVK nor a kernel for it";
		return apt_install(newer ? "trixie-backports" : "trixie", "main", "mesa-vulkan-drivers");
	case UBUNTU:
		os_release("UBUNTU_CODENAME", name, sizeof(name));
		if (!strcmp(name, "jammy"))
			return "upgrade to Ubuntu 24.04: Ubuntu 22.04 does not have NVK";
		return "apt install mesa-vulkan-drivers";
	case SUSE:
		return "zypper install libvulkan_nouveau";
	case ARCH:
		return "pacman -S vulkan-nouveau";
	case UNKNOWN:
		return "install NVK, Mesa's Vulkan driver for nouveau";
	default:
		return how_to_install("mesa-vulkan-drivers");
	}
}

const char *how_to_get_newer_kernel(void)
{
	switch (distro()) {
	case DEBIAN:
		if (!strcmp(suite(), "trixie"))
			return apt_install("trixie-backports", "main", "linux-image-amd64");
		return "take the package's channel next (see README.md), "
			"or upgrade to Debian 13 and install its kernel of trixie-backports";
	case UBUNTU:
		return "apt install linux-generic-hwe-24.04";
	default:
		return "use a newer kernel's own nouveau";
	}
}

const char *how_to_enrol(const char *key)
{
	const char *install = in_path("mokutil") ? "" : how_to_install("mokutil");

	return say("%s%smokutil --import %.200s, and reboot", install, *install ? "; " : "", key);
}

const char *how_to_join(const char *group)
{
	if (distro() == DEBIAN || distro() == UBUNTU)
		return say("adduser YOU %s, and log in again", group);
	return say("usermod -a -G %s YOU, and log in again", group);
}

/* What makes the image is better known by the program that is there. */
const char *how_to_refresh_initramfs(const char *release, const char *image)
{
	char kernel[PATH_MAX], dir[160];

	/* kernel-install's layout has a directory for each kernel. */
	snprintf(dir, sizeof(dir), "/%s/", release);
	if (strstr(image, dir) && !starts(image, "/lib/modules/") && in_path("kernel-install")) {
		snprintf(kernel, sizeof(kernel), "/lib/modules/%s/vmlinuz", release);
		if (!root_has("%s", kernel))
			snprintf(kernel, sizeof(kernel), "/boot/vmlinuz-%s", release);
		return say("kernel-install add %s %.200s", release, kernel);
	}
	if (in_path("update-initramfs"))
		return say("update-initramfs -u -k %s", release);
	if (in_path("dracut"))
		return say("dracut -f --kver %s", release);
	switch (distro()) {
	case DEBIAN:
	case UBUNTU:
		return say("update-initramfs -u -k %s", release);
	case FEDORA:
	case SUSE:
		return say("dracut -f --kver %s", release);
	case ARCH:
		return "mkinitcpio -P";
	default:
		return say("rebuild the initramfs of kernel %s", release);
	}
}

const char *how_to_remove_proprietary(void)
{
	switch (distro()) {
	case DEBIAN:
		return "apt purge 'nvidia-*' && update-initramfs -u -k all && reboot";
	case UBUNTU:
		return "apt purge 'nvidia-*' 'linux-modules-nvidia-*' && update-initramfs -u -k all && reboot";
	default:
		return "remove that driver's packages, then refresh the initramfs and reboot";
	}
}

const char *how_to_boot_without(const char *word)
{
	switch (distro()) {
	case DEBIAN:
	case UBUNTU:
		return "remove that word from GRUB_CMDLINE_LINUX in /etc/default/grub, run update-grub";
	case FEDORA:
		return say("grubby --update-kernel=ALL --remove-args='%.100s'", word);
	case SUSE:
		return "remove that word from GRUB_CMDLINE_LINUX in /etc/default/grub, run update-bootloader";
	case ARCH:
		return "remove that word from GRUB_CMDLINE_LINUX in /etc/default/grub, "
			"run grub-mkconfig -o /boot/grub/grub.cfg";
	default:
		return "remove that word from the settings of the boot loader";
	}
}
