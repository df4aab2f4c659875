/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Giving devices back on a machine that reacts: what is written, in which order, what is read back,
 * and what is left alone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fakesys.h"
#include "operator/give_back.h"
#include "scene.h"
#include "unit.h"

#define GPU "0000:01:00.0"
#define SOUND "0000:01:00.1"

/* A card of two functions, claimed. */
static struct fake_device gpu, sound;
static struct scene s;
static struct given given[2];
static int load_result;
static const char *load_registers;

int __wrap_modload_insert_alias(struct modload *m, const char *modalias);
int __wrap_modload_insert_alias(struct modload *m, const char *modalias)
{
	(void)m;
	assert_memory_equal(modalias, "pci:v000010DE", 13);
	if (load_registers)
		fake_driver(load_registers);
	return load_result;
}

static void override_is(const char *addr, const char *driver)
{
	char rel[128];

	(void)snprintf(rel, sizeof(rel), PCI_DEVICES "/%s/driver_override", addr);
	fake_file(rel, driver);
}

static int setup(void **state)
{
	(void)state;
	gpu = (struct fake_device){
		.addr = GPU, .id = "10de:13c2", .class = "030000", .group = 1, .native = "nouveau"
	};
	sound = (struct fake_device){ .addr = SOUND,
				      .id = "10de:0fbb",
				      .class = "040300",
				      .group = 1,
				      .native = "snd_hda_intel" };
	load_result = -ENOENT;
	load_registers = NULL;
	fake_start();
	fake_add(&gpu);
	fake_add(&sound);
	fake_driver("vfio-pci");
	fake_file(PCI_DEVICES "/" GPU "/modalias", "pci:v000010DEd000013C2\n");
	fake_file(PCI_DEVICES "/" SOUND "/modalias", "pci:v000010DEd00000FBB\n");
	scene_claim(&s, "claim group=1 allow=console", false);
	assert_string_equal(fake_driver_of(GPU), "vfio-pci");
	assert_string_equal(fake_driver_of(SOUND), "vfio-pci");
	fake_trace_clear();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_free(&s);
	fake_stop();
	return 0;
}

static void give(size_t n, bool modules)
{
	struct modload none = { .ctx = NULL };

	memset(given, 0, sizeof(given));
	given[1].dev = 1;
	assert_int_equal(give_back(given, n, fake_root(), &s.plan, modules ? &none : NULL), 0);
}

/* Every override goes before any driver lets go, and every driver before any other is looked for:
 * the group is never half a VM's. */
static void order(void **state)
{
	(void)state;
	give(2, false);
	assert_string_equal(fake_trace(), "clear " GPU "\nclear " SOUND "\nunbind " GPU
					  "\nunbind " SOUND "\nprobe " GPU "\nprobe " SOUND "\n");
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].before, "vfio-pci");
	assert_string_equal(given[0].after, "nouveau");
	assert_string_equal(given[0].reason, "");
	assert_string_equal(given[1].after, "snd_hda_intel");
	assert_string_equal(fake_override_of(GPU), "");
	assert_string_equal(fake_override_of(SOUND), "");
}

static void one_alone(void **state)
{
	(void)state;
	give(1, false);
	assert_string_equal(fake_driver_of(GPU), "nouveau");
	assert_string_equal(fake_driver_of(SOUND), "vfio-pci");
	assert_string_equal(fake_override_of(SOUND), "vfio-pci");
}

static void twice(void **state)
{
	(void)state;
	give(2, false);
	fake_trace_clear();
	give(2, false);
	assert_string_equal(fake_trace(), "");
	assert_int_equal(given[0].state, GIVE_NOTHING);
	assert_int_equal(given[1].state, GIVE_NOTHING);
}

/* driverctl's override to a host driver is somebody else's. */
static void foreign_override(void **state)
{
	(void)state;
	give(2, false);
	override_is(GPU, "nouveau");
	fake_trace_clear();
	give(1, false);
	assert_string_equal(fake_trace(), "");
	assert_int_equal(given[0].state, GIVE_NOTHING);
	assert_string_equal(fake_override_of(GPU), "nouveau");
}

/* An override that has lost: the driver stays, the override goes. */
static void only_an_override(void **state)
{
	(void)state;
	give(2, false);
	override_is(GPU, "vfio-pci");
	fake_trace_clear();
	give(1, false);
	assert_string_equal(fake_trace(), "clear " GPU "\n");
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].after, "nouveau");
}

static void override_error(void **state)
{
	(void)state;
	gpu.override_error = -EACCES;
	give(2, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].reason, "clearing driver_override: Permission denied");
	assert_string_equal(fake_driver_of(GPU), "vfio-pci");
	assert_int_equal(given[1].state, GIVE_BACK);
	assert_null(strstr(fake_trace(), "unbind " GPU));
}

static void override_stays(void **state)
{
	(void)state;
	gpu.override_ignored = true;
	give(1, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].reason, "driver_override was cleared and still says vfio-pci");
	assert_string_equal(fake_driver_of(GPU), "vfio-pci");
}

/* What stays on vfio-pci keeps its override: the next probe must not take it. */
static void unbind_error(void **state)
{
	(void)state;
	gpu.unbind_error = -EBUSY;
	give(2, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].reason, "releasing it from vfio-pci: Device or resource busy");
	assert_string_equal(fake_override_of(GPU), "vfio-pci");
	assert_int_equal(given[1].state, GIVE_BACK);
}

static void unbind_ignored(void **state)
{
	(void)state;
	gpu.unbind_ignored = true;
	give(1, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].after, "vfio-pci");
	assert_null(strstr(fake_trace(), "probe"));
	assert_string_equal(fake_override_of(GPU), "vfio-pci");
}

static void unbind_hangs(void **state)
{
	(void)state;
	gpu.unbind_hangs = true;
	give(1, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].reason, "vfio-pci did not let go within 5 s: is it in use?");
	assert_string_equal(fake_override_of(GPU), "vfio-pci");
}

static void taken_again(void **state)
{
	(void)state;
	gpu.rival = "vfio-pci";
	give(1, false);
	assert_int_equal(given[0].state, GIVE_FAILED);
	assert_string_equal(given[0].reason,
			    "vfio-pci took it again: is it named by an ids= of that module?");
}

static void no_driver(void **state)
{
	(void)state;
	gpu.native = NULL;
	give(1, false);
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].after, "");
	assert_string_equal(given[0].reason, "no driver took it: the host has no module for it");
}

static void probe_error(void **state)
{
	(void)state;
	gpu.probe_error = -EIO;
	give(1, false);
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].reason, "drivers_probe: Input/output error");
}

static void blacklisted(void **state)
{
	(void)state;
	gpu.native = NULL;
	load_result = -EACCES;
	give(1, true);
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].reason,
			    "no driver took it: its module is blacklisted in modprobe.d");
}

static void module_is_loaded(void **state)
{
	(void)state;
	gpu.native = NULL;
	load_result = 0;
	load_registers = "nvidia";
	give(1, true);
	assert_string_equal(given[0].reason, "no driver took it; see dmesg for the reason");
	gpu.native = "nvidia";
	give(1, true);
	assert_int_equal(given[0].state, GIVE_BACK);
	assert_string_equal(given[0].after, "nvidia");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order, setup, teardown),
		cmocka_unit_test_setup_teardown(one_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(twice, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_override, setup, teardown),
		cmocka_unit_test_setup_teardown(only_an_override, setup, teardown),
		cmocka_unit_test_setup_teardown(override_error, setup, teardown),
		cmocka_unit_test_setup_teardown(override_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(unbind_error, setup, teardown),
		cmocka_unit_test_setup_teardown(unbind_ignored, setup, teardown),
		cmocka_unit_test_setup_teardown(unbind_hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(taken_again, setup, teardown),
		cmocka_unit_test_setup_teardown(no_driver, setup, teardown),
		cmocka_unit_test_setup_teardown(probe_error, setup, teardown),
		cmocka_unit_test_setup_teardown(blacklisted, setup, teardown),
		cmocka_unit_test_setup_teardown(module_is_loaded, setup, teardown),
	};

	return RUN_TESTS(tests);
}
