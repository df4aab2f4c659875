/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-early as the first process: rdinit=/vfio-early/init, out of an archive of its own that
 * stands before or behind any initramfs. Mounts what is missing, claims, unmounts exactly that,
 * and becomes /init with the arguments and the environment that the kernel gave.
 *
 * Whatever goes wrong, it goes on to /init; only a rule with on-failure=stop ends the boot here.
 */
#pragma once

#include "root.h"

/* True if the kernel started us as the first process under the overlay's name. */
bool pid1_wanted(const char *argv0);
/* Comes back only when there is no /init, or the boot must stop: the kernel then panics. */
int pid1_main(char **argv);
