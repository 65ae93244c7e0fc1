// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making a header of a dump area good again, from the other one.
 *
 * The one that is good is copied as it is, so that nothing changes of what counts. What is in
 * the place of the other one is written over only if it can be nothing else than that header,
 * damaged: R1 to R5. Whoever knows better writes zeros there first.
 *
 *	R1. It is for crash dumps. A hibernation image may be one that the lost header had
 *	    thrown away; as long as that is lost, resume does not trust the one that is left.
 *	R2. What is there has no checksum that is right: that would be a header, of another area
 *	    or another version of this program.
 *	R3. It does not name another area.
 *	R4. Nobody recognises anything else there: a RAID member has its superblock just where
 *	    header B is.
 *	R5. Neither the lost header nor a slot says that there was a dump of which the good header
 *	    knows nothing: then the lost one was the newer, and what is left of it is all that
 *	    names that dump. --force overrules it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumps/ask.h"
#include "dumps/plain.h"
#include "dumps/recognise.h"
#include "dumps/repair.h"
#include "lib/report.h"
#include "lib/text.h"

static const char op[] = "repairing";

static bool has_magic(const struct dumpflt_disk_header *header)
{
	return !memcmp(header->fixed.magic, DUMPFLT_MAGIC_HEADER, DUMPFLT_MAGIC_SIZE);
}

/* Of an id that was hit somewhere, most is as it was */
static bool names_another(const struct dumpflt_disk_fixed *lost,
			  const struct dumpflt_disk_fixed *good)
{
	size_t i, same = 0;

	for (i = 0; i < sizeof(good->uuid); i++)
		same += lost->uuid[i] == good->uuid[i];
	return same <= sizeof(good->uuid) / 2;
}

static int refuse_place(const struct open_area *open, unsigned int copy, bool sound)
{
	if (sound)
		report_failure(op, open->path,
			       "in the place of header %c there is a header that is sound, and not one of this area",
			       "AB"[copy]);
	else
		report_failure(op, open->path,
			       "in the place of header %c there is a damaged header of another area",
			       "AB"[copy]);
	report_hint("Nobody but you can tell which of the two is right. Zeros over the %s 64 KiB of the area remove that one; then this command restores it from the other.",
		    copy ? "last" : "first");
	return -EEXIST;
}

/*
 * R2 and R3; what cannot be read is lost. @what: filled with what is there, for the question;
 * @sessions: that it counts, as far as it is a header
 */
static int check_place(struct open_area *open, unsigned int copy, const char **what,
		       __u64 *sessions)
{
	static const char damaged[] = "is a damaged header";
	struct dumpflt_disk_header *lost = malloc(sizeof(*lost));
	int ret = 0;

	if (!lost) {
		report_error(op, open->path, ENOMEM);
		return -ENOMEM;
	}
	if (open->io.read(open->io.ctx, lost, sizeof(*lost),
			  dumpflt_geometry_header(&open->area.geo, copy)))
		*what = "cannot be read";
	else if (dumpflt_format_zero(lost, sizeof(*lost)))
		*what = "is zeros";
	else if (!has_magic(lost))
		*what = "is something that does not begin as a header";
	else if (area_header_is_sealed(lost))
		ret = refuse_place(open, copy, true);
	else if (names_another(&lost->fixed, &open->area.header->fixed))
		ret = refuse_place(open, copy, false);
	else
		*what = damaged;
	*sessions = *what == damaged ? le64_to_cpu(lost->sessions) : 0;
	free(lost);
	return ret;
}

/* R4, of header B: what is in the place of A is for plain_check_area() */
static int check_end(struct open_area *open)
{
	char text[SIGNATURE_TEXT_MAX];
	int ret;

	ret = recognise_place(&open->io, dumpflt_geometry_header(&open->area.geo, 1),
			      sizeof(*open->area.header), text);
	if (ret) {
		report_error("looking at what is there", open->path, -ret);
		return ret;
	}
	if (!text[0])
		return 0;
	report_failure(op, open->path,
		       "in the place of header B it holds %s, which a header would go over", text);
	report_hint("Is this the right device? If only the dump area is wanted: zeros over the last 64 KiB of the area keep it.");
	return -EEXIST;
}

static int refuse_newer(const struct open_area *open, const struct repair *repair, const char *why)
{
	if (repair->force) {
		report_warning("'%s': %s; it is not reached any more", open->path, why);
		return 0;
	}
	report_failure(op, open->path, "%s", why);
	report_hint("Copy all of the device first, 'dd if=%s of=FILE bs=1M conv=sparse': what is left of the lost header may be all that names a dump. Then use --force.",
		    open->path);
	return -EEXIST;
}

/* R5; @sessions: that the lost header counts, if it can be read */
static int check_newer(struct open_area *open, const struct repair *repair, __u64 sessions)
{
	char good = "AB"[!repair->copy], why[160];
	__u32 i;

	if (sessions > le64_to_cpu(open->area.header->sessions)) {
		format_string(why, sizeof(why),
			      "what is left of header %c counts a dump that header %c does not know of",
			      "AB"[repair->copy], good);
		return refuse_newer(open, repair, why);
	}
	for (i = 0; i < open->area.geo.nr_slots; i++)
		if (area_slot_has_other(&open->area, i)) {
			format_string(why, sizeof(why),
				      "slot %u has the beginning of a dump that header %c does not name",
				      i, good);
			return refuse_newer(open, repair, why);
		}
	return 0;
}

/* R1 */
static int check_type(const struct open_area *open)
{
	if (!dumpflt_header_hibernates(open->area.header))
		return 0;
	report_failure(op, open->path, "it is for hibernation, and is left as it is");
	report_hint("The next hibernation writes the header that is lost. 'dumpflt release --slot 0' does, too, and throws an image away that is there.");
	return -EPERM;
}

static int ask_to_restore(const struct open_area *open, const struct repair *repair,
			  const char *what)
{
	char text[160], words[64];
	const struct question question = {
		.op = op, .path = open->path, .text = text, .words = words,
		.force = "To write over that, use --yes.",
	};

	if (repair->yes)
		return 0;
	format_string(text, sizeof(text), "what is in the place of header %c %s",
		      "AB"[repair->copy], what);
	format_string(words, sizeof(words), "Write a copy of header %c there?",
		      "AB"[!repair->copy]);
	return ask_yes(&question);
}

static int restore(struct open_area *open, const struct repair *repair, const char *what)
{
	int ret = ask_to_restore(open, repair, what);

	if (!ret)
		ret = ask_stop(op, open->path);
	if (ret)
		return ret;
	ret = area_restore_header(&open->area);
	if (ret) {
		report_failure("writing the header", open->path, "header %c: %s",
			       "AB"[repair->copy], strerror(-ret));
		report_hint("Header %c is as it was. If a block is bad, let the disk replace it, or use another disk.",
			    "AB"[!repair->copy]);
	}
	return ret;
}

/**
 * repair_area() - have two good headers
 * @open: to be changed, unless it is a dry run
 * @repair: what is wanted; what was needed is filled in
 *
 * Needs signals_hold(): once it has begun to write, it goes on to the end.
 *
 * Return: 0 if both headers are good, or would be; a negative errno, which is reported
 */
int repair_area(struct open_area *open, struct repair *repair)
{
	const char *what = NULL;
	__u64 sessions = 0;
	int ret;

	repair->copy = !open->area.copy;
	repair->needed = open->area.wrong[0] || open->area.wrong[1];
	if (!repair->needed)
		return 0;
	ret = check_type(open);
	if (!ret)
		ret = check_place(open, repair->copy, &what, &sessions);
	if (!ret)
		ret = repair->copy ? check_end(open) : plain_check_area(open);
	if (!ret)
		ret = check_newer(open, repair, sessions);
	if (!ret && !repair->dry_run)
		ret = restore(open, repair, what);
	return ret;
}
