/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/give_back.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "bounded.h"
#include "outcome.h"

#define DEVICE_PATH 64
#define WRITE_MS 2000
#define DRIVER_MS 30000 /* for a module to load, or a driver to probe */
#define SETTLE_MS 2000 /* for a driver that probes on its own time */
#define LOOK_MS 20

struct give {
	const struct root *root;
	const struct plan *plan;
	struct modload *modules;
	int devices; /* /sys/bus/pci/devices */
};

static const char *path_of(const struct give *g, const struct given *d, const char *attr,
			   char buf[DEVICE_PATH])
{
	char addr[ADDR_TEXT];

	addr_format(&g->plan->inv->dev[d->dev].addr, addr);
	(void)snprintf(buf, DEVICE_PATH, "%s/%s", addr, attr);
	return buf;
}

static void read_driver(const struct give *g, const struct given *d, char driver[DRIVER_NAME])
{
	char path[DEVICE_PATH];

	if (attr_link_name(g->devices, path_of(g, d, "driver", path), driver, DRIVER_NAME) < 0)
		driver[0] = '\0';
}

/* "" where nothing overrides. */
static int read_override(const struct give *g, const struct given *d, char value[DRIVER_NAME])
{
	char path[DEVICE_PATH];
	int r = attr_read(g->devices, path_of(g, d, "driver_override", path), value, DRIVER_NAME);

	if (r < 0 || strcmp(value, "(null)") == 0)
		value[0] = '\0';
	return r < 0 ? r : 0;
}

/* The drivers that only keep a device for somebody else, and the one that the policy asks for. */
static bool is_ours(const struct give *g, const struct given *d, const char *driver)
{
	const struct plan_dev *pd = &g->plan->dev[d->dev];

	return strstr(driver, "vfio") || strcmp(driver, "pci-stub") == 0 ||
	       (pd->action == ACTION_CLAIM && strcmp(driver, pd->target) == 0);
}

static void fail(struct given *d, const char *format, ...) printf_like(2, 3);
static void fail(struct given *d, const char *format, ...)
{
	va_list ap;

	d->state = GIVE_FAILED;
	va_start(ap, format);
	(void)vsnprintf(d->reason, sizeof(d->reason), format, ap);
	va_end(ap);
}

static void clear_override(const struct give *g, struct given *d)
{
	char path[DEVICE_PATH], now[DRIVER_NAME];
	int r = read_override(g, d, d->override);

	if (r == 0 && !is_ours(g, d, d->override))
		d->override[0] = '\0'; /* none, or somebody else's */
	if (r < 0 || !d->override[0])
		return;
	/* A newline clears; an empty write would do nothing. */
	r = attr_write_bounded(g->devices, path_of(g, d, "driver_override", path), "\n", WRITE_MS);
	if (r == 0)
		r = read_override(g, d, now);
	if (r != 0)
		fail(d, "clearing driver_override: %s", strerror(-r));
	else if (now[0])
		fail(d, "driver_override was cleared and still says %s", now);
}

/* A device that stays where it was keeps its override too. */
static void unbind(const struct give *g, struct given *d)
{
	char addr[ADDR_TEXT], path[DEVICE_PATH];
	int r = -EXDEV;

	addr_format(&g->plan->inv->dev[d->dev].addr, addr);
	if (root_holds(g->root, g->devices, path_of(g, d, "driver", path)))
		r = attr_write_bounded(g->devices, path_of(g, d, "driver/unbind", path), addr,
				       RELEASE_MS);
	read_driver(g, d, d->after);
	d->released = r != -ETIMEDOUT && !d->after[0];
	if (d->released)
		return;
	if (r == -ETIMEDOUT)
		fail(d, "%s did not let go within %d s: is it in use?", d->before,
		     RELEASE_MS / 1000);
	else
		fail(d, "releasing it from %s: %s", d->before, strerror(r < 0 ? -r : EBUSY));
	if (d->override[0] && attr_write_bounded(g->devices, path_of(g, d, "driver_override", path),
						 d->override, WRITE_MS) < 0)
		d->override[0] = '\0';
}

struct load_call {
	struct modload *modules;
	const char *modalias;
};

static int load_now(void *arg)
{
	const struct load_call *l = arg;

	return modload_insert_alias(l->modules, l->modalias);
}

/* The host's modules for the device, as udev would load them. */
static int load_driver(const struct give *g, const struct given *d)
{
	char path[DEVICE_PATH], modalias[128];
	struct load_call l = { g->modules, modalias };

	if (!g->modules ||
	    attr_read(g->devices, path_of(g, d, "modalias", path), modalias, sizeof(modalias)) < 0)
		return -ENOENT;
	return bounded_run(load_now, &l, DRIVER_MS);
}

static const char *no_driver_text(int err)
{
	switch (-err) {
	case 0:
		return "no driver took it; see dmesg for the reason";
	case ENOENT:
		return "no driver took it: the host has no module for it";
	case EACCES:
		return "no driver took it: its module is blacklisted in modprobe.d";
	case ENOTSUP:
		return "no driver took it: its module has an install line in modprobe.d";
	case ETIMEDOUT:
		return "no driver took it: loading its module takes long";
	default:
		return strerror(-err);
	}
}

/* Some drivers probe after the write has come back. */
static void wait_driver(const struct give *g, struct given *d)
{
	unsigned int waited;

	for (waited = 0; waited <= SETTLE_MS; waited += LOOK_MS) {
		read_driver(g, d, d->after);
		if (d->after[0])
			return;
		(void)poll(NULL, 0, LOOK_MS);
	}
}

static void find_driver(const struct give *g, struct given *d)
{
	char addr[ADDR_TEXT];
	int loaded = load_driver(g, d), r = 0;

	addr_format(&g->plan->inv->dev[d->dev].addr, addr);
	read_driver(g, d, d->after);
	if (!d->after[0]) {
		r = attr_write_bounded(g->root->fd, PCI_PROBE, addr, DRIVER_MS);
		if (r == 0 && loaded == 0)
			wait_driver(g, d);
		else
			read_driver(g, d, d->after);
	}
	if (strstr(d->after, "vfio"))
		fail(d, "%s took it again: is it named by an ids= of that module?", d->after);
	else if (!d->after[0] && r < 0)
		(void)snprintf(d->reason, sizeof(d->reason), "drivers_probe: %s", strerror(-r));
	else if (!d->after[0])
		(void)snprintf(d->reason, sizeof(d->reason), "%s", no_driver_text(loaded));
}

int give_back(struct given *list, size_t n, const struct root *r, const struct plan *plan,
	      struct modload *modules)
{
	struct give g = { .root = r, .plan = plan, .modules = modules };
	size_t i;

	g.devices = root_openat(r, PCI_DEVICES, O_RDONLY | O_DIRECTORY);
	if (g.devices < 0)
		return g.devices;
	for (i = 0; i < n; i++) {
		list[i].state = GIVE_BACK;
		read_driver(&g, &list[i], list[i].before);
		memcpy(list[i].after, list[i].before, DRIVER_NAME);
		clear_override(&g, &list[i]);
	}
	for (i = 0; i < n; i++)
		if (list[i].state == GIVE_BACK && is_ours(&g, &list[i], list[i].before))
			unbind(&g, &list[i]);
	for (i = 0; i < n; i++) {
		if (list[i].state != GIVE_BACK)
			continue;
		if (!list[i].after[0])
			find_driver(&g, &list[i]);
		else if (!list[i].override[0])
			list[i].state = GIVE_NOTHING;
	}
	(void)close(g.devices);
	return 0;
}
