#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Hook of dracut images without systemd: runs the claim. It is sourced by PID 1, so it must never
# exit. Its place is cmdline/00: 01 and later load drivers already. Exit status 6 stops the boot (a
# rule with on-failure=stop was not carried out), and so does the mark that such a rule leaves when
# the claim did not come to its end; anything else lets the boot go on.

vfio_early_status=0
# A crash kernel has no memory to give away, and no virtual machine.
[ -e /proc/vmcore ] || /usr/sbin/vfio-early claim --background || vfio_early_status=$?

# emergency_shell reboots or halts where rd.emergency= says so, else it offers a shell. Leaving
# that shell, or a reboot that fails, must not let the boot go on: hence the loop and the subshell.
while [ "$vfio_early_status" -eq 6 ] || [ -e /run/vfio-early/stop ]; do
    (emergency_shell "vfio-early: a rule with on-failure=stop was not carried out, the boot stops here")
    sleep 10
done
unset vfio_early_status
