// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// screen-test CONNECTOR [CASE...]: drives a monitor of the GPU model through the kernel's
// mode-setting interface, as root, with nothing else on the card but the console. What the
// monitor shows is asked from outside ("desk: picture NAME" on the second serial port; the
// answer is width, height and the CRC-32 of all its pixels) and compared with what must
// be there. CONNECTOR is dvi, dp or hdmi; the monitor is plugged. Reports in TAP.

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <linux/fb.h>
#include <linux/netlink.h>

#include <drm_fourcc.h>

#include "image.h"

#define MAX_THINGS	32

static int card = -1, desk_port = -1;

/* --- who sits at the desk ----------------------------------------------------- */

static bool desk_open(void)
{
	struct termios t;

	desk_port = open("/dev/ttyS1", O_RDWR | O_NOCTTY);
	if (!did(desk_port) || !did(tcgetattr(desk_port, &t)))
		return false;
	cfmakeraw(&t);
	return did(tcsetattr(desk_port, TCSANOW, &t));
}

/* One line, and one for an answer. */
static bool ask(char *answer, size_t size, const char *fmt, ...)
{
	struct pollfd in = { desk_port, POLLIN, 0 };
	char line[128] = "desk: ";
	size_t length = strlen(line);
	va_list args;

	va_start(args, fmt);
	length += (size_t)vsnprintf(line + length, sizeof(line) - length - 1, fmt, args);
	va_end(args);
	line[length++] = '\n';
	if (write(desk_port, line, length) != (ssize_t)length) {
		fail("cannot write to the port: %s", strerror(errno));
		return false;
	}
	for (length = 0; length < size - 1; length++) {
		if (poll(&in, 1, 20000) != 1 || read(desk_port, answer + length, 1) != 1) {
			fail("nobody answers: %.*s", (int)strcspn(line, "\n"), line);
			return false;
		}
		if (answer[length] == '\n')
			break;
	}
	answer[length] = '\0';
	return true;
}

/* Whether the screen shows @image. The picture stays on the host by this name. */
static bool same_as_screen(const char *name, const struct image *image)
{
	char answer[64], expected[64];

	snprintf(expected, sizeof(expected), "%u %u %08x", image->width, image->height, sum(image));
	return ask(answer, sizeof(answer), "picture %s", name) && !strcmp(answer, expected);
}

static bool shows(const char *name, const struct image *image)
{
	char answer[64], expected[64];

	snprintf(expected, sizeof(expected), "%u %u %08x", image->width, image->height, sum(image));
	if (!ask(answer, sizeof(answer), "picture %s", name))
		return false;
	if (!strcmp(answer, expected))
		return true;
	fail("picture %s is %s, expected %s", name, answer, expected);
	return false;
}

/* --- the monitor --------------------------------------------------------------- */

static const char *which;		/* its connector, by the model's name */
static uint32_t connector, crtc;
static struct drm_mode_modeinfo modes[MAX_THINGS];
static unsigned int mode_count;

static uint32_t connector_type(void)
{
	return !strcmp(which, "dp") ? DRM_MODE_CONNECTOR_DisplayPort :
	       !strcmp(which, "hdmi") ? DRM_MODE_CONNECTOR_HDMIA : DRM_MODE_CONNECTOR_DVID;
}

/* The connector's state; its modes are in modes[]. */
static bool look(struct drm_mode_get_connector *c)
{
	uint32_t encoders[MAX_THINGS], props[MAX_THINGS * 2];
	uint64_t values[MAX_THINGS * 2];

	/* With no space for modes, the kernel asks the monitor anew. */
	*c = (struct drm_mode_get_connector){ .connector_id = connector };
	if (!did(ioctl(card, DRM_IOCTL_MODE_GETCONNECTOR, c)))
		return false;
	if (c->count_modes > MAX_THINGS || c->count_props > MAX_THINGS * 2 || c->count_encoders > MAX_THINGS) {
		fail("more modes or properties than expected");
		return false;
	}
	c->modes_ptr = (uintptr_t)modes;
	c->encoders_ptr = (uintptr_t)encoders;
	c->props_ptr = (uintptr_t)props;
	c->prop_values_ptr = (uintptr_t)values;
	if (!did(ioctl(card, DRM_IOCTL_MODE_GETCONNECTOR, c)))
		return false;
	mode_count = c->count_modes;
	return true;
}

static bool find_monitor(void)
{
	uint32_t connectors[MAX_THINGS], crtcs[MAX_THINGS], encoders[MAX_THINGS], fbs[MAX_THINGS], i;
	struct drm_mode_card_res res = {
		.count_connectors = MAX_THINGS, .connector_id_ptr = (uintptr_t)connectors,
		.count_crtcs = MAX_THINGS, .crtc_id_ptr = (uintptr_t)crtcs,
		.count_encoders = MAX_THINGS, .encoder_id_ptr = (uintptr_t)encoders,
		.count_fbs = MAX_THINGS, .fb_id_ptr = (uintptr_t)fbs,
	};
	struct drm_mode_get_connector c;

	if (!did(ioctl(card, DRM_IOCTL_MODE_GETRESOURCES, &res)))
		return false;
	for (i = 0; i < res.count_connectors; i++) {
		connector = connectors[i];
		if (look(&c) && c.connector_type == connector_type())
			break;
	}
	if (i == res.count_connectors || !res.count_crtcs) {
		fail("no connector %s, or no CRTC", which);
		return false;
	}
	crtc = crtcs[0];
	return true;
}

static const struct drm_mode_modeinfo *find_mode(uint32_t width, uint32_t height)
{
	unsigned int i;

	for (i = 0; i < mode_count; i++)
		if (modes[i].hdisplay == width && modes[i].vdisplay == height)
			return &modes[i];
	fail("no mode %ux%u", width, height);
	return NULL;
}

/* --- images -------------------------------------------------------------------- */

/* A buffer that can be shown. */
static bool image_buffer(uint32_t width, uint32_t height, struct buffer *b)
{
	return buffer_new(card, width, height, b) && buffer_show(card, b);
}

/* No two pixels of a line, nor the same of two seeds, are alike. */
static uint32_t pixel(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t n = (y << 12 | x) * 2654435761u ^ seed * 40503u;

	return (n ^ n >> 15) & 0xffffff;
}

/* Fills @b, and is what the screen must show of it. */
static struct image draw(struct buffer *b, uint32_t seed)
{
	struct image image = image_new(b->width, b->height);
	uint32_t y, x;

	for (y = 0; y < b->height; y++) {
		uint32_t *row = image.pixels + (size_t)y * b->width;

		for (x = 0; x < b->width; x++)
			row[x] = pixel(seed, x, y);
		memcpy((uint8_t *)b->map + (size_t)y * b->pitch, row, (size_t)b->width * 4);
	}
	/* Writes to the card may still be under way; a read comes after them. */
	(void)*(volatile uint32_t *)b->map;
	return image;
}

static bool set_mode(const struct buffer *b, const struct drm_mode_modeinfo *mode)
{
	struct drm_mode_crtc set = {
		.crtc_id = crtc, .fb_id = b->fb, .mode_valid = 1, .mode = *mode,
		.set_connectors_ptr = (uintptr_t)&connector, .count_connectors = 1,
	};

	return did(ioctl(card, DRM_IOCTL_MODE_SETCRTC, &set));
}

static void set_off(void)
{
	struct drm_mode_crtc set = { .crtc_id = crtc };

	did(ioctl(card, DRM_IOCTL_MODE_SETCRTC, &set));
}

/* --- cases ----------------------------------------------------------------------- */

/* The first mode is the monitor's own; its name comes from EDID too. */
static void test_edid(void)
{
	static const char *const names[] = { "Model DVI", "Model DP", "Model HDMI" };
	const char *name = !strcmp(which, "dp") ? names[1] : !strcmp(which, "hdmi") ? names[2] : names[0];
	struct drm_mode_obj_get_properties get = {
		.obj_id = connector, .obj_type = DRM_MODE_OBJECT_CONNECTOR,
	};
	uint32_t props[MAX_THINGS * 2], i;
	uint64_t values[MAX_THINGS * 2];
	struct drm_mode_get_connector c;
	uint8_t edid[256] = { 0 }, total = 0;
	struct drm_mode_get_blob blob = { .data = (uintptr_t)edid };
	uint32_t size = !strcmp(which, "hdmi") ? 256 : 128;

	if (!look(&c))
		return;
	if (c.connection != 1)
		fail("not connected: %u", c.connection);
	if (!mode_count || modes[0].hdisplay != 1024 || modes[0].clock != 65000 ||
	    modes[0].htotal != 1344 || modes[0].vtotal != 806)
		fail("the first mode is not the monitor's own");
	get.count_props = MAX_THINGS * 2;
	get.props_ptr = (uintptr_t)props;
	get.prop_values_ptr = (uintptr_t)values;
	if (!did(ioctl(card, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get)))
		return;
	for (i = 0; i < get.count_props; i++) {
		struct drm_mode_get_property prop = { .prop_id = props[i] };

		if (ioctl(card, DRM_IOCTL_MODE_GETPROPERTY, &prop) || strcmp(prop.name, "EDID"))
			continue;
		blob.blob_id = (uint32_t)values[i];
		blob.length = size;
		/* The kernel copies a blob if its size is what is asked for. */
		if (!did(ioctl(card, DRM_IOCTL_MODE_GETPROPBLOB, &blob)))
			return;
		if (blob.length != size)
			fail("EDID has %u bytes, expected %u", blob.length, size);
	}
	for (i = 0; i < 128; i++)
		total += edid[i];
	if (total || edid[1] != 0xff || !memmem(edid, 128, name, strlen(name)))
		fail("EDID is not the monitor's");
}

/* What the console draws is what the screen shows. */
static void test_console(void)
{
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	int fb, tty, tries;
	struct image image;
	uint32_t y, i, lit = 0;

	fb = open("/dev/fb0", O_RDWR);
	tty = open("/dev/tty1", O_WRONLY | O_NOCTTY);
	if (!did(fb) || !did(tty) || !did(ioctl(fb, FBIOGET_VSCREENINFO, &var)) ||
	    !did(ioctl(fb, FBIOGET_FSCREENINFO, &fix)))
		return;
	dprintf(tty, "\033[?25l\033[2J\033[31;42mon the screen\033[0m\n%s\n", which);
	image = image_new(var.xres, var.yres);
	/* A worker of the kernel copies the console's memory to the card's. */
	for (tries = 0; tries < 20; tries++) {
		rest(200);
		lit = 0;
		/* Not by mmap(): Linux 6.12 then loses pages when the console goes. */
		for (y = 0; y < image.height; y++) {
			off_t at = (off_t)(y + var.yoffset) * fix.line_length;
			ssize_t size = (ssize_t)image.width * 4;

			if (pread(fb, image.pixels + (size_t)y * image.width, (size_t)size, at) != size)
				fail("cannot read line %u of /dev/fb0", y);
		}
		for (i = 0; i < image.width * image.height; i++) {
			image.pixels[i] &= 0xffffff;
			lit += image.pixels[i] != 0;
		}
		if (failed)
			break;
		if (lit && same_as_screen("console", &image))
			break;
	}
	/* A dozen letters and their ground, at 8x16 pixels. */
	if (lit < 12 * 8 * 16)
		fail("the console is dark: %u pixels", lit);
	shows("console", &image);
	free(image.pixels);
	close(tty);
	close(fb);
}

static void test_mode(uint32_t width, uint32_t height, uint32_t seed, const char *name)
{
	const struct drm_mode_modeinfo *mode = find_mode(width, height);
	struct buffer b = { 0 };
	struct image image;

	if (mode && image_buffer(width, height, &b)) {
		image = draw(&b, seed);
		if (set_mode(&b, mode))
			shows(name, &image);
		/* What is drawn later is seen too. */
		free(image.pixels);
		image = draw(&b, seed + 1);
		shows(name, &image);
		free(image.pixels);
	}
	set_off();
	buffer_free(card, &b);
}

static void test_mode_1024(void) { test_mode(1024, 768, 1, "mode-1024"); }
static void test_mode_800(void) { test_mode(800, 600, 3, "mode-800"); }

/* The next event of the card; false: none came in time. */
static bool event(struct drm_event_vblank *e)
{
	struct pollfd in = { card, POLLIN, 0 };

	return poll(&in, 1, 5000) == 1 && read(card, e, sizeof(*e)) == sizeof(*e);
}

#define FLIPS 40

static void test_flips(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct drm_event_vblank e, last = { .base.type = 0 };
	struct buffer b[2] = { 0 };
	struct image image[2] = { 0 };
	unsigned int i;

	for (i = 0; mode && i < 2; i++) {
		if (!image_buffer(1024, 768, &b[i]))
			goto out;
		image[i] = draw(&b[i], 10 + i);
	}
	if (!mode || !set_mode(&b[0], mode))
		goto out;
	for (i = 1; i <= FLIPS; i++) {
		struct drm_mode_crtc_page_flip flip = {
			.crtc_id = crtc, .fb_id = b[i % 2].fb, .user_data = i,
			.flags = DRM_MODE_PAGE_FLIP_EVENT,
		};

		if (!did(ioctl(card, DRM_IOCTL_MODE_PAGE_FLIP, &flip)))
			goto out;
		if (!event(&e)) {
			fail("flip %u never happened", i);
			goto out;
		}
		if (e.user_data != i || (i > 1 && e.sequence == last.sequence)) {
			fail("flip %u: event %llu in frame %u after %u", i, (unsigned long long)e.user_data,
			     e.sequence, last.sequence);
			goto out;
		}
		last = e;
		if (i % 20 == 1 && !shows("flip-odd", &image[1]))
			goto out;
		if (i % 20 == 0 && !shows("flip-even", &image[0]))
			goto out;
	}
out:
	set_off();
	for (i = 0; i < 2; i++) {
		free(image[i].pixels);
		buffer_free(card, &b[i]);
	}
}

static bool wait_vblank(unsigned int frames, union drm_wait_vblank *w)
{
	memset(w, 0, sizeof(*w));
	w->request.type = _DRM_VBLANK_RELATIVE;
	w->request.sequence = frames;
	return did(ioctl(card, DRM_IOCTL_WAIT_VBLANK, w));
}

/* Frames come at the mode's rate, and are counted. */
static void test_vblanks(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	union drm_wait_vblank from, to;
	struct buffer b = { 0 };
	double us, expected;
	uint32_t frames;

	if (!mode || !image_buffer(1024, 768, &b) || !set_mode(&b, mode) || !wait_vblank(1, &from) ||
	    !wait_vblank(60, &to))
		goto out;
	frames = to.reply.sequence - from.reply.sequence;
	us = (double)(to.reply.tval_sec - from.reply.tval_sec) * 1e6 + (double)to.reply.tval_usec -
	     (double)from.reply.tval_usec;
	expected = mode->htotal * mode->vtotal * 1e3 / mode->clock;
	printf("# %u frames of %.0f us each, expected %.0f us\n", frames, us / frames, expected);
	if (frames < 60 || frames > 63)
		fail("%u frames while 60 were waited for", frames);
	if (us / frames < expected * 0.99 || us / frames > expected * 1.01)
		fail("frames of another length");
out:
	set_off();
	buffer_free(card, &b);
}

#define CURSOR 64

static void test_cursor(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct drm_mode_cursor2 cursor = {
		.flags = DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE, .crtc_id = 0,
		.x = 100, .y = -20, .width = CURSOR, .height = CURSOR,
	};
	struct buffer b = { 0 }, c = { 0 };
	struct image image = { 0 };
	uint32_t x, y, half;

	if (!mode || !image_buffer(1024, 768, &b) || !image_buffer(CURSOR, CURSOR, &c))
		goto out;
	image = draw(&b, 20);
	/* A clear half, and one that hides what is below. */
	for (y = 0; y < CURSOR; y++)
		for (x = 0; x < CURSOR; x++) {
			half = x < CURSOR / 2 ? 0 : 0xff000000 | pixel(21, x, y);
			memcpy((uint8_t *)c.map + y * c.pitch + x * 4, &half, 4);
		}
	cursor.crtc_id = crtc;
	cursor.handle = c.handle;
	if (!set_mode(&b, mode) || !did(ioctl(card, DRM_IOCTL_MODE_CURSOR2, &cursor)))
		goto out;
	for (y = 20; y < CURSOR; y++)
		for (x = CURSOR / 2; x < CURSOR; x++)
			image.pixels[(y - 20) * 1024 + 100 + x] = pixel(21, x, y);
	rest(100);
	shows("cursor", &image);
	cursor = (struct drm_mode_cursor2){ .flags = DRM_MODE_CURSOR_BO, .crtc_id = crtc };
	did(ioctl(card, DRM_IOCTL_MODE_CURSOR2, &cursor));
	free(image.pixels);
	image = draw(&b, 20);
	rest(100);
	shows("cursor", &image);
out:
	set_off();
	free(image.pixels);
	buffer_free(card, &c);
	buffer_free(card, &b);
}

/* What the kernel tells udev. */
static int uevents_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (did(fd))
		did(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

/* Waits for the event of a plug. */
static bool plug_told(int fd)
{
	struct pollfd in = { fd, POLLIN, 0 };
	char text[4096];
	ssize_t size;

	while (poll(&in, 1, 5000) == 1) {
		size = recv(fd, text, sizeof(text), 0);
		if (size > 0 && memmem(text, (size_t)size, "HOTPLUG=1", 9))
			return true;
	}
	fail("the kernel sends no event of the plug within 5 s");
	return false;
}

/* The cable is pulled while there is a picture, and plugged again. */
static void test_unplug(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct drm_mode_get_connector c;
	struct image image = { 0 };
	struct buffer b = { 0 };
	char answer[64];
	int i, told = uevents_open();

	if (!mode || !image_buffer(1024, 768, &b))
		goto out;
	image = draw(&b, 30);
	for (i = 0; i < 3; i++) {
		if (!set_mode(&b, mode) || !shows("unplug", &image) ||
		    !ask(answer, sizeof(answer), "unplug %s", which) || !plug_told(told))
			goto out;
		if (!look(&c))
			goto out;
		if (c.connection == 1)
			fail("still connected");
		if (!ask(answer, sizeof(answer), "plug %s", which) || !plug_told(told))
			goto out;
		if (!look(&c))
			goto out;
		if (c.connection != 1)
			fail("connected no more");
		mode = find_mode(1024, 768);
		if (!mode || failed)
			goto out;
	}
out:
	close(told);
	set_off();
	free(image.pixels);
	buffer_free(card, &b);
}

/* --- colours ---------------------------------------------------------------------- */

/* The number of a property of an object; 0: there is none. */
static uint32_t property(uint32_t object, uint32_t type, const char *name)
{
	uint32_t props[MAX_THINGS * 2], i;
	uint64_t values[MAX_THINGS * 2];
	struct drm_mode_obj_get_properties get = {
		.obj_id = object, .obj_type = type, .count_props = MAX_THINGS * 2,
		.props_ptr = (uintptr_t)props, .prop_values_ptr = (uintptr_t)values,
	};

	if (!did(ioctl(card, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get)))
		return 0;
	for (i = 0; i < get.count_props; i++) {
		struct drm_mode_get_property prop = { .prop_id = props[i] };

		if (!ioctl(card, DRM_IOCTL_MODE_GETPROPERTY, &prop) && !strcmp(prop.name, name))
			return props[i];
	}
	fail("no property %s", name);
	return 0;
}

static bool set_property(uint32_t object, uint32_t type, const char *name, uint64_t value)
{
	struct drm_mode_obj_set_property set = {
		.obj_id = object, .obj_type = type, .value = value,
		.prop_id = property(object, type, name),
	};

	return set.prop_id && did(ioctl(card, DRM_IOCTL_MODE_OBJ_SETPROPERTY, &set));
}

static uint32_t blob_new(const void *data, uint32_t size)
{
	struct drm_mode_create_blob create = { .data = (uintptr_t)data, .length = size };

	return did(ioctl(card, DRM_IOCTL_MODE_CREATEPROPBLOB, &create)) ? create.blob_id : 0;
}

/* Tables of colours as programs have set them since the nineties: red, green and blue. */
static bool set_gamma(uint32_t size, uint16_t (*value)(uint32_t i, uint32_t size, unsigned int part))
{
	uint16_t *table = malloc(size * 3 * sizeof(*table));
	struct drm_mode_crtc_lut lut = {
		.crtc_id = crtc, .gamma_size = size, .red = (uintptr_t)table,
		.green = (uintptr_t)(table + size), .blue = (uintptr_t)(table + size * 2),
	};
	unsigned int part;
	uint32_t i;
	bool ok;

	if (!table)
		abort();
	for (part = 0; part < 3; part++)
		for (i = 0; i < size; i++)
			table[part * size + i] = value(i, size, part);
	ok = did(ioctl(card, DRM_IOCTL_MODE_SETGAMMA, &lut));
	free(table);
	return ok;
}

static uint16_t as_it_is(uint32_t i, uint32_t size, unsigned int part)
{
	(void)part;
	return (uint16_t)(i * 0xffff / (size - 1));
}

static uint16_t opposite(uint32_t i, uint32_t size, unsigned int part)
{
	return (uint16_t)(0xffff - as_it_is(i, size, part));
}

static void test_gamma(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct drm_mode_crtc get = { .crtc_id = crtc };
	struct image image = { 0 };
	struct buffer b = { 0 };
	uint32_t i;

	if (!mode || !image_buffer(1024, 768, &b) || !did(ioctl(card, DRM_IOCTL_MODE_GETCRTC, &get)))
		goto out;
	image = draw(&b, 40);
	if (!set_mode(&b, mode) || !set_gamma(get.gamma_size, opposite))
		goto out;
	for (i = 0; i < image.width * image.height; i++)
		image.pixels[i] ^= 0xffffff;
	rest(100);
	shows("gamma", &image);
	if (!set_gamma(get.gamma_size, as_it_is))
		goto out;
	for (i = 0; i < image.width * image.height; i++)
		image.pixels[i] ^= 0xffffff;
	rest(100);
	shows("gamma", &image);
out:
	set_off();
	free(image.pixels);
	buffer_free(card, &b);
}

/*
 * Eight bits a pixel, each the number of a colour. The table is shared with the output's;
 * the kernel warned when the frame buffer went.
 */
static void test_palette(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct drm_mode_create_dumb create = { .width = 1024, .height = 768, .bpp = 8 };
	struct drm_mode_map_dumb map = { 0 };
	struct drm_mode_fb_cmd2 fb = { .width = 1024, .height = 768, .pixel_format = DRM_FORMAT_C8 };
	struct drm_color_lut table[256];
	struct image image = image_new(1024, 768);
	struct buffer shown = { 0 };
	struct drm_mode_destroy_dumb destroy;
	uint32_t i, blob;
	uint8_t *pixels;

	if (!mode || !did(ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create)))
		goto out;
	fb.handles[0] = map.handle = destroy.handle = create.handle;
	fb.pitches[0] = create.pitch;
	if (!did(ioctl(card, DRM_IOCTL_MODE_MAP_DUMB, &map)) || !did(ioctl(card, DRM_IOCTL_MODE_ADDFB2, &fb)))
		goto out;
	pixels = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)map.offset);
	if (pixels == MAP_FAILED) {
		fail("mmap: %s", strerror(errno));
		goto out;
	}
	for (i = 0; i < 256; i++) {
		uint32_t colour = pixel(50, i, 0);

		table[i] = (struct drm_color_lut){
			(uint16_t)((colour >> 16) * 0x101), (uint16_t)((colour >> 8 & 0xff) * 0x101),
			(uint16_t)((colour & 0xff) * 0x101), 0,
		};
	}
	for (i = 0; i < 1024 * 768; i++) {
		pixels[i / 1024 * create.pitch + i % 1024] = (uint8_t)(i * 7 + i / 1024);
		image.pixels[i] = pixel(50, (uint8_t)(i * 7 + i / 1024), 0);
	}
	(void)*(volatile uint8_t *)pixels;
	munmap(pixels, create.size);
	blob = blob_new(table, sizeof(table));
	shown.fb = fb.fb_id;
	if (set_mode(&shown, mode) &&
	    set_property(crtc, DRM_MODE_OBJECT_CRTC, "GAMMA_LUT", blob)) {
		rest(100);
		shows("palette", &image);
	}
	/* While it is shown: the kernel takes it off. */
	did(ioctl(card, DRM_IOCTL_MODE_RMFB, &fb.fb_id));
	set_property(crtc, DRM_MODE_OBJECT_CRTC, "GAMMA_LUT", 0);
	did(ioctl(card, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy));
out:
	set_off();
	free(image.pixels);
}

/* --- off and on -------------------------------------------------------------------- */

static bool dark(void)
{
	char answer[64];

	if (!ask(answer, sizeof(answer), "picture dark"))
		return false;
	if (strcmp(answer, "none"))
		fail("the screen is on: %s", answer);
	return !failed;
}

static void test_dpms(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct image image = { 0 };
	struct buffer b = { 0 };

	if (!mode || !image_buffer(1024, 768, &b))
		goto out;
	image = draw(&b, 60);
	if (set_mode(&b, mode) && shows("dpms", &image) &&
	    set_property(connector, DRM_MODE_OBJECT_CONNECTOR, "DPMS", DRM_MODE_DPMS_OFF) && dark() &&
	    set_property(connector, DRM_MODE_OBJECT_CONNECTOR, "DPMS", DRM_MODE_DPMS_ON))
		shows("dpms", &image);
out:
	set_off();
	free(image.pixels);
	buffer_free(card, &b);
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok = did(fd) && did(write(fd, text, strlen(text)));

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Frames are counted on, and the picture is back. */
static void test_suspend(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	union drm_wait_vblank before, after;
	struct image image = { 0 };
	struct buffer b = { 0 };
	char answer[64];

	if (!mode || !image_buffer(1024, 768, &b))
		goto out;
	image = draw(&b, 70);
	if (!set_mode(&b, mode) || !shows("suspend", &image) || !wait_vblank(2, &before) ||
	    !ask(answer, sizeof(answer), "wake soon") || !write_file("/sys/power/state", "mem"))
		goto out;
	rest(500);
	shows("resume", &image);
	if (wait_vblank(2, &after) && (int)(after.reply.sequence - before.reply.sequence) < 2)
		fail("frame %u after frame %u", after.reply.sequence, before.reply.sequence);
out:
	set_off();
	free(image.pixels);
	buffer_free(card, &b);
}

/* --- at the same time --------------------------------------------------------------- */

/* Images change while the cable is pulled and plugged: none is lost, and none waits. */
static void test_race(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	struct buffer b[2] = { 0 };
	struct image image[2] = { 0 };
	struct drm_event_vblank e;
	char answer[64];
	unsigned int i;
	pid_t other;
	int status;

	for (i = 0; mode && i < 2; i++) {
		if (!image_buffer(1024, 768, &b[i]))
			goto out;
		image[i] = draw(&b[i], 80 + i);
	}
	if (!mode || !set_mode(&b[0], mode))
		goto out;
	other = fork();
	if (!did(other))
		goto out;
	if (!other) {
		for (i = 0; i < 12 && !failed; i++)
			ask(answer, sizeof(answer), "%s %s", i % 2 ? "plug" : "unplug", which);
		_exit(failed);
	}
	for (i = 1; waitpid(other, &status, WNOHANG) == 0; i++) {
		struct drm_mode_crtc_page_flip flip = {
			.crtc_id = crtc, .fb_id = b[i % 2].fb, .user_data = i,
			.flags = DRM_MODE_PAGE_FLIP_EVENT,
		};

		if (!did(ioctl(card, DRM_IOCTL_MODE_PAGE_FLIP, &flip)))
			break;
		if (!event(&e) || e.user_data != i) {
			fail("flip %u never happened", i);
			break;
		}
	}
	if (failed)
		waitpid(other, &status, 0);
	printf("# %u images\n", i);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail("the cable was not moved");
	if (i < 20)
		fail("only %u images in that time", i);
	rest(500);
	/* Whoever drives the monitor sets its mode anew. */
	if (!failed && set_mode(&b[0], mode))
		shows("race", &image[0]);
out:
	set_off();
	for (i = 0; i < 2; i++) {
		free(image[i].pixels);
		buffer_free(card, &b[i]);
	}
}

/* The driver leaves the card, of which this program has frame buffers and properties. */
static void test_leave(void)
{
	const struct drm_mode_modeinfo *mode = find_mode(1024, 768);
	char link[256], *slot;
	struct buffer b = { 0 }, hidden = { 0 };
	struct image image = { 0 };
	ssize_t length;

	if (!mode || !image_buffer(1024, 768, &b) || !image_buffer(64, 64, &hidden))
		return;
	image = draw(&b, 90);
	if (!blob_new(mode, sizeof(*mode)) || !set_mode(&b, mode) || !shows("leave", &image))
		return;
	length = readlink("/sys/class/drm/card0/device", link, sizeof(link) - 1);
	if (!did(length))
		return;
	link[length] = '\0';
	slot = strrchr(link, '/');
	if (!write_file("/sys/bus/pci/drivers/nouveau/unbind", slot ? slot + 1 : link))
		return;
	dark();
	if (!ioctl(card, DRM_IOCTL_MODE_RMFB, &b.fb) || errno != ENODEV)
		fail("a call of a card that is gone: %s", strerror(errno));
	/* What is mapped can be used as before. */
	b.map[0] = 1;
	munmap(b.map, b.size);
	munmap(hidden.map, hidden.size);
	free(image.pixels);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "edid", test_edid },
	{ "console", test_console },
	{ "mode-1024", test_mode_1024 },
	{ "mode-800", test_mode_800 },
	{ "flips", test_flips },
	{ "vblanks", test_vblanks },
	{ "cursor", test_cursor },
	{ "unplug", test_unplug },
	{ "gamma", test_gamma },
	{ "dpms", test_dpms },
	{ "race", test_race },
	{ "suspend", test_suspend },
	{ "console-again", test_console },
	{ "palette", test_palette },
	{ "leave", test_leave },
};

/* These have a test in the guest each, as not every driver survives them. */
static bool must_be_named(void (*run)(void))
{
	return run == test_suspend || run == test_palette || run == test_leave;
}

int main(int argc, char **argv)
{
	unsigned int i, bad = 0, number = 0;
	int a;

	setvbuf(stdout, NULL, _IOLBF, 0);
	which = argc > 1 ? argv[1] : "dvi";
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		bool wanted = argc < 3 && !must_be_named(tests[i].run);

		for (a = 2; a < argc; a++)
			wanted |= !strcmp(argv[a], tests[i].name);
		if (!wanted)
			continue;
		failed = false;
		/* Without a master on the card, the console has the screen. */
		card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
		if (did(card) && (desk_port >= 0 || desk_open()) && find_monitor()) {
			if (tests[i].run == test_console) {
				close(card);
				card = -1;
			}
			tests[i].run();
		}
		if (card >= 0)
			close(card);
		bad += failed;
		printf("%sok %u - %s-%s\n", failed ? "not " : "", ++number, which, tests[i].name);
	}
	printf("1..%u\n", number);
	return bad != 0;
}
