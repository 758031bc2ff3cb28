// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Must a driver name the PRIME helpers it wants, or PRIME returns ENOSYS?
// Since: v3.3; gone in v6.6 71a7974ac701 ("drm/prime: Unexport helpers for fd/handle
// conversion"), where they are the default, together with gem_prime_mmap
// Export: drm_gem_prime_handle_to_fd drm_gem_prime_fd_to_handle drm_gem_prime_mmap
#include <drm/drm_drv.h>
#include <drm/drm_prime.h>

extern const struct drm_driver probe;
const struct drm_driver probe = {
	.prime_handle_to_fd = drm_gem_prime_handle_to_fd,
	.prime_fd_to_handle = drm_gem_prime_fd_to_handle,
	.gem_prime_mmap = drm_gem_prime_mmap,
};
