# shellcheck shell=bash disable=SC2154,SC2016 # the variables are shared by all parts, see run
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cases: the run-time hook of mkinitcpio under the shells that may run it, and the installer on a
# system with mkinitcpio (see cases-mkinitcpio.sh for the stand-ins).

# Stand-ins for what /init defines; the third shell or reboot ends the script, so the test ends too.
mk_runtime() {
    fresh_machine
    mkdir -p "$m/hooks"
    cp "$top/hooks/mkinitcpio/hooks/vfio-early" "$m/hooks/"
    cat >"$m/init" <<'END'
err() { echo "ERROR: $*"; }
getarg() { [ "$1" != panic ] || echo "${panic:-${2:-}}"; }
run_hookfunctions() { echo "hook functions: $*"; }
count() {
    echo x >>/counted
    [ "$(grep -c x /counted)" -lt 3 ] || kill $$
}
launch_interactive_shell() { echo "a shell" && count; }
reboot() { echo "reboot $*" && count; }
sleep() { echo "sleep $*"; }
EMERGENCYHOOKS='plymouth other'
. /hooks/vfio-early
run_earlyhook
echo 'the boot goes on'
END
}

# mk_boot SHELL...
mk_boot() {
    rm -f "$m/counted"
    timeout 20 chroot "$m" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "panic=${panic:-}" "$@" /init \
        >"$work/last.out" 2>&1 </dev/null
}

mk_goes_on() {
    # shellcheck disable=SC2086
    mk_boot $1 && said 'the boot goes on' && unsaid 'a shell'
}

mk_stops() {
    # shellcheck disable=SC2086
    ! mk_boot $1 && unsaid 'the boot goes on' && said 'on-failure=stop was not carried out'
}

case_mkinitcpio_runtime() {
    mk_runtime
    for shell in /bin/dash '/bin/busybox sh'; do
        panic=''
        for code in 0 1 2 3 4 5 127; do
            claim_gives $code
            check "$shell: after exit status $code the boot goes on" mk_goes_on "$shell"
        done
        check "$shell: the command is claim, without more" said "arguments: claim"
        claim_gives 6
        check "$shell: after exit status 6 it does not" mk_stops "$shell"
        check "$shell: the emergency hooks run first" said 'hook functions: run_emergencyhook emergency hook plymouth other'
        check "$shell: a shell is offered, again when it is left" status 0 test "$(grep -c x "$m/counted")" -eq 3
        check "$shell: nothing is rebooted" unsaid reboot
        claim_dies leaving-its-mark
        check "$shell: after a crash that left the mark of on-failure=stop it does not" mk_stops "$shell"
        rm -r "$m/run/vfio-early"
        claim_dies
        check "$shell: after a crash that left no mark the boot goes on" mk_goes_on "$shell"
        claim_gives 6
        panic=0
        check "$shell: panic=0: the same" mk_stops "$shell"
        check "$shell: panic=0: a shell" said 'a shell'
        panic=10
        check "$shell: panic=10: it does not go on" mk_stops "$shell"
        check "$shell: panic=10: it waits" said 'sleep 10'
        check "$shell: panic=10: it reboots" said 'reboot -f'
        check "$shell: panic=10: no shell" unsaid 'a shell'
        panic=-1
        check "$shell: panic=-1: it does not go on" mk_stops "$shell"
        check "$shell: panic=-1: it reboots" said 'reboot -f'
        panic=''
        rm "$m/usr/sbin/vfio-early"
        check "$shell: without the binary the boot goes on" mk_goes_on "$shell"
        check "$shell: and it is said" said "not in this image"
    done
}

case_mkinitcpio_install() {
    for flavour in udev systemd; do
        mk_machine $flavour
        snapshot before
        check "$flavour: --dry-run succeeds" status 0 setup install --dry-run
        snapshot dry
        check "$flavour: --dry-run changes nothing" no_difference before dry
        check "$flavour: install succeeds" status 0 setup install
        check "$flavour: it proves the binary" said "ok    $mk_image: binary is identical to /usr/local/sbin/vfio-early"
        check "$flavour: it proves the policy" said "policy /etc/vfio-early.conf is identical"
        check "$flavour: it proves a module" said "ok    $mk_image: module vfio_pci"
        check "$flavour: it proves the order" said "ok    $mk_image: order: "
        check "$flavour: no proof fails" unsaid FAIL
        snapshot after
        check "$flavour: a second run succeeds" status 0 setup install
        check "$flavour: and says that nothing was changed" said "nothing was changed"
        snapshot again
        check "$flavour: and nothing was changed" no_difference after again
        check "$flavour: uninstall succeeds" status 0 setup uninstall
        snapshot gone
        check "$flavour: files are as before" no_difference before gone
        drop_machine
    done
    fresh_machine
}

# mk_keeps COMMAND... - a run that fails leaves the image as it was.
mk_keeps() {
    local before
    before=$(sha256sum <"$m$mk_image")
    ! "$@" && [ "$before" = "$(sha256sum <"$m$mk_image")" ]
}

case_mkinitcpio_failures() {
    mk_machine udev
    # An error in a hook: the stand-in writes an image and fails, as mkinitcpio does.
    printf 'build() {\n    add_file /nosuch\n}\n' >"$m/etc/initcpio/install/modconf"
    check "a failed build leaves the previous image" mk_keeps setup install
    check "and says so" said "the previous image is still in place, unchanged"
    check "nothing is left in /var/tmp" not ls "$m"/var/tmp/vfio-early-keep.*
    rm "$m/etc/initcpio/install/modconf"
    echo 'ALL_config=/etc/mkinitcpio.conf' >>"$m/etc/mkinitcpio.d/linux.preset"
    check "a preset with its own configuration is not proven" status 1 setup install
    check "it says why" said "the preset linux names its own configuration /etc/mkinitcpio.conf"
    check "and what to do" said "put vfio-early before udev or systemd in HOOKS of /etc/mkinitcpio.conf"
    sed -i 's/udev/vfio-early udev/' "$m/etc/mkinitcpio.conf"
    check "done by hand, it is proven" status 0 setup install
    sed -i 's/vfio-early udev/udev vfio-early/' "$m/etc/mkinitcpio.conf"
    in_machine mkinitcpio -p linux >/dev/null 2>&1
    check "after udev it is not" status 4 setup verify
    check "and that is said" said "FAIL  $mk_image: order: vfio-early runs after udev"
}

case_mkinitcpio_detect() {
    mk_machine udev
    rm "$m$mk_image"
    check "an image that is not there proves nothing" status 4 setup verify
    check "and is named" said "?     $mk_image: preset linux: it was never built"
    rm "$m/etc/mkinitcpio.d/linux.preset"
    check "no preset proves nothing" status 4 setup verify
    check "and it is said" said "no preset in /etc/mkinitcpio.d"
    mkdir -p "$m/etc/pacman.d/hooks" "$m/etc/kernel"
    echo 'initrd_generator=dracut' >"$m/etc/kernel/install.conf"
    check "kernel-install uses another generator: not ours" status 5 setup verify
    rm "$m/etc/kernel/install.conf"
    ln -s /dev/null "$m/etc/pacman.d/hooks/90-mkinitcpio-install.hook"
    check "its trigger is switched off: not ours" status 5 setup verify
}

# Two presets with three images, one kernel by its version.
case_mkinitcpio_presets() {
    mk_machine udev
    printf '%s\n' "ALL_kver=$version" "PRESETS=('default' 'fallback')" "default_image='/boot/two.img'" \
        "fallback_image=\"/boot/fall back.img\"" 'fallback_options="-S autodetect"' >"$m/etc/mkinitcpio.d/two.preset"
    in_machine mkinitcpio -p two
    rm -f "$m/var/tmp/calls"
    check "install succeeds" status 0 setup install
    for image in $mk_image /boot/two.img '/boot/fall back.img'; do
        check "$image is proven" said "ok    $image: binary is identical"
    done
    check "each image is built once" test "$(grep -c add_runscript "$m/var/tmp/calls")" -eq 3
}

# A preset that makes a unified kernel image. The stand-in writes no such file, so its image is put into one here.
case_mkinitcpio_uki() {
    local path=/efi/EFI/Linux/arch.efi
    mk_machine udev
    setup install
    unified "$m$path" "$m$mk_image"
    echo "default_uki=$path" >>"$m/etc/mkinitcpio.d/linux.preset"
    check "what is inside is proven" eval 'setup verify && said "ok    $path: binary is identical" && said "ok    $path: order: "'
    check "and once" test "$(grep -c "$path: binary" "$work/last.out")" -eq 1
    echo 'claim group=2' >>"$m/etc/vfio-early.conf"
    check "a changed policy is seen" eval '! setup verify && said "FAIL  $path: policy /etc/vfio-early.conf differs"'
}
