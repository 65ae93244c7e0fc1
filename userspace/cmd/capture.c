// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt capture: in the capture kernel, write the dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/json.h"
#include "capture/rehearse.h"
#include "capture/supervisor.h"
#include "capture/target.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lib/signals.h"
#include "lib/file.h"
#include "lib/report.h"
#include "lib/text.h"

static const char help[] =
"Usage: dumpflt capture [OPTION]...\n"
"In the capture kernel: bring up the stack that FILE describes, run makedumpfile\n"
"on the memory of the crashed kernel, write its output through the filters to\n"
"the target, flush it and take the stack down.\n"
"\n"
"  -c, --config FILE  instead of " CONFIG_FILE "\n"
"  --dry-run          check FILE, ask the kernel if its module is loaded, and print\n"
"                     what would be done\n"
"  --json             print one line of JSON at the end, or of a dry run\n"
"  --help             print this text\n"
"\n"
"Exit status 0 only if the dump is complete and on stable storage.\n";

static int read_config(const char *path, struct config *config)
{
	static const char op[] = "reading the configuration";
	struct ini_error error;
	FILE *file;
	int ret = file_stream(op, path, &file);

	if (ret) {
		report_hint("See dumpflt-capture.conf(5); another file can be given with -c.");
		return ret;
	}
	ret = config_read(file, config, &error);
	fclose(file);
	if (ret)
		ini_report(op, path, &error, ret);
	if (ret == -EINVAL)
		report_hint("See dumpflt-capture.conf(5).");
	return ret;
}

static void print_budget(const struct config *config)
{
	__u64 log = config->log ? config->log_seconds : 0;
	__u64 timeout = steps_timeout_ms(config);
	unsigned int timeouts = steps_timeouts(config);
	__u64 budget = steps_budget_ms(config);

	printf("budget     %llu s: wait_for_target %llu s + max_seconds %llu s + ",
	       budget / 1000, config->wait_for_target, config->max_seconds);
	if (config->log)
		printf("log_seconds %llu s + ", log);
	printf("%u x timeout_ms %llu ms + %llu s\n", timeouts, timeout,
	       (budget - timeouts * timeout) / 1000 - config->wait_for_target -
	       config->max_seconds - log);
}

static void print_log(const struct config *config, const char *program)
{
	if (config->log)
		printf("first      %s -F --dump-dmesg %s: the last %llu KiB of the kernel log, within %llu s\n",
		       program, config->vmcore, config->log_kib,
		       config->log_seconds);
	else
		puts("first      log = no: no kernel log is kept");
}

static const char unknown[] =
"not checked: whether the kernel takes the target, and the filters with their options: ";

static void print_plan(const struct config *config, const char *program,
		       const char *not_checked)
{
	const struct stack_spec *stack = &config->stack;
	char entry[KERNEL_ENTRY_MAX];
	int ready = target_ready(stack->target);
	size_t i;

	printf("stack      %s, type %s\n", stack->name, stack->type);
	printf("target     %s: %s\n", stack->target,
	       ready ? strerror(-ready) : "ready");
	if (ready)
		printf("           would wait for it up to %llu s\n",
		       config->wait_for_target);
	if (stack->require_flush)
		puts("           must take a flush");
	if (stack->area)
		printf("           %s\n", ready ? "must hold a dump area" :
						  "holds a dump area");
	if (config->overwrite && !stack->area)
		puts("           what is there is written over");
	for (i = 0; i < stack->nr_filters; i++) {
		const struct filter_spec *filter = &stack->filters[i];

		spec_entry(stack, i, entry, sizeof(entry));
		printf("filter     %s%s%s%s\n", entry,
		       filter->critical ? ", critical" : "",
		       filter->start_optional ? ", start optional" : "",
		       filter->may_be_left_out ? ", may be left out" : "");
	}
	if (!stack->nr_filters && stack->area && ready)
		puts("filter     those of the dump area's policy");
	else if (!stack->nr_filters)
		puts("filter     none: the dump is written as it is");
	if (not_checked[0])
		printf("%s%s\n", unknown, not_checked);
	else
		puts("kernel     takes the target, and the filters with their options");
	print_log(config, program);
	printf("run        %s -F", program);
	for (i = 0; i < config->nr_args; i++)
		printf(" %s", config->args[i]);
	printf(" %s\n", config->vmcore);
	print_budget(config);
	if (access(config->vmcore, R_OK))
		printf("           %s is not here; the capture kernel has it\n",
		       config->vmcore);
}

static int rehearse_all(struct config *config, bool ready, char program[CONFIG_PATH_MAX],
			char not_checked[KERNEL_VALUE_MAX])
{
	int ret;

	ret = capture_program(config, program);
	if (!ret && ready)
		ret = capture_find_area(config);
	if (!ret)
		ret = rehearse(config, program, ready);
	return ret ? ret : rehearse_in_kernel(config, ready, not_checked);
}

static void print_dry_json(const struct config *config, bool ready,
			   const char *not_checked, int ret)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "result", ret ? "refused" : "good");
	json_add_text(object, "stack", config->stack.name);
	json_add_text(object, "target", config->stack.target);
	json_add_flag(object, "ready", ready);
	if (ret) {
		json_add_failure(object, EXIT_FAILED);
	} else {
		json_add_flag(object, "area", config->stack.area);
		json_add_number(object, "budget_ms", steps_budget_ms(config));
		if (not_checked[0])
			json_add_text(object, "not_checked", not_checked);
	}
	json_print(object);
}

/* Behind the plan: where the target is not, all the rest can still be checked */
static void report_absent(const struct config *config, int err)
{
	report_error("looking for the target", config->stack.target, -err);
	report_hint("A capture would wait for it up to %llu s, and then fail. Everything else is good, as far as it can be known here.",
		    config->wait_for_target);
}

static int dry_run(struct config *config, bool json)
{
	char program[CONFIG_PATH_MAX], not_checked[KERNEL_VALUE_MAX] = "";
	int absent = target_ready(config->stack.target);
	int ret = rehearse_all(config, !absent, program, not_checked);

	if (!ret && !json && !report_is_quiet())
		print_plan(config, program, not_checked);
	else if (!ret && !json && not_checked[0])
		report_warning("%s%s", unknown, not_checked);
	if (!ret && absent) {
		report_absent(config, absent);
		ret = absent;
	}
	if (json)
		print_dry_json(config, !absent, not_checked, ret);
	return ret ? EXIT_FAILED : EXIT_OK;
}

static void print_capture_json(const struct config *config,
			       const struct capture_result *result, int ret)
{
	struct json_object *object = json_object_new_object();
	__u64 slot;

	json_add_text(object, "result", ret ? "failed" : "complete");
	json_add_text(object, "stack", config->stack.name);
	json_add_text(object, "target", config->stack.target);
	json_add_text(object, "device", result->device);
	if (parse_number(result->slot, 0, ~0ULL, &slot)) {
		json_add_number(object, "slot", slot);
		json_add_text(object, "session_id", result->session_id);
	}
	json_add_number(object, "bytes", result->bytes);
	json_add_number(object, "ms", result->ms);
	json_add_number(object, "log_bytes", result->log_bytes);
	if (result->durability[0])
		json_add_text(object, "durability", result->durability);
	if (ret)
		json_add_failure(object, EXIT_FAILED);
	json_print(object);
}

static void print_complete(const struct config *config,
			   const struct capture_result *result)
{
	report_success("complete: %llu bytes in %llu.%llu s, durable on %s",
		       result->bytes, result->ms / 1000, result->ms / 100 % 10,
		       config->stack.target);
	if (result->slot[0])
		report_success(", slot %s, session %s", result->slot, result->session_id);
	if (!strcmp(result->durability, DUMPFLT_DURABLE_WORD_WRITE_THROUGH))
		report_success(", by its driver's word (write through)");
	report_success("\n");
}

/* In a process of its own */
static int capture(struct config *config, struct capture_shared *shared,
		   void *ctx)
{
	bool json = *(bool *)ctx;
	int ret;

	ret = capture_run(config, &shared->result, &shared->steps);
	if (!json && shared->result.log_bytes)
		report_success("kernel log: %llu bytes, before the dump\n",
			       shared->result.log_bytes);
	if (json)
		print_capture_json(config, &shared->result, ret);
	else if (!ret)
		print_complete(config, &shared->result);
	return ret ? EXIT_FAILED : EXIT_OK;
}

static int capture_supervised(struct config *config, bool json)
{
	struct capture_shared *shared;
	int ret;

	shared = supervisor_share();
	if (!shared)
		return EXIT_FAILED;
	signals_catch();
	signals_hold();
	ret = supervise(config, shared, capture, &json);
	if (ret >= 0) {
		json_is_printed();
		return ret;
	}
	if (json)
		print_capture_json(config, &shared->result, ret);
	return EXIT_FAILED;
}

int cmd_capture(int argc, char **argv)
{
	/* Too large for a stack, and there is only one */
	static struct config config;
	static const struct capture_result none;
	struct config_options options = { .path = CONFIG_FILE };
	bool dry;
	int ret;

	ret = options_parse_config(argc, argv, "dry-run", &options, help);
	if (ret >= 0)
		return ret;
	dry = options.flag;
	ret = read_config(options.path, &config);
	if (ret) {
		/* a machine that waits for a line is told, too */
		if (options.json && dry)
			print_dry_json(&config, false, "", ret);
		else if (options.json)
			print_capture_json(&config, &none, ret);
		return EXIT_FAILED;
	}
	return dry ? dry_run(&config, options.json) :
		     capture_supervised(&config, options.json);
}
