/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * react COMMAND...: runs it over a /sys that is made of files, and answers as a kernel would: a
 * driver_override is kept, loading a module does nothing and brings the driver vfio-pci, a write to
 * drivers_probe binds. The command is any program, a static one too, or one below valgrind.
 *
 * Each write and each module is held up by seccomp until we have answered. Ends with the command's
 * status. It knows no policy, and counts nothing.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVER "/sys/bus/pci/drivers/vfio-pci"
#define OVERRIDES_MAX 64

static char override[OVERRIDES_MAX][32]; /* addresses that are overridden to vfio-pci */
static size_t overrides;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The path of a device's attribute as the kernel shows it: .../0000:01:00.0/driver_override */
static const char *device_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	*slash = '\0';
	slash = strrchr(path, '/');
	return slash ? slash + 1 : NULL;
}

static void bind_device(const char *address)
{
	char link[PATH_MAX];

	(void)snprintf(link, sizeof(link), DEVICES "%s/driver", address);
	if (symlink("../../../../bus/pci/drivers/vfio-pci", link) < 0 && errno != EEXIST)
		fail(link);
}

/* What the first argument, a descriptor of the command, stands for. */
static const char *path_of(const struct seccomp_notif *n, char path[PATH_MAX])
{
	char link[40];
	ssize_t got;

	(void)snprintf(link, sizeof(link), "/proc/%u/fd/%u", n->pid, (unsigned int)n->data.args[0]);
	got = readlink(link, path, PATH_MAX - 1);
	if (got < 0)
		return NULL;
	path[got] = '\0';
	return path;
}

/* The driver registers and takes what is overridden to it. */
static void load(const struct seccomp_notif *n)
{
	char path[PATH_MAX];
	size_t i;

	if (!path_of(n, path) || !strstr(path, "/vfio-pci.ko"))
		return;
	(void)mkdir(DRIVER, 0755);
	for (i = 0; i < overrides; i++)
		bind_device(override[i]);
}

static void probe(const char *address)
{
	size_t i;

	for (i = 0; i < overrides; i++)
		if (strcmp(override[i], address) == 0 && access(DRIVER, F_OK) == 0)
			bind_device(address);
}

static void written(const struct seccomp_notif *n)
{
	char path[PATH_MAX], text[32];
	size_t len = n->data.args[2] < sizeof(text) ? n->data.args[2] : sizeof(text) - 1;
	struct iovec here = { text, len };
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) - an address of the other process */
	struct iovec there = { (void *)(unsigned long)n->data.args[1], len };
	const char *device;
	ssize_t got;

	if (!path_of(n, path))
		return;
	got = process_vm_readv((pid_t)n->pid, &here, 1, &there, 1, 0);
	text[got > 0 ? got : 0] = '\0';
	if (strcmp(path, "/sys/bus/pci/drivers_probe") == 0) {
		probe(text);
	} else if (strstr(path, "/driver_override") && strcmp(text, "vfio-pci") == 0) {
		device = device_of(path);
		if (device && overrides < OVERRIDES_MAX)
			(void)snprintf(override[overrides++], sizeof(override[0]), "%s", device);
	}
}

static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &program);
}

/* The listener cannot be handed on by write(): that would be held up. So its number is: the child
 * keeps it open, and the parent takes it from there. */
static pid_t start(char **argv, int *listener)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		fail("socketpair");
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		int fd = install_filter();

		if (send(fds[1], &fd, sizeof(fd), 0) != (ssize_t)sizeof(fd) || fd < 0)
			_exit(126);
		(void)recv(fds[1], &fd, sizeof(fd), 0); /* until the parent has it */
		(void)close(fd);
		(void)close(fds[0]);
		(void)close(fds[1]);
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	if (recv(fds[0], listener, sizeof(*listener), 0) != (ssize_t)sizeof(*listener) ||
	    *listener < 0)
		fail("seccomp");
	{
		int process = (int)syscall(SYS_pidfd_open, pid, 0), theirs = *listener;

		*listener = (int)syscall(SYS_pidfd_getfd, process, theirs, 0);
		if (*listener < 0 || send(fds[0], &theirs, sizeof(theirs), 0) < 0)
			fail("pidfd_getfd");
		(void)close(process);
	}
	(void)close(fds[0]);
	(void)close(fds[1]);
	return pid;
}

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLIN };
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = start(argv + 1, &p.fd);
	while (poll(&p, 1, -1) > 0 && p.revents & POLLIN) {
		struct seccomp_notif n;
		struct seccomp_notif_resp answer;

		memset(&n, 0, sizeof(n));
		memset(&answer, 0, sizeof(answer));
		if (ioctl(p.fd, SECCOMP_IOCTL_NOTIF_RECV, &n) < 0)
			continue;
		answer.id = n.id;
		if (n.data.nr == SYS_finit_module) {
			load(&n);
		} else {
			written(&n);
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		}
		(void)ioctl(p.fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	if (waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
