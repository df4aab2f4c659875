# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Machines for the hook tests: a cached Debian chroot below, a throw-away layer on top, in a private
# mount namespace. Also the words that a test uses to say what it saw. It must not know a case.
#
# Set by run: suite, tree (the chroot), work (a tmpfs), binary, top.

passed=0 failed=0

# check TEXT COMMAND... - one test.
check() {
    local text=$1
    shift
    if "$@" >"$work/check.out" 2>&1; then
        passed=$((passed + 1))
        printf 'ok %s: %s: %s\n' "$suite" "$case_name" "$text"
    else
        failed=$((failed + 1))
        printf 'not ok %s: %s: %s\n' "$suite" "$case_name" "$text"
        printf '    command: %s\n' "$*"
        sed 's/^/    | /' "$work/check.out"
        [ ! -s "$work/last.out" ] || sed 's/^/    last run | /' "$work/last.out"
    fi
}

# layer NAME LOWER... - mounts a fresh writable layer over these folders, as $m.
layer() {
    local name=$1 lower
    shift
    lower=$(
        IFS=:
        echo "$*"
    )
    m=$work/$name/m
    mkdir -p "$m" "$work/$name/up" "$work/$name/w"
    mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/$name/up,workdir=$work/$name/w" "$m" || {
        echo "cannot mount an overlay: these tests need root and a kernel with overlayfs" >&2
        exit 1
    }
    mount -t proc proc "$m/proc"
}

# The machine with the binary and an image, but without our hook.
make_base() {
    layer base "$tree"
    version=$(cd "$m/lib/modules" && echo *)
    img=/boot/initrd.img-$version
    sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/' "$m/etc/initramfs-tools/initramfs.conf"
    echo COMPRESSLEVEL=1 >>"$m/etc/initramfs-tools/initramfs.conf"
    install -m 755 "$binary" "$m/usr/local/sbin/vfio-early"
    echo 'claim group=1' >"$m/etc/vfio-early.conf"
    in_machine update-initramfs -c -k "$version" >"$work/base.log" 2>&1 || {
        cat "$work/base.log" >&2
        exit 1
    }
}

# The same machine after a plain install.
make_installed() {
    layer installed "$work/base/up" "$tree"
    setup install || {
        cat "$work/last.out" >&2
        exit 1
    }
}

# Every case starts with one of these two.
fresh_machine() {
    layer "$case_name" "$work/base/up" "$tree"
}

installed_machine() {
    layer "$case_name" "$work/installed/up" "$work/base/up" "$tree"
}

drop_machine() {
    [ -n "$m" ] || return 0 # a case that has nothing to do in this suite
    umount -R "$m" && rm -rf --one-file-system "${work:?}/$case_name"
}

in_machine() {
    chroot "$m" /usr/bin/env -i PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

# setup ARGUMENT... - runs the installer on the machine; its words go to last.out.
setup() {
    "$top/installers/setup.sh" --root "$m" "$@" >"$work/last.out" 2>&1
}

# status WANTED COMMAND...
status() {
    local want=$1 got
    shift
    "$@"
    got=$?
    echo "exit status $got, wanted $want"
    [ $got -eq "$want" ]
}

# said TEXT - the last run printed this; unsaid - it did not.
said() {
    grep -F -- "$1" "$work/last.out"
}

unsaid() {
    ! said "$1"
}

build() {
    in_machine update-initramfs -u -k "$version" >"$work/last.out" 2>&1
}

# Everything on the machine that is no device, by name, type, mode, size and content of small files.
snapshot() {
    (
        cd "$m" || exit
        find . -xdev \( -path ./proc -o -path ./tmp -o -path ./var/tmp \) -prune -o -printf '%p %y %m %s %l\n' |
            grep -v ' d ' | LC_ALL=C sort
        find etc boot usr/local var/lib/vfio-early -type f -exec sha256sum {} + 2>/dev/null | LC_ALL=C sort -k2
    ) >"$work/$1.snap"
}

no_difference() {
    diff "$work/$1.snap" "$work/$2.snap"
}

# added_files A B - the names that are in B only.
added_files() {
    comm -13 <(cut -d' ' -f1 "$work/$1.snap" | LC_ALL=C sort -u) <(cut -d' ' -f1 "$work/$2.snap" | LC_ALL=C sort -u) |
        grep '^\./'
}

# Unpacks the image into one folder by hand, so that no code of the installer is used.
unpack() {
    rm -rf "$m/var/tmp/x" "$work/image"
    in_machine unmkinitramfs "${1:-$img}" /var/tmp/x || return 1
    if [ -d "$m/var/tmp/x/main" ]; then
        mkdir "$work/image"
        for part in "$m"/var/tmp/x/early* "$m/var/tmp/x/main"; do
            [ ! -d "$part" ] || cp -a "$part/." "$work/image/" || return 1
        done
    else
        mv "$m/var/tmp/x" "$work/image"
    fi
}

# in_order FIRST SECOND [STEP] - lines of ORDER
in_order() {
    awk -v a="/$1 " -v b="/$2 " 'index($0, a) { x = NR } index($0, b) { y = NR } END { exit !(x && y && x < y) }' \
        "$work/image/scripts/${3:-init-top}/ORDER"
}

has_module() {
    find "$work/image/lib/modules/$version/" -name "$1.ko" -o -name "$1.ko.xz" | grep .
}

not() {
    ! "$@"
}
