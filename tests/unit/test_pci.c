/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inventory from a tree: identity by modalias or by single files, bridges, groups, and devices
 * that cannot be read. And the huge pages, which are read and written in the same tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fakesys.h"
#include "hugepages.h"
#include "pci.h"
#include "policy.h"
#include "unit.h"

#define DEVICE "sys/bus/pci/devices/0000:01:00.0"

static struct fake_device gpu;
static struct inventory inv;

static int setup(void **state)
{
	(void)state;
	gpu = (struct fake_device){ .addr = "0000:01:00.0",
				    .id = "10de:13c2",
				    .class = "030000",
				    .group = 5,
				    .driver = "nouveau" };
	memset(&inv, 0, sizeof(inv));
	fake_start();
	fake_add(&gpu);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	inventory_free(&inv);
	fake_stop();
	return 0;
}

static const struct pci_dev *only(void)
{
	assert_int_equal(inventory_read(&inv, fake_root()), 0);
	assert_int_equal(inv.devs, 1);
	return &inv.dev[0];
}

static void single_files(void **state)
{
	const struct pci_dev *d;

	(void)state;
	fake_file(DEVICE "/subsystem_vendor", "0x1043\n");
	fake_file(DEVICE "/subsystem_device", "0x8508\n");
	fake_file(DEVICE "/boot_vga", "1\n");
	d = only();
	assert_int_equal(d->id.vendor, 0x10de);
	assert_int_equal(d->id.device, 0x13c2);
	assert_int_equal(d->id.subvendor, 0x1043);
	assert_int_equal(d->id.subdevice, 0x8508);
	assert_int_equal(d->class, 0x030000);
	assert_int_equal(d->group, 5);
	assert_string_equal(d->driver, "nouveau");
	assert_int_equal(d->parent, -1);
	assert_true(d->boot_display);
	assert_false(d->has_console);
	assert_int_equal(inv.iommu.last_group, 5);
}

static void modalias_first(void **state)
{
	const struct pci_dev *d;

	(void)state;
	fake_file(DEVICE "/modalias", "pci:v00001002d000067DFsv00001DA2sd0000E366bc03sc80i01\n");
	d = only();
	assert_int_equal(d->id.vendor, 0x1002);
	assert_int_equal(d->id.subdevice, 0xe366);
	assert_int_equal(d->class, 0x038001);
}

static void broken_modalias(void **state)
{
	static const char *const broken[] = {
		"",
		"pci:",
		"usb:v1",
		"pci:v000010DEd000013C2",
		"pci:v0000ZZZZd000013C2sv00001043sd00008508bc03sc00i00",
		"pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i"
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(broken); i++) {
		fake_file(DEVICE "/modalias", broken[i]);
		assert_int_equal(only()->id.vendor, 0x10de);
		inventory_free(&inv);
	}
}

static void unreadable(void **state)
{
	(void)state;
	fake_file(DEVICE "/class", "nonsense");
	assert_int_equal(inventory_read(&inv, fake_root()), 0);
	assert_int_equal(inv.devs, 0);
	assert_int_equal(inv.unreadable, 1);
}

static void other_names(void **state)
{
	(void)state;
	fake_file("sys/bus/pci/devices/README", "x");
	fake_file("sys/bus/pci/devices/0000:zz:00.0/vendor", "x");
	(void)only();
	assert_int_equal(inv.unreadable, 0);
}

static void no_pci(void **state)
{
	struct root r;

	(void)state;
	assert_int_equal(root_open(&r, "/proc"), 0);
	assert_int_equal(inventory_read(&inv, &r), -ENOENT);
	root_close(&r);
	assert_int_equal(root_open(&r, "/nowhere"), -ENOENT);
}

/* Bridges: 00:01.0 > 01:00.0 > 02:03.0, and twice 02:03.0 below another. */
static void walks(void **state)
{
	static const struct {
		const char *path;
		int index;
	} wanted[] = {
		{ "00:01.0", 0 },
		{ "00:01.0/00.0", 1 },
		{ "00:01.0/00.0/03.0", 2 },
		{ "01:00.0", -ENOENT },
		{ "00:01.0/01.0", -ENOENT },
		{ "00:02.0", -ENOENT },
		{ "00:01.0/00.0/03.0/00.0", -ENOENT },
		{ "00:01.0/04.0", -ENOTUNIQ },
	};
	static struct pci_dev dev[] = {
		{ .addr = { 0, 0, 1 << 3 }, .parent = -1 },
		{ .addr = { 0, 1, 0 }, .parent = 0 },
		{ .addr = { 0, 2, 3 << 3 }, .parent = 1 },
		{ .addr = { 0, 3, 4 << 3 }, .parent = 0 },
		{ .addr = { 0, 4, 4 << 3 }, .parent = 0 },
	};
	const struct inventory five = { .dev = dev, .devs = ARRAY_LEN(dev) };
	struct pci_path p;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_int_equal(path_parse(wanted[i].path, &p, &why), 0);
		assert_int_equal(inventory_walk(&five, &p), wanted[i].index);
	}
	for (i = 0; i < ARRAY_LEN(dev); i++)
		assert_int_equal(inventory_find(&five, &dev[i].addr), i);
	assert_int_equal(inventory_find(&five, &(struct pci_addr){ 1, 0, 0 }), -1);
	assert_int_equal(inventory_find(&inv, &dev[0].addr), -1);
}

/* ---- huge pages ---- */

#define POOL "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

static struct hugepages reserve(uint32_t count)
{
	const struct rule rule = { .size = 2U << 20, .count = count };
	struct hugepages h;

	memset(&h, 0, sizeof(h));
	hugepages_reserve(&h, fake_root(), &rule);
	assert_int_equal(hugepages_enough(&h, &rule), h.error == 0 && h.got >= count);
	return h;
}

static void huge_pages(void **state)
{
	struct hugepages h;

	(void)state;
	h = reserve(4);
	assert_int_equal(h.error, -ENOENT);
	fake_file(POOL, "0\n");
	h = reserve(4);
	assert_int_equal(h.error, 0);
	assert_int_equal(h.got, 4);
	assert_false(h.already);
	assert_string_equal(fake_trace(), "write " POOL "=4\n");
	fake_trace_clear();
	h = reserve(3);
	assert_true(h.already);
	assert_int_equal(h.got, 4);
	assert_string_equal(fake_trace(), "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(single_files), TEST(modalias_first), TEST(broken_modalias), TEST(unreadable),
	TEST(other_names),  TEST(no_pci),	  TEST(walks),		 TEST(huge_pages),
};

int main(void)
{
	return RUN_TESTS(tests);
}
