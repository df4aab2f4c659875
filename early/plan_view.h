/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan for people (an aligned table) and for programs (JSON). Decides nothing. */
#pragma once

#include "out.h"
#include "result.h"

void plan_view_table(struct out *o, const struct result *r);
void plan_view_json(struct out *o, const struct result *r);

/* Parts of the JSON that other commands have too: the members of a device's object, without its
 * braces; and the elements of an array of problems. */
void plan_view_device(struct out *o, const struct result *r, size_t i);
void plan_view_problems(struct out *o, const struct problems *p);
