# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay with an image of dracut with systemd, whose first process mounts what is missing only.

# shellcheck source=overlay-dracut-shell.sh
. "$BOOT_DIR/cases/overlay-dracut-shell.sh"
generator dracut-systemd
