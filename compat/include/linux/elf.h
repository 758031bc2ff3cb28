/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Unnecessary from v7.2, which has all flags of an ELF section. */
#ifndef NGV_COMPAT_LINUX_ELF_H
#define NGV_COMPAT_LINUX_ELF_H

#include_next <linux/elf.h>

#ifndef SHF_STRINGS
#define SHF_STRINGS	0x20
#endif
#ifndef SHF_OS_NONCONFORMING
#define SHF_OS_NONCONFORMING	0x100
#endif
#ifndef SHF_MASKOS
#define SHF_MASKOS	0x0ff00000
#endif

#endif
