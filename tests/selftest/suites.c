// SPDX-License-Identifier: GPL-2.0 OR MIT

#include "suites.h"

const struct ktap_suite *const ngv_suites[] = {
	&exec_suite,
	&resv_suite,
	&compat_display_suite,
	NULL
};
