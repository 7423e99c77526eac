# SPDX-License-Identifier: Apache-2.0
# bash.awk: mnc --tables to a completion for bash.
#
# Bash splits words at "=": in `--target=na` the word before the last is "=", the one before that
# the option.
BEGIN {
    FS = "\t"
    print "# made from mnc's own tables"
}

# Of "text|svg" both words, of "last|FILE" the first: capitals stand for something.
function words(arg,    w, n, i, list) {
    n = index(arg, "|") ? split(arg, w, "|") : 0
    for (i = 1; i <= n; i++)
        if (w[i] !~ /[A-Z]/)
            list = list (list == "" ? "" : " ") w[i]
    return list
}

$1 == "verb" { verbs = verbs " " $2 }

$1 == "option" {
    options[$2] = options[$2] " --" $3 ($5 == "" ? "" : "=") ($4 == "" ? "" : " -" $4)
    key = $2 ":--" $3
    short = $4 == "" ? "" : "|" $2 ":-" $4
    actions = words($5) == "" ? "" : " -W '" words($5) "'"
    if ($5 ~ /(^|\|)FILE/)
        actions = actions " -f"
    if ($5 ~ /^DIR/)
        actions = " -d"
    if ($5 != "")
        values = values "    " key short ") COMPREPLY=(" \
            (actions == "" ? "" : "$(compgen" actions " -- \"$cur\")") ") ;;\n"
}

END {
    print "_mnc()\n{"
    print "    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}"
    print "    local verb=${COMP_WORDS[1]} options="
    print "    if [ \"$COMP_CWORD\" = 1 ]; then"
    print "        COMPREPLY=($(compgen -W '--help --version" verbs "' -- \"$cur\"))\n        return"
    print "    fi"
    print "    if [ \"$cur\" = = ]; then\n        cur="
    print "    elif [ \"$option\" = = ]; then\n        option=${COMP_WORDS[COMP_CWORD-2]}\n    fi"
    print "    case $verb:$option in\n" values "    *)"
    print "        case $verb in"
    n = split(verbs, v, " ")
    for (i = 1; i <= n; i++)
        print "        " v[i] ") options='" substr(options[v[i]], 2) "' ;;"
    print "        esac"
    print "        case $cur in"
    print "        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")) ;;"
    print "        *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;"
    print "        esac ;;\n    esac"
    print "    case $COMPREPLY in *=) compopt -o nospace 2>/dev/null ;; esac"
    print "}\ncomplete -o filenames -F _mnc mnc"
}
