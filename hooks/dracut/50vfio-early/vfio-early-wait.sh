#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Hook of dracut images without systemd, at the end: the real root gets no claim that is half done. It is sourced by
# PID 1, so it must never exit.

/usr/sbin/vfio-early claim --wait || :
