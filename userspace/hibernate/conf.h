/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Section [hibernation] of the configuration file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_CONF_H
#define DUMPFLT_HIBERNATE_CONF_H

#include <linux/types.h>
#include <stdbool.h>

#include "dumps/fingerprint.h"
#include "hibernate/pack.h"
#include "hibernate/power.h"
#include "kernel/spec.h"

#define CONF_PATH_MAX	256

/**
 * struct hibernation_conf - all of it
 * @said: there is such a section
 * @area: id of the dump area, or path of its device
 * @fingerprint: of that area; empty if it is not said
 * @identity: file of the secret key that opens an image
 * @origin: file of this machine's key
 * @mode: how to go down
 * @compressor: of an image
 * @image_size: what the kernel is to make it fit into, in bytes; or HIBERNATE_ANY
 */
struct hibernation_conf {
	bool		said;
	char		area[SPEC_TARGET_MAX];
	char		fingerprint[FINGERPRINT_MAX];
	char		identity[CONF_PATH_MAX];
	char		origin[CONF_PATH_MAX];
	enum power_mode	mode;
	enum compressor	compressor;
	__u64		image_size;
};

void hibernation_conf_init(struct hibernation_conf *conf);
int hibernation_conf_read(const char *path, struct hibernation_conf *conf);

#endif
