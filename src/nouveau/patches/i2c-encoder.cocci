// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: 7.3 has the drivers of I2C encoders beside nouveau, and they are not imported: nouveau uses those of the kernel, which have the same interface under other names. The build checks that.
// Files: drivers/gpu/drm/nouveau/dispnv04/nouveau_i2c_encoder.c
// Bases: 7.3
// Drop: when the oldest supported kernel has these drivers in nouveau, or none
@@
@@
 #include <dispnv04/i2c/encoder_i2c.h>
+#include <ngv-i2c-encoder.h>
