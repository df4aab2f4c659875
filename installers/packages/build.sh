#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh deb|arch|rpm VERSION KMOD_SRC: builds the package of this tree into build/packages, with the distribution's
# own tool, from a copy of the tree. KMOD_SRC is an unpacked libkmod: no network is used. It knows where each tool
# wants its files; what a package holds is in stage.sh, how it is described in the folder of its name.
set -eu
umask 022
cd "$(dirname "$0")/../.."
usage='usage: build.sh deb|arch|rpm VERSION KMOD_SRC'
kind=${1:?$usage}
version=${2:?$usage}
KMOD_SRC=$(readlink -e "${3:?$usage}")
# Times of a working tree mean nothing: two builds of the same commit give the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date -r Makefile +%s)}
export KMOD_SRC SOURCE_DATE_EPOCH

out=$PWD/build/packages
packages=$PWD/installers/packages
log=$out/$kind.log
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=vfio-early-$version
tree=$work/$name
mkdir "$tree"
# The files of the tree, also those that are not committed yet; not what was built in it.
tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$tree" --no-same-owner

# The tool may run as another user, who cannot read where libkmod lies. In the tree, because the compiler is told to
# forget where that is.
cp -r "$KMOD_SRC" "$tree/.kmod"
KMOD_SRC=$tree/.kmod

# The tool's words go to the log.
tool() {
    command -v "$1" >/dev/null || {
        echo "$kind: missing $1 (on Debian: packages debhelper; makepkg; rpm)" >&2
        exit 1
    }
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 30 "$log" >&2
        echo "$kind: the build failed; full log: $log" >&2
        exit 1
    }
}

tarball() {
    tar -czf "$work/$name.tar.gz" -C "$work" --owner=0 --group=0 --sort=name --mtime="@$SOURCE_DATE_EPOCH" "$name"
}

build_deb() {
    mv "$tree/installers/packages/debian" "$tree/debian"
    {
        printf 'vfio-early (%s) unstable; urgency=medium\n\n  * Built from the tree.\n\n' "$version"
        printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$tree/debian/control")" "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
    } >"$tree/debian/changelog"
    cd "$tree"
    tool dpkg-buildpackage --build=binary --no-sign
    rm -f "$out"/vfio-early_*.deb
    mv "$work"/vfio-early_*.deb "$out/"
}

# makepkg refuses root, so root lends it another user. -d: which packages Arch needs is in the PKGBUILD.
build_arch() {
    tarball
    cp "$packages"/arch/* "$work/"
    mkdir "$work/home"
    set -- env HOME="$work/home" PKGDEST="$work" PKGEXT=.pkg.tar.zst BUILDDIR="$work/home" makepkg -d -f
    cd "$work"
    if [ "$(id -u)" -eq 0 ]; then
        chown -R nobody "$work"
        set -- setpriv --reuid=nobody --clear-groups "$@"
    fi
    tool "$@"
    rm -f "$out"/vfio-early-*.pkg.tar.*
    mv "$work"/vfio-early-*.pkg.tar.zst "$out/"
}

# --nodeps: on a system without rpm's database every requirement would be missing.
build_rpm() {
    tarball
    set -- rpmbuild -bb --define "_topdir $work/rpm" --define "_sourcedir $work"
    [ -e /var/lib/rpm/rpmdb.sqlite ] || [ -e /usr/lib/sysimage/rpm/rpmdb.sqlite ] || set -- "$@" --nodeps
    tool "$@" "$packages/rpm/vfio-early.spec"
    rm -f "$out"/vfio-early-*.rpm
    mv "$work"/rpm/RPMS/*/vfio-early-*.rpm "$out/"
}

case $kind in
    deb | arch | rpm) "build_$kind" ;;
    *)
        echo "$usage" >&2
        exit 2
        ;;
esac
