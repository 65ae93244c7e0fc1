// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which area a hibernation is about: that of the command line, or of the configuration.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <getopt.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/hibernation_area.h"
#include "cmd/options.h"
#include "deploy/settings.h"
#include "hibernate/hibernate.h"

/**
 * hibernation_area() - take AREA, or else what the configuration says
 * @argc: with optind behind the options
 * @argv: likewise
 * @config: of --config, or NULL
 * @conf: filled; says nothing if there is an AREA
 * @area: set
 *
 * Return: an exit code
 */
int hibernation_area(int argc, char **argv, const char *config,
		     struct hibernation_conf *conf, const char **area)
{
	hibernation_conf_init(conf);
	if (argc - optind > 1)
		return usage_error(argv[0], "one AREA at most");
	if (argc - optind == 1) {
		if (config)
			return usage_error(argv[0], "--config goes with no AREA");
		*area = argv[optind];
		return EXIT_OK;
	}
	if (hibernation_conf_read(config ? config : SETTINGS_FILE, conf))
		return EXIT_FAILED;
	*area = conf->area;
	return EXIT_OK;
}
