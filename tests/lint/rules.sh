# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The project's own rules about text (CONTRIBUTING.md). Each prints what breaks it and fails then.
# Needs files.sh. It relies on the formatters: a function's last line is a `}` in the first column.

# none TEXT: fails, and prints the text, unless it is empty.
none() {
    [ -z "$1" ] || {
        printf '%s\n' "$1"
        return 1
    }
}

# Only root.c may hold a path from /: everything else is relative to a directory that root.c opened. The end of a
# path that starts with a macro (DIR "/%s") is none, nor is a lone "/" that makes a name readable.
check_rule-paths() {
    local file
    none "$(for file in early/*.[ch] early/operator/*.[ch]; do
        [ -e "$file" ] || continue
        [ "$file" = early/root.c ] ||
            gcc -fpreprocessed -dD -E -P "$file" 2>/dev/null | grep -HE --label="$file" '(^|[^A-Za-z0-9_" ]) *"/[a-z]'
    done)"
}

check_rule-licence() {
    none "$(files_source | while read -r file; do
        head -n 5 "$file" | grep -q 'SPDX-License-Identifier: [A-Z]' || echo "$file: no SPDX line"
    done)" &&
        cmp LICENSE /usr/share/common-licenses/GPL-2
}

# No name of an archive, no folder of somebody's machine: such things are asked from the machine at run time.
check_rule-places() {
    local hosts places here
    # The folder of this tree as a whole: a tree in /src is not what /usr/src means.
    here="(?<![\\w./*-])\\Q$PWD\\E(?![\\w-])"
    hosts=$(apt-get --print-uris update 2>/dev/null | sed -n "s,^'[a-z]*://\([^/:']*\).*,\1,p" | sort -u)
    places=$(printf '%s\n' "$hosts" /home/)
    none "$(files_all | grep -v '^tests/lint/rules.sh$' |
        xargs grep -nIF -e "$(grep . <<<"$places")" -- | head -n 20)" &&
        none "$(files_all | grep -v '^tests/lint/rules.sh$' | xargs grep -nIP -e "$here" -- | head -n 20)" &&
        none "$(files_all | grep -v '^tests/lint/rules.sh$' | xargs grep -nIE '(^|[^a-zA-Z_}])/root/|https?://(localhost|[0-9.]+)[:/]')"
}

# A hook copies and starts, and knows nothing: no device, no /sys, no word of the policy; at most 40 lines of shell.
check_rule-hooks() {
    local words='/sys/|[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|driver_override|iommu_group|lspci|\b(claim|protect|hugepages) [a-z]+=|expect=|vfio[-_]pci\b'
    local hooks
    hooks=$(files_shell | grep '^hooks/')
    # Comments and words for people may name what the code must not.
    none "$(xargs grep -nE -e "$words" <<<"$hooks" | grep -vE '^[^:]*:[0-9]+: *#|help\(\)')" &&
        none "$(while read -r file; do
            awk -v file="$file" '!/^ *(#.*)?$/ { n++ } END { if (n > 40) print file ": " n " lines of shell" }' "$file"
        done <<<"$hooks")" && [ "$(wc -l <<<"$hooks")" -gt 5 ]
}

# The top level is fixed.
check_rule-top() {
    none "$(files_all | sed 's,/.*,,' | sort -u |
        grep -vxE 'early|hooks|module|installers|tests|Makefile|README.md|LICENSE|CONTRIBUTING.md|[.].*')"
}

check_rule-file-length() {
    none "$(files_source | grep -v '\.[1-8]\(\.in\)\?$\|\.supp$\|\.txt$' | xargs wc -l | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines" }')"
}

# From the line with the name to the closing brace: at most 60 lines in C and in shell.
check_rule-function-length() {
    none "$({ files_c_all && files_shell; } | xargs awk '
        FNR == 1 { start = 0; head = 0 }
        /^[A-Za-z_].*\(/ && !/;$/ { head = FNR }
        /^\{/ || /^[A-Za-z0-9_-]+\(\) \{/ { start = (head && FNR - head < 8) ? head : FNR }
        /^\}/ && start { if (FNR - start + 1 > 60) print FILENAME ":" start ": " FNR - start + 1 " lines"; start = 0 }
    ')"
}
