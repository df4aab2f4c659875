#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# boot.sh DIR KERNEL IMAGE: boots an image that a package made, on the machine card3 of the boot tests, and judges: the
# guest's card is on vfio-pci, the host's on its driver. It knows what the policy of cases-debian.sh asks for.
# shellcheck disable=SC2154,SC2034 # tables of the boot tests

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../boot/lib/common.sh
. "$(dirname "$0")/../boot/lib/common.sh"
for part in guest machines vm facts judge; do
    # shellcheck source=/dev/null
    . "$BOOT_DIR/lib/$part.sh"
done
case_dir=$1
build_root "$1/root.img" ''
vm_boot "$1" card3 "$2" "$3" ''
rm -f "$1/root.img"
facts_load "$1/facts"
facts_complete "$1" || die "the boot is not complete; see $1/console"
claimed 0000:01:00.0 0000:01:00.1 0000:01:00.2
left 0000:00:01.0 bochs-drm
expect exit 0
expect report state 'done'
[ "$checked" -gt 0 ] || die 'nothing was checked'
printf '%s\n' "${red[@]}" "${unknown[@]}"
[ ${#red[@]} -eq 0 ] && [ ${#unknown[@]} -eq 0 ]
