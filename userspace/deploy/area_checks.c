// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Would the dump area take the next dump, and seal it for the right people?
 *
 * The functions print what is wrong, and what to do, and return a negative errno.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "capture/capture.h"
#include "capture/rehearse.h"
#include "deploy/locate.h"
#include "deploy/plan.h"
#include "deploy/waits.h"
#include "dumps/open.h"
#include "dumps/recipients.h"
#include "lib/report.h"

#define RECIPIENTS_FOLDER	"/etc/dumpflt/recipients.d"
#define COMPARING		"comparing the recipients"

/* Of a target that was named: what counts is the id of what is on it */
static int take_target(struct plan *plan)
{
	struct open_area open;
	char path[ROOT_PATH_MAX];
	int ret;

	root_path(path, "%s", plan->settings.target);
	ret = rehearse_device(path);
	if (ret)
		return ret;
	ret = open_area(&open, path, false);
	if (ret)
		return ret;
	memcpy(plan->id, open.area.header->fixed.uuid, AREA_ID_SIZE);
	close_area(&open);
	return 0;
}

static int find_area(struct plan *plan)
{
	int ret = 0;

	memcpy(plan->id, plan->settings.id, AREA_ID_SIZE);
	if (!plan->settings.id_said)
		ret = take_target(plan);
	if (ret)
		return ret;
	ret = locate_area(plan->id, plan->path, plan->device);
	if (ret == -ENODEV)
		report_hint("'dumpflt format DEVICE' makes one.");
	return ret;
}

/* All public keys of the folder. Returns: 0, also if there is none */
static int read_folder(struct recipients *recipients)
{
	char folder[ROOT_PATH_MAX], path[ROOT_PATH_MAX + 256];
	struct dirent *entry;
	int ret = 0;
	size_t len;
	DIR *dir;

	root_path(folder, RECIPIENTS_FOLDER);
	dir = opendir(folder);
	while (dir && !ret && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || len < 5 ||
		    strcmp(entry->d_name + len - 4, ".pub") != 0)
			continue;
		format_string(path, sizeof(path), "%s/%s", folder, entry->d_name);
		ret = recipients_read(recipients, path);
	}
	if (dir)
		closedir(dir);
	return ret;
}

/* One of @of that is not among @others, or NULL */
static const char *missing(const struct recipients *of, const struct recipients *others)
{
	unsigned int i, j;

	for (i = 0; i < of->nr; i++) {
		for (j = 0; j < others->nr; j++)
			if (!memcmp(of->key[i], others->key[j], DUMPFLT_BECH32_KEY))
				break;
		if (j == others->nr)
			return of->text[i];
	}
	return NULL;
}

/* Two lists that must be the same. Returns: false, and it is printed what is not */
static bool same_recipients(const char *device, const struct recipients *policy,
			    const struct recipients *folder)
{
	const char *one = missing(policy, folder);

	if (one) {
		report_failure(COMPARING, device, "the area's policy seals for %s, who is not in %s",
			       one, RECIPIENTS_FOLDER);
		return false;
	}
	one = missing(folder, policy);
	if (one)
		report_failure(COMPARING, device, "the area's policy does not seal for %s, who is in %s",
			       one, RECIPIENTS_FOLDER);
	return !one;
}

/* Whom this machine's dumps are for is said in two places: they must agree */
static int check_recipients(const struct plan *plan)
{
	static struct recipients folder, policy;
	struct stack_spec spec = plan->config.stack;
	const struct filter_spec *filter = spec_find_filter(&spec, RECIPIENT_FILTER);
	const char *device = plan->device;
	char error[SPEC_ERROR_MAX];
	int ret;

	memset(&folder, 0, sizeof(folder));
	memset(&policy, 0, sizeof(policy));
	ret = read_folder(&folder);
	if (ret || (!filter && !folder.nr))
		return ret;
	if (!filter)
		report_failure(COMPARING, device, "there are recipients in %s, and the area's policy does not seal its dumps",
			       RECIPIENTS_FOLDER);
	else if (!folder.nr)
		report_failure(COMPARING, device, "the area's policy seals its dumps, and %s names nobody",
			       RECIPIENTS_FOLDER);
	else if (!recipients_of_filter(&policy, filter, error))
		report_failure(COMPARING, device, "those of the area's policy are not understood");
	else if (same_recipients(device, &policy, &folder))
		return 0;
	report_hint("'dumpflt show %s' prints the policy. Put the public keys into %s/NAME.pub, or collect the dumps and format the area anew: dumpflt format --recipients-file FILE %s",
		    device, RECIPIENTS_FOLDER, device);
	return -EPERM;
}

/* Whose key is in a keyring of the running kernel, the capture kernel has not */
static int check_keys(const struct plan *plan)
{
	struct stack_spec spec = plan->config.stack;

	if (!spec_find_filter(&spec, "crypt"))
		return 0;
	report_failure("looking at the filters", plan->device,
		       "filter 'crypt' needs a key in the capture kernel, which this version does not bring there");
	report_hint("Seal to a public key: dumpflt format --recipient age1... %s", plan->device);
	return -EOPNOTSUPP;
}

/* How long a dump may take depends on how large it may be */
static int choose_seconds(struct plan *plan, const char *path)
{
	struct open_area open;
	__u64 seconds;
	int ret;

	if (plan->settings.seconds_said)
		return 0;
	ret = open_area(&open, path, false);
	if (ret)
		return ret;
	seconds = waits_for_slot((__u64)open.area.geo.slot_chunks * DUMPFLT_CHUNK_SIZE);
	close_area(&open);
	if (settings_set_seconds(&plan->settings, seconds))
		return 0;
	report_failure("choosing max_seconds", plan->path, "[capture] is too long");
	return -E2BIG;
}

static void warn_of_waits(const struct config *config)
{
	struct waits waits;

	waits_add_up(config, &waits);
	if (waits.total <= WAITS_A_DAY)
		return;
	report_warning("after a crash the machine may be away for %llu s, which is more than a day",
		       (unsigned long long)waits.total);
	report_hint("Lower max_seconds, or timeout_ms, in [capture]; or leave max_seconds out.");
}

/*
 * What 'dumpflt capture --dry-run' would say of it, but for what it asks the
 * kernel: that takes a stack, and --check makes none.
 */
static int dry_run(struct plan *plan)
{
	struct config *config = &plan->config;
	char program[CONFIG_PATH_MAX], path[ROOT_PATH_MAX];
	int ret;

	root_path(path, "%s", plan->device);
	ret = choose_seconds(plan, path);
	if (!ret)
		ret = settings_config(&plan->settings, path, config);
	if (!ret)
		ret = capture_program(config, program);
	if (!ret)
		ret = capture_find_area(config);
	return ret ? ret : rehearse(config, program, true);
}

int check_area(struct plan *plan)
{
	int ret = find_area(plan);

	if (!ret)
		ret = dry_run(plan);
	if (!ret)
		ret = check_recipients(plan);
	if (!ret)
		ret = check_keys(plan);
	if (!ret)
		warn_of_waits(&plan->config);
	if (!ret && !plan->config.stack.nr_filters)
		report_warning("the area's policy has no filter: a dump will be written as it is, with all secrets that are in it");
	return ret;
}
