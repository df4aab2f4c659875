/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of modules in an image: loaded in its order where it fits this boot, and left to libkmod
 * where anything does not. And made so that the boot finds what it says.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "fakesys.h"
#include "modfile.h"
#include "modlist_make.h"
#include "unit.h"

static char trace[2000];
static int answer; /* of the kernel, to a file that is there */

int __wrap_modfile_insert(int dir, const char *path, bool compressed);
int __wrap_modfile_insert(int dir, const char *path, bool compressed)
{
	size_t used = strlen(trace);

	if (faccessat(dir, path, F_OK, 0) < 0)
		return -errno;
	(void)snprintf(trace + used, sizeof(trace) - used, "%s%s ", path, compressed ? "!" : "");
	return answer;
}

/* One, so that what is loaded is noted in this process and in order. */
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid;
	memset(set, 0, size);
	CPU_SET(0, set);
	return 0;
}

static struct utsname u;

/* In modules of the kernel that runs the test. */
static void module_file(const char *path)
{
	char rel[300];

	(void)snprintf(rel, sizeof(rel), "lib/modules/%s/%s", u.release, path);
	fake_file(rel, "");
}

static void list(const char *kernel, const char *lines)
{
	char text[2000];

	(void)snprintf(text, sizeof(text), "kernel %s\n%sbinary /usr/sbin/vfio-early\n", kernel,
		       lines);
	fake_file(MANIFEST_FILE, text);
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(uname(&u), 0);
	fake_start();
	fake_file(PROC_CMDLINE, "root=/dev/sda quiet vfio_early.groups=1\n");
	module_file("kernel/vfio.ko");
	module_file("kernel/pci/vfio-pci.ko.xz");
	list(u.release, "load kernel/vfio.ko\nload kernel/pci/vfio-pci.ko.xz\n");
	trace[0] = '\0';
	answer = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_stop();
	return 0;
}

static int load(void)
{
	return modlist_load(fake_root(), fake_root());
}

static void in_order(void **state)
{
	(void)state;
	assert_int_equal(load(), 0);
	assert_string_equal(trace, "kernel/vfio.ko kernel/pci/vfio-pci.ko.xz! ");
}

/* Our hooks put a plain copy into updates/; some generators strip the suffix in its place. */
static void names_in_the_image(void **state)
{
	(void)state;
	module_file("updates/vfio-pci.ko");
	module_file("updates/vfio.ko"); /* not ours: the one that was found has no suffix */
	module_file("kernel/vfio_iommu_type1.ko");
	list(u.release, "load kernel/vfio.ko\nload kernel/vfio_iommu_type1.ko.zst\n"
			"load kernel/pci/vfio-pci.ko.xz\n");
	assert_int_equal(load(), 0);
	assert_string_equal(trace, "kernel/vfio.ko kernel/vfio_iommu_type1.ko "
				   "updates/vfio-pci.ko ");
}

static void does_not_fit(const char *kernel, const char *lines, int error)
{
	trace[0] = '\0';
	list(kernel, lines);
	assert_int_equal(load(), error);
	assert_string_equal(trace, "");
}

/* The files of a line are a step. */
static void steps(void **state)
{
	(void)state;
	module_file("kernel/irqbypass.ko");
	list(u.release, "load kernel/vfio.ko kernel/irqbypass.ko\n"
			"load kernel/pci/vfio-pci.ko.xz\n");
	assert_int_equal(load(), 0);
	assert_string_equal(trace,
			    "kernel/vfio.ko kernel/irqbypass.ko kernel/pci/vfio-pci.ko.xz! ");
	trace[0] = '\0';
	list(u.release, "load kernel/other.ko kernel/vfio.ko\nload kernel/irqbypass.ko\n");
	assert_int_equal(load(), -ENOENT);
	does_not_fit(u.release, "load a.ko b.ko c.ko d.ko e.ko f.ko g.ko h.ko kernel/vfio.ko\n",
		     -E2BIG);
}

static void left_to_libkmod(void **state)
{
	char longer[100], shorter[100];

	(void)state;
	(void)snprintf(longer, sizeof(longer), "%.90sx", u.release);
	(void)snprintf(shorter, sizeof(shorter), "%.*s", (int)strlen(u.release) - 1, u.release);
	does_not_fit(longer, "load kernel/vfio.ko\n", -ENOENT);
	does_not_fit(shorter, "load kernel/vfio.ko\n", -ENOENT);
	does_not_fit("", "load kernel/vfio.ko\n", -ENOENT);
	does_not_fit(u.release, "", -ENOENT);
	does_not_fit(u.release, "load /kernel/vfio.ko\n", -EINVAL);
	does_not_fit(u.release, "load kernel/vfio\n", -EINVAL);
	does_not_fit(u.release, "load \n", -EINVAL);
	does_not_fit(u.release, "load  kernel/vfio.ko\n", -EINVAL);
	does_not_fit(u.release, "load kernel/other.ko\n", -ENOENT);
	fake_file(MANIFEST_FILE, "");
	assert_int_equal(load(), -ENOENT);
	fake_file(MANIFEST_FILE, "kernel ");
	assert_int_equal(load(), -ENOENT);
	assert_int_equal(unlinkat(fake_root()->fd, MANIFEST_FILE, 0), 0);
	assert_int_equal(load(), -ENOENT);
}

static void what_the_kernel_says(void **state)
{
	(void)state;
	answer = -ENOKEY;
	assert_int_equal(load(), -ENOKEY);
	assert_string_equal(trace, "kernel/vfio.ko ");
}

/* A list that is cut off is not taken for a shorter one. */
static void cut_off(void **state)
{
	char text[300];

	(void)state;
	(void)snprintf(text, sizeof(text), "kernel %s\nload kernel/vfio.ko\nload kernel/vf",
		       u.release);
	fake_file(MANIFEST_FILE, text);
	assert_int_equal(load(), -EINVAL);
}

static void command_line(const char *text, int result)
{
	trace[0] = '\0';
	fake_file(PROC_CMDLINE, text);
	if (load() != result)
		fail_msg("not %d with: %.60s", result, text);
	assert_int_equal(trace[0] == '\0', result != 0);
}

/* Parameters for the modules on the kernel command line are libkmod's to read. */
static void parameters(void **state)
{
	char text[3000];

	(void)state;
	command_line("vfio_pci.disable_vga=1", -EAGAIN);
	command_line("quiet vfio-pci.ids=10de:1,10de:2 splash", -EAGAIN);
	command_line("vfio.x", -EAGAIN);
	command_line("\"vfio_pci.x=a b\"", -EAGAIN);
	command_line("vfio_early.groups=1 vfio_iommu_type1.x=1 nvidia.x=1 vfio", 0);
	command_line("-- vfio_pci.disable_vga=1", 0);
	command_line("", 0);
	list(u.release, "load kernel/vfio.ko kernel/pci/vfio-pci.ko.xz\n");
	command_line("vfio_pci.disable_vga=1", -EAGAIN);
	command_line("vfio.x", -EAGAIN);
	command_line("binary.x", 0); /* the line behind the list */
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	command_line(text, -EAGAIN); /* nobody reads it to its end here */
	assert_int_equal(unlinkat(fake_root()->fd, PROC_CMDLINE, 0), 0);
	assert_int_equal(load(), -EAGAIN);
}

static void configured(const char *rel, const char *text, int result)
{
	trace[0] = '\0';
	fake_file(rel, text);
	if (load() != result)
		fail_msg("not %d with: %.60s", result, text);
	assert_int_equal(trace[0] == '\0', result != 0);
	fake_file(rel, "");
}

/* And so are those of modprobe.d in the image, whoever put it there. */
static void options(void **state)
{
	static const char *const folder[] = { "etc/modprobe.d", "run/modprobe.d",
					      "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
					      "lib/modprobe.d" };
	char rel[60], text[3000];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(folder); i++) {
		(void)snprintf(rel, sizeof(rel), "%s/x.conf", folder[i]);
		configured(rel, "options vfio-pci disable_vga=1\n", -EAGAIN);
		configured(rel, "options nvidia x=1\n", 0);
	}
	configured("etc/modprobe.d/a.conf", "# vfio\n\toptions \t vfio_pci\tx=1", -EAGAIN);
	configured("etc/modprobe.d/a.conf", "options a b\noptions vfio x=1\n", -EAGAIN);
	configured("etc/modprobe.d/a.conf", "opt\\\nions vfio x=1\n", -EAGAIN);
	configured("etc/modprobe.d/a.conf", "options vfio_early x\nblacklist vfio\noptions", 0);
	memset(text, '#', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	configured("etc/modprobe.d/a.conf", text, -EAGAIN); /* nobody reads it to its end here */
	assert_int_equal(unlinkat(fake_root()->fd, "etc/modprobe.d/a.conf", 0), 0);
	assert_int_equal(mkfifoat(fake_root()->fd, "etc/modprobe.d/a.conf", 0600), 0);
	trace[0] = '\0';
	assert_int_equal(load(), 0); /* nobody writes: it says nothing */
}

static void made(const char *expected)
{
	char lines[MODLIST_TEXT];
	struct modload m;

	modload_open(&m, fake_root(), "9.0.0");
	assert_int_equal(modlist_make(&m, "9.0.0", lines), 0);
	assert_string_equal(lines, expected);
	modload_close(&m);
}

static void modules(const char *names)
{
	char command[700];

	(void)snprintf(command, sizeof(command), "tests/fixtures/make-modules '%s' 9.0.0 %s",
		       fake_root()->prefix, names);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test */
}

static void make(void **state)
{
	(void)state;
	modules("vfio_iommu_type1 vfio-pci");
	made("kernel 9.0.0\nload kernel/vfio_iommu_type1.ko\nload kernel/vfio-pci.ko\n");
	fake_file("lib/modules/9.0.0/modules.dep.bin", "");
	made("");
}

/* What needs each other is in different lines, and vfio-pci in the last. */
static void make_steps(void **state)
{
	(void)state;
	modules("vfio irqbypass vfio_iommu_type1:vfio vfio-pci-core:vfio,irqbypass "
		"vfio-pci:vfio_pci_core");
	made("kernel 9.0.0\n"
	     "load kernel/vfio.ko kernel/irqbypass.ko\n"
	     "load kernel/vfio_iommu_type1.ko kernel/vfio-pci-core.ko\n"
	     "load kernel/vfio-pci.ko\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(in_order, setup, teardown),
	cmocka_unit_test_setup_teardown(names_in_the_image, setup, teardown),
	cmocka_unit_test_setup_teardown(steps, setup, teardown),
	cmocka_unit_test_setup_teardown(left_to_libkmod, setup, teardown),
	cmocka_unit_test_setup_teardown(what_the_kernel_says, setup, teardown),
	cmocka_unit_test_setup_teardown(cut_off, setup, teardown),
	cmocka_unit_test_setup_teardown(parameters, setup, teardown),
	cmocka_unit_test_setup_teardown(options, setup, teardown),
	cmocka_unit_test_setup_teardown(make, setup, teardown),
	cmocka_unit_test_setup_teardown(make_steps, setup, teardown),
};

int main(void)
{
	return RUN_TESTS(tests);
}
