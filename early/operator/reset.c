/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/reset.h"

#include <stdio.h>

#include "attr.h"

void reset_methods(int devices, const struct pci_addr *addr, char text[RESET_TEXT])
{
	char name[ADDR_TEXT], rel[ADDR_TEXT + 16];
	char *c;

	addr_format(addr, name);
	(void)snprintf(rel, sizeof(rel), "%s/reset_method", name);
	if (attr_read(devices, rel, text, RESET_TEXT) < 0)
		text[0] = '\0';
	for (c = text; *c; c++)
		if (*c == ' ')
			*c = ',';
}
