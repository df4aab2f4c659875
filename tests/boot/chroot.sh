#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# chroot.sh SUITE [GENERATOR]: prints the folder of a small Debian system of that release whose
# images this generator builds (initramfs-tools where not said). Made on first use.
# It knows which packages an initramfs build needs. It must not know vfio-early, images or QEMU.
#
# The folder is made under a temporary name and renamed when complete: it is whole or not there.
# The mirror is the one this machine's apt uses; signatures are checked with Debian's own keyring.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

usage() {
    echo "usage: chroot.sh bullseye|bookworm|trixie|sid [initramfs-tools|dracut|tiny|uefi|module|watch|libvirt]"
}

# packages_of SUITE GENERATOR - sets packages, and later: what needs the generator to be there
# already, as a kernel package would else bring the release's own.
packages_of() {
    later=''
    case $2 in
        initramfs-tools)
            packages=initramfs-tools,busybox,kmod,zstd,udev,cpio
            # The kernel package of this release would bring dracut, were the other one not there first.
            if [ "$1" = sid ]; then later=linux-image-amd64; else packages+=,linux-image-amd64; fi
            ;;
        dracut)
            packages=dracut,kmod,zstd,udev,cpio,systemd,systemd-sysv
            # Without systemd in the image, dracut of this release takes switch_root from there.
            [ "$1" != sid ] || packages+=,util-linux-extra
            later=linux-image-amd64
            ;;
        # It makes an image of packages: it needs what installs packages. The kernel is content with any generator.
        mkosi)
            packages=kmod,zstd,udev,cpio,systemd,systemd-sysv,debian-archive-keyring,ca-certificates,tiny-initramfs
            # With what its images hold in apt's cache, see fill_mkosi.
            later="linux-image-amd64 mkosi apt-utils"
            ;;
        tiny) packages=tiny-initramfs-core,kmod,cpio,linux-image-amd64 ;;
        # The same as initramfs-tools, and the other ways to claim a device that tests/bench measures.
        bench) packages=initramfs-tools,busybox,kmod,zstd,udev,cpio,driverctl,linux-image-amd64 ;;
        # What the installer looks at beside images: the files of libvirt and AppArmor.
        libvirt)
            packages=initramfs-tools,busybox,kmod,zstd,udev,cpio,linux-image-amd64,apparmor
            later=libvirt-daemon-system
            ;;
        # tiny-initramfs, and what puts it on a disk for UEFI firmware, with the firmware.
        uefi)
            packages=tiny-initramfs-core,kmod,cpio,linux-image-amd64
            later="systemd-boot-efi systemd-ukify ovmf dosfstools mtools"
            ;;
        # What a kernel module is built and installed with, for the release's own kernel.
        module)
            packages=kmod,zstd,xz-utils,cpio,udev,gcc,make,libc6-dev,perl
            later="initramfs-tools linux-image-amd64 linux-headers-amd64 dkms sparse"
            ;;
        # The same for a kernel that is built here, from the release's source.
        watch)
            packages=kmod,xz-utils,gcc,make,libc6-dev,perl,flex,bison,bc,libelf-dev
            later="linux-source sparse"
            ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
}

# The first Debian archive of this machine's apt configuration.
mirror() {
    local url
    # The words in $() are apt's, not the shell's.
    # shellcheck disable=SC2016
    url=$(apt-get indextargets --format '$(REPO_URI)' \
        'Origin: Debian' 'Label: Debian' 'Created-By: Packages' | head -n1)
    [ -n "$url" ] || die "apt knows no Debian archive: run apt-get update, or add one to its sources"
    printf '%s\n' "$url"
}

# A proxy that apt was told about must hold for debootstrap's downloads too.
use_apt_proxy() {
    local proxy=
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then
        export http_proxy=$proxy
    fi
}

# Runs in a mount namespace of its own: no mount outlives it, however it ends.
bootstrap() {
    local suite=$1 tree=$2
    # INITRD=No: the kernel package need not build an image that nobody boots.
    INITRD=No DEBIAN_FRONTEND=noninteractive "$BOOT_DIR/../private-mounts.sh" \
        debootstrap --variant=minbase --keyring="$keyring" --include="$packages" \
        "$suite" "$tree" "$(mirror)"
}

# install_later TREE - the same, for what debootstrap would install with something we do not want.
install_later() {
    [ -n "$later" ] || return 0
    # The words in quotes are for the inner shell.
    # shellcheck disable=SC2016
    INITRD=No DEBIAN_FRONTEND=noninteractive "$BOOT_DIR/../private-mounts.sh" sh -ec '
        tree=$1 later=$2 config="-q -o Acquire::Check-Valid-Until=$3"
        mount -t proc proc "$tree/proc"
        chroot "$tree" apt-get $config update
        chroot "$tree" apt-get $config -y --no-install-recommends install $later
    ' sh "$1" "$later" "$(apt_checks_age)"
}

# fill_mkosi TREE - one image is built and thrown away, so that every package an image needs lies in apt's cache: later
# ones need no archive. What is configured here stays: it is the system whose images this generator makes.
fill_mkosi() {
    mkdir -p "$1/usr/lib/firmware" "$1/etc/kernel"
    printf 'initrd_generator=mkosi-initrd\n' >"$1/etc/kernel/install.conf"
    [ "$(apt_checks_age)" != false ] || sed -i 's/^deb /deb [check-valid-until=no] /' "$1/etc/apt/sources.list"
    # The words in quotes are for the inner shell.
    # shellcheck disable=SC2016
    "$BOOT_DIR/pivot.sh" "$1" sh -ec 'apt-get -q update
        mkosi-initrd --generic --kernel-version "$(ls /lib/modules)" --output-dir /var/tmp && rm -r /var/tmp/*'
}

# Does this machine's apt refuse an index that is too old? The chroot's apt must do the same.
apt_checks_age() {
    local valid=true
    eval "$(apt-config shell valid Acquire::Check-Valid-Until)"
    printf '%s\n' "$valid"
}

build() {
    local suite=$1 name=$2 tree=$3
    local new=$tree.new.$$ log=$CACHE_DIR/chroot/$name.log
    [ -d "$tree" ] && return 0
    # Leftovers of a run that was killed; we hold the lock, so nobody uses them.
    rm -rf --one-file-system "$tree".new.*
    mkdir -p "$new"
    # shellcheck disable=SC2064
    trap "rm -rf --one-file-system '$new'" EXIT
    note "building a Debian $name chroot (some minutes, once); log: $log"
    if ! { bootstrap "$suite" "$new" && install_later "$new" &&
        { [ "$generator" != mkosi ] || fill_mkosi "$new"; } &&
        { [ "$generator" != watch ] || "$TOP_DIR/tests/module/watch-kernel" "$new"; }; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "making the $name chroot failed; full log: $log"
    fi
    compgen -G "$new/boot/vmlinuz-*" >/dev/null || die "the $name chroot has no kernel; log: $log"
    # Nothing that is installed here later may start a daemon.
    printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
    chmod 755 "$new/usr/sbin/policy-rc.d"
    [ "$generator" = mkosi ] || rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*
    mv -T "$new" "$tree"
}

case ${1:-} in
    -h | --help)
        usage
        exit 0
        ;;
    bullseye | bookworm | trixie | sid) suite=$1 ;;
    *)
        usage >&2
        exit 2
        ;;
esac
generator=${2:-initramfs-tools} name=$suite
packages_of "$suite" "$generator"
[ "$generator" = initramfs-tools ] || name=$suite-$generator
need_root
need_tools debootstrap unshare flock apt-get
[ -r "$keyring" ] || die "$keyring is missing (package debian-archive-keyring)"
use_apt_proxy
recipe=$packages${later:+ $later}
# The same kernel for every copy of these files, wherever it lies.
[ "$generator" != watch ] || recipe+=" $(cat "$TOP_DIR"/tests/module/watch* | sha256sum)"
recipe=$(printf '%s %s' "$recipe" 1 | sha256sum | cut -c1-8)
tree=$CACHE_DIR/chroot/$name-$recipe
with_lock "$CACHE_DIR/chroot/$name.lock" build "$suite" "$name" "$tree"
printf '%s\n' "$tree"
