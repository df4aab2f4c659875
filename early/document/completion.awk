# SPDX-License-Identifier: GPL-2.0-or-later
#
# A shell's completion of its template and of the words of the command table:
#     awk -f completion.awk -v shell=bash|zsh|fish WORDS TEMPLATE
# @commands@, @files@ and @arguments@ in the template are lists; a line @rules@ becomes what the shell does for each
# command. What stands for something (DEVICE, DIR) is completed by functions of the template.

# Puts a text before each character of the set. (What sub() makes of a \ differs between awks.)
function before(text, set, what,    i, c, all) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        all = all (index(set, c) ? what : "") c
    }
    return all
}

# For a shell; a ' ends what is quoted, and stands on its own behind a \.
function quote(text,    parts, n, i, all) {
    n = split(text, parts, "'")
    for (i = 1; i <= n; i++)
        all = all (i > 1 ? "'\\''" : "") parts[i]
    return "'" all "'"
}

# The commands whose operands have this word.
function having(word, between,    i, found) {
    for (i = 1; i <= commands; i++)
        if (("|" flat[order_c[i]] "|") ~ ("[| ]" word "[| ]"))
            found = found (found == "" ? "" : between) order_c[i]
    return found
}

# The commands that take this option.
function taking(name, between,    i, found) {
    for (i = 1; i <= commands; i++)
        if ((" " takes[order_c[i]] " ") ~ (" " name " "))
            found = found (found == "" ? "" : between) order_c[i]
    return found
}

# The operands that stand for themselves.
function literals(c,    parts, n, i, found) {
    n = split(flat[c], parts, /[| ]/)
    for (i = 1; i <= n; i++)
        if (parts[i] ~ /^[a-z]+$/)
            found = found (found == "" ? "" : " ") parts[i]
    return found
}

function all_commands(between,    i, found) {
    for (i = 1; i <= commands; i++)
        found = found (i > 1 ? between : "") order_c[i]
    return found
}

function all_arguments(between,    i, found) {
    for (i = 1; i <= options; i++)
        if (arg[order_o[i]] != "")
            found = found (found == "" ? "" : between) "--" order_o[i]
    return found
}

# list) echo --root --json && _vfio_early_devices ;;
function bash_rules(    i, c, line) {
    for (i = 1; i <= commands; i++) {
        c = order_c[i]
        line = " " takes[c]
        gsub(/ /, " --", line)
        line = line (literals(c) == "" ? "" : " " literals(c))
        if (flat[c] ~ /DEVICE/)
            line = line " && _vfio_early_devices"
        if (flat[c] ~ /NAME/)
            line = line " && _vfio_early_names"
        print "        " c ") echo" line " ;;"
    }
}

function zsh_option(name,    line) {
    line = "--" name "[" before(help[name], "\\[]:", "\\") "]"
    if (name == "help" || name == "version")
        line = "(- *)" line
    if (arg[name] != "")
        line = line ":" tolower(arg[name]) ":" (arg[name] ~ /DIR|FILE|VERSION/ ? "_vfio_early_" tolower(arg[name]) : "")
    return quote(line)
}

function zsh_operand(place, word) {
    if (word ~ /^[a-z|]+$/) {
        gsub(/\|/, " ", word)
        return " " place ":operand:" quote("(" word ")")
    }
    gsub(/\|/, "_", word)
    return " " place ":operand:_vfio_early_" tolower(word)
}

# list) _arguments OPTION... 1:operand:_vfio_early_device ;;
function zsh_rules(    i, j, n, names, line) {
    for (i = 1; i <= commands; i++) {
        line = "                " order_c[i] ") _arguments"
        n = split(takes[order_c[i]], names, " ")
        for (j = 1; j <= n; j++)
            line = line " " zsh_option(names[j])
        n = split(flat[order_c[i]], names, " ")
        for (j = 1; j <= n; j++)
            line = line zsh_operand(j, names[j])
        print line " ;;"
    }
}

function zsh_commands(    i, text) {
    for (i = 1; i <= commands; i++) {
        text = before(about[order_c[i]], "\\:", "\\")
        print "        " quote(order_c[i] ":" text)
    }
}

# In fish strings a \ goes before ' and before itself.
function fish_quote(text) {
    return "'" before(text, "\\'", "\\") "'"
}

function fish_rules(    i, name, line) {
    for (i = 1; i <= commands; i++)
        print "complete -c vfio-early -n __vfio_early_first -a " order_c[i] " -d " fish_quote(about[order_c[i]])
    for (i = 1; i <= options; i++) {
        name = order_o[i]
        line = "complete -c vfio-early"
        if (name != "help" && name != "version")
            line = line " -n " fish_quote("__vfio_early_seen " taking(name, " "))
        line = line " -l " name
        if (arg[name] != "")
            line = line " -x" (arg[name] ~ /DIR|FILE|VERSION/ ? " -a '(__vfio_early_" tolower(arg[name]) ")'" : "")
        print line " -d " fish_quote(help[name])
    }
    for (i = 1; i <= commands; i++)
        if (literals(order_c[i]) != "")
            print "complete -c vfio-early -n '__vfio_early_seen " order_c[i] "' -a '" literals(order_c[i]) "'"
    print "complete -c vfio-early -n '__vfio_early_seen " having("DEVICE", " ") "' -a '(__vfio_early_devices)'"
    print "complete -c vfio-early -n '__vfio_early_seen " having("NAME", " ") "' -a '(__vfio_early_names)'"
    print "complete -c vfio-early -n '__vfio_early_seen " having("FILE", " ") "' -F"
}

BEGIN { FS = "\t" }

FNR == NR && $1 == "option" { order_o[++options] = $2; arg[$2] = $3; help[$2] = $4 }
FNR == NR && $1 == "command" {
    order_c[++commands] = $2
    flat[$2] = $3
    gsub(/\[|\]/, "", flat[$2])
    about[$2] = $4
    takes[$2] = $5
}
FNR == NR { next }

/^ *@rules@$/ && shell == "bash" { bash_rules(); next }
/^ *@rules@$/ && shell == "zsh" { zsh_rules(); next }
/^ *@rules@$/ && shell == "fish" { fish_rules(); next }
/^ *@commands@$/ && shell == "zsh" { zsh_commands(); next }
{
    gsub(/@commands@/, all_commands(" "))
    gsub(/@files@/, having("FILE", " | "))
    gsub(/@arguments@/, all_arguments(" | "))
    if (/@[a-z]+@/) {
        print FILENAME ":" FNR ": a word that is not known: " $0 > "/dev/stderr"
        exit 1
    }
    print
}
