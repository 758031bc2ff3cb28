// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// Our lists under threads, with each combination of flags: some threads map and unmap
// objects, some evict them, one cleans up what immediate mode defers, while others lock
// and validate the VM over and over, and look mappings up, walk and split under a shared
// lock.  Each thread holds the locks that the mode asks for, and no more.  For
// ThreadSanitizer.
// threads SECONDS

#include <pthread.h>
#include <time.h>

#include <drm/drm_exec.h>
#include <drm/drm_gpuvm.h>

#define OBJS	48
#define HELD	16
#define MAPS	4000
#define PAGE	4096ULL
#define START	0x10000ULL

static struct drm_device drm;
static struct drm_gem_object r_obj, objs[OBJS];
static struct drm_gpuvm vm;
static struct drm_gpuva maps[MAPS];
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int stop;
static unsigned long freed, retired, validated, locked;
static bool immediate, resv_protected;

#define count(what, n) __atomic_fetch_add(&(what), n, __ATOMIC_RELAXED)

static void vm_free(struct drm_gpuvm *gone)
{
	count(freed, 1);
}

static int validate(struct drm_gpuvm_bo *bo, struct drm_exec *exec)
{
	if (dma_resv_locking_ctx(bo->obj->resv) != &exec->ticket)
		abort();
	drm_gpuvm_bo_evict(bo, false);
	count(validated, 1);
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

static unsigned long next(unsigned long *x)
{
	*x = *x * 6364136223846793005UL + 1442695040888963407UL;
	return *x >> 33;
}

/* The locks under which a vm_bo may join the lists and, but for immediate mode, die. */
static void lock_lists(struct drm_gem_object *obj)
{
	if (resv_protected)
		dma_resv_lock(r_obj.resv, NULL);
	if (!immediate)
		dma_resv_lock(obj->resv, NULL);
}

static void unlock_lists(struct drm_gem_object *obj)
{
	if (!immediate)
		dma_resv_unlock(obj->resv);
	if (resv_protected)
		dma_resv_unlock(r_obj.resv);
}

static void put_bo(struct drm_gpuvm_bo *bo)
{
	if (immediate ? drm_gpuvm_bo_put_deferred(bo) : drm_gpuvm_bo_put(bo))
		count(retired, 1);
}

static void map(struct drm_gpuva *va, struct drm_gem_object *obj, bool kept)
{
	struct drm_gpuvm_bo *bo;

	drm_gpuva_init(va, START, PAGE, obj, 0);
	if (immediate)
		bo = drm_gpuvm_bo_obtain_prealloc(drm_gpuvm_bo_create(&vm, obj));
	lock_lists(obj);
	if (!immediate)
		bo = drm_gpuvm_bo_obtain(&vm, obj);
	drm_gpuvm_bo_extobj_add(bo);
	if (immediate) {
		if (resv_protected)
			dma_resv_unlock(r_obj.resv);
		mutex_lock(&obj->gpuva.lock);
	}
	if (kept)
		drm_gpuva_link(va, bo);
	if (immediate) {
		mutex_unlock(&obj->gpuva.lock);
		put_bo(bo);
	} else {
		put_bo(bo);
		unlock_lists(obj);
	}
}

static void unmap(struct drm_gpuva *va)
{
	struct drm_gem_object *obj = va->gem.obj;

	if (immediate) {
		drm_gpuva_unlink_defer(va);
		return;
	}
	lock_lists(obj);
	drm_gpuva_unlink(va);
	unlock_lists(obj);
}

static void *bind(void *arg)
{
	unsigned long x = (unsigned long)arg * 7919 + 1;
	struct drm_gpuva held[HELD] = {};
	unsigned int i;

	while (!over()) {
		struct drm_gpuva *va = &held[next(&x) % HELD];

		/* Some objects are unmapped at once, some while others still map them. */
		if (va->vm_bo)
			unmap(va);
		else
			map(va, &objs[next(&x) % OBJS], next(&x) % 4);
	}
	for (i = 0; i < HELD; i++)
		if (held[i].vm_bo)
			unmap(&held[i]);
	return NULL;
}

/* Whoever evicts has the object's locks alone. */
static void *evict(void *arg)
{
	unsigned long x = (unsigned long)arg * 104729 + 1;

	while (!over()) {
		struct drm_gem_object *obj = &objs[next(&x) % OBJS];

		dma_resv_lock(obj->resv, NULL);
		if (immediate)
			mutex_lock(&obj->gpuva.lock);
		drm_gpuvm_bo_gem_evict(obj, next(&x) % 4);
		if (immediate)
			mutex_unlock(&obj->gpuva.lock);
		dma_resv_unlock(obj->resv);
	}
	return NULL;
}

static void *clean_up(void *unused)
{
	const struct timespec wait = { .tv_nsec = 200000 };

	while (!over()) {
		drm_gpuvm_bo_deferred_cleanup(&vm);
		nanosleep(&wait, NULL);
	}
	return NULL;
}

static void *submit(void *unused)
{
	while (!over()) {
		struct drm_gpuvm_exec e = { .vm = &vm, .num_fences = 1 };
		struct dma_fence fence;
		int err = drm_gpuvm_exec_lock(&e);

		if (!err)
			err = drm_gpuvm_exec_validate(&e);
		if (err) {
			fprintf(stderr, "threads: error %d\n", err);
			abort();
		}
		count(locked, e.exec.num_objects - 1);
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
			u64 addr = addr_of(next(&x) % MAPS);

			if (drm_gpuva_find_first(&vm, addr + PAGE, PAGE))
				abort();
			drm_gpuva_find(&vm, addr, PAGE);
		}
		pthread_rwlock_unlock(&lock);
		sched_yield();
	}
	return NULL;
}

/* Walks and splits under the shared lock, as sm_*_exec_lock() do: nothing changes. */
static void *range(void *arg)
{
	unsigned long x = (unsigned long)arg + 1;

	while (!over()) {
		struct drm_exec exec;
		u64 addr = addr_of(next(&x) % (MAPS / 2));

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
		struct drm_gpuva *va = &maps[next(&x) % MAPS];
		u64 addr = addr_of(va - maps);

		pthread_rwlock_wrlock(&lock);
		if (drm_gpuva_find(&vm, addr, PAGE)) {
			drm_gpuva_remove(va);
		} else {
			drm_gpuva_init(va, addr, PAGE, NULL, 0);
			if (drm_gpuva_insert(&vm, va))
				abort();
		}
		pthread_rwlock_unlock(&lock);
		sched_yield();
	}
	return NULL;
}

/* Nothing is left of the VM, and every state was reached. */
static bool ended_well(const char *mode)
{
	struct drm_gpuva *va, *after;
	unsigned int i;
	bool well = true;

	drm_gpuvm_bo_deferred_cleanup(&vm);
	drm_gpuvm_for_each_va_safe(va, after, &vm)
		drm_gpuva_remove(va);
	drm_gpuvm_put(&vm);
	if (freed != 1 || !retired || !validated || !locked) {
		fprintf(stderr, "threads: %s: freed %lu VMs, %lu vm_bos; %lu validated, %lu locked\n",
			mode, freed, retired, validated, locked);
		well = false;
	}
	for (i = 0; i < OBJS; i++) {
		if (kref_read(&objs[i].refcount) != 1) {
			fprintf(stderr, "threads: %s: object %u has %u references left\n", mode, i,
				kref_read(&objs[i].refcount));
			well = false;
		}
	}
	if (kernel_counts.allocs != kernel_counts.frees) {
		fprintf(stderr, "threads: %s: memory is left\n", mode);
		well = false;
	}
	return well && !kernel_counts.warnings;
}

static bool run(const char *mode, enum drm_gpuvm_flags flags, unsigned long ms)
{
	static void *(*const work[])(void *) = {
		bind, bind, evict, submit, submit, look, range, change, clean_up,
	};
	struct timespec wait = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	pthread_t thread[ARRAY_SIZE(work)];
	unsigned long i, threads = ARRAY_SIZE(work);

	immediate = flags & DRM_GPUVM_IMMEDIATE_MODE;
	resv_protected = flags & DRM_GPUVM_RESV_PROTECTED;
	/* Nobody defers anything in the other modes. */
	if (!immediate)
		threads--;
	stop = 0;
	freed = 0;
	retired = 0;
	validated = 0;
	locked = 0;
	memset(&vm, 0, sizeof(vm));
	drm_gpuvm_init(&vm, mode, flags, &drm, &r_obj, START, U64_MAX - START, 0, 0, &ops);
	for (i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work[i], (void *)i);
	nanosleep(&wait, NULL);
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return ended_well(mode);
}

int main(int argc, char **argv)
{
	unsigned long ms = (argc > 1 ? atoi(argv[1]) : 8) * 1000 / 4;
	bool well;
	int i;

	kref_init(&drm.ref);
	drm_gem_private_object_init(&drm, &r_obj, 0);
	for (i = 0; i < OBJS; i++)
		drm_gem_private_object_init(&drm, &objs[i], 0);
	well = run("spinlocks", 0, ms);
	well &= run("resv", DRM_GPUVM_RESV_PROTECTED, ms);
	well &= run("immediate", DRM_GPUVM_IMMEDIATE_MODE, ms);
	well &= run("immediate, resv", DRM_GPUVM_IMMEDIATE_MODE | DRM_GPUVM_RESV_PROTECTED, ms);
	return !well;
}
