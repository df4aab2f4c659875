#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# stage.sh DESTDIR GENERATOR...: fills DESTDIR with what a distribution's package holds: the files of `make install`
# below /usr, and the hooks of these generators where packages keep them. DESTDIR/usr/share/vfio-early/packaged lists
# the hooks (generator, source, place): vfio-early-setup leaves those to the package manager. Which files there are is
# in the generators' own lists; this file knows only how a place for administrators is called when it is a package's.
set -eu
cd "$(dirname "$0")/../.."
destdir=${1:?usage: stage.sh DESTDIR GENERATOR...}
shift

# What has no place of a package is configuration: vfio-early-setup puts it in /etc, when the administrator says so.
place_of_package() {
    case $1 in
        /usr/local/*) return 1 ;;
        /usr/*) echo "$1" ;;
        /etc/initramfs-tools/*) echo "/usr/share/${1#/etc/}" ;;
        /etc/initcpio/vfio-early/*) echo "/usr/lib/systemd/system/${1##*/}" ;;
        /etc/initcpio/*) echo "/usr/lib/${1#/etc/}" ;;
        /etc/mkosi-initrd/*) echo "/usr/lib/${1#/etc/}" ;;
        /etc/dracut.conf.d/*) echo "/usr/lib/dracut/${1#/etc/}" ;;
        /etc/tmpfiles.d/*) echo "/usr/lib/${1#/etc/}" ;;
        *) return 1 ;;
    esac
}

# Lines SOURCE and TARGET, as the generator's file for vfio-early-setup has them.
list() {
    # shellcheck disable=SC2016 # the inner shell's words
    root='' share=$PWD bash -c '
        say() { printf "%s\n" "$*"; }
        . "installers/generators/$1.sh" && generator_files' bash "$1"
}

installers/files.sh install "$destdir" /usr
packaged=$destdir/usr/share/vfio-early/packaged
: >"$packaged"
for generator; do
    list "$generator" >"$packaged.list"
    while read -r source target; do
        place=$(place_of_package "$target") || continue
        mode=644
        [ ! -x "hooks/$source" ] || mode=755
        install -D -m "$mode" "hooks/$source" "$destdir$place"
        echo "$generator $source $place" >>"$packaged"
    done <"$packaged.list"
    rm "$packaged.list"
done
