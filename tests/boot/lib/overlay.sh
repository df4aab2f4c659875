# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boots that use the overlay archive instead of a hook: which image it goes with, and how the two are joined.
# It knows how the kernel reads several archives. It must not know what is in one.
# The variables are those of case.sh.
# shellcheck disable=SC2154,SC2034
#
#   overlay HOW   behind         compressed, right behind the image
#                 odd            the same, behind an image whose size is no multiple of 4
#                 before         raw, before the image
#                 padded         raw, behind an image of odd size and the zeros that this needs
#                 broken         behind, without any module
#                 beside         compressed, a file of its own: for the words of uefi.sh
#   main NAME     control        of image.sh, by the generator of the case, with the rivals (where nothing is said)
#                 bare           our test's own init as /init, and nothing else
#                 empty          no /init at all

overlay() {
    case_overlay=$1
    [ "$mode" = control ] || words rdinit=/vfio-early/init
}

# The archive is there, but nothing starts it.
without_rdinit() { case_words=${case_words/ rdinit=\/vfio-early\/init/}; }

main() { case_main=$1; }
case_main=control

# overlay_main NAME OUT - makes or copies the image.
overlay_main() {
    local file tree=$case_dir/main
    case $1 in
        control)
            file=$("$BOOT_DIR/image.sh" "$case_kernel" "control${case_generator:+@$case_generator}") || return 1
            ;;
        bare | empty)
            file=$(build_guest) || return 1
            mkdir "$tree" || return 1
            if [ "$1" = bare ]; then cp "$file" "$tree/init"; else cp "$file" "$tree/not-init"; fi
            # shellcheck source=/dev/null
            (. "$TOP_DIR/installers/lib/newc.sh" && newc_write "$tree") | gzip -9n >"$2" || return 1
            rm -r "$tree"
            return
            ;;
        *) die "main: unknown image '$1'" ;;
    esac
    cp "$file" "$2"
}

# pad_to REMAINDER FILE - zeros, until the size is 4 * n + REMAINDER.
pad_to() {
    local size
    size=$(stat -c %s "$2")
    head -c $((($1 + 4 - size % 4) % 4)) /dev/zero >>"$2"
}

# overlay_archive OUT - the archive for the kernel of this case, as HOW wants it.
overlay_archive() {
    local etc='' suite tree word=gzip
    [ ! -d "$case_dir/etc" ] || etc=$case_dir/etc
    suite=$(suite_of "$case_kernel") || return 1
    tree=$("$BOOT_DIR/chroot.sh" "$suite" ${case_generator:+"${case_generator%-*}"}) || return 1
    case $case_overlay in
        before | padded) word=none ;;
        broken) word=broken ;;
    esac
    "$BOOT_DIR/overlay.sh" "$tree" "$1" "$etc" "$word"
}

# join FIRST SECOND - to the image of the case.
join() {
    cat "$1" "$2" >"$case_dir/joined" && mv "$case_dir/joined" "$case_dir/image"
}

# overlay_image_file - prints the file that this case boots.
overlay_image_file() {
    local out=$case_dir/image extra=$case_dir/extra
    overlay_main "$case_main" "$out" >&2 || return 1
    if [ "$mode" != control ]; then
        overlay_archive "$extra" >&2 || return 1
        case $case_overlay in
            odd) pad_to 1 "$out" ;;
            padded)
                pad_to 1 "$out"
                pad_to 0 "$out"
                ;;
        esac
        case $case_overlay in
            before) join "$extra" "$out" ;;
            beside) ;;
            *) join "$out" "$extra" ;;
        esac
    fi
    printf '%s\n' "$out"
}

# handed_over - the next init got what the kernel gave, and nothing of us is left.
# The kernel itself drops words that it does not know when they stand before rdinit=.
handed_over() {
    expect said start-argument after-rdinit
    expect said start-environment test_env=yes
    forbid console '*Device or resource busy*'
}
