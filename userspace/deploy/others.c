// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Another kdump on this machine: is it in charge, and may it be taken over?
 *
 * There is one place for a capture kernel, and who loads last has it, without a
 * word to whoever was there before. The others load theirs by a unit at each
 * boot, and some of them by a rule of udev when CPUs or memory come and go,
 * whosever is loaded then. Taken over is what one command gives back: the unit
 * is masked, and the rule hidden behind a link of the same name in /etc.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/others.h"
#include "deploy/record.h"
#include "deploy/root.h"
#include "lib/child.h"
#include "lib/report.h"

#define OP		"looking for another kdump"
#define TAKING		"taking over from another kdump"
#define UNITS		"/etc/systemd/system"
#define OWN_RULES	"/etc/udev/rules.d"

/* Debian and Ubuntu; Fedora and its kin, and openSUSE; openSUSE */
static const char * const units[] = {
	"kdump-tools.service", "kdump.service", "kdump-early.service",
};

/* Those that reload theirs without asking whether their unit is running */
static const char * const rules[] = { "50-kdump-tools.rules" };

static bool is_hidden(const char *folder, const char *name)
{
	char full[ROOT_PATH_MAX], target[32];
	ssize_t len;

	if (!root_path(full, "%s/%s", folder, name))
		return false;
	len = readlink(full, target, sizeof(target));
	return len == (ssize_t)strlen("/dev/null") && !memcmp(target, "/dev/null", (size_t)len);
}

/* Whatever target wants it */
static bool is_enabled(const char *unit)
{
	char path[ROOT_PATH_MAX];
	struct dirent *entry;
	bool found = false;
	const char *end;
	DIR *dir;

	if (is_hidden(UNITS, unit) || !root_path(path, UNITS))
		return false;
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		end = strrchr(entry->d_name, '.');
		if (!end || (strcmp(end, ".wants") && strcmp(end, ".requires")))
			continue;
		format_string(path, sizeof(path), UNITS "/%s/%s", entry->d_name, unit);
		found = root_has_link(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool has_rule(const char *rule)
{
	char path[ROOT_PATH_MAX];

	if (is_hidden(OWN_RULES, rule))
		return false;
	format_string(path, sizeof(path), "/lib/udev/rules.d/%s", rule);
	if (root_exists(path))
		return true;
	format_string(path, sizeof(path), "/usr/lib/udev/rules.d/%s", rule);
	return root_exists(path);
}

static bool is_foreign_loaded(void)
{
	return record_is_loaded() && !record_is_ours();
}

/**
 * others_check() - is another kdump in charge?
 * @takeover: then it is to be taken over, which is only said
 *
 * Return: 0, or -EBUSY if it is; all that is found is reported, with the remedy
 */
int others_check(bool takeover)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (!is_enabled(units[i]))
			continue;
		ret = -EBUSY;
		if (takeover) {
			report_warning("'%s' is to be stopped and masked", units[i]);
			continue;
		}
		report_failure(OP, units[i], "it is enabled, and would load a capture kernel of its own");
		report_hint("Disable it: systemctl disable --now %s; or take over from it: dumpflt arm --takeover",
			    units[i]);
	}
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (!has_rule(rules[i]))
			continue;
		ret = -EBUSY;
		if (takeover) {
			report_warning("the rule of udev '%s' is to be hidden", rules[i]);
			continue;
		}
		report_failure(OP, rules[i], "this rule of udev loads another capture kernel in place of any that is loaded, when CPUs or memory come and go");
		report_hint("Hide it: ln -s /dev/null " OWN_RULES "/%s; or take over: dumpflt arm --takeover",
			    rules[i]);
	}
	if (is_foreign_loaded()) {
		ret = -EBUSY;
		if (takeover) {
			report_warning("the capture kernel that somebody else has loaded is to be replaced");
			return 0;
		}
		report_failure(OP, "/sys/kernel/kexec_crash_loaded",
			       "a capture kernel is loaded, and not by this command");
		report_hint("Whoever loaded it would do so again: switch that off, then run: kexec -s -p -u; or take over: dumpflt arm --takeover");
	}
	return takeover ? 0 : ret;
}

static int stop_unit(const char *unit)
{
	char *const argv[] = {
		(char *)"systemctl", (char *)"mask", (char *)"--now", (char *)unit, NULL,
	};
	char program[ROOT_PATH_MAX];
	int ret = find_program("systemctl", program, sizeof(program));

	if (!ret)
		ret = child_run(program, argv);
	if (ret) {
		report_error(TAKING, unit, -ret);
		report_hint("What 'systemctl mask --now %s' says, is the reason.", unit);
	}
	return ret;
}

static int hide(const char *rule)
{
	char path[ROOT_PATH_MAX];
	int ret = 0;

	if (!root_path(path, OWN_RULES "/%s", rule) || symlink("/dev/null", path))
		ret = path[0] ? -errno : -ENAMETOOLONG;
	if (ret) {
		report_error(TAKING, rule, -ret);
		report_hint("Is " OWN_RULES " there, and no rule of that name in it?");
	}
	return ret;
}

/**
 * others_take_over() - stop all that would load another capture kernel
 *
 * The one that is loaded stays, unless its unit unloads it.
 *
 * Return: 0 or a negative errno, which is reported
 */
int others_take_over(void)
{
	int ret = 0;
	size_t i;

	/* first what acts by itself */
	for (i = 0; !ret && i < ARRAY_SIZE(rules); i++)
		if (has_rule(rules[i]))
			ret = hide(rules[i]);
	for (i = 0; !ret && i < ARRAY_SIZE(units); i++)
		if (is_enabled(units[i]))
			ret = stop_unit(units[i]);
	return ret;
}

/* What is taken over, and how it is given back; nothing if nothing is */
void others_hint_back(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (is_hidden(UNITS, units[i]))
			report_hint("'%s' is masked. To give back to it: dumpflt disarm; systemctl unmask %s; systemctl restart %s",
				    units[i], units[i], units[i]);
	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (is_hidden(OWN_RULES, rules[i]))
			report_hint("The rule of udev '%s' is hidden. To give back to it: rm %s/%s",
				    rules[i], OWN_RULES, rules[i]);
}
