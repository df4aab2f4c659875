/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command needs that changes devices on the running host: a user who may, and nobody else at
 * it. Knows no device.
 */
#pragma once

#include "commands.h"

/* The lock as a descriptor that the caller closes, or -errno with a problem. The lock ends with the
 * process; a child that is stuck in the kernel does not keep it. */
int by_hand_begin(const struct options *o, struct problems *problems) must_check;
