/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage COMMAND...: runs it without its output, and prints "MILLISECONDS KIBIBYTES", time and peak
 * memory. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec start, end;
	struct rusage usage;
	pid_t pid;
	int status;

	if (argc < 2)
		return 2;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 1;
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	(void)printf("%.1f %ld\n",
		     (double)(end.tv_sec - start.tv_sec) * 1000 +
			     (double)(end.tv_nsec - start.tv_nsec) / 1000000,
		     usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
