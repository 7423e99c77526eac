#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# completions.sh SOURCE_DIR BUILD_DIR: bash, zsh and fish complete verbs, options and the words of
# options.  A shell that is not installed is left out, and said so.
. "$(dirname "$0")/lib.sh"
share=$prefix/share
"$bin/mnc" dump --help | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p' | sort >options
tried=0

# same FILE...: the options of dump, one a line.
same() { diff options "$1" || fail "$2 has other options than the help"; tried=$((tried + 1)); }

if have bash; then
    cat >try.bash <<EOF
. '$share/bash-completion/completions/mnc'
try() { COMP_WORDS=("\$@"); COMP_CWORD=\$((\$# - 1)); COMPREPLY=(); _mnc; printf '%s\n' "\${COMPREPLY[@]}"; }
try mnc comp
try mnc dump --format = s
try mnc dump --format =
try mnc dump -- >bash.options
EOF
    bash try.bash >got
    printf '%s\n' compile svg text svg | diff - got || fail bash
    sed 's/=$//' bash.options | sort >got
    same got bash
fi
if have fish; then
    export HOME="$dir"
    f=$share/fish/vendor_completions.d/mnc.fish
    fish -c "source '$f'; complete -C 'mnc comp'; complete -C 'mnc dump --format='" |
        cut -f 1 >got
    printf '%s\n' compile --format=svg --format=text | diff - got || fail fish
    fish -c "source '$f'; complete -C 'mnc dump --'" | sed 's/[=\t].*//' | sort >got
    same got fish
fi
if have zsh; then
    # _arguments only works while a line is being edited, which zpty does in a terminal of its own.
    cat >try.zsh <<EOF
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "fpath=('$share/zsh/site-functions' \\\$fpath) LISTMAX=1000; cd '$dir'"
zpty -w z "autoload -U compinit; compinit -D -u; PS1=rea''dy"
zpty -r -m z x '*ready*'
zpty -w -n z \$'mnc comp\t--no-selft\t\x01print -r -- "\x05"\n'
zpty -r -m z x '*ready*'
zpty -w -n z \$'mnc dump --format=s\t\x01print -r -- "\x05"; print en\'\'d\n'
zpty -r -m z y '*end*'
print -r -- "\$x\$y"
EOF
    timeout 60 zsh -f try.zsh >got
    says got 'mnc compile --no-selftest'
    says got 'mnc dump --format=svg'
    # The specifications themselves, as _arguments gets them.
    sed -n '/^        dump) /,/;;$/p' "$share/zsh/site-functions/_mnc" | sed 's/[^{]*{-.[+]*,//' |
        sed -n 's/^[^-]*\(--[a-z-]*\).*/\1/p' | sort >got
    same got zsh
fi
[ $tried -gt 0 ] || { echo 'skipped: neither bash, zsh nor fish is there'; exit 77; }
echo "$tried of 3 shells"
