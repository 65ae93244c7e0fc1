// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arming a machine for its next crash, and disarming it.
 *
 * A load that fails leaves the machine without a capture kernel. So the new one
 * is tried in another place first, the image that works is kept until then, and
 * is loaded again if all the same something goes wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "deploy/arm.h"
#include "deploy/image.h"
#include "deploy/kexec.h"
#include "deploy/made_from.h"
#include "deploy/marker.h"
#include "deploy/others.h"
#include "deploy/record.h"
#include "deploy/waits.h"
#include "lib/json.h"
#include "lib/report.h"
#include "module/version.h"

#define IMAGE		RECORD_FOLDER "/capture.img"
#define IMAGE_NEW	RECORD_FOLDER "/capture.img.new"

/* One at a time. Returns: a descriptor, or a negative errno, which is reported */
static int begin(void)
{
	int folder = record_folder(), fd;

	if (folder < 0)
		return folder;
	fd = openat(folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	close(folder);
	if (fd >= 0 && !flock(fd, LOCK_EX))
		return fd;
	report_error("waiting for another arm or disarm", RECORD_FOLDER, errno);
	if (fd >= 0)
		close(fd);
	return -EIO;
}

static void add_image(struct json_object *record, const char *path)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	size_t size = 0;
	char *data = root_load(path, &size);

	json_add_number(record, "image_bytes", size);
	if (data && EVP_Digest(data, size, digest, &len, EVP_sha256(), NULL))
		json_add_hex(record, "image_sha256", digest, len);
	free(data);
}

static struct json_object *describe(const struct plan *plan, const char *image)
{
	struct json_object *record = json_object_new_object();
	char id[AREA_ID_TEXT], when[TEXT_TIME_MAX];
	char args[ARGS_TEXT_MAX];
	struct waits waits;

	plan_args(plan, args);
	waits_add_up(&plan->config, &waits);
	text_hex(plan->id, AREA_ID_SIZE, id);
	text_time((__u64)time(NULL), when);
	json_add_text(record, "armed", when);
	json_add_text(record, "tool_version", DUMPFLT_VERSION);
	json_add_text(record, "release", plan->release);
	json_add_text(record, "kernel", plan->kernel);
	json_add_text(record, "cmdline", plan->cmdline);
	json_add_text(record, "area", id);
	json_add_text(record, "device", plan->device);
	json_add_text(record, "args", args);
	json_add_text(record, "args_why", plan->args_why[0] ? plan->args_why : NULL);
	json_add_number(record, "need_bytes", plan->need);
	json_add_number(record, "reserved_bytes", plan->reserve);
	json_add_number(record, "unpacked_bytes", plan->image_bytes);
	json_add_number(record, "max_seconds", waits.total);
	add_image(record, image);
	made_from_add(record, plan);
	return record;
}

/*
 * What was loaded before is loaded again, so that a crash now is not lost. If it
 * cannot be, the record stays, and says so to all that ask for it.
 */
static void put_back(struct json_object *old)
{
	char image[ROOT_PATH_MAX];

	root_path(image, IMAGE);
	if (old && !access(image, R_OK) &&
	    !kexec_load_crash(json_text(old, "kernel"), image, json_text(old, "cmdline"))) {
		report_hint("What was loaded before is loaded again.");
		return;
	}
	if (old)
		record_lose(old, "loading another capture kernel took it away, and it could not be loaded again");
	else
		record_remove();
	marker_remove_own();
	report_hint("The machine is NOT armed now: a crash leaves no dump.");
}

/*
 * Where the trial would be, another kernel waits for 'kexec -e'. Without one, only a kernel that
 * was taken before may take the place of what is loaded: then there is a way back
 */
static int try_first(const struct plan *plan, const char *fresh, struct json_object *old)
{
	if (!kexec_is_loaded())
		return kexec_try(plan->kernel, fresh, plan->cmdline);
	if (!old || !record_is_loaded() || made_from_has(old, plan->kernel)) {
		report_warning("a kernel is loaded for 'kexec -e': the capture kernel is not tried in its place first");
		return 0;
	}
	report_failure("trying the capture kernel", "/sys/kernel/kexec_loaded", "a kernel is loaded for 'kexec -e' in the place of the trial, and without one what is armed could be lost");
	report_hint("Unload it: kexec -s -u; or reboot into it: kexec -e");
	return -EBUSY;
}

/* From the load on until it is written down */
static int replace(const struct plan *plan, const char *fresh, struct json_object *record,
		   struct json_object *old)
{
	char image[ROOT_PATH_MAX];
	/* without one before, whoever kills this must not leave a kernel that nobody has loaded */
	int ret = old ? 0 : record_write(record);

	if (ret)
		return ret;
	root_path(image, IMAGE);
	ret = kexec_load_crash(plan->kernel, fresh, plan->cmdline);
	if (ret) {
		put_back(old);
		return ret;
	}
	if (rename(fresh, image)) {
		ret = -errno;
		report_error("keeping the image", image, -ret);
	}
	if (!ret)
		marker_write(plan);
	return ret ? ret : record_write(record);
}

/* In between the machine may not be armed: who wants to end this waits for what it comes to */
static int replace_undisturbed(const struct plan *plan, const char *fresh,
			       struct json_object *record, struct json_object *old)
{
	sigset_t ends, before;
	int ret;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	ret = replace(plan, fresh, record, old);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

/* Of what is armed. Returns: NULL if nothing is, though it may have been */
static struct json_object *read_armed(void)
{
	return record_is_ours() ? record_read() : NULL;
}

static int load(const struct plan *plan, const char *fresh, struct json_object *record,
		bool takeover)
{
	struct json_object *old = read_armed();
	int ret = try_first(plan, fresh, old);

	/* nothing was taken away yet */
	if (!ret && takeover)
		ret = others_take_over();
	if (!ret)
		ret = replace_undisturbed(plan, fresh, record, old);
	json_object_put(old);
	return ret;
}

/**
 * arm() - build the image, load it, and write down what was loaded
 * @plan: made, and nothing stands in its way
 * @takeover: stop whoever else loads a capture kernel, once this one is known to be taken
 * @record: set to what was written down, for json_object_put()
 *
 * Return: 0 or a negative errno, which is reported
 */
int arm(const struct plan *plan, bool takeover, struct json_object **record)
{
	char fresh[ROOT_PATH_MAX];
	int locked = begin(), ret;

	*record = NULL;
	if (locked < 0)
		return locked;
	root_path(fresh, IMAGE_NEW);
	ret = image_build(plan, fresh);
	if (!ret) {
		*record = describe(plan, fresh);
		ret = load(plan, fresh, *record, takeover);
	}
	unlink(fresh);
	close(locked);
	return ret;
}

/**
 * disarm() - unload the capture kernel that arm() loaded
 * @was_armed: set to whether arm() had left a record of one
 *
 * Return: 0, also if there was none; a negative errno, which is reported
 */
int disarm(bool *was_armed)
{
	char image[ROOT_PATH_MAX];
	int locked, ret = 0;

	*was_armed = false;
	if (!record_is_ours() && record_is_loaded()) {
		report_failure("disarming", "/sys/kernel/kexec_crash_loaded",
			       "a capture kernel is loaded, and not by 'dumpflt arm'");
		report_hint("Whoever loaded it should unload it; or run: kexec -s -p -u");
		return -EBUSY;
	}
	if (!record_is_there())
		return 0;
	locked = begin();
	if (locked < 0)
		return locked;
	*was_armed = true;
	if (record_is_loaded())
		ret = kexec_unload_crash();
	if (!ret) {
		record_remove();
		marker_remove_own();
		root_path(image, IMAGE);
		unlink(image);
	}
	close(locked);
	return ret;
}
