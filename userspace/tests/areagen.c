// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * areagen: write a dump into a slot of a dump area, as the kernel would.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: areagen IMAGE DUMP [digest] [changes] [WHAT]
 * The area must have been made by 'dumpflt format'. DUMP goes to the next free
 * slot. WHAT is how it ends: complete (default), torn: no receipt, notrailer:
 * torn before the trailer, failed or interrupted: with such a receipt.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "area_writer.h"

static void put_dump(struct area_writer *w, const char *path)
{
	static char buffer[50000];
	FILE *from = fopen(path, "r");
	size_t n;

	if (!from)
		err(1, "%s", path);
	while ((n = fread(buffer, 1, sizeof(buffer), from)))
		area_writer_data(w, buffer, n);
	if (ferror(from))
		err(1, "%s", path);
	fclose(from);
}

static void put_end(struct area_writer *w, const char *what)
{
	static const char why[] = "made to fail\033[31m";

	if (!strcmp(what, "notrailer")) {
		area_writer_rest(w);
		return;
	}
	area_writer_trailer(w);
	if (!strcmp(what, "complete"))
		area_writer_receipt(w, DUMPFLT_SLOT_COMPLETE, NULL);
	else if (!strcmp(what, "failed"))
		area_writer_receipt(w, DUMPFLT_SLOT_FAILED, why);
	else if (!strcmp(what, "interrupted"))
		area_writer_receipt(w, DUMPFLT_SLOT_INTERRUPTED, why);
	else if (strcmp(what, "torn"))
		errx(2, "'%s' is no end of a dump", what);
}

int main(int argc, char **argv)
{
	struct area_writer_filter filter = { "digest", 0, 32 };
	const char *what = "complete";
	struct area_writer writer;
	__u32 nr_filters = 0;
	struct area area;
	struct area_io io;
	int i;

	if (argc < 3)
		errx(2, "Usage: areagen IMAGE DUMP [digest] [changes] [WHAT]");
	for (i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "digest"))
			nr_filters = 1;
		else if (!strcmp(argv[i], "changes"))
			filter.flags = DUMPFLT_DISK_FILTER_F_CHANGES;
		else
			what = argv[i];
	}
	if (area_io_open(&io, argv[1], true) || area_load(&area, &io))
		errx(1, "'%s' holds no area", argv[1]);
	area_writer_open(&writer, &area, area_writer_start(&area, NULL), &filter,
			 nr_filters);
	put_dump(&writer, argv[2]);
	put_end(&writer, what);
	area_writer_close(&writer);
	area_unload(&area);
	area_io_close(&io);
	return 0;
}
