// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: May one function have several drm_exec_until_all_locked() loops?
// Since: v6.8; no more in v7.2, whose loop has one fixed name of a label
#include <drm/drm_exec.h>

void probe(struct drm_exec *exec);
void probe(struct drm_exec *exec)
{
	drm_exec_until_all_locked(exec)
		drm_exec_retry_on_contention(exec);
	drm_exec_until_all_locked(exec)
		drm_exec_retry_on_contention(exec);
}
