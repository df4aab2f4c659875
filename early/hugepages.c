/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hugepages.h"

#include <errno.h>
#include <stdio.h>

#include "attr.h"
#include "bounded.h"
#include "text.h"

struct pool {
	int root;
	char rel[128];
	char count[16];
};

static void find_pool(struct pool *p, const struct root *r, const struct rule *rule)
{
	unsigned long kb = (unsigned long)(rule->size >> 10);

	p->root = r->fd;
	if (rule_has(rule, KEY_NODE))
		(void)snprintf(p->rel, sizeof(p->rel), HUGEPAGES_NODE, (unsigned int)rule->node,
			       kb);
	else
		(void)snprintf(p->rel, sizeof(p->rel), HUGEPAGES_ALL, kb);
	(void)snprintf(p->count, sizeof(p->count), "%u", (unsigned int)rule->count);
}

static int read_pool(const struct pool *p, uint32_t *pages)
{
	char text[32];
	int r = attr_read(p->root, p->rel, text, sizeof(text));

	return r < 0 ? r : text_u32(text, UINT32_MAX, pages);
}

static int write_pool(void *arg)
{
	const struct pool *p = arg;

	return attr_write(p->root, p->rel, p->count);
}

static void look(struct hugepages *h, struct pool *p, const struct root *r, const struct rule *rule)
{
	find_pool(p, r, rule);
	h->tried = true;
	h->error = read_pool(p, &h->got);
	h->already = h->error == 0 && h->got >= rule->count;
}

void hugepages_look(struct hugepages *h, const struct root *r, const struct rule *rule)
{
	struct pool p;

	look(h, &p, r, rule);
}

void hugepages_reserve(struct hugepages *h, const struct root *r, const struct rule *rule)
{
	struct pool p;

	look(h, &p, r, rule);
	if (h->error < 0 || h->already)
		return;
	/* The kernel may search and move memory for long. What it got so far counts. */
	h->error = bounded_run(write_pool, &p, HUGEPAGES_MS);
	if (h->error == 0 || h->error == -ETIMEDOUT)
		h->error = read_pool(&p, &h->got);
}

bool hugepages_enough(const struct hugepages *h, const struct rule *rule)
{
	return h->tried && h->error == 0 && h->got >= rule->count;
}
