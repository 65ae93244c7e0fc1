/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what is in a dump area the image of this machine, whole and for the kernel that runs?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_VERIFY_H
#define DUMPFLT_HIBERNATE_VERIFY_H

#include "age/slot.h"
#include "dumps/open.h"
#include "hibernate/image.h"

/**
 * struct verified - an image, and what opens it
 * @open: the area that it is in, loaded
 * @slot: that it is in
 * @sealed: to be wiped
 * @header: in front of it; if another filter has changed that, only behind verified_header()
 * @bytes: of the image as it is stored, without that; 0 until it is verified
 */
struct verified {
	const struct open_area	*open;
	struct area_slot	slot;
	struct age_slot		sealed;
	struct image_header	header;
	__u64			bytes;
};

int verify_image(struct verified *image, const struct open_area *open,
		 const struct age_identities *ids);
int verified_header(struct verified *image, const struct image_header *header);
int verified_read(struct verified *image, area_sink sink, void *ctx);
void verified_end(struct verified *image);

#endif
