#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# headers.sh ARCH DIR: DIR/headers with links to the kernel's headers and to nothing else of /usr/include,
# because musl-gcc looks there on purpose not and glibc's headers must not leak in.
# It knows where a distribution keeps linux/, asm-generic/ and asm/.
set -eu

arch=$1
dir=$2
root=/usr/include
if [ -d "$dir/sysroot/usr/include/linux" ]; then
    root=$(cd "$dir/sysroot/usr/include" && pwd)
fi

asm=
for place in "$root/$arch-linux-gnu/asm" "$root/asm"; do
    [ -n "$asm" ] || [ ! -d "$place" ] || asm=$place
done
if [ -z "$asm" ] || [ ! -d "$root/linux" ] || [ ! -d "$root/asm-generic" ]; then
    echo "no kernel headers below $root; run: make deps" >&2
    exit 1
fi

mkdir -p "$dir/headers"
ln -sfn "$root/linux" "$dir/headers/linux"
ln -sfn "$root/asm-generic" "$dir/headers/asm-generic"
ln -sfn "$asm" "$dir/headers/asm"
: >"$dir/headers/.done"
