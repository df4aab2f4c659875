# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Opens a built image and proves what it holds, one line per proof. What must be in it is what
# `vfio-early manifest` says for that kernel. It must not know how an image is made or packed.

proofs=0 failures=0

# proof ok|FAIL TEXT
proof() {
    proofs=$((proofs + 1))
    if [ "$1" = ok ]; then
        fact ok "$subject" "$2"
    else
        fact problem "$subject" "$2"
        failures=$((failures + 1))
    fi
}

# in_image PATH - where this file was unpacked. An image may have several parts; a later one wins.
in_image() {
    local part found=''
    for part in "$unpacked"/*/; do
        [ ! -f "$part$1" ] || found=$part$1
    done
    [ -n "$found" ] && say "$found"
}

prove_same() {
    local what=$1 theirs=$2 path=$3 file
    if ! file=$(in_image "$path"); then
        proof FAIL "$what is not in the image ($path)"
    elif [ "$(sha_of "$file")" = "$(sha_in_root "$theirs")" ]; then
        proof ok "$what is identical to $theirs"
    else
        proof FAIL "$what differs from $theirs: the image is older or newer"
    fi
}

# prove_systemd DIR PART - our units, which the system has in DIR, are in this part of the image, and run.
prove_systemd() {
    local name units=/usr/lib/systemd/system
    for name in "$share"/hooks/systemd/vfio-early*; do
        name=${name##*/}
        prove_same "unit $name" "$1/$name" "$units/$name"
    done
    if [ -L "$unpacked/$2$units/sysinit.target.wants/vfio-early.service" ]; then
        proof ok "order: sysinit.target starts the unit, before the units that load drivers"
    else
        proof FAIL "order: sysinit.target does not start vfio-early.service"
    fi
}

prove_binary() {
    local binary
    if binary=$(find_binary); then
        prove_same binary "$(find_small "$binary")" /usr/sbin/vfio-early
    else
        proof FAIL "there is no vfio-early in /usr/local/sbin or /usr/sbin to compare with"
    fi
}

# Policy files in the image that the system no longer has would still count at boot.
prove_no_old_policy() {
    local part file path
    for part in "$unpacked"/*/; do
        for file in "$part"etc/vfio-early.conf "$part"etc/vfio-early.d/*.conf; do
            path=/${file#"$part"}
            [ -e "$file" ] || continue
            in_root test -e "$path" </dev/null || proof FAIL "policy $path is in the image but no longer on the system"
        done
    done
}

# module_file NAME VERSION - the file that modules.dep of the image has for this module. Where an
# image has a module twice, that is the one that gets loaded.
module_file() {
    local dep file
    dep=$(in_image "/lib/modules/$2/modules.dep" || in_image "/usr/lib/modules/$2/modules.dep") || return 1
    file=$(awk -F: -v name="${1//-/_}" '{ n = $1; sub(/.*\//, "", n); sub(/\.ko.*/, "", n); gsub(/-/, "_", n) }
        n == name { print $1; exit }' "$dep")
    [ -n "$file" ] || return 1
    in_image "/lib/modules/$2/$file" || in_image "/usr/lib/modules/$2/$file"
}

# same_source NAME VERSION FILE - was this module made of the same source as the one on the system? Generators strip
# and compress, so the bytes say nothing; what is built outside the kernel has a checksum of its source.
same_source() {
    local here there
    here=$(in_root modinfo -F srcversion -k "$2" "$1" </dev/null 2>/dev/null)
    there=$(in_root modinfo -F srcversion "${3#"$root"}" </dev/null 2>/dev/null)
    [ -z "$here" ] || [ -z "$there" ] || [ "$here" = "$there" ]
}

prove_module() {
    local file
    if ! file=$(module_file "$1" "$2"); then
        proof FAIL "module $1 is not in the image"
    elif ! same_source "$1" "$2" "$file"; then
        proof FAIL "module $1 is another one than that of Linux $2 here: the image is older or newer"
    elif [[ $file == *.ko ]] || kernel_unpacks "$2" "$file"; then
        proof ok "module $1"
    else
        proof FAIL "module $1 is compressed and Linux $2 cannot decompress it"
    fi
}

# kernel_unpacks VERSION FILE - can this kernel load this compressed module?
kernel_unpacks() {
    local type config
    case $2 in
        *.xz) type=XZ ;;
        *.zst) type=ZSTD ;;
        *) type=GZIP ;;
    esac
    for config in "$root/boot/config-$1" "$root/lib/modules/$1/config"; do
        if [ -e "$config" ]; then
            grep -q '^CONFIG_MODULE_DECOMPRESS=y' "$config" && grep -q "^CONFIG_MODULE_COMPRESS_$type=y" "$config"
            return
        fi
    done
    warn "no configuration of Linux $1 found: cannot tell if it decompresses modules"
}

# prove_name user|group "NAME NUMBER" - a boot has no names: their numbers are in the list that the image was made by.
prove_name() {
    local file
    if ! file=$(in_image /etc/vfio-early.manifest); then
        proof FAIL "$1 $2: the list is not in the image (/etc/vfio-early.manifest)"
    elif grep -qxF "$1 $2" "$file"; then
        proof ok "$1 $2"
    else
        proof FAIL "$1 $2: the image does not know the name, or by another number"
    fi
}

# Each line of the manifest is one proof.
prove_manifest() {
    local binary list status kind value modules=0 policies=0
    binary=$(find_binary) || return 0 # prove_binary has said so
    list=$(in_root "$binary" manifest --kernel "$1" </dev/null)
    status=$?
    [ $status -eq 0 ] || proof FAIL "vfio-early manifest --kernel $1: exit status $status"
    while read -r kind value; do
        case $kind in
            policy)
                policies=$((policies + 1))
                prove_same "policy $value" "$value" "$value"
                ;;
            module)
                modules=$((modules + 1))
                prove_module "$value" "$1"
                ;;
            user | group) prove_name "$kind" "$value" ;;
        esac
    done <<<"$list"
    [ $modules -gt 0 ] || proof ok "no module is needed: this kernel has vfio built in"
    [ $policies -gt 0 ] || fact ok "$subject" "there is no policy file, only the kernel command line counts"
}

# prove_image VERSION IMAGE
prove_image() {
    local addon
    subject=$2
    if [ ! -r "$root$2" ]; then
        fact unknown "$subject" "cannot be read by this user"
        return 0
    fi
    unpacked=$(mktemp -d "$root/var/tmp/vfio-early-setup.XXXXXX") || return 1
    # shellcheck disable=SC2064
    trap "rm -rf '$unpacked'" EXIT
    if addon=$(is_uki "$root$2" && uki_addon "$2"); then
        subject=$addon
        if uki_addon_unpack "$addon" "$unpacked"; then prove_content "$1"; else proof FAIL "cannot be unpacked"; fi
    elif open_image "$2" "$unpacked"; then
        prove_content "$1"
        generator_prove
    else
        proof FAIL "cannot be unpacked"
    fi
    rm -rf "$unpacked"
}

prove_content() {
    prove_binary
    prove_manifest "$1"
    prove_no_old_policy
}

# prove_all - every image of this generator; 0 when all is there.
prove_all() {
    local version path proving=yes found=''
    if [ -n "$image" ]; then
        prove_image "$kernel" "$image" && found=yes
    else
        while read -r version path; do
            found=yes
            [ "${kernel:-$version}" != "$version" ] || prove_image "$version" "$path"
        done < <(generator_images)
    fi
    if [ -z "$found" ]; then
        fact problem - "no image of $generator_name found: nothing is proven"
        return 1
    fi
    say "$proofs proofs, $failures failed"
    [ $failures -eq 0 ]
}

# holds_us IMAGE - is our binary in this image?
holds_us() {
    local result=1
    unpacked=$(mktemp -d "$root/var/tmp/vfio-early-setup.XXXXXX") || return 0
    # shellcheck disable=SC2064
    trap "rm -rf '$unpacked'" EXIT
    open_image "$1" "$unpacked" && ! in_image /usr/sbin/vfio-early >/dev/null || result=0
    rm -rf "$unpacked"
    return $result
}
