/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The claim on a machine that reacts: what is written, in which order, what is read back, and what
 * is put back where something fails.
 */
#include <errno.h>
#include <string.h>

#include "fakesys.h"
#include "scene.h"
#include "unit.h"

#define GPU "0000:01:00.0"
#define SOUND "0000:01:00.1"
#define NIC "0000:02:00.0"

/* A card of two functions, one of them in use, and a network card in a group of its own. */
struct machine {
	struct fake_device gpu, sound, nic, host;
	struct scene s;
};

static int setup(void **state)
{
	struct machine *m = test_calloc(1, sizeof(*m));

	m->gpu = (struct fake_device){
		.addr = GPU, .id = "10de:13c2", .class = "030000", .group = 1, .native = "nouveau"
	};
	m->sound = (struct fake_device){ .addr = SOUND,
					 .id = "10de:0fbb",
					 .class = "040300",
					 .group = 1,
					 .driver = "snd_hda_intel",
					 .native = "snd_hda_intel" };
	m->nic = (struct fake_device){ .addr = NIC,
				       .id = "8086:1572",
				       .class = "020000",
				       .group = 2,
				       .driver = "i40e",
				       .native = "i40e" };
	m->host = (struct fake_device){ .addr = "0000:03:00.0",
					.id = "8086:0412",
					.class = "030000",
					.group = 3,
					.driver = "i915" };
	fake_start();
	fake_add(&m->gpu);
	fake_add(&m->sound);
	fake_add(&m->nic);
	fake_add(&m->host);
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	scene_free(&m->s);
	fake_stop();
	test_free(m);
	return 0;
}

/* Group 1 is on the host's drivers as before, and nothing overrides it. */
static void assert_given_back(void)
{
	assert_string_equal(fake_driver_of(GPU), "");
	assert_string_equal(fake_override_of(GPU), "");
	assert_string_equal(fake_driver_of(SOUND), "snd_hda_intel");
	assert_string_equal(fake_override_of(SOUND), "");
}

static void order(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	scene_claim(&m->s, "claim group=1\nclaim group=2", false);
	assert_string_equal(fake_trace(), "override " GPU " vfio-pci\n"
					  "override " SOUND " vfio-pci\n"
					  "override " NIC " vfio-pci\n"
					  "unbind " SOUND "\n"
					  "unbind " NIC "\n"
					  "probe " GPU "\n"
					  "probe " SOUND "\n"
					  "probe " NIC "\n");
	assert_string_equal(fake_driver_of(GPU), "vfio-pci");
	assert_string_equal(fake_driver_of(SOUND), "vfio-pci");
	assert_string_equal(fake_driver_of(NIC), "vfio-pci");
	assert_string_equal(fake_driver_of("0000:03:00.0"), "i915");
	assert_string_equal(scene_dev(&m->s, GPU), "claimed");
	assert_string_equal(scene_dev(&m->s, SOUND), "claimed");
	assert_string_equal(scene_rule(&m->s, 0), "claimed");
	assert_string_equal(scene_rule(&m->s, 1), "claimed");
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void modules_once(void **state)
{
	struct machine *m = *state;

	fake_module("vfio_iommu_type1", false, 0);
	fake_module("vfio-pci", true, 0);
	scene_claim(&m->s, "claim group=1\nclaim group=2", true);
	assert_string_equal(fake_trace(), "override " GPU " vfio-pci\n"
					  "override " SOUND " vfio-pci\n"
					  "override " NIC " vfio-pci\n"
					  "unbind " SOUND "\n"
					  "unbind " NIC "\n"
					  "load vfio_iommu_type1\n"
					  "load vfio-pci\n");
	assert_string_equal(scene_dev(&m->s, GPU), "claimed");
	assert_string_equal(scene_dev(&m->s, NIC), "claimed");
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void backend_is_not_loaded_again(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", true, 0);
	fake_file("sys/module/vfio_iommu_type1/refcnt", "0");
	scene_claim(&m->s, "claim group=1", true);
	assert_null(strstr(fake_trace(), "vfio_iommu_type1"));
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void backend_that_is_refused(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", true, 0);
	fake_module("vfio_iommu_type1", false, -ENOKEY);
	scene_claim(&m->s, "claim group=1", true);
	assert_string_equal(scene_dev(&m->s, GPU), "claimed");
	assert_non_null(
		strstr(m->s.outcomes.load_error, "vfio_iommu_type1: the kernel rejects it"));
}

static void second_run(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	scene_claim(&m->s, "claim group=1", false);
	fake_trace_clear();
	scene_claim_again(&m->s);
	assert_string_equal(fake_trace(), "");
	assert_string_equal(scene_dev(&m->s, GPU), "already");
	assert_string_equal(scene_rule(&m->s, 0), "already");
	assert_int_equal(m->s.result.status, EXIT_DONE);
	assert_true(result_unchanged(&m->s.result));
}

static void nothing_planned_nothing_written(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	scene_claim(&m->s, "claim group=1 expect=10de:13c2\nprotect group=2\nclaim group=2", true);
	assert_string_equal(fake_trace(), "");
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static void override_fails(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.override_error = -EIO;
	scene_claim(&m->s, "claim group=1", false);
	assert_given_back();
	assert_string_equal(scene_dev(&m->s, GPU), "failed");
	assert_non_null(strstr(m->s.reason, "writing driver_override: Input/output error"));
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_non_null(strstr(m->s.reason, "another device of the rule failed"));
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_non_null(strstr(m->s.reason, GPU));
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
	/* The rule had failed before anything was taken from a driver. */
	assert_null(strstr(fake_trace(), "unbind"));
	assert_null(strstr(fake_trace(), "probe"));
}

static void unbind_fails(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->sound.unbind_error = -EBUSY;
	scene_claim(&m->s, "claim group=1\nclaim group=2", false);
	assert_given_back();
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_non_null(
		strstr(m->s.reason, "releasing it from its driver: Device or resource busy"));
	assert_string_equal(scene_dev(&m->s, NIC), "claimed");
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_string_equal(scene_rule(&m->s, 1), "claimed");
	assert_non_null(strstr(fake_trace(), "clear " GPU "\n"));
	assert_non_null(strstr(fake_trace(), "clear " SOUND "\n"));
	assert_null(strstr(fake_trace(), "empty"));
	assert_null(strstr(fake_trace(), "clear " NIC));
	assert_null(strstr(fake_trace(), "probe " GPU));
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static void unbind_is_ignored(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->sound.unbind_ignored = true;
	scene_claim(&m->s, "claim group=1", false);
	assert_given_back();
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_int_equal(scene_outcome(&m->s, SOUND)->error, -EBUSY);
}

static void unbind_by_somebody_else(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->sound.unbind_gone = true;
	scene_claim(&m->s, "claim group=1", false);
	assert_string_equal(scene_dev(&m->s, SOUND), "claimed");
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void unbind_dies(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->sound.unbind_dies = true;
	scene_claim(&m->s, "claim group=1\nclaim group=2", false);
	assert_given_back();
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_string_equal(scene_dev(&m->s, NIC), "claimed");
}

/* What was taken from its driver before another device failed goes back to it. */
static void released_is_given_back(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.driver = NULL;
	m->nic.group = 2;
	m->nic.unbind_error = -EBUSY;
	scene_claim(&m->s, "claim id=10de:0fbb\nclaim group=2", false);
	assert_string_equal(scene_dev(&m->s, SOUND), "claimed");
	assert_string_equal(scene_dev(&m->s, NIC), "failed");
	assert_string_equal(fake_driver_of(NIC), "i40e");
	assert_string_equal(fake_override_of(NIC), "");
}

static void one_rule_over_two_groups(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->nic.id = "10de:0fbb";
	fake_file("sys/bus/pci/devices/" NIC "/vendor", "10de");
	fake_file("sys/bus/pci/devices/" NIC "/device", "0fbb");
	m->nic.unbind_error = -EBUSY;
	scene_claim(&m->s, "claim id=10de:0fbb", false);
	assert_given_back();
	assert_string_equal(scene_dev(&m->s, NIC), "failed");
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_non_null(strstr(m->s.reason, "another device of the rule failed"));
	assert_string_equal(fake_trace(), "override " GPU " vfio-pci\n"
					  "override " SOUND " vfio-pci\n"
					  "override " NIC " vfio-pci\n"
					  "unbind " SOUND "\n"
					  "unbind " NIC "\n"
					  "clear " GPU "\n"
					  "clear " SOUND "\n"
					  "probe " SOUND "\n"
					  "clear " NIC "\n");
}

/* The same, but the first device fails: the second is not even taken from its driver. */
static void one_rule_stops_at_its_first_failure(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	fake_file("sys/bus/pci/devices/" NIC "/vendor", "10de");
	fake_file("sys/bus/pci/devices/" NIC "/device", "0fbb");
	m->sound.unbind_error = -EBUSY;
	scene_claim(&m->s, "claim id=10de:0fbb", false);
	assert_given_back();
	assert_string_equal(fake_driver_of(NIC), "i40e");
	assert_string_equal(fake_override_of(NIC), "");
	assert_null(strstr(fake_trace(), "unbind " NIC));
}

static void group_of_two_rules_stays_for_one(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->nic.unbind_error = -EBUSY;
	fake_file("sys/bus/pci/devices/" NIC "/vendor", "10de");
	fake_file("sys/bus/pci/devices/" NIC "/device", "0fbb");
	scene_claim(&m->s, "claim id=10de:0fbb\nclaim device=01:00.0", false);
	assert_string_equal(fake_driver_of(GPU), "vfio-pci");
	assert_string_equal(fake_driver_of(SOUND), "vfio-pci");
	assert_string_equal(fake_driver_of(NIC), "i40e");
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_string_equal(scene_rule(&m->s, 1), "claimed");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(order, setup, teardown),
	cmocka_unit_test_setup_teardown(modules_once, setup, teardown),
	cmocka_unit_test_setup_teardown(backend_is_not_loaded_again, setup, teardown),
	cmocka_unit_test_setup_teardown(backend_that_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(second_run, setup, teardown),
	cmocka_unit_test_setup_teardown(nothing_planned_nothing_written, setup, teardown),
	cmocka_unit_test_setup_teardown(override_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(unbind_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(unbind_is_ignored, setup, teardown),
	cmocka_unit_test_setup_teardown(unbind_by_somebody_else, setup, teardown),
	cmocka_unit_test_setup_teardown(unbind_dies, setup, teardown),
	cmocka_unit_test_setup_teardown(released_is_given_back, setup, teardown),
	cmocka_unit_test_setup_teardown(one_rule_over_two_groups, setup, teardown),
	cmocka_unit_test_setup_teardown(one_rule_stops_at_its_first_failure, setup, teardown),
	cmocka_unit_test_setup_teardown(group_of_two_rules_stays_for_one, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
