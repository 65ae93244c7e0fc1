// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for disks that fail, lose their power or are zoned.
 *
 * Linked with --wrap: pwrite(), fsync(), renameat2(), ioctl() and more of the tool
 * arrive here. The first is called pwrite64() in the C library, if offsets have
 * 64 bits.
 *
 *	FAKE_IO_FAULT	"<offset> <errno> <words>": a write to the device of a
 *			stack at that offset or behind it fails, and last_error
 *			gets the words
 *	FAKE_STACK	folder of the stack that FAKE_IO_FAULT is about; outside
 *			a dump, writes to its device fail with EIO
 *	FAKE_PWRITE	"<n> <bytes> <errno>": of the n-th pwrite(), counted from
 *			1, only so many bytes are written; then it fails with
 *			errno, or if that is 0, the program ends at once, as if
 *			the power were gone
 *	FAKE_BAD	"<offset> <bytes> <errno> [replaced]": of the disk or file, which can
 *			neither be read by the tool itself nor written, nor can libblkid
 *			look at it; "replaced": it can be written, and then read as well
 *	FAKE_SILENT	what is read from this file never comes
 *	FAKE_PREAD	"<n> <file>": from the n-th pread() of the tool itself on, what is read is
 *			in that file
 *	FAKE_SIGNAL	"<signal>": arrives at every pwrite()
 *	FAKE_SLOW	"<ms>": every pwrite() and fsync() takes so long
 *	FAKE_FSYNC	"<n> <errno>": the n-th fsync() fails
 *	FAKE_POOR	words for what the file system cannot do, one after the
 *			other: "rename": not RENAME_NOREPLACE (EINVAL), "link":
 *			EPERM, "lock": ENOLCK, "nolock": EOPNOTSUPP,
 *			"nosyscall": flock() is not there (ENOSYS), "folder":
 *			fsync() of a folder (EINVAL), "direct": past the page cache
 *			(EINVAL)
 *	FAKE_WRONG	"<n>": the n-th pwrite() writes other bytes than it was
 *			given, and says that all is well
 *	FAKE_CUT	"<n>": at the n-th of all pwrite(), fsync(), renameat2(),
 *			mkdirat() and unlinkat() the program ends at once; of a
 *			pwrite() the first half is written, the others are not
 *			done
 *	FAKE_DISK_LOG	file that gets a line for each of these
 *	FAKE_OWNER	set: what one makes is somebody else's, as with root_squash
 *	FAKE_ZONED	set: every device is zoned
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkzoned.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uapi/linux/dumpflt.h>

#include "fake_kernel.h"

#define POWER_GONE	137	/* exit code */

static void log_line(const char *line)
{
	const char *path = getenv("FAKE_DISK_LOG");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s\n", line);
	fclose(file);
}

static void be_slow(void)
{
	const char *ms = getenv("FAKE_SLOW");

	if (ms)
		usleep((useconds_t)atoi(ms) * 1000);
}

/* Is this where the program ends? */
static bool is_cut(void)
{
	const char *cut = getenv("FAKE_CUT");
	static unsigned int nr;

	return cut && ++nr == (unsigned int)atoi(cut);
}

/* Is the file system too poor for that? Then with this errno */
static bool is_poor(const char *word, int err)
{
	const char *poor = getenv("FAKE_POOR");
	size_t len = strlen(word);

	while (poor && *poor) {
		if (strcspn(poor, " ") == len && !strncmp(poor, word, len)) {
			errno = err;
			return true;
		}
		poor += strcspn(poor, " ");
		poor += strspn(poor, " ");
	}
	return false;
}

/* Other bytes, of which the writer knows nothing. It may go past the page cache */
static ssize_t write_wrong(int fd, const void *data, size_t len, off_t offset)
{
	unsigned char first = (unsigned char)~*(const unsigned char *)data;
	int other = open(fake_path("/proc/self/fd/%d", fd), O_WRONLY | O_CLOEXEC);

	if (other < 0 || __real_pwrite64(fd, data, len, offset) != (ssize_t)len ||
	    __real_pwrite64(other, &first, 1, offset) != 1 || close(other))
		abort();
	return (ssize_t)len;
}

static pid_t began_as;

__attribute__((constructor)) static void remember_process(void)
{
	began_as = getpid();
}

/* The disk has put a good block in the place of the bad one */
static bool is_replaced;

static bool is_bad(off_t offset, size_t len, bool writing)
{
	const char *bad = is_replaced ? NULL : getenv("FAKE_BAD");
	unsigned long long from, bytes;
	char word[16];
	int err, n;

	if (!bad || began_as != getpid())
		return false;
	n = sscanf(bad, "%llu %llu %d %15s", &from, &bytes, &err, word);
	if (n < 3 || (n == 4 && strcmp(word, "replaced")))
		abort();
	if ((unsigned long long)offset >= from + bytes || (unsigned long long)offset + len <= from)
		return false;
	is_replaced = writing && n == 4;
	errno = err;
	return !is_replaced;
}

/* What has no name is no disk */
int __wrap_blkid_do_probe(blkid_probe probe)
{
	struct stat st;

	if (getenv("FAKE_BAD") && !is_replaced && !fstat(blkid_probe_get_fd(probe), &st) &&
	    st.st_nlink)
		return -1;
	return __real_blkid_do_probe(probe);
}

ssize_t __wrap_pwrite64(int fd, const void *data, size_t len, off_t offset)
{
	const char *fault = getenv("FAKE_PWRITE");
	const char *signal = getenv("FAKE_SIGNAL");
	const char *wrong = getenv("FAKE_WRONG");
	static unsigned int nr;
	unsigned int at;
	size_t bytes;
	int err;

	log_line(fake_path("pwrite %lld %zu", (long long)offset, len));
	be_slow();
	if (fcntl(fd, F_GETFL) & O_DIRECT && is_poor("direct", EINVAL))
		return -1;
	if (signal)
		raise(atoi(signal));
	if (is_bad(offset, len, true))
		return -1;
	if (is_cut()) {
		if (__real_pwrite64(fd, data, len / 2, offset) < 0)
			abort();
		_exit(POWER_GONE);
	}
	nr++;
	if (wrong && nr == (unsigned int)atoi(wrong))
		return write_wrong(fd, data, len, offset);
	if (!fault)
		return __real_pwrite64(fd, data, len, offset);
	if (sscanf(fault, "%u %zu %d", &at, &bytes, &err) != 3)
		abort();
	if (nr != at)
		return __real_pwrite64(fd, data, len, offset);
	if (bytes && __real_pwrite64(fd, data, bytes, offset) != (ssize_t)bytes)
		abort();
	if (!err)
		_exit(POWER_GONE);
	errno = err;
	return -1;
}

/* A disk that does not answer */
static void be_silent(int fd)
{
	const char *path = getenv("FAKE_SILENT");
	struct stat named, ours;

	if (path && !stat(path, &named) && !fstat(fd, &ours) &&
	    named.st_dev == ours.st_dev && named.st_ino == ours.st_ino)
		for (;;)
			pause();
}

ssize_t __wrap_pread64(int fd, void *data, size_t len, off_t offset)
{
	const char *other = getenv("FAKE_PREAD");
	static unsigned int nr;
	unsigned int from;
	int at;

	be_silent(fd);
	if (is_bad(offset, len, false))
		return -1;
	if (!other || began_as != getpid())
		return __real_pread64(fd, data, len, offset);
	if (sscanf(other, "%u %n", &from, &at) != 1)
		abort();
	if (++nr < from)
		return __real_pread64(fd, data, len, offset);
	fd = open(other + at, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		abort();
	len = (size_t)__real_pread64(fd, data, len, offset);
	close(fd);
	return (ssize_t)len;
}

static bool is_folder(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

int __wrap_fsync(int fd)
{
	const char *fault = getenv("FAKE_FSYNC");
	static unsigned int nr;
	unsigned int at;
	int err;

	log_line("fsync");
	be_slow();
	if (is_cut())
		_exit(POWER_GONE);
	if (is_folder(fd) && is_poor("folder", EINVAL))
		return -1;
	if (!fault)
		return __real_fsync(fd);
	if (sscanf(fault, "%u %d", &at, &err) != 2)
		abort();
	if (++nr != at)
		return __real_fsync(fd);
	errno = err;
	return -1;
}

int __wrap_renameat2(int from_fd, const char *from, int to_fd, const char *to,
		     unsigned int flags)
{
	log_line("rename");
	if (is_cut())
		_exit(POWER_GONE);
	if (is_poor("rename", EINVAL))
		return -1;
	return __real_renameat2(from_fd, from, to_fd, to, flags);
}

int __wrap_mkdirat(int folder, const char *name, mode_t mode)
{
	log_line("mkdir");
	if (is_cut())
		_exit(POWER_GONE);
	return __real_mkdirat(folder, name, mode);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
	log_line("unlink");
	if (is_cut())
		_exit(POWER_GONE);
	return __real_unlinkat(folder, name, flags);
}

int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to,
		  int flags)
{
	return is_poor("link", EPERM) ? -1 :
	       __real_linkat(from_fd, from, to_fd, to, flags);
}

int __wrap_flock(int fd, int operation)
{
	return is_poor("lock", ENOLCK) || is_poor("nolock", EOPNOTSUPP) ||
	       is_poor("nosyscall", ENOSYS) ? -1 :
	       __real_flock(fd, operation);
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	if (request != BLKGETZONESZ || !getenv("FAKE_ZONED"))
		return __real_ioctl(fd, request, arg);
	*(__u32 *)arg = 524288;
	return 0;
}

uid_t __wrap_geteuid(void)
{
	return getenv("FAKE_OWNER") ? __real_geteuid() + 1 : __real_geteuid();
}

/* In a dump area a session takes whole blocks, as many as the slot holds */
static int area_fault(const char *stack, off_t offset, size_t len)
{
	if (offset % DUMPFLT_AREA_BLOCK || len % DUMPFLT_AREA_BLOCK)
		return -EINVAL;
	return (__u64)offset + len > fake_area_room(stack) ? -ENOSPC : 0;
}

/**
 * fake_write_fault() - shall a write fail?
 * @path: of what @fd is
 * @fd: written to
 * @len: bytes that are to be written there
 *
 * To the device of a stack only in a dump, and only up to a fault.
 *
 * Return: 0 or the negative errno
 */
int fake_write_fault(const char *path, int fd, size_t len)
{
	const char *fault = getenv("FAKE_IO_FAULT");
	const char *folder = getenv("FAKE_STACK");
	off_t offset = lseek(fd, 0, SEEK_CUR);
	char message[256] = "";
	long long from;
	bool area;
	int err;

	if (!folder)
		return 0;
	area = fake_area_used(folder);
	if (strcmp(area ? fake_device(folder) :
		   fake_get(fake_path("%s/target", folder)), path))
		return 0;
	if (strcmp(fake_get(fake_path("%s/state", folder)), DUMPFLT_STATE_STARTED))
		return -EIO;
	if (!fault)
		return area ? area_fault(folder, offset, len) : 0;
	if (sscanf(fault, "%lld %d %255[^\n]", &from, &err, message) < 2)
		abort();
	if (offset < from)
		return 0;
	fake_put(fake_path("%s/last_error", folder), message);
	return -err;
}
