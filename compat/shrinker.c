// SPDX-License-Identifier: GPL-2.0 OR MIT
//
// shrinker_alloc(), shrinker_register() and shrinker_free(), for kernels before v6.7,
// where a driver owns and registers its shrinker.
//
// On those kernels registering may fail; in this API only shrinker_alloc() may.  So
// shrinker_alloc() registers a hidden shrinker, which reports an empty cache until
// shrinker_register().  The caller gets a description of the shrinker.

#include <linux/export.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

struct ngv_shrinker {
	struct shrinker described;
	struct shrinker registered;
	bool live;
};

static unsigned long ngv_shrinker_count(struct shrinker *registered,
					struct shrink_control *sc)
{
	struct ngv_shrinker *s = container_of(registered, struct ngv_shrinker, registered);

	/* Pairs with shrinker_register(): the callbacks are set. */
	if (!smp_load_acquire(&s->live))
		return 0;
	return s->described.count_objects(&s->described, sc);
}

static unsigned long ngv_shrinker_scan(struct shrinker *registered,
				       struct shrink_control *sc)
{
	struct ngv_shrinker *s = container_of(registered, struct ngv_shrinker, registered);

	/* As in ngv_shrinker_count() */
	if (!smp_load_acquire(&s->live))
		return SHRINK_STOP;
	return s->described.scan_objects(&s->described, sc);
}

static int ngv_shrinker_add(struct shrinker *shrinker, struct va_format *name)
{
#ifdef HAVE_REGISTER_SHRINKER_NAME
	return register_shrinker(shrinker, "%pV", name);
#else
	return register_shrinker(shrinker);
#endif
}

/**
 * shrinker_alloc() - allocate a shrinker
 * @flags: SHRINKER_*
 * @fmt: format of the shrinker's name in debugfs, and its arguments
 *
 * The caller sets count_objects and scan_objects, and seeks and batch (in objects) if
 * the defaults are not right.  Then the caller calls shrinker_register().
 *
 * May sleep.  Semantics: mainline 6.12.
 *
 * Return: the shrinker, to be freed with shrinker_free(), or NULL if there is no
 * memory.
 */
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	struct ngv_shrinker *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct va_format name = { .fmt = fmt };
	va_list args;
	int err;

	if (!s)
		return NULL;

	s->described.seeks = DEFAULT_SEEKS;
	s->registered.seeks = DEFAULT_SEEKS;
	s->registered.flags = flags;
	s->registered.count_objects = ngv_shrinker_count;
	s->registered.scan_objects = ngv_shrinker_scan;

	va_start(args, fmt);
	name.va = &args;
	err = ngv_shrinker_add(&s->registered, &name);
	va_end(args);
	if (err) {
		kfree(s);
		return NULL;
	}
	return &s->described;
}
EXPORT_SYMBOL(shrinker_alloc);

/**
 * shrinker_register() - make a shrinker visible to reclaim
 * @shrinker: from shrinker_alloc(), with its callbacks set
 *
 * Any context.  Semantics: mainline 6.12.
 */
void shrinker_register(struct shrinker *shrinker)
{
	struct ngv_shrinker *s = container_of(shrinker, struct ngv_shrinker, described);

	s->registered.seeks = shrinker->seeks;
	s->registered.batch = shrinker->batch;
	/* Pairs with the loads in the callbacks. */
	smp_store_release(&s->live, true);
}
EXPORT_SYMBOL(shrinker_register);

/**
 * shrinker_free() - unregister and free a shrinker
 * @shrinker: from shrinker_alloc(), registered or not, or NULL
 *
 * Waits for running callbacks.  May sleep.  Semantics: mainline 6.12.
 */
void shrinker_free(struct shrinker *shrinker)
{
	struct ngv_shrinker *s = container_of(shrinker, struct ngv_shrinker, described);

	if (!shrinker)
		return;
	unregister_shrinker(&s->registered);
	kfree(s);
}
EXPORT_SYMBOL(shrinker_free);
