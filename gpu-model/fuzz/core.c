// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Fuzzer of the GPU: any accesses to its registers, in any state of its memory.
 *
 * The input begins with a byte that picks the chip (0x7f, see chips.h) and
 * strictness (0x80: lenient); then there are operations of 1 + 8 bytes: a code, four
 * bytes where, four bytes what.
 *
 *	code & 7   0  write a register of BAR0; code & 0x80: "where" counts the
 *	              registers that the chip has, instead of bytes
 *	           1  read one, likewise
 *	           2  write BAR1, BAR3 (code & 0x80)
 *	           3  read one
 *	           4  put a word into VRAM; code & 0x80: 64 KiB on
 *	           5  put a word into the guest's memory
 *	           6  time passes: "where" microseconds
 *	           7  reset, if "where" is 0; else time passes until work is due
 *	code & 0x18   the access's size: 4, 8, 2, 1 bytes
 *
 * Time is the input's too, so that an input means the same at any time.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "chips.h"
#include "transport/dma.h"
#include "gpu.h"
#include "transport/pci.h"
#include "transport/vfio-user.h"

#define GUEST_BASE 0x100000
#define GUEST_SIZE 0x40000
#define OPERATIONS 2000

static FILE *log_file, *trace;
static int guest;
static uint64_t fake_now = 1000000000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ts);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	(void)clock;
	fake_now += 100;
	ts->tv_sec = (time_t)(fake_now / 1000000000);
	ts->tv_nsec = (long)(fake_now % 1000000000);
	return 0;
}

/* Most of an input's time went into the shadow of the registers' 24 MiB. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "clear_shadow_mmap_threshold=2000000000";
}

/* All of the guest's memory came with a file. */
bool vfio_user_dma_read(uint64_t addr, void *buf, size_t len)
{
	(void)addr;
	(void)buf;
	(void)len;
	abort();
}

bool vfio_user_dma_write(uint64_t addr, const void *buf, size_t len)
{
	(void)addr;
	(void)buf;
	(void)len;
	abort();
}

/* What an input does is written to the file that the environment names. */
static FILE *open_file(const char *variable)
{
	const char *name = getenv(variable);
	FILE *f = fopen(name ? name : "/dev/null", "w");

	if (!f)
		abort();
	return f;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	log_file = open_file("GPU_MODEL_FUZZ_LOG");
	trace = open_file("GPU_MODEL_FUZZ_TRACE");
	guest = memfd_create("guest", MFD_CLOEXEC);
	if (guest < 0)
		abort();
	return 0;
}

/* The @n-th register that the chip has. */
static uint32_t known_register(struct gpu *gpu, uint32_t n)
{
	const struct reg *reg = gpu->regs.reg[1 + n % (gpu->regs.count ? gpu->regs.count : 1)];
	uint32_t which = n >> 16;

	if (!reg)
		return 0;
	return reg->addr + which % (reg->count ? reg->count : 1) * (reg->stride ? reg->stride : 4);
}

static void advance(struct gpu *gpu, uint64_t ns)
{
	fake_now += ns;
	if (gpu_deadline(gpu) && gpu_deadline(gpu) <= fake_now)
		gpu_run(gpu);
}

static void operate(struct gpu *gpu, uint8_t code, uint32_t where, uint32_t what)
{
	static const unsigned int sizes[] = { 4, 8, 2, 1 };
	unsigned int size = sizes[code >> 3 & 3];
	bool other = code & 0x80;
	enum gpu_bar bar = other ? GPU_BAR3 : GPU_BAR1;
	uint64_t bar_size = other ? gpu->chip->bar3_size : gpu->chip->bar1_size;
	uint64_t value = what | (uint64_t)what << 32;
	uint64_t due;

	switch (code & 7) {
	case 0:
	case 1:
		where = (other ? known_register(gpu, where) : where) & 0xffffff & ~(size - 1);
		if (code & 1)
			fprintf(trace, "read 0x%06x: 0x%llx\n", where,
				(unsigned long long)gpu_read(gpu, GPU_BAR0, where, size));
		else
			gpu_write(gpu, GPU_BAR0, where, size, size == 8 ? value : what);
		break;
	case 2:
		gpu_write(gpu, bar, where % bar_size & ~(uint64_t)(size - 1), size, value);
		break;
	case 3:
		gpu_read(gpu, bar, where % bar_size & ~(uint64_t)(size - 1), size);
		break;
	case 4:
		memory_write(gpu, APER_VRAM, where, &what, sizeof(what));
		break;
	case 5:
		dma_write(GUEST_BASE + where % GUEST_SIZE, &what, sizeof(what));
		break;
	case 6:
		advance(gpu, where % 1000000 * 1000ull);
		break;
	case 7:
		due = gpu_deadline(gpu);
		if (!where)
			gpu_reset(gpu);
		else if (due)
			advance(gpu, due > fake_now ? due - fake_now : 0);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gpu_config config = { .seed = 1, .vram_mib = 32, .log = log_file, .trace = trace };
	struct gpu_chip_info info;
	struct gpu *gpu;
	unsigned int n;

	if (size < 1 + 9)
		return 0;
	info = fuzz_chip(data[0] & 0x7f);
	config.chip = info.name;
	config.lenient = data[0] & 0x80;
	/* A new file is all zeroes. */
	if (ftruncate(guest, 0) || ftruncate(guest, GUEST_SIZE) ||
	    dma_map(GUEST_BASE, GUEST_SIZE, true, true, guest, 0))
		abort();
	gpu = gpu_new(&config);
	if (!gpu)
		abort();
	pci_init(&info, gpu);
	pci_config_write(4, 2, 6);
	data++;
	size--;
	for (n = 0; size >= 9 && n < OPERATIONS; n++, data += 9, size -= 9) {
		uint32_t where, what;

		memcpy(&where, data + 1, 4);
		memcpy(&what, data + 5, 4);
		operate(gpu, data[0], where, what);
	}
	/* What is under way may end. */
	for (n = 0; n < 200 && gpu_deadline(gpu); n++)
		operate(gpu, 7, 1, 0);
	gpu_finish(gpu);
	gpu_free(gpu);
	pci_fini();
	dma_unmap_all();
	return 0;
}
