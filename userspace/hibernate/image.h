/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in front of the kernel's image: whose it is.
 *
 *	offset 0	struct image_header, in IMAGE_HEADER_SIZE bytes
 *	behind it	what /dev/snapshot gave, as pack.h stores it, to the exact length
 *			of the dump
 *
 * The kernel itself takes an image of any kernel with the same memory map. It is
 * part of what is sealed, so that nobody else has written it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_IMAGE_H
#define DUMPFLT_HIBERNATE_IMAGE_H

#include <linux/types.h>

#define IMAGE_MAGIC		"dumpflt-image-2"
#define IMAGE_HEADER_SIZE	4096U
#define IMAGE_NAME_MAX		256
/* More than the first page, which only tells of those behind it, is in each image */
#define IMAGE_PAGE		4096U

/**
 * struct image_header - whose image it is
 * @magic: IMAGE_MAGIC
 * @release: of the kernel, as uname -r has it; zeros behind it
 * @build: likewise, uname -v
 * @machine: likewise, uname -m
 * @compressor: how it is stored: enum compressor
 * @platform: not 0: the firmware was asked to hibernate, and is to be told of the resume
 * @reserved: zeros
 */
struct image_header {
	char	magic[16];
	char	release[IMAGE_NAME_MAX];
	char	build[IMAGE_NAME_MAX];
	char	machine[IMAGE_NAME_MAX];
	__u32	compressor;
	__u32	platform;
	__u8	reserved[IMAGE_HEADER_SIZE - 16 - 3 * IMAGE_NAME_MAX - 8];
};

_Static_assert(sizeof(struct image_header) == IMAGE_HEADER_SIZE, "a page");

int image_header_fill(struct image_header *header);
const char *image_header_wrong(const struct image_header *header,
			       const struct image_header *own);

#endif
