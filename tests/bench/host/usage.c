/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage [-o FILE] COMMAND...: runs it without its output, and prints "MILLISECONDS KIBIBYTES", time
 * and peak memory, or writes it into FILE. Less memory than its own, a quarter of a MiB, it cannot
 * see. Ends with the command's status.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct timespec start, end;
	struct rusage usage;
	pid_t pid;
	FILE *out = stdout;
	int status;

	if (argc > 3 && strcmp(argv[1], "-o") == 0) {
		out = fopen(argv[2], "we");
		argv += 2;
		argc -= 2;
	}
	if (argc < 2 || !out)
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
	(void)fprintf(out, "%.1f %ld\n",
		      (double)(end.tv_sec - start.tv_sec) * 1000 +
			      (double)(end.tv_nsec - start.tv_nsec) / 1000000,
		      usage.ru_maxrss);
	if (fclose(out) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
