# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Puts files in place and takes them back, by a list of what was put there with what content.
# It must not know what the files are for. A file that is not ours, or that was changed since, is
# never written and never removed. The list is written first, so that a run that is cut off leaves
# at worst a line whose file is absent.
#
# The list: "file SHA256 PATH" and "dir PATH", paths as the system we work on names them.
# One path may have two lines for a moment: the old and the new content.

state_dir=$root/var/lib/vfio-early

# packaged SOURCE - where the distribution's package has put this file, if it has. Such a file is the
# package manager's: it is never placed and never removed here.
packaged() {
    awk -v name="$generator_name" -v source="$1" '$1 == name && $2 == source { print $3; found = 1 } END { exit !found }' \
        "$root/usr/share/vfio-early/packaged" 2>/dev/null
}

# The files of this generator that are ours to place.
own_files() {
    local source target
    while read -r source target; do
        packaged "$source" >/dev/null || say "$source $target"
    done < <(generator_files && kvmfr_files)
}

# is_ours PATH SHA - did we put this content there?
is_ours() {
    [ -e "$state" ] && grep -qxF "file $2 $1" "$state"
}

# What has to be done for one file: add, same, update or foreign.
file_action() {
    local source=$1 target=$2
    if [ ! -e "$root$target" ] && [ ! -L "$root$target" ]; then
        say add
    elif [ -L "$root$target" ] || [ ! -f "$root$target" ]; then
        say foreign
    elif cmp -s "$source" "$root$target"; then
        say same
    elif is_ours "$target" "$(sha_of "$root$target")"; then
        say update
    else
        say foreign
    fi
}

# Adds lines from stdin to the list, each once.
state_add() {
    mkdir -p "$state_dir" || return 1
    {
        [ ! -e "$state" ] || cat "$state"
        cat
    } | LC_ALL=C sort -u >"$state.new" &&
        mv -f "$state.new" "$state"
}

# state_forget PATH - drops the lines of a file from the list.
state_forget() {
    awk -v path="$1" '{ rest = $0; sub(/^file [0-9a-f]+ /, "", rest) } rest != path' "$state" >"$state.new" &&
        mv -f "$state.new" "$state"
}

# The directories on the way to this file that do not exist yet, as lines of the list.
missing_dirs() {
    local dir
    dir=$(dirname "$1")
    while [ ! -e "$root$dir" ]; do
        say "dir $dir"
        dir=$(dirname "$dir")
    done
}

place_file() {
    local source=$1 target=$2 sha new mode=644
    [ ! -x "$source" ] || mode=755
    sha=$(sha_of "$source")
    {
        missing_dirs "$target"
        say "file $sha $target"
    } | state_add || return 1
    new=$root$(dirname "$target")/.$(basename "$target").new
    mkdir -p "$(dirname "$new")" && cp "$source" "$new" && chmod $mode "$new" && chown 0:0 "$new" &&
        mv -fT "$new" "$root$target" || return 1
    # Now that the new content is there, the old one is no longer ours to remove.
    state_forget "$target" && say "file $sha $target" | state_add
}

# place_all - every file of this generator. 0 nothing changed, 10 changed, 1 failed.
place_all() {
    local source target action changed=0 foreign=0
    while read -r source target; do
        if [ "$(file_action "$share/hooks/$source" "$target")" = foreign ]; then
            warn "$target exists and is not as we made it: move it away, then run install again"
            foreign=1
        fi
    done < <(own_files)
    [ $foreign -eq 0 ] || return 1
    while read -r source target; do
        action=$(file_action "$share/hooks/$source" "$target")
        if [ "$action" = same ] && is_ours "$target" "$(sha_of "$root$target")"; then
            say "same   $target"
            continue
        fi
        [ "$action" != same ] || action=adopt # a list was lost; the content is ours all the same
        if [ -n "$dry" ]; then
            say "would $action $target"
            continue
        fi
        place_file "$share/hooks/$source" "$target" || {
            warn "cannot write $target"
            return 1
        }
        say "$(printf '%-6s' "$action") $target"
        changed=10
    done < <(own_files)
    return $changed
}

# listed KIND - the paths of this kind that we may have made, deepest first.
listed() {
    local source target
    {
        [ ! -e "$state" ] || awk -v kind="$1" '$1 == kind { sub(/^(file [0-9a-f]+|dir) /, ""); print }' "$state"
        if [ "$1" = file ]; then
            while read -r source target; do
                ! cmp -s "$share/hooks/$source" "$root$target" || say "$target"
            done < <(own_files)
        fi
    } | LC_ALL=C sort -ur
}

remove_one() {
    local target=$1 sha
    if [ ! -e "$root$target" ] && [ ! -L "$root$target" ]; then
        say "gone   $target"
        return 0
    fi
    sha=none
    [ -L "$root$target" ] || [ ! -f "$root$target" ] || sha=$(sha_of "$root$target")
    if ! is_ours "$target" "$sha" && [ "$(shipped_sha "$target")" != "$sha" ]; then
        say "kept   $target (changed since; remove it yourself)"
        kept=yes
        [ -n "$dry" ] || [ ! -e "$state" ] || state_forget "$target"
    elif [ -n "$dry" ]; then
        say "would remove $target"
    else
        rm -f "$root$target" || return 1
        say "remove $target"
    fi
}

# shipped_sha TARGET - the content that we would put there.
shipped_sha() {
    local source target
    while read -r source target; do
        [ "$target" != "$1" ] || sha_of "$share/hooks/$source"
    done < <(own_files)
}

# remove_all - sets kept=yes when a file stays. The list itself stays until the images are clean.
remove_all() {
    local path failed=0
    kept=''
    while read -r path; do
        remove_one "$path" || failed=1
    done < <(listed file)
    [ -z "$dry" ] || return $failed
    while read -r path; do
        rmdir "$root$path" 2>/dev/null && say "remove $path/"
    done < <(listed dir)
    return $failed
}

state_drop() {
    rm -f "$state" "$state.new"
    rmdir "$state_dir" 2>/dev/null
    return 0
}
