// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: if the construction of a device failed, for example for an unknown chipset, the device stayed in the list of devices, and every later probe of it returned EEXIST. A fault of mainline.
// Files: drivers/gpu/drm/nouveau/nvkm/engine/device/base.c drivers/gpu/drm/nouveau/nvkm/engine/device/pci.c
// Bases: 6.12 7.3
// Drop: when the imported source undoes what nvkm_device_ctor() did before it failed
// nvkm_device_ctor() sets device->func when it adds the device to the list, and
// nvkm_intr_ctor() sets intr.intr.
@@
iterator name list_for_each_entry_safe_reverse;
identifier device, subdev;
@@
 nvkm_device_ctor(..., struct nvkm_device *device)
 {
	...
	struct nvkm_subdev *subdev;
+	struct nvkm_subdev *subtmp;
	...
 done:
+	if (ret && device->func) {
+		if (device->intr.intr.next)
+			nvkm_intr_dtor(device);
+		list_for_each_entry_safe_reverse(subdev, subtmp, &device->subdev, head)
+			nvkm_subdev_del(&subdev);
+		list_del(&device->head);
+	}
	if (ret && device->pri) {
	...
	}
	...
 }

@@
identifier ret, pdev, pci_dev, pdevice;
@@
 nvkm_device_pci_new(struct pci_dev *pci_dev, ..., struct nvkm_device **pdevice)
 {
	...
	ret = nvkm_device_ctor(..., &pdev->device);
-	if (ret)
-		return ret;
+	if (ret) {
+		pci_disable_device(pci_dev);
+		kfree(pdev);
+		*pdevice = NULL;
+		return ret;
+	}
	...
 }
