/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early plan: the decision of the next boot, carried out by nobody. */
#include "decision.h"
#include "plan_view.h"

enum exit_status cmd_plan(const struct options *o)
{
	enum exit_status status;
	struct decision d;
	struct out out;

	decision_make(&d, o);
	out_start(&out, STDOUT_FILENO);
	if (o->json)
		plan_view_json(&out, &d.result);
	else
		plan_view_table(&out, &d.result);
	status = decision_end(&d, &out);
	decision_free(&d);
	return status;
}
