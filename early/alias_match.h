/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches a module alias against the patterns of modules.alias and modprobe.d: * ? [a-z] [!x] and
 * a backslash before a plain character, all bytes alike.
 *
 * libkmod calls it in place of the C library's fnmatch(), whose tables for every character class
 * of Unicode would be an eighth of the binary. Pure.
 */
#pragma once

/* 0 if text fits, else 1. flags must be 0: libkmod uses none. */
int alias_match(const char *pattern, const char *text, int flags);
