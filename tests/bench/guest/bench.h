/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the measuring init is made of. Knows Linux and the words that the host's script reads; must
 * not know what it measures.
 */
#pragma once

/* A line to the console, "BENCH " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Since the kernel began to count. */
long long now_ns(void);

/* Runs a program and waits for it: nanoseconds, or -1 where it could not be started. */
long long run_timed(char *const *argv, int *status);

struct counts {
	unsigned long syscalls;
	unsigned long processes;
};

/* The same under ptrace: every system call of it and of all it starts. 0 or -1. */
int run_counted(char *const *argv, struct counts *c, int *status);

/* The same while the kernel notes each system call: when it began and ended, and the faults
 * between. */
int run_traced(char *const *argv, int *status);

/* The floor: what any method must make the kernel do. ADDRESS... MODULE.ko[.xz]... */
int floor_main(char **argv);

/* What vfio-pci has after it, and every module, is undone each time but the last. */
void run_by_turns(char *const *argv, int *status);

/* finit_module() of one file; a .xz is left to the kernel. 0 or -1 with errno. */
int load_file(const char *path);
