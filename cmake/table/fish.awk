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

$1 == "verb" {
    print "complete -c mnc -n __fish_use_subcommand -f -a " $2 " -d " quoted($4)
}

$1 == "option" {
    value = ""
    if ($5 ~ /\|/) {
        names = $5
        gsub(/\|/, " ", names)
        value = " -x -a " quoted(names)
    } else if ($5 ~ /^FILE/) {
        value = " -r -F"
    } else if ($5 ~ /^DIR/) {
        value = " -x -a '(__fish_complete_directories)'"
    } else if ($5 != "") {
        value = " -x"
    }
    print "complete -c mnc -n '__fish_seen_subcommand_from " $2 "' -l " $3 ($4 == "" ? "" : " -s " $4) \
        value " -d " quoted($7)
}
