/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variant.h"

#include <stdio.h>
#include <string.h>

static bool is_auto(const struct plan_dev *pd)
{
	return strcmp(pd->target, "auto") == 0;
}

bool variant_needed(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->inv->devs; i++)
		if (is_auto(&plan->dev[i]))
			return true;
	return false;
}

void variant_alias(const struct pci_dev *d, char buf[VARIANT_ALIAS])
{
	(void)snprintf(buf, VARIANT_ALIAS, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		       d->id.vendor, d->id.device, d->id.subvendor, d->id.subdevice, d->class >> 16,
		       d->class >> 8 & 0xff, d->class & 0xff);
}

void variant_resolve(struct plan *plan, struct modload *m)
{
	size_t i;

	for (i = 0; i < plan->inv->devs; i++) {
		struct plan_dev *pd = &plan->dev[i];
		char alias[VARIANT_ALIAS];

		if (!is_auto(pd))
			continue;
		variant_alias(&plan->inv->dev[i], alias);
		if (modload_variant(m, alias, pd->target, sizeof(pd->target)) < 0)
			(void)snprintf(pd->target, sizeof(pd->target), "vfio-pci");
	}
}
