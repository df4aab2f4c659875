# shellcheck shell=bash disable=SC2154,SC2034 # the variables are shared by all parts, see setup.sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The commands of vfio-early-setup for one generator. This file knows the order of the steps and
# what a failed step means. It must not know how a generator does its part.

# Rebuilds every image, or those of one kernel, one by one: an image that fails must not keep the others old.
rebuild_all() {
    local version path before failed=0
    while read -r version path; do
        [ "${kernel:-$version}" = "$version" ] || continue
        before=$(sha_of "$root$path")
        say "build $path"
        rebuild_image "$version" "$path" && continue
        failed=1
        if [ "$(sha_of "$root$path" 2>/dev/null)" = "$before" ]; then
            warn "rebuilding $path failed: the previous image is still in place, unchanged"
        else
            warn "rebuilding $path failed, and the previous image is NOT there any more: do not reboot"
        fi
    done < <(generator_images)
    return $failed
}

command_install() {
    local changed=0 failed=0
    place_all
    case $? in
        0) ;;
        10) changed=yes ;;
        *) exit 1 ;;
    esac
    if [ -n "$dry" ]; then
        [ -z "$rebuild" ] || generator_images | sed 's/^[^ ]* /would rebuild if needed /'
        exit 0
    fi
    [ -n "$rebuild" ] || exit 0
    if [ "$changed" = 0 ]; then
        if prove_all; then
            kvmfr_left
            say "nothing was changed"
            exit 0
        fi
        say "the files are in place, but not every image is right"
        proofs=0 failures=0
    fi
    rebuild_all || failed=1
    prove_all || failed=1
    kvmfr_left
    exit $failed
}

command_uninstall() {
    local version path failed=0
    if [ -z "$(listed file)" ]; then
        say "nothing is installed"
        [ -n "$dry" ] || state_drop
        exit 0
    fi
    remove_all || exit 1
    if [ -n "$dry" ]; then
        [ -z "$rebuild" ] || ! generator_detect || generator_images | sed 's/^[^ ]* /would rebuild /'
        exit 0
    fi
    if [ -n "$rebuild" ] && generator_detect; then
        rebuild_all || failed=1
        while read -r version path; do
            holds_us "$path" || continue
            say "note  $path still holds vfio-early${kept:+ (a changed file was kept)}"
            [ -n "$kept" ] || failed=1
        done < <(generator_images)
    fi
    [ $failed -ne 0 ] || state_drop
    exit $failed
}

command_verify() {
    if [ -n "$plain" ]; then
        prove_all >/dev/null || exit 4
    else
        prove_all || exit 4
    fi
    exit 0
}

# After a kernel or one of its modules came: an image that does not exist yet will be made with it.
command_rebuild() {
    local failed=0
    if [ -n "$kernel" ] && ! generator_images | grep -q "^$kernel "; then
        say "$generator_name has made no image of Linux $kernel yet: nothing to rebuild"
        exit 0
    fi
    rebuild_all || failed=1
    prove_all || failed=1
    exit $failed
}
