/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * FWSEC, a program of the VBIOS that the GSP's falcon runs: where we put what in
 * ours. vbios.c makes the program, boot.c does what it would do.
 */
#ifndef FWSEC_H
#define FWSEC_H

#define FWSEC_CODE 0x200		/* bytes */
#define FWSEC_SECURE 0x100		/* from here on, the secure part */
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

#endif
