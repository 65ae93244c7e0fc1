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
#include "deploy/record.h"
#include "lib/json.h"
#include "lib/report.h"
#include "module/version.h"

#define IMAGE		RECORD_FOLDER "/capture.img"
#define IMAGE_NEW	RECORD_FOLDER "/capture.img.new"

/* One at a time. Returns: a descriptor, or a negative errno, which is reported */
static int begin(void)
{
	char folder[ROOT_PATH_MAX], path[ROOT_PATH_MAX];
	int fd;

	root_path(folder, RECORD_FOLDER);
	root_path(path, RECORD_FOLDER "/lock");
	if (mkdir(folder, 0700) && errno != EEXIST) {
		report_error("making the folder", folder, errno);
		return -errno;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && !flock(fd, LOCK_EX))
		return fd;
	report_error("waiting for another arm or disarm", path, errno);
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

	text_hex(plan->id, AREA_ID_SIZE, id);
	text_time((__u64)time(NULL), when);
	json_add_text(record, "armed", when);
	json_add_text(record, "version", DUMPFLT_VERSION);
	json_add_text(record, "release", plan->release);
	json_add_text(record, "kernel", plan->kernel);
	json_add_text(record, "cmdline", plan->cmdline);
	json_add_text(record, "area", id);
	json_add_text(record, "device", plan->device);
	json_add_number(record, "need_bytes", plan->need);
	json_add_number(record, "reserved_bytes", plan->reserve);
	json_add_number(record, "unpacked_bytes", plan->image_bytes);
	add_image(record, image);
	made_from_add(record, plan);
	return record;
}

/* What was loaded before is loaded again, so that a crash now is not lost */
static void put_back(struct json_object *old)
{
	char image[ROOT_PATH_MAX];

	root_path(image, IMAGE);
	if (old && !access(image, R_OK) &&
	    !kexec_load_crash(record_text(old, "kernel"), image, record_text(old, "cmdline"))) {
		report_hint("What was loaded before is loaded again.");
		return;
	}
	record_remove();
	unlink(image);
	report_hint("The machine is NOT armed now: a crash leaves no dump.");
}

static int load(const struct plan *plan, const char *fresh, struct json_object *record)
{
	struct json_object *old = record_read();
	char image[ROOT_PATH_MAX];
	int ret;

	root_path(image, IMAGE);
	ret = kexec_try(plan->kernel, fresh, plan->cmdline);
	if (ret) {
		/* nothing was taken away yet */
		json_object_put(old);
		return ret;
	}
	ret = kexec_load_crash(plan->kernel, fresh, plan->cmdline);
	if (ret)
		put_back(old);
	json_object_put(old);
	if (!ret && rename(fresh, image)) {
		ret = -errno;
		report_error("keeping the image", image, -ret);
	}
	return ret ? ret : record_write(record);
}

/**
 * arm() - build the image, load it, and write down what was loaded
 * @plan: made, and nothing stands in its way
 * @record: set to what was written down, for json_object_put()
 *
 * Return: 0 or a negative errno, which is reported
 */
int arm(const struct plan *plan, struct json_object **record)
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
		ret = load(plan, fresh, *record);
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
	if (!record_is_there() && record_is_loaded()) {
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
		root_path(image, IMAGE);
		unlink(image);
	}
	close(locked);
	return ret;
}
