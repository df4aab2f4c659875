# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# Policy files that are wrong: bytes, lines, and files that are none. Each bad line is named with its place and the
# word, says what was expected, and voids that rule alone. Needs lib.sh.

conf=/etc/vfio-early.conf

# The rules whose state is claim, by their places.
claimed_rules() {
    early plan --json
    jq -r '.rules[] | select(.state == "claim") | .rule' "$work/out" | tr '\n' ' '
}

# bad_line FORMAT WORD EXPECTED: the second of three lines, as a format for printf.
bad_line() {
    # shellcheck disable=SC2059 # the format is the test's own
    printf "claim group=6\n$1\nclaim group=8\n" >"$tree$conf"
    early plan
    says "vfio-early: $conf:2: " "$2" "$3" || return 1
    ends 3 || return 1
    [ "$(wc -l <"$work/err")" -eq 1 ] || {
        cat "$work/err"
        return 1
    }
    [ "$(claimed_rules)" = "$conf:1 $conf:3 " ]
}

bad_words() {
    t 'unknown statement' bad_line 'clam group=1' '"clam"' 'expected claim, protect, kvmfr or hugepages'
    t 'statement with a capital letter' bad_line 'Claim group=1' '"Claim"' 'expected claim, protect'
    t 'unknown key' bad_line 'claim group=1 gruop=1' '"gruop"' 'expected one of group device path id expect name'
    t 'key of another statement' bad_line 'protect group=1 allow=console' '"allow"' 'expected one of group device path id name'
    t 'duplicate key' bad_line 'claim group=1 group=1' '"group"' 'given twice'
    t 'duplicate flag' bad_line 'claim group=1 optional optional' '"optional"' 'given twice'
    t 'value for a flag' bad_line 'claim group=1 optional=yes' '"optional"' 'takes no value'
    t 'no value' bad_line 'claim group=' '"group"' 'a value is missing'
    t 'no equals sign' bad_line 'claim group 1' '"group"' 'a value is missing'
    t 'blanks around the equals sign' bad_line 'claim group = 1' '"group"' 'a value is missing'
    t 'no selector' bad_line 'claim name=x' '"claim name=x"' 'expected group=, device=, path= or id='
    t 'nothing to protect' bad_line 'protect' '"protect"' 'expected group=, device=, path= or id='
    t 'empty key' bad_line 'claim =1' '""' 'unknown key'
    local value
    for value in x -1 1x 0x1 1,2 2147483648 99999999999999999999 1.0; do
        t "group number $value" bad_line "claim group=$value" "\"$value\"" 'expected the number of an IOMMU group'
    done
    for value in 1:0.0 01:00 01:00.8 01:20.0 01:00.0x 000:01:00.0 0000:01:00.0: g0:00.0 01-00.0 123456789:01:00.0 ::; do
        t "address $value" bad_line "claim device=$value" "\"$value\"" 'expected a PCI address such as 0000:01:00.0'
    done
    for value in 10de 10de: 10de:13c 10de:13c22 10de:13c2:1043 10de:13c2:1043:8508:1 0x10de:13c2 10de:13c2: wxyz:13c2; do
        t "id $value" bad_line "claim id=$value" "\"$value\"" 'expected vendor:device[:subvendor:subdevice]'
        t "expect $value" bad_line "claim group=1 expect=10de:0fbb,$value" "\"$value\"" 'expected vendor:device'
    done
    t 'expect with an empty element' bad_line 'claim group=1 expect=10de:0fbb,' '""' 'expected vendor:device'
    for value in 01.0 00:01.0/ 00:01.0/0.0 00:01.0//00.0 /00:01.0 00:01.0/00:00.0 00:01.0/00.9; do
        t "path $value" bad_line "claim path=$value" "\"$value\"" 'expected a path through the bridges'
    done
    t 'path with 17 bridges' bad_line "claim path=00:01.0$(printf '/00.0%.0s' {1..17})" '"00:01.0/00.0' 'more than 16 bridges'
}

bad_values() {
    local value
    for value in a/b 'ä' '*' "$(printf 'x%.0s' {1..64})"; do
        [ "$value" = 'ä' ] || t "name $value" bad_line "claim group=1 name=$value" '"' 'expected 1 to 63 letters'
        [ "$value" = 'ä' ] || t "profile $value" bad_line "claim group=1 profile=$value" '"' 'expected 1 to 63 letters'
    done
    t 'allow' bad_line 'claim group=1 allow=console,all' '"all"' 'expected console or collateral'
    t 'driver' bad_line 'claim group=1 driver=../x' '"../x"' 'expected auto or the name of a driver'
    t 'rebind' bad_line 'claim group=1 rebind=1' '"1"' 'expected yes or no'
    t 'on-failure' bad_line 'claim group=1 on-failure=panic' '"panic"' 'expected continue or stop'
    t 'attr.d3cold_allowed' bad_line 'claim group=1 attr.d3cold_allowed=yes' '"yes"' 'expected 0 or 1'
    t 'attr.power/control' bad_line 'claim group=1 attr.power/control=off' '"off"' 'expected on or auto'
    t 'attr.reset_method' bad_line 'claim group=1 attr.reset_method=F' '"F"' 'expected reset methods'
    t 'attr of another name' bad_line 'claim group=1 attr.config=1' '"attr.config"' 'unknown key'
    for value in 0 3M 2G 64 64m 512K 1025M -1M M; do
        t "kvmfr size $value" bad_line "kvmfr size=$value" "\"$value\"" 'expected a power of two from 1M to 1G'
    done
    for value in 3840 3840x 3840*2160 0x0 16385x1 -1x1 1x2x3; do
        t "kvmfr for $value" bad_line "kvmfr for=$value" "\"$value\"" 'expected a resolution such as 3840x2160'
    done
    t 'kvmfr with both' bad_line 'kvmfr size=64M for=1x1' '"kvmfr size=64M for=1x1"' 'expected either size= or for='
    t 'kvmfr hdr without for' bad_line 'kvmfr size=64M hdr' '"kvmfr size=64M hdr"' 'hdr goes with for='
    t 'kvmfr for too many pixels' bad_line 'kvmfr for=16384x16384' '"kvmfr for=16384x16384"' 'needs more than 1G'
    for value in 9 0999 07777 rw- 66; do
        t "kvmfr mode $value" bad_line "kvmfr size=64M mode=$value" "\"$value\"" 'expected an octal mode'
    done
    t 'kvmfr owner' bad_line 'kvmfr size=64M owner=a:b' '"a:b"' 'expected a user'
    t 'kvmfr group' bad_line 'kvmfr size=64M group=a:b' '"a:b"' 'expected a group'
    t 'hugepages without count' bad_line 'hugepages size=1G' '"hugepages size=1G"' 'expected size= and count='
    t 'hugepages size' bad_line 'hugepages size=3M count=1' '"3M"' 'expected the size of a huge page'
    t 'hugepages count' bad_line 'hugepages size=1G count=0' '"0"' 'expected a number of pages'
    t 'hugepages node' bad_line 'hugepages size=1G count=1 node=1024' '"1024"' 'expected the number of a NUMA node'
}

bad_bytes() {
    t 'NUL' bad_line 'claim group=1\0' '"claim group=1"' 'a NUL byte'
    t 'NUL at the beginning' bad_line '\0claim group=1' '""' 'a NUL byte'
    t 'NUL in a comment' bad_line '# x\0y' '"# x"' 'a NUL byte'
    t 'UTF-8' bad_line 'claim group=1 name=\303\244' 'name=' 'not ASCII'
    t 'Latin-1' bad_line 'claim group=1 name=\344' 'name=' 'not ASCII'
    t 'a blank that is none' bad_line 'claim\302\240group=1' 'claim' 'not ASCII'
    t 'byte order mark' bad_line '\357\273\277claim group=1' 'claim' 'not ASCII'
    t 'control character' bad_line 'claim \033[31mgroup=1' 'claim' 'control character'
    t 'delete' bad_line 'claim group=1\177' 'claim' 'control character'
    t 'over-long line' bad_line "claim group=1 $(printf 'x%.0s' {1..3000})" '"claim group=1 xxx' 'longer than 2048 bytes'
    t 'over-long comment' bad_line "# $(printf 'x%.0s' {1..3000})" '"# xxx' 'longer than 2048 bytes'
    t 'no escape sequence reaches the terminal' no_escapes
    t 'nor one in the name of a file or a driver' no_escapes_in_names
    new_tree haswell
    t 'the byte before the limit' good_line "claim group=1 #$(printf 'x%.0s' {1..2033})"
    t 'umlauts in a comment' good_line 'claim group=1 # gr\303\274n \344'
    t 'tabs and blanks' good_line '\t claim \t group=1\t \r'
    t 'a comment at once' good_line 'claim group=1# no blank'
}

good_line() {
    # shellcheck disable=SC2059 # the format is the test's own
    printf "claim group=6\n$1\nclaim group=8\n" >"$tree$conf"
    early plan
    ends 0 || return 1
    [ ! -s "$work/err" ] || return 1
    [ "$(claimed_rules)" = "$conf:1 $conf:2 $conf:3 " ]
}

no_escapes() {
    printf 'claim group=1 name=\033[31m\n\033]0;x\007\nclaim \2331m\n' >"$tree$conf"
    early plan
    ends 3 && ! grep -q '[^[:print:][:space:]]' "$work/out" "$work/err"
}

# Names of files and of drivers in a tree from elsewhere are text of somebody else.
no_escapes_in_names() {
    local name=$'a\n\033[31m.conf'
    mkdir "$tree/etc/vfio-early.d"
    printf 'claim group=1\nprotect device=01:00.0\nclam\n' >"$tree/etc/vfio-early.d/$name"
    rm "$tree$conf"
    ln -s $'../../../../bus/pci/drivers/\033[31mx' "$tree/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver"
    early plan
    says 'etc/vfio-early.d/a\x0a\x1b[31m.conf:1: claim group=1' '[31mx' || return 1
    ! grep '[^[:print:][:space:]]' "$work/out" "$work/err" || return 1
    early plan --json
    jq -e '.devices | length == 15' "$work/out" && ! grep '[^[:print:][:space:]]' "$work/out" "$work/err"
}

# is_no_file TEXT: the file at $conf is nothing to read; a drop-in still counts.
is_no_file() {
    early plan
    says "vfio-early: $conf:1: " "$1" 'expected a readable policy file' || return 1
    ends 3 || return 1
    [ "$(claimed_rules)" = '/etc/vfio-early.d/ok.conf:1 ' ]
}

# With another user: root may read all.
is_unreadable() {
    cp "$program" "$work/program"
    chmod 755 "$work" "$work/program"
    chmod 0 "$1"
    local program=$work/program as=()
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${as[@]}" "$program" --root "$tree" plan >"$work/out" 2>"$work/err"
    status=$?
    chmod 644 "$1"
    ends 3 && says 'Permission denied; expected a readable'
}

reset_policy() {
    rm -rf "${tree:?}"/etc/*
    mkdir "$tree/etc/vfio-early.d"
    echo 'claim group=6' >"$tree/etc/vfio-early.d/ok.conf"
}

no_files() {
    reset_policy
    t 'no file' good_dropin
    mkdir "$tree$conf"
    t 'a directory' is_no_file 'is a directory'
    rmdir "$tree$conf" && mkfifo "$tree$conf"
    t 'a FIFO' is_no_file 'is not a regular file'
    rm "$tree$conf" && ln -s nowhere "$tree$conf"
    t 'a dangling link' is_no_file 'No such file'
    ln -sf /etc/vfio-early.conf "$tree$conf"
    t 'a link to itself' is_no_file 'ymbolic link'
    ln -sf /proc/cmdline "$tree$conf"
    echo 'claim group=8' >"$tree/proc/cmdline"
    t 'an absolute link stays in the tree' link_inside
    new_tree haswell && reset_policy
    : >"$tree$conf"
    t 'an empty file' good_dropin
    echo 'claim group=8' >"$tree$conf"
    t 'an unreadable file' is_unreadable "$tree$conf"
    t 'an unreadable folder' is_unreadable "$tree/etc/vfio-early.d"
    chmod 755 "$tree/etc/vfio-early.d"
    head -c 17000000 /dev/zero | tr '\0' '#' >"$tree$conf"
    t 'too large a file' too_large
    reset_policy
    mkdir "$tree/etc/vfio-early.d/a.conf"
    ln -s nowhere "$tree/etc/vfio-early.d/b.conf"
    t 'bad drop-ins' bad_dropins
    reset_policy
    touch "$tree"/etc/vfio-early.d/{1..300}.conf
    t 'more than 256 drop-ins' many_dropins
    rm -r "$tree/etc/vfio-early.d" && echo 'claim group=8' >"$tree$conf" && echo x >"$tree/etc/vfio-early.d"
    t 'a file in place of the folder' no_folder
}

good_dropin() {
    early plan
    ends 0 && [ ! -s "$work/err" ] && [ "$(claimed_rules)" = '/etc/vfio-early.d/ok.conf:1 ' ]
}

link_inside() {
    early plan
    ends 0 && [ "$(claimed_rules)" = "$conf:1 /etc/vfio-early.d/ok.conf:1 " ]
}

too_large() {
    early plan
    ends 3 && says 'is larger than 16 MiB' && [ "$(claimed_rules)" = '/etc/vfio-early.d/ok.conf:1 ' ]
}

bad_dropins() {
    early plan
    ends 3 && says 'a.conf:1: is a directory' 'b.conf:1: No such file' &&
        [ "$(claimed_rules)" = '/etc/vfio-early.d/ok.conf:1 ' ]
}

many_dropins() {
    early plan
    ends 3 && says 'more than 256 files'
}

no_folder() {
    early plan
    ends 3 && says '/etc/vfio-early.d: Not a directory' && [ "$(claimed_rules)" = "$conf:1 " ]
}

# whole_file STATUS PLACES: the file at $conf as it stands.
whole_file() {
    early plan
    ends "$1" && [ "$(claimed_rules)" = "$2" ]
}

odd_files() {
    new_tree haswell
    printf 'claim group=1\r\n\r\n# x\r\nclaim group=6 name=a\r\n' >"$tree$conf"
    t 'line ends of other systems' whole_file 0 "$conf:1 $conf:4 "
    printf '\n\n   \nclaim group=1' >"$tree$conf"
    t 'no newline at the end' whole_file 0 "$conf:4 "
    printf '#\n\t#\n#claim group=1\n' >"$tree$conf"
    t 'nothing but comments' whole_file 0 ''
    printf 'claim group=1\nclaim group=6\n' | iconv -f ASCII -t UTF-16 >"$tree$conf"
    t 'UTF-16' whole_file 3 ''
    head -c 300000 "$program" >"$tree$conf"
    t 'a program' whole_file 3 ''
    head -c 1000000 /dev/urandom >"$tree$conf"
    t 'noise' whole_file 3 ''
}

named_file() {
    echo 'claim group=6' >"$work/mine"
    early plan --policy "$work/mine" && ends 0 && says "$work/mine:1: claim group=6" || return 1
    early plan --policy "$work/nothing"
    ends 3 && says 'nothing:1: No such file' || return 1
    early plan --policy "$work"
    ends 3 && says 'is a directory'
}

run_input() {
    new_tree haswell
    bad_words
    bad_values
    bad_bytes
    no_files
    odd_files
    t '--policy' named_file
}
