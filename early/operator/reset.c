/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/reset.h"

#include <stdio.h>
#include <string.h>

#include "attr.h"

void reset_methods(int devices, const struct pci_addr *addr, char text[RESET_TEXT])
{
	char rel[ADDR_TEXT + sizeof("/reset_method")];
	char *c;

	addr_format(addr, rel);
	(void)snprintf(rel + strlen(rel), sizeof(rel) - strlen(rel), "/reset_method");
	if (attr_read(devices, rel, text, RESET_TEXT) < 0)
		text[0] = '\0';
	for (c = text; *c; c++)
		if (*c == ' ')
			*c = ',';
}
