# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034 # variables of lib.sh
#
# Each question of `check`, content and not, over the recorded machine "desk", whose facts are changed one at a time.
# Needs lib.sh.

version=6.12.1-desk
iomem='  c0000000-c02fffff : BOOTFB'
gpu=v000010DEd000013C2

# desk POLICY-LINE...: a new tree, with its modules.
desk() {
    new_tree desk || return 1
    if [ ! -d "$work/modules" ]; then
        "$tests_dir/fixtures/make-modules" "$work/modules" $version vfio-pci vfio_iommu_type1 kvmfr \
            'mlx5-vfio-pci=vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*' "nouveau=pci:${gpu}sv*sd*bc03sc*i*" \
            'nvidiafb=pci:v000010DEd*sv*sd*bc03sc*i*' 'xe=pci:v00001002d*sv*sd*bc*sc*i*' || return 1
    fi
    cp -a "$work/modules/lib" "$tree/"
    [ $# -eq 0 ] || printf '%s\n' "$@" >"$tree/etc/vfio-early.conf"
}

# put FILE LINE...: what is in this file of the tree.
put() {
    local file=$tree/$1
    shift
    mkdir -p "$(dirname "$file")"
    printf '%s\n' "$@" >"$file"
}

# The worst state of a question, and what was said: STATE, then a line for each answer.
# shellcheck disable=SC2016 # a program of jq
answers='[.answers[] | select(.question == $id)] | (map(.state) as $is |
    first(["problem", "warning", "unknown", "ok"][] | select(IN($is[])))), (.[] | .text + "; " + (.advice // ""))'

# same_text: the lines for people say what the JSON says, and the build with sanitizers says nothing else.
same_text() {
    local json_status=$status
    cp "$work/out" "$work/json"
    early check "$@"
    [ "$status" -eq "$json_status" ] || {
        echo "exit status $json_status, and $status without --json"
        return 1
    }
    jq -r '.answers[] | .state + " " + .question' "$work/json" | diff - <(awk '{ print $1, $2 }' "$work/out") || return 1
    jq -e --argjson status "$status" '.status == $status' "$work/json" >/dev/null || return 1
    timeout 60 "$sanitized" --root "$tree" check "$@" 2>&1 </dev/null | diff "$work/out" -
}

# asks QUESTION STATE EXIT TEXT [OPTION...]: what check says now. TEXT may be several, with a | between them.
asks() {
    local id=$1 want=$2 exit=$3 part said texts
    IFS='|' read -r -a texts <<<"$4"
    shift 4
    early check --json "$@"
    ends "$exit" || return 1
    said=$(jq -r --arg id "$id" "$answers" "$work/out") || {
        cat "$work/out"
        return 1
    }
    for part in "${texts[@]}"; do
        [[ $said == *"$part"* ]] || {
            printf 'does not say: %s\n%s\n' "$part" "$said"
            return 1
        }
    done
    [ "${said%%$'\n'*}" = "$want" ] || {
        printf 'not %s:\n%s\n' "$want" "$said"
        return 1
    }
    [ ! -s "$work/err" ] || {
        cat "$work/err"
        return 1
    }
    same_text "$@"
}

check_policy() {
    desk 'claim device=01:00.0'
    t 'check policy: understood' asks policy ok 0 'rules: 1'
    t 'check rules: possible' asks rules ok 0 'claims: 1, devices: 2'
    desk 'claim devise=01:00.0'
    t 'check policy: a word that is none' asks policy problem 3 '/etc/vfio-early.conf:1: "devise"'
    desk
    t 'check policy: no rule' asks policy ok 0 'vfio-early pin'
    put proc/cmdline 'quiet vfio_early=0'
    t 'check policy: switched off' asks policy warning 0 'switches everything off'
    t 'check policy: --cmdline counts' asks policy ok 0 'rules: 1' --cmdline vfio_early.devices=01:00.0
    t 'check policy: --policy FILE that is not there' asks policy problem 3 nowhere --cmdline '' --policy "$work/nowhere"
    desk 'claim device=0a:00.0' 'claim group=8' 'claim device=0b:00.0 optional'
    t 'check rules: absent and refused' asks rules problem 4 \
        'vfio-early.conf:1: absent|vfio-early.conf:2: refused: collateral|vfio-early.conf:3: absent'
}

check_twins() {
    desk 'claim device=06:00.0'
    t 'check twins: by address' asks twins ok 0 'no rule'
    desk 'claim id=10de:1b80'
    t 'check twins: by id' asks twins warning 0 '/etc/vfio-early.conf:1|0000:06:00.0 and 0000:07:00.0|vfio-early pin'
    desk 'claim id=10de:13c2'
    t 'check twins: an id that fits one' asks twins ok 0 'no rule'
    desk 'claim id=10de:1b80 device=06:00.0'
    t 'check twins: id and address' asks twins ok 0 'no rule'
}

check_machine() {
    desk 'claim device=01:00.0'
    t 'check pci: there' asks pci ok 0 'devices: 23'
    t 'check iommu: on' asks iommu ok 0 'groups: 18'
    rm -r "$tree/sys/bus/pci"
    t 'check pci: not there' asks pci problem 5 'is sysfs mounted?'
    t 'check rules: nobody can tell' asks rules unknown 5 'without devices'
    desk 'claim device=01:00.0'
    rm "$tree/sys/bus/pci/devices/0000:01:00.0/vendor" "$tree/sys/bus/pci/devices/0000:01:00.0/modalias"
    t 'check pci: a device that cannot be read' asks pci problem 5 '1 devices have no readable vendor'
    local machine text
    while IFS=: read -r machine text; do
        new_tree "$machine"
        echo 'claim device=01:00.0' >"$tree/etc/vfio-early.conf"
        t "check iommu: $machine" asks iommu problem 5 "$text"
        t "check remapping: $machine" asks remapping unknown 5 'without an IOMMU'
    done <<'LIST'
noiommu-intel:enable VT-d in the firmware setup, and add intel_iommu=on
noiommu-intel-table:add intel_iommu=on to the kernel command line
noiommu-amd:enable AMD-Vi
noiommu-amd-table:dmesg for AMD-Vi
noiommu-off:remove iommu=off
other:enable it in the firmware setup (VT-d, AMD-Vi, SMMU)
arm:forms the group only when a driver probes
LIST
}

check_remapping() {
    desk 'claim device=01:00.0'
    t 'check remapping: on' asks remapping ok 0 'interrupts are remapped'
    put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts Y
    t 'check remapping: on, and unsafe ones allowed' asks remapping warning 0 'switch off allow_unsafe_interrupts'
    put sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
    t 'check remapping: mode without IOMMU' asks remapping warning 0 enable_unsafe_noiommu_mode
    desk 'claim device=01:00.0'
    put proc/interrupts '  1:  9  IO-APIC    1-edge      i8042' '123:  4  PCI-MSI-0000:00:17.0    0-edge      ahci'
    t 'check remapping: off' asks remapping problem 5 'are not remapped|take nointremap and intremap=off off'
    put sys/class/iommu/dmar0/intel-iommu/ecap f050d2
    t 'check remapping: not in the hardware' asks remapping problem 5 'are not remapped|the hardware lacks it'
    put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts Y
    t 'check remapping: off and allowed' asks remapping warning 0 'allow_unsafe_interrupts permits that'
    put proc/interrupts '           CPU0'
    t 'check remapping: not said' asks remapping unknown 0 '/proc/interrupts does not say'
    put proc/interrupts ' 41:  7   ITS-PCI-MSIX-0000:00:17.0    0 Edge      ahci'
    rm -r "$tree/sys/module/vfio_iommu_type1"
    t 'check remapping: arm64' asks remapping ok 0 'interrupts are remapped'
}

check_modules() {
    desk 'claim device=01:00.0'
    t 'check vfio: a module' asks vfio ok 0 "Linux $version has vfio-pci as a module"
    t 'check vfio: another kernel' asks vfio unknown 0 'no module index of Linux 9.9' --kernel 9.9
    t 'check vfio: a path is no kernel' asks vfio unknown 0 'which kernel runs is not known' --kernel ../x
    "$tests_dir/fixtures/make-modules" "$tree" 5.1-none dummy
    t 'check vfio: absent' asks vfio problem 5 '5.1-none has no vfio-pci|5.1-none has no vfio_iommu_type1' --kernel 5.1-none
    "$tests_dir/fixtures/make-modules" "$tree" 5.2-built +vfio-pci +vfio_iommu_type1
    t 'check vfio: built in' asks vfio ok 0 'vfio-pci built in' --kernel 5.2-built
    rm "$tree/proc/sys/kernel/osrelease"
    t 'check vfio: the kernel is not known' asks vfio unknown 0 'say --kernel'
    t 'check variant: the kernel is not known' asks variant unknown 0 'say --kernel'
    t 'check blacklist: the kernel is not known' asks blacklist unknown 0 'without a module index'
    desk 'claim device=08:00.0'
    t 'check variant: a better driver' asks variant warning 0 '0000:08:00.0: mlx5_vfio_pci|driver=auto'
    desk 'claim device=08:00.0 driver=auto'
    t 'check variant: taken' asks variant ok 0 'no claimed device'
    desk 'claim device=08:00.0 driver=nvgrace-gpu-vfio-pci'
    t 'check variant: a driver that is not there' asks variant problem 5 'conf:1: Linux 6.12.1-desk has no nvgrace-gpu'
}

# plan_says EXIT TEXT: without the index nobody can tell what driver=auto takes.
plan_says() {
    early plan --json --kernel $version
    ends "$1" && says "$2"
}

# libkmod would wait for ever for the writer of a FIFO.
check_index() {
    local index
    for index in dep.bin alias.bin symbols.bin builtin.bin builtin.alias.bin softdep weakdep; do
        desk 'claim device=08:00.0 driver=auto' 'kvmfr size=64M'
        rm -f "$tree/lib/modules/$version/modules.$index"
        mkfifo "$tree/lib/modules/$version/modules.$index"
        t "check vfio: modules.$index is a FIFO" asks vfio problem 5 "$version is not of regular files|depmod"
    done
    t 'check variant: an index of FIFOs' asks variant problem 5 'is not of regular files'
    t 'check blacklist: an index of FIFOs' asks blacklist unknown 5 'without a module index'
    t 'check kvmfr: an index of FIFOs' asks kvmfr problem 5 'is not of regular files'
    t 'plan: an index of FIFOs' plan_says 5 'the module index of the kernel is not of regular files'
    early manifest --kernel $version
    t 'manifest: an index of FIFOs' ends 5
    desk 'claim device=08:00.0 driver=auto'
    t 'plan: the variant driver' plan_says 0 mlx5_vfio_pci
}

check_groups() {
    desk 'claim device=01:00.0'
    t 'check acs: one slot' asks acs ok 0 'no claimed group'
    put proc/cmdline 'pcie_acs_override=downstream,multifunction'
    t 'check acs: the override' asks acs warning 0 'pcie_acs_override=downstream,multifunction'
    desk 'claim device=04:00.0 allow=collateral'
    t 'check acs: two slots' asks acs warning 0 'group 8 spans 2 slots|0000:04:00.0, 0000:05:00.0'
    desk 'claim device=04:00.0'
    t 'check acs: two slots, refused' asks acs warning 4 'group 8 spans 2 slots'
}

check_displays() {
    desk 'claim device=01:00.0'
    t 'check console: another one stays' asks console ok 0 'another display stays'
    t 'check framebuffer: elsewhere' asks framebuffer ok 0 'in no claimed device'
    desk 'claim device=00:02.0 rebind=yes'
    t 'check console: the one of the firmware' asks console warning 0 '0000:00:02.0 is the display that the firmware uses'
    desk 'claim device=00:02.0 rebind=yes' 'claim id=10de:1b80' 'claim device=01:00.0 allow=console'
    sed -i 's/$/ allow=console/' "$tree/etc/vfio-early.conf"
    echo 'claim device=02:00.0 allow=console' >>"$tree/etc/vfio-early.conf"
    sed -i 's/allow=console allow/allow/' "$tree/etc/vfio-early.conf"
    t 'check console: none left' asks console warning 4 'no display is left for the host'
    desk 'claim device=02:00.0'
    t 'check framebuffer: in the card, class 0380' asks framebuffer problem 4 '0000:02:00.0|BOOTFB|video=efifb:off|sysfb_init'
    [ "$(jq '[.answers[] | select(.question == "framebuffer")] | length' "$work/json")" = 1 ] ||
        bad 'check framebuffer: once' "$(cat "$work/json")"
    put proc/iomem '  c0000000-cfffffff : 0000:02:00.0' '  00000000-00000000 : BOOTFB'
    t 'check framebuffer: shown to root only' asks framebuffer unknown 0 'run check as root'
    put proc/iomem '  c0000000-cfffffff : 0000:02:00.0'
    t 'check framebuffer: none' asks framebuffer ok 0 'no claimed device holds'
    rm "$tree/proc/iomem"
    t 'check framebuffer: cannot be seen' asks framebuffer unknown 0 '/proc/iomem: No such file'
    desk 'claim device=01:00.0'
    put proc/iomem '  e0000000-e02fffff : simplefb'
    t 'check framebuffer: in a VGA controller' asks framebuffer ok 0 '0000:01:00.0|simplefb|vfio-pci takes it away'
    put proc/sys/kernel/osrelease 5.10.0-1
    t 'check framebuffer: the same before Linux 6.0' asks framebuffer problem 4 '0000:01:00.0|simplefb'
    put proc/iomem '  dff00000-dfffffff : BOOTFB' '  f0000000-f02fffff : efifb'
    t 'check framebuffer: just beside' asks framebuffer ok 0 'in no claimed device'
}

# Twenty words of the command line that are all wrong: the first are told, the others counted.
check_bounds() {
    desk 'claim device=01:00.0'
    local words='' i
    for i in {10..29}; do words+=,12$i:5678; done
    put proc/cmdline "vfio-pci.ids=$words"
    t 'check: many answers' asks leftovers warning 0 'and 4 more'
    [ "$(jq '[.answers[] | select(.question == "leftovers")] | length' "$work/json")" = 17 ] ||
        bad 'check: many answers' "$(cat "$work/json")"
}

changes_no_file() {
    (cd "$tree" && find . -printf '%p %y %s %T@ %l\n' | sort) >"$work/before"
    early check
    early check --json
    (cd "$tree" && find . -printf '%p %y %s %T@ %l\n' | sort) | diff "$work/before" -
}

# Every question once, in one order, and each of them in the man page and no other.
questions_documented() {
    early check --json
    jq -r '.answers[].question' "$work/out" >"$work/ids"
    uniq -d "$work/ids" | diff /dev/null - || return 1
    sed -n '/^\.Sh QUESTIONS/,/^\.Sh FILES/s/^\.It Li //p' "$man_page" | diff "$work/ids" -
}

run_check() {
    check_policy
    check_twins
    check_machine
    check_remapping
    check_modules
    check_index
    check_groups
    check_displays
    check_host_devices
    check_leftovers
    check_modprobe
    check_blacklist
    check_images
    check_setup
    check_memory
    check_kvmfr
    check_bounds
    desk 'claim device=01:00.0' 'kvmfr size=64M' 'hugepages size=1G count=4'
    t 'check changes nothing' changes_no_file
    t 'check: each question is in the man page' questions_documented
    t 'check: output cannot be written' cannot_write check
    t 'check --json: output cannot be written' cannot_write check --json
    t 'check: an operand' wrong 'one word too many: x' check x
}
