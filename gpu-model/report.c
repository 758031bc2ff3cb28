// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the model has to complain about.
 *
 * A finding is something that no correct driver does (a malformed page table
 * entry, a translation used after it should have been invalidated, a write to a
 * register that only tells) or that the model does not have (a register, a draw
 * call). Both end the run as failed: silence would be taken for agreement.
 *
 * MMU faults of a user's channel are no findings: a real GPU reports them to
 * the driver, and so does the model (fault.c).
 */
#include "gpu.h"

static const char *access_name(struct gpu *gpu, uint32_t offset)
{
	const struct window *window = regs_window(gpu, offset);

	return window ? window->name : regs_name(gpu, offset);
}

static void print_accesses(struct gpu *gpu, FILE *out)
{
	unsigned int n = gpu->accesses < ARRAY_SIZE(gpu->access) ?
			 gpu->accesses : ARRAY_SIZE(gpu->access);
	unsigned int show = n < 24 ? n : 24;
	unsigned int i;

	if (!show)
		return;
	fprintf(out, "  the last %u accesses of the guest:\n", show);
	for (i = gpu->accesses - show; i != gpu->accesses; i++) {
		const struct access *a = &gpu->access[i % ARRAY_SIZE(gpu->access)];

		fprintf(out, "    %10.6f %s BAR%u+0x%06x %s 0x%0*llx  %s\n", (double)a->time / 1e9,
			a->write ? "write" : "read ", a->bar, a->offset,
			a->write ? "<-" : "->", a->size * 2, (unsigned long long)a->value,
			a->bar ? "" : access_name(gpu, a->offset));
	}
}

static void print_walk(struct gpu *gpu, const struct vm *vm, uint64_t va, FILE *out)
{
	struct walk walk;
	unsigned int i;

	mmu_walk(gpu, vm, va, &walk);
	fprintf(out, "  page tables of 0x%llx, as they are now (%s, directory at %s 0x%llx, limit 0x%llx):\n",
		(unsigned long long)va, gpu->chip->mmu->name, aperture_name(vm->aper),
		(unsigned long long)vm->pdb, (unsigned long long)vm->limit);
	for (i = 0; i < walk.steps; i++) {
		const struct walk_step *s = &walk.step[i];

		fprintf(out, "    %-6s %s 0x%010llx: 0x%016llx", s->level, aperture_name(s->aper),
			(unsigned long long)s->addr, (unsigned long long)s->raw[0]);
		if (s->words == 2)
			fprintf(out, " 0x%016llx", (unsigned long long)s->raw[1]);
		fputc('\n', out);
	}
	switch (walk.state) {
	case PAGE_VALID:
		fprintf(out, "    = %s 0x%llx, page 0x%llx, kind 0x%02x%s%s%s\n",
			aperture_name(walk.aper), (unsigned long long)walk.addr,
			1ull << walk.shift, walk.kind, walk.ro ? ", read-only" : "",
			walk.priv ? ", privileged" : "", walk.vol ? ", volatile" : "");
		break;
	case PAGE_SPARSE:
		fprintf(out, "    = sparse, page 0x%llx\n", 1ull << walk.shift);
		break;
	case PAGE_INVALID:
		fprintf(out, "    = invalid: %s%s%s\n", fault_reason_name(walk.reason),
			walk.bad ? ", " : "", walk.bad ? walk.bad : "");
		break;
	}
}

static void vreport(struct gpu *gpu, const struct vm *vm, uint64_t va, const char *what,
		    const char *fmt, va_list args)
{
	FILE *out = gpu->config.log ? gpu->config.log : stderr;
	char text[512];

	vsnprintf(text, sizeof(text), fmt, args);
	gpu->failures++;
	/* After the first, what follows may be its consequence. */
	if (gpu->failures > 20 && !gpu->config.lenient)
		return;
	fprintf(out, "gpu-model: %s: %s: %s (%s, seed %llu, at %.6f s)\n",
		gpu->config.lenient ? "lenient" : "STRICT", what, text, gpu->chip->name,
		(unsigned long long)gpu->config.seed, (double)sched_now(gpu) / 1e9);
	if (vm)
		print_walk(gpu, vm, va, out);
	if (gpu->failures <= 3 && !gpu->config.lenient)
		print_accesses(gpu, out);
	fflush(out);
}

void report(struct gpu *gpu, const char *what, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vreport(gpu, NULL, 0, what, fmt, args);
	va_end(args);
}

void report_walk(struct gpu *gpu, const struct vm *vm, uint64_t va, const char *what,
		 const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vreport(gpu, vm, va, what, fmt, args);
	va_end(args);
}

unsigned int gpu_failures(struct gpu *gpu)
{
	return gpu->failures;
}
