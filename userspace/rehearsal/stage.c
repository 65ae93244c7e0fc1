// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a rehearsal takes place: the image that a capture kernel would get, unpacked
 * into memory, with its modules loaded.
 *
 * It is in a mount namespace of its own: nobody else sees it, and it goes with the
 * last process in it, however that ends. ramfs, as in the capture kernel, is never
 * swapped out, so that no page of the sample gets to a disk in the clear.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/image.h"
#include "deploy/record.h"
#include "deploy/uncpio.h"
#include "lib/folder.h"
#include "lib/report.h"
#include "rehearsal/stage.h"

#define OP	"preparing the rehearsal"
#define IMAGE	RECORD_FOLDER "/rehearsal.img"
#define FOLDER	RECORD_FOLDER "/rehearsal"

static int fails(const char *object)
{
	int err = errno;

	report_error(OP, object, err);
	if (err == EPERM || err == EACCES)
		report_hint("Only root may rehearse.");
	return -err;
}

/* One at a time */
static int begin(struct stage *stage)
{
	stage->made_folder = access(RECORD_FOLDER, F_OK) != 0;
	stage->lock = folder_make_own(RECORD_FOLDER, 0700);
	if (stage->lock < 0) {
		errno = -stage->lock;
		return fails(RECORD_FOLDER);
	}
	/* who cannot open it cannot lock it */
	if (fchmod(stage->lock, 0700))
		return fails(RECORD_FOLDER);
	if (flock(stage->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return fails(RECORD_FOLDER);
		report_failure(OP, RECORD_FOLDER, "another rehearsal is running");
		return -EBUSY;
	}
	copy_string(stage->folder, sizeof(stage->folder), FOLDER);
	return mkdir(FOLDER, 0700) && errno != EEXIST ? fails(FOLDER) : 0;
}

static int mount_memory(struct stage *stage)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fails("/");
	/* that of this namespace: of another one nothing can be unmounted */
	stage->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (stage->root < 0)
		return fails("/");
	if (mount("ramfs", FOLDER, "ramfs", MS_NOSUID, "mode=0700"))
		return fails(FOLDER);
	stage->mounted = true;
	return 0;
}

/* What process 1 of the capture kernel mounts is here what this kernel has */
static int mount_kernel(void)
{
	static const char * const folders[] = { "/dev", "/proc", "/sys" };
	char path[ROOT_PATH_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		format_string(path, sizeof(path), FOLDER "%s", folders[i]);
		if ((mkdir(path, 0755) && errno != EEXIST) ||
		    mount(folders[i], path, NULL, MS_BIND | MS_REC, NULL))
			return fails(path);
	}
	return mkdir(FOLDER "/run", 0755) && errno != EEXIST ? fails(FOLDER "/run") : 0;
}

static int unpack(const struct plan *plan)
{
	int ret = image_build(plan, IMAGE);

	if (ret)
		return ret;
	ret = image_unpack(IMAGE, FOLDER);
	if (ret)
		report_error("unpacking the image", IMAGE, -ret);
	unlink(IMAGE);
	return ret;
}

/**
 * stage_open() - make the place
 * @stage: filled; for stage_close(), also if this fails
 * @plan: made
 *
 * Return: 0 or a negative errno, which is reported
 */
int stage_open(struct stage *stage, const struct plan *plan)
{
	int ret;

	memset(stage, 0, sizeof(*stage));
	stage->lock = -1;
	stage->root = -1;
	if (root()[0]) {
		report_failure(OP, root(), "a folder has no kernel of its own");
		return -EOPNOTSUPP;
	}
	ret = begin(stage);
	if (!ret)
		ret = mount_memory(stage);
	if (!ret)
		ret = unpack(plan);
	if (!ret)
		ret = mount_kernel();
	return ret ? ret : stage_load(stage);
}

/* / is the place from now on. Returns: 0 or a negative errno, which is reported */
int stage_enter(struct stage *stage)
{
	if (chroot(stage->folder))
		return fails(stage->folder);
	stage->inside = true;
	return chdir("/") ? fails(stage->folder) : 0;
}

void stage_leave(struct stage *stage)
{
	if (stage->inside && (fchdir(stage->root) || chroot(".")))
		fails("/");
	stage->inside = false;
}

/* What cannot be taken away is said */
void stage_close(struct stage *stage)
{
	stage_leave(stage);
	stage_unload(stage);
	if (stage->mounted && umount2(stage->folder, MNT_DETACH))
		fails(stage->folder);
	if (stage->folder[0])
		rmdir(stage->folder);
	if (stage->root >= 0)
		close(stage->root);
	if (stage->made_folder)
		rmdir(RECORD_FOLDER);
	if (stage->lock >= 0)
		close(stage->lock);
}
