# SPDX-License-Identifier: GPL-2.0-or-later
#
# The man page of its template and of the words of the command table:  awk -f man.awk WORDS TEMPLATE
# A line of the template that begins with @ is replaced: @synopsis; @command NAME and @option NAME begin what the
# template says of each. A command or an option without its line, or twice, or that the table does not know, is an error.

function fail(text) {
    print FILENAME ":" FNR ": " text > "/dev/stderr"
    failed = 1
    exit 1
}

function argument(name) {
    return arg[name] == "" ? "" : " Ar " tolower(arg[name])
}

function operand(word,    optional, parts, n, i, line, macro) {
    optional = sub(/^\[/, "", word) + sub(/\]$/, "", word)
    n = split(word, parts, "|")
    line = optional ? ".Op" : "."
    for (i = 1; i <= n; i++) {
        macro = parts[i] ~ /^[A-Z]+$/ ? "Ar" : "Cm"
        line = line (i > 1 ? " |" : "") (line == "." ? "" : " ") macro " " tolower(parts[i])
    }
    return line
}

function synopsis(c,    names, words, n, i) {
    print ".Nm"
    n = split(takes[c], names, " ")
    print ".Cm " c
    for (i = 1; i <= n; i++)
        if (names[i] != "help" && names[i] != "version")
            print ".Op Fl -" names[i] argument(names[i])
    n = split(operands[c], words, " ")
    for (i = 1; i <= n; i++)
        print operand(words[i])
}

function sentence(text) {
    return toupper(substr(text, 1, 1)) substr(text, 2) "."
}

BEGIN { FS = "\t" }

FNR == NR && $1 == "option" { order_o[++options] = $2; arg[$2] = $3; help[$2] = $4 }
FNR == NR && $1 == "command" {
    order_c[++commands] = $2
    operands[$2] = $3
    takes[$2] = $5
    n = split($5, names, " ")
    for (i = 1; i <= n; i++) {
        users[names[i]]++
        user[names[i]] = $2
    }
}
FNR == NR { next }

/^@synopsis$/ {
    for (i = 1; i <= commands; i++)
        synopsis(order_c[i])
    print ".Nm\n.Fl -help | Fl -version"
    next
}
/^@command / {
    name = substr($0, 10)
    if (!(name in takes) || seen_c[name]++)
        fail("no command of the table, or twice: " name)
    print ".It Cm " name
    next
}
/^@option / {
    name = substr($0, 9)
    if (!(name in arg) || seen_o[name]++)
        fail("no option of the table, or twice: " name)
    print ".It Fl -" name argument(name)
    if (users[name] == 1)
        print ".Cm " user[name] " :"
    print users[name] == 1 ? help[name] "." : sentence(help[name])
    next
}
/^@/ { fail("a word that is not known: " $0) }
{ print }

END {
    for (i = 1; i <= commands && !failed; i++)
        if (!seen_c[order_c[i]])
            fail("says nothing of the command " order_c[i])
    for (i = 1; i <= options && !failed; i++)
        if (!seen_o[order_o[i]])
            fail("says nothing of the option " order_o[i])
}
