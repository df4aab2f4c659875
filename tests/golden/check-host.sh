# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# The second half of check.sh: questions about the host's own devices, about what is left of the old way, about images,
# memory and kvmfr. Needs lib.sh and check.sh.

check_host_devices() {
    desk 'claim device=01:00.0'
    t 'check storage: none' asks storage ok 0 'no disk of the host'
    t 'check input: none' asks input ok 0 'no keyboard or mouse'
    t 'check network: none' asks network ok 0 'not over a claimed'
    desk 'claim device=03:00.0'
    t 'check storage: root in LVM in LUKS, on NVMe with several ways' asks storage problem 4 \
        '0000:03:00.0 holds / (dm-1, LUKS)|holds swap (dm-2|an open LUKS volume (dm-0'
    put sys/power/resume 8:1
    desk 'claim device=00:17.0 rebind=yes'
    t 'check storage: a plain disk' asks storage problem 4 '0000:00:17.0 holds /boot (sda1)'
    : >"$tree/proc/self/mountinfo"
    t 'check storage: a disk that is not used' asks storage ok 0 'no disk of the host'
    put sys/power/resume 8:1
    t 'check storage: the resume device' asks storage problem 4 '0000:00:17.0 holds the resume device (sda1)'
    rm -r "$tree/sys/class/block" "$tree/sys/dev"
    t 'check storage: cannot be seen' asks storage unknown 0 'no disk was found'
    desk 'claim device=00:15.0'
    t 'check input: one of two keyboards' asks input warning 0 'a keyboard is on 0000:00:15.0; another one stays'
    desk 'claim device=00:14.0'
    t 'check input: a mouse' asks input warning 0 'a mouse is on 0000:00:14.0'
    desk 'claim device=00:14.0' 'claim device=00:15.0'
    t 'check input: the only ones, with LUKS' asks input problem 4 'the only keyboard|nobody can type a passphrase'
    rm -r "$tree/sys/class/block"
    t 'check input: the only ones, without' asks input warning 0 'the only keyboard'
    rm -r "$tree/sys/class/input"
    t 'check input: cannot be seen' asks input unknown 0 'no input device'
    desk 'claim device=00:1f.6'
    t 'check network: below a bridge' asks network warning 0 '0000:00:1f.6 carries the default route (br0)'
    : >"$tree/proc/net/route"
    t 'check network: no route' asks network unknown 0 'no default route'
}

check_leftovers() {
    desk 'claim device=06:00.0'
    t 'check leftovers: none' asks leftovers ok 0 'nothing else'
    put proc/cmdline 'vfio-pci.ids=10de:1b80'
    t 'check leftovers: ids take the twin' asks leftovers problem 4 'vfio-pci takes 0000:07:00.0 (10de:1b80), which the policy'
    put proc/cmdline 'vfio_pci.ids=10DE:13c2:1043:8508:030000:ffffff,1234:5678 pci-stub.ids=10de:0fbb'
    echo 'claim device=01:00.0' >"$tree/etc/vfio-early.conf"
    t 'check leftovers: ids repeat the policy' asks leftovers warning 0 \
        'vfio-pci by id 10DE:13c2:1043|1234:5678 fits no device|pci-stub by id 10de:0fbb'
    : >"$tree/etc/vfio-early.conf"
    t 'check leftovers: ids and no policy' asks leftovers warning 0 'takes 0000:01:00.0|vfio-early pin'
    put proc/cmdline 'rd.driver.pre=vfio-pci module_blacklist=nouveau,vfio_pci'
    t 'check leftovers: VFIO forbidden' asks leftovers problem 4 'rd.driver.pre= loads|module_blacklist= keeps VFIO out'
}

check_modprobe() {
    desk 'claim device=06:00.0'
    put etc/modprobe.d/vfio.conf '# options vfio-pci ids=1:1' "options vfio-pci disable_vga=1 \\" '  ids=10de:1b80' \
        'softdep nouveau pre: vfio-pci' 'install nouveau /sbin/vfio-bind.sh' 'blacklist vfio_pci'
    t 'check leftovers: modprobe.d' asks leftovers problem 4 \
        'modprobe.d/vfio.conf:3: vfio-pci takes 0000:07:00.0|conf:4: softdep for nouveau|conf:5: install nouveau|conf:6: vfio_pci'
    put usr/lib/modprobe.d/vfio.conf 'options vfio-pci ids=10de:1b80'
    put etc/modprobe.d/vfio.conf ''
    put etc/modprobe.d/note.txt 'options vfio-pci ids=10de:1b80'
    t 'check leftovers: a file that is hidden, and one that is none' asks leftovers ok 0 'nothing else'
    rm "$tree/etc/modprobe.d/vfio.conf"
    t 'check leftovers: a file that was hidden' asks leftovers problem 4 '/usr/lib/modprobe.d/vfio.conf:1'
    rm "$tree/usr/lib/modprobe.d/vfio.conf"
    put etc/modules '# vfio' loop vfio vfio_pci
    put etc/modules-load.d/x.conf vfio-pci
    put etc/dracut.conf.d/50-vfio-early.conf 'add_dracutmodules+=" vfio-early "'
    put etc/mkinitcpio.conf 'MODULES=(vfio_pci vfio)'
    t 'check leftovers: lists' asks leftovers warning 0 '/etc/modules:3: loads|/etc/modules-load.d/x.conf:1|/etc/mkinitcpio.conf:1'
    rm -r "$tree/etc/modules"* "$tree/etc/mkinitcpio.conf"
    t 'check leftovers: our own files' asks leftovers ok 0 'nothing else'
    put etc/initramfs-tools/scripts/init-top/vfio.sh '#!/bin/sh' '# driver_override' 'set -e' \
        'echo "vfio-pci" >/sys/bus/pci/devices/0000:06:00.0/driver_override'
    put etc/initramfs-tools/scripts/init-top/other 'echo none'
    put etc/udev/rules.d/10-users.rules 'SUBSYSTEM=="vfio", GROUP="kvm"'
    put etc/udev/rules.d/10-vfio.rules 'ACTION=="add", ATTR{driver_override}="x"'
    t 'check leftovers: a copied script and a rule of udev' asks leftovers warning 0 \
        '/etc/initramfs-tools/scripts/init-top/vfio.sh:4: binds devices|/etc/udev/rules.d/10-vfio.rules:1: binds devices'
    rm -r "$tree/etc/initramfs-tools" "$tree/etc/udev"
    put etc/driverctl.d/pci-0000:07:00.0 vfio-pci
    t 'check leftovers: driverctl takes the twin' asks leftovers problem 4 'pci-0000:07:00.0: driverctl gives'
    echo 'claim device=07:00.0' >>"$tree/etc/vfio-early.conf"
    t 'check leftovers: driverctl repeats the policy' asks leftovers warning 0 'the policy claims it'
    put "etc/modprobe.d/a"$'\n'"ok       policy.conf" 'softdep x pre: vfio'
    t 'check leftovers: a name with a newline' asks leftovers warning 0 policy.conf
    grep -q 'a\\x0aok' "$work/out" || bad 'check: a name with a newline forges a line' "$(cat "$work/out")"
}

check_blacklist() {
    desk 'claim device=01:00.0'
    t 'check blacklist: none' asks blacklist ok 0 'no driver'
    put etc/modprobe.d/x.conf 'blacklist nvidiafb' 'blacklist pcspkr'
    t 'check blacklist: what distributions bring' asks blacklist ok 0 'no driver'
    put etc/modprobe.d/x.conf 'blacklist nouveau'
    t 'check blacklist: not needed' asks blacklist warning 0 'x.conf:1: nouveau is off, which the claim of 0000:01:00.0'
    put etc/modprobe.d/x.conf 'blacklist xe'
    t 'check blacklist: the host has no driver' asks blacklist warning 0 '0000:02:00.0 of the host has no driver'
    rm "$tree/etc/modprobe.d/x.conf"
    put proc/cmdline 'modprobe.blacklist=foo,nouveau'
    t 'check blacklist: command line' asks blacklist warning 0 'kernel command line: nouveau'
}

check_images() {
    desk 'claim device=01:00.0'
    t 'check image: none' asks image unknown 0 'no image was found'
    put "boot/initrd.img-$version" x
    touch -d '1 hour ago' "$tree/etc/vfio-early.conf"
    t 'check image: newer than the policy' asks image unknown 0 'images: 1, none is older'
    put boot/initramfs-6.1.img x
    touch -d '2 hours ago' "$tree/boot/initramfs-6.1.img"
    t 'check image: older than the policy' asks image problem 5 '/boot/initramfs-6.1.img is older than /etc/vfio-early.conf'
}

# setup_says STATE TEXT SCRIPT: what the question about images makes of what the vfio-early-setup beside it says. It is
# only asked about the running system, so there is no tree.
setup_says() {
    local binary said
    mkdir -p "$work/sbin"
    printf '#!/bin/sh\n%s\n' "$3" >"$work/sbin/vfio-early-setup"
    chmod +x "$work/sbin/vfio-early-setup"
    for binary in "$program" "$sanitized"; do
        cp "$binary" "$work/sbin/vfio-early"
        timeout 60 "$work/sbin/vfio-early" check --json >"$work/out" 2>"$work/err" </dev/null
        said=$(jq -r --arg id image "$answers" "$work/out")
        [[ ${said%%$'\n'*} == "$1" && $said == *"$2"* ]] || {
            printf '%s\n' "$said"
            cat "$work/err"
            return 1
        }
    done
}

check_setup() {
    t 'check image: proved' setup_says ok 'verify proved 2 facts' 'printf "ok\t/boot/x\ta\nok\t/boot/x\tb\n"'
    t 'check image: a problem' setup_says problem '/boot/x: no hook; vfio-early-setup install' \
        'printf "ok\t/boot/x\ta\nproblem\t/boot/x\tno hook\n"; exit 4'
    t 'check image: unknown' setup_says unknown 'cannot be read' 'printf "unknown\t-\tcannot be read\n"; exit 5'
    t 'check image: nothing said' setup_says unknown 'said nothing' 'exit 1'
    t 'check image: something else said' setup_says unknown 'said nothing' 'echo "ok then"; echo problem'
    t 'check image: without end' setup_says unknown 'File too large' 'yes'
    # shellcheck disable=SC2016 # a script
    t 'check image: words and environment' setup_says ok 'proved 1 facts' \
        '[ "$*" = "verify --plain" ] && [ -z "${HOME-}${VFIO_EARLY-}" ] && ! read -r x && printf "ok\t-\tx\n"'
}

check_memory() {
    desk 'hugepages size=1G count=4'
    t 'check hugepages: there' asks hugepages ok 0 'asked for 4 pages of 1048576 kB, the kernel has 4'
    desk 'hugepages size=2M count=64'
    t 'check hugepages: not yet' asks hugepages warning 0 'the next boot reserves them'
    desk 'hugepages size=1G count=40'
    t 'check hugepages: more than there is memory' asks hugepages problem 5 'need 40960 MiB, the machine has 32000 MiB'
    rm "$tree/proc/meminfo"
    t 'check hugepages: memory is not known' asks hugepages warning 0 '/proc/meminfo cannot be read'
    desk 'hugepages size=1G count=1'
    rm -r "$tree/sys/kernel/mm"
    t 'check hugepages: not of this size' asks hugepages problem 5 'no huge pages of 1048576 kB'
}

check_kvmfr() {
    desk 'claim device=01:00.0'
    t 'check kvmfr: not asked' asks kvmfr ok 0 'the policy asks for none'
    "$tests_dir/fixtures/make-modules" "$tree" 6.1-old vfio-pci
    t 'check kvmfr: not asked, and not there' asks kvmfr ok 0 'the policy asks for none'
    put dev/kvmfr0 x
    t 'check kvmfr-node: a file' asks kvmfr-node problem 5 '/dev/kvmfr0 is a file, not a device'
    desk 'kvmfr size=64M'
    t 'check kvmfr: each kernel' asks kvmfr ok 0 'each installed kernel has it: 1'
    t 'check kvmfr-node: nothing' asks kvmfr-node ok 0 'devices: 0'
    t 'check lockdown: none' asks lockdown ok 0 'unsigned modules too'
    "$tests_dir/fixtures/make-modules" "$tree" 6.1-old vfio-pci
    t 'check kvmfr: one kernel lacks it' asks kvmfr problem 5 'Linux 6.1-old has no kvmfr'
    rm -r "${tree:?}/lib"
    t 'check kvmfr: no kernel' asks kvmfr unknown 0 '/lib/modules: No such file'
    desk 'kvmfr size=64M'
    mkdir "$tree/dev/kvmfr3"
    t 'check kvmfr-node: something else' asks kvmfr-node problem 5 '/dev/kvmfr3 is no device of kvmfr'
    put sys/kernel/security/lockdown 'none [integrity] confidentiality'
    t 'check lockdown: integrity' asks lockdown warning 5 'signed modules only (none [integrity] confidentiality)|MOK'
    put sys/kernel/security/lockdown '[none] integrity confidentiality'
    put sys/module/module/parameters/sig_enforce Y
    t 'check lockdown: sig_enforce' asks lockdown warning 5 module.sig_enforce
}
