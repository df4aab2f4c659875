/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest of the boot tests states facts, one "key value" line each, on a private channel.
 * Nothing here judges; the host does. It must not know a test case.
 */
#ifndef GUEST_FACTS_H
#define GUEST_FACTS_H

#include <stdbool.h>
#include <stddef.h>

/* facts.c: the channel */
int facts_open(const char *tty);
void facts_close(void);
void fact(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void fact_lines(const char *key, const char *path);

/* facts.c: small readers; both give "" when there is nothing */
void read_text(const char *path, char *buf, size_t size);
void link_name(const char *path, char *buf, size_t size);
bool cmdline_value(const char *key, char *buf, size_t size);

/* start.c */
void start_look(char **argv);
void start_facts(void);
void start_report(void);

/* pci.c */
void pci_facts(void);
size_t pci_snapshot(char *buf, size_t size);

/* kvmfr.c */
void kvmfr_facts(void);

/* vfio.c */
void vfio_facts(void);

/* klog.c */
void klog_facts(void);
void splat_facts(void);

/* hold.c: returns only when it failed */
int hold_device(const char *bdf);
int run_with_shown(char *const words[]);

/* child.c */
void run_child(const char *name, char *const argv[], bool as_user);
void say_changes(const char *name, const char *before, const char *after);

/* again.c */
void again_facts(void);

/* steps.c */
void steps_facts(void);

#endif
