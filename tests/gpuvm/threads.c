// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Our lists under threads, in the mode where GPUVM locks them itself: some threads
// make pairs, add external objects, evict them and let go of them, each with one
// object's dma-resv at a time, while another locks and validates the VM over and
// over, and others look mappings up, walk and split under a shared lock.  For
// ThreadSanitizer.
// threads SECONDS

#include <pthread.h>
#include <time.h>

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#define OBJS	48
#define MAPS	4000
#define PAGE	4096ULL
#define START	0x10000ULL

static struct drm_device drm;
static struct drm_gem_object r_obj, objs[OBJS];
static struct drm_gpuvm vm;
static struct drm_gpuva maps[MAPS];
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int stop;

static void vm_free(struct drm_gpuvm *gone)
{
}

static int validate(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	drm_gpuvm_bo_evict(bo, false);
	return 0;
}

static const struct drm_gpuvm_ops ops = {
	.vm_free = vm_free,
	.vm_bo_validate = validate,
};

/* Of mapping @i; half of them are at the end of the address space. */
static u64 addr_of(unsigned int i)
{
	return (i < MAPS / 2 ? START : 0 - MAPS * 2 * PAGE) + i * 2 * PAGE;
}

static bool over(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static void *bind(void *arg)
{
	unsigned long x = (unsigned long)arg * 7919 + 1;

	while (!over()) {
		struct drm_gem_object *obj;
		struct drm_gpuvm_bo *bo;

		x = x * 6364136223846793005UL + 1442695040888963407UL;
		obj = &objs[(x >> 33) % OBJS];
		dma_resv_lock(obj->resv, NULL);
		bo = drm_gpuvm_bo_obtain(&vm, obj);
		drm_gpuvm_bo_extobj_add(bo);
		drm_gpuvm_bo_evict(bo, x >> 40 & 1);
		/* Some stay for a while, with references that others drop. */
		if (x >> 41 & 1)
			while (!drm_gpuvm_bo_put(bo) && x >> 42 & 1)
				;
		dma_resv_unlock(obj->resv);
	}
	return NULL;
}

static void *submit(void *unused)
{
	while (!over()) {
		struct drm_gpuvm_exec e = { .vm = &vm, .num_fences = 1 };
		struct dma_fence fence;

		if (drm_gpuvm_exec_lock(&e))
			abort();
		if (drm_gpuvm_exec_validate(&e))
			abort();
		drm_gpuvm_exec_resv_add_fence(&e, &fence, DMA_RESV_USAGE_BOOKKEEP,
					      DMA_RESV_USAGE_WRITE);
		drm_gpuvm_exec_unlock(&e);
	}
	return NULL;
}

static void *look(void *arg)
{
	unsigned long x = (unsigned long)arg + 1;

	while (!over()) {
		pthread_rwlock_rdlock(&lock);
		for (int i = 0; i < 100; i++) {
			u64 addr;

			x = x * 6364136223846793005UL + 1442695040888963407UL;
			addr = addr_of((x >> 33) % MAPS);
			if (drm_gpuva_find_first(&vm, addr + PAGE, PAGE))
				abort();
			drm_gpuva_find(&vm, addr, PAGE);
		}
		pthread_rwlock_unlock(&lock);
	}
	return NULL;
}

/* Walks and splits under the shared lock, as sm_*_exec_lock() do: nothing changes. */
static void *range(void *arg)
{
	unsigned long x = (unsigned long)arg + 1;

	while (!over()) {
		struct drm_exec exec;
		u64 addr;

		x = x * 6364136223846793005UL + 1442695040888963407UL;
		addr = addr_of((x >> 33) % (MAPS / 2));
		pthread_rwlock_rdlock(&lock);
		drm_exec_init(&exec, 0, 0);
		drm_exec_until_all_locked(&exec) {
			if (drm_gpuvm_sm_unmap_exec_lock(&vm, &exec, addr, 8 * PAGE) ||
			    drm_gpuvm_prepare_range(&vm, &exec, addr, 100 * PAGE, 1))
				abort();
		}
		drm_exec_fini(&exec);
		pthread_rwlock_unlock(&lock);
	}
	return NULL;
}

static void *change(void *unused)
{
	unsigned long x = 1;

	while (!over()) {
		struct drm_gpuva *va;
		u64 addr;

		x = x * 6364136223846793005UL + 1442695040888963407UL;
		va = &maps[(x >> 33) % MAPS];
		addr = addr_of(va - maps);
		pthread_rwlock_wrlock(&lock);
		if (drm_gpuva_find(&vm, addr, PAGE)) {
			drm_gpuva_remove(va);
		} else {
			drm_gpuva_init(va, addr, PAGE, NULL, 0);
			if (drm_gpuva_insert(&vm, va))
				abort();
		}
		pthread_rwlock_unlock(&lock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static void *(*const work[])(void *) = {
		bind, bind, submit, look, look, range, range, change,
	};
	pthread_t thread[ARRAY_SIZE(work)];
	struct timespec wait = { .tv_sec = argc > 1 ? atoi(argv[1]) : 5 };
	unsigned long i;

	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	drm_gpuvm_init(&vm, "threads", 0, &drm, &r_obj, START, U64_MAX - START, 0, 0, &ops);
	for (i = 0; i < OBJS; i++)
		drm_gem_private_object_init(&drm, &objs[i], 0);
	for (i = 0; i < ARRAY_SIZE(work); i++)
		pthread_create(&thread[i], NULL, work[i], (void *)i);
	nanosleep(&wait, NULL);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(work); i++)
		pthread_join(thread[i], NULL);

	for (i = 0; i < OBJS; i++) {
		struct drm_gpuvm_bo *bo;

		dma_resv_lock(objs[i].resv, NULL);
		bo = drm_gpuvm_bo_find(&vm, &objs[i]);
		while (bo && !drm_gpuvm_bo_put(bo))
			;
		dma_resv_unlock(objs[i].resv);
		if (kref_read(&objs[i].refcount) != 1) {
			fprintf(stderr, "threads: object %lu has %u references left\n", i,
				kref_read(&objs[i].refcount));
			return 1;
		}
	}
	return kernel_counts.warnings != 0;
}
