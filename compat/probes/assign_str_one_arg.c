// SPDX-License-Identifier: GPL-2.0 OR MIT
// Question: Does __assign_str() of a trace event know its source from __string()?
// Since: v6.10 2c92ca849fcc ("tracing/treewide: Remove second parameter of __assign_str()")
#include <linux/tracepoint.h>
#include <trace/stages/stage6_event_callback.h>

/* The macro is not expanded, but a macro with two parameters rejects one argument. */
#define str(x) #x
#define expand(x) str(x)
extern const char probe[];
const char probe[] = expand(__assign_str(name));
