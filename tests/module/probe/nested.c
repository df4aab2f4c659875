// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A QEMU inside the machine opens /dev/kvmfr0 behind an ivshmem device, its processor stopped. This
 * driver speaks qtest: it places the device in the address space of the inner machine and compares
 * both sides. It knows QEMU's words and PCI configuration space.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (64 * MIB)
#define BAR 0xe0000000UL
#define SLOT (0x80000000UL | 4 << 11)
#define MESSAGES "/tmp/qemu.messages"

/* Starts QEMU with these sizes and sharing; with qtest on the socket, or none. */
static pid_t start(const char *size, const char *share, bool qtest)
{
	char object[160];
	const char *words[] = { "/qemu/qemu-system-x86_64",
				"-machine",
				"pc,accel=tcg",
				"-S",
				"-m",
				"16M",
				"-nodefaults",
				"-display",
				"none",
				"-L",
				"/qemu/firmware",
				"-device",
				"ivshmem-plain,memdev=lg,addr=4",
				"-object",
				object,
				qtest ? "-qtest" : NULL,
				"unix:/tmp/qtest",
				"-qtest-log",
				"/dev/null",
				NULL };
	char *arguments[sizeof(words) / sizeof(*words)];
	pid_t pid;

	memcpy(arguments, words, sizeof(words));
	snprintf(object, sizeof(object),
		 "memory-backend-file,id=lg,mem-path=" NODE ",size=%s,share=%s", size, share);
	pid = fork();
	if (pid == 0) {
		int fd = open(MESSAGES, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, 1);
		dup2(fd, 2);
		setpgid(0, 0);
		setenv("LD_LIBRARY_PATH", "/qemu/lib", 1);
		setenv("QEMU_MODULE_DIR", "/qemu/modules", 1);
		execv(arguments[0], arguments);
		_exit(127);
	}
	return pid;
}

/* One command, one answer; false: QEMU is gone or says no. Lines about interrupts come in between.
 */
static bool ask(FILE *qemu, char *answer, size_t size, const char *command)
{
	fprintf(qemu, "%s\n", command);
	fflush(qemu);
	while (fgets(answer, (int)size, qemu)) {
		answer[strcspn(answer, "\n")] = '\0';
		if (strncmp(answer, "IRQ", 3) != 0)
			return strncmp(answer, "OK", 2) == 0;
	}
	snprintf(answer, size, "no answer");
	return false;
}

static void config(FILE *qemu, unsigned int reg, unsigned long value)
{
	char command[64], answer[256];

	snprintf(command, sizeof(command), "outl 0xcf8 0x%lx", SLOT | reg);
	ask(qemu, answer, sizeof(answer), command);
	snprintf(command, sizeof(command), "outl 0xcfc 0x%lx", value);
	ask(qemu, answer, sizeof(answer), command);
}

static unsigned long config_read(FILE *qemu, unsigned int reg)
{
	char command[64], answer[256];

	snprintf(command, sizeof(command), "outl 0xcf8 0x%lx", SLOT | reg);
	ask(qemu, answer, sizeof(answer), command);
	return ask(qemu, answer, sizeof(answer), "inl 0xcfc") ? strtoul(answer + 3, NULL, 16) : 0;
}

static void both_ways(FILE *qemu, char *all, unsigned long offset)
{
	char command[128], answer[256];

	snprintf(command, sizeof(command), "write 0x%lx 0x4 0x67756573", BAR + offset);
	check(ask(qemu, answer, sizeof(answer), command), "the inner machine writes at %#lx",
	      offset);
	check(memcmp(all + offset, "gues", 4) == 0, "this side reads it");
	memcpy(all + offset + 4, "host", 4);
	snprintf(command, sizeof(command), "read 0x%lx 0x8", BAR + offset);
	ask(qemu, answer, sizeof(answer), command);
	same_text(answer, "OK 0x67756573686f7374", "the inner machine reads what this side wrote");
}

static void talk(int listener, char *all)
{
	int fd = accept(listener, NULL, NULL);
	FILE *qemu = fdopen(fd, "r+");

	if (!check(qemu != NULL, "QEMU opens the device"))
		return;
	equals((long long)config_read(qemu, 0), 0x11101af4, "the ivshmem device is there");
	config(qemu, 0x18, 0xffffffffUL);
	equals((long long)(config_read(qemu, 0x18) & ~0xfUL), (long long)(0x100000000UL - SIZE),
	       "its memory has the size of the device");
	config(qemu, 0x18, BAR);
	config(qemu, 0x1c, 0);
	config(qemu, 0x04, 2);
	both_ways(qemu, all, 0);
	both_ways(qemu, all, SIZE / 2 + 123456);
	both_ways(qemu, all, SIZE - 8);
	fclose(qemu);
}

static int listen_at(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 || listen(fd, 1) < 0)
		return -1;
	return fd;
}

static void refused(const char *size, const char *share, const char *words, const char *what)
{
	char text[4096];
	int status = -1;
	pid_t pid = start(size, share, false);

	alarm(60);
	waitpid(pid, &status, 0);
	alarm(0);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 1, "QEMU refuses %s (status %#x)", what,
	      (unsigned int)status);
	text_of(MESSAGES, text, sizeof(text));
	check(strstr(text, words) != NULL, "QEMU says why: %.200s", text);
}

static pid_t running;

static void give_up(int number)
{
	(void)number;
	if (running > 0)
		kill(-running, SIGKILL);
}

void test_nested(void)
{
	int listener = listen_at("/tmp/qtest"), fd, status = -1;
	char *all;

	signal(SIGALRM, give_up);
	if (!loaded("static_size_mb=64"))
		return;
	fd = node_open(NODE, O_RDWR);
	all = node_map(fd, SIZE);
	running = start("64M", "on", true);
	alarm(120);
	talk(listener, all);
	kill(running, SIGTERM);
	waitpid(running, &status, 0);
	alarm(0);
	check(memcmp(all, "gueshost", 8) == 0, "the bytes stay when QEMU ends");
	refused("128M", "on", "does not match 'size' option", "a size that is too large");
	refused("64M", "off", "Invalid argument", "memory that is not shared");
	munmap(all, SIZE);
	close(fd);
	unloaded("after QEMU");
}
