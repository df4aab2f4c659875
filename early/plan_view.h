/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan for people (an aligned table) and for programs (JSON). Decides nothing. */
#pragma once

#include "out.h"
#include "result.h"

void plan_view_table(struct out *o, const struct result *r);
void plan_view_json(struct out *o, const struct result *r);
