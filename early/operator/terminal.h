/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How text looks on a terminal: colour and columns. Knows no device and no policy.
 *
 * A command asks terminal_color() once, and hands the answer on: without colour the functions write
 * the same text without any escape sequence.
 */
#pragma once

#include <stdbool.h>

#include "out.h"

enum look {
	LOOK_PLAIN,
	LOOK_STRONG,
	LOOK_FAINT,
	LOOK_GOOD,
	LOOK_WARNING,
	LOOK_BAD,
};

/* True if the descriptor is a terminal that shows colour and the user has not set NO_COLOR. */
bool terminal_color(int fd);

/* The text, escaped, in that look. */
void terminal_text(struct out *o, bool color, enum look look, const char *text);
/* The same, filled up with blanks to width columns. */
void terminal_cell(struct out *o, bool color, enum look look, unsigned int width, const char *text);
/* How many columns the escaped text takes. */
unsigned int terminal_width(const char *text);
