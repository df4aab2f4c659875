/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early status: what the boot did, and whether it still holds. */
#include "operator/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "decision.h"
#include "operator/operand.h"
#include "out.h"
#include "sources.h"
#include "text.h"

static void read_report(struct status *s, const char *where)
{
	int r = report_read(&s->report, s->root, where);
	char place[64];

	(void)snprintf(place, sizeof(place), "/%s/" REPORT_FILE, where);
	if (r == -ENOENT) { /* the overlay's, before tmpfiles.d has copied it */
		r = report_read(&s->report, s->root, OVERLAY_REPORT_DIR);
		if (r < 0 && r != -ENOENT)
			(void)snprintf(place, sizeof(place),
				       "/" OVERLAY_REPORT_DIR "/" REPORT_FILE);
	}
	if (r == 0)
		s->live = calloc(s->report.blocks, sizeof(*s->live));
	if (r == 0 && !s->live)
		r = -ENOMEM;
	if (r == 0)
		return;
	problems_add(&s->problems, EXIT_ENVIRONMENT, place, "%s",
		     r == -ENOENT    ? "not there: this boot did not run vfio-early; try: "
				       "vfio-early check"
		     : r == -EBADMSG ? "damaged: vfio-early did not write it so"
		     : r == -ENODATA ? "truncated: its last line, end=, is missing"
		     : r == -EPERM   ? "does not belong to root"
				     : strerror(-r));
}

static void read_machine(struct status *s, const struct options *o)
{
	const struct source_options sources = { o->files, NULL, NULL };
	struct problems ignored = { .kept = 0 }; /* status asks what is, not if it is right */
	int r = sources_load(&s->policy, s->root, &sources, &ignored);

	if (r < 0)
		problems_add(&s->problems, EXIT_ENVIRONMENT, NULL, "%s", ignored.text[0]);
	r = inventory_read_for(&s->inv, s->root, false);
	if (r < 0 && r != -ENOENT)
		problems_add(&s->problems, EXIT_ENVIRONMENT, "/" PCI_DEVICES, "%s", strerror(-r));
}

/* The blocks that the operand means: a device alone, or rules with what they take. */
static bool means(const struct status *s, size_t i, const char *operand, const char *addr)
{
	const struct report *r = &s->report;

	if (operand_is_address(operand))
		return report_is(r, i, "device") && strcmp(report_value(r, i, "device"), addr) == 0;
	return report_is(r, i, "rule") && strcmp(report_value(r, i, "name"), operand) == 0;
}

static void choose(struct status *s, const char *operand)
{
	char addr[ADDR_TEXT] = "";
	struct pci_addr a;
	bool address = operand && operand_is_address(operand), any = false;
	size_t i;

	s->narrowed = operand;
	if (operand && operand_check(operand, &a, &s->problems) < 0)
		return;
	if (address)
		addr_format(&a, addr);
	for (i = 0; i < s->report.blocks; i++) {
		s->live[i].chosen = !operand || means(s, i, operand, addr);
		any |= s->live[i].chosen;
	}
	if (operand && !any)
		problems_add(&s->problems, EXIT_UNCLAIMED, NULL,
			     address ? "the boot did nothing with the device %s"
				     : "the boot knew no rule with name=%s",
			     address ? addr : operand);
}

/* Devices follow their rules. */
static void choose_devices(struct status *s)
{
	size_t i, k;

	for (i = 0; s->narrowed && i < s->report.blocks; i++)
		for (k = 0;
		     s->live[i].chosen && report_is(&s->report, i, "rule") && k < s->report.blocks;
		     k++)
			s->live[k].chosen |= status_takes(s, i, k);
}

/* What the boot said counts only as far as the machine of now cannot answer. */
static enum exit_status judge(const struct status *s)
{
	enum exit_status status = s->problems.worst;
	uint32_t said = EXIT_INTERNAL;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		enum live_state state = s->live[i].state;

		if (!s->live[i].chosen || report_is(&s->report, i, "policy"))
			continue;
		if (state == LIVE_LOST || state == LIVE_GONE || state == LIVE_UNMET)
			status = status_worse(status, EXIT_UNCLAIMED);
	}
	if (s->narrowed)
		return status;
	if (text_u32(report_value(&s->report, 0, "exit"), EXIT_STOP, &said) < 0)
		said = EXIT_INTERNAL;
	if (said != EXIT_UNCLAIMED && said != EXIT_STOP)
		status = status_worse(status, (enum exit_status)said);
	return status;
}

static int print(struct status *s, bool json)
{
	struct out o;
	int r;

	out_start(&o, STDOUT_FILENO);
	if (json)
		status_view_json(&o, s);
	else if (s->live && s->problems.worst != EXIT_USAGE)
		status_view_text(&o, s);
	r = out_flush(&o);
	if (r < 0)
		problems_add(&s->problems, EXIT_INTERNAL, "standard output", "%s", strerror(-r));
	decision_print_problems(&s->problems);
	return r;
}

enum exit_status cmd_status(const struct options *o)
{
	auto_free struct status *s = calloc(1, sizeof(*s));
	enum exit_status status;

	if (!s)
		return EXIT_INTERNAL;
	s->root = &o->root;
	read_report(s, o->report_dir);
	read_machine(s, o);
	if (s->live) {
		choose(s, o->operand[0]);
		status_look(s);
		choose_devices(s);
	}
	s->exit = s->live ? judge(s) : s->problems.worst;
	status = s->exit;
	if (print(s, o->json) < 0)
		status = EXIT_INTERNAL;
	inventory_free(&s->inv);
	policy_free(&s->policy);
	report_free(&s->report);
	free(s->live);
	return status;
}
