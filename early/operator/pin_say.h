/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person should know before claiming a device: said aloud, never decided. Pure.
 */
#pragma once

#include "group.h"
#include "problems.h"

/* Identical twins, the host's console, and what else the claim takes along, each as a note that
 * asks for no exit status. */
void pin_say(struct problems *notes, const struct group *g, int dev);
