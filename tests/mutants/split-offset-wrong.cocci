// SPDX-License-Identifier: GPL-2.0 OR MIT
// Reason: what is left above a hole shows the buffer's begin
// File: src/gpuvm/split.c
// Tests: split evict/bind-while-away
@@
expression e;
identifier va;
@@
 clear_of(struct drm_gpuva *va, ...)
 {
	<...
-	above.gem.offset = e;
+	above.gem.offset = va->gem.offset;
	...>
 }
