# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What vfio-early-setup must know of dracut: whether it builds this system's images, where they are,
# how one is rebuilt and opened, and what makes our module run in time. The functions are those of
# initramfs-tools.sh. It must not know what the module does.

generator_name=dracut
dracut_module=/usr/lib/dracut/modules.d/50vfio-early

# The command alone proves nothing: something must call it when a kernel is installed.
generator_detect() {
    local hook
    [ -x "$root/usr/bin/dracut" ] && [ -d "$root/usr/lib/dracut/modules.d" ] || return 1
    # Debian's kernels call this one; the file stays behind when the package is removed, its work does not.
    [ ! -x "$root/etc/kernel/postinst.d/dracut" ] || return 0
    [ ! -x "$root/etc/kernel/postinst.d/initramfs-tools" ] || return 1
    for hook in "$root"/etc/pacman.d/hooks/*dracut*.hook "$root"/usr/share/libalpm/hooks/*dracut*.hook; do
        [ ! -s "$hook" ] || return 0
    done
    dracut_by_kernel_install
}

# kernel-install calls every plugin; this one works where no other generator is named.
dracut_by_kernel_install() {
    local plugin=50-dracut.install named
    named=$(kernel_install_names)
    [ "${named:-dracut}" = dracut ] || return 1
    # A file in /etc replaces the plugin; an empty one, or a link to /dev/null, turns it off.
    if [ -e "$root/etc/kernel/install.d/$plugin" ] || [ -L "$root/etc/kernel/install.d/$plugin" ]; then
        [ -s "$root/etc/kernel/install.d/$plugin" ]
    else
        [ -s "$root/usr/lib/kernel/install.d/$plugin" ]
    fi
}

generator_files() {
    local unit
    say "dracut/50vfio-early/module-setup.sh $dracut_module/module-setup.sh"
    say "dracut/50vfio-early/vfio-early.sh $dracut_module/vfio-early.sh"
    say "dracut/50vfio-early/vfio-early-wait.sh $dracut_module/vfio-early-wait.sh"
    for unit in "$share"/hooks/systemd/vfio-early*; do
        say "systemd/${unit##*/} $dracut_module/${unit##*/}"
    done
}

generator_images() {
    images_of_kernels dracut_images
}

# dracut_images VERSION - by the names that Debian, Fedora and kernel-install give.
dracut_images() {
    local path
    for path in "$root/boot/initrd.img-$1" "$root/boot/initramfs-$1.img"; do
        [ ! -f "$path" ] || say "$1 ${path#"$root"}"
    done
    entry_images "$1"
}

# dracut removes the image that it cannot write, so it writes beside it.
generator_rebuild() {
    local new=$2.vfio-early-new
    if in_root dracut --quiet --force "$new" "$1" </dev/null && [ -s "$root$new" ]; then
        mv -f "$root$new" "$root$2"
        return
    fi
    rm -f "$root$new"
    return 1
}

# Microcode, where there is any, and the image proper.
generator_unpack() {
    local inside=${2#"$root"}
    mkdir "$2/1" "$2/2" || return 1
    # shellcheck disable=SC2016
    in_root sh -c 'cd "$2/1" && lsinitrd --unpackearly "$1"; cd "$2/2" && lsinitrd --unpack "$1"' \
        sh "$1" "$inside" </dev/null >/dev/null 2>&1
    [ -e "$2/2/init" ] || [ -L "$2/2/init" ]
}

generator_prove() {
    local name hook
    if hook=$(in_image /lib/dracut/hooks/cmdline/00-vfio-early.sh || in_image /var/lib/dracut/hooks/cmdline/00-vfio-early.sh); then
        name=${hook#"$unpacked"/*/}
        prove_same "hook" "$dracut_module/vfio-early.sh" "/$name"
        prove_same "hook of the end" "$dracut_module/vfio-early-wait.sh" "/${name%/*/*}/pre-pivot/90-vfio-early-wait.sh"
        name=$(cd "$(dirname "$hook")" && printf '%s\n' * | LC_ALL=C sort | head -n1)
        if [ "$name" = 00-vfio-early.sh ]; then
            proof ok "order: 00-vfio-early.sh is the first hook of dracut's first step"
        else
            proof FAIL "order: the hook cmdline/$name runs before cmdline/00-vfio-early.sh"
        fi
        return
    fi
    prove_systemd "$dracut_module" 2
}
