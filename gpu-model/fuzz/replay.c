// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * replay FILE: runs one input of a fuzzer, without libFuzzer. With a fuzzer's
 * GPU_MODEL_FUZZ_TRACE, it shows what an input reaches.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t input[1 << 20];

int main(int argc, char **argv)
{
	size_t size;
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "replay: usage: replay FILE\n");
		return 2;
	}
	f = fopen(argv[1], "r");
	if (!f) {
		fprintf(stderr, "replay: cannot read %s; name an input of this fuzzer\n", argv[1]);
		return 2;
	}
	size = fread(input, 1, sizeof(input), f);
	fclose(f);
	LLVMFuzzerInitialize(&argc, &argv);
	LLVMFuzzerTestOneInput(input, size);
	return 0;
}
