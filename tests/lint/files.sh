# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Lists the files of the tree by kind, one a line, sorted. It knows what belongs to the project and what is made.

files_all() {
    find . -path ./.git -prune -o -path ./build -prune -o -type f -print | sed 's,^\./,,' | LC_ALL=C sort
}

# Our code, without licence texts and recorded machines.
files_source() {
    files_all | grep -v '^tests/fixtures/.*/\|\.machine$\|^tests/golden/.*/\|^LICENSE$\|\.md$'
}

files_c_all() {
    files_source | grep '\.[ch]$'
}

# Without kernel code: only the kernel's own build compiles that, see tests/module.
files_c() {
    files_source | grep '\.c$' | grep -v '^module/\|^tests/module/importer/\|^tests/boot/kvmfr/'
}

# By the first line, or by the name where a file is only read by others.
files_shell() {
    files_source | while read -r file; do
        case $file in
            *.sh) echo "$file" ;;
            *) ! head -n 1 "$file" | tr -d '\0' | grep -Eq '^#! ?/(usr/)?bin/(env )?(sh|bash|dash)( |$)' || echo "$file" ;;
        esac
    done
}
