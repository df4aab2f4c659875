/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report is there whole or not at all, whatever lies in its way; its form; and what of it goes
 * to the kernel log.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "attr.h"
#include "fakesys.h"
#include "report.h"
#include "scene.h"
#include "unit.h"

#define GPU "0000:01:00.0"

static struct fake_device gpu, nic;
static struct scene s;

static int setup(void **state)
{
	(void)state;
	gpu = (struct fake_device){ .addr = GPU, .id = "10de:1db6", .class = "030200", .group = 1 };
	nic = (struct fake_device){ .addr = "0000:02:00.0",
				    .id = "8086:1572",
				    .class = "020000",
				    .group = 2,
				    .driver = "i40e",
				    .native = "i40e" };
	fake_start();
	fake_add(&gpu);
	fake_add(&nic);
	fake_driver("vfio-pci");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scene_free(&s);
	fake_stop();
	return 0;
}

static int write_report(void)
{
	bool made;
	return report_write(fake_root(), REPORT_DIR, &s.result, &made);
}

static const char *text(void)
{
	static char buf[16384];

	assert_true(attr_read(fake_root()->fd, REPORT_DIR "/report", buf, sizeof(buf) - 1) > 0);
	return buf;
}

/* The line is in the report. */
static void has_line(const char *line)
{
	char all[16384 + 2], wanted[256];

	(void)snprintf(all, sizeof(all), "\n%s\n", text());
	(void)snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (!strstr(all, wanted))
		fail_msg("no line \"%s\" in\n%s", line, text());
}

static void no_rest(void)
{
	assert_int_equal(
		faccessat(fake_root()->fd, REPORT_DIR "/report.new", F_OK, AT_SYMLINK_NOFOLLOW),
		-1);
}

static void form(void **state)
{
	(void)state;
	nic.unbind_error = -EBUSY;
	scene_claim(&s, "claim group=1 name=card allow=console # why\nclaim group=2\nclam x\x1b",
		    false);
	assert_int_equal(write_report(), 0);
	has_line("version=" VFIO_EARLY_VERSION);
	has_line("state=done");
	has_line("exit=4");
	has_line("summary=devices: 1 claimed, 0 already ours, 1 failed, 0 refused");
	has_line("rule=policy:1");
	has_line("text=claim group=1 name=card allow=console");
	has_line("name=card");
	has_line("groups=1");
	has_line("met=yes");
	has_line("met=no");
	has_line("state=claimed");
	has_line("device=" GPU);
	has_line("id=10de:1db6");
	has_line("class=0302");
	has_line("group=1");
	has_line("action=claim");
	has_line("driver-before=");
	has_line("driver-after=vfio-pci");
	has_line("driver-before=i40e");
	has_line("driver-after=i40e");
	has_line("state=failed");
	assert_non_null(strstr(text(), "\n\nproblem=policy:3: "));
	assert_null(strchr(text(), '\x1b'));
	assert_non_null(strstr(text(), "\n\nend="));
	assert_string_equal(strstr(text(), "\n\nend="), "\n\nend="); /* nothing after it */
	no_rest();
}

static void modes(void **state)
{
	mode_t old = umask(077);
	struct stat st;

	(void)state;
	scene_claim(&s, "claim group=2", false);
	assert_int_equal(write_report(), 0);
	(void)umask(old);
	assert_int_equal(fstatat(fake_root()->fd, REPORT_DIR "/report", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(fstatat(fake_root()->fd, REPORT_DIR, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void replaces_what_is_there(void **state)
{
	(void)state;
	scene_claim(&s, "claim group=2", false);
	fake_file(REPORT_DIR "/report", "old\n");
	fake_file(REPORT_DIR "/report.new", "a rest of a run that was cut off\n");
	assert_int_equal(write_report(), 0);
	assert_memory_equal(text(), "version=", 8);
	no_rest();
}

/* A link in the way is replaced or refused, never followed. */
static void links_in_the_way(void **state)
{
	const int root = fake_root()->fd;
	char buf[32];

	(void)state;
	scene_claim(&s, "claim group=2", false);
	fake_file("etc/victim", "mine");
	fake_file(REPORT_DIR "/x", "");
	assert_int_equal(symlinkat("../../etc/victim", root, REPORT_DIR "/report"), 0);
	assert_int_equal(symlinkat("../../etc/victim", root, REPORT_DIR "/report.new"), 0);
	assert_int_equal(write_report(), 0);
	assert_memory_equal(text(), "version=", 8);
	assert_int_equal(attr_read(root, "etc/victim", buf, sizeof(buf)), 4);
	assert_int_equal(attr_link_name(root, REPORT_DIR "/report", buf, sizeof(buf)), -EINVAL);

	assert_int_equal(unlinkat(root, REPORT_DIR "/report", 0), 0);
	assert_int_equal(unlinkat(root, REPORT_DIR "/x", 0), 0);
	assert_int_equal(unlinkat(root, REPORT_DIR, AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("../etc", root, REPORT_DIR), 0);
	assert_true(write_report() < 0);
	assert_int_equal(faccessat(root, "etc/report", F_OK, 0), -1);
}

static void no_place(void **state)
{
	(void)state;
	scene_claim(&s, "claim group=2", false);
	assert_int_equal(unlinkat(fake_root()->fd, "run", AT_REMOVEDIR), 0);
	assert_int_equal(write_report(), -ENOENT);
	fake_file("run", "a file");
	assert_int_equal(write_report(), -ENOTDIR);
}

/* A full or read-only /run keeps the old report, if there is one, and leaves no rest. Needs root.
 */
static void full_disk(void **state)
{
	char path[256], big[4096];
	int fd;

	(void)state;
	scene_claim(&s, "claim group=2", false);
	assert_int_equal(root_path(fake_root(), "run", path, sizeof(path)), 0);
	if (mount("none", path, "tmpfs", 0, "size=8k,mode=755") < 0) {
		assert_true(errno == EPERM || errno == EACCES);
		skip();
	}
	fake_file(REPORT_DIR "/report", "old");
	fd = openat(fake_root()->fd, "run/ballast", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	memset(big, 'x', sizeof(big));
	(void)!write_all(fd, big, sizeof(big));
	(void)close(fd);
	assert_int_equal(write_report(), -ENOSPC);
	assert_string_equal(text(), "old");
	no_rest();
	assert_int_equal(mount("none", path, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_true(write_report() < 0);
	assert_string_equal(text(), "old");
	assert_int_equal(umount(path), 0);
}

/* The kernel log of the run, from a file in its place. */
static const char *logged(int report_error)
{
	static char buf[8192];
	struct log l;

	fake_file("dev/kmsg", "");
	log_open(&l, fake_root());
	report_log(&l, &s.result, REPORT_DIR, report_error);
	log_close(&l);
	assert_true(attr_read(fake_root()->fd, "dev/kmsg", buf, sizeof(buf)) > 0);
	return buf;
}

static void log_of_a_good_run(void **state)
{
	(void)state;
	scene_claim(&s, "claim group=2", false);
	assert_string_equal(
		logged(0), "<5>vfio-early: devices: 1 claimed, 0 already ours, 0 failed, 0 refused "
			   "(exit status 0)\n"
			   "<5>vfio-early: policy:1 claimed: 0000:02:00.0");
}

/* What failed comes before what went well, and eight lines are all. */
static void log_is_bounded(void **state)
{
	const char *log, *at;
	int lines = 1;

	(void)state;
	scene_claim(&s,
		    "claim group=2\nclaim group=2\nclaim group=2\nclaim group=2\nclaim group=2\n"
		    "claim group=2\nclaim group=2\nbad\nbad\nclaim group=9",
		    false);
	log = logged(-ENOSPC);
	for (at = log; *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, LOG_LINES);
	at = strstr(log, "cannot write /run/vfio-early/report: No space left on device");
	assert_non_null(at);
	at = strstr(at, "<3>vfio-early: policy:10 absent");
	assert_non_null(at);
	at = strstr(at, "<4>vfio-early: problem: policy:8: \"bad\"");
	assert_non_null(at);
	assert_non_null(strstr(at, "more, see /run/vfio-early/report"));
}

/* Of a claim that was cut off while it loaded modules, nothing else is known. */
static void reason_of_a_cut(void **state)
{
	char reason[REASON_TEXT];
	size_t i;

	(void)state;
	scene_claim(&s, "claim group=1", true);
	for (i = 0; s.plan.dev[i].action != ACTION_CLAIM; i++)
		;
	s.outcomes.dev[i].state = OUTCOME_FAILED;
	s.outcomes.dev[i].step = STEP_LOAD;
	s.outcomes.dev[i].error = -ETIMEDOUT;
	s.outcomes.load_error[0] = '\0';
	assert_string_equal(result_device(&s.result, i, reason), "failed");
	assert_string_equal(reason, "loading the driver: Connection timed out");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(form),
	TEST(modes),
	TEST(replaces_what_is_there),
	TEST(links_in_the_way),
	TEST(no_place),
	TEST(full_disk),
	TEST(log_of_a_good_run),
	TEST(log_is_bounded),
	TEST(reason_of_a_cut),
};

int main(void)
{
	return RUN_TESTS(tests);
}
