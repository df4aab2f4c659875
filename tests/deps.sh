#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deps.sh build|test|bench: installs the Debian packages that building (or building and testing) needs.
# It does nothing, and asks no archive, when all of them are there. It knows package names and nothing else.
set -eu

# libc6-dev: the unit tests are built with glibc. ca-certificates: archives that are reached by https.
build='gcc libc6-dev binutils make musl-tools linux-libc-dev xz-utils ca-certificates'
unit='libcmocka-dev clang libclang-rt-dev jq bsdutils fish zsh'
lint='clang-format clang-tidy cppcheck shellcheck shfmt mandoc'
cross='gcc-aarch64-linux-gnu qemu-user file'
packages='build-essential debhelper lintian makepkg pacman-package-manager libarchive-tools rpm rpm2cpio nix-bin python3'
operator='libvirt-clients libxml2-utils'
budget='valgrind strace pciutils pci.ids'
boot='qemu-system-x86 debootstrap debian-archive-keyring e2fsprogs cpio zstd kmod'

# What the benchmarks compare with, and what draws their plot.
bench='gnuplot-nox driverctl'

case ${1:-} in
    build) want=$build ;;
    test) want="$build $unit $lint $cross $packages $operator $budget $boot" ;;
    bench) want="$build $cross $boot $budget $bench" ;;
    *)
        echo 'usage: deps.sh build|test|bench' >&2
        exit 2
        ;;
esac

if ! command -v apt-get >/dev/null; then
    echo "deps: this system has no apt; install what these Debian packages hold: $want" >&2
    exit 1
fi

missing=
for package in $want; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    printf 'deps: missing:%s\ndeps: run as root: make deps\n' "$missing" >&2
    exit 1
fi
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
    apt-get -q update
    # shellcheck disable=SC2086 # a list of words
    apt-get -q -y --no-install-recommends install $missing
} >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
