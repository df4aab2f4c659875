/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The moment from which the boot may go on: said once, after the overrides and before the modules,
 * and only where the kernel itself says that no other driver can come. And what a failure after it
 * does: drivers that were loaded meanwhile are asked again.
 */
#include <errno.h>
#include <stdio.h>

#include "fakesys.h"
#include "scene.h"
#include "unit.h"

#define GPU "0000:01:00.0"
#define SOUND "0000:01:00.1"

struct machine {
	struct fake_device gpu, sound, host;
	struct scene s;
};

static char seen[1000]; /* what was written before it was said */
static int said;

static void held(void)
{
	said++;
	(void)snprintf(seen, sizeof(seen), "%s", fake_trace());
}

static int setup(void **state)
{
	struct machine *m = test_calloc(1, sizeof(*m));

	m->gpu = (struct fake_device){
		.addr = GPU, .id = "10de:13c2", .class = "030000", .group = 1, .native = "nouveau"
	};
	m->sound = (struct fake_device){
		.addr = SOUND, .id = "10de:0fbb", .class = "040300", .group = 1
	};
	m->host = (struct fake_device){ .addr = "0000:03:00.0",
					.id = "8086:0412",
					.class = "030000",
					.group = 3,
					.driver = "i915" };
	said = 0;
	seen[0] = '\0';
	fake_start();
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

static void run(struct machine *m)
{
	fake_add(&m->gpu);
	fake_add(&m->sound);
	fake_add(&m->host);
	scene_claim_held(&m->s, "claim group=1", true, held);
}

static void before_the_modules(void **state)
{
	struct machine *m = *state;

	fake_module("vfio-pci", true, 0);
	fake_module("vfio_iommu_type1", false, 0);
	run(m);
	assert_int_equal(said, 1);
	assert_string_equal(seen, "override " GPU " vfio-pci\n"
				  "override " SOUND " vfio-pci\n");
	assert_int_equal(m->s.result.status, EXIT_DONE);
}

static void one_is_there_already(void **state)
{
	struct machine *m = *state;

	m->gpu.driver = "vfio-pci";
	fake_module("vfio-pci", true, 0);
	run(m);
	assert_int_equal(said, 1);
}

/* A function that has a driver: first it has to let go, and that can fail. */
static void a_driver_is_there(void **state)
{
	struct machine *m = *state;

	m->sound.driver = m->sound.native = "snd_hda_intel";
	fake_module("vfio-pci", true, 0);
	run(m);
	assert_int_equal(said, 0);
	assert_string_equal(fake_driver_of(SOUND), "vfio-pci");
}

static void an_override_fails(void **state)
{
	struct machine *m = *state;

	m->sound.override_error = -EIO;
	fake_module("vfio-pci", true, 0);
	run(m);
	assert_int_equal(said, 0);
}

static void an_override_is_not_there(void **state)
{
	struct machine *m = *state;

	m->sound.override_ignored = true;
	fake_module("vfio-pci", true, 0);
	run(m);
	assert_int_equal(said, 0);
}

/* The host's driver is in the kernel by now, and passed the device by. */
static void failure_after_it(void **state)
{
	struct machine *m = *state;

	fake_driver("nouveau");
	fake_module("vfio-pci", false, -ENOENT);
	run(m);
	assert_int_equal(said, 1);
	assert_string_equal(fake_override_of(GPU), "");
	assert_string_equal(fake_driver_of(GPU), "nouveau");
	assert_int_not_equal(m->s.result.status, EXIT_DONE);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(before_the_modules, setup, teardown),
	cmocka_unit_test_setup_teardown(one_is_there_already, setup, teardown),
	cmocka_unit_test_setup_teardown(a_driver_is_there, setup, teardown),
	cmocka_unit_test_setup_teardown(an_override_fails, setup, teardown),
	cmocka_unit_test_setup_teardown(an_override_is_not_there, setup, teardown),
	cmocka_unit_test_setup_teardown(failure_after_it, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
