// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * States the kernel log lines that the host may want: our own, the rivals', and every splat.
 * It knows the format of the kernel log. It must not judge a line.
 */
#include "facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

enum { SYSLOG_ACTION_READ_ALL = 3, SYSLOG_ACTION_SIZE_BUFFER = 10 };

static const char *const wanted[] = {
	"vfio", "iommu group",	       "bochs", "snd_hda", "xhci_hcd", "e1000",
	"ahci", "module verification", "kvmfr",
};

static const char *const splats[] = {
	"WARNING:",
	"BUG:",
	"Oops",
	"general protection",
	"Call Trace",
	"rcu_sched",
	"blocked for more than",
	"soft lockup",
	"UBSAN",
	"KASAN",
};

static bool has_any(const char *line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

static void line_fact(const char *line)
{
	if (strstr(line, "vfio-early:"))
		fact("kmsg %s", line);
	else if (has_any(line, wanted, sizeof(wanted) / sizeof(wanted[0])))
		fact("klog %s", line);
}

static void line_splat(const char *line)
{
	/* Our own lines may quote anything. */
	if (!strstr(line, "vfio-early:") &&
	    has_any(line, splats, sizeof(splats) / sizeof(splats[0])))
		fact("splat %s", line);
}

static void each_line(void (*take)(const char *line))
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0);
	char *buf = size > 0 ? malloc((size_t)size + 1) : NULL;
	char *save = NULL;
	int n;

	if (!buf) {
		fact("klog-error no buffer");
		return;
	}
	n = klogctl(SYSLOG_ACTION_READ_ALL, buf, size);
	buf[n > 0 ? n : 0] = '\0';
	for (char *line = strtok_r(buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take(line[0] == '<' && strchr(line, '>') ? strchr(line, '>') + 1 : line);
	free(buf);
}

void klog_facts(void)
{
	each_line(line_fact);
}

void splat_facts(void)
{
	each_line(line_splat);
}
