// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is in front of the kernel's image: whose it is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

#include "hibernate/image.h"
#include "hibernate/pack.h"
#include "lib/text.h"

/* Of the kernel that runs. Returns: 0 or a negative errno */
int image_header_fill(struct image_header *header)
{
	struct utsname name;

	memset(header, 0, sizeof(*header));
	if (uname(&name))
		return -errno;
	memcpy(header->magic, IMAGE_MAGIC, sizeof(IMAGE_MAGIC));
	if (!copy_string(header->release, sizeof(header->release), name.release) ||
	    !copy_string(header->build, sizeof(header->build), name.version) ||
	    !copy_string(header->machine, sizeof(header->machine), name.machine))
		return -ENAMETOOLONG;
	return 0;
}

/**
 * image_header_wrong() - is this an image that the running kernel can resume?
 * @header: of the image
 * @own: from image_header_fill()
 *
 * Return: NULL, or why not, in words that fit behind a colon
 */
const char *image_header_wrong(const struct image_header *header,
			       const struct image_header *own)
{
	if (memcmp(header->magic, own->magic, sizeof(own->magic)))
		return "it is no image of a hibernation";
	if (memcmp(header, own, offsetof(struct image_header, compressor)))
		return "it is of another kernel than the one that runs";
	if (header->compressor != COMPRESSOR_NONE && header->compressor != COMPRESSOR_LZ4)
		return "it is stored in a way that is not known here";
	return NULL;
}
