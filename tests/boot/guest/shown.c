// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PROGRAM WORD... -- COMMAND WORD...: starts the program with its words and those that the command
 * prints, taken apart as a shell does: blanks between words, '...' around some, a \ before the end
 * of a line, # at the beginning of a comment's line. There is no shell in the real root. It must
 * not know what the words mean.
 */
#include "facts.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS 64

/* What the command prints; its length, or -1 if it fails. */
static ssize_t output_of(char *const argv[], char *text, size_t size)
{
	ssize_t n, used = 0;
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execv(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], text + used, size - 1 - (size_t)used)) > 0)
		used += n;
	text[used] = '\0';
	close(fds[0]);
	return waitpid(pid, &status, 0) == pid && status == 0 ? used : -1;
}

/* The next word, in its place, or NULL. */
static char *next_word(char **rest)
{
	char *from = *rest, *to, *word;

	for (;;) {
		from += strspn(from, " \n");
		if (*from == '#')
			from += strcspn(from, "\n");
		else if (from[0] == '\\' && from[1] == '\n')
			from += 2;
		else
			break;
	}
	if (!*from)
		return NULL;
	for (word = to = from; *from && *from != ' ' && *from != '\n'; from++) {
		if (*from != '\'') {
			*to++ = *from;
			continue;
		}
		for (from++; *from && *from != '\''; from++)
			*to++ = *from;
		if (!*from)
			break;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

int run_with_shown(char *const words[])
{
	static char text[16384];
	char *argv[WORDS + 1], *rest = text;
	int n = 0;

	while (*words && strcmp(*words, "--") != 0 && n < WORDS)
		argv[n++] = *words++;
	if (!n || !*words || !words[1] || output_of(words + 1, text, sizeof(text)) < 0)
		return 126;
	while (n < WORDS && (argv[n] = next_word(&rest)))
		n++;
	argv[n] = NULL;
	execv(argv[0], argv);
	return 127;
}
