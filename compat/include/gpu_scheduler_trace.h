/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Unnecessary from v6.10, where __assign_str() has no second argument.
 *
 * <trace/define_trace.h> includes the scheduler's trace header again for each of its
 * stages, and finds this header first, so this header has no include guard.  In the
 * stage that fills an event, the fields come before the assignments: copy the string
 * with its field, and leave __assign_str() empty.
 */
#if !defined(HAVE_ASSIGN_STR_ONE_ARG) && defined(__assign_str)
#undef __string
#define __string(item, src) {						\
	__dynamic_array(char, item, -1)					\
	strscpy((char *)__entry + (u16)__entry->__data_loc_##item, (src) ?: "(null)", \
		__entry->__data_loc_##item >> 16);			\
}

#undef __assign_str
#define __assign_str(...)
#endif

#include_next <gpu_scheduler_trace.h>
