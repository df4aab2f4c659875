# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the guest's init and the small real root that every machine boots into.
# It knows musl-gcc and mke2fs. It must not know a case, an image or QEMU.

# musl-gcc sees no kernel headers: give it those of the system, and nothing else of glibc.
guest_headers() {
    local dir=$1 arch
    arch=$(gcc -print-multiarch)
    mkdir -p "$dir"
    ln -sfn /usr/include/linux "$dir/linux"
    ln -sfn /usr/include/asm-generic "$dir/asm-generic"
    ln -sfn "/usr/include/$arch/asm" "$dir/asm"
}

guest_warnings=(-Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla
    -Wwrite-strings -Wformat=2 -Wpointer-arith -Wundef -Wcast-qual)

# build_guest - prints the path of the static init; compiled again only when a source changed.
build_guest() {
    local init
    init=$OUT_DIR/guest/init-$(hash_of "$BOOT_DIR/guest")
    if [ ! -x "$init" ]; then
        guest_headers "$OUT_DIR/guest/include"
        musl-gcc -std=gnu11 -D_GNU_SOURCE -O1 -static -no-pie "${guest_warnings[@]}" \
            -isystem "$OUT_DIR/guest/include" -o "$init.$$" "$BOOT_DIR"/guest/*.c || return 1
        mv "$init.$$" "$init"
    fi
    printf '%s\n' "$init"
}

# build_root IMAGE POLICY [EXTRA] - makes an ext4 file without mounting anything.
# POLICY is a folder whose content becomes /etc of the real root, or ""; EXTRA one for the root itself.
build_root() {
    local image=$1 policy=$2 extra=${3:-} tree init
    init=$(build_guest) || return 1
    tree=$(mktemp -d "$OUT_DIR/root.XXXXXX")
    mkdir -p "$tree"/{dev,proc,sys,run,tmp,etc,sbin,usr/sbin}
    cp "$init" "$tree/sbin/init"
    # systemd does not switch to a root without it.
    mkdir -p "$tree/usr/lib"
    echo ID=boot-test >"$tree/usr/lib/os-release"
    # systemd switches to nothing without it.
    echo ID=boot-test >"$tree/etc/os-release"
    [ ! -x "$EARLY_BIN" ] || cp "$EARLY_BIN" "$tree/usr/sbin/vfio-early"
    [ -z "$policy" ] || cp -r "$policy/." "$tree/etc/"
    [ -z "$extra" ] || cp -r "$extra/." "$tree/"
    rm -f "$image"
    mke2fs -q -F -t ext4 -O ^has_journal -d "$tree" "$image" $((8 + $(du -sm "$tree" | cut -f1) * 5 / 4))M >/dev/null
    rm -rf "$tree"
}
