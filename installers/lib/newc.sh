# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writes a cpio archive in the "newc" format, the one that the kernel unpacks as an initramfs. The
# same names and contents give the same bytes, on any machine and file system: owner root, time 0,
# numbers in the order of the names. cpio itself is not used: it is not on every system, and it takes
# the link counts of directories from the file system. It must not know what the files are.

# newc_entry NAME INODE MODE LINKS SIZE - header and name, padded to 4 bytes.
newc_entry() {
    local size=$((110 + ${#1} + 1))
    printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
        "$2" "$3" 0 0 "$4" 0 "$5" 0 0 0 0 $((${#1} + 1)) 0 "$1"
    newc_pad $size
}

# newc_pad SIZE - the zeros that a part of this size needs behind it.
newc_pad() {
    head -c $(((4 - $1 % 4) % 4)) /dev/zero
}

# newc_write DIR - the archive of everything in DIR, to standard output; its size is a multiple of 4.
newc_write() (
    LC_ALL=C
    cd "$1" || exit 1
    inode=0
    while IFS=' ' read -r -d '' type mode size name; do
        inode=$((inode + 1))
        if [ "$type" = d ]; then
            newc_entry "$name" $inode 0040755 2 0
            continue
        fi
        [ $((0$mode & 0111)) -eq 0 ] && mode=0100644 || mode=0100755
        newc_entry "$name" $inode "$mode" 1 "$size"
        cat "$name" || exit 1
        newc_pad "$size"
    done < <(find . -mindepth 1 -type d,f -printf '%y %m %s %P\0' | sort -z -t' ' -k4)
    newc_entry 'TRAILER!!!' 0 0 1 0
)
