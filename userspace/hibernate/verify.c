// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is what is in a dump area the image of this machine, whole and for the kernel that runs?
 *
 * An image is code that runs as the kernel. So all of it is read once before the kernel gets
 * the first byte: the receipt's MAC, the digest over all records, the tag of each chunk, the
 * trailer, its length, and which kernel it is of. Then it is read once more, and each chunk
 * is checked again: what was exchanged in between has no tag of that session's key.
 *
 * What a filter in front of age has made of it only that filter undoes, in the kernel: then
 * the header is looked at behind all of them, still before the kernel gets a byte.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "dumps/identity.h"
#include "dumps/walk.h"
#include "hibernate/place.h"
#include "hibernate/verify.h"
#include "lib/report.h"
#include "lib/text.h"

static const char op[] = "resuming";

static int refuse(const struct verified *image, const char *wrong)
{
	char clean[AREA_PROBLEM_MAX];

	text_clean(wrong, strlen(wrong), clean);
	report_failure(op, image->open->path, "%s", clean);
	return -EBADMSG;
}

static int keep_header(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct verified *image = ctx;

	if (!offset && len >= sizeof(image->header))
		memcpy(&image->header, data, sizeof(image->header));
	return 0;
}

/* Whose it is, before any chunk is looked at */
static int open_image(struct verified *image, const struct age_identities *ids)
{
	const char *wrong = age_slot_open(&image->sealed, &image->slot, ids);
	int ret;

	if (!wrong)
		wrong = area_image_check(&image->open->area, &image->slot, &image->sealed.opener);
	if (!wrong)
		return 0;
	ret = refuse(image, wrong);
	if (age_header_no_key(wrong))
		report_hint("%s.", IDENTITY_ADVICE);
	return ret;
}

static int check_verdict(struct verified *image, const struct area_verdict *verdict)
{
	if (!verdict->complete || !verdict->authentic)
		return refuse(image, verdict->problem);
	if (verdict->dump_size <= IMAGE_HEADER_SIZE)
		return refuse(image, "it has not the length of an image");
	return 0;
}

/* Nothing says that a name in an image ends, or is no more than text */
static void name_kernels(const struct image_header *its, const struct image_header *own)
{
	char release[IMAGE_NAME_MAX + 1], build[IMAGE_NAME_MAX + 1];

	text_clean(its->release, sizeof(its->release), release);
	text_clean(its->build, sizeof(its->build), build);
	report_hint("The image is of %s, %s.", release, build);
	report_hint("This is %s, %s.", own->release, own->build);
}

static int check_kernel(struct verified *image)
{
	static struct image_header own;
	const char *wrong;
	int ret = image_header_fill(&own);

	if (ret) {
		report_error("asking for the kernel's name", "uname", -ret);
		return ret;
	}
	wrong = image_header_wrong(&image->header, &own);
	if (!wrong)
		return 0;
	ret = refuse(image, wrong);
	if (!memcmp(image->header.magic, own.magic, sizeof(own.magic)))
		name_kernels(&image->header, &own);
	return ret;
}

/**
 * verified_header() - judge the header of an image that is read once more
 * @image: verified
 * @header: as all filters have let it through
 *
 * Return: 0 if it is that of an image for this kernel, and what was verified; else a negative
 * errno, which is reported
 */
int verified_header(struct verified *image, const struct image_header *header)
{
	if (image->sealed.opener.changed) {
		image->header = *header;
		return check_kernel(image);
	}
	if (memcmp(header, &image->header, sizeof(*header)) != 0)
		return refuse(image, "it has changed while it was read");
	return 0;
}

/**
 * verify_image() - look at all of it
 * @image: filled; for verified_end(), whatever is returned
 * @open: the area, whose slot has a receipt that says COMPLETE
 * @ids: what may open it
 *
 * Needs signals_catch(). Prints what is wrong, and the progress.
 *
 * Return: 0 only if it may be resumed, else a negative errno; -EINTR by a signal
 */
int verify_image(struct verified *image, const struct open_area *open,
		 const struct age_identities *ids)
{
	struct area_verdict verdict;
	int ret;

	memset(image, 0, sizeof(*image));
	image->open = open;
	ret = open_slot(open, PLACE_SLOT, &image->slot);
	if (!ret)
		ret = open_image(image, ids);
	if (!ret)
		ret = walk_slot(open, &image->slot, "Verifying", &image->sealed.opener,
				keep_header, image, &verdict);
	if (!ret)
		ret = check_verdict(image, &verdict);
	if (!ret && !image->sealed.opener.changed)
		ret = check_kernel(image);
	if (!ret)
		image->bytes = verdict.dump_size - IMAGE_HEADER_SIZE;
	return ret;
}

/**
 * verified_read() - read it once more, past the filters, and give it out
 * @image: verified
 * @sink: reports its own errors; gets the header, too
 * @ctx: for @sink
 *
 * Return: 0 if it was all of it, and what was verified; else a negative errno
 */
int verified_read(struct verified *image, area_sink sink, void *ctx)
{
	struct area_verdict verdict;
	int ret;

	if (image->sealed.opener.changed)
		return refuse(image, "a filter in front of age has changed it, which only the module dumpflt undoes");
	ret = walk_slot(image->open, &image->slot, "Resuming", &image->sealed.opener, sink, ctx,
			&verdict);
	if (!ret)
		ret = check_verdict(image, &verdict);
	if (!ret && verdict.dump_size != image->bytes + IMAGE_HEADER_SIZE)
		ret = refuse(image, "it has changed while it was read");
	return ret;
}

void verified_end(struct verified *image)
{
	age_slot_wipe(&image->sealed);
	area_slot_unload(&image->slot);
}
