/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early check: is this host ready? The list of questions, and how answers are printed. */
#include "operator/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "operator/files.h"
#include "operator/terminal.h"
#include "sources.h"

/* In this order they are asked and printed. A problem asks for the exit status. */
static const struct question {
	const char *id;
	void (*ask)(struct check *c);
	enum exit_status status;
} questions[] = {
	{ "policy", check_policy, EXIT_POLICY },
	{ "rules", check_rules, EXIT_UNCLAIMED },
	{ "pci", check_pci, EXIT_ENVIRONMENT },
	{ "iommu", check_iommu, EXIT_ENVIRONMENT },
	{ "remapping", check_remapping, EXIT_ENVIRONMENT },
	{ "vfio", check_vfio, EXIT_ENVIRONMENT },
	{ "variant", check_variant, EXIT_ENVIRONMENT },
	{ "acs", check_acs, EXIT_UNCLAIMED },
	{ "twins", check_twins, EXIT_UNCLAIMED },
	{ "console", check_console, EXIT_UNCLAIMED },
	{ "framebuffer", check_framebuffer, EXIT_UNCLAIMED },
	{ "storage", check_storage, EXIT_UNCLAIMED },
	{ "input", check_input, EXIT_UNCLAIMED },
	{ "network", check_network, EXIT_UNCLAIMED },
	{ "leftovers", check_leftovers, EXIT_UNCLAIMED },
	{ "blacklist", check_blacklist, EXIT_UNCLAIMED },
	{ "image", check_image, EXIT_ENVIRONMENT },
	{ "hugepages", check_hugepages, EXIT_ENVIRONMENT },
	{ "kvmfr", check_kvmfr, EXIT_ENVIRONMENT },
	{ "kvmfr-node", check_kvmfr_node, EXIT_ENVIRONMENT },
	{ "lockdown", check_lockdown, EXIT_ENVIRONMENT },
};

static const struct {
	const char *name;
	enum look look;
} states[] = {
	[ANSWER_OK] = { "ok", LOOK_GOOD },
	[ANSWER_UNKNOWN] = { "unknown", LOOK_FAINT },
	[ANSWER_WARNING] = { "warning", LOOK_WARNING },
	[ANSWER_PROBLEM] = { "problem", LOOK_BAD },
};

static void print_answer(struct check *c, enum answer_state state, const char *advice,
			 const char *text)
{
	struct out *o = &c->out;

	if (!c->o->json) {
		terminal_cell(o, c->color, states[state].look, 9, states[state].name);
		terminal_cell(o, c->color, LOOK_PLAIN, 13, c->now->id);
		out_escaped(o, text);
		out_text(o, advice ? "; " : "");
		out_escaped(o, advice ? advice : "");
		out_text(o, "\n");
		return;
	}
	out_printf(o, "%s\n{\"question\":\"%s\",\"state\":\"%s\",\"text\":", c->given ? "," : "",
		   c->now->id, states[state].name);
	out_json(o, text);
	out_text(o, ",\"advice\":");
	out_json(o, advice);
	out_text(o, "}");
}

void answer(struct check *c, enum answer_state state, const char *advice, const char *format, ...)
{
	char text[ANSWER_TEXT];
	va_list ap;

	if (state == ANSWER_PROBLEM)
		c->status = status_worse(c->status, c->now->status);
	if (c->shown++ >= ANSWERS_SHOWN) {
		if (state > c->hidden)
			c->hidden = state;
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	print_answer(c, state, advice, text);
	c->given++;
}

static void ask(struct check *c, const struct question *q)
{
	char text[32];

	c->now = q;
	c->shown = 0;
	c->hidden = ANSWER_OK;
	q->ask(c);
	if (c->shown <= ANSWERS_SHOWN)
		return;
	(void)snprintf(text, sizeof(text), "and %zu more", c->shown - ANSWERS_SHOWN);
	print_answer(c, c->hidden, NULL, text);
}

int check_next_claimed(const struct check *c, size_t i)
{
	for (; c->d.result.plan && i < c->d.inv.devs; i++)
		if (c->d.plan.dev[i].action == ACTION_CLAIM)
			return (int)i;
	return -1;
}

bool check_claims(const struct check *c, int dev)
{
	return dev >= 0 && check_next_claimed(c, (size_t)dev) == dev;
}

const char *check_addr(const struct check *c, int dev, char buf[ADDR_TEXT])
{
	addr_format(&c->d.inv.dev[dev].addr, buf);
	return buf;
}

int check_claimed_in_path(const struct check *c, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		char part[ADDR_TEXT];
		struct pci_addr addr;
		const char *why;
		int dev = -1;

		if (len && len < sizeof(part)) {
			(void)snprintf(part, sizeof(part), "%.*s", (int)len, path);
			if (addr_parse(part, &addr, &why) == 0)
				dev = inventory_find(&c->d.inv, &addr);
		}
		if (check_claims(c, dev))
			return dev;
		path += len + (path[len] == '/');
	}
	return -1;
}

void check_cmdline(const struct check *c, void (*found)(void *arg, char *key, char *value),
		   void *arg)
{
	auto_free char *copy = c->cmdline ? strdup(c->cmdline) : NULL;
	struct cmdline_word word;
	char *rest = copy, none[] = "";

	while (copy && cmdline_next(&rest, &word))
		found(arg, word.key, word.value ? word.value : none);
}

bool check_asks(const struct check *c, enum rule_kind kind)
{
	size_t i;

	for (i = 0; i < c->d.policy.rules; i++)
		if (c->d.policy.rule[i].kind == kind)
			return true;
	return false;
}

bool check_module_is(const char *name, const char *wanted)
{
	return cmdline_key_is(name, wanted);
}

/* The modules of the kernel that runs, that the tree says ran, or that the user named. */
static void find_kernel(struct check *c)
{
	if (c->o->kernel)
		(void)snprintf(c->kernel, sizeof(c->kernel), "%s", c->o->kernel);
	else if (files_first(&c->o->root, OSRELEASE, c->kernel, sizeof(c->kernel)) <= 0)
		return;
	if (strchr(c->kernel, '/'))
		c->kernel[0] = '\0';
	if (c->kernel[0])
		c->index_error = modload_check(&c->o->root, c->kernel);
}

enum exit_status cmd_check(const struct options *o)
{
	struct check c = { .o = o, .index_error = -ENOENT };
	struct options same = *o;
	enum exit_status status;
	size_t i;

	find_kernel(&c);
	if (c.kernel[0])
		same.kernel = c.kernel;
	decision_make(&c.d, &same);
	c.color = terminal_color(STDOUT_FILENO);
	c.status = c.d.problems.worst == EXIT_INTERNAL ? EXIT_INTERNAL : EXIT_DONE;
	if (o->cmdline)
		c.cmdline = strdup(o->cmdline);
	else /* where there is none, no word is found in it */
		(void)!sources_read_cmdline(&o->root, &c.cmdline);
	modload_open(&c.modules, &o->root, c.kernel);
	out_start(&c.out, STDOUT_FILENO);
	out_text(&c.out, o->json ? "{\"answers\":[" : "");
	for (i = 0; i < ARRAY_LEN(questions); i++)
		ask(&c, &questions[i]);
	if (o->json)
		out_printf(&c.out, "],\n\"status\":%d}\n", c.status);
	memset(&c.d.problems, 0, sizeof(c.d.problems)); /* said above, with the policy */
	c.d.result.status = c.status;
	status = decision_end(&c.d, &c.out);
	modload_close(&c.modules);
	free(c.cmdline);
	decision_free(&c.d);
	return status;
}
