# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The overlay: an archive of its own, for the images of generators that offer no place early enough.
# The boot loader gives it to the kernel together with the image, and rdinit=/vfio-early/init starts
# it. Everything is below one private directory: an entry such as lib/ would replace a symbolic link
# of that name in the image. It must not know what the manifest's words mean, nor a boot loader.

overlay_top=vfio-early

# overlay_failed TEXT - nothing is written then.
overlay_failed() {
    warn "overlay: $*"
    exit 1
}

# overlay_file PATH TARGET - one file of that system; its symbolic links mean something only there.
overlay_file() {
    mkdir -p "$(dirname "$tree/$2")"
    in_root cat "$1" </dev/null >"$tree/$2" || overlay_failed "cannot read $1"
}

# stays_compressed VERSION FILE - is it known that this kernel loads it as it is?
stays_compressed() {
    [ -e "$root/boot/config-$1" ] || [ -e "$root/lib/modules/$1/config" ] || return 1
    kernel_unpacks "$1" "$2"
}

overlay_module() {
    local name=$1 version=$2 file target tool
    file=$(in_root modinfo -k "$version" -F filename "$name" </dev/null 2>/dev/null) ||
        overlay_failed "Linux $version has no module $name"
    case $file in
        /*) ;;
        *) return 0 ;; # built in
    esac
    target=$overlay_top/lib/modules/$version/${file#*"/modules/$version/"}
    case $file in
        *.xz) tool=xz ;;
        *.zst) tool=zstd ;;
        *.gz) tool=gzip ;;
        *) tool='' ;;
    esac
    if [ -z "$tool" ] || stays_compressed "$version" "$file"; then
        overlay_file "$file" "$target"
        return
    fi
    mkdir -p "$(dirname "$tree/$target")"
    in_root $tool -dc "$file" </dev/null >"$tree/${target%.*}" ||
        overlay_failed "cannot decompress $file, and Linux $version may not do it itself"
}

# The index of exactly these modules. The order is given, as depmod would take that of the directory.
overlay_index() {
    local version=$1 dir=$tree/$overlay_top/lib/modules/$1 file
    mkdir -p "$dir"
    (cd "$dir" && find . -name '*.ko*' -printf '%P\n' | sed 's/\.ko\..*/.ko/' | LC_ALL=C sort) >"$dir/modules.order"
    for file in modules.builtin modules.builtin.modinfo; do
        [ ! -e "$root/lib/modules/$version/$file" ] || cp "$root/lib/modules/$version/$file" "$dir/$file"
    done
    in_root depmod -b "${tree#"$root"}/$overlay_top" "$version" </dev/null || overlay_failed "depmod failed"
    # What libkmod reads at boot; the rest is for people and for depmod.
    find "$dir" -maxdepth 1 -type f ! -name 'modules.*.bin' ! -name modules.softdep -delete
    [ -s "$dir/modules.dep.bin" ] || overlay_failed "depmod made no index"
}

# The same file name in /etc replaces one further up, as for modprobe.
overlay_modprobe() {
    local dir file
    for dir in lib usr/lib usr/local/lib etc; do
        for file in "$root/$dir"/modprobe.d/*.conf; do
            if [ -e "$file" ] || [ -L "$file" ]; then
                overlay_file "${file#"$root"}" "$overlay_top/etc/modprobe.d/${file##*/}"
            fi
        done
    done
}

# Everything that the manifest lists for this kernel.
overlay_fill() {
    local version=$1 binary list kind value policies=0
    binary=$(find_binary) || refuse "no vfio-early in /usr/local/sbin or /usr/sbin${root:+ of $root}"
    list=$(in_root "$binary" manifest --kernel "$version" </dev/null) ||
        overlay_failed "vfio-early manifest --kernel $version: exit status $?"
    overlay_file "$(find_small "$binary")" $overlay_top/init
    chmod 755 "$tree/$overlay_top/init"
    while read -r kind value; do
        case $kind in
            policy)
                policies=$((policies + 1))
                overlay_file "$value" "$overlay_top$value"
                ;;
            module) overlay_module "$value" "$version" ;;
        esac
    done <<<"$list"
    [ $policies -gt 0 ] || say "note  there is no policy file, only the kernel command line counts"
    mkdir -p "$tree/$overlay_top/etc"
    printf '%s\n' "$list" >"$tree/$overlay_top/etc/vfio-early.manifest"
    overlay_modprobe
    overlay_index "$version"
}

overlay_pack() {
    case $compress in
        none) newc_write "$tree" ;;
        gzip) newc_write "$tree" | gzip -9n ;;
        zstd) newc_write "$tree" | zstd -19 -q --single-thread ;;
    esac
}

command_overlay() {
    local tool new
    [ -z "$root" ] || [ "$(id -u)" -eq 0 ] || refuse "overlay --root needs root"
    for tool in modinfo depmod; do
        in_root sh -c "command -v $tool" >/dev/null || refuse "overlay needs $tool (kmod)${root:+ in $root}"
    done
    [ "$compress" != zstd ] || command -v zstd >/dev/null || refuse "--compress zstd needs zstd"
    [ -d "$root/lib/modules/$kernel" ] || refuse "no Linux $kernel here: ${root}/lib/modules/$kernel is missing"
    [ -d "$(dirname "$output")" ] || refuse "-o: $(dirname "$output") is no directory"
    tree=$(mktemp -d "$root/var/tmp/vfio-early-setup.XXXXXX") || exit 1
    new=$output.new.$$
    # shellcheck disable=SC2064
    trap "rm -rf '$tree' '$new'" EXIT
    overlay_fill "$kernel"
    overlay_pack >"$new" || overlay_failed "cannot write $output"
    mv -f "$new" "$output" || overlay_failed "cannot write $output"
    say "made  $output for Linux $kernel, $(stat -c %s "$output") bytes; it does nothing without rdinit=/vfio-early/init"
    exit 0
}
