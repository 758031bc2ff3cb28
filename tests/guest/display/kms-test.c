// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Drives the card that nv04card makes through the kernel's mode-setting
// interface, and looks into its video memory whether the right thing is there.
// Reports in TAP. Runs as root in a test machine with nothing else on the card.

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

#include "../kms.h"

#define WIDTH		640
#define HEIGHT		480

#define VRAM_MIB	32
#define REG_PCRTC_START	0x600800
#define REG_RAMIN	0x700000
#define REG_RAMIN_SIZE	0x100000
#define GART_VALID	0x3

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (!ok)
		fail("cannot write '%s' to %s: %s", text, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* --- the card, from behind ------------------------------------------------ */

static bool peek(const char *what, __u64 offset, void *to, size_t size)
{
	char path[64];
	char *at = to;
	ssize_t n = 1;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/nv04card/%s", what);
	fd = open(path, O_RDONLY);
	while (fd >= 0 && size && n > 0) {
		n = pread(fd, at, size, offset);
		if (n > 0) {
			at += n;
			offset += n;
			size -= n;
		}
	}
	if (fd >= 0)
		close(fd);
	if (size)
		fail("cannot read %s at %llx", path, offset);
	return !size;
}

/* What the monitor would show; 32 bits a pixel, lines without a gap. */
static __u32 *screen(__u32 pitch)
{
	static __u32 image[WIDTH * HEIGHT];
	__u32 start, y;

	if (!peek("regs", REG_PCRTC_START, &start, sizeof(start)))
		return NULL;
	for (y = 0; y < HEIGHT; y++)
		if (!peek("vram", start + y * pitch, image + y * WIDTH, WIDTH * 4))
			return NULL;
	return image;
}

/* --- buffers -------------------------------------------------------------- */

/* No two pixels of a screen, nor the same of two seeds, are alike. */
static __u32 pixel(__u32 seed, __u32 i)
{
	__u32 x = i * 2654435761u ^ seed * 40503u;

	return (x ^ x >> 15) & 0xffffff;
}

static void fill(__u32 *mem, __u64 size, __u32 seed)
{
	__u64 i;

	for (i = 0; i < size / 4; i++)
		mem[i] = pixel(seed, i);
}

static bool filled(const __u32 *mem, __u64 size, __u32 seed, const char *what)
{
	__u64 i;

	for (i = 0; i < size / 4; i++)
		if (mem[i] != pixel(seed, i)) {
			fail("%s %u: word %llu is %08x, expected %08x", what, seed,
			     i, mem[i], pixel(seed, i));
			return false;
		}
	return true;
}

/* --- the one screen ------------------------------------------------------- */

static __u32 crtc, connector;
static struct drm_mode_modeinfo mode;

/* Opens a driver's card; after a new bind its number may be another one. */
static int driver_open(const char *driver)
{
	int i;

	for (i = 0; i < 8; i++) {
		char path[32], name[32] = "";
		struct drm_version version = {
			.name = name, .name_len = sizeof(name) - 1,
		};
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver))
			return fd;
		close(fd);
	}
	fail("no %s in /dev/dri", driver);
	return -1;
}

static int card_open(void)
{
	return driver_open("nouveau");
}

/* The connector's mode of our size; -1 if it has none. */
static int find_mode(int card, __u32 id, struct drm_mode_modeinfo *found)
{
	static struct drm_mode_modeinfo modes[64];
	struct drm_mode_get_connector conn = { .connector_id = id };
	__u32 i;

	/* Asking for nothing makes it look for a monitor. */
	if (!did(ioctl(card, DRM_IOCTL_MODE_GETCONNECTOR, &conn)))
		return -1;
	conn.count_props = 0;
	conn.count_encoders = 0;
	conn.count_modes = ARRAY_SIZE(modes);
	conn.modes_ptr = (uintptr_t)modes;
	if (!did(ioctl(card, DRM_IOCTL_MODE_GETCONNECTOR, &conn)))
		return -1;
	for (i = 0; i < conn.count_modes && i < ARRAY_SIZE(modes); i++)
		if (conn.connection == 1 && modes[i].hdisplay == WIDTH &&
		    modes[i].vdisplay == HEIGHT) {
			*found = modes[i];
			return 0;
		}
	return -1;
}

static bool find_screen(int card)
{
	__u32 crtcs[8], connectors[8];
	struct drm_mode_card_res res = {
		.count_crtcs = ARRAY_SIZE(crtcs),
		.crtc_id_ptr = (uintptr_t)crtcs,
		.count_connectors = ARRAY_SIZE(connectors),
		.connector_id_ptr = (uintptr_t)connectors,
	};
	__u32 i;

	if (!did(ioctl(card, DRM_IOCTL_MODE_GETRESOURCES, &res)))
		return false;
	for (i = 0; i < res.count_connectors && i < ARRAY_SIZE(connectors); i++)
		if (res.count_crtcs && !find_mode(card, connectors[i], &mode)) {
			crtc = crtcs[0];
			connector = connectors[i];
			return true;
		}
	fail("no crtc, or no connector with a %dx%d mode", WIDTH, HEIGHT);
	return false;
}

static bool show(int card, struct buffer *b)
{
	struct drm_mode_crtc set = {
		.crtc_id = crtc, .mode_valid = 1, .mode = mode,
		.set_connectors_ptr = (uintptr_t)&connector, .count_connectors = 1,
	};

	if (!buffer_show(card, b))
		return false;
	set.fb_id = b->fb;
	return did(ioctl(card, DRM_IOCTL_MODE_SETCRTC, &set));
}

static bool shown(struct buffer *b, __u32 seed)
{
	__u32 *image = screen(b->pitch);

	return image && filled(image, WIDTH * HEIGHT * 4, seed, "screen");
}

/* --- tests ---------------------------------------------------------------- */

static int card;

static __u64 capability(__u64 which)
{
	struct drm_get_cap cap = { .capability = which };

	did(ioctl(card, DRM_IOCTL_GET_CAP, &cap));
	return cap.value;
}

static void test_driver(void)
{
	struct drm_version version = {};
	__u64 prime = capability(DRM_CAP_PRIME);

	if (did(ioctl(card, DRM_IOCTL_VERSION, &version)))
		printf("# nouveau %d.%d.%d\n", version.version_major,
		       version.version_minor, version.version_patchlevel);
	if (!capability(DRM_CAP_DUMB_BUFFER))
		fail("no dumb buffers");
	if (prime != (DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT))
		fail("PRIME capabilities are %llu", prime);
}

static void test_modeset(void)
{
	struct buffer a, b;
	struct drm_mode_crtc state = { .crtc_id = crtc };

	if (!buffer_new(card, WIDTH, HEIGHT, &a) || !buffer_new(card, WIDTH, HEIGHT, &b))
		return;
	fill(a.map, a.size, 1);
	fill(b.map, b.size, 2);
	if (show(card, &a))
		shown(&a, 1);
	if (show(card, &b))
		shown(&b, 2);
	/* What is drawn on a screen already shown is to be seen, too. */
	fill(b.map, b.size, 3);
	shown(&b, 3);
	if (did(ioctl(card, DRM_IOCTL_MODE_GETCRTC, &state)) &&
	    (!state.mode_valid || state.fb_id != b.fb || state.mode.hdisplay != WIDTH))
		fail("the crtc does not tell the mode that was set");
	buffer_free(card, &a);
	buffer_free(card, &b);
	if (did(ioctl(card, DRM_IOCTL_MODE_GETCRTC, &state)) && state.fb_id)
		fail("the crtc keeps a framebuffer that was removed");
}

static void test_vblank(void)
{
	struct buffer b;
	unsigned int first = 0;
	int i;

	if (!buffer_new(card, WIDTH, HEIGHT, &b) || !show(card, &b))
		return;
	for (i = 0; i < 3; i++) {
		union drm_wait_vblank wait = {
			.request.type = _DRM_VBLANK_RELATIVE,
			.request.sequence = 2,
		};

		if (!did(ioctl(card, DRM_IOCTL_WAIT_VBLANK, &wait)))
			break;
		if (i && wait.reply.sequence - first < 2)
			fail("sequence %u after %u", wait.reply.sequence, first);
		first = wait.reply.sequence;
	}
	buffer_free(card, &b);
}

static void test_close(void)
{
	struct buffer b;
	int second, i;

	/* Buffers go with the file; a third of the video memory each time. */
	for (i = 0; i < 12; i++) {
		second = card_open();
		if (!buffer_new(second, 2048, VRAM_MIB * 1024 / 8 / 3, &b))
			return;
		fill(b.map, 4096, i);
		filled(b.map, 4096, i, "round");
		munmap(b.map, b.size);
		close(second);
	}
}

#define MANY 48

/* Far more than the video memory holds, all of it used, over and over. */
static void test_eviction(void)
{
	static struct buffer many[MANY];
	struct buffer seen;
	__u64 total = 0;
	__u32 i, round;

	if (!buffer_new(card, WIDTH, HEIGHT, &seen))
		return;
	fill(seen.map, seen.size, 1000);
	if (!show(card, &seen))
		return;
	for (i = 0; i < MANY; i++) {
		if (!buffer_new(card, WIDTH, HEIGHT, &many[i]))
			return;
		total += many[i].size;
		fill(many[i].map, many[i].size, i);
	}
	if (total < VRAM_MIB * 3ull / 2 << 20)
		fail("only %llu bytes", total);
	for (i = 0; i < MANY; i++)
		filled(many[i].map, many[i].size, i, "buffer");
	/* To show a buffer it has to come back: others have to go. */
	for (round = 0; round < 2; round++)
		for (i = round; i < MANY; i += 2) {
			if (show(card, &many[i]))
				shown(&many[i], i);
			if (failed)
				return;
		}
	for (i = 0; i < MANY; i++)
		filled(many[i].map, many[i].size, i, "buffer");
	if (show(card, &seen))
		shown(&seen, 1000);
	for (i = 0; i < MANY; i++)
		buffer_free(card, &many[i]);
	buffer_free(card, &seen);
}

static int vgem_open(void)
{
	return driver_open("vgem");
}

/* The buffer as a dma-buf, or -1. */
static int export(int from, __u32 handle)
{
	struct drm_prime_handle prime = {
		.handle = handle, .flags = DRM_CLOEXEC | DRM_RDWR, .fd = -1,
	};

	did(ioctl(from, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));
	return prime.fd;
}

/* The dma-buf as a buffer, or 0. */
static __u32 import(int to, int fd)
{
	struct drm_prime_handle prime = { .fd = fd };

	did(ioctl(to, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime));
	return prime.handle;
}

static void gem_close(int fd, __u32 handle)
{
	struct drm_gem_close close = { .handle = handle };

	did(ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close));
}

/* Ours, used by another driver. */
static void test_export(void)
{
	struct drm_mode_map_dumb map = {};
	int vgem = vgem_open(), fd;
	struct buffer b;
	__u32 handle;
	__u32 *theirs;

	if (vgem < 0 || !buffer_new(card, WIDTH, HEIGHT, &b))
		return;
	fill(b.map, b.size, 50);
	fd = export(card, b.handle);
	handle = import(vgem, fd);
	if (!handle)
		return;
	theirs = mmap(NULL, b.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (theirs == MAP_FAILED) {
		fail("mmap of the dma-buf: %s", strerror(errno));
		return;
	}
	filled(theirs, b.size, 50, "dma-buf");
	fill(theirs, b.size, 51);
	filled(b.map, b.size, 51, "buffer");
	munmap(theirs, b.size);

	/* The other driver's mapping; 6.1's vgem offers none for imports. */
	map.handle = handle;
	if (!ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &map)) {
		theirs = mmap(NULL, b.size, PROT_READ, MAP_SHARED, vgem, map.offset);
		if (theirs == MAP_FAILED) {
			fail("mmap by vgem: %s", strerror(errno));
		} else {
			filled(theirs, b.size, 51, "vgem");
			munmap(theirs, b.size);
		}
	}
	gem_close(vgem, handle);
	close(fd);
	/* Nobody else has it now: it may be video memory again. */
	if (show(card, &b))
		shown(&b, 51);
	buffer_free(card, &b);
	close(vgem);
}

/*
 * Counts the GART entries that were not in the table @before and brings that up
 * to date. With a @seed, they have to lead, in order, to what fill() wrote.
 */
static __u32 new_entries(__u32 *before, __u32 seed)
{
	static __u32 now[REG_RAMIN_SIZE / 4];
	__u32 page[1024], i, w, count = 0;

	if (!peek("regs", REG_RAMIN, now, sizeof(now)))
		return 0;
	for (i = 0; i < ARRAY_SIZE(now); i++) {
		if (now[i] == before[i] || (now[i] & 0xfff) != GART_VALID)
			continue;
		if (seed && peek("sysmem", now[i] & ~0xfff, page, sizeof(page)))
			for (w = 0; w < ARRAY_SIZE(page); w++)
				if (page[w] != pixel(seed, count * 1024 + w)) {
					fail("the card's page %u is not ours", count);
					break;
				}
		count++;
	}
	memcpy(before, now, sizeof(now));
	return count;
}

/*
 * Another driver's, used by ours: read it as the card would, through the card's
 * page table.
 */
static void test_import(void)
{
	static __u32 table[REG_RAMIN_SIZE / 4];
	__u32 handle, again, count;
	int vgem = vgem_open(), fd;
	struct buffer b;

	if (vgem < 0 || !buffer_new(vgem, 128, 128, &b))
		return;
	fill(b.map, b.size, 60);
	new_entries(table, 0);
	fd = export(vgem, b.handle);
	handle = import(card, fd);
	again = import(card, fd);
	if (!handle)
		return;
	if (handle != again)
		fail("imported twice: handles %u and %u", handle, again);
	count = new_entries(table, 60);
	if (count != b.size / 4096)
		fail("%u pages of %llu in the card's page table", count,
		     b.size / 4096);
	gem_close(card, handle);
	close(fd);
	filled(b.map, b.size, 60, "buffer");
	buffer_free(vgem, &b);
	close(vgem);
}

/* --- the console ---------------------------------------------------------- */

/* True if text written to the console is to be seen. */
static bool console_shows(void)
{
	static __u32 before[WIDTH * HEIGHT];
	static int turn;
	__u32 pitch = WIDTH * 4, i, lit = 0;
	__u32 *image = screen(pitch);
	char text[400];
	int wait;

	if (!image)
		return false;
	memcpy(before, image, sizeof(before));
	turn++;
	memset(text, 'A' + turn % 26, sizeof(text));
	memcpy(text, "\033[H\r\n", 5);
	text[sizeof(text) - 1] = 0;
	if (!write_file("/dev/tty1", text))
		return false;
	/* A shadow buffer is copied by a worker. */
	for (wait = 0; wait < 30; wait++) {
		rest(100);
		image = screen(pitch);
		if (!image)
			return false;
		if (memcmp(before, image, sizeof(before)))
			break;
	}
	if (!memcmp(before, image, sizeof(before))) {
		fail("text on the console changes nothing on the screen");
		return false;
	}
	for (i = 0; i < WIDTH * HEIGHT; i++)
		lit += (image[i] & 0xffffff) != 0;
	if (lit < 1000)
		fail("only %u pixels are lit", lit);
	return true;
}

static void test_console(void)
{
	/* Without a master the console has the screen; it comes back. */
	close(card);
	console_shows();
	card = card_open();
	test_modeset();
	close(card);
	console_shows();
	card = card_open();
}

/* --- the device comes and goes ---------------------------------------------- */

static bool device_name(char *name, size_t size)
{
	struct dirent *entry;
	DIR *dir = opendir("/sys/bus/pci/drivers/nouveau");
	bool found = false;

	while (dir && (entry = readdir(dir)))
		if (strchr(entry->d_name, ':')) {
			snprintf(name, size, "%s", entry->d_name);
			found = true;
		}
	if (dir)
		closedir(dir);
	if (!found)
		fail("nouveau has no device");
	return found;
}

static void test_rebind(void)
{
	char name[256];
	int round;

	if (!device_name(name, sizeof(name)))
		return;
	for (round = 0; round < 3 && !failed; round++) {
		/* The second time with somebody still there. */
		if (round != 1)
			close(card);
		if (!write_file("/sys/bus/pci/drivers/nouveau/unbind", name))
			return;
		if (round == 1) {
			struct drm_mode_create_dumb create = {
				.width = 64, .height = 64, .bpp = 32,
			};

			if (!ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create))
				fail("a device that is gone makes buffers");
			else if (errno != ENODEV)
				fail("gone, it says: %s", strerror(errno));
			close(card);
		}
		if (!write_file("/sys/bus/pci/drivers/nouveau/bind", name))
			return;
		rest(200);
		card = card_open();
		if (card < 0 || !find_screen(card))
			return;
		test_modeset();
	}
}

static void test_suspend(void)
{
	static struct buffer many[MANY / 2];
	__u32 i, round;

	if (!write_file("/sys/power/pm_test", "devices"))
		return;
	for (i = 0; i < ARRAY_SIZE(many); i++) {
		if (!buffer_new(card, WIDTH, HEIGHT, &many[i]))
			return;
		fill(many[i].map, many[i].size, 80 + i);
	}
	for (round = 0; round < 2; round++) {
		if (!show(card, &many[0]) || !shown(&many[0], 80) ||
		    !write_file("/sys/power/state", "freeze"))
			break;
		/* The card lost all it held; the driver put it back. */
		shown(&many[0], 80);
		for (i = 0; i < ARRAY_SIZE(many); i++)
			filled(many[i].map, many[i].size, 80 + i, "buffer");
	}
	write_file("/sys/power/pm_test", "none");
	for (i = 0; i < ARRAY_SIZE(many); i++)
		buffer_free(card, &many[i]);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "driver", test_driver },
	{ "console", test_console },
	{ "modeset", test_modeset },
	{ "vblank", test_vblank },
	{ "close", test_close },
	{ "eviction", test_eviction },
	{ "export", test_export },
	{ "import", test_import },
	{ "rebind", test_rebind },
	{ "suspend", test_suspend },
};

int main(int argc, char **argv)
{
	unsigned int i, bad = 0, number = 0;
	int a;

	setvbuf(stdout, NULL, _IOLBF, 0);
	card = card_open();
	if (card < 0 || !find_screen(card)) {
		printf("Bail out! nothing to test\n");
		return 1;
	}
	printf("1..%u\n", argc > 1 ? argc - 1 : (int)ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		bool wanted = argc < 2;

		for (a = 1; a < argc; a++)
			wanted |= !strcmp(argv[a], tests[i].name);
		if (!wanted)
			continue;
		failed = false;
		tests[i].run();
		bad += failed;
		printf("%sok %u - %s\n", failed ? "not " : "", ++number, tests[i].name);
	}
	return bad != 0;
}
