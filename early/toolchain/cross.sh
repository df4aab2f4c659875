#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cross.sh ARCH DIR: musl and kernel headers of another architecture in DIR, and the gcc specs that use them.
# The packages come from the archives of this machine's apt, through lists and a cache of their own: the system
# gets no foreign architecture. It knows how Debian lays out musl-dev.
set -eu

arch=$1
dir=$2
cache=${VFIO_EARLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfio-early}

die() {
    printf 'cross build for %s: %s\n' "$arch" "$1" >&2
    exit 1
}

case $arch in
    aarch64) deb=arm64 ;;
    x86_64) deb=amd64 ;;
    *) die 'not supported' ;;
esac

download() {
    mkdir -p "$tmp/lists/partial" "$tmp/archives/partial" "$tmp/debs"
    : >"$tmp/status"
    set -- -qq -o APT::Architecture=$deb -o APT::Architectures=$deb -o Acquire::Languages=none \
        -o Dir::State::lists="$tmp/lists" -o Dir::State::status="$tmp/status" -o Dir::Cache="$tmp" \
        -o APT::Sandbox::User=root -o APT::Update::Post-Invoke::= -o APT::Update::Post-Invoke-Success::=
    echo "  FETCH   musl-dev, linux-libc-dev for $deb"
    # A third-party archive without this architecture may fail here; what counts is the download.
    apt-get "$@" update >"$tmp/log" 2>&1 || :
    (cd "$tmp/debs" && apt-get "$@" download musl-dev linux-libc-dev >>"$tmp/log" 2>&1) || {
        cat "$tmp/log" >&2
        die "this machine's apt has no musl-dev and linux-libc-dev for $deb"
    }
    mv "$tmp/debs" "$cache/debs-$deb" 2>/dev/null || [ -d "$cache/debs-$deb" ]
}

# Debian's specs with this sysroot's paths: the same start files, headers and libc.a, taken from elsewhere.
specs() {
    lib=$root/usr/lib/$arch-linux-musl
    cat <<END
%rename cpp_options old_cpp_options

*cpp_options:
-nostdinc -isystem $root/usr/include/$arch-linux-musl -isystem include%s %(old_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem $root/usr/include/$arch-linux-musl -isystem include%s

*link_libgcc:
-L$lib -L .%s

*libgcc:
libgcc.a%s %:if-exists(libgcc_eh.a%s)

*startfile:
$lib/crt1.o $lib/crti.o crtbegin.o%s

*endfile:
crtend.o%s $lib/crtn.o

*link:
-nostdlib -static

*esp_link:


*esp_options:


*esp_cpp_options:


END
}

command -v dpkg >/dev/null || die 'needs a Debian system (dpkg, apt)'
mkdir -p "$cache" "$dir"
tmp=$(mktemp -d "$cache/cross.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

[ -d "$cache/debs-$deb" ] || download
root=$(cd "$dir" && pwd)
for package in "$cache/debs-$deb"/*.deb; do
    dpkg-deb -x "$package" "$root"
done
[ -f "$root/usr/lib/$arch-linux-musl/libc.a" ] || die "no libc.a in $cache/debs-$deb; remove that folder and try again"
specs >"$dir/specs.new"
mv "$dir/specs.new" "$dir/musl-gcc.specs"
