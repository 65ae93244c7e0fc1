// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sealed dump in an age file, for other readers.
 *
 * The key of the file is sealed anew, to others; nonce and payload stay as they are. So
 * nothing is in the clear meanwhile, on no disk, and what opens it can be given to somebody
 * for one dump, without the key that opens all. Each chunk is opened on its way: what comes
 * out is whole.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "age/file.h"
#include "age/wrap.h"
#include "dumps/copy_verify.h"
#include "dumps/from.h"
#include "dumps/open.h"
#include "dumps/reseal.h"
#include "lib/finding.h"
#include "lib/progress.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

/**
 * struct reseal - under way
 * @options: what is wanted
 * @io: of the old file
 * @file: that, open
 * @reader: of its chunks
 * @sink: the new one
 */
struct reseal {
	const struct reseal_options	*options;
	struct area_io			io;
	struct age_file			file;
	struct age_reader		reader;
	struct sink			sink;
};

static int put(struct reseal *r, const void *data, size_t len)
{
	return sink_put_dump(&r->sink, r->sink.position, data, len);
}

static int put_header(struct reseal *r)
{
	const struct recipients *to = &r->options->recipients;
	char header[AGE_WRAP_MAX];
	size_t len;
	int ret;

	ret = age_header_wrap(r->file.keys.file, to->key, to->nr, header, &len);
	if (ret) {
		report_error("sealing the key", r->options->out, -ret);
		return ret;
	}
	ret = put(r, header, len);
	return ret ? ret : put(r, r->file.nonce, sizeof(r->file.nonce));
}

static int report_chunk(const struct reseal *r, __u64 number, int ret)
{
	if (ret != -EBADMSG) {
		report_error("reading the age file", r->options->path, -ret);
		return ret;
	}
	finding_add(FINDING_DAMAGED);
	report_failure("opening", r->options->path, "%s", r->reader.wrong);
	if (number)
		report_hint("'dumpflt extract --salvage --identity KEY --device %s OUT' gives out what is before that.",
			    r->options->path);
	return ret;
}

static int put_chunks(struct reseal *r)
{
	__u64 number, nr = r->file.nr_chunks;
	struct progress progress;
	int ret = 0;

	progress_start(&progress);
	for (number = 0; !ret && number < nr; number++) {
		if (signals_stop()) {
			ret = sink_report_stop(&r->sink);
			break;
		}
		ret = age_reader_chunk(&r->reader, number);
		ret = ret ? report_chunk(r, number, ret) :
			    put(r, r->reader.sealed, r->reader.len + DUMPFLT_AGE_TAG);
		progress_show(&progress, "Resealing", (int)((number + 1) * 1000 / nr),
			      r->sink.position);
	}
	progress_end(&progress);
	return ret;
}

static int copy(struct reseal *r)
{
	int ret = age_reader_begin(&r->reader, &r->file);

	if (ret)
		report_error("opening", r->options->path, -ret);
	if (!ret)
		ret = put_header(r);
	if (!ret)
		ret = put_chunks(r);
	return ret ? ret : sink_sync(&r->sink);
}

/* What is needed must not be replaced: the old file, and the keys */
static int open_output(struct reseal *r)
{
	int ret;

	r->sink = (struct sink){
		.from = r->options->path, .out = r->options->out, .raw = true,
		.job = "resealing",
	};
	sink_keep_file(&r->sink, r->io.fd, "what is to be resealed");
	sink_keep_receipt(&r->sink);
	ret = sink_keep_keys(&r->sink, &r->options->identity);
	return ret ? ret : sink_open(&r->sink, r->options->force);
}

static int reseal_opened(struct reseal *r)
{
	int ret = open_output(r);

	return ret ? ret : sink_close(&r->sink, copy(r));
}

/* A new name that does not say so would make a whole dump of it for who reads that */
static int check_part(const struct reseal_options *options)
{
	if (!copy_is_known_part(options->path) ||
	    (copy_is_part(options->out) && text_ends(options->out, ".age")))
		return 0;
	finding_add(FINDING_INCOMPLETE);
	report_failure("resealing", options->path, "it is a part of a dump, and OUT is not called so");
	report_hint("The name of OUT has to end in '.part.age', too.");
	return -EINVAL;
}

static int reseal_file(struct reseal *r, const struct age_identities *ids)
{
	const char *path = r->options->path;
	int ret;

	ret = area_io_open(&r->io, path, false);
	if (ret) {
		area_report_open(path, ret);
		return ret;
	}
	if (!age_file_begins(&r->io)) {
		finding_add(FINDING_NO_DUMP);
		report_failure("opening", path, "it is no age file");
		(void)area_hint_known(&r->io, path);
		ret = -EBADMSG;
	} else {
		ret = check_part(r->options);
	}
	if (!ret)
		ret = from_age_open(&r->file, &r->io, path, ids);
	if (!ret)
		ret = reseal_opened(r);
	age_file_wipe(&r->file);
	age_reader_end(&r->reader);
	area_io_close(&r->io);
	return ret;
}

/**
 * reseal_run() - write an age file anew, for others
 * @options: which, and for whom
 * @bytes: set to how long the new one is
 *
 * Needs signals_catch(). Prints what goes wrong, and the progress.
 *
 * Return: 0 if the new file is whole and durable, else a negative errno
 */
int reseal_run(const struct reseal_options *options, __u64 *bytes)
{
	struct reseal r = { .options = options };
	struct age_identities ids;
	int ret = identities_read(&ids, &options->identity);

	if (!ret)
		ret = reseal_file(&r, &ids);
	age_identities_wipe(&ids);
	*bytes = r.sink.position;
	return ret;
}
