/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading kvmfr, over a small machine whose module can misbehave: what is asked of it, what is read
 * back, and what is said. Makes device nodes, so it wants root.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "bounded.h"
#include "fakesys.h"
#include "kvmfr.h"
#include "kvmfr_scene.h"
#include "report.h"
#include "scene.h"
#include "unit.h"

static struct policy policy;
static struct problems problems;
static struct kvmfr k;
static struct modload modules;
static char reason[REASON_TEXT];
static struct root root; /* the fake one as if it was the running system */
static mode_t mask;

int __wrap_modload_insert_with(struct modload *m, const char *name, const char *options);
int __wrap_modload_insert_with(struct modload *m, const char *name, const char *options)
{
	char all[128], *rest = all, *one;
	unsigned int n = 0;

	assert_ptr_equal(m, &modules);
	assert_string_equal(name, "kvmfr");
	module.loads++;
	(void)snprintf(module.options, sizeof(module.options), "%s", options);
	if (module.error)
		return module.error;
	fake_file(SYS_MODULES "/kvmfr/initstate", "live\n");
	(void)snprintf(all, sizeof(all), "%s", module.sizes);
	while ((one = strsep(&rest, ",")) && *one)
		make_device(n++, one);
	return 0;
}

int __wrap_modload_options(struct modload *m, const char *name, char *buf, size_t size);
int __wrap_modload_options(struct modload *m, const char *name, char *buf, size_t size)
{
	(void)m;
	(void)name;
	(void)snprintf(buf, size, "x=1");
	return 0;
}

/* In this process, so that what the module was told can be seen. */
int __wrap_bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds);
int __wrap_bounded_run(int (*function)(void *arg), void *arg, unsigned int milliseconds)
{
	assert_int_equal(milliseconds, KVMFR_MS);
	return module.error == -ETIMEDOUT || module.error == -ECHILD ? module.error : function(arg);
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	assert_true(fd >= 0);
	assert_int_equal(request, 0x7544);
	return module.other ? 64 << 20 : -1;
}

static int setup(void **state)
{
	(void)state;
	fake_start();
	root = *fake_root();
	root.foreign = false;
	mask = umask(0);
	fake_file("proc/meminfo", "MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: 524288 kB\n");
	memset(&policy, 0, sizeof(policy));
	memset(&problems, 0, sizeof(problems));
	memset(&module, 0, sizeof(module));
	memset(&modules, 0, sizeof(modules));
	module.sizes = SIZE;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)umask(mask);
	policy_free(&policy);
	fake_stop();
	return 0;
}

static void run(const char *lines)
{
	policy_drop_rules(&policy);
	add_lines(&policy, lines, &problems);
	kvmfr_decide(&k, &policy, &modules, &root, &problems);
	kvmfr_load(&k, &root, &modules);
}

static void is(const char *state, const char *why)
{
	const char *now = kvmfr_rule(&k, &policy, 0, reason);

	if (strcmp(now, state) != 0 || !strstr(reason, why))
		fail_msg("not %s, \"%s\": %s, %s", state, why, now, reason);
}

static void loads_and_reads_back(void **state)
{
	NODES;
	run("kvmfr size=64M");
	is("loaded", "/dev/kvmfr0 64 MiB");
	assert_string_equal(module.options, "static_size_mb=64");
	node_is(0600, 0, 0);
	assert_int_equal(kvmfr_status(&k), EXIT_DONE);
	assert_false(kvmfr_unmet(&k, 0));
	run("kvmfr size=64M");
	is("already", "/dev/kvmfr0 64 MiB");
	assert_int_equal(module.loads, 1);
}

static void gives_the_node_away(void **state)
{
	NODES;
	module.sizes = SIZE "," SIZE;
	run("kvmfr size=64M owner=1000 group=78 mode=0640\nkvmfr size=64M");
	assert_string_equal(module.options,
			    "static_size_mb=64,64 mode=0640,0000 uid=1000,0 gid=78,0");
	is("loaded", "mode 0640, owner 1000:78");
	node_is(0640, 1000, 78);
	run("kvmfr size=64M owner=1000 group=78 mode=0600\nkvmfr size=64M");
	is("loaded", "mode 0600");
	node_is(0600, 1000, 78);
}

/* The module must not leave it to udev rules then. */
static void nobody_known(void **state)
{
	NODES;
	run("kvmfr size=64M group=nosuch mode=0666");
	is("loaded", "/dev/kvmfr0 64 MiB");
	assert_string_equal(module.options, "static_size_mb=64 mode=0600 uid=0 gid=0");
	node_is(0600, 0, 0);
	assert_int_equal(problems.worst, EXIT_POLICY);
}

static void the_module_gives_it_away(void **state)
{
	NODES;
	module.owns = true;
	run("kvmfr size=64M group=78");
	is("loaded", "owner 0:78");
	node_is(0660, 0, 78);
	run("kvmfr size=64M group=78");
	is("already", "owner 0:78");
}

static void the_other_module(void **state)
{
	NODES;
	module.other = true;
	run("kvmfr size=64M group=78");
	is("loaded", "/dev/kvmfr0 64 MiB");
	node_is(0660, 0, 78);
}

static void not_what_was_asked(void **state)
{
	NODES;
	module.sizes = "33554432";
	run("kvmfr size=64M");
	is("failed", "/dev/kvmfr0 has 32 MiB, not 64 MiB");
	assert_int_equal(kvmfr_status(&k), EXIT_UNCLAIMED);
	assert_true(kvmfr_unmet(&k, 0));
	run("kvmfr size=64M");
	is("failed", "/dev/kvmfr0 has 32 MiB, not 64 MiB: kvmfr was loaded before");
	run("kvmfr size=32M\nkvmfr size=32M");
	is("already", "/dev/kvmfr0 32 MiB");
	assert_string_equal(kvmfr_rule(&k, &policy, 1, reason), "failed");
	assert_non_null(strstr(reason, "/dev/kvmfr1 was not made"));
	assert_int_equal(module.loads, 1);
}

static void no_node(void **state)
{
	(void)state;
	module.no_node = true;
	run("kvmfr size=64M");
	is("failed", "/dev/kvmfr0 is not there, though kvmfr has it");
	fake_file("dev/kvmfr0", "");
	run("kvmfr size=64M");
	is("failed", "/dev/kvmfr0 is a file, not a device: QEMU made it");
	fake_file(KVMFR_CLASS "/kvmfr0/size", "?");
}

/* QEMU was faster: nothing is loaded into a machine where the node could not come. */
static void a_file_in_the_way(void **state)
{
	(void)state;
	fake_file("dev/kvmfr1", "a guest's memory");
	run("kvmfr size=64M\nkvmfr size=64M");
	is("failed", "/dev/kvmfr1 is a file, not a device: QEMU made it because");
	assert_int_equal(module.loads, 0);
	assert_int_equal(kvmfr_status(&k), EXIT_UNCLAIMED);
}

static void something_in_the_way(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("null", fake_root()->fd, "dev/kvmfr0"), 0);
	run("kvmfr size=64M");
	is("failed", "/dev/kvmfr0 is in the way");
	assert_int_equal(module.loads, 0);
}

static void memory(void **state)
{
	(void)state;
	run("kvmfr size=256M\nkvmfr size=128M\nkvmfr size=128M");
	is("failed", "512 MiB and 64 MiB to spare are wanted, 512 MiB are available");
	assert_int_equal(kvmfr_status(&k), EXIT_UNCLAIMED);
	fake_file("proc/meminfo", "MemAvailable: 131071 kB\n");
	run("kvmfr size=64M");
	is("failed", "not loaded: 64 MiB and 64 MiB to spare");
	assert_int_equal(module.loads, 0);
	fake_file("proc/meminfo", "MemTotal: 5 kB\n");
	run("kvmfr size=64M");
	is("failed", "/proc/meminfo does not say");
	assert_int_equal(module.loads, 0);
	module.error = -EIO;
	fake_file("proc/meminfo", "MemAvailable: 131072 kB\n");
	run("kvmfr size=64M");
	assert_int_equal(module.loads, 1);
}

static void errors(void **state)
{
	static const struct {
		int error;
		enum exit_status status;
		const char *text;
	} errors[] = {
		{ -ENOENT, EXIT_ENVIRONMENT, "no module kvmfr" },
		{ -ENOEXEC, EXIT_ENVIRONMENT, "built for another kernel" },
		{ -EKEYREJECTED, EXIT_ENVIRONMENT, "Secure Boot" },
		{ -ENOKEY, EXIT_ENVIRONMENT, "Secure Boot" },
		{ -EPERM, EXIT_ENVIRONMENT, "Secure Boot" },
		{ -ENOMEM, EXIT_UNCLAIMED, "memory" },
		{ -ECHILD, EXIT_UNCLAIMED, "not enough memory" },
		{ -ETIMEDOUT, EXIT_ENVIRONMENT, "within 30 s" },
		{ -EINVAL, EXIT_ENVIRONMENT, "see dmesg" },
		{ -ENODEV, EXIT_ENVIRONMENT, "see dmesg" },
		{ -EIO, EXIT_ENVIRONMENT, "Input/output error" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		module.error = errors[i].error;
		run("kvmfr size=64M");
		is("failed", "not loaded: ");
		is("failed", errors[i].text);
		assert_int_equal(kvmfr_status(&k), errors[i].status);
	}
}

static void a_refused_rule_loads_nothing(void **state)
{
	(void)state;
	run("kvmfr");
	is("refused", "no size");
	assert_int_equal(module.loads, 0);
	kvmfr_load(&k, &root, NULL);
	run("claim group=1");
	assert_int_equal(k.devs, 0);
	assert_int_equal(module.loads, 0);
}

/* Not the running system. */
static void without_modules(void **state)
{
	(void)state;
	run("claim group=1");
	policy_drop_rules(&policy);
	assert_int_equal(policy_add_line(&policy, &(struct origin){ .source = "policy" },
					 "kvmfr size=64M", 14, &problems),
			 0);
	kvmfr_plan(&k, &policy, "", &root, &problems);
	kvmfr_load(&k, &root, NULL);
	is("failed", "not loaded");
	assert_int_equal(module.loads, 0);
}

/* The blocks of the report. */
static void report(void **state)
{
	bool made;
	struct inventory inv = { .devs = 0 };
	struct plan plan;
	struct result result = { .plan = &plan,
				 .policy = &policy,
				 .kvmfr = &k,
				 .problems = &problems,
				 .state = "done" };
	char text[4096];
	int fd, n;

	NODES;
	run("kvmfr size=64M group=78 name=screen");
	assert_int_equal(plan_make(&plan, &policy, &inv), 0);
	result.status = result_status(&result);
	assert_int_equal(result.status, EXIT_DONE);
	assert_false(result_unchanged(&result));
	assert_int_equal(report_write(fake_root(), REPORT_DIR, &result, &made), 0);
	fd = openat(fake_root()->fd, REPORT_DIR "/report", O_RDONLY | O_CLOEXEC);
	n = (int)read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "\nstate=loaded\nreason=/dev/kvmfr0 64 MiB, mode 0660, owner "
				     "0:78\n"));
	assert_non_null(strstr(text, "\n\nkvmfr=/dev/kvmfr0\nsize=" SIZE
				     "\nmode=0660\nuid=0\ngid=78\nstate=loaded\nreason=\n"));
	run("kvmfr size=64M group=78 name=screen");
	assert_true(result_unchanged(&result));
	run("kvmfr size=32M");
	assert_int_equal(result_status(&result), EXIT_UNCLAIMED);
	assert_false(result_unchanged(&result));
	plan_free(&plan);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(loads_and_reads_back),
	TEST(gives_the_node_away),
	TEST(the_module_gives_it_away),
	TEST(nobody_known),
	TEST(the_other_module),
	TEST(not_what_was_asked),
	TEST(no_node),
	TEST(a_file_in_the_way),
	TEST(something_in_the_way),
	TEST(memory),
	TEST(errors),
	TEST(a_refused_rule_loads_nothing),
	TEST(without_modules),
	TEST(report),
};

int main(void)
{
	return RUN_TESTS(tests);
}
