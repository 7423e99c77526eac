# SPDX-License-Identifier: Apache-2.0
# matches.awk WANTED OUTPUT: every line that is wanted stands in the output.  Runs of blanks are one;
# "..." stands for anything.  Says what is missing, and exits with 1.
function plain(s) {
    gsub(/[ \t]+/, " ", s)
    gsub(/^ | $/, "", s)
    return s
}

# Whether line has the parts of wanted, which "..." divides, one after the other.
function fits(wanted, line,    part, n, i, at) {
    n = split(wanted, part, /\.\.\./)
    for (i = 1; i <= n; i++) {
        at = index(line, part[i])
        if (part[i] != "" && !at)
            return 0
        line = substr(line, at + length(part[i]))
    }
    return 1
}

FNR == NR {
    if (plain($0) != "")
        want[++n_want] = plain($0)
    next
}

{
    for (i = 1; i <= n_want; i++)
        if (!found[i] && fits(want[i], plain($0)))
            found[i] = 1
}

END {
    for (i = 1; i <= n_want; i++)
        if (!found[i]) {
            print "missing: " want[i]
            bad = 1
        }
    exit bad
}
