// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The display engine, driven as a driver does, in as few steps as it can be. What is
 * on the screen is compared with memory pixel by pixel.
 */
#include <png.h>
#include <unistd.h>

#include "card.h"
#include "display/board.h"
#include "display/display.h"

/* Where things are in VRAM. */
#define INSTANCE 0x100000
#define OBJECTS 0x2000		/* from there */
#define PUSH 0x200000		/* 4 KiB a channel */
#define SYNC 0x300000
#define IMAGE 0x400000
#define OTHER_IMAGE 0x800000
#define CURSOR 0xc00000
#define LUT 0xd00000

#define SYNC_HANDLE 0xf0000000
#define PITCH_HANDLE 0xfb000000
#define TILED_HANDLE 0xfb0000fe
#define VRAM_HANDLE 0xf0000001

/* A mode that is small: the timing is no monitor's. */
#define WIDTH 64
#define HEIGHT 40
#define H_TOTAL 100
#define V_TOTAL 50
#define HZ 27000000
#define FRAME_NS (H_TOTAL * V_TOTAL * 1000000000ull / HZ)

static unsigned int objects;
static uint32_t put[DISPLAY_CHANNELS];

/* No finding so far. */
static void clean(void)
{
	fflush(said_file);
	if (gpu_failures(card))
		printf("# %s\n", said);
	check_eq(gpu_failures(card), 0);
}

/* A handle that @ch knows. */
static void object(unsigned int ch, uint32_t handle, unsigned int kind, uint64_t start, uint64_t size)
{
	uint32_t at = OBJECTS + objects * 32;

	put32(INSTANCE + objects * 8, handle);
	put32(INSTANCE + objects * 8 + 4, ch << 27 | at << 9 | 1);
	put32(INSTANCE + at, kind << 20 | 9);
	put32(INSTANCE + at + 4, (uint32_t)(start >> 8));
	put32(INSTANCE + at + 8, (uint32_t)((start + size - 1) >> 8));
	objects++;
}

static void forget(uint32_t handle)
{
	unsigned int i;

	for (i = 0; i < objects; i++)
		if (get32(INSTANCE + i * 8) == handle)
			put32(INSTANCE + i * 8 + 4, 0);
}

static void push(unsigned int ch, uint32_t method, uint32_t value)
{
	uint32_t at = PUSH + ch * 0x1000 + put[ch];

	put32(at, 1 << 18 | method);
	put32(at + 4, value);
	put[ch] += 8;
	check(put[ch] < 0x1000);
}

static void kick(unsigned int ch)
{
	wr(0x640000 + ch * 0x1000, put[ch]);
}

static void channel_on(unsigned int ch)
{
	if (ch < CHANNEL_OVERLAY_PIO) {
		wr(0x610494 + ch * 0x10, (PUSH + ch * 0x1000) >> 8 | 1);
		wr(0x640000 + ch * 0x1000, 0);
	}
	wr(0x610490 + ch * 0x10, ch < CHANNEL_OVERLAY_PIO ? 0x13 : 1);
}

static void make_with(const char *chip, const char *monitors)
{
	objects = 0;
	memset(put, 0, sizeof(put));
	card_new_as((struct gpu_config){ .chip = chip, .seed = 1, .board = "desktop", .monitors = monitors });
	wr(0x610010, INSTANCE >> 8 | 9);
	wr(0x6100b0, 7);
	wr(0x6100a0, 0xffffffff);
	object(CHANNEL_CORE, SYNC_HANDLE, 0, SYNC, 0x1000);
	object(CHANNEL_CORE, VRAM_HANDLE, 0, 0, 64 * MiB);
	object(CHANNEL_BASE, SYNC_HANDLE, 0, SYNC, 0x1000);
	object(CHANNEL_BASE, PITCH_HANDLE, 0, 0, 64 * MiB);
	object(CHANNEL_BASE, TILED_HANDLE, 0xfe, 0, 64 * MiB);
	object(CHANNEL_BASE, VRAM_HANDLE, 0, 0, 64 * MiB);
	channel_on(CHANNEL_CORE);
	channel_on(CHANNEL_BASE);
	channel_on(CHANNEL_CURSOR_PIO);
	push(CHANNEL_CORE, CORE_NOTIFIER_CONTEXT, SYNC_HANDLE);
}

static void make(void)
{
	make_with("gm107", NULL);
}

/* --- what a driver does --------------------------------------------------------- */

static uint32_t both(uint32_t y, uint32_t x)
{
	return y << 16 | x;
}

static void push_timing(unsigned int h)
{
	push(CHANNEL_CORE, HEAD(h, HEAD_RASTER_SIZE), both(V_TOTAL, H_TOTAL));
	push(CHANNEL_CORE, HEAD(h, HEAD_SYNC_END), both(2, 9));
	push(CHANNEL_CORE, HEAD(h, HEAD_BLANK_END), both(5, 19));
	push(CHANNEL_CORE, HEAD(h, HEAD_BLANK_START), both(5 + HEIGHT, 19 + WIDTH));
	push(CHANNEL_CORE, HEAD(h, HEAD_CLOCK), HZ);
	push(CHANNEL_CORE, HEAD(h, HEAD_VIEW_IN), both(HEIGHT, WIDTH));
	push(CHANNEL_CORE, HEAD(h, HEAD_VIEW_OUT), both(HEIGHT, WIDTH));
	push(CHANNEL_CORE, HEAD(h, HEAD_VIEW_POINT), 0);
}

static void push_image(uint32_t handle, uint32_t addr, uint32_t storage, uint32_t format)
{
	push(CHANNEL_BASE, WINDOW_SURFACE_CONTEXT, handle);
	push(CHANNEL_BASE, WINDOW_OFFSET, addr >> 8);
	push(CHANNEL_BASE, WINDOW_SIZE, both(HEIGHT, WIDTH));
	push(CHANNEL_BASE, WINDOW_STORAGE, storage);
	push(CHANNEL_BASE, WINDOW_PARAMS, format << 8);
}

#define ROWS_OF_256 (BIT(24) | 1 << 8)

/* 27 MHz * 4 / 4: N, M, P, and a fraction of zero. */
static void set_pll(unsigned int h)
{
	wr(0x614144 + h * 0x800, 4 << 16 | 4 << 8 | 1);
	wr(0x614150 + h * 0x800, 0xf000u << 16);
}

static void set_output(unsigned int or)
{
	wr(0x61c004 + or * 0x800, BIT(31) | 1);
	wr(0x61c00c + or * 0x800, SCRIPT_STAGE_2);
	wr(0x61c008 + or * 0x800, SCRIPT_STAGE_3);
}

/* Answers the supervisor's stages; how many there were. */
static unsigned int supervise(void)
{
	unsigned int stages = 0;

	while (rd(0x610088) & BIT(20)) {
		check_eq(rd(0x6100ac), BIT(stages));
		wr(0x6100ac, BIT(stages));
		wr(0x6101d4, 0);
		wr(0x6101d0, BIT(31));
		stages++;
	}
	return stages;
}

static void update(uint32_t interlock)
{
	push(CHANNEL_CORE, CORE_NOTIFIER_CONTROL, BIT(31));
	push(CHANNEL_CORE, CORE_UPDATE, interlock);
	push(CHANNEL_CORE, CORE_NOTIFIER_CONTROL, 0);
	kick(CHANNEL_CORE);
}

static void push_notifier(uint32_t offset)
{
	put32(SYNC + offset, 0);
	push(CHANNEL_BASE, WINDOW_NOTIFIER, offset);
	push(CHANNEL_BASE, WINDOW_NOTIFIER_CONTEXT, SYNC_HANDLE);
}

/* A picture on DVI. */
static void set_mode(void)
{
	push_timing(0);
	push(CHANNEL_CORE, SOR_CONTROL(0), 1 | 1 << 8);
	set_pll(0);
	set_output(0);
	push_image(PITCH_HANDLE, IMAGE, ROWS_OF_256, 0xcf);
	push_notifier(0x100);
	push(CHANNEL_BASE, WINDOW_UPDATE, 1);
	kick(CHANNEL_BASE);
	put32(SYNC, 0);
	update(2);
}

static void with_picture(void)
{
	make();
	set_mode();
	check_eq(supervise(), 3);
	check_eq(get32(SYNC), 1);
	clean();
}

static uint32_t pattern(uint32_t x, uint32_t y)
{
	return (x * 2654435761u ^ y * 40503u) & 0xffffff;
}

static void fill(uint64_t addr)
{
	uint32_t x, y;

	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++)
			put32(addr + y * 256 + x * 4, pattern(x, y));
}

/* Each pixel of the screen is what @expected says. */
static void check_screen(uint32_t (*expected)(uint32_t x, uint32_t y))
{
	uint32_t width = 0, height = 0, *pixels = scanout_picture(card, 0, &width, &height), x, y, bad = 0;

	check(pixels);
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			if (pixels[y * width + x] != expected(x, y) && !bad++)
				printf("# pixel %u, %u is 0x%06x, expected 0x%06x\n", x, y,
				       pixels[y * width + x], expected(x, y));
	free(pixels);
	check_eq(width, WIDTH);
	check_eq(height, HEIGHT);
	check_eq(bad, 0);
}

/* One finding, and it begins so. */
static void found(const char *what)
{
	char text[128];

	fflush(said_file);
	snprintf(text, sizeof(text), "STRICT: %s:", what);
	if (!strstr(said, text))
		printf("# expected: %s; reported: %s\n", what, said_size ? said : "nothing");
	check(strstr(said, text));
	check_eq(gpu_failures(card), 1);
}

static void frames(unsigned int n)
{
	settle((unsigned int)(n * FRAME_NS / 1000000 + 1));
}

/* --- modes and pictures ---------------------------------------------------------- */

static void mode_set(void)
{
	make();
	set_mode();
	/* The old mode, none, is armed until the processor has done its part. */
	check_eq(rd(0x640000 + HEAD(0, HEAD_RASTER_SIZE)), 0);
	check_eq(rd(0x660000 + HEAD(0, HEAD_RASTER_SIZE)), both(V_TOTAL, H_TOTAL));
	check_eq(rd(0x6101d4), 0x11000);
	check_eq(get32(SYNC), 0);
	check(!(get32(SYNC + 0x100)));
	check(rd(0x610490) & 0x00080000);
	check_eq(supervise(), 3);
	check_eq(rd(0x640000 + HEAD(0, HEAD_RASTER_SIZE)), both(V_TOTAL, H_TOTAL));
	check_eq(get32(SYNC), 1);
	check_eq(get32(SYNC + 0x100), 1u << 30 | 1);
	check(!(rd(0x610490) & 0x00080000));
	check_eq(rd(0x640004), put[CHANNEL_CORE]);
	/* The same again is no change of mode. */
	push_timing(0);
	update(0);
	check_eq(supervise(), 0);
	clean();
}

static void picture_in_rows(void)
{
	with_picture();
	fill(IMAGE);
	check_screen(pattern);
	clean();
}

static void picture_in_blocks(void)
{
	/* Four GOBs across; 16 rows a block, three blocks down. */
	const struct tile tile = { .width = 256, .height = HEIGHT, .depth = 1, .block_height = 1 };
	uint32_t x, y;

	with_picture();
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++)
			put32(OTHER_IMAGE + tile_offset(&tile, x * 4, y, 0), pattern(x, y));
	push_image(TILED_HANDLE, OTHER_IMAGE, 4 << 8 | 1, 0xcf);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	frames(1);
	check_screen(pattern);
	clean();
}

static uint32_t reduced(uint32_t x, uint32_t y)
{
	return (x * 255 + 15) / 31 << 16 | (y * 255 + 31) / 63 << 8 | 255;
}

static void picture_of_16_bits(void)
{
	uint32_t x, y;

	with_picture();
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x += 2)
			put32(OTHER_IMAGE + y * 256 + x * 2,
			      ((x & 31) << 11 | y << 5 | 31) | (((x + 1) & 31) << 11 | y << 5 | 31) << 16);
	push_image(PITCH_HANDLE, OTHER_IMAGE, ROWS_OF_256, 0xe8);
	push(CHANNEL_CORE, HEAD(0, HEAD_VIEW_IN), both(HEIGHT, 32));
	push(CHANNEL_CORE, HEAD(0, HEAD_VIEW_OUT), both(HEIGHT, 32));
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	update(0);
	frames(1);
	{
		uint32_t width, height, *pixels = scanout_picture(card, 0, &width, &height);
		unsigned int bad = 0;

		/* In the middle of a black screen. */
		for (y = 0; y < HEIGHT; y++)
			for (x = 0; x < WIDTH; x++)
				bad += pixels[y * WIDTH + x] !=
				       (x < 16 || x >= 48 ? 0 : reduced(x - 16, y));
		free(pixels);
		check_eq(bad, 0);
	}
	clean();
}

static uint32_t twice(uint32_t x, uint32_t y)
{
	return pattern(x / 2, y / 2);
}

static void picture_scaled(void)
{
	with_picture();
	fill(IMAGE);
	push(CHANNEL_CORE, HEAD(0, HEAD_VIEW_IN), both(HEIGHT / 2, WIDTH / 2));
	update(0);
	frames(1);
	check_screen(twice);
	clean();
}

static uint32_t with_cursor(uint32_t x, uint32_t y)
{
	if (x < 30 && y >= 20)
		return x % 2 ? 0x00ff00 : pattern(x, y);
	return pattern(x, y);
}

static void cursor(void)
{
	uint32_t x, y;

	with_picture();
	fill(IMAGE);
	for (y = 0; y < 32; y++)
		for (x = 0; x < 32; x++)
			put32(CURSOR + (y * 32 + x) * 4, x % 2 ? 0xff00ff00 : 0);
	push(CHANNEL_CORE, HEAD(0, HEAD_CURSOR), BIT(31) | 1 << 24);
	push(CHANNEL_CORE, HEAD(0, HEAD_CURSOR_OFFSET), CURSOR >> 8);
	push(CHANNEL_CORE, HEAD(0, HEAD_CURSOR_CONTEXT), VRAM_HANDLE);
	update(0);
	/* Two of its columns are outside, and of its rows the last twelve. */
	wr(0x640000 + CHANNEL_CURSOR_PIO * 0x1000 + PIO_POINT, both(20, (uint16_t)-2));
	wr(0x640000 + CHANNEL_CURSOR_PIO * 0x1000 + PIO_UPDATE, 0);
	frames(1);
	check_screen(with_cursor);
	clean();
}

static uint32_t negative(uint32_t x, uint32_t y)
{
	return ~pattern(x, y) & 0xffffff;
}

/* A table that turns colours into their opposites. */
static void check_table(unsigned int mode, uint32_t steps)
{
	uint32_t i, value;

	with_picture();
	fill(IMAGE);
	for (i = 0; i <= steps; i++) {
		/* The last is the one before it once more. */
		value = i == steps ? 0x6000 : 0x6000 + (steps - 1 - i) * 0x3fff / (steps - 1);
		put32(LUT + i * 8, value | value << 16);
		put32(LUT + i * 8 + 4, value);
	}
	push(CHANNEL_CORE, HEAD(0, HEAD_LUT), BIT(31) | mode << 24);
	push(CHANNEL_CORE, HEAD(0, HEAD_LUT_OFFSET), LUT >> 8);
	push(CHANNEL_CORE, HEAD(0, HEAD_LUT_CONTEXT), VRAM_HANDLE);
	update(0);
	frames(1);
	check_screen(negative);
	clean();
}

static void table_of_colours(void)
{
	check_table(7, 256);
}

static void long_table_of_colours(void)
{
	check_table(4, 1024);
}

static void off(void)
{
	uint32_t width, height;

	with_picture();
	push(CHANNEL_CORE, SOR_CONTROL(0), 0);
	push(CHANNEL_BASE, WINDOW_SURFACE_CONTEXT, 0);
	push(CHANNEL_BASE, WINDOW_UPDATE, 1);
	kick(CHANNEL_BASE);
	update(2);
	check_eq(supervise(), 3);
	check(!scanout_picture(card, 0, &width, &height));
	check_eq(gpu_deadline(card), 0);
	check_eq(rd(0x616340), 0);
	clean();
}

static void png_file(void)
{
	char path[] = "/tmp/test-display.XXXXXX";
	png_image image = { .version = PNG_IMAGE_VERSION };
	uint8_t bytes[WIDTH * HEIGHT * 3];
	unsigned int i, bad = 0;
	int fd = mkstemp(path);

	check(fd >= 0);
	close(fd);
	with_picture();
	fill(IMAGE);
	check(display_picture(card, path));
	check(png_image_begin_read_from_file(&image, path));
	unlink(path);
	check_eq(image.width, WIDTH);
	check_eq(image.height, HEIGHT);
	image.format = PNG_FORMAT_RGB;
	check(png_image_finish_read(&image, NULL, bytes, 0, NULL));
	for (i = 0; i < WIDTH * HEIGHT; i++)
		bad += (bytes[i * 3] << 16 | bytes[i * 3 + 1] << 8 | bytes[i * 3 + 2]) !=
		       (int)pattern(i % WIDTH, i / WIDTH);
	check_eq(bad, 0);
}

/* --- frames ------------------------------------------------------------------------ */

static void vblanks(void)
{
	with_picture();
	check_eq(card->display->head[0].frames, 0);
	settle((unsigned int)(100 * FRAME_NS / 1000000 + 1));
	/* On a grid, whatever the model was doing. */
	check(card->display->head[0].frames >= 100 && card->display->head[0].frames <= 106);
	check_eq(rd(0x6100bc), 1);
	check(!(rd(0x610088) & BIT(24)));
	wr(0x6100c0, 1);
	check(rd(0x610088) & BIT(24));
	wr(0x6100bc, 1);
	check(!(rd(0x610088) & BIT(24)));
	frames(1);
	check(rd(0x610088) & BIT(24));
}

static void raster_position(void)
{
	uint32_t line;

	with_picture();
	card->display->head[0].vblank = sched_now(card) - FRAME_NS * 3 / V_TOTAL;
	line = rd(0x616340);
	/* The blank begins where the picture ends, and 3 lines have passed; the clock runs. */
	check((line & 0xffff) >= 5 + HEIGHT + 3 || (line & 0xffff) < 5 + HEIGHT);
	check((line & 0xffff) < V_TOTAL);
	check((rd(0x616344) & 0xffff) < H_TOTAL);
	card->display->head[0].vblank = sched_now(card);
	line = rd(0x616340) & 0xffff;
	check(line >= 5 + HEIGHT || line < 5);
}

static void flip_waits_for_a_frame(void)
{
	with_picture();
	fill(OTHER_IMAGE);
	push_image(PITCH_HANDLE, OTHER_IMAGE, ROWS_OF_256, 0xcf);
	push_notifier(0x110);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	push(CHANNEL_BASE, WINDOW_NOTIFIER_CONTEXT, 0);
	kick(CHANNEL_BASE);
	check_eq(rd(0x641000 + WINDOW_OFFSET), IMAGE >> 8);
	check_eq(get32(SYNC + 0x110), 0);
	/* What follows the UPDATE is not fetched. */
	check_eq(rd(0x661000 + WINDOW_NOTIFIER_CONTEXT), SYNC_HANDLE);
	frames(1);
	check_eq(rd(0x641000 + WINDOW_OFFSET), OTHER_IMAGE >> 8);
	check_eq(get32(SYNC + 0x110), 1u << 30 | 2);
	check_eq(rd(0x661000 + WINDOW_NOTIFIER_CONTEXT), 0);
	check_screen(pattern);
	clean();
}

static void flip_at_once(void)
{
	with_picture();
	push_image(PITCH_HANDLE, OTHER_IMAGE, ROWS_OF_256, 0xcf);
	push(CHANNEL_BASE, WINDOW_PRESENT, 1 << 8);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	check_eq(rd(0x641000 + WINDOW_OFFSET), OTHER_IMAGE >> 8);
}

static void interlock(void)
{
	with_picture();
	put32(SYNC, 0);
	push(CHANNEL_CORE, HEAD(0, HEAD_VIEW_POINT), both(1, 1));
	update(2);
	frames(2);
	/* The base channel's part is missing. */
	check_eq(get32(SYNC), 0);
	check_eq(rd(0x640000 + HEAD(0, HEAD_VIEW_POINT)), 0);
	push_image(PITCH_HANDLE, OTHER_IMAGE, ROWS_OF_256, 0xcf);
	push(CHANNEL_BASE, WINDOW_UPDATE, 1);
	kick(CHANNEL_BASE);
	check_eq(rd(0x641000 + WINDOW_OFFSET), IMAGE >> 8);
	frames(1);
	check_eq(get32(SYNC), 1);
	check_eq(rd(0x640000 + HEAD(0, HEAD_VIEW_POINT)), both(1, 1));
	check_eq(rd(0x641000 + WINDOW_OFFSET), OTHER_IMAGE >> 8);
	clean();
}

/* A second head, on HDMI. */
static void two_heads(void)
{
	uint32_t width, height, *pixels;

	with_picture();
	object(CHANNEL_BASE + 1, PITCH_HANDLE, 0, 0, 64 * MiB);
	channel_on(CHANNEL_BASE + 1);
	push_timing(1);
	push(CHANNEL_CORE, SOR_CONTROL(2), 2 | 1 << 8);
	set_pll(1);
	set_output(2);
	push(CHANNEL_BASE + 1, WINDOW_SURFACE_CONTEXT, PITCH_HANDLE);
	push(CHANNEL_BASE + 1, WINDOW_OFFSET, OTHER_IMAGE >> 8);
	push(CHANNEL_BASE + 1, WINDOW_SIZE, both(HEIGHT, WIDTH));
	push(CHANNEL_BASE + 1, WINDOW_STORAGE, ROWS_OF_256);
	push(CHANNEL_BASE + 1, WINDOW_PARAMS, 0xcf << 8);
	push(CHANNEL_BASE + 1, WINDOW_UPDATE, 1);
	kick(CHANNEL_BASE + 1);
	update(2 << 4);
	check_eq(rd(0x6101d4), 0);
	check_eq(rd(0x6109d4), 0x11000);
	check_eq(supervise(), 3);
	check_eq(rd(0x642000 + WINDOW_OFFSET), OTHER_IMAGE >> 8);
	/* The first head went on as before; each has its own picture and frames. */
	check_eq(rd(0x641000 + WINDOW_OFFSET), IMAGE >> 8);
	fill(OTHER_IMAGE);
	pixels = scanout_picture(card, 1, &width, &height);
	check(pixels);
	check_eq(pixels[WIDTH * 3 + 5], pattern(5, 3));
	free(pixels);
	frames(3);
	check(card->display->head[0].frames >= 3);
	check(card->display->head[1].frames >= 3);
	wr(0x6108c0, 1);
	check_eq(rd(0x610088) & (BIT(24) | BIT(25)), BIT(25));
	clean();
}

static void with_a_channel_that_is_not_there(void)
{
	with_picture();
	update(2 << 8);
	found("display: UPDATE with a channel that is not there");
	check_eq(rd(0x6101f0) & 0x7ffc, ERROR_ARGUMENT << 12 | CORE_UPDATE);
}

static void semaphore(void)
{
	with_picture();
	put32(SYNC + 0x200, 4);
	push_image(PITCH_HANDLE, OTHER_IMAGE, ROWS_OF_256, 0xcf);
	push(CHANNEL_BASE, WINDOW_SEMAPHORE, 0x200);
	push(CHANNEL_BASE, WINDOW_ACQUIRE, 5);
	push(CHANNEL_BASE, WINDOW_RELEASE, 6);
	push(CHANNEL_BASE, WINDOW_SEMAPHORE_CONTEXT, SYNC_HANDLE);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	frames(2);
	check_eq(rd(0x641000 + WINDOW_OFFSET), IMAGE >> 8);
	put32(SYNC + 0x200, 5);
	frames(1);
	check_eq(rd(0x641000 + WINDOW_OFFSET), OTHER_IMAGE >> 8);
	check_eq(get32(SYNC + 0x200), 6);
	clean();
}

static void notifier_interrupts(void)
{
	with_picture();
	push_notifier(0x110 | BIT(30));
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	wr(0x610090, BIT(CHANNEL_BASE));
	check(!(rd(0x610088) & 1));
	frames(1);
	check(rd(0x610088) & 1);
	check_eq(rd(0x61008c), BIT(CHANNEL_BASE));
	wr(0x61008c, BIT(CHANNEL_BASE));
	check(!(rd(0x610088) & 1));
}

static bool interrupted(void)
{
	return pci_config_read(6, 2) & 8;
}

/*
 * PMC lets lines through from the beginning. nouveau of Linux 6.1 relies on this fact: the
 * driver does not write the masks of Kepler and Maxwell for the display.
 */
static void interrupts_without_a_mask(void)
{
	static const char *const chips[] = { "gk104", "gm107", "gm206" };
	unsigned int i;

	for (i = 0; i < COUNT(chips); i++) {
		make_with(chips[i], NULL);
		wr(0x140, 1);
		check(!interrupted());
		set_mode();
		check_eq(rd(0x100), BIT(26));
		check(interrupted());
		/* The driver can still keep a line back. */
		wr(0x640, ~BIT(26));
		check(!interrupted());
		wr(0x640, 0xffffffff);
		check(interrupted());
		wr(0x140, 0);
		check(!interrupted());
		gpu_reset(card);
		check_eq(rd(0x100), 0);
		check_eq(rd(0x140), 0);
		check_eq(rd(0x640), 0xffffffff);
		card_free();
	}
}

static void jump(void)
{
	make();
	put32(PUSH + put[CHANNEL_CORE], 1u << 29 | 0x800);
	put[CHANNEL_CORE] = 0x800;
	push(CHANNEL_CORE, HEAD(0, HEAD_OVERSCAN), 0x1234);
	kick(CHANNEL_CORE);
	check_eq(rd(0x660000 + HEAD(0, HEAD_OVERSCAN)), 0x1234);
	check_eq(rd(0x640004), put[CHANNEL_CORE]);
	/* Off and on: it begins where PUT is. */
	wr(0x610490, 0);
	check(!(rd(0x610490) & 0x001e0000));
	wr(0x610490, 0x01000013);
	check_eq(rd(0x640004), put[CHANNEL_CORE]);
	clean();
}

/* --- what no driver may do ------------------------------------------------------------ */

static void unknown_method(void)
{
	make();
	push(CHANNEL_CORE, 0x700 + 0x300 * 2, 1);
	kick(CHANNEL_CORE);
	found("display: unknown method");
	/* The hardware reports an error.  The channel stops until the driver clears the error. */
	check(rd(0x610088) & BIT(1));
	check_eq(rd(0x61009c), BIT(CHANNEL_CORE));
	check_eq(rd(0x6101f0) & 0x7ffc, ERROR_METHOD << 12 | (0x700 + 0x600));
	push(CHANNEL_CORE, HEAD(0, HEAD_OVERSCAN), 0x1234);
	kick(CHANNEL_CORE);
	check_eq(rd(0x660000 + HEAD(0, HEAD_OVERSCAN)), 0);
	wr(0x61009c, BIT(CHANNEL_CORE));
	wr(0x6101f0, 0x90000000);
	check_eq(rd(0x660000 + HEAD(0, HEAD_OVERSCAN)), 0x1234);
}

static void bad_header(void)
{
	make();
	put32(PUSH + put[CHANNEL_CORE], 7u << 29);
	put[CHANNEL_CORE] += 4;
	kick(CHANNEL_CORE);
	found("display: bad push buffer");
}

static void endless_buffer(void)
{
	make();
	put32(PUSH, 1u << 29);
	wr(0x640000, 8);
	found("display: bad push buffer");
}

static void no_push_buffer(void)
{
	make();
	wr(0x610490, 0);
	wr(0x610494, PUSH >> 8);
	wr(0x610490, 0x13);
	found("display: bad push buffer");
}

static void bad_put(void)
{
	make();
	wr(0x640000, 0x1000);
	found("display: bad PUT");
}

static void write_to_armed(void)
{
	make();
	wr(0x640000 + HEAD(0, HEAD_CLOCK), 1);
	found("write to a read-only register");
}

static void write_to_assembly(void)
{
	make();
	wr(0x660000 + HEAD(0, HEAD_CLOCK), 1);
	found("write to a read-only register");
}

static void missing_notifier(void)
{
	with_picture();
	forget(SYNC_HANDLE);
	update(0);
	frames(1);
	found("display: missing context");
}

static void missing_image(void)
{
	with_picture();
	push_image(0xfb000077, OTHER_IMAGE, ROWS_OF_256, 0xcf);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	found("display: missing context");
	check_eq(rd(0x6101f0 + 12) & 0x7ffc, ERROR_STATE << 12 | WINDOW_UPDATE);
}

static void notifier_outside(void)
{
	with_picture();
	object(CHANNEL_BASE, 0x1234, 0, SYNC, 0x100);
	push(CHANNEL_BASE, WINDOW_NOTIFIER, 0x100);
	push(CHANNEL_BASE, WINDOW_NOTIFIER_CONTEXT, 0x1234);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	frames(1);
	found("display: notifier outside of its context");
}

static void bad_context(void)
{
	with_picture();
	object(CHANNEL_BASE, 0x1234, 0, 0, 128 * MiB);
	push(CHANNEL_BASE, WINDOW_NOTIFIER_CONTEXT, 0x1234);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	frames(1);
	found("display: bad context");
}

static void bad_image(uint32_t handle, uint32_t addr, uint32_t storage, uint32_t format, const char *why)
{
	with_picture();
	push_image(handle, addr, storage, format);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	found("display: bad image");
	check(strstr(said, why));
	card_free();
}

static void bad_images(void)
{
	/* 64 pixels of 4 bytes are 256 bytes, one less is not enough. */
	bad_image(PITCH_HANDLE, IMAGE, BIT(24), 0xcf, "pitch is less");
	bad_image(TILED_HANDLE, IMAGE, 3 << 8 | 1, 0xcf, "pitch is less");
	bad_image(TILED_HANDLE, IMAGE, 4 << 8 | 6, 0xcf, "block height");
	bad_image(PITCH_HANDLE, IMAGE, 4 << 8 | 1, 0xcf, "another kind");
	bad_image(TILED_HANDLE, IMAGE, ROWS_OF_256, 0xcf, "another kind");
	bad_image(PITCH_HANDLE, 64 * MiB - 256 * (HEIGHT - 1), ROWS_OF_256, 0xcf, "does not end inside");
	bad_image(PITCH_HANDLE, IMAGE, ROWS_OF_256, 0xca, "not modelled");
	/* The last row fits. */
	with_picture();
	push_image(PITCH_HANDLE, 64 * MiB - 256 * HEIGHT, ROWS_OF_256, 0xcf);
	push(CHANNEL_BASE, WINDOW_UPDATE, 0);
	kick(CHANNEL_BASE);
	clean();
}

static void underflow(void)
{
	with_picture();
	frames(2);
	clean();
	forget(PITCH_HANDLE);
	frames(3);
	found("display: underflow");
}

static void bad_state(uint32_t method, uint32_t value, const char *why)
{
	make();
	push_timing(0);
	push(CHANNEL_CORE, method, value);
	if (method != SOR_CONTROL(0))
		push(CHANNEL_CORE, SOR_CONTROL(0), 1 | 1 << 8);
	update(0);
	found("display: state that cannot be armed");
	check(strstr(said, why));
	check_eq(rd(0x6101f0) & 0x7ffc, ERROR_STATE << 12 | CORE_UPDATE);
	card_free();
}

static void bad_states(void)
{
	bad_state(HEAD_CLOCK, 0, "no pixel clock");
	bad_state(HEAD_SYNC_END, both(2, 19), "horizontal timing");
	bad_state(HEAD_BLANK_START, both(V_TOTAL, 19 + WIDTH), "vertical timing");
	bad_state(HEAD_VIEW_IN, both(0, WIDTH), "empty viewport");
	bad_state(HEAD_VIEW_OUT, both(HEIGHT, WIDTH + 1), "larger than the raster");
	bad_state(HEAD_CRC_CONTEXT, SYNC_HANDLE, "not modelled");
	bad_state(SOR_CONTROL(1), 1 | 8 << 8, "more than one output");
	bad_state(SOR_CONTROL(0), 4 | 1 << 8, "head that is not there");
}

static void output_without_power(void)
{
	make();
	set_mode();
	wr(0x61c004, BIT(31));
	supervise();
	found("display: output without power");
}

static void wrong_clock(void)
{
	make();
	set_mode();
	wr(0x614144, 4 << 16 | 5 << 8 | 1);
	supervise();
	found("display: wrong pixel clock");
}

static void without_scripts(void)
{
	make();
	set_mode();
	wr(0x61c00c, 0);
	supervise();
	found("display: mode set without the scripts of the VBIOS");
}

static void wrong_protocol(void)
{
	make();
	set_mode();
	push(CHANNEL_CORE, SOR_CONTROL(0), 0);
	push(CHANNEL_CORE, SOR_CONTROL(2), 1 | 8 << 8);
	kick(CHANNEL_CORE);
	supervise();
	set_output(2);
	update(0);
	supervise();
	found("display: wrong protocol");
}

static void link_not_trained(void)
{
	make_with("gm107", "dp");
	set_mode();
	push(CHANNEL_CORE, SOR_CONTROL(0), 0);
	push(CHANNEL_CORE, SOR_CONTROL(1), 1 | 8 << 8);
	kick(CHANNEL_CORE);
	check_eq(supervise(), 3);
	set_output(1);
	update(0);
	check_eq(supervise(), 3);
	found("display: DisplayPort link not trained");
	card_free();
	/* A cable that was pulled is no fault of the driver. */
	make_with("gm107", "dvi");
	set_mode();
	push(CHANNEL_CORE, SOR_CONTROL(0), 0);
	push(CHANNEL_CORE, SOR_CONTROL(1), 1 | 8 << 8);
	kick(CHANNEL_CORE);
	supervise();
	set_output(1);
	update(0);
	supervise();
	clean();
}

static void cursor_of_another_format(void)
{
	uint32_t width, height;

	with_picture();
	push(CHANNEL_CORE, HEAD(0, HEAD_CURSOR), BIT(31));
	push(CHANNEL_CORE, HEAD(0, HEAD_CURSOR_CONTEXT), VRAM_HANDLE);
	update(0);
	frames(1);
	free(scanout_picture(card, 0, &width, &height));
	found("display: bad image");
}

static void not_routed(void)
{
	make_with("gp100", NULL);
	set_mode();
	supervise();
	found("display: output without a connector");
	card_free();
	make_with("gp100", NULL);
	wr(0x612308, 1);
	set_mode();
	supervise();
	clean();
}

static void with_a_channel_that_is_off(void)
{
	with_picture();
	update(4);
	frames(1);
	found("display: UPDATE with a channel that is off");
}

static void off_while_it_waits(void)
{
	with_picture();
	push(CHANNEL_BASE, WINDOW_UPDATE, 1);
	kick(CHANNEL_BASE);
	check(rd(0x6104a0) & 0x00080000);
	wr(0x6104a0, 0);
	found("display: channel switched off while it waits");
}

static void answer_without_question(void)
{
	make();
	wr(0x6101d0, BIT(31));
	found("display: supervisor answered that did not ask");
}

/* The driver's worker may be quicker than its interrupt handler. */
static void answer_before_the_acknowledge(void)
{
	make();
	set_mode();
	wr(0x6101d0, BIT(31));
	check_eq(rd(0x6100ac), 3);
	wr(0x6100ac, 1);
	check_eq(rd(0x6100ac), 2);
	check(rd(0x610088) & BIT(20));
	clean();
}

static void immediate_channel_that_is_off(void)
{
	make();
	wr(0x640000 + CHANNEL_OVERLAY_PIO * 0x1000 + PIO_POINT, 0);
	found("display: method of a channel that is off");
}

static void immediate_method_that_is_not_there(void)
{
	make();
	wr(0x640000 + CHANNEL_CURSOR_PIO * 0x1000 + 0x100, 0);
	found("display: unknown method");
}

static void without_a_board(void)
{
	card_new("gm107", 1);
	check_eq(rd(0x021c04), 1);
	clean();
	rd(0x610088);
	found("unknown register");
	card_free();
	make();
	check_eq(rd(0x021c04), 0);
	check_eq(rd(0x612004), 0x0703);
	clean();
}

static const struct test_case cases[] = {
	{ "mode-set", mode_set, card_free },
	{ "picture-in-rows", picture_in_rows, card_free },
	{ "picture-in-blocks", picture_in_blocks, card_free },
	{ "picture-of-16-bits", picture_of_16_bits, card_free },
	{ "picture-scaled", picture_scaled, card_free },
	{ "cursor", cursor, card_free },
	{ "table-of-colours", table_of_colours, card_free },
	{ "long-table-of-colours", long_table_of_colours, card_free },
	{ "off", off, card_free },
	{ "png-file", png_file, card_free },
	{ "vblanks", vblanks, card_free },
	{ "raster-position", raster_position, card_free },
	{ "flip-waits-for-a-frame", flip_waits_for_a_frame, card_free },
	{ "flip-at-once", flip_at_once, card_free },
	{ "interlock", interlock, card_free },
	{ "two-heads", two_heads, card_free },
	{ "with-a-channel-that-is-not-there", with_a_channel_that_is_not_there, card_free },
	{ "semaphore", semaphore, card_free },
	{ "notifier-interrupts", notifier_interrupts, card_free },
	{ "interrupts-without-a-mask", interrupts_without_a_mask, card_free },
	{ "jump", jump, card_free },
	{ "unknown-method", unknown_method, card_free },
	{ "bad-header", bad_header, card_free },
	{ "endless-buffer", endless_buffer, card_free },
	{ "no-push-buffer", no_push_buffer, card_free },
	{ "bad-put", bad_put, card_free },
	{ "write-to-armed", write_to_armed, card_free },
	{ "write-to-assembly", write_to_assembly, card_free },
	{ "missing-notifier", missing_notifier, card_free },
	{ "missing-image", missing_image, card_free },
	{ "notifier-outside", notifier_outside, card_free },
	{ "bad-context", bad_context, card_free },
	{ "bad-images", bad_images, card_free },
	{ "underflow", underflow, card_free },
	{ "bad-states", bad_states, card_free },
	{ "output-without-power", output_without_power, card_free },
	{ "wrong-clock", wrong_clock, card_free },
	{ "without-scripts", without_scripts, card_free },
	{ "wrong-protocol", wrong_protocol, card_free },
	{ "link-not-trained", link_not_trained, card_free },
	{ "cursor-of-another-format", cursor_of_another_format, card_free },
	{ "not-routed", not_routed, card_free },
	{ "with-a-channel-that-is-off", with_a_channel_that_is_off, card_free },
	{ "off-while-it-waits", off_while_it_waits, card_free },
	{ "answer-without-question", answer_without_question, card_free },
	{ "answer-before-the-acknowledge", answer_before_the_acknowledge, card_free },
	{ "immediate-channel-that-is-off", immediate_channel_that_is_off, card_free },
	{ "immediate-method-that-is-not-there", immediate_method_that_is_not_there, card_free },
	{ "without-a-board", without_a_board, card_free },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, cases, COUNT(cases));
}
