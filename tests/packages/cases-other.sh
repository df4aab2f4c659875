# shellcheck shell=bash disable=SC2154,SC2034,SC2153,SC2016 # shared variables, see run; eval
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Arch and RPM packages, as far as Debian has their tools: built, and looked at. Nothing installs them here.

# with TOOL PACKAGE - is the tool there? If not, the case is skipped, loudly.
with() {
    command -v "$1" >/dev/null || {
        skip "$case_name" "$1 is not installed (Debian package $2)"
        return 1
    }
}

package_build() {
    installers/packages/build.sh "$1" "$VERSION" "$kmod"
}

# Every hook of the list is in the package, and the program runs.
staged() {
    local generator source place number=0
    while read -r generator source place; do
        cmp "hooks/$source" "$work/$1$place" && number=$((number + 1)) || return 1
    done <"$work/$1/usr/share/vfio-early/packaged"
    [ $number -gt 1 ] && "$work/$1/$2/vfio-early" --version | grep -F "$VERSION"
}

case_arch() {
    local pkg=installers/packages/arch
    check 'the PKGBUILD is bash' bash -n $pkg/PKGBUILD
    check 'shellcheck has no word' shellcheck -s bash -e SC2034,SC2154,SC2164 $pkg/PKGBUILD $pkg/vfio-early.install
    check 'it has the version of the Makefile' grep -qx "pkgver=$VERSION" $pkg/PKGBUILD
    with makepkg 'makepkg' && with pacman 'pacman-package-manager' && with bsdtar 'libarchive-tools' || return 0
    check 'makepkg builds it' package_build arch
    mkdir "$work/arch"
    check 'it unpacks' bsdtar -xf build/packages/vfio-early-"$VERSION"-*.pkg.tar.zst -C "$work/arch"
    check 'it holds the program and the hooks' staged arch usr/bin
    check 'with a file that starts the libalpm hook of mkinitcpio' test -e "$work/arch/usr/lib/initcpio/install/vfio-early"
    check 'and nothing in /etc' test ! -e "$work/arch/etc"
}

case_rpm() {
    local spec=installers/packages/rpm/vfio-early.spec
    check 'it has the version of the Makefile' grep -Eqx "Version: +$VERSION" $spec
    with rpmbuild rpm && with rpm2cpio rpm || return 0
    check 'rpmbuild builds it' package_build rpm
    mkdir "$work/rpm"
    check 'it unpacks' eval 'rpm2cpio build/packages/vfio-early-"$VERSION"-*.rpm | (cd "$work/rpm" && cpio -id --quiet)'
    check 'it holds the program and the hooks' staged rpm usr/sbin
    check 'with the module of dracut' test -e "$work/rpm/usr/lib/dracut/modules.d/50vfio-early/module-setup.sh"
}
