// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Drives the card that nv04card makes through the kernel's mode-setting
// interface, and looks into its video memory whether the right thing is there.
// Reports in TAP. Runs as root in a test machine with nothing else on the card.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define WIDTH		640
#define HEIGHT		480

#define VRAM_MIB	32
#define REG_PCRTC_START	0x600800
#define REG_RAMIN	0x700000
#define REG_RAMIN_SIZE	0x100000
#define GART_VALID	0x3

struct buffer {
	uint32_t handle;
	uint32_t fb;
	uint32_t pitch;
	uint64_t size;
	uint32_t *map;
};

static bool failed;

static void fail(const char *fmt, ...)
{
	va_list args;

	failed = true;
	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

/* False, and the test fails, if a call did. */
#define did(call) ({							\
	int __did_ret = (call);						\
									\
	if (__did_ret < 0)						\
		fail("%s: %s", #call, strerror(errno));			\
	__did_ret >= 0;							\
})

static void rest(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

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

static bool peek(const char *what, uint64_t offset, void *to, size_t size)
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
		fail("cannot read %s at %llx", path, (unsigned long long)offset);
	return !size;
}

/* What the monitor would show; 32 bits a pixel, lines without a gap. */
static uint32_t *screen(uint32_t pitch)
{
	static uint32_t image[WIDTH * HEIGHT];
	uint32_t start, y;

	if (!peek("regs", REG_PCRTC_START, &start, sizeof(start)))
		return NULL;
	for (y = 0; y < HEIGHT; y++)
		if (!peek("vram", start + y * pitch, image + y * WIDTH, WIDTH * 4))
			return NULL;
	return image;
}

/* --- buffers -------------------------------------------------------------- */

/* No two pixels of a screen, nor the same of two seeds, are alike. */
static uint32_t pixel(uint32_t seed, uint32_t i)
{
	uint32_t x = i * 2654435761u ^ seed * 40503u;

	return (x ^ x >> 15) & 0xffffff;
}

static bool buffer_new(int card, uint32_t width, uint32_t height, struct buffer *b)
{
	struct drm_mode_create_dumb create = {
		.width = width, .height = height, .bpp = 32,
	};
	struct drm_mode_map_dumb map = {};

	memset(b, 0, sizeof(*b));
	if (!did(drmIoctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create)))
		return false;
	b->handle = create.handle;
	b->pitch = create.pitch;
	b->size = create.size;
	map.handle = create.handle;
	if (!did(drmIoctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)))
		return false;
	b->map = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, card, map.offset);
	if (b->map == MAP_FAILED) {
		fail("mmap: %s", strerror(errno));
		b->map = NULL;
	}
	return b->map;
}

static void buffer_free(int card, struct buffer *b)
{
	struct drm_mode_destroy_dumb destroy = { .handle = b->handle };

	if (b->fb)
		drmModeRmFB(card, b->fb);
	if (b->map)
		munmap(b->map, b->size);
	if (b->handle)
		did(drmIoctl(card, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy));
	memset(b, 0, sizeof(*b));
}

static void fill(uint32_t *mem, uint64_t size, uint32_t seed)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		mem[i] = pixel(seed, i);
}

static bool filled(const uint32_t *mem, uint64_t size, uint32_t seed, const char *what)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		if (mem[i] != pixel(seed, i)) {
			fail("%s %u: word %llu is %08x, expected %08x", what, seed,
			     (unsigned long long)i, mem[i], pixel(seed, i));
			return false;
		}
	return true;
}

/* --- the one screen ------------------------------------------------------- */

static uint32_t crtc, connector;
static drmModeModeInfo mode;

static int card_open(void)
{
	char path[32];
	int i, fd;

	/* After a new bind the number may be another one. */
	for (i = 0; i < 8; i++) {
		drmVersion *version;
		bool ours;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		ours = version && !strcmp(version->name, "nouveau");
		drmFreeVersion(version);
		if (ours)
			return fd;
		close(fd);
	}
	fail("no nouveau in /dev/dri");
	return -1;
}

static bool find_screen(int card)
{
	drmModeRes *res = drmModeGetResources(card);
	drmModeConnector *conn = NULL;
	int i;

	if (!res) {
		fail("no mode-setting resources: %s", strerror(errno));
		return false;
	}
	crtc = res->count_crtcs ? res->crtcs[0] : 0;
	connector = 0;
	for (i = 0; i < res->count_connectors; i++) {
		conn = drmModeGetConnector(card, res->connectors[i]);
		if (conn && conn->connection == DRM_MODE_CONNECTED && !connector) {
			int m;

			for (m = 0; m < conn->count_modes; m++)
				if (conn->modes[m].hdisplay == WIDTH &&
				    conn->modes[m].vdisplay == HEIGHT) {
					connector = conn->connector_id;
					mode = conn->modes[m];
					break;
				}
		}
		drmModeFreeConnector(conn);
	}
	drmModeFreeResources(res);
	if (!crtc || !connector)
		fail("no crtc, or no connector with a %dx%d mode", WIDTH, HEIGHT);
	return crtc && connector;
}

static bool show(int card, struct buffer *b)
{
	if (!b->fb && !did(drmModeAddFB(card, WIDTH, HEIGHT, 24, 32, b->pitch,
					b->handle, &b->fb)))
		return false;
	return did(drmModeSetCrtc(card, crtc, b->fb, 0, 0, &connector, 1, &mode));
}

static bool shown(struct buffer *b, uint32_t seed)
{
	uint32_t *image = screen(b->pitch);

	return image && filled(image, WIDTH * HEIGHT * 4, seed, "screen");
}

/* --- tests ---------------------------------------------------------------- */

static int card;

static void test_driver(void)
{
	drmVersion *version = drmGetVersion(card);
	uint64_t dumb = 0, prime = 0;

	printf("# %s %d.%d.%d\n", version->name, version->version_major,
	       version->version_minor, version->version_patchlevel);
	drmFreeVersion(version);
	drmGetCap(card, DRM_CAP_DUMB_BUFFER, &dumb);
	drmGetCap(card, DRM_CAP_PRIME, &prime);
	if (!dumb)
		fail("no dumb buffers");
	if (prime != (DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT))
		fail("PRIME capabilities are %llu", (unsigned long long)prime);
}

static void test_modeset(void)
{
	struct buffer a, b;
	drmModeCrtc *state;

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
	state = drmModeGetCrtc(card, crtc);
	if (!state || !state->mode_valid || state->buffer_id != b.fb ||
	    state->mode.hdisplay != WIDTH)
		fail("the crtc does not tell the mode that was set");
	drmModeFreeCrtc(state);
	buffer_free(card, &a);
	buffer_free(card, &b);
	state = drmModeGetCrtc(card, crtc);
	if (!state || state->buffer_id)
		fail("the crtc keeps a framebuffer that was removed");
	drmModeFreeCrtc(state);
}

static void test_vblank(void)
{
	struct buffer b;
	unsigned int first;
	int i;

	if (!buffer_new(card, WIDTH, HEIGHT, &b) || !show(card, &b))
		return;
	for (i = 0; i < 3; i++) {
		drmVBlank wait = {
			.request.type = DRM_VBLANK_RELATIVE,
			.request.sequence = 2,
		};

		if (!did(drmWaitVBlank(card, &wait)))
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
	uint64_t total = 0;
	uint32_t i, round;

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
		fail("only %llu bytes", (unsigned long long)total);
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
	int i, fd;

	for (i = 0; i < 8; i++) {
		char path[32];
		drmVersion *version;
		bool vgem;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		vgem = version && !strcmp(version->name, "vgem");
		drmFreeVersion(version);
		if (vgem)
			return fd;
		close(fd);
	}
	fail("no vgem in /dev/dri");
	return -1;
}

static void gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close close = { .handle = handle };

	did(drmIoctl(fd, DRM_IOCTL_GEM_CLOSE, &close));
}

/* Ours, used by another driver. */
static void test_export(void)
{
	struct drm_mode_map_dumb map = {};
	int vgem = vgem_open(), fd = -1;
	struct buffer b;
	uint32_t handle;
	uint32_t *theirs;

	if (vgem < 0 || !buffer_new(card, WIDTH, HEIGHT, &b))
		return;
	fill(b.map, b.size, 50);
	if (!did(drmPrimeHandleToFD(card, b.handle, DRM_CLOEXEC | DRM_RDWR, &fd)) ||
	    !did(drmPrimeFDToHandle(vgem, fd, &handle)))
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
	if (!drmIoctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &map)) {
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
static uint32_t new_entries(uint32_t *before, uint32_t seed)
{
	static uint32_t now[REG_RAMIN_SIZE / 4];
	uint32_t page[1024], i, w, count = 0;

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
	static uint32_t table[REG_RAMIN_SIZE / 4];
	uint32_t handle, again, count;
	int vgem = vgem_open(), fd = -1;
	struct buffer b;

	if (vgem < 0 || !buffer_new(vgem, 128, 128, &b))
		return;
	fill(b.map, b.size, 60);
	new_entries(table, 0);
	if (!did(drmPrimeHandleToFD(vgem, b.handle, DRM_CLOEXEC | DRM_RDWR, &fd)) ||
	    !did(drmPrimeFDToHandle(card, fd, &handle)) ||
	    !did(drmPrimeFDToHandle(card, fd, &again)))
		return;
	if (handle != again)
		fail("imported twice: handles %u and %u", handle, again);
	count = new_entries(table, 60);
	if (count != b.size / 4096)
		fail("%u pages of %llu in the card's page table", count,
		     (unsigned long long)b.size / 4096);
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
	static uint32_t before[WIDTH * HEIGHT];
	static int turn;
	uint32_t pitch = WIDTH * 4, i, lit = 0;
	uint32_t *image = screen(pitch);
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

			if (!drmIoctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create))
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
	uint32_t i, round;

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
