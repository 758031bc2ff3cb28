// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Insertions in a row while every allocation fails, against the same with memory:
// starved ORDER [COUNT] prints the ratio of the times, best of some turns each, and the
// two times in ns for an insertion.  ORDER: up, down, random.  Every mapping is found
// afterwards, and removed.

#include <time.h>

#include <drm/drm_gpuvm.h>

#define START	0x10000ULL
#define PAGE	4096ULL
#define TURNS	7

static struct drm_device drm;
static struct drm_gem_object r_obj;
static struct drm_gpuvm vm;
static struct drm_gpuva *maps;
static unsigned int *order, count;

static void vm_free(struct drm_gpuvm *gone)
{
}

static const struct drm_gpuvm_ops ops = { .vm_free = vm_free };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static double fill(bool starved)
{
	double from;

	memset(&vm, 0, sizeof(vm));
	memset(maps, 0, count * sizeof(*maps));
	drm_gpuvm_init(&vm, "starved", 0, &drm, &r_obj, START, 1ULL << 40, 0, 0, &ops);
	kernel_faults.atomic = starved ? 1000 : 0;
	kernel_faults.sleeping = starved ? 1000 : 0;
	from = now();
	for (unsigned int i = 0; i < count; i++) {
		drm_gpuva_init(&maps[order[i]], START + order[i] * 2 * PAGE, PAGE, NULL, 0);
		if (drm_gpuva_insert(&vm, &maps[order[i]]))
			abort();
	}
	return (now() - from) / count;
}

static void empty(void)
{
	for (unsigned int i = 0; i < count; i++) {
		if (drm_gpuva_find_first(&vm, START + i * 2 * PAGE, PAGE) != &maps[i] ||
		    drm_gpuva_find_first(&vm, START + (i * 2 + 1) * PAGE, PAGE))
			abort();
	}
	for (unsigned int i = 0; i < count; i++)
		drm_gpuva_remove(&maps[order[count - 1 - i]]);
	kernel_faults = (struct kernel_faults){ 0 };
	drm_gpuvm_put(&vm);
}

int main(int argc, char **argv)
{
	double best[2] = { 1e18, 1e18 };
	unsigned long long x = 1;

	if (argc < 2)
		return 2;
	count = argc > 2 ? atoi(argv[2]) : 100000;
	maps = calloc(count, sizeof(*maps));
	order = calloc(count, sizeof(*order));
	for (unsigned int i = 0; i < count; i++)
		order[i] = *argv[1] == 'd' ? count - 1 - i : i;
	for (unsigned int i = count; *argv[1] == 'r' && i > 1; i--) {
		unsigned int t = order[i - 1], j;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		j = (x >> 33) % i;
		order[i - 1] = order[j];
		order[j] = t;
	}
	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	for (unsigned int turn = 0; turn < 2 * TURNS; turn++) {
		double ns = fill(turn % 2);

		best[turn % 2] = min(best[turn % 2], ns);
		empty();
	}
	printf("%.2f %.0f %.0f\n", best[1] / best[0], best[0], best[1]);
	return 0;
}
