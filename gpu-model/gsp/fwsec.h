/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * FWSEC, a program of the VBIOS that the GSP's falcon runs: where we put what in
 * ours. vbios.c makes the program, boot.c does what it would do.
 */
#ifndef FWSEC_H
#define FWSEC_H

#define FWSEC_CODE 0x200		/* bytes */
#define FWSEC_SECURE 0x100		/* Turing: from here on, the secure part */
#define FWSEC_DATA 0x200

/* In the data. */
#define FWSEC_INTERFACE 0x14
#define FWSEC_MAPPER 0x40
#define FWSEC_MAPPER_SIZE 0x40
#define FWSEC_INPUT 0x100
#define FWSEC_INPUT_SIZE 0x40

/* In the mapper: what FWSEC is to do. */
#define FWSEC_MAPPER_COMMAND 44
#define FWSEC_FRTS 0x15			/* make the region of that name */
#define FWSEC_SB 0x19

/*
 * From GA102 on the boot ROM checks a signature. The VBIOS has one for each version of
 * FWSEC that a fuse allows; the driver puts the right one behind the data.
 */
#define FWSEC_SIGNATURE FWSEC_DATA
#define FWSEC_DATA_MOST (FWSEC_SIGNATURE + 0x200)	/* whole blocks */
#define FWSEC_VERSIONS 0x3		/* a bit each: two of them */
#define FWSEC_ENGINE 0x400		/* the GSP */
#define FWSEC_UCODE 9

#endif
