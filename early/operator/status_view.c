/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The status for people and for programs. Decides nothing. */
#include <stdio.h>
#include <string.h>

#include "operator/status.h"
#include "operator/terminal.h"
#include "out.h"

static const char *value(const struct status *s, size_t block, const char *key)
{
	return report_value(&s->report, block, key);
}

static bool is_shown(const struct status *s, size_t block, const char *kind)
{
	return s->live[block].chosen && report_is(&s->report, block, kind);
}

static enum look look_of(enum live_state state)
{
	if (state == LIVE_HOLDS)
		return LOOK_GOOD;
	if (state == LIVE_NOT_ASKED)
		return LOOK_PLAIN;
	return state == LIVE_UNKNOWN ? LOOK_WARNING : LOOK_BAD;
}

/* "holds", "lost: i915 has it now", "refused: console: ..." */
static void verdict(struct out *o, bool color, const struct live *l)
{
	bool told = l->state == LIVE_UNMET || l->state == LIVE_NOT_ASKED;

	if (!told)
		terminal_text(o, color, look_of(l->state), live_name(l->state));
	if (!told && l->note[0])
		out_text(o, ": ");
	terminal_text(o, color, told ? look_of(l->state) : LOOK_PLAIN, l->note);
	out_text(o, "\n");
}

static void text_head(struct out *o, const struct status *s)
{
	size_t i;

	out_text(o, value(s, 0, "run")[0] ? "by hand: " : "boot: ");
	out_escaped(o, value(s, 0, "state"));
	out_text(o, ": ");
	out_escaped(o, value(s, 0, "summary"));
	out_text(o, " (exit status ");
	out_escaped(o, value(s, 0, "exit"));
	out_text(o, ")\n");
	for (i = 0; i < s->report.blocks; i++) {
		if (!is_shown(s, i, "problem"))
			continue;
		out_text(o, "problem: ");
		out_escaped(o, value(s, i, "problem"));
		out_text(o, "\n");
	}
}

static void text_file(struct out *o, const char *name, const char *note)
{
	out_text(o, "policy: ");
	out_escaped(o, name);
	out_text(o, ": ");
	out_text(o, note);
	out_text(o, "\n");
}

static void text_policy(struct out *o, const struct status *s)
{
	bool differs = false;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		if (!is_shown(s, i, "policy") || s->live[i].state == LIVE_HOLDS)
			continue;
		text_file(o, value(s, i, "policy"), s->live[i].note);
		differs |= s->live[i].state != LIVE_UNKNOWN;
	}
	for (i = 0; i < s->policy.files; i++) {
		if (!status_is_new(s, &s->policy.file[i]))
			continue;
		text_file(o, s->policy.file[i].name, "the boot did not have it");
		differs = true;
	}
	if (differs)
		out_text(o, "policy: to put it into the image: vfio-early-setup install\n");
}

/* A blank line between the parts. */
static void begin_part(struct out *o, bool *any, bool *first)
{
	if (!*any && !*first)
		out_text(o, "\n");
	*any = true;
	*first = false;
}

static void text_devices(struct out *o, bool color, const struct status *s, bool *first)
{
	bool any = false;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		const struct live *l = &s->live[i];

		if (!is_shown(s, i, "device") || l->state == LIVE_NOT_ASKED)
			continue;
		if (!any) {
			begin_part(o, &any, first);
			out_text(o, "GROUP  ADDRESS       ID         DRIVER          STATE\n");
		}
		out_printf(o, "%5.10s  ", value(s, i, "group"));
		terminal_cell(o, color, LOOK_PLAIN, 12, value(s, i, "device"));
		out_text(o, "  ");
		terminal_cell(o, color, LOOK_PLAIN, 9, value(s, i, "id"));
		out_text(o, "  ");
		terminal_cell(o, color, LOOK_PLAIN, 14, l->driver[0] ? l->driver : "-");
		out_text(o, "  ");
		verdict(o, color, l);
	}
}

static void text_rules(struct out *o, bool color, const struct status *s, bool *first)
{
	bool any = false;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		if (!is_shown(s, i, "rule"))
			continue;
		begin_part(o, &any, first);
		out_escaped(o, value(s, i, "rule"));
		out_text(o, ": ");
		out_escaped(o, value(s, i, "text"));
		out_text(o, "\n    ");
		verdict(o, color, &s->live[i]);
	}
}

static void text_kvmfr(struct out *o, bool color, const struct status *s, bool *first)
{
	bool any = false;
	size_t i;

	for (i = 0; i < s->report.blocks; i++) {
		if (!is_shown(s, i, "kvmfr"))
			continue;
		begin_part(o, &any, first);
		out_escaped(o, value(s, i, "kvmfr"));
		out_text(o, "  ");
		out_escaped(o, value(s, i, "size"));
		out_text(o, " bytes  ");
		verdict(o, color, &s->live[i]);
	}
}

void status_view_text(struct out *o, const struct status *s)
{
	bool color = terminal_color(STDOUT_FILENO);
	bool first = s->narrowed;

	if (!s->narrowed) {
		text_head(o, s);
		text_policy(o, s);
	}
	text_devices(o, color, s, &first);
	text_kvmfr(o, color, s, &first);
	text_rules(o, color, s, &first);
}

static void json_value(struct out *o, const struct status *s, size_t i, const char *key)
{
	out_json(o, key);
	out_text(o, ":");
	out_json(o, value(s, i, key));
	out_text(o, ",");
}

/* An array of the blocks of a kind: the keys of the report, then what is so now. */
static void json_blocks(struct out *o, const struct status *s, const char *name, const char *kind,
			const char *const *key)
{
	const char *comma = "\n";
	size_t i, k;

	out_printf(o, "\"%s\":[", name);
	for (i = 0; s->live && i < s->report.blocks; i++) {
		if (!is_shown(s, i, kind))
			continue;
		out_text(o, comma);
		out_text(o, "{");
		for (k = 0; key[k]; k++)
			json_value(o, s, i, key[k]);
		if (strcmp(kind, "device") == 0) {
			out_text(o, "\"driver\":");
			out_json(o, s->live[i].driver[0] ? s->live[i].driver : NULL);
			out_text(o, ",");
		}
		out_printf(o, "\"now\":\"%s\",\"note\":", live_name(s->live[i].state));
		out_json(o, s->live[i].note);
		out_text(o, "}");
		comma = ",\n";
	}
	out_text(o, "],\n");
}

static void json_problems(struct out *o, const struct status *s)
{
	const char *comma = "\n";
	unsigned int k;
	size_t i;

	out_text(o, "\"problems\":[");
	for (i = 0; s->live && i < s->report.blocks; i++) {
		if (!is_shown(s, i, "problem"))
			continue;
		out_text(o, comma);
		out_json(o, value(s, i, "problem"));
		comma = ",\n";
	}
	for (k = 0; k < s->problems.kept; k++) {
		out_text(o, comma);
		out_json(o, s->problems.text[k]);
		comma = ",\n";
	}
	out_text(o, "],\n");
}

static void json_new_files(struct out *o, const struct status *s)
{
	const char *comma = "";
	size_t i;

	out_text(o, "\"policy_new\":[");
	for (i = 0; s->live && i < s->policy.files; i++) {
		if (!status_is_new(s, &s->policy.file[i]))
			continue;
		out_text(o, comma);
		out_json(o, s->policy.file[i].name);
		comma = ",";
	}
	out_text(o, "],\n");
}

void status_view_json(struct out *o, const struct status *s)
{
	static const char *const policy[] = { "policy", "hash", NULL };
	static const char *const rule[] = { "rule", "text", "name", "state", "reason", NULL };
	static const char *const device[] = { "device", "id",	  "class",  "group",
					      "rule",	"action", "target", "driver-before",
					      "state",	"reason", NULL };
	static const char *const kvmfr[] = { "kvmfr", "size", "state", "reason", NULL };

	out_text(o, "{");
	if (s->live) {
		json_value(o, s, 0, "version");
		json_value(o, s, 0, "kernel");
		json_value(o, s, 0, "state");
		json_value(o, s, 0, "exit");
		json_value(o, s, 0, "summary");
	}
	out_text(o, "\n");
	json_problems(o, s);
	json_blocks(o, s, "policy", "policy", policy);
	json_new_files(o, s);
	json_blocks(o, s, "rules", "rule", rule);
	json_blocks(o, s, "devices", "device", device);
	json_blocks(o, s, "kvmfr", "kvmfr", kvmfr);
	out_printf(o, "\"status\":%d}\n", s->exit);
}
