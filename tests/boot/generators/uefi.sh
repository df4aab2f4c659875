# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images for the machines that boot by UEFI firmware: those of tiny-initramfs, as they are small. The chroot of this
# name also has the boot loader and the firmware (lib/uefi.sh).

# shellcheck source=/dev/null
. "$BOOT_DIR/generators/tiny.sh"
