/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claim_modules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "modlist.h"
#include "text.h"

#define DRIVER "vfio-pci"

bool claim_driver_there(const struct root *r, const char *driver)
{
	char rel[sizeof(PCI_DRIVERS) + DRIVER_NAME + 1];

	(void)text_put(text_put(rel, rel + sizeof(rel), PCI_DRIVERS "/"), rel + sizeof(rel),
		       driver);
	return root_exists(r, rel);
}

/* Words for the errors that a module load is known for. */
static const char *load_error_text(int err)
{
	switch (-err) {
	case ENOENT:
		return "not in this image and not built into the kernel";
	case ENOSYS:
	case ENOEXEC:
		return "this kernel cannot read the file: compressed in a way it does not know, or "
		       "made for another kernel";
	case ENOKEY:
	case EKEYREJECTED:
	case EPERM:
		return "the kernel rejects it: not signed with a key it trusts";
	default:
		return strerror(-err);
	}
}

static int load_driver(const struct root *r, struct outcomes *o, struct modload *modules,
		       const char *driver)
{
	int err;

	if (claim_driver_there(r, driver))
		return 0;
	err = modules ? modload_insert(modules, driver) : -ENOENT;
	if (err == 0 && claim_driver_there(r, driver))
		return 0;
	if (!o->load_error[0])
		(void)snprintf(o->load_error, LOAD_ERROR, "driver %s: %s", driver,
			       err == 0 ? "its module is loaded but it did not register"
					: load_error_text(err));
	return err < 0 ? err : -ENODEV;
}

/* VFIO's IOMMU backend. Loaded with vfio-pci, and first, so that the group can be used the moment
 * it is complete. A kernel with only iommufd has none; that is no error. */
static void load_backend(const struct root *r, struct outcomes *o, struct modload *modules)
{
	int err;

	if (root_exists(r, SYS_MODULES "/vfio_iommu_type1") || !modules)
		return;
	err = modload_insert(modules, "vfio_iommu_type1");
	if (err < 0 && err != -ENOENT)
		(void)snprintf(o->load_error, LOAD_ERROR, "module vfio_iommu_type1: %s",
			       load_error_text(err));
}

/* What nearly every plan needs, by the list that the image was made with. */
static bool load_listed(const struct root *r, const struct plan *plan, struct modload *modules)
{
	size_t i = 0;

	while (i < plan->inv->devs &&
	       (plan->dev[i].action != ACTION_CLAIM || strcmp(plan->dev[i].target, DRIVER) != 0))
		i++;
	return i < plan->inv->devs && modules && !claim_driver_there(r, DRIVER) &&
	       modlist_load(r, modules->root) == 0;
}

static bool seen_before(const struct plan *plan, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (plan->dev[k].action == ACTION_CLAIM &&
		    strcmp(plan->dev[k].target, plan->dev[i].target) == 0)
			return true;
	return false;
}

int claim_modules(const struct root *r, const struct plan *plan, struct outcomes *o,
		  struct modload *modules)
{
	bool listed = load_listed(r, plan, modules);
	int err = 0, last;
	size_t i;

	if (!listed)
		load_backend(r, o, modules);
	for (i = 0; i < plan->inv->devs; i++) {
		if (plan->dev[i].action != ACTION_CLAIM || seen_before(plan, i) ||
		    (listed && strcmp(plan->dev[i].target, DRIVER) == 0))
			continue;
		last = load_driver(r, o, modules, plan->dev[i].target);
		if (err == 0)
			err = last;
	}
	return err;
}
