# SPDX-License-Identifier: Apache-2.0
# functions.awk: the functions of C files, one line each: FILE LINE NAME LINES PARAMETERS.
#
# In the house style a function's body begins with a brace alone in column 1 and ends with another,
# and nothing else does.  Its lines are counted from the first of its head to the closing brace.

function parameters(head,    i, c, depth, n, inside) {
    n = 0
    depth = 0
    for (i = index(head, "("); i <= length(head); i++) {
        c = substr(head, i, 1)
        if (c == "(")
            depth++
        else if (c == ")" && --depth == 0)
            break
        else if (c == "," && depth == 1)
            n++
        else if (c != " " && depth > 0)
            inside = inside c
    }
    return inside == "void" || inside == "" ? 0 : n + 1
}

FNR == 1 { head = ""; open = 0 }

/^\{/ && head != "" {
    open = 1
    name = head
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    next
}

/^\}/ {
    if (open)
        print FILENAME, start, name, FNR - start + 1, parameters(head)
    open = 0
    head = ""
    next
}

open { next }

# A head begins with a letter in column 1 and goes on until it ends; everything else ends it.
/^[A-Za-z_]/ && head == "" && /\(/ && !/[;=]/ { head = $0; start = FNR; next }
/^[ \t]/ && head != "" && !/;/ { head = head $0; next }
{ head = "" }
