# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What vfio-early-setup must know of mkinitcpio: where hooks go, which images its presets name, how
# one is rebuilt and opened, and what makes our hook run in time. The functions are those that
# generators/initramfs-tools.sh explains. It must not know what the hooks do.

generator_name=mkinitcpio
generator_makes_uki=yes # its presets name them

# Another generator takes over by switching the trigger of mkinitcpio off, or in the configuration of
# kernel-install; the command stays.
generator_detect() {
    local hook=$root/etc/pacman.d/hooks/90-mkinitcpio-install.hook other
    [ -x "$root/usr/bin/mkinitcpio" ] && [ -e "$root/usr/lib/initcpio/functions" ] || return 1
    [ "$(readlink "$hook")" != /dev/null ] || return 1
    other=$(kernel_install_names)
    [ -z "$other" ] || [ "$other" = mkinitcpio ]
}

generator_files() {
    local unit
    say "mkinitcpio/install/vfio-early /etc/initcpio/install/vfio-early"
    say "mkinitcpio/hooks/vfio-early /etc/initcpio/hooks/vfio-early"
    say "mkinitcpio/zz-vfio-early.conf /etc/mkinitcpio.conf.d/zz-vfio-early.conf"
    for unit in "$share"/hooks/systemd/vfio-early*.*; do
        [ -e "$unit" ] || continue
        unit=${unit##*/}
        say "systemd/$unit /etc/initcpio/vfio-early/$unit"
    done
}

# Lines PRESET|KERNEL|CONFIG|IMAGE. A preset is a script; mkinitcpio itself sources it. CONFIG is empty
# where drop-ins count. KERNEL is a version, or the file of a kernel.
# shellcheck disable=SC2016 # the words are for the shell inside
presets() {
    in_root bash -c '
        for vfio_file in /etc/mkinitcpio.d/*.preset; do (
            [ -e "$vfio_file" ] && . "$vfio_file" >&2 || exit
            for vfio_name in "${PRESETS[@]}"; do
                for vfio_key in kver config image uki efi_image; do
                    vfio_var=${vfio_name}_$vfio_key
                    declare "vfio_$vfio_key=${!vfio_var}"
                done
                for vfio_path in "$vfio_image" "${vfio_uki:-$vfio_efi_image}"; do
                    [ -z "$vfio_path" ] || printf "%s|%s|%s|%s\n" "$(basename "$vfio_file" .preset)" \
                        "${vfio_kver:-$ALL_kver}" "${vfio_config:-$ALL_config}" "$vfio_path"
                done
            done
        ); done' </dev/null
}

# version_of KERNEL - the version, also where the preset names a file.
# shellcheck disable=SC2016
version_of() {
    case $1 in
        /*) in_root bash -c '. /usr/lib/initcpio/functions && kver "$1"' bash "$1" </dev/null ;;
        *) say "$1" ;;
    esac
}

generator_images() {
    local preset kernel config path version any=''
    while IFS='|' read -r preset kernel config path; do
        any=yes
        if [ ! -e "$root$path" ]; then
            skip "$path" "preset $preset: it was never built (mkinitcpio -p $preset), or its file system is not mounted"
        elif version=$(version_of "$kernel") && [ -n "$version" ]; then
            say "$version $path"
        else
            skip "$path" "preset $preset: cannot tell the version of $kernel"
        fi
    done < <(presets)
    [ -n "$any" ] || skip - "no preset in /etc/mkinitcpio.d: run what builds your image, then verify --image FILE --kernel VERSION"
}

# One run makes all images of a preset. mkinitcpio writes an image also after an error in a hook, so
# the previous ones are kept until it has ended well.
built=' '
generator_rebuild() {
    local preset status=0 keep
    preset=$(presets | awk -F'|' -v image="$2" '$4 == image { print $1; exit }')
    case $built in
        *" $preset:0 "*) return 0 ;;
        *" $preset:1 "*) return 1 ;;
    esac
    keep=$(mktemp -d "$root/var/tmp/vfio-early-keep.XXXXXX") || return 1
    copy_images keep "$preset" "$keep" || status=1
    if [ $status -eq 0 ] && ! in_root mkinitcpio -p "$preset" </dev/null; then
        status=1
        if ! copy_images restore "$preset" "$keep"; then
            warn "cannot restore the images of $preset: they are in $keep"
            keep=''
        fi
    fi
    built+="$preset:$status "
    [ -z "$keep" ] || rm -rf "$keep"
    return $status
}

# copy_images keep|restore PRESET DIR
copy_images() {
    local preset path number=0
    while IFS='|' read -r preset _ _ path; do
        number=$((number + 1))
        if [ "$preset" != "$2" ] || [ ! -e "$root$path" ]; then continue; fi
        if [ "$1" = keep ]; then
            cp -p "$root$path" "$3/$number" || return 1
        elif [ -e "$3/$number" ] && ! cmp -s "$3/$number" "$root$path"; then
            cp -p "$3/$number" "$root$path.old" && mv -f "$root$path.old" "$root$path" || return 1
        fi
    done < <(presets)
}

# Both archives of an image go to one folder, as in the kernel. Only the binary index of modules is in
# the image; modules.dep is written from what that index says.
generator_unpack() {
    local inside=${2#"$root"}/1 dir version
    # shellcheck disable=SC2016
    in_root sh -c 'mkdir "$1" && cd "$1" && lsinitcpio -x "$2"' sh "$inside" "$1" </dev/null >/dev/null || return 1
    for dir in "$2"/1/usr/lib/modules/*/; do
        [ -d "$dir" ] || continue
        version=$(basename "$dir")
        find "$dir" -name '*.ko*' -printf '%f\n' | sed 's/\.ko.*//' |
            in_root xargs -r modprobe -d "$inside" -S "$version" -C /dev/null -a -D |
            sed -n "s|^insmod .*/lib/modules/$version/\([^ ]*\).*|\1:|p" | LC_ALL=C sort -u >"${dir}modules.dep"
    done
}

# first_of PATH... - the one that exists; the last where none does.
first_of() {
    while [ $# -gt 1 ] && [ ! -e "$root$1" ]; do shift; done
    say "$1"
}

generator_prove() {
    local before=$failures
    if [ -L "$unpacked/1/init" ]; then
        prove_unit
    else
        prove_hook
    fi
    [ "$failures" -eq "$before" ] || say_why
}

prove_unit() {
    local dir unit link=usr/lib/systemd/system/sysinit.target.wants/vfio-early.service
    dir=$(first_of /etc/initcpio/vfio-early /usr/lib/systemd/system)
    for unit in "$root$dir"/vfio-early*.*; do
        [ -e "$unit" ] || unit=vfio-early.service
        unit=${unit##*/}
        prove_same "unit $unit" "$dir/$unit" "/usr/lib/systemd/system/$unit"
    done
    if [ -L "$unpacked/1/$link" ]; then
        proof ok "order: sysinit.target wants vfio-early.service, whose Before= does the rest"
    else
        proof FAIL "order: sysinit.target does not want vfio-early.service"
    fi
}

prove_hook() {
    local early
    prove_same "run-time hook" "$(first_of /etc/initcpio/hooks/vfio-early /usr/lib/initcpio/hooks/vfio-early)" /hooks/vfio-early
    early=$(sed -n 's/^EARLYHOOKS="\(.*\)"$/\1/p' "$unpacked/1/config")
    case " ${early// /  } " in
        *" udev "*" vfio-early "*) proof FAIL "order: vfio-early runs after udev (early hooks: $early)" ;;
        *" vfio-early "*) proof ok "order: vfio-early runs before udev and the modules of MODULES" ;;
        *) proof FAIL "order: vfio-early is none of the early hooks ($early)" ;;
    esac
}

# Why a drop-in did not count.
say_why() {
    local preset config
    grep -q 'conf\.d\|_d_config' "$root/usr/bin/mkinitcpio" ||
        warn "this mkinitcpio is older than 36 and has no drop-ins: put vfio-early before udev or systemd in HOOKS of /etc/mkinitcpio.conf"
    IFS='|' read -r preset config < <(presets | awk -F'|' -v image="$subject" '$4 == image { print $1 "|" $3; exit }')
    [ -z "$config" ] || warn "the preset $preset names its own configuration $config, so drop-ins do not count:" \
        "put vfio-early before udev or systemd in HOOKS of $config, or remove ALL_config= and *_config= from" \
        "/etc/mkinitcpio.d/$preset.preset (mkinitcpio.conf and its drop-ins are read then)"
}
