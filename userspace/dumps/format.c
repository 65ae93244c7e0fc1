// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making a dump area where there may be something already.
 *
 * What libblkid or we recognise is named, and destroyed only if somebody says
 * yes, or --force was given. A device that is in use is never touched.
 *
 * The functions print what went wrong and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <linux/blkzoned.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "dumps/ask.h"
#include "dumps/format.h"
#include "dumps/open.h"
#include "dumps/recognise.h"
#include "kernel/spec_policy.h"
#include "lib/signature.h"
#include "lib/report.h"
#include "lib/text.h"

/* What is there, in words; empty if nothing is recognised */
struct finding {
	char		text[160];
};

/* Returns: 0, or why it cannot be looked at */
static int find_contents(struct area_io *io, struct finding *finding)
{
	struct recognised found;
	int ret = recognise(io, &found);

	/* of a device, nobody knows what it was used for before */
	if (!ret && found.kind != RECOGNISED_ZEROS && found.kind != RECOGNISED_OTHER)
		format_string(finding->text, sizeof(finding->text), "it holds %s",
			      found.text);
	return ret;
}

/* A file that is not made for this may be anything that somebody wants */
static int find_bytes(const struct area_io *io, struct finding *finding)
{
	bool zeros;
	int ret = recognise_zeros(io, &zeros);

	if (!ret && !zeros)
		format_string(finding->text, sizeof(finding->text),
			      "it is a file that holds something that is not recognised");
	return ret;
}

/*
 * A dump area in which there are dumps, or in which there may be. Returns: whether
 * there is an area
 */
static bool find_dumps(struct area_io *io, struct finding *finding)
{
	unsigned int dumps = 0, wanted = 0;
	struct area area;
	__u32 i, state;
	int ret;

	ret = area_load(&area, io);
	if (ret == -EBADMSG)
		format_string(finding->text, sizeof(finding->text),
			      "it holds a damaged dump area, in which there may be dumps");
	if (ret)
		return ret != -ENOENT;
	for (i = 0; i < area.geo.nr_slots; i++) {
		state = le32_to_cpu(area.header->slots[i].state);
		dumps += state != DUMPFLT_SLOT_EMPTY;
		wanted += state == DUMPFLT_SLOT_STARTED;
	}
	if (dumps)
		format_string(finding->text, sizeof(finding->text),
			      "it holds a dump area with dumps in %u of its slots, %u of them not released",
			      dumps, wanted);
	area_unload(&area);
	return true;
}

static bool is_zoned(int fd)
{
	__u32 sectors = 0;

	/* not a block device, or an old kernel: then it is not zoned either */
	return !ioctl(fd, BLKGETZONESZ, &sectors) && sectors;
}

static int ask_to_destroy(const char *path, const struct finding *finding)
{
	const struct question question = {
		.op = "formatting", .path = path, .text = finding->text,
		.words = "Destroy it?", .force = "To destroy that, use --force.",
	};

	return ask_yes(&question);
}

/* May it be destroyed? */
static int check_target(struct area_io *io, const struct format_options *options)
{
	struct finding finding = { "" };
	int ret;

	if (is_zoned(io->fd)) {
		report_failure("formatting", options->path,
			       "it is a zoned device, which takes no random writes");
		return -EOPNOTSUPP;
	}
	ret = find_contents(io, &finding);
	if (!ret && !find_dumps(io, &finding) && !finding.text[0])
		ret = find_bytes(io, &finding);
	if (ret) {
		report_error("looking at what is there", options->path, -ret);
		return ret;
	}
	return finding.text[0] && !options->force ? ask_to_destroy(options->path, &finding) : 0;
}

/* So that nothing else recognises what is left of it; the headers go over most */
static int wipe_signatures(int fd, const char *path)
{
	int ret = signature_wipe(fd);

	if (ret)
		report_error("removing what was there", path, -ret);
	return ret;
}

static int make_header(const struct format_options *options, __u64 size,
		       struct dumpflt_geometry *geo,
		       struct dumpflt_disk_header *header)
{
	const __u32 flags = (options->overwrite ? DUMPFLT_AREA_F_OVERWRITE : 0U) |
			    (options->hibernation ? DUMPFLT_AREA_F_HIBERNATION : 0U);
	const char *wrong;
	__u8 uuid[16];

	wrong = dumpflt_geometry_make(geo, size, options->slots,
				      options->record_size);
	if (wrong) {
		report_failure("formatting", options->path, "%llu bytes in %u slots: %s",
			       size, options->slots, wrong);
		report_hint("The least is %llu bytes for each slot and %llu for the headers.",
			    5ULL * DUMPFLT_AREA_UNIT, 2ULL * DUMPFLT_AREA_UNIT);
		return -EINVAL;
	}
	if (getrandom(uuid, sizeof(uuid), 0) != sizeof(uuid)) {
		report_failure("formatting", options->path,
			       "no random numbers to be had");
		return -EIO;
	}
	dumpflt_header_init(header, geo, uuid, (__u64)time(NULL), flags);
	wrong = spec_to_policy(&options->spec, header);
	if (!wrong)
		return 0;
	report_failure("formatting", options->path, "the policy: %s", wrong);
	return -EINVAL;
}

/**
 * format_area() - make a dump area
 * @options: where, and of what kind
 *
 * Needs signals_hold(): once it has begun to write, it goes on to the end.
 *
 * Return: 0 if the area is there and durable, else a negative errno
 */
int format_area(const struct format_options *options)
{
	static struct dumpflt_disk_header header;
	struct dumpflt_geometry geo;
	struct area_io io;
	int ret;

	ret = area_open_to_change(&io, options->path);
	if (ret)
		return ret;
	ret = make_header(options, io.size, &geo, &header);
	if (!ret)
		ret = check_target(&io, options);
	if (!ret)
		ret = ask_stop("formatting", options->path);
	if (!ret)
		ret = wipe_signatures(io.fd, options->path);
	if (!ret) {
		ret = area_create(&io, &header, &geo);
		if (ret)
			report_error("writing the dump area", options->path, -ret);
	}
	area_io_close(&io);
	return ret;
}
