/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "operator/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_color(int fd)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

static const char *look_begin(enum look look)
{
	static const char *const sgr[] = {
		[LOOK_PLAIN] = "",	  [LOOK_STRONG] = "\033[1m",   [LOOK_FAINT] = "\033[2m",
		[LOOK_GOOD] = "\033[32m", [LOOK_WARNING] = "\033[33m", [LOOK_BAD] = "\033[31m",
	};

	return sgr[look];
}

void terminal_text(struct out *o, bool color, enum look look, const char *text)
{
	if (!color || look == LOOK_PLAIN) {
		out_escaped(o, text);
		return;
	}
	out_text(o, look_begin(look));
	out_escaped(o, text);
	out_text(o, "\033[0m");
}

unsigned int terminal_width(const char *text)
{
	unsigned int width = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		width += c < 0x20 || c > 0x7e ? 4 : c == '\\' ? 2 : 1; /* as out_escaped() */
	}
	return width;
}

void terminal_cell(struct out *o, bool color, enum look look, unsigned int width, const char *text)
{
	unsigned int used = terminal_width(text);

	terminal_text(o, color, look, text);
	for (; used < width; used++)
		out_text(o, " ");
}
