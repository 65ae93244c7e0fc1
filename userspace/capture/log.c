// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log, before the dump: what is known of the crash even if makedumpfile
 * does not know the kernel, hangs, or fills the target.
 *
 * It is the first record of the stream, see flat/log.c, and on stable storage
 * before makedumpfile is started. A log that cannot be had is a warning, and the
 * stream is makedumpfile's alone. One that cannot be written is as bad as a dump
 * that cannot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/kmsg.h"
#include "lib/report.h"

/* No machine has more, and nothing overflows */
#define MEMORY_MAX	0x100000000000000ULL
/* Of a log whose beginning is cut, the first line is looked for in so much */
#define LINE_MAX_SIZE	4096
/* Program headers that are read at a time */
#define HEADERS		64

/* Where the physical memory ends that an ELF file of 64 bits has; 0: it is none */
static __u64 memory_end(int fd)
{
	Elf64_Phdr headers[HEADERS];
	Elf64_Ehdr head;
	__u64 end = 0;
	size_t nr, i, have;
	ssize_t n;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 ||
	    head.e_phentsize != sizeof(*headers))
		return 0;
	for (nr = 0; nr < head.e_phnum; nr += HEADERS) {
		n = pread(fd, headers, sizeof(headers),
			  (off_t)(head.e_phoff + nr * sizeof(*headers)));
		have = n > 0 ? (size_t)n / sizeof(*headers) : 0;
		for (i = 0; i < have && nr + i < head.e_phnum; i++)
			if (headers[i].p_type == PT_LOAD &&
			    headers[i].p_paddr + headers[i].p_memsz > end)
				end = headers[i].p_paddr + headers[i].p_memsz;
	}
	return end;
}

/* Behind all that makedumpfile can write of this vmcore */
static __u64 find_place(const char *vmcore)
{
	int fd = open(vmcore, O_RDONLY | O_CLOEXEC);
	__u64 size = 0, end = 0;
	struct stat st;

	if (fd >= 0) {
		if (!fstat(fd, &st) && st.st_size > 0)
			size = (__u64)st.st_size;
		end = memory_end(fd);
		close(fd);
	}
	/* of 32 bits, or of none that is known */
	if (end < size)
		end = size;
	return flat_log_place(size < MEMORY_MAX ? size : MEMORY_MAX,
			      end < MEMORY_MAX ? end : MEMORY_MAX);
}

/* Where the first whole line begins */
static size_t first_line(const struct kmsg *log)
{
	unsigned char text[LINE_MAX_SIZE];
	size_t have = 0, n;
	const unsigned char *end;

	if (log->total <= log->room)
		return 0;
	while ((n = kmsg_copy(log, have, text + have, sizeof(text) - have)))
		have += n;
	end = memchr(text, '\n', have);
	return end && end + 1 < text + have ? (size_t)(end + 1 - text) : 0;
}

/* From @at of the log on, and zeros when there is no more */
static void fill_buffer(struct blkout *out, const struct kmsg *log, size_t *at,
			__u64 size)
{
	size_t room = BLKOUT_SIZE, n;

	if (room > size - out->written)
		room = (size_t)(size - out->written);
	while ((n = kmsg_copy(log, *at, out->buffer + out->have, room - out->have))) {
		*at += n;
		out->have += n;
	}
	memset(out->buffer + out->have, 0, room - out->have);
	out->have = room;
}

static int write_log(struct capture *c, const struct kmsg *log)
{
	size_t at = first_line(log);
	size_t len = kmsg_have(log) - at;
	__u64 size = flat_log_size(len);
	__u32 flags = (log->total > log->room ? FLAT_LOG_CUT : 0) |
		      (log->torn ? FLAT_LOG_TORN : 0);
	int ret = 0;

	c->log_place = find_place(c->config->vmcore);
	flat_log_begin(c->out.buffer, c->log_place, len, flags);
	c->out.have = FLAT_LOG_START;
	while (!ret && c->out.written < size) {
		fill_buffer(&c->out, log, &at, size);
		ret = store_flush(c);
	}
	if (!ret)
		ret = store_checkpoint(c);
	if (ret)
		return ret;
	c->log_end = size;
	c->drop = FLAT_HEADER_SIZE;
	c->result->bytes = size;
	c->result->log_bytes = len;
	return 0;
}

/**
 * log_keep() - write the kernel log
 * @c: a session of the stack is open, and its device; nothing is written yet
 *
 * Return: 0, also if there is no log, which is said; a negative errno if there is
 * to be no dump either, which is reported
 */
int log_keep(struct capture *c)
{
	struct kmsg log;
	int ret;

	if (!c->config->log)
		return 0;
	steps_enter(c->steps, STEP_LOG);
	ret = kmsg_read(c, &log);
	if (ret)
		ret = store_check_stop(c);
	else if (!log.total)
		report_warning("the kernel log is not kept: %s; the dump goes on without it",
			       log.why);
	else
		ret = write_log(c, &log);
	if (!ret && log.total && log.why[0])
		report_warning("the end of the kernel log may be missing: %s",
			       log.why);
	kmsg_free(&log);
	return ret;
}
