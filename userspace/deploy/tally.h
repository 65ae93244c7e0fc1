/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all runs of the collecting service in this boot have come to.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TALLY_H
#define DUMPFLT_TALLY_H

/**
 * struct tally - of a run, or of a boot
 * @collected: dumps that were copied
 * @gone: crashes without a complete dump that no later run finds any more
 */
struct tally {
	unsigned int	collected;
	unsigned int	gone;
};

void tally_add(struct tally *tally);

#endif
