/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a policy file, for libFuzzer: a line becomes at most one rule and at most one
 * problem, a problem is one printable line, and what was read can be written and read again.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "out.h"
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int what)
{
	if (!what)
		__builtin_trap();
}

static void check_selectors(const struct rule *r)
{
	char text[ID_TEXT];
	struct pci_addr a;
	struct pci_id id;
	const char *why;

	if (rule_has(r, KEY_DEVICE)) {
		addr_format(&r->device, text);
		must(addr_parse(text, &a, &why) == 0 && addr_compare(&a, &r->device) == 0);
	}
	if (rule_has(r, KEY_ID)) {
		id_format(&r->id, text);
		must(id_parse(text, &id, &why) == 0 && id_matches(&id, &r->id));
	}
	must(r->path.hops <= PATH_HOPS);
	must(r->expects <= POLICY_EXPECT_MAX);
	must(!r->name || strlen(r->name) <= POLICY_NAME_MAX);
}

/* As it is printed. */
static void check_problem(const char *text)
{
	static int fd = -1;
	char line[2 * sizeof(((struct problems *)0)->text[0]) * 4];
	struct out o;
	ssize_t n, i;

	must(strncmp(text, "fuzz:", 5) == 0);
	if (fd < 0)
		fd = memfd_create("line", MFD_CLOEXEC);
	must(fd >= 0 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	out_start(&o, fd);
	out_escaped(&o, text);
	must(out_flush(&o) == 0);
	n = pread(fd, line, sizeof(line), 0);
	must(n >= (ssize_t)strlen(text));
	for (i = 0; i < n; i++)
		must(line[i] >= 0x20 && line[i] < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct origin origin = { .source = "fuzz" };
	struct problems problems = { .count = 0 };
	struct policy policy = { .rules = 0 };
	const char *line = (const char *)data, *end = line + size;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline ? newline : end) - line);
		size_t rules = policy.rules;
		unsigned int count = problems.count;

		origin.line++;
		must(policy_add_line(&policy, &origin, line, len, &problems) == 0);
		must(policy.rules - rules + problems.count - count <= 1);
		if (policy.rules > rules)
			check_selectors(&policy.rule[rules]);
		if (problems.count > count && problems.count <= PROBLEMS_KEPT)
			check_problem(problems.text[problems.count - 1]);
		line += len + 1;
	}
	policy_free(&policy);
	return 0;
}
