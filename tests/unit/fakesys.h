/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small machine in a temporary folder that answers writes as the kernel does. It stands behind
 * attr_write() and modload_insert() while it runs; else both are the real ones.
 *
 * Knows what the kernel does with driver_override, unbind and drivers_probe, and what it does with
 * a driver that misbehaves. Every write is kept in a trace that child processes share. Knows no
 * policy and no plan.
 */
#pragma once

#include <stdbool.h>

#include "root.h"

struct fake_device {
	const char *addr; /* "0000:01:00.0" */
	const char *id; /* "10de:13c2" */
	const char *class; /* "030000" */
	int group; /* -1: none */
	const char *driver; /* bound at the start; NULL: none */
	const char *native; /* takes the device when nothing overrides it; NULL: none */

	/* How it misbehaves. Zero: it does not. Errors are -errno. */
	int override_error;
	int attr_error;
	int unbind_error; /* the driver stays */
	int probe_error;
	bool override_ignored; /* the write succeeds and nothing changes */
	bool unbind_gone; /* -ENODEV: somebody else was faster */
	bool unbind_ignored; /* the write succeeds and the driver stays */
	bool unbind_hangs;
	bool unbind_dies; /* the process that writes is killed */
	bool probe_ignored; /* the write succeeds and no driver comes */
	const char *rival; /* takes the device before the driver that was asked for */
};

void fake_start(void);
void fake_stop(void);
const struct root *fake_root(void);

/* Borrows d, which may still be changed. */
void fake_add(struct fake_device *d);
/* A driver that is in the kernel. */
void fake_driver(const char *name);
/* A module that can be loaded; registers: a driver of its name (with - for _) is there then, and
 * takes all devices that are overridden to it. error: what loading says instead. */
void fake_module(const char *name, bool registers, int error);
/* An entry of /sys below the root, with this content. */
void fake_file(const char *rel, const char *content);

/* One line a write: "override ADDR DRIVER", "clear ADDR", "empty ADDR", "unbind ADDR", "probe
 * ADDR", "attr ADDR NAME=VALUE", "load NAME", "write REL=VALUE". */
const char *fake_trace(void);
void fake_trace_clear(void);

/* The link's target, or "". */
const char *fake_driver_of(const char *addr);
/* The attribute's content, "" where there is no override. */
const char *fake_override_of(const char *addr);
