// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does the kernel have drm_exec, as of 6.8 (initial array size as an argument)?
// Since: v6.8 (drm_exec itself: v6.6 09593216bff1)
// Export: drm_exec_init drm_exec_fini drm_exec_cleanup drm_exec_lock_obj
// Export: drm_exec_unlock_obj drm_exec_prepare_obj drm_exec_prepare_array
#include <drm/drm_exec.h>

int probe(struct drm_exec *exec, struct drm_gem_object *obj);
int probe(struct drm_exec *exec, struct drm_gem_object *obj)
{
	struct drm_gem_object *found;
	int err = 0;

	drm_exec_init(exec, DRM_EXEC_INTERRUPTIBLE_WAIT | DRM_EXEC_IGNORE_DUPLICATES, 1);
	drm_exec_until_all_locked(exec) {
		err = drm_exec_lock_obj(exec, obj);
		drm_exec_retry_on_contention(exec);
		if (err)
			break;
	}
	drm_exec_for_each_locked_object_reverse(exec, found)
		drm_exec_unlock_obj(exec, found);
	drm_exec_fini(exec);
	return err;
}
