// SPDX-License-Identifier: GPL-2.0 OR MIT
// What fault-unbind-clients.cocci adds: see src/nouveau/patch-file.

// Text: framebuffers
/*
 * Takes the frame buffers and property blobs of files that are open from them, while the
 * mode setting code is there that frees them. Nothing shows them any more, and no call can
 * make new ones.
 */
static void
nouveau_drm_framebuffers_fini(struct drm_device *dev)
{
	struct drm_framebuffer *fb, *next_fb;
	struct drm_property_blob *blob, *next_blob;
	struct drm_file *file;
	LIST_HEAD(fbs);
	LIST_HEAD(blobs);

	mutex_lock(&dev->filelist_mutex);
	list_for_each_entry(file, &dev->filelist, lhead) {
		mutex_lock(&file->fbs_lock);
		list_splice_tail_init(&file->fbs, &fbs);
		mutex_unlock(&file->fbs_lock);
		mutex_lock(&dev->mode_config.blob_lock);
		list_splice_tail_init(&file->blobs, &blobs);
		mutex_unlock(&dev->mode_config.blob_lock);
	}
	mutex_unlock(&dev->filelist_mutex);

	list_for_each_entry_safe(fb, next_fb, &fbs, filp_head) {
		list_del_init(&fb->filp_head);
		drm_framebuffer_put(fb);
	}
	list_for_each_entry_safe(blob, next_blob, &blobs, head_file) {
		list_del_init(&blob->head_file);
		drm_property_blob_put(blob);
	}
}

// Text: client
static void
nouveau_drm_unbind_pages(struct ttm_device *bdev, struct ttm_tt *ttm)
{
#if IS_ENABLED(CONFIG_AGP)
	if (nouveau_bdev(bdev)->agp.bridge) {
		ttm_agp_unbind(ttm);
		return;
	}
#endif
	nouveau_sgdma_unbind(bdev, ttm);
}

/* Another driver uses the pages of @bo, which stay. The card's mapping of them goes. */
static int
nouveau_drm_leave_buffer(struct ttm_buffer_object *bo)
{
	struct nouveau_bo *nvbo = nouveau_bo(bo);
	struct ttm_operation_ctx ctx = {};
	struct ttm_resource *system;
	int ret;

	ret = ttm_bo_reserve(bo, false, false, NULL);
	if (ret)
		return ret;
	nouveau_bo_placement_set(nvbo, NOUVEAU_GEM_DOMAIN_CPU, 0);
	ret = ttm_bo_mem_space(bo, &nvbo->placement, &system, &ctx);
	if (!ret) {
		if (bo->resource->mem_type == TTM_PL_TT)
			nouveau_drm_unbind_pages(bo->bdev, bo->ttm);
		ttm_bo_move_null(bo, system);
	}
	ttm_bo_unreserve(bo);
	return ret;
}

/*
 * Takes all buffers of clients off the card while the card still works. TTM's eviction
 * leaves pinned ones alone: another device has imported these.
 */
static void
nouveau_drm_leave(struct nouveau_drm *drm)
{
	struct ttm_device *bdev = &drm->ttm.bdev;
	struct ttm_buffer_object *found;
	struct ttm_resource *res;
	int ret;

	ttm_resource_manager_evict_all(bdev, ttm_manager_type(bdev, TTM_PL_VRAM));
	ttm_resource_manager_evict_all(bdev, ttm_manager_type(bdev, TTM_PL_TT));
	do {
		found = NULL;
		spin_lock(&bdev->lru_lock);
		list_for_each_entry(res, &bdev->unevictable, lru.link) {
			/* The driver's own buffers have no device. */
			if (res->mem_type != TTM_PL_SYSTEM && res->bo->base.dev &&
			    kref_get_unless_zero(&res->bo->base.refcount)) {
				found = res->bo;
				break;
			}
		}
		spin_unlock(&bdev->lru_lock);
		if (!found)
			return;
		ret = nouveau_drm_leave_buffer(found);
		drm_gem_object_put(&found->base);
	} while (!WARN_ON(ret));
}

static void
nouveau_drm_client_stop(struct nouveau_cli *cli)
{
	mutex_lock(&cli->mutex);
	if (cli->abi16)
		nouveau_abi16_fini(cli->abi16);
	mutex_unlock(&cli->mutex);
}

/*
 * Ends a client: its channels and its VM go. The caller holds clients_lock. The client
 * is on the list until it ends.
 */
static void
nouveau_drm_client_fini(struct nouveau_drm *drm, struct nouveau_cli *cli)
{
	lockdep_assert_held(&drm->clients_lock);
	if (list_empty(&cli->head))
		return;
	list_del_init(&cli->head);
	nouveau_drm_client_stop(cli);
	nouveau_cli_fini(cli);
}

/*
 * The channels go first, then the buffers leave the card, and then the page tables that
 * they were in.
 */
static void
nouveau_drm_clients_fini(struct nouveau_drm *drm)
{
	struct nouveau_cli *cli, *next;

	mutex_lock(&drm->clients_lock);
	list_for_each_entry(cli, &drm->clients, head)
		nouveau_drm_client_stop(cli);
	if (drm_dev_is_unplugged(drm->dev))
		nouveau_drm_leave(drm);
	list_for_each_entry_safe(cli, next, &drm->clients, head)
		nouveau_drm_client_fini(drm, cli);
	mutex_unlock(&drm->clients_lock);
}

/* Frees the client of a file that is closed while the driver leaves, or later. */
static void
nouveau_drm_client_free(struct nouveau_drm *drm, struct nouveau_cli *cli)
{
	mutex_lock(&drm->clients_lock);
	nouveau_drm_client_fini(drm, cli);
	mutex_unlock(&drm->clients_lock);
	kfree(cli);
}

/* Nobody has a file or a buffer of the device any more. */
static void
nouveau_drm_release(struct drm_device *dev)
{
	struct nouveau_drm *drm = nouveau_drm(dev);

	/* The buffers are gone now, and TTM frees the last of them late. */
	if (drm->ttm.bdev.funcs)
		ttm_device_fini(&drm->ttm.bdev);
	mutex_destroy(&drm->clients_lock);
	mutex_destroy(&drm->client_mutex);
	kfree(drm);
}

// Text: ioctl
/* Does the call wait for what may never happen, without using anything of the driver? */
static bool
nouveau_drm_ioctl_waits(unsigned int cmd)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_WAIT):
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT):
	case _IOC_NR(DRM_IOCTL_WAIT_VBLANK):
		return true;
	default:
		return false;
	}
}

/* The driver leaves the card after the calls that use the card have ended. */
long
nouveau_drm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct drm_file *file_priv = file->private_data;
	long ret;
	int index;

	if (nouveau_drm_ioctl_waits(cmd))
		return nouveau_drm_ioctl_present(file, cmd, arg);
	if (!drm_dev_enter(file_priv->minor->dev, &index))
		return -ENODEV;
	ret = nouveau_drm_ioctl_present(file, cmd, arg);
	drm_dev_exit(index);
	return ret;
}

// Text: close
/* The page tables that the buffer was in are gone. What is left is our own record. */
static void
nouveau_gem_object_forget(struct nouveau_bo *nvbo, struct nouveau_vmm *vmm)
{
	struct nouveau_vma *vma;

	if (ttm_bo_reserve(&nvbo->bo, false, false, NULL))
		return;
	vma = nouveau_vma_find(nvbo, vmm);
	if (vma && vma->refs == 1) {
		nouveau_fence_unref(&vma->fence);
		vma->addr = ~0ULL;
	}
	nouveau_vma_del(&vma);
	ttm_bo_unreserve(&nvbo->bo);
}

// Text: fault
/* Without a card a program gets a page of its own, as TTM does it for other drivers. */
static vm_fault_t nouveau_ttm_fault(struct vm_fault *vmf)
{
	struct ttm_buffer_object *bo = vmf->vma->vm_private_data;
	vm_fault_t ret;
	int index;

	if (drm_dev_enter(nouveau_bdev(bo->bdev)->dev, &index)) {
		ret = nouveau_ttm_fault_present(vmf);
		drm_dev_exit(index);
		return ret;
	}

	ret = ttm_bo_vm_reserve(bo, vmf);
	if (ret)
		return ret;
	ret = ttm_bo_vm_dummy_page(vmf, vm_get_page_prot(vmf->vma->vm_flags));
	dma_resv_unlock(bo->base.resv);
	return ret;
}

// Text: evict
/* Where a buffer is decides where it goes: without a card, to main memory at once. */
static u32
nouveau_bo_evict_from(struct ttm_buffer_object *bo)
{
	if (drm_dev_is_unplugged(nouveau_bdev(bo->bdev)->dev))
		return TTM_PL_SYSTEM;
	return bo->resource->mem_type;
}
