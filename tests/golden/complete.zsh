# SPDX-License-Identifier: GPL-2.0-or-later
#
# complete.zsh FILE LINE: prints what a zsh on a terminal of its own makes of the line and a tab, with the completion
# function in FILE: the line as it is then, and what is offered.
zmodload zsh/zpty
zpty -b shell TERM=dumb zsh -f -i

# Reads until the text is there, five seconds at most.
read_to() {
    local chunk all='' i
    for i in {1..50}; do
        while zpty -rt shell chunk; do all+=$chunk; done
        [[ $all == *$1* ]] && break
        sleep 0.1
    done
    print -r -- "$all"
}

zpty -w shell "PS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D"
zpty -w shell "_vfio_early_file_() { . ${(q)1} }; compdef _vfio_early_file_ vfio-early; setopt interactive_comments; LISTMAX=500"
zpty -w shell "bindkey '^I' complete-word; print re''ady"
read_to ready >/dev/null
zpty -n -w shell "$2"$'\t'
sleep 0.5
zpty -n -w shell $'\C-a#\C-e \n'
zpty -w shell "print do''ne"
read_to done
zpty -d shell
