/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second half of the claim on a machine that reacts: modules, probe, the link that is read
 * back, attributes, and a driver that never lets go.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "fakesys.h"
#include "outcome.h"
#include "scene.h"
#include "unit.h"

#define GPU "0000:01:00.0"
#define SOUND "0000:01:00.1"
#define NIC "0000:02:00.0"

struct machine {
	struct fake_device gpu, sound, nic;
	struct scene s;
};

static int setup(void **state)
{
	struct machine *m = test_calloc(1, sizeof(*m));

	m->gpu = (struct fake_device){
		.addr = GPU, .id = "10de:1db6", .class = "030200", .group = 1
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
	fake_start();
	fake_add(&m->gpu);
	fake_add(&m->sound);
	fake_add(&m->nic);
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

#define CLAIM_ONE "claim group=1 allow=console"
#define CLAIM_BOTH CLAIM_ONE "\nclaim group=2"

static void no_module(void **state)
{
	struct machine *m = *state;

	scene_claim(&m->s, CLAIM_ONE, true);
	assert_string_equal(fake_trace(), "override " GPU " vfio-pci\n"
					  "override " SOUND " vfio-pci\n"
					  "unbind " SOUND "\n"
					  "load vfio_iommu_type1\n"
					  "load vfio-pci\n"
					  "probe " GPU "\n"
					  "probe " SOUND "\n"
					  "clear " GPU "\n"
					  "clear " SOUND "\n"
					  "probe " SOUND "\n");
	assert_string_equal(fake_driver_of(SOUND), "snd_hda_intel");
	assert_string_equal(scene_dev(&m->s, GPU), "failed");
	assert_non_null(strstr(m->s.reason, "driver vfio-pci: not in this image"));
	assert_int_equal(m->s.result.status, EXIT_ENVIRONMENT);
}

static void module_is_refused(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", true, -EKEYREJECTED);
	scene_claim(&m->s, CLAIM_ONE, true);
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_non_null(strstr(m->s.reason, "not signed with a key it trusts"));
	assert_int_equal(m->s.result.status, EXIT_ENVIRONMENT);
}

static void module_does_not_register(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", false, 0);
	scene_claim(&m->s, CLAIM_ONE, true);
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_non_null(strstr(m->s.reason, "did not register"));
	assert_int_equal(m->s.result.status, EXIT_ENVIRONMENT);
}

static void another_driver(void **state)
{
	struct machine *m = *state;

	fake_module("pci-stub", true, 0);
	fake_module("vfio-pci", true, 0);
	scene_claim(&m->s, "claim group=1 driver=pci-stub allow=console\nclaim group=2", true);
	assert_string_equal(fake_driver_of(GPU), "pci-stub");
	assert_string_equal(fake_driver_of(SOUND), "pci-stub");
	assert_string_equal(fake_driver_of(NIC), "vfio-pci");
	assert_non_null(strstr(fake_trace(), "override " GPU " pci-stub\n"));
}

/* A driver that is missing for one rule is not the reason why another rule fails. */
static void one_driver_is_missing(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", true, 0);
	m->nic.probe_ignored = true;
	scene_claim(&m->s, "claim group=1 driver=pci-stub allow=console\nclaim group=2", true);
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_non_null(strstr(m->s.reason, "driver pci-stub: not in this image"));
	assert_string_equal(scene_rule(&m->s, 1), "failed");
	assert_non_null(strstr(m->s.reason, "vfio-pci did not take it"));
}

/* The write succeeds and nothing happens: only the link tells. */
static void probe_does_nothing(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.probe_ignored = true;
	scene_claim(&m->s, CLAIM_BOTH, false);
	assert_string_equal(scene_dev(&m->s, GPU), "failed");
	assert_non_null(strstr(m->s.reason, "vfio-pci did not take it; see dmesg"));
	assert_string_equal(fake_override_of(GPU), "");
	assert_string_equal(scene_dev(&m->s, SOUND), "claimed");
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_string_equal(scene_rule(&m->s, 1), "claimed");
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static void probe_fails(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->sound.probe_error = -EINVAL;
	scene_claim(&m->s, CLAIM_ONE, false);
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_non_null(strstr(m->s.reason, "probing it: Invalid argument"));
	assert_string_equal(fake_override_of(SOUND), "");
	assert_int_equal(scene_outcome(&m->s, SOUND)->step, STEP_PROBE);
}

static void another_driver_wins(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	fake_driver("nouveau");
	m->gpu.rival = "nouveau";
	scene_claim(&m->s, CLAIM_ONE, false);
	assert_string_equal(scene_dev(&m->s, GPU), "lost");
	assert_string_equal(m->s.reason, "nouveau took it before vfio-pci could");
	assert_string_equal(scene_outcome(&m->s, GPU)->driver, "nouveau");
	assert_string_equal(fake_override_of(GPU), "");
	assert_string_equal(scene_rule(&m->s, 0), "failed");
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static void attributes(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	scene_claim(&m->s,
		    "claim device=01:00.0 attr.reset_method=flr,bus attr.d3cold_allowed=0 "
		    "attr.power/control=on allow=console",
		    false);
	assert_string_equal(fake_trace(), "override " GPU " vfio-pci\n"
					  "override " SOUND " vfio-pci\n"
					  "attr " GPU " reset_method=flr bus\n"
					  "attr " GPU " d3cold_allowed=0\n"
					  "attr " GPU " power/control=on\n"
					  "unbind " SOUND "\n"
					  "probe " GPU "\n"
					  "probe " SOUND "\n");
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void attribute_is_refused(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.attr_error = -EINVAL;
	scene_claim(&m->s, "claim device=01:00.0 attr.reset_method=flr allow=console", false);
	assert_string_equal(scene_dev(&m->s, GPU), "claimed");
	assert_non_null(strstr(m->s.reason, "attr. value was not accepted: Invalid argument"));
	assert_string_equal(scene_rule(&m->s, 0), "claimed");
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static void stop_when_it_fails(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.probe_ignored = true;
	scene_claim(&m->s, CLAIM_ONE " on-failure=stop\nclaim group=2 on-failure=stop", false);
	assert_int_equal(m->s.result.status, EXIT_STOP);
}

static void no_stop_when_another_fails(void **state)
{
	struct machine *m = *state;

	fake_driver("vfio-pci");
	m->gpu.probe_ignored = true;
	scene_claim(&m->s, CLAIM_ONE "\nclaim group=2 on-failure=stop", false);
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

/* The driver of one card never lets go. The other card is claimed, and the time has a limit. */
static void stuck(void **state)
{
	struct machine *m = *state;
	struct timespec start, end;

	fake_driver("vfio-pci");
	m->sound.unbind_hangs = true;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	scene_claim(&m->s, CLAIM_BOTH, false);
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	assert_true(end.tv_sec - start.tv_sec >= RELEASE_MS / 1000 - 1);
	assert_true(end.tv_sec - start.tv_sec <= RELEASE_MS / 1000 + 3);
	assert_string_equal(scene_dev(&m->s, SOUND), "failed");
	assert_non_null(strstr(m->s.reason, "snd_hda_intel did not let go within 5 s"));
	assert_string_equal(scene_dev(&m->s, GPU), "failed");
	assert_string_equal(scene_dev(&m->s, NIC), "claimed");
	assert_string_equal(fake_driver_of(NIC), "vfio-pci");
	assert_string_equal(fake_driver_of(SOUND), "snd_hda_intel");
	assert_string_equal(fake_override_of(GPU), "");
	/* Whatever else touched the stuck device would wait for it as well. */
	assert_null(strstr(fake_trace(), "clear " SOUND));
	assert_int_equal(m->s.result.status, EXIT_UNCLAIMED);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(no_module, setup, teardown),
	cmocka_unit_test_setup_teardown(module_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(module_does_not_register, setup, teardown),
	cmocka_unit_test_setup_teardown(another_driver, setup, teardown),
	cmocka_unit_test_setup_teardown(one_driver_is_missing, setup, teardown),
	cmocka_unit_test_setup_teardown(probe_does_nothing, setup, teardown),
	cmocka_unit_test_setup_teardown(probe_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(another_driver_wins, setup, teardown),
	cmocka_unit_test_setup_teardown(attributes, setup, teardown),
	cmocka_unit_test_setup_teardown(attribute_is_refused, setup, teardown),
	cmocka_unit_test_setup_teardown(stop_when_it_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(no_stop_when_another_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(stuck, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
