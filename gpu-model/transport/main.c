// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * gpu-model: a software GPU for a guest of QEMU; see the usage below.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dma.h"
#include "firmware.h"
#include "loop.h"
#include "model.h"
#include "pci.h"
#include "socket.h"

enum status {
	STATUS_OK,		/* the client came and went, nothing was found */
	STATUS_FINDINGS,	/* the driver did what no driver may, or too much */
	STATUS_USAGE,
	STATUS_BROKEN,		/* the connection, or this machine */
};

static const char usage[] =
	"usage: gpu-model --chip CHIP --socket PATH [OPTION...]\n"
	"       gpu-model --firmware DIR CHIP\n"
	"       gpu-model --list-chips\n"
	"       gpu-model --picture-sum FILE\n"
	"\n"
	"Serves a model of an NVIDIA GPU to one QEMU (vfio-user-pci), until that ends.\n"
	"\n"
	"  --seed N      of all delays and choices; default 1\n"
	"  --trace FILE  the address spaces, binds and pushes as they happen\n"
	"  --counts FILE  what page tables cost, at each semaphore that is released\n"
	"  --log FILE    findings go there; default: stderr\n"
	"  --vram MIB    memory; default: what the chip has\n"
	"  --board NAME  desktop: connectors and a display (dvi, dp, hdmi); no-plls: dvi, and a\n"
	"                VBIOS without limits of PLLs; default: none\n"
	"  --monitors LIST  connectors of the board with a monitor, by commas; default: dvi\n"
	"  --screenshot FILE  what the monitor shows at the end, as PNG\n"
	"  --control FIFO  lines from there are obeyed: plug NAME, unplug NAME, weaken dp (a bad\n"
	"                cable), picture FILE\n"
	"  --refuse NUMBER  RM has no memory for this class or control\n"
	"  --lenient     registers that the model does not know are plain storage\n"
	"  --firmware    writes the firmware files that nouveau asks for into DIR\n"
	"                (DIR/nvidia/CHIP/...); made up, and of use with the model alone\n"
	"\n"
	"  --picture-sum  prints width, height and the CRC-32 of all pixels of a PNG file\n"
	"\n"
	"Exit status: 0, or 1 if there were findings, 2 for a wrong command line, 3 if\n"
	"the client broke the protocol or the model could not go on.\n";

static bool parse_number(const char *option, const char *text, uint64_t most,
			 uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno || end == text || *end || strchr(text, '-') || *value > most) {
		fprintf(stderr, "gpu-model: --%s %s: give a number up to %" PRIu64 "\n",
			option, text, most);
		return false;
	}
	return true;
}

static FILE *open_output(const char *option, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		fprintf(stderr, "gpu-model: --%s: cannot write %s: %s\n", option, path,
			strerror(errno));
	return file;
}

static bool find_chip(const char *name, struct gpu_chip_info *info)
{
	unsigned int n;

	for (n = 0; gpu_chip_info(n, info); n++)
		if (!strcmp(info->name, name))
			return true;
	fprintf(stderr, "gpu-model: no chip %s; --list-chips names those there are\n", name);
	return false;
}

static bool find_board(const char *name)
{
	if (gpu_has_board(name))
		return true;
	fprintf(stderr, "gpu-model: no board %s; see --help\n", name);
	return false;
}

static bool check_monitors(const char *list)
{
	if (gpu_has_connectors(list))
		return true;
	fprintf(stderr, "gpu-model: no monitor can be at %s; see --help\n", list);
	return false;
}

static enum status picture_sum(const char *path)
{
	uint32_t width, height, sum;

	if (!gpu_picture_sum(path, &width, &height, &sum))
		return STATUS_BROKEN;
	printf("%u %u %08x\n", width, height, sum);
	return STATUS_OK;
}

/* The model opens the FIFO for writing too: the FIFO then does not end when a writer leaves. */
static bool open_control(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISFIFO(st.st_mode)) {
		loop_control(fd);
		return true;
	}
	fprintf(stderr, "gpu-model: --control: %s is no FIFO; make one with mkfifo\n", path);
	if (fd >= 0)
		close(fd);
	return false;
}

static enum status list_chips(void)
{
	struct gpu_chip_info info;
	unsigned int n;

	for (n = 0; gpu_chip_info(n, &info); n++)
		printf("%s\t10de:%04x\t%s\n", info.name, info.device, info.title);
	return STATUS_OK;
}

static enum status serve(const struct gpu_config *config, const struct gpu_chip_info *chip,
			 const char *path)
{
	enum status status = STATUS_BROKEN;
	struct gpu *gpu;
	int listener, sock;

	listener = socket_listen(path);
	if (listener < 0)
		return STATUS_BROKEN;
	loop_init();
	gpu = gpu_new(config);
	if (!gpu)
		goto out;
	pci_init(chip, gpu);
	sock = loop_accept(listener);
	if (sock >= 0) {
		status = loop_run(sock, gpu) ? STATUS_OK : STATUS_BROKEN;
		close(sock);
	} else {
		status = STATUS_OK;
	}
	gpu_finish(gpu);
	if (gpu_failures(gpu)) {
		fprintf(config->log ? config->log : stderr,
			"gpu-model: %u findings (%s, seed %" PRIu64 ")\n", gpu_failures(gpu),
			config->chip, config->seed);
		if (status == STATUS_OK)
			status = STATUS_FINDINGS;
	}
	pci_fini();
	gpu_free(gpu);
out:
	close(listener);
	unlink(path);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "chip", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'n' },
		{ "trace", required_argument, NULL, 't' },
		{ "counts", required_argument, NULL, 'k' },
		{ "log", required_argument, NULL, 'l' },
		{ "vram", required_argument, NULL, 'v' },
		{ "board", required_argument, NULL, 'b' },
		{ "monitors", required_argument, NULL, 'm' },
		{ "screenshot", required_argument, NULL, 'p' },
		{ "control", required_argument, NULL, 'o' },
		{ "picture-sum", required_argument, NULL, 'u' },
		{ "refuse", required_argument, NULL, 'r' },
		{ "lenient", no_argument, NULL, 'L' },
		{ "list-chips", no_argument, NULL, 'C' },
		{ "firmware", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct gpu_config config = { .seed = 1 };
	struct gpu_chip_info chip;
	const char *path = NULL, *trace = NULL, *counts = NULL, *log = NULL, *firmware = NULL, *control = NULL;
	enum status status;
	uint64_t number;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			config.chip = optarg;
			break;
		case 's':
			path = optarg;
			break;
		case 'n':
			if (!parse_number("seed", optarg, UINT64_MAX, &config.seed))
				return STATUS_USAGE;
			break;
		case 't':
			trace = optarg;
			break;
		case 'k':
			counts = optarg;
			break;
		case 'l':
			log = optarg;
			break;
		case 'v':
			if (!parse_number("vram", optarg, 65536, &number))
				return STATUS_USAGE;
			config.vram_mib = (unsigned int)number;
			break;
		case 'b':
			if (!find_board(optarg))
				return STATUS_USAGE;
			config.board = optarg;
			break;
		case 'm':
			if (!check_monitors(optarg))
				return STATUS_USAGE;
			config.monitors = optarg;
			break;
		case 'p':
			config.screenshot = optarg;
			break;
		case 'o':
			control = optarg;
			break;
		case 'u':
			return picture_sum(optarg);
		case 'r':
			if (!parse_number("refuse", optarg, UINT32_MAX, &number))
				return STATUS_USAGE;
			config.refuse = (uint32_t)number;
			break;
		case 'L':
			config.lenient = true;
			break;
		case 'C':
			return list_chips();
		case 'f':
			firmware = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return STATUS_OK;
		default:
			fprintf(stderr, "gpu-model: unknown argument, or no value: %s; see --help\n",
				argv[optind - 1]);
			return STATUS_USAGE;
		}
	}
	if (firmware) {
		if (argc - optind != 1) {
			fprintf(stderr, "gpu-model: --firmware takes a directory and a chip; see --help\n");
			return STATUS_USAGE;
		}
		if (!find_chip(argv[optind], &chip))
			return STATUS_USAGE;
		return firmware_write(firmware, chip.name) ? STATUS_OK : STATUS_BROKEN;
	}
	if (argc != optind) {
		fprintf(stderr, "gpu-model: unknown argument %s; see --help\n", argv[optind]);
		return STATUS_USAGE;
	}
	if (!config.board && (config.monitors || config.screenshot || control)) {
		fprintf(stderr, "gpu-model: give --board, without which there is no display; see --help\n");
		return STATUS_USAGE;
	}
	if (!config.chip || !path) {
		fprintf(stderr, "gpu-model: give --chip and --socket; see --help\n");
		return STATUS_USAGE;
	}
	if (!find_chip(config.chip, &chip))
		return STATUS_USAGE;
	if (control && !open_control(control))
		return STATUS_USAGE;
	if (log)
		config.log = open_output("log", log);
	if (trace)
		config.trace = open_output("trace", trace);
	if (counts)
		config.counts = open_output("counts", counts);
	if ((log && !config.log) || (trace && !config.trace) ||
	    (counts && !config.counts))
		return STATUS_USAGE;
	status = serve(&config, &chip, path);
	if ((config.trace && fclose(config.trace)) || (config.counts && fclose(config.counts)) ||
	    (config.log && fclose(config.log))) {
		fprintf(stderr, "gpu-model: cannot write all of its log, trace or counts: %s\n",
			strerror(errno));
		return STATUS_BROKEN;
	}
	return status;
}
