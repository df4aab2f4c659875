/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/claim_line.h"

#include <errno.h>
#include <string.h>

#include "text.h"

bool group_of_device(const struct plan *plan, int dev, struct group *g)
{
	int32_t number = plan->inv->dev[dev].group;
	size_t at;

	for (at = 0; number >= 0 && group_next(plan, &at, g);)
		if (g->number == number)
			return true;
	return false;
}

void bridge_path(const struct inventory *inv, int dev, char text[POLICY_LINE_MAX + 1])
{
	struct pci_path path = { .hops = 0 };
	uint8_t up[PATH_HOPS];
	unsigned int n = 0, i;
	char addr[ADDR_TEXT];
	int at = dev;

	text[0] = '\0';
	for (; inv->dev[at].parent >= 0; at = inv->dev[at].parent) {
		if (n == PATH_HOPS)
			return;
		up[n++] = inv->dev[at].addr.devfn;
	}
	path.first = inv->dev[at].addr;
	while (path.hops < n) {
		path.hop[path.hops] = up[n - 1 - path.hops];
		path.hops++;
	}
	if (!n || inventory_walk(inv, &path) != dev)
		return;
	addr_format(&path.first, addr);
	text_append(text, POLICY_LINE_MAX + 1, "%s", addr);
	for (i = 0; i < n; i++)
		text_append(text, POLICY_LINE_MAX + 1, "/%02x.%x", path.hop[i] >> 3,
			    path.hop[i] & 7U);
}

/* The members of the group but for its bridges, which stay anyway and need not be listed. */
static void append_expect(const struct group *g, bool subsystems, char line[POLICY_LINE_MAX + 2])
{
	char id[ID_TEXT];
	const char *before = "";
	size_t i;

	for (i = 0; i < g->members; i++) {
		struct pci_id have = group_dev(g, i)->id;

		if (class_is_bridge(group_dev(g, i)->class))
			continue;
		have.has_sub = subsystems;
		id_format(&have, id);
		text_append(line, POLICY_LINE_MAX + 2, "%s%s", before, id);
		before = ",";
	}
}

static bool write_line(const struct group *g, int dev, const char *name, bool subsystems,
		       char line[POLICY_LINE_MAX + 2])
{
	const struct inventory *inv = g->plan->inv;
	char addr[ADDR_TEXT], path[POLICY_LINE_MAX + 1];

	addr_format(&inv->dev[dev].addr, addr);
	bridge_path(inv, dev, path);
	line[0] = '\0';
	text_append(line, POLICY_LINE_MAX + 2, "claim device=%s", addr);
	if (path[0])
		text_append(line, POLICY_LINE_MAX + 2, " path=%s", path);
	text_append(line, POLICY_LINE_MAX + 2, " expect=");
	append_expect(g, subsystems, line);
	if (name)
		text_append(line, POLICY_LINE_MAX + 2, " name=%s", name);
	return strlen(line) <= POLICY_LINE_MAX;
}

int claim_line(const struct group *g, int dev, const char *name, char line[POLICY_LINE_MAX + 1])
{
	char text[POLICY_LINE_MAX + 2]; /* a byte more, to see that it is too long */
	bool fits = write_line(g, dev, name, true, text) || write_line(g, dev, name, false, text);

	if (!fits || g->members > POLICY_EXPECT_MAX)
		return -E2BIG;
	memcpy(line, text, strlen(text) + 1);
	return 0;
}
