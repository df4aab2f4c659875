/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, ids, paths and classes: what is accepted, what is not, and back to text. */
#include <errno.h>
#include <stdio.h>

#include "bdf.h"
#include "unit.h"

static const char *address(const char *text)
{
	static char buf[ADDR_TEXT];
	struct pci_addr a;
	const char *why = NULL;

	if (addr_parse(text, &a, &why) < 0) {
		assert_non_null(why);
		return NULL;
	}
	addr_format(&a, buf);
	return buf;
}

static void addresses(void **state)
{
	(void)state;
	assert_string_equal(address("0000:01:00.0"), "0000:01:00.0");
	assert_string_equal(address("01:00.0"), "0000:01:00.0");
	assert_string_equal(address("ff:1f.7"), "0000:ff:1f.7");
	assert_string_equal(address("FF:1F.7"), "0000:ff:1f.7");
	assert_string_equal(address("10000:e1:00.0"), "10000:e1:00.0");
	assert_string_equal(address("ffffffff:ff:1f.7"), "ffffffff:ff:1f.7");
	assert_string_equal(address("00000001:01:00.0"), "0001:01:00.0");
}

static void bad_addresses(void **state)
{
	static const char *const bad[] = {
		"",
		" 01:00.0",
		"01:00.0 ",
		"1:00.0",
		"001:00.0",
		"01:0.0",
		"01:00.",
		"01:00",
		"01:00.8",
		"01:20.0",
		"01:00.00",
		"000:01:00.0",
		":01:00.0",
		"0000:01:0",
		"0000:0000:01:00.0",
		"gg:00.0",
		"01-00.0",
		"0x01:00.0",
		"0000:01:00.0\n",
		"01:00.0/00",
		"123456789:01:00.0",
		":",
		"::",
		"+1:00.0",
		"-1:00.0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_null(address(bad[i]));
}

static void addresses_in_order(void **state)
{
	static const char *const sorted[] = { "00:00.0", "00:00.1",	 "00:01.0",
					      "01:00.0", "0001:00:00.0", "10000:00:00.0" };
	struct pci_addr a, b;
	const char *why;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(sorted); i++) {
		for (k = 0; k < ARRAY_LEN(sorted); k++) {
			int c;

			assert_int_equal(addr_parse(sorted[i], &a, &why), 0);
			assert_int_equal(addr_parse(sorted[k], &b, &why), 0);
			c = addr_compare(&a, &b);
			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
	}
	assert_int_equal(addr_parse("02:00.7", &a, &why), 0);
	assert_int_equal(addr_parse("02:00.0", &b, &why), 0);
	assert_true(addr_same_slot(&a, &b));
	assert_int_equal(addr_parse("02:01.0", &b, &why), 0);
	assert_false(addr_same_slot(&a, &b));
	assert_int_equal(addr_parse("0001:02:00.0", &b, &why), 0);
	assert_false(addr_same_slot(&a, &b));
}

static const char *id(const char *text)
{
	static char buf[ID_TEXT];
	struct pci_id v;
	const char *why = NULL;

	if (id_parse(text, &v, &why) < 0) {
		assert_non_null(why);
		return NULL;
	}
	id_format(&v, buf);
	return buf;
}

static void ids(void **state)
{
	static const char *const bad[] = { "",
					   "10de",
					   "10de:",
					   "10de:13c",
					   "10de:13c2:",
					   "10de:13c2:1043",
					   "10de:13c22",
					   ":13c2",
					   "10de:13c2:1043:8508:",
					   "10de:13c2 ",
					   "10de-13c2",
					   "0x10de:0x13c2",
					   "10de:13c2:1043:8508:0000" };
	size_t i;

	(void)state;
	assert_string_equal(id("10de:13c2"), "10de:13c2");
	assert_string_equal(id("10DE:13C2:1043:8508"), "10de:13c2:1043:8508");
	assert_string_equal(id("0000:ffff:0000:0000"), "0000:ffff:0000:0000");
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_null(id(bad[i]));
}

static bool fits(const char *want, const char *have)
{
	struct pci_id w, h;
	const char *why;

	assert_int_equal(id_parse(want, &w, &why), 0);
	assert_int_equal(id_parse(have, &h, &why), 0);
	return id_matches(&w, &h);
}

static void ids_that_match(void **state)
{
	(void)state;
	assert_true(fits("10de:13c2", "10de:13c2:1043:8508"));
	assert_true(fits("10de:13c2:1043:8508", "10de:13c2:1043:8508"));
	assert_false(fits("10de:13c2:1043:8508", "10de:13c2"));
	assert_false(fits("10de:13c2:1043:8508", "10de:13c2:1043:8509"));
	assert_false(fits("10de:13c2:1043:8508", "10de:13c2:1044:8508"));
	assert_false(fits("10de:13c2", "10de:13c3:1043:8508"));
	assert_false(fits("10de:13c2", "1002:13c2:1043:8508"));
	/* Zero is a subsystem like any other. */
	assert_false(fits("10de:13c2:0000:0000", "10de:13c2:1043:8508"));
}

static void paths(void **state)
{
	static const char *const bad[] = { "",
					   "/",
					   "00:01.0/",
					   "/00.0",
					   "00:01.0//00.0",
					   "01.0/00.0",
					   "00:01.0/00:00.0",
					   "00:01.0/0.0",
					   "00:01.0/20.0",
					   "00:01.0/00.0 " };
	const char *sixteen = "00:01.0/01.0/02.0/03.0/04.0/05.0/06.0/07.0/08.0/09.0/0a.0/0b.0/0c.0"
			      "/0d.0/0e.0/0f.0/10.7";
	struct pci_path p;
	char longer[128];
	const char *why;
	size_t i;

	(void)state;
	assert_int_equal(path_parse("00:01.0", &p, &why), 0);
	assert_int_equal(p.hops, 0);
	assert_int_equal(path_parse("10000:e0:06.0/00.0", &p, &why), 0);
	assert_int_equal(p.first.domain, 0x10000);
	assert_int_equal(p.hops, 1);
	assert_int_equal(path_parse(sixteen, &p, &why), 0);
	assert_int_equal(p.hops, 16);
	assert_int_equal(p.hop[15], 0x10 << 3 | 7);
	(void)snprintf(longer, sizeof(longer), "%s/00.0", sixteen);
	assert_int_equal(path_parse(longer, &p, &why), -EINVAL);
	assert_string_equal(why, "more than 16 bridges in one path");
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(path_parse(bad[i], &p, &why), -EINVAL);
}

static void classes(void **state)
{
	(void)state;
	assert_true(class_is_bridge(0x060400));
	assert_true(class_is_bridge(0x060401));
	assert_true(class_is_bridge(0x060940));
	assert_false(class_is_bridge(0x060000));
	assert_false(class_is_bridge(0x060100));
	assert_true(class_is_display(0x030000));
	assert_true(class_is_display(0x038000));
	assert_false(class_is_display(0x040300));
	assert_true(class_shows_console(0x038000));
	assert_false(class_shows_console(0x030200));
	assert_true(class_is_platform(0x060000));
	assert_true(class_is_platform(0x060100));
	assert_true(class_is_platform(0x0c0500));
	assert_true(class_is_platform(0x088000));
	assert_false(class_is_platform(0x060400));
	assert_false(class_is_platform(0x0c0330));
	assert_true(class_is_storage(0x010802));
	assert_true(class_is_network(0x028000));
	assert_string_equal(class_name(0x010601), "SATA controller");
	assert_string_equal(class_name(0x018000), "storage controller");
	assert_string_equal(class_name(0xff0000), "device");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(addresses),
	cmocka_unit_test(bad_addresses),
	cmocka_unit_test(addresses_in_order),
	cmocka_unit_test(ids),
	cmocka_unit_test(ids_that_match),
	cmocka_unit_test(paths),
	cmocka_unit_test(classes),
};

int main(void)
{
	return RUN_TESTS(tests);
}
