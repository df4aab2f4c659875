#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# files.sh install|uninstall|list DESTDIR PREFIX: copies what `make` built to its places, or removes exactly that.
# It knows which file goes where. It touches no image and no configuration; that is vfio-early-setup's work,
# which uninstall asks to go first where it was used.
set -eu
cd "$(dirname "$0")/.."

command=$1
destdir=$2
prefix=$3
share=$prefix/share/vfio-early

# MODE SOURCE PLACE, one file a line.
files() {
    echo "755 build/vfio-early $prefix/sbin/vfio-early"
    echo "755 build/initramfs/vfio-early $prefix/lib/vfio-early/vfio-early"
    echo "755 installers/setup.sh $prefix/sbin/vfio-early-setup"
    echo "644 installers/vfio-early-setup.8 $prefix/share/man/man8/vfio-early-setup.8"
    echo "644 build/man/vfio-early.8 $prefix/share/man/man8/vfio-early.8"
    echo "644 early/vfio-early.conf.5 $prefix/share/man/man5/vfio-early.conf.5"
    echo "644 build/completions/bash $prefix/share/bash-completion/completions/vfio-early"
    echo "644 build/completions/zsh $prefix/share/zsh/site-functions/_vfio-early"
    echo "644 build/completions/fish $prefix/share/fish/vendor_completions.d/vfio-early.fish"
    echo "644 installers/tmpfiles/vfio-early.conf $prefix/lib/tmpfiles.d/vfio-early.conf"
    echo "644 installers/kvmfr/70-vfio-early-kvmfr.rules $prefix/lib/udev/rules.d/70-vfio-early-kvmfr.rules"
    find hooks installers/lib installers/generators installers/kvmfr -type f | LC_ALL=C sort | while read -r file; do
        mode=644
        [ ! -x "$file" ] || mode=755
        echo "$mode $file $share/$file"
    done
}

# Prefixes with blanks would need another form of list: refused, not guessed.
case $prefix in
    *[!A-Za-z0-9/._+-]* | [!/]* | '')
        echo "PREFIX=$prefix: expected a path from / of letters, digits and ._+-" >&2
        exit 2
        ;;
esac

case $command in
    list)
        files | cut -d' ' -f3
        ;;
    install)
        files | while read -r mode source place; do
            install -D -m "$mode" "$source" "$destdir$place"
        done
        ;;
    uninstall)
        if ls "$destdir"/var/lib/vfio-early/*.installed >/dev/null 2>&1; then
            "$destdir$prefix/sbin/vfio-early-setup" ${destdir:+--root "$destdir"} uninstall
        fi
        files | while read -r _ _ place; do
            rm -f "$destdir$place"
        done
        [ ! -d "$destdir$share" ] || find "$destdir$share" -depth -type d -empty -delete
        ;;
    *)
        echo 'usage: files.sh install|uninstall|list DESTDIR PREFIX' >&2
        exit 2
        ;;
esac
