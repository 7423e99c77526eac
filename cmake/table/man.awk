# SPDX-License-Identifier: Apache-2.0
# man.awk: mnc --tables, and doc/verbs.txt before it, to DIR/mnc.1 and DIR/mnc-VERB.1.
#   awk -v dir=DIR -v version=V -f man.awk doc/verbs.txt tables
BEGIN { FS = "\t" }

# Text as roff takes it: no requests, no escapes, hyphens that can be searched for.
function roff(s) {
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    if (s ~ /^[.']/)
        s = "\\\&" s
    return s
}

function sentence(s) { return roff(s) (s ~ /\.$/ ? "" : ".") }

function add(s) {
    text[about] = text[about] (gap ? ".PP\n" : "") s "\n"
    gap = 0
}

# doc/verbs.txt: [VERB], then paragraphs, and commands in lines that begin with four spaces.
FNR == NR {
    if (/^#/)
        next
    if (/^\[/) {
        about = substr($0, 2, length($0) - 2)
        gap = about != "mnc" && about != "environment"     # those stand below a title
    } else if (/^    /) {
        add(".EX\n.RS 4\n" roff(substr($0, 5)) "\n.RE\n.EE")
    } else if ($0 == "") {
        gap = 1
    } else {
        add(roff($0))
    }
    next
}

function head(page, name, what) {
    print ".\\\" made from mnc's own tables" > page
    print ".TH " toupper(name) " 1 \"\" \"mnc " version "\"" > page
    print ".SH NAME\n" roff(name) " \\- " roff(what) > page
    print ".SH SYNOPSIS" > page
}

function close_page() {
    if (page == "")
        return
    print ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage, 3 ran but a check did not hold." > page
    print ".SH SEE ALSO\n" (page ~ /mnc\.1$/ ? "" : ".BR mnc (1),\n") ".BR mnet (5)" > page
    close(page)
}

$1 == "verb" {
    close_page()
    page = dir "/mnc-" $2 ".1"
    head(page, "mnc-" $2, $4)
    operands = $3
    print ".B mnc " $2 "\n.RI [ OPTION ...]\n" (operands == "" ? "" : ".I " roff(operands) "\n") > page
    print ".SH DESCRIPTION\n.B mnc " $2 "\n" sentence($4) > page
    printf "%s", text[$2] > page
    print ".SH OPTIONS" > page
    list = list ".TP\n.BR mnc\\-" $2 " (1)\n" sentence($4) "\n"
}

$1 == "option" {
    print ".TP" > page
    line = ".B " ($4 == "" ? "" : roff("-" $4) ", ") roff("--" $3)
    print line ($5 == "" ? "" : "=\\fI" roff($5) "\\fP") > page
    print sentence($7 ($6 ? "; may be repeated" : "")) > page
}

END {
    close_page()
    page = dir "/mnc.1"
    head(page, "mnc", "compiles a neural network into one C file")
    print ".B mnc\n.I VERB\n.RI [ OPTION ...]\n.RI [ FILE ...]" > page
    print ".SH DESCRIPTION" > page
    printf "%s", text["mnc"] > page
    print ".SH VERBS\n" list ".SH ENVIRONMENT" > page
    printf "%s", text["environment"] > page
    close_page()
}
