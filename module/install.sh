#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# install.sh install|uninstall [KERNEL...]: hands the module to DKMS, which builds it for these kernels (all that have
# headers here, where none is named) and for those to come; or takes all of it back. As root.
# It knows DKMS. What is rebuilt afterwards is in rebuild-image.
set -eu
cd "$(dirname "$0")"

name=kvmfr
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' dkms.conf)
place=/usr/src/$name-$version

say() {
    printf 'kvmfr: %s\n' "$*" >&2
}

# Kernels whose headers are installed, one a line.
kernels() {
    for build in /lib/modules/*/build; do
        [ -e "$build/Makefile" ] || continue
        build=${build%/build}
        echo "${build##*/}"
    done
}

remove() {
    if [ -n "$(dkms status -m "$name" -v "$version" 2>/dev/null)" ]; then
        dkms remove -m "$name" -v "$version" --all
    fi
    rm -rf "$place"
}

[ "$(id -u)" = 0 ] || {
    say 'must be root'
    exit 1
}
command -v dkms >/dev/null || {
    say 'dkms is missing: install it, with the headers of your kernel'
    exit 1
}
case ${1:-} in
    install)
        shift
        [ $# -gt 0 ] || {
            # shellcheck disable=SC2046 # a list of words
            set -- $(kernels)
        }
        [ $# -gt 0 ] || {
            say 'no kernel here has its headers installed'
            exit 1
        }
        remove
        mkdir -p "$place"
        cp Kbuild Makefile dkms.conf README.md ./*.c ./*.h rebuild-image "$place/"
        dkms add -m "$name" -v "$version"
        for kernel; do
            # --force: a module of this name and a higher version, from elsewhere, would stay in its place.
            dkms install -m "$name" -v "$version" -k "$kernel" --force
        done
        ;;
    uninstall)
        remove
        for kernel in $(kernels); do
            ./rebuild-image "$kernel"
        done
        ;;
    *)
        echo 'usage: install.sh install|uninstall [KERNEL...]' >&2
        exit 2
        ;;
esac
