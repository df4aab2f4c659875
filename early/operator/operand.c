/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/operand.h"

#include <errno.h>
#include <string.h>

#include "text.h"

bool operand_is_address(const char *text)
{
	return strchr(text, ':') != NULL;
}

int operand_check(const char *text, struct pci_addr *a, struct problems *problems)
{
	const char *why = "expected the name= of a rule";
	char quoted[QUOTED];

	if (operand_is_address(text) ? addr_parse(text, a, &why) == 0
				     : text_is_name(text, POLICY_NAME_MAX))
		return 0;
	problems_add(problems, EXIT_USAGE, NULL, "%s: %s", text_quote(text, quoted), why);
	return -EINVAL;
}

int operand_device(const char *text, const struct inventory *inv, struct problems *problems)
{
	char quoted[QUOTED], addr[ADDR_TEXT];
	struct pci_addr a;
	const char *why;
	int dev;

	if (addr_parse(text, &a, &why) < 0) {
		problems_add(problems, EXIT_USAGE, NULL, "%s: %s", text_quote(text, quoted), why);
		return -EINVAL;
	}
	dev = inventory_find(inv, &a);
	if (dev >= 0)
		return dev;
	addr_format(&a, addr);
	problems_add(problems, EXIT_UNCLAIMED, NULL,
		     "there is no PCI device %s: see vfio-early list", addr);
	return -ENODEV;
}

bool operand_names(const char *text, const struct rule *rule, unsigned int kinds)
{
	return rule->kind & kinds && rule->name && strcmp(rule->name, text) == 0;
}

int operand_rules(const char *text, const struct policy *policy, unsigned int kinds,
		  struct problems *problems)
{
	char quoted[QUOTED];
	size_t i;
	int n = 0;

	if (!text_is_name(text, POLICY_NAME_MAX)) {
		problems_add(problems, EXIT_USAGE, NULL, "%s: expected the name= of a rule",
			     text_quote(text, quoted));
		return -EINVAL;
	}
	for (i = 0; i < policy->rules; i++)
		n += operand_names(text, &policy->rule[i], kinds);
	if (n)
		return n;
	problems_add(problems, EXIT_UNCLAIMED, NULL,
		     "no rule of the policy has name=%s: see vfio-early plan", text);
	return -ENOENT;
}
