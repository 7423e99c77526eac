# SPDX-License-Identifier: Apache-2.0
# zsh.awk: mnc --tables to a completion for zsh, made of _arguments' specifications:
#   '*(-o --output)'{-o+,--output=}'[help]:FILE:_files'
BEGIN {
    FS = "\t"
    print "#compdef mnc\n# made from mnc's own tables"
}

# Help inside of '...[help]': neither quotes nor brackets nor colons may end it.
function help(s) {
    gsub(/[\[\]:\\]/, "\\\\&", s)
    gsub(/'/, "'\\''", s)
    return s
}

# Of "text|svg" both words, of "last|FILE" the first: capitals stand for something.
function words(arg,    w, n, i, list) {
    n = index(arg, "|") ? split(arg, w, "|") : 0
    for (i = 1; i <= n; i++)
        if (w[i] !~ /[A-Z]/)
            list = list (list == "" ? "" : " ") w[i]
    return list
}

function value(arg) {
    if (arg == "")
        return ""
    if (words(arg) != "" && arg !~ /FILE/)
        return ":value:(" words(arg) ")"
    return ":" help(arg) ":" \
        (arg ~ /^DIR/ ? "_files -/" : arg ~ /(^|\|)FILE/ ? "_files" : " ")
}

$1 == "verb" {
    order[++n] = $2
    about[$2] = help($4)
}

$1 == "option" {
    long = "--" $3 ($5 == "" ? "" : "=")
    after = "'[" help($7) "]" value($5) "'"
    if ($4 == "")
        line = ($6 ? "'*'" : "") long after
    else
        line = ($6 ? "'*'" : "'(-" $4 " --" $3 ")'") "{-" $4 ($5 == "" ? "" : "+") "," long "}" after
    options[$2] = options[$2] "            " line " \\\n"
}

END {
    print "_mnc() {\n    local context state line\n    typeset -A opt_args"
    print "    local -a verbs=("
    for (i = 1; i <= n; i++)
        print "        '" order[i] ":" about[order[i]] "'"
    print "    )"
    print "    _arguments -C '1:verb:->verb' '*::file:->rest' '--help[the verbs]' '--version'"
    print "    case $state in\n    verb) _describe verb verbs ;;"
    print "    rest)\n        case $line[1] in"
    for (i = 1; i <= n; i++)
        print "        " order[i] ") _arguments -S \\\n" options[order[i]] "            '*:file:_files' ;;"
    print "        esac ;;\n    esac\n}\n\n_mnc \"$@\""
}
