# SPDX-License-Identifier: Apache-2.0
# fish.awk: mnc --tables to a completion for fish.
BEGIN {
    FS = "\t"
    print "# made from mnc's own tables"
    print "complete -c mnc -n __fish_use_subcommand -l help -d 'the verbs'"
    print "complete -c mnc -n __fish_use_subcommand -l version"
}

function quoted(s) {
    gsub(/[\\']/, "\\\\&", s)
    return "'" s "'"
}

# Of "text|svg" both words, of "last|FILE" the first: capitals stand for something.
function words(arg,    w, n, i, list) {
    n = index(arg, "|") ? split(arg, w, "|") : 0
    for (i = 1; i <= n; i++)
        if (w[i] !~ /[A-Z]/)
            list = list (list == "" ? "" : " ") w[i]
    return list
}

$1 == "verb" {
    print "complete -c mnc -n __fish_use_subcommand -f -a " $2 " -d " quoted($4)
}

$1 == "option" {
    value = $5 == "" ? "" : $5 ~ /(^|\|)FILE/ ? " -r -F" : " -x"
    if ($5 ~ /^DIR/)
        value = value " -a '(__fish_complete_directories)'"
    if (words($5) != "")
        value = value " -a " quoted(words($5))
    print "complete -c mnc -n '__fish_seen_subcommand_from " $2 "' -l " $3 ($4 == "" ? "" : " -s " $4) \
        value " -d " quoted($7)
}
