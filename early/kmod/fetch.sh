#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fetch.sh VERSION DIR: unpacks libkmod's source to DIR/kmod-VERSION.
# It knows the pinned checksum and where a Debian archive keeps the file. The archive itself is the one that
# this machine's apt uses. It must not know how libkmod is compiled.
set -eu

version=$1
dir=$2
sha256=012d16e2099115486d8aa9f2c2a23d058d3d0cad83113a60512647d25d3869e8
file=kmod_$version.orig.tar.xz
cache=${VFIO_EARLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vfio-early}

die() {
    printf 'libkmod: %s\n' "$1" >&2
    printf 'libkmod: put %s into %s yourself, or give an unpacked tree: make KMOD_SRC=DIR\n' "$file" "$cache" >&2
    exit 1
}

right() {
    [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$sha256  -" ]
}

# The archives this machine uses, Debian's and its derivatives' own first; without any index, all of them.
# shellcheck disable=SC2016 # apt fills in $(REPO_URI)
archives() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian'
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Ubuntu'
    apt-get --print-uris update | sed -n "s,^'\(.*/\)dists/.*,\1,p"
}

download() {
    [ -x /usr/lib/apt/apt-helper ] || die 'this system has no apt to download with'
    archives 2>/dev/null | awk '!seen[$0]++' >"$tmp/archives"
    while read -r uri; do
        if /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root download-file \
            "${uri%/}/pool/main/k/kmod/$file" "$tmp/$file" "SHA256:$sha256" >"$tmp/log" 2>&1 </dev/null; then
            return 0
        fi
    done <"$tmp/archives"
    cat "$tmp/log" >&2 2>/dev/null || :
    die "no archive in this machine's apt configuration has $file with the pinned checksum"
}

mkdir -p "$cache" "$dir"
tmp=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

if ! right "$cache/$file"; then
    [ ! -e "$cache/$file" ] || echo "libkmod: $cache/$file has a wrong checksum, fetching it again" >&2
    echo "  FETCH   $file"
    download
    right "$tmp/$file" || die "$file: wrong checksum"
    mv -f "$tmp/$file" "$cache/$file"
fi

new=$dir/kmod.$$
rm -rf "$new"
mkdir "$new"
tar -xJf "$cache/$file" -C "$new" --strip-components=1 --no-same-owner -m || {
    rm -rf "$new"
    die "cannot unpack $file"
}
rm -rf "$dir/kmod-$version"
mv "$new" "$dir/kmod-$version"
